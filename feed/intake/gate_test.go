package intake_test

import (
	"context"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"warroom/feed/intake"
	"warroom/model"
)

// TestGate: no more inputs are read at the same time than the gate was set to, and
// who gives up waiting is refused.
func TestGate(t *testing.T) {
	g := intake.NewGate()
	g.Set(2)
	var now, most atomic.Int64
	let, in := make(chan struct{}), make(chan struct{}, 8)
	read := g.Source(func(context.Context, io.Reader, string, func(*model.Alert) error) (model.Intake, error) {
		n := now.Add(1)
		for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
		}
		in <- struct{}{}
		<-let
		now.Add(-1)
		return model.Intake{Findings: 1}, nil
	})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := read(t.Context(), strings.NewReader(""), "", nil); err != nil {
				t.Errorf("a reading that waited: got %v, want none", err)
			}
		})
	}
	<-in
	<-in
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := read(ctx, strings.NewReader(""), "", nil); model.CodeOf(err) != model.Unreachable {
		t.Errorf("a reading that gave up: got %v, want it refused", err)
	}
	close(let)
	wg.Wait()
	if most.Load() > 2 {
		t.Errorf("got %d readings at the same time, want 2 at most", most.Load())
	}
}
