package sshd

import (
	"context"
	"net"
	"sync"
)

// guests are the hubs of the connected guests. All sessions of a guest share one, and thus
// one signing key.
type guests struct {
	open func(context.Context, Who) (Hub, error)
	fail func(error)

	mu   sync.Mutex
	here map[string]*guest
}

// guest is one connected guest. A guest who is leaving stays in the list until their
// signing key is released.
type guest struct {
	refs int           // guarded by guests.mu
	gone chan struct{} // closed when the hub is closed
	once sync.Once
	hub  Hub
	err  error
}

// enter returns a guest's hub. The caller must call leave unless there is an error.
func (g *guests) enter(ctx context.Context, w Who, from net.Addr, cost *meter) (h *restrictedHub, leave func(),
	err error) {
	o, err := g.join(ctx, w.Dir())
	if err != nil {
		return nil, nil, err
	}
	o.once.Do(func() {
		// Not the session's context: others may wait for the same hub.
		o.hub, o.err = g.open(context.WithoutCancel(ctx), w)
	})
	gone := func() {}
	if o.err == nil && addrOf(from).IsValid() {
		gone = o.hub.At(addrOf(from).String())
	}
	leave = sync.OnceFunc(func() {
		gone()
		g.leave(w.Dir(), o)
	})
	if o.err != nil {
		leave()
		return nil, nil, o.err
	}
	return &restrictedHub{hub: o.hub, who: w, cost: cost}, leave, nil
}

// join counts a new session.
func (g *guests) join(ctx context.Context, id string) (*guest, error) {
	for {
		g.mu.Lock()
		o := g.here[id]
		if o == nil {
			o = &guest{gone: make(chan struct{})}
			g.here[id] = o
			o.refs++
			g.mu.Unlock()
			return o, nil
		}
		if o.refs > 0 {
			o.refs++
			g.mu.Unlock()
			return o, nil
		}
		g.mu.Unlock()
		select {
		case <-o.gone:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// leave counts the end of a session. The last one closes the hub.
func (g *guests) leave(id string, o *guest) {
	g.mu.Lock()
	o.refs--
	last := o.refs == 0
	g.mu.Unlock()
	if !last {
		return
	}
	if o.hub != nil {
		if err := o.hub.Close(); err != nil {
			g.fail(err)
		}
	}
	g.mu.Lock()
	delete(g.here, id)
	g.mu.Unlock()
	close(o.gone)
}
