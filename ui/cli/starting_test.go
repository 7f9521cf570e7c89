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
		var got time.Duration
		a := &app{Env: Env{Open: func(ctx context.Context, _ backend.Location) (backend.Hub, error) {
			at, _ := ctx.Deadline()
			got = time.Until(at).Round(time.Second)
			return nil, stop
		}}}
		if _, err := openHub(context.Background(), a, l); !errors.Is(err, stop) || got != want {
			t.Errorf("server %q: got a limit of %s, %v, want %s", l.Server, got, err, want)
		}
	}
}
