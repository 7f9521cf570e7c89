package uitest

import (
	"context"
	"slices"
	"sync/atomic"

	"warroom/model"
)

// RoomSession is a person's session in a room of a Hub.
type RoomSession struct {
	h       *Hub
	room    *room
	who     model.Actor
	changed chan struct{}
	view    atomic.Pointer[model.View]
	waiting []model.Waiting
	typing  bool
	over    model.Safe
}

var _ model.RoomSession = (*RoomSession)(nil)

// presence returns who is in a room. The caller must hold the hub's lock.
func (h *Hub) presence(r *room) []model.Presence {
	here := slices.Clone(r.here)
	for _, o := range h.watch {
		if o.room == r {
			here = append(here,
				model.Presence{Handle: o.who.Handle, Key: o.who.Key, Via: "tui", Typing: o.typing,
					LastSeen: h.Clock.Now(), Seq: o.room.now.Seq})
		}
	}
	return here
}

// show publishes the newest view. The caller must hold the hub's lock. It leaves out that the
// session's own person is typing, because a screen shows that some time after a test has typed.
// Otherwise sessions have the same list, as those of a hub: terminals then share what they draw.
func (s *RoomSession) show(here []model.Presence) {
	typing := func(p model.Presence) bool { return p.Typing && p.Handle == s.who.Handle }
	if slices.ContainsFunc(here, typing) {
		here = slices.Clone(here)
		for i := range here {
			here[i].Typing = here[i].Typing && !typing(here[i])
		}
	}
	s.view.Store(&model.View{Short: s.room.short, Room: s.room.now, Link: s.h.link, Waiting: slices.Clone(s.waiting),
		Here: here, JoinRequests: s.h.joinRequests, Proof: s.h.proof, Over: s.over})
	select {
	case s.changed <- struct{}{}:
	default:
	}
}

// Submit implements model.Log.
func (s *RoomSession) Submit(_ context.Context, a model.Act) (model.Receipt, error) {
	s.h.mu.Lock()
	defer s.h.mu.Unlock()
	if err := model.Decide(s.room.now, s.who, a, s.h.Clock.Now()); err != nil {
		return model.Receipt{}, err
	}
	d, err := model.NewDraft(s.h.id(), s.who, a, s.h.Clock.Now())
	if err != nil {
		return model.Receipt{}, err
	}
	if s.h.link.State != model.Live {
		s.waiting = append(s.waiting, model.Waiting{Draft: d, State: model.Pending})
	} else {
		s.h.store(s.room, d, s.who)
	}
	s.h.publish()
	return model.Receipt{ID: d.ID}, nil
}

// Append implements model.Log.
func (s *RoomSession) Append(ctx context.Context, a model.Act) (model.Receipt, error) {
	r, err := s.Submit(ctx, a)
	if err != nil {
		return r, err
	}
	s.h.mu.Lock()
	defer s.h.mu.Unlock()
	for _, e := range s.room.events {
		if e.ID == r.ID {
			r.Seq = e.Seq
			return r, nil
		}
	}
	return r, model.Refuse(model.Queued, "1 line is waiting in this machine's outbox and not stored yet")
}

// Who implements model.Log.
func (s *RoomSession) Who() model.Actor { return s.who }

// Latest implements model.Observer.
func (s *RoomSession) Latest() *model.View { return s.view.Load() }

// Changed implements model.Observer.
func (s *RoomSession) Changed() <-chan struct{} { return s.changed }

// IntegrityWarning implements model.RoomSession.
func (*RoomSession) IntegrityWarning(context.Context) model.Safe { return model.Safe{} }

// Here implements model.RoomSession.
func (s *RoomSession) Here(typing bool) {
	s.h.mu.Lock()
	defer s.h.mu.Unlock()
	s.typing = typing
	s.h.publish()
}

// Close implements model.RoomSession.
func (s *RoomSession) Close() {
	s.h.mu.Lock()
	defer s.h.mu.Unlock()
	s.h.watch = slices.DeleteFunc(s.h.watch, func(o *RoomSession) bool { return o == s })
	s.h.publish()
}

// PutOut ends the sessions of a person in a room.
func (h *Hub) PutOut(short, handle string, why model.Safe) {
	h.settle()
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, s := range h.watch {
		if s.who.Handle == handle && s.room.short == short {
			s.over = why
		}
	}
	h.publish()
}

// RefuseWaiting refuses the first pending draft of a person.
func (h *Hub) RefuseWaiting(handle string, why model.Safe) {
	h.settle()
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, s := range h.watch {
		if s.who.Handle == handle && len(s.waiting) > 0 {
			s.waiting = slices.Clone(s.waiting)
			s.waiting[0].State, s.waiting[0].Why = model.Refused, why
		}
	}
	h.publish()
}

// Dismiss implements model.RoomSession.
func (s *RoomSession) Dismiss(id string) error {
	s.h.mu.Lock()
	defer s.h.mu.Unlock()
	n := len(s.waiting)
	s.waiting = slices.DeleteFunc(slices.Clone(s.waiting),
		func(w model.Waiting) bool { return w.Draft.ID == id && w.State == model.Refused })
	s.h.publish()
	if len(s.waiting) == n {
		return model.Refuse(model.NotFound, "no refused line is %s", id)
	}
	return nil
}
