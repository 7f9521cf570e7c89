package screen

import (
	"strconv"

	"github.com/gdamore/tcell/v2"
)

// ShowCursor sets the position of the cursor, from the next Show on.
func (s *encoder) ShowCursor(x, y int) { s.curX, s.curY = x, y }

// HideCursor hides the cursor.
func (s *encoder) HideCursor() { s.ShowCursor(-1, -1) }

// SetCursorStyle sets the shape and the color of the cursor.
func (s *encoder) SetCursorStyle(cs tcell.CursorStyle, colors ...tcell.Color) {
	s.curStyle, s.curColor = cs, tcell.ColorNone
	if len(colors) > 0 {
		s.curColor = colors[0]
	}
}

// cursor ends a frame: it sets or hides the cursor.
func (s *encoder) cursor() {
	if !s.inside(s.curX, s.curY) {
		s.hideCursor()
		return
	}
	s.move(s.curX, s.curY)
	if !s.shown {
		s.buf = append(s.buf, s.sgrEnc.ti.ShowCursor...)
		s.shown = true
	}
	if !s.sgrEnc.cursorForms() {
		return
	}
	if s.curStyle != s.sentStyle && s.curStyle >= 0 && s.curStyle <= tcell.CursorStyleSteadyBar {
		s.buf = append(s.buf, "\x1b["...)
		s.buf = strconv.AppendInt(s.buf, int64(s.curStyle), 10)
		s.buf = append(s.buf, " q"...)
		s.sentStyle = s.curStyle
		s.formed.Store(true)
	}
	if s.curColor != s.sentColor {
		s.buf = append(s.buf, cursorColor(s.curColor)...)
		s.sentColor = s.curColor
		s.formed.Store(true)
	}
}

func (s *encoder) hideCursor() {
	if s.sgrEnc.ti.HideCursor == "" { // it cannot be hidden: move it to the corner
		s.move(s.w-1, s.h-1)
		return
	}
	if s.shown {
		s.buf = append(s.buf, s.sgrEnc.ti.HideCursor...)
		s.shown = false
	}
}

// cursorForms reports whether the terminal supports cursor shapes.
func (p *profile) cursorForms() bool { return p.ti.Mouse != "" || p.xt }

func cursorColor(c tcell.Color) string {
	if c == tcell.ColorReset {
		return "\x1b]112\x07"
	}
	if !c.Valid() {
		return ""
	}
	const hex = "0123456789abcdef"
	v := c.Hex()
	b := []byte("\x1b]12;#")
	for shift := 20; shift >= 0; shift -= 4 {
		b = append(b, hex[v>>shift&15])
	}
	return string(append(b, 7))
}
