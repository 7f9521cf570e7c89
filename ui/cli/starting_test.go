package cli

import (
	"context"
	"errors"
	"testing"
	"time"

	"warroom/model/backend"
)

// TestLimitsOfOpening: a hub that starts in this process has minutes for a log of thousands of
// rooms; a server has seconds to answer.
func TestLimitsOfOpening(t *testing.T) {
	stop := errors.New("enough")
	for want, l := range map[time.Duration]backend.Location{
		10 * time.Minute: {Data: "d"},
		15 * time.Second: {Data: "d", Server: "nats://127.0.0.1:4222"},
	} {
		var at time.Time
		a := &app{Env: Env{Open: func(ctx context.Context, _ backend.Location) (backend.Hub, error) {
			at, _ = ctx.Deadline()
			return nil, stop
		}}}
		before := time.Now()
		_, err := openHub(context.Background(), a, l)
		if late := time.Now().Add(want); !errors.Is(err, stop) || at.Before(before.Add(want)) || at.After(late) {
			t.Errorf("server %q: got a limit of %s, %v, want %s", l.Server, at.Sub(before), err, want)
		}
	}
}
