package ui

import (
	"context"
	"slices"
	"sync"

	"warroom/model"
)

// sender gives acts to a seat one after the other, so that no key ever waits
// for a disk. What was handed to it is submitted even when the session ends. Its
// goroutine is there while there is something to do.
type sender struct {
	ctx  context.Context
	seat model.Seat
	back func(n int, r model.Receipt, err error) // what became of act n; called in the sender

	fault func(any) error // makes a sentence of a panic

	mu     sync.Mutex
	queue  []outgoing
	typing bool
	told   bool // what the others think
	busy   bool // the goroutine is there
	wg     sync.WaitGroup
}

// outgoing is a line on its way to the seat.
type outgoing struct {
	n    int
	line string // as it was typed
	act  model.Act
}

func newSender(ctx context.Context, seat model.Seat, fault func(any) error, back func(int, model.Receipt, error)) *sender {
	return &sender{ctx: context.WithoutCancel(ctx), seat: seat, fault: fault, back: back}
}

// send takes an act.
func (s *sender) send(o outgoing) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queue = append(s.queue, o)
	s.begin()
}

// here tells the others whether this person is typing.
func (s *sender) here(typing bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.typing = typing; s.typing != s.told {
		s.begin()
	}
}

// begin starts the goroutine where it is not there. It is called with mu held.
func (s *sender) begin() {
	if !s.busy {
		s.busy = true
		s.wg.Go(s.run)
	}
}

func (s *sender) run() {
	for s.one() {
	}
}

// one does one thing and says whether there may be more.
func (s *sender) one() bool {
	s.mu.Lock()
	typing, tell := s.typing, s.typing != s.told
	s.told = s.typing
	var next *outgoing
	if len(s.queue) > 0 {
		next = &s.queue[0]
		s.queue = slices.Clone(s.queue[1:])
	}
	s.busy = tell || next != nil
	s.mu.Unlock()
	if tell {
		s.seat.Here(typing)
	}
	if next == nil {
		return tell
	}
	r, err := s.submit(next.act)
	s.back(next.n, r, err)
	return true
}

func (s *sender) submit(a model.Act) (r model.Receipt, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = s.fault(p)
		}
	}()
	return s.seat.Submit(s.ctx, a)
}

// close submits what is left and ends.
func (s *sender) close() { s.wg.Wait() }
