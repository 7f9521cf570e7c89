package feed

import (
	"context"
	"sync"

	"warroom/model"
)

// Who may see a room is decided here for everybody who comes by a way that says
// who they are: guests of this process, and logins of a server. Whoever is at the
// hub's own machine came through a socket that only this user can open, and is
// shown everything.

// gated says whether a pen sees only what the rooms let its person see.
func (h *house) gated(p *pen) bool { return p.isGuest() || h.hub == nil }

// notThere is the answer for a room that is not there, and for one that a
// person must not know of: the same words.
func notThere(short string) error {
	return model.Refuse(model.NotFound, "there is no room %s here; `warroom rooms` lists them", short)
}

// bars says why a pen may not be in a room as it is now, nil where it may.
func (h *house) bars(p *pen, r *model.Room, short string) error {
	_, hidden := h.hidden.Load(short)
	switch {
	case !h.gated(p):
		return nil
	case hidden:
		return notThere(short)
	case !r.Names(p.handle):
		return notThere(short)
	case r.IsStruck(p.handle):
		return model.Refuse(model.Forbidden, "%s was struck from %s; somebody with command there can say :right @%s write, and a new key comes in", p.handle, short, p.handle)
	}
	return nil
}

// parting is what somebody is told who was inside.
func parting(err error, short string) model.Safe {
	if model.CodeOf(err) == model.NotFound {
		return model.Safef("%s was restricted to certain people, and you are not one of them; what you wrote is kept there, goodbye", short)
	}
	return model.Sentence(err)
}

// isGuest says whether a pen is somebody's who came by another door of this
// process: nobody but us keeps rooms from them.
func (p *pen) isGuest() bool { return p.right != "" }

// peek opens a room to its end for a guest and refuses where they may not see
// it; done gives the room back. For all others it does nothing: a server knows
// what it shows to a login.
func (h *house) peek(ctx context.Context, p *pen, short string) (done func(), err error) {
	if !p.isGuest() {
		return func() {}, nil
	}
	f, err := h.follow(ctx, short)
	if err != nil {
		return nil, oneAnswer(err, short)
	}
	done = func() {
		if err := h.unfollow(short); err != nil {
			h.o.Logf(model.Sentence(err))
		}
	}
	if err = f.known(ctx); err == nil {
		err = h.bars(p, f.view().room, short)
	}
	if err != nil {
		done()
		return nil, oneAnswer(err, short)
	}
	return done, nil
}

// known waits until the room was read to its tip: half of it says nothing about
// who may see it.
func (f *follower) known(ctx context.Context) error {
	select {
	case <-f.begun:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// gate lets the events of a room pass to a reader as long as they may see it.
type gate struct {
	h     *house
	p     *pen
	short string
	seen  uint64 // up to here the whole was looked at
	room  *model.Room
}

// gate returns one for a guest, nil for everybody else.
func (f *Feed) gate(ctx context.Context, short string) (*gate, error) {
	if !f.pen.isGuest() {
		return nil, nil
	}
	r, err := f.h.roomAt(ctx, short, 0)
	if err == nil {
		err = f.h.bars(f.pen, r, short)
	}
	if err != nil {
		return nil, oneAnswer(err, short)
	}
	return &gate{h: f.h, p: f.pen, short: short, seen: r.Seq, room: model.NewRoom()}, nil
}

// oneAnswer is what a guest is told who may not see a room, or when it could not
// be found out whether they may: the same words, whether it is there or not.
func oneAnswer(err error, short string) error {
	switch model.CodeOf(err) {
	case model.NotFound:
		return notThere(short)
	case model.Forbidden:
		return err
	}
	return model.Refuse(model.Unreachable, "the hub does not answer in time; try again in a moment")
}

// pass takes one event, from the first of the log on.
func (g *gate) pass(e *model.Event) error {
	if g == nil {
		return nil
	}
	g.room = model.Apply(g.room, e)
	if e.Seq <= g.seen {
		return nil
	}
	if err := g.h.bars(g.p, g.room, g.short); err != nil {
		return &model.Error{Code: model.Forbidden, Message: parting(err, g.short)}
	}
	return nil
}

// ending is the end of a seat whose person may not see the room any more.
type ending struct {
	mu   sync.Mutex
	view *model.View
}

// ended returns the last view of a seat that has ended, nil where it goes on.
// Nothing that came after is in it.
func (s *Seat) ended(r *model.Room) *model.View {
	if !s.d.h.gated(s.d.p) {
		return nil
	}
	s.end.mu.Lock()
	defer s.end.mu.Unlock()
	if s.end.view != nil {
		return s.end.view
	}
	err := s.d.h.bars(s.d.p, r, s.d.f.short)
	if err == nil {
		return nil
	}
	v := model.View{Short: s.d.f.short, Room: model.NewRoom(), Link: s.d.h.Link()}
	if s.made.view != nil {
		v = *s.made.view
	}
	v.Here, v.Left, v.Waiting, v.Knocks, v.Over = nil, nil, nil, nil, parting(err, s.d.f.short)
	s.end.view = &v
	if s.d.sits() {
		s.d.f.send(s.d.p.hold().text, beat{Handle: s.d.p.handle, Via: s.d.p.via, Bye: true})
	}
	return s.end.view
}

// mayStay refuses who has been put out.
func (s *Seat) mayStay() error {
	if !s.d.h.gated(s.d.p) {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if v := s.ended(s.d.f.view().room); v != nil {
		return &model.Error{Code: model.Forbidden, Message: v.Over}
	}
	return nil
}

// barred says whether a desk's person may not be in its room.
func (d *desk) barred() bool { return d.h.bars(d.p, d.f.view().room, d.f.short) != nil }
