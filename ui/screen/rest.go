package screen

import "github.com/gdamore/tcell/v2"

// HasMouse tells whether the terminal has a mouse, as far as is known.
func (s *Screen) HasMouse() bool { return s.pen.ti.Mouse != "" }

// HasKey returns true: nobody knows.
func (s *Screen) HasKey(tcell.Key) bool { return true }

// Colors returns how many colours are used, 0 for none.
func (s *Screen) Colors() int {
	if s.pen.rgb {
		return TrueColor
	}
	return len(s.pen.palette)
}

// Resize does nothing, as in tcell.
func (s *Screen) Resize(int, int, int, int) {}

// SetSize does nothing: the window is the user's.
func (s *Screen) SetSize(int, int) {}

// LockRegion does nothing: we draw no pictures under the cells.
func (s *Screen) LockRegion(int, int, int, int, bool) {}

// Tty returns the terminal of this process, if that is what the screen is on.
func (s *Screen) Tty() (tcell.Tty, bool) {
	t, ok := s.term.(*Tty)
	if !ok {
		return nil, false
	}
	return t.Tty, true
}
