package hub

import (
	"context"
	"time"

	"warroom/model"
)

// afterFailure is how long a failed take-over is not retried.
const afterFailure = time.Second

// try is one attempt to become the host. Its results are valid once done is closed.
type try struct {
	done chan struct{}
	held bool  // another process has the lock
	err  error // this process had the lock and could not host
}

// elect tries to become the host, and reports whether another process holds the lock. If it
// returns false and nil, this process hosts, or NeverHost is set.
func (h *Hub) elect(ctx context.Context) (held bool, err error) {
	if h.o.NeverHost {
		return false, nil
	}
	t := h.attempt()
	if t == nil {
		return false, errClosed()
	}
	select {
	case <-t.done:
		return t.held, t.err
	case <-ctx.Done():
	}
	if h.ctx.Err() != nil {
		return false, errClosed()
	}
	return false, model.Refuse(model.Unreachable,
		"the store in %s is still being opened; wait a moment and try again", h.o.Dir)
}

// attempt joins the take-over that is running, or starts one. It returns nil after Close. A
// take-over runs in its own goroutine, because opening a long log may take longer than Dial
// may wait.
func (h *Hub) attempt() *try {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.closed:
		return nil
	case h.try == nil:
		t := &try{done: make(chan struct{})}
		h.try = t
		h.wg.Go(func() { h.takeOver(t) })
	}
	return h.try
}

// takeOver hosts if the lock is free.
func (h *Hub) takeOver(t *try) {
	x, err := h.current(), error(nil)
	if x == nil {
		x, err = h.takeLock()
	}
	h.mu.Lock()
	h.host = x
	t.held, t.err = x == nil && err == nil, err
	if err == nil {
		h.try = nil
	}
	h.mu.Unlock()
	close(t.done)
	if x != nil {
		h.notify()
	}
	if err == nil {
		return
	}
	select { // until then, callers get the same result
	case <-time.After(afterFailure):
	case <-h.ctx.Done():
	}
	h.mu.Lock()
	h.try = nil
	h.mu.Unlock()
}

// takeLock takes the lock and hosts. It returns nil and nil if another process has the
// lock.
func (h *Hub) takeLock() (*host, error) {
	ok, err := h.lock.TryLock()
	if err != nil {
		return nil, refuseDisk(err, "lock the hub", h.o.Dir)
	}
	if !ok {
		return nil, nil
	}
	x, err := openHost(h)
	if err != nil {
		_ = h.lock.Unlock()
		return nil, err
	}
	return x, nil
}
