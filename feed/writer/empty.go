package writer

import "context"

// Empty waits until everything is published and folded. It returns [model.Queued] if ctx
// ends or the writer closes first.
func (d *Writer) Empty(ctx context.Context) error {
	changed := make(chan struct{}, 1)
	d.mu.Lock()
	d.watchers[changed] = true
	d.mu.Unlock()
	d.Follower.Watch(changed)
	defer func() {
		d.Follower.Unwatch(changed)
		d.mu.Lock()
		delete(d.watchers, changed)
		d.mu.Unlock()
	}()
	for {
		if d.Unsent() == 0 && !d.hasPendingReplay() && d.shown() {
			return nil
		}
		select {
		case <-ctx.Done():
			return d.queuedError()
		case <-d.ctx.Done():
			return d.queuedError()
		case <-changed:
		}
	}
}

// shown reports whether all stored drafts are in the view.
func (d *Writer) shown() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	next := d.Follower.View().Next
	for _, s := range d.landed {
		if s.Seq >= next {
			return false
		}
	}
	return true
}
