package cli

import (
	"context"
	"slices"
	"sync"

	"warroom/model"
)

// noticeQueue remembers messages, so that one with two sources is printed once.
type noticeQueue struct {
	mu    sync.Mutex
	known map[string]bool
	held  bool // a screen is shown: messages wait until it is closed
	wait  []model.Safe
	show  func(model.Safe) // shows messages on the screen; if nil, none
}

// once returns a function that calls report, but only once per message. It may be called
// from any goroutine.
func (s *noticeQueue) once(report func(model.Safe)) func(model.Safe) {
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
		report(what)
	}
}

// hold queues messages while a screen is shown. The returned function reports them.
func (s *noticeQueue) hold(report func(model.Safe)) func() {
	s.mu.Lock()
	s.held = true
	s.mu.Unlock()
	return func() {
		s.mu.Lock()
		wait := s.wait
		s.held, s.wait = false, nil
		s.mu.Unlock()
		for _, w := range wait {
			s.once(report)(w)
		}
	}
}

// subscribe also shows the queued and new messages on the screen, until unsubscribe is
// called.
func (s *noticeQueue) subscribe(show func(model.Safe)) (unsubscribe func()) {
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

// warn prints what is wrong with the record of a room that is read or written.
func (a *app) warn(ctx context.Context, s model.RoomSession) {
	a.notices.once(a.printErr)(s.IntegrityWarning(ctx))
	a.notices.once(a.printErr)(s.Latest().Proof.Alarm)
}
