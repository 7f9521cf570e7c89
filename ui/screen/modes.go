package screen

import (
	"encoding/base64"
	"strings"

	"github.com/gdamore/tcell/v2"
)

const (
	maxTitle     = 200
	maxClipboard = 96 << 10 // more than that terminals refuse

	mouseOff = "\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l"
	pasteOn  = "\x1b[?2004h"
	pasteOff = "\x1b[?2004l"
	focusOn  = "\x1b[?1004h"
	focusOff = "\x1b[?1004l"
)

// modes is what was switched on besides drawing.
type modes struct {
	mouse        tcell.MouseFlags
	paste, focus bool
	title        string
}

// enter takes the terminal: other buffer, application keys, and the modes that
// were on. The caller holds mu. The parser understands keys with and without
// application mode, so nothing more is asked for.
func (s *Screen) enter() string {
	ti := &s.pen.ti
	b := ti.EnterCA
	if s.pen.xt {
		b += "\x1b[22;2t" // keep the title
	}
	b += ti.EnterKeypad + ti.HideCursor + ti.DisableAutoMargin
	b += s.mouseSeq() + s.titleSeq()
	if s.modes.paste && s.pen.modern() {
		b += pasteOn
	}
	if s.modes.focus && s.pen.modern() {
		b += focusOn
	}
	return b
}

// farewell undoes what was done. The caller holds mu.
func (s *Screen) farewell() string {
	ti := &s.pen.ti
	b := ti.AttrOff + ti.ShowCursor
	if s.formed.Load() {
		b += "\x1b[0 q\x1b]112\x07"
	}
	if s.modes.mouse != 0 {
		b += mouseOff
	}
	if s.modes.paste && s.pen.modern() {
		b += pasteOff
	}
	if s.modes.focus && s.pen.modern() {
		b += focusOff
	}
	b += ti.ExitKeypad + ti.EnableAutoMargin
	if s.pen.xt {
		b += "\x1b[23;2t"
	}
	return b + ti.Clear + ti.ExitCA
}

// modern tells a terminal with a mouse, and so with the other reports too.
func (p *profile) modern() bool { return p.ti.Mouse != "" || p.xt }

// say sends bytes that touch no cell, now or with the next engage.
func (s *Screen) say(set func(m *modes) string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if b := set(&s.modes); b != "" && s.taken && s.hung == nil {
		s.out.control(b)
	}
}

// EnableMouse asks for mouse reports, all of them if no flag is given.
func (s *Screen) EnableMouse(flags ...tcell.MouseFlags) {
	var f tcell.MouseFlags
	for _, g := range flags {
		f |= g
	}
	if len(flags) == 0 {
		f = tcell.MouseMotionEvents | tcell.MouseDragEvents | tcell.MouseButtonEvents
	}
	s.setMouse(f)
}

// DisableMouse ends mouse reports.
func (s *Screen) DisableMouse() { s.setMouse(0) }

func (s *Screen) setMouse(f tcell.MouseFlags) {
	if !s.HasMouse() {
		return
	}
	s.mouseOn.Store(f != 0)
	s.say(func(m *modes) string {
		if m.mouse == f {
			return ""
		}
		off := ""
		if m.mouse != 0 {
			off = mouseOff
		}
		m.mouse = f
		return off + s.mouseSeq()
	})
}

// mouseSeq asks for reports in the SGR form, the one the parser knows.
func (s *Screen) mouseSeq() string {
	var b string
	f := s.modes.mouse
	if f&tcell.MouseButtonEvents != 0 {
		b += "\x1b[?1000h"
	}
	if f&tcell.MouseDragEvents != 0 {
		b += "\x1b[?1002h"
	}
	if f&tcell.MouseMotionEvents != 0 {
		b += "\x1b[?1003h"
	}
	if f != 0 {
		b += "\x1b[?1006h"
	}
	return b
}

// EnablePaste asks for pasted text to be marked.
func (s *Screen) EnablePaste() { s.setPaste(true, pasteOn) }

// DisablePaste ends that.
func (s *Screen) DisablePaste() { s.setPaste(false, pasteOff) }

func (s *Screen) setPaste(on bool, seq string) {
	s.pasteOn.Store(on)
	s.say(func(m *modes) string {
		if m.paste == on || !s.pen.modern() {
			seq = ""
		}
		m.paste = on
		return seq
	})
}

// EnableFocus asks for a report when the terminal's window is entered or left.
func (s *Screen) EnableFocus() { s.setFocus(true, focusOn) }

// DisableFocus ends that.
func (s *Screen) DisableFocus() { s.setFocus(false, focusOff) }

func (s *Screen) setFocus(on bool, seq string) {
	s.say(func(m *modes) string {
		if m.focus == on || !s.pen.modern() {
			seq = ""
		}
		m.focus = on
		return seq
	})
}

// SetTitle sets the title of the window. Control runes are dropped, the rest
// cut to a sane length. Terminals without titles are left alone.
func (s *Screen) SetTitle(title string) {
	var b strings.Builder
	n := 0
	for _, r := range title {
		if isControl(r) || unsafeFormat(r) || n >= maxTitle {
			continue
		}
		n++
		if s.opts.ASCII && r >= 0x7f {
			r = '?'
		}
		b.WriteRune(r)
	}
	s.say(func(m *modes) string {
		m.title = b.String()
		return s.titleSeq()
	})
}

func (s *Screen) titleSeq() string {
	if s.modes.title == "" || !s.pen.xt {
		return ""
	}
	return "\x1b]2;" + s.modes.title + "\x1b\\"
}

// SetClipboard puts data on the user's clipboard (OSC 52), to be called only
// for the user's own key. Data too large for a terminal are not sent.
func (s *Screen) SetClipboard(data []byte) {
	if !s.pen.xt || len(data) > maxClipboard {
		return
	}
	seq := "\x1b]52;c;" + base64.StdEncoding.EncodeToString(data) + "\x1b\\"
	s.say(func(*modes) string { return seq })
}

// GetClipboard does nothing: what other programs copied is none of ours.
func (s *Screen) GetClipboard() {}

// Beep rings the bell.
func (s *Screen) Beep() error {
	s.say(func(*modes) string { return "\a" })
	return nil
}
