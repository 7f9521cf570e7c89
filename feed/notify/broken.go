package notify

import (
	"context"

	"warroom/feed/bridge"
	"warroom/model"
)

// broken replaces a bridge that cannot be created from its configuration: the room works
// without it, and doctor reports why.
type broken struct {
	bridge.SendOnly
	name string
	err  error
}

// Broken returns a bridge that does nothing and reports err.
func Broken(name string, err error) bridge.Bridge { return broken{name: name, err: err} }

// Name implements [bridge.Bridge].
func (b broken) Name() string { return b.name }

// Duties implements [bridge.Bridge].
func (broken) Duties(*model.Room) []bridge.Duty { return nil }

// Deliver implements [bridge.Bridge].
func (b broken) Deliver(context.Context, bridge.Job) (bridge.Result, error) {
	return bridge.Result{}, bridge.Never(b.err)
}

// Check implements [bridge.Bridge].
func (b broken) Check(context.Context) []bridge.Finding {
	return []bridge.Finding{{What: model.Safef("%s: %s", b.name, b.err),
		Do: model.Lit("correct it in the configuration; nothing is sent there until then")}}
}
