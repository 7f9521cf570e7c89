package sshd

import (
	"context"

	"warroom/model"
)

// restrictedSeat is a guest's seat. Like [restrictedHub] it embeds nothing. What
// the guest may write is the room's to decide: its people may raise a right.
type restrictedSeat struct {
	seat model.Seat
	cost *meter
}

// Submit keeps an act and returns.
func (s *restrictedSeat) Submit(ctx context.Context, a model.Act) (model.Receipt, error) {
	if err := s.cost.request(); err != nil {
		return model.Receipt{}, err
	}
	return s.seat.Submit(ctx, a)
}

// Append is Submit, and waits until the event is stored.
func (s *restrictedSeat) Append(ctx context.Context, a model.Act) (model.Receipt, error) {
	if err := s.cost.request(); err != nil {
		return model.Receipt{}, err
	}
	return s.seat.Append(ctx, a)
}

// Who returns the identity that the guest writes as.
func (s *restrictedSeat) Who() model.Actor { return s.seat.Who() }

// Latest returns the newest view.
func (s *restrictedSeat) Latest() *model.View { return s.seat.Latest() }

// Bell has an element after Latest has changed.
func (s *restrictedSeat) Bell() <-chan struct{} { return s.seat.Bell() }

// Dismiss drops a draft that was refused: one of the guest's own.
func (s *restrictedSeat) Dismiss(id string) error { return s.seat.Dismiss(id) }

// Here shows the others that the guest is typing or not.
func (s *restrictedSeat) Here(typing bool) { s.seat.Here(typing) }

// Doubt returns what is wrong with the record of the room.
func (s *restrictedSeat) Doubt(ctx context.Context) model.Safe {
	if d, ok := s.seat.(interface {
		Doubt(ctx context.Context) model.Safe
	}); ok {
		return d.Doubt(ctx)
	}
	return model.Safe{}
}

// Close leaves the room.
func (s *restrictedSeat) Close() { s.seat.Close() }
