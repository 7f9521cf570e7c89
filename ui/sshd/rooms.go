package sshd

import (
	"context"
	"net"
	"slices"
	"sync"

	"warroom/model"
	"warroom/model/record"
)

// Hub is the rooms as a guest has them, and the end of that.
type Hub interface {
	model.Rooms
	// Who says as whom the guest writes.
	Who() model.Actor
	// Close leaves all rooms.
	Close() error
}

// admitted is a guest's hub with what the key does not allow taken away: rooms
// that it does not name are not there, and who only watches declares nothing.
// Everything else is decided by the rooms themselves.
type admitted struct {
	Hub
	who Who
}

// sees says whether the key lets its holder know of a room. The lobby is for keys
// that see every room: from there an alert goes to any of them.
func (h *admitted) sees(short string) bool {
	return h.who.Rooms == nil || short != model.LobbyShort && slices.Contains(h.who.Rooms, short)
}

// OpenLobby has the lobby made, for who may bring alerts there.
func (h *admitted) OpenLobby(ctx context.Context, p *model.Plan) error {
	l, ok := h.Hub.(model.Lobby)
	switch {
	case h.who.Rooms != nil:
		return model.Refuse(model.Forbidden, "the key of this login is for certain rooms only; say which: ingest - --room %s", h.who.Rooms[0])
	case h.who.Right == model.Watch:
		return model.Refuse(model.Forbidden, "%s may only watch here, by the key of this login; who runs this server can change that", h.who.Handle)
	case !ok:
		return model.Refuse(model.Internal, "this hub has no lobby")
	}
	return l.OpenLobby(ctx, p)
}

// LobbyRoom returns how the lobby stands, nil for who may not see it.
func (h *admitted) LobbyRoom(ctx context.Context) (*model.Room, error) {
	l, ok := h.Hub.(model.Lobby)
	if !ok || !h.sees(model.LobbyShort) {
		return nil, nil
	}
	return l.LobbyRoom(ctx)
}

// hidden is the same as for a room that is not there.
func hidden(short string) error {
	return model.Refuse(model.NotFound, "there is no room %s here; `warroom rooms` lists them", short)
}

// List returns the rooms that the guest may see.
func (h *admitted) List(ctx context.Context) ([]model.RoomInfo, error) {
	list, err := h.Hub.List(ctx)
	return slices.DeleteFunc(list, func(i model.RoomInfo) bool { return !h.sees(i.Short) }), err
}

// Declare makes a room, where the key may.
func (h *admitted) Declare(ctx context.Context, d model.Declaration) (string, error) {
	switch {
	case h.who.Right == model.Watch:
		return "", model.Refuse(model.Forbidden, "%s may only watch here, by the key of this login; who runs this server can change that", h.who.Handle)
	case h.who.Rooms != nil:
		return "", model.Refuse(model.Forbidden, "the key of this login is for certain rooms only; somebody else has to declare a new one")
	}
	return h.Hub.Declare(ctx, d)
}

// Enter takes a seat in a room.
func (h *admitted) Enter(ctx context.Context, short string) (model.Seat, error) {
	if !h.sees(short) {
		return nil, hidden(short)
	}
	return h.Hub.Enter(ctx, short)
}

// Record returns the log of a room as it is stored, for who may read it.
func (h *admitted) Record(ctx context.Context, short string) (record.Evidence, error) {
	k, ok := h.Hub.(interface {
		Record(ctx context.Context, short string) (record.Evidence, error)
	})
	switch {
	case !h.sees(short):
		return record.Evidence{}, hidden(short)
	case !ok:
		return record.Evidence{}, model.Refuse(model.Internal, "this hub hands out no records")
	}
	return k.Record(ctx, short)
}

// Events calls fn for the events of a room.
func (h *admitted) Events(ctx context.Context, short string, from uint64, fn func(*model.Event) error) error {
	if !h.sees(short) {
		return hidden(short)
	}
	return h.Hub.Events(ctx, short, from, fn)
}

// Follow is Events, and goes on.
func (h *admitted) Follow(ctx context.Context, short string, from uint64, fn func(*model.Event) error) error {
	if !h.sees(short) {
		return hidden(short)
	}
	return h.Hub.Follow(ctx, short, from, fn)
}

// Close does nothing: the hub is shared by all sessions of the guest.
func (h *admitted) Close() error { return nil }

// guests are the hubs of those who are here. All sessions of one guest share
// one, and so one signing key.
type guests struct {
	open func(context.Context, Who) (Hub, error)
	fail func(error)

	mu   sync.Mutex
	here map[string]*guest
}

// guest is one of them. Who is on the way out stays in the list until their
// signing key is free again.
type guest struct {
	refs int           // guarded by guests.mu
	gone chan struct{} // closed when the hub is
	once sync.Once
	hub  Hub
	err  error
}

// placer is a hub whose rooms may see where a guest comes from.
type placer interface {
	// At notes an address, until the function it returns is called.
	At(addr string) (gone func())
}

// enter returns a guest's hub. Leave has to be called after it where there is
// no error.
func (g *guests) enter(ctx context.Context, w Who, from net.Addr) (h Hub, leave func(), err error) {
	o, err := g.join(ctx, w.Dir())
	if err != nil {
		return nil, nil, err
	}
	o.once.Do(func() {
		// Not the session's own end: others may wait for the same hub.
		o.hub, o.err = g.open(context.WithoutCancel(ctx), w)
	})
	gone := func() {}
	if p, ok := o.hub.(placer); ok && addrOf(from).IsValid() {
		gone = p.At(addrOf(from).String())
	}
	leave = sync.OnceFunc(func() {
		gone()
		g.leave(w.Dir(), o)
	})
	if o.err != nil {
		leave()
		return nil, nil, o.err
	}
	return &admitted{o.hub, w}, leave, nil
}

// join counts a session in.
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

// leave counts a session out. The last one closes the hub.
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
