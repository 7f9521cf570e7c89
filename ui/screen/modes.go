package screen

import (
	"encoding/base64"
	"strings"

	"github.com/gdamore/tcell/v2"
)

const (
	maxTitle     = 200
	maxClipboard = 96 << 10 // terminals refuse more

	mouseOff = "\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l"
	pasteOn  = "\x1b[?2004h"
	pasteOff = "\x1b[?2004l"
	focusOn  = "\x1b[?1004h"
	focusOff = "\x1b[?1004l"

	// With these modes the wheel sends no arrow keys, which would change the line being
	// typed. Terminals that send them by default do so again afterwards.
	wheelOff  = "\x1b[?1007l"
	wheelBack = "\x1b[?1007h"
)

// modes are the modes that the application has switched on.
type modes struct {
	mouse        tcell.MouseFlags
	paste, focus bool
	title        string
}

// enter takes over the terminal: it switches to the alternate buffer and sets the modes
// again. The caller must hold mu. Application key modes are not requested, because the
// numeric keypad would not type digits.
func (s *Screen) enter() string {
	ti := &s.sgrEnc.ti
	b := ti.EnterCA
	if s.sgrEnc.xt {
		b += "\x1b[22;2t" // save the title
	}
	b += ti.ExitKeypad + ti.HideCursor + ti.DisableAutoMargin
	if s.sgrEnc.modern() {
		b += wheelOff
	}
	b += s.mouseSeq() + s.titleSeq()
	if s.modes.paste && s.sgrEnc.modern() {
		b += pasteOn
	}
	if s.modes.focus && s.sgrEnc.modern() {
		b += focusOn
	}
	return b
}

// farewell returns the bytes that undo everything. The caller must hold mu.
func (s *Screen) farewell() string { return s.sgrEnc.farewell(s.modes, s.formed.Load()) }

// farewell returns the bytes that undo enter and the modes, and the shape of the cursor if
// it was changed.
func (p *profile) farewell(m modes, formed bool) string {
	ti := &p.ti
	b := ti.AttrOff + ti.ShowCursor
	if formed {
		b += "\x1b[0 q\x1b]112\x07"
	}
	if m.mouse != 0 {
		b += mouseOff
	}
	if m.paste && p.modern() {
		b += pasteOff
	}
	if m.focus && p.modern() {
		b += focusOff
	}
	if p.modern() {
		b += wheelBack
	}
	b += ti.ExitKeypad + ti.EnableAutoMargin
	if p.xt {
		b += "\x1b[23;2t"
	}
	return b + ti.Clear + ti.ExitCA
}

// RestoreSequence returns the bytes that restore a terminal after the program that drew its
// screen crashed, possibly in the middle of a frame. It is empty if the terminal cannot show a
// screen.
func RestoreSequence(term string) string {
	p, err := newProfile(term)
	if err != nil {
		return ""
	}
	begin := ""
	if p.scrolls {
		begin = "\x1b[r"
	}
	if p.xt {
		begin = syncOff + begin
	}
	return begin + p.farewell(modes{mouse: tcell.MouseButtonEvents, paste: true, focus: true}, p.cursorForms() && p.xt)
}

// modern reports whether the terminal has a mouse, and thus supports the other reports too.
func (p *profile) modern() bool { return p.ti.Mouse != "" || p.xt }

// sendControl sends bytes that do not change cells, now or with the next engage.
func (s *Screen) sendControl(set func(m *modes) string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if b := set(&s.modes); b != "" && s.taken && s.hung == nil {
		s.out.control(b)
	}
}

// EnableMouse enables mouse reports, all of them if no flag is given.
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

// DisableMouse disables mouse reports.
func (s *Screen) DisableMouse() { s.setMouse(0) }

func (s *Screen) setMouse(f tcell.MouseFlags) {
	if !s.HasMouse() {
		return
	}
	s.mouseOn.Store(f != 0)
	s.sendControl(func(m *modes) string {
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

// mouseSeq returns the sequence that enables reports in SGR form, which the parser
// understands.
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

// EnablePaste enables bracketed paste.
func (s *Screen) EnablePaste() { s.setPaste(true, pasteOn) }

// DisablePaste disables bracketed paste.
func (s *Screen) DisablePaste() { s.setPaste(false, pasteOff) }

func (s *Screen) setPaste(on bool, seq string) {
	s.pasteOn.Store(on)
	s.sendControl(func(m *modes) string {
		if m.paste == on || !s.sgrEnc.modern() {
			seq = ""
		}
		m.paste = on
		return seq
	})
}

// EnableFocus enables reports of focus changes.
func (s *Screen) EnableFocus() { s.setFocus(true, focusOn) }

// DisableFocus disables reports of focus changes.
func (s *Screen) DisableFocus() { s.setFocus(false, focusOff) }

func (s *Screen) setFocus(on bool, seq string) {
	s.sendControl(func(m *modes) string {
		if m.focus == on || !s.sgrEnc.modern() {
			seq = ""
		}
		m.focus = on
		return seq
	})
}

// SetTitle sets the title of the window. Control runes are removed and the rest is
// truncated to a reasonable length. It does nothing on terminals without titles.
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
	s.sendControl(func(m *modes) string {
		m.title = b.String()
		return s.titleSeq()
	})
}

func (s *Screen) titleSeq() string {
	if s.modes.title == "" || !s.sgrEnc.xt {
		return ""
	}
	return "\x1b]2;" + s.modes.title + "\x1b\\"
}

// SetClipboard writes data to the user's clipboard (OSC 52). It must only be called in
// response to the user's own key. Data that is too large for terminals is not sent.
func (s *Screen) SetClipboard(data []byte) {
	if !s.sgrEnc.xt || len(data) > maxClipboard {
		return
	}
	seq := "\x1b]52;c;" + base64.StdEncoding.EncodeToString(data) + "\x1b\\"
	s.sendControl(func(*modes) string { return seq })
}

// GetClipboard does nothing: the content of the clipboard is private.
func (s *Screen) GetClipboard() {}

// Beep rings the bell.
func (s *Screen) Beep() error {
	s.sendControl(func(*modes) string { return "\a" })
	return nil
}
