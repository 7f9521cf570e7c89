package screen

import "github.com/gdamore/tcell/v2"

// HasMouse reports whether the terminal has a mouse, as far as is known.
func (s *encoder) HasMouse() bool { return s.sgrEnc.ti.Mouse != "" }

// HasKey returns true, because that cannot be determined.
func (s *encoder) HasKey(tcell.Key) bool { return true }

// Colors returns the number of colors that are used, 0 for none.
func (s *encoder) Colors() int {
	if s.sgrEnc.rgb {
		return TrueColor
	}
	return len(s.sgrEnc.palette)
}

// Resize does nothing, as in tcell.
func (s *frameBuffer) Resize(int, int, int, int) {}

// SetSize does nothing: the size of the window belongs to the user.
func (s *frameBuffer) SetSize(int, int) {}

// LockRegion does nothing: there are no images under the cells.
func (s *frameBuffer) LockRegion(int, int, int, int, bool) {}

// Tty returns no terminal: the screen uses a [Terminal].
func (s *frameBuffer) Tty() (tcell.Tty, bool) { return nil, false }
