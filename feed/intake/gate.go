package intake

import (
	"context"
	"io"
	"sync/atomic"

	"warroom/model"
)

// The number of readings at the same time.
const (
	defaultReadings = 4
	maxReadings     = 64
)

// Gate bounds how many inputs are read at the same time, over all ports: each may
// take 64 MiB of memory.
type Gate struct{ slots atomic.Pointer[chan struct{}] }

// NewGate returns a gate for 4 readings at the same time.
func NewGate() *Gate {
	g := new(Gate)
	g.Set(defaultReadings)
	return g
}

// Set sets the number of readings at the same time, 1 to 64; 0 leaves it as it is.
// Those that were let in before are not counted.
func (g *Gate) Set(n int) {
	if n > 0 {
		slots := make(chan struct{}, min(n, maxReadings))
		g.slots.Store(&slots)
	}
}

// enter waits for a reading to end where there are too many. The caller calls
// leave when its own has ended. A nil gate lets everything in.
func (g *Gate) enter(ctx context.Context) (leave func(), err error) {
	if g == nil {
		return func() {}, nil
	}
	slots := *g.slots.Load()
	select {
	case slots <- struct{}{}:
		return func() { <-slots }, nil
	case <-ctx.Done():
		return nil, model.Refuse(model.Unreachable, "too many inputs are read now; try again in a moment")
	}
}

// Source returns a source whose readings the gate bounds.
func (g *Gate) Source(read model.AlertSource) model.AlertSource {
	return func(ctx context.Context, r io.Reader, source string, emit func(*model.Alert) error) (model.Intake, error) {
		leave, err := g.enter(ctx)
		if err != nil {
			return model.Intake{}, err
		}
		defer leave()
		return read(ctx, r, source, emit)
	}
}

// Copier returns a copier whose copies the gate bounds.
func (g *Gate) Copier(write model.AlertCopier) model.AlertCopier {
	return func(ctx context.Context, in io.ReadSeeker, out io.Writer) (string, error) {
		leave, err := g.enter(ctx)
		if err != nil {
			return "", err
		}
		defer leave()
		return write(ctx, in, out)
	}
}
