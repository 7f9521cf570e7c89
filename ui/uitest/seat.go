package uitest

import (
	"context"
	"slices"
	"sync/atomic"

	"warroom/model"
)

// Seat is a person's place in a room of a House.
type Seat struct {
	h       *House
	room    *room
	who     model.Actor
	bell    chan struct{}
	view    atomic.Pointer[model.View]
	waiting []model.Waiting
	typing  bool
	over    model.Safe
}

var _ model.Seat = (*Seat)(nil)

// presence is who is in a room. The house is locked.
func (h *House) presence(r *room) []model.Presence {
	here := slices.Clone(r.here)
	for _, o := range h.watch {
		if o.room == r {
			here = append(here, model.Presence{Handle: o.who.Handle, Key: o.who.Key, Via: "tui", Typing: o.typing, LastSeen: h.Clock.Now(), Seq: o.room.now.Seq})
		}
	}
	return here
}

// show makes the newest view. The house is locked.
func (s *Seat) show(here []model.Presence) {
	s.view.Store(&model.View{Short: s.room.short, Room: s.room.now, Link: s.h.link, Waiting: slices.Clone(s.waiting), Here: here, Knocks: s.h.knock, Proof: s.h.proof, Over: s.over})
	select {
	case s.bell <- struct{}{}:
	default:
	}
}

// Submit implements model.Log.
func (s *Seat) Submit(_ context.Context, a model.Act) (model.Receipt, error) {
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
func (s *Seat) Append(ctx context.Context, a model.Act) (model.Receipt, error) {
	return s.Submit(ctx, a)
}

// Who implements model.Log.
func (s *Seat) Who() model.Actor { return s.who }

// Latest implements model.Observer.
func (s *Seat) Latest() *model.View { return s.view.Load() }

// Bell implements model.Observer.
func (s *Seat) Bell() <-chan struct{} { return s.bell }

// Here implements model.Seat.
func (s *Seat) Here(typing bool) {
	s.h.mu.Lock()
	defer s.h.mu.Unlock()
	s.typing = typing
	s.h.publish()
}

// Close implements model.Seat.
func (s *Seat) Close() {
	s.h.mu.Lock()
	defer s.h.mu.Unlock()
	s.h.watch = slices.DeleteFunc(s.h.watch, func(o *Seat) bool { return o == s })
	s.h.publish()
}

// PutOut ends the seats of a person in a room.
func (h *House) PutOut(short, handle string, why model.Safe) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, s := range h.watch {
		if s.who.Handle == handle && s.room.short == short {
			s.over = why
		}
	}
	h.publish()
}

// RefuseWaiting has the hub refuse the first waiting draft of a person.
func (h *House) RefuseWaiting(handle string, why model.Safe) {
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

// Dismiss implements model.Seat.
func (s *Seat) Dismiss(id string) error {
	s.h.mu.Lock()
	defer s.h.mu.Unlock()
	n := len(s.waiting)
	s.waiting = slices.DeleteFunc(slices.Clone(s.waiting), func(w model.Waiting) bool { return w.Draft.ID == id && w.State == model.Refused })
	s.h.publish()
	if len(s.waiting) == n {
		return model.Refuse(model.NotFound, "no refused line is %s", id)
	}
	return nil
}
