package ui

import (
	"sync"
	"time"

	"warroom/model"
	"warroom/ui/draw"
)

// mostShared is how many lines one generation of shared rows holds.
const mostShared = 4096

// Shared is what the terminals of one process have in common: the rows of the
// lines they show, wrapped once for all of them. Nothing in it belongs to a
// viewer: what rows depend on is in their key, who is named by a line too, and a
// line is itself, not its number, so that rooms never meet. It may be used by
// many terminals at once.
type Shared struct {
	mu         sync.RWMutex
	young, old map[shownKey]*shown
	clocks     map[string]clocksAt // by the room's ULID
	passed     map[[2]people]passed
}

// passed are those who came and those who left between two lists of people.
type passed struct{ came, left []model.Presence }

// mostPassed is how many pairs of lists are remembered.
const mostPassed = 16

// between says who came and who left, once for all who saw the same two lists.
func (s *Shared) between(old, now []model.Presence) passed {
	k := [2]people{listed(old), listed(now)}
	if k[0] == k[1] || sameHandles(old, now) {
		return passed{}
	}
	s.mu.RLock()
	p, ok := s.passed[k]
	s.mu.RUnlock()
	if ok {
		return p
	}
	p = passed{without(now, old), without(old, now)}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.passed == nil || len(s.passed) >= mostPassed {
		s.passed = map[[2]people]passed{}
	}
	s.passed[k] = p
	return p
}

// clocksAt are the clocks of a room at one moment.
type clocksAt struct {
	room  *model.Room
	now   time.Time
	views []model.ClockView
}

// mostRooms is how many rooms have their clocks kept.
const mostRooms = 64

// clockViews are the room's clocks at a full second. Nobody writes to them.
func (s *Shared) clockViews(r *model.Room, now time.Time) []model.ClockView {
	now = now.Round(0).UTC()
	s.mu.RLock()
	c := s.clocks[r.ID]
	s.mu.RUnlock()
	if c.room == r && c.now == now {
		return c.views
	}
	c = clocksAt{r, now, r.ClockViews(now)}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.clocks == nil || len(s.clocks) >= mostRooms {
		s.clocks = map[string]clocksAt{}
	}
	s.clocks[r.ID] = c
	return c.views
}

// NewShared returns one without anything in it.
func NewShared() *Shared { return &Shared{young: map[shownKey]*shown{}} }

// shownKey is what the rows of a line depend on.
type shownKey struct {
	line *model.Line
	st   lineState
	th   *theme
}

// shown is a line as it is shown: rows of the timeline. It never changes.
type shown struct{ rows []draw.Line }

// rows returns the rows of a line.
func (s *Shared) rows(r *model.Room, k shownKey) *shown {
	s.mu.RLock()
	out, ok := s.young[k]
	old := s.old[k]
	s.mu.RUnlock()
	if ok {
		return out
	}
	if old == nil {
		old = &shown{entryRows(r, k.line, k.st, k.th)}
	}
	return s.keep(k, old)
}

// keep keeps rows and returns those that are kept: another terminal may have
// been faster. What was not used for a generation is forgotten.
func (s *Shared) keep(k shownKey, out *shown) *shown {
	s.mu.Lock()
	defer s.mu.Unlock()
	if was, ok := s.young[k]; ok {
		return was
	}
	if len(s.young) >= mostShared {
		s.old, s.young = s.young, map[shownKey]*shown{}
	}
	s.young[k] = out
	return out
}
