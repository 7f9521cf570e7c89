// Package shared has the state that the terminals of one process share, so that a hundred
// screens of one room cost little more than one: [State] caches the wrapped rows of
// lines, the visible state of a room and what is computed from it, its clocks at a second,
// and who came and left between two lists of people. It has nothing that belongs to one
// viewer, and does not decide who may see what.
package shared

import (
	"sync"
	"time"

	"warroom/model"
	"warroom/ui/theme"
	"warroom/ui/timeline"
	"warroom/ui/view"
)

// State is the state that the terminals of one process share. It is safe for concurrent
// use.
type State struct {
	Lines *timeline.Cache

	mu     sync.RWMutex
	clocks map[string]clocksAt // by the room's ULID
	passed map[[2]People]Moves

	derived map[any][2]derivedFrom // by key: the newest, and the one before
	visible map[visibleKey][2]*Visible
}

// derivedFrom is a value with the state it was computed from.
type derivedFrom struct{ state, value any }

// maxDerived is the maximum number of cached values.
const maxDerived = 256

// Derived returns the result of compute, which is called once for all terminals as long
// as state stays the same. It caches the values of the two newest states of a key, because
// terminals do not change to a new one at the same time. key and state must be comparable,
// and the value must not be modified.
func (s *State) Derived(key, state any, compute func() any) any {
	s.mu.RLock()
	known := s.derived[key]
	s.mu.RUnlock()
	for _, d := range known {
		if d.state == state && state != nil {
			return d.value
		}
	}
	value := compute()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.derived == nil || len(s.derived) >= maxDerived {
		s.derived = map[any][2]derivedFrom{}
	}
	s.derived[key] = [2]derivedFrom{{state: state, value: value}, s.derived[key][0]}
	return value
}

// Visible is what the header and the panes of a room depend on, besides their size:
// terminals with the same one show the same. It does not cover waiting lines and join
// requests.
type Visible struct {
	Room       *model.Room
	Short      string
	Link       model.Link
	Proof      model.Proof
	Here, Left People
	Now        time.Time
	Theme      *theme.Theme
}

// visibleKey identifies the terminals that change from one Visible to the next.
type visibleKey struct {
	room string // ULID
	th   *theme.Theme
	zone *time.Location
}

// Visible returns the same pointer for the same value, if it is one of the two newest of
// its room. It must not be modified.
func (s *State) Visible(v *Visible) *Visible {
	k := visibleKey{room: v.Room.ID, th: v.Theme, zone: v.Now.Location()}
	s.mu.RLock()
	known := s.visible[k]
	s.mu.RUnlock()
	if p := sameVisible(known, v); p != nil {
		return p
	}
	own := *v
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := sameVisible(s.visible[k], v); p != nil {
		return p
	}
	if s.visible == nil || len(s.visible) >= maxRooms {
		s.visible = map[visibleKey][2]*Visible{}
	}
	s.visible[k] = [2]*Visible{&own, s.visible[k][0]}
	return &own
}

// sameVisible returns the one of known that equals v, or nil.
func sameVisible(known [2]*Visible, v *Visible) *Visible {
	for _, p := range known {
		if p != nil && *p == *v {
			return p
		}
	}
	return nil
}

// Moves are the people who came and left between two lists of people.
type Moves struct{ Came, Left []model.Presence }

// maxPassed is the maximum number of cached pairs of lists.
const maxPassed = 16

// Between returns who came and who left between two lists.
func (s *State) Between(old, now []model.Presence) Moves {
	k := [2]People{PeopleOf(old), PeopleOf(now)}
	if k[0] == k[1] || sameHandles(old, now) {
		return Moves{}
	}
	s.mu.RLock()
	p, ok := s.passed[k]
	s.mu.RUnlock()
	if ok {
		return p
	}
	p = Moves{Came: without(now, old), Left: without(old, now)}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.passed == nil || len(s.passed) >= maxPassed {
		s.passed = map[[2]People]Moves{}
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

// maxRooms is the maximum number of rooms with cached clocks.
const maxRooms = 64

// ClockViews returns the room's clocks at a full second. The result must not be modified.
func (s *State) ClockViews(r *model.Room, now time.Time) []model.ClockView {
	now = now.Round(0).UTC()
	s.mu.RLock()
	c := s.clocks[r.ID]
	s.mu.RUnlock()
	if c.room == r && c.now == now {
		return c.views
	}
	c = clocksAt{room: r, now: now, views: r.ClockViews(now)}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.clocks == nil || len(s.clocks) >= maxRooms {
		s.clocks = map[string]clocksAt{}
	}
	s.clocks[r.ID] = c
	return c.views
}

// New returns an empty state.
func New() *State { return &State{Lines: timeline.NewCache()} }

// without returns the people of a list who are not in another.
func without(list, other []model.Presence) []model.Presence {
	seen := make(map[string]bool, len(other))
	for _, p := range other {
		seen[p.Handle] = true
	}
	var out []model.Presence
	for _, p := range view.Distinct(list) {
		if !seen[p.Handle] {
			out = append(out, p)
		}
	}
	return out
}

// sameHandles reports whether two lists have the same handles in the same order, as
// nearly always.
func sameHandles(a, b []model.Presence) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Handle != b[i].Handle {
			return false
		}
	}
	return true
}

// People identifies a list of people. Lists are not modified.
type People struct {
	first *model.Presence
	n     int
}

// PeopleOf returns the identity of a list.
func PeopleOf(list []model.Presence) People {
	if len(list) == 0 {
		return People{}
	}
	return People{first: &list[0], n: len(list)}
}
