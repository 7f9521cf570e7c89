package cli

import (
	"context"
	"slices"
	"sync"

	"warroom/model"
)

// said remembers sentences, so that one that comes from two sides is told once.
type said struct {
	mu    sync.Mutex
	known map[string]bool
	held  bool // a screen is shown: they wait until it is gone
	wait  []model.Safe
	show  func(model.Safe) // the screen that is shown; nil: none listens
}

// once returns tell without what it was given before. It may be called from any
// goroutine.
func (s *said) once(tell func(model.Safe)) func(model.Safe) {
	return func(what model.Safe) {
		s.mu.Lock()
		defer s.mu.Unlock()
		switch {
		case what.IsEmpty() || s.known[what.String()]:
			return
		case s.held:
			if !slices.Contains(s.wait, what) {
				s.wait = append(s.wait, what)
				if s.show != nil {
					s.show(what)
				}
			}
			return
		}
		if s.known == nil {
			s.known = map[string]bool{}
		}
		s.known[what.String()] = true
		tell(what)
	}
}

// hold keeps sentences while a screen is shown; what it returns tells them.
func (s *said) hold(tell func(model.Safe)) func() {
	s.mu.Lock()
	s.held = true
	s.mu.Unlock()
	return func() {
		s.mu.Lock()
		wait := s.wait
		s.held, s.wait = false, nil
		s.mu.Unlock()
		for _, w := range wait {
			s.once(tell)(w)
		}
	}
}

// hear shows what waits for the end of a screen, and what comes, on the screen
// too. What it returns ends that.
func (s *said) hear(show func(model.Safe)) (deaf func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range s.wait {
		show(w)
	}
	s.show = show
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.show = nil
	}
}

// doubter is a seat that compares what this machine knew of a room with what its
// hub has now.
type doubter interface {
	Doubt(ctx context.Context) model.Safe
}

// roomDoubter is the same of a hub, for a room that is not open.
type roomDoubter interface {
	Doubt(ctx context.Context, short string) model.Safe
}

// warn tells what is wrong with the record of a room that is read or written.
func (a *app) warn(ctx context.Context, s model.Seat) {
	if d, ok := s.(doubter); ok {
		a.told.once(a.tell)(d.Doubt(ctx))
	}
	a.told.once(a.tell)(s.Latest().Proof.Alarm)
}
