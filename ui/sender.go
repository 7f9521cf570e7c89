package ui

import (
	"context"
	"slices"
	"sync"

	"warroom/model"
)

// sender gives acts to a seat one after the other, so that no key ever waits
// for a disk. What was handed to it is submitted even when the session ends.
type sender struct {
	ctx  context.Context
	seat model.Seat
	back func(n int, r model.Receipt, err error) // what became of act n; called in the sender

	fault func(any) error // makes a sentence of a panic

	mu     sync.Mutex
	queue  []outgoing
	typing bool
	told   bool // what the others think
	bell   chan struct{}
	quit   chan struct{}
	gone   chan struct{}
}

// outgoing is a line on its way to the seat.
type outgoing struct {
	n    int
	line string // as it was typed
	act  model.Act
}

func newSender(ctx context.Context, seat model.Seat, fault func(any) error, back func(int, model.Receipt, error)) *sender {
	s := &sender{ctx: context.WithoutCancel(ctx), seat: seat, fault: fault, back: back, bell: make(chan struct{}, 1),
		quit: make(chan struct{}), gone: make(chan struct{})}
	go s.run()
	return s
}

func (s *sender) ring() {
	select {
	case s.bell <- struct{}{}:
	default:
	}
}

// send takes an act.
func (s *sender) send(o outgoing) {
	s.mu.Lock()
	s.queue = append(s.queue, o)
	s.mu.Unlock()
	s.ring()
}

// here tells the others whether this person is typing.
func (s *sender) here(typing bool) {
	s.mu.Lock()
	s.typing = typing
	s.mu.Unlock()
	s.ring()
}

func (s *sender) run() {
	defer close(s.gone)
	for {
		for s.one() {
		}
		select {
		case <-s.bell:
		case <-s.quit:
			for s.one() {
			}
			return
		}
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
func (s *sender) close() {
	close(s.quit)
	<-s.gone
}
