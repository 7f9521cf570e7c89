package alerts_test

import (
	"context"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"warroom/feed/alerts"
	"warroom/model"
)

// TestReadLimiter: no more inputs are read concurrently than the limit, and a reading whose
// context ends while it waits is refused.
func TestReadLimiter(t *testing.T) {
	g := alerts.NewReadLimiter()
	g.Set(2)
	var now, highest atomic.Int64
	let, in := make(chan struct{}), make(chan struct{}, 8)
	read := g.Source(func(context.Context, io.Reader, string, func(*model.Alert) error) (model.Intake, error) {
		n := now.Add(1)
		for old := highest.Load(); n > old && !highest.CompareAndSwap(old, n); old = highest.Load() {
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
	if highest.Load() > 2 {
		t.Errorf("got %d readings at the same time, want 2 at most", highest.Load())
	}
}
