package replica

import (
	"context"
	"fmt"

	"warroom/feed/wake"
)

// wait is a caller that waits for a sequence to be folded.
type wait struct {
	seq  uint64
	done chan struct{}
}

// NotifyWatchers notifies the watchers without a change of the view, for example if the
// link changed.
func (f *Follower) NotifyWatchers() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for b := range f.watchers {
		wake.Notify(b)
	}
}

// AwaitEntry waits until a sequence is folded and shown.
func (f *Follower) AwaitEntry(ctx context.Context, seq uint64) error {
	f.mu.Lock()
	if f.state.Load().Next > seq {
		f.mu.Unlock()
		return nil
	}
	w := wait{seq: seq, done: make(chan struct{})}
	i := 0
	for i < len(f.waits) && f.waits[i].seq <= seq {
		i++
	}
	f.waits = append(f.waits[:i], append([]wait{w}, f.waits[i:]...)...)
	f.mu.Unlock()
	select {
	case <-w.done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for entry %d: %w", seq, ctx.Err())
	}
}

// RegisterWriter registers the writer of a key.
func (f *Follower) RegisterWriter(key string, d Writer) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.writers[key] = d
}

// RemoveWriter removes a writer with all its keys.
func (f *Follower) RemoveWriter(d Writer) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for k, v := range f.writers {
		if v == d {
			delete(f.writers, k)
		}
	}
}

// Watch makes b receive a value when the view changes.
func (f *Follower) Watch(b chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.watchers[b] = true
}

// Unwatch reverts Watch.
func (f *Follower) Unwatch(b chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.watchers, b)
}

// AwaitTip waits until the room was read to its end once. A part of it does not show who
// may see it.
func (f *Follower) AwaitTip(ctx context.Context) error {
	select {
	case <-f.Begun:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
