package shell

import (
	"time"

	"github.com/gdamore/tcell/v2"
)

// A change of a room is shown in two steps, so that the last of many terminals need not wait
// until each of the others has taken the change and drawn: first each sends what another one
// has sent for the same change, if it shows the same, and a moment later it takes the change,
// draws, and corrects what differs. Most terminals differ in nothing while a second passes; they
// draw only now and then.

// takeAfter is the time between the two steps.
const takeAfter = 40 * time.Millisecond

// maxTicks is how many seconds are shown without drawing.
const maxTicks = 4

// advancing is a page that can show a change as other terminals show it, before it takes it.
type advancing interface {
	// Advance reports whether it has shown a change of the room.
	Advance() bool
	// Tick reports whether it has shown another second, and whatever else that changes here.
	Tick() bool
}

// advance shows a change as other terminals show it, and reports whether it has. The loop calls
// it.
func (s *Shell) advance() bool {
	p, ok := s.Top().(advancing)
	if !ok || s.small || !p.Advance() {
		return false
	}
	s.advanced = true
	return true
}

// tick shows another second as other terminals show it, and reports whether it has. The loop
// calls it.
func (s *Shell) tick() bool {
	p, ok := s.Top().(advancing)
	if !ok || s.small || s.advanced || s.ticks >= maxTicks || !p.Tick() {
		return false
	}
	s.ticks++
	return true
}

// catchUp takes a change that the terminal shows already, before an event is handled: otherwise
// the draw that follows would show the state before it.
func (s *Shell) catchUp(ev tcell.Event) {
	if k, ok := ev.(*tcell.EventKey); s.advanced && (!ok || k.Key() != keyWake) {
		s.o.Wake()
	}
	s.advanced = false
}
