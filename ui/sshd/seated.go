package sshd

import (
	"context"
	"sync"

	"warroom/model"
)

// seated are the rooms of a guest who has a seat in one already: who enters it
// gets that one. A second seat would be woken with every line for nothing, and
// would keep the room as it was when it was taken.
type seated struct {
	model.Rooms
	short string

	mu   sync.Mutex
	seat model.Seat // nil: it was given out
}

// Enter takes a seat in a room.
func (s *seated) Enter(ctx context.Context, short string) (model.Seat, error) {
	if seat := s.take(); seat != nil {
		if short == s.short {
			return seat, nil
		}
		seat.Close()
	}
	return s.Rooms.Enter(ctx, short)
}

// close gives the seat back where nobody has taken it.
func (s *seated) close() {
	if seat := s.take(); seat != nil {
		seat.Close()
	}
}

func (s *seated) take() model.Seat {
	s.mu.Lock()
	defer s.mu.Unlock()
	seat := s.seat
	s.seat = nil
	return seat
}
