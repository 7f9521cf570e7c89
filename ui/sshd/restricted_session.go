package sshd

import (
	"context"
	"sync"

	"warroom/model"
)

// restrictedRoomSession is a guest's session in a room. Like [restrictedHub] it embeds
// nothing. What the guest may write is decided by the room, because its people may raise a
// right.
type restrictedRoomSession struct {
	room model.RoomSession
	cost *meter

	mu   sync.Mutex
	slow slowView
}

// slowView is a modified view with its original.
type slowView struct {
	of, view *model.View
	why      model.Safe
}

// Submit queues an act and returns.
func (s *restrictedRoomSession) Submit(ctx context.Context, a model.Act) (model.Receipt, error) {
	if err := s.cost.request(); err != nil {
		return model.Receipt{}, err
	}
	return s.room.Submit(ctx, a)
}

// Append is Submit, and waits until the event is stored.
func (s *restrictedRoomSession) Append(ctx context.Context, a model.Act) (model.Receipt, error) {
	if err := s.cost.request(); err != nil {
		return model.Receipt{}, err
	}
	return s.room.Append(ctx, a)
}

// Who returns the identity that the guest writes as.
func (s *restrictedRoomSession) Who() model.Actor { return s.room.Who() }

// Latest returns the newest view. While the login is slowed down, that is shown as the
// problem of the link, unless there is another one.
func (s *restrictedRoomSession) Latest() *model.View {
	v, why := s.room.Latest(), s.cost.slowness()
	if why.IsEmpty() || !v.Link.Problem.IsEmpty() {
		return v
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.slow.of != v || s.slow.why != why {
		shown := *v
		shown.Link.Problem = why
		s.slow = slowView{of: v, view: &shown, why: why}
	}
	return s.slow.view
}

// Changed receives a value after Latest has changed.
func (s *restrictedRoomSession) Changed() <-chan struct{} { return s.room.Changed() }

// Dismiss drops a refused draft of the guest.
func (s *restrictedRoomSession) Dismiss(id string) error { return s.room.Dismiss(id) }

// Here sets whether others see that the guest is typing.
func (s *restrictedRoomSession) Here(typing bool) { s.room.Here(typing) }

// IntegrityWarning returns what is wrong with the record of the room.
func (s *restrictedRoomSession) IntegrityWarning(ctx context.Context) model.Safe {
	return s.room.IntegrityWarning(ctx)
}

// Close leaves the room.
func (s *restrictedRoomSession) Close() { s.room.Close() }
