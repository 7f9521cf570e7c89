package shell

import (
	"strings"

	"github.com/gdamore/tcell/v2"
	"github.com/rivo/tview"
)

// input makes keys, pastes and actions of the mouse of the screen's events.
type input struct {
	key func(*tcell.EventKey) *tcell.EventKey

	pasting bool
	cr      bool // the previous key of the paste was Enter
	pasted  strings.Builder

	buttons tcell.ButtonMask // that were pressed at the last event
}

// handle handles an event, and reports whether the screen has to be drawn.
func (in *input) handle(ev tcell.Event, s *Shell) (draw bool) {
	switch e := ev.(type) {
	case *tcell.EventKey:
		if in.pasting && e.Key() != keyWake {
			in.take(e)
			return false
		}
		in.key(e)
		return true
	case *tcell.EventPaste:
		if in.pasting = e.Start(); in.pasting {
			in.pasted.Reset()
			in.cr = false
			return false
		}
		text := in.pasted.String()
		in.pasted = strings.Builder{}
		if text != "" {
			s.paste(text)
		}
		return text != ""
	case *tcell.EventMouse:
		return in.mouse(e, s)
	case *tcell.EventResize:
		return true
	}
	return false
}

// take adds a key to the pasted text. Every kind of line break is one line break: some
// terminals send Ctrl-J.
func (in *input) take(e *tcell.EventKey) {
	cr := in.cr
	in.cr = e.Key() == tcell.KeyEnter
	switch e.Key() {
	case tcell.KeyRune:
		in.pasted.WriteRune(e.Rune())
	case tcell.KeyTab:
		in.pasted.WriteByte('\t')
	case tcell.KeyEnter:
		in.pasted.WriteByte('\n')
	case tcell.KeyCtrlJ, tcell.KeyLF:
		if !cr {
			in.pasted.WriteByte('\n')
		}
	}
}

// mouse passes the wheel and the press of the left button to the top page.
func (in *input) mouse(e *tcell.EventMouse, s *Shell) (draw bool) {
	pressed := e.Buttons() &^ in.buttons
	in.buttons = e.Buttons()
	if pressed&tcell.ButtonPrimary != 0 {
		draw = s.mouse(tview.MouseLeftDown, e)
	}
	if e.Buttons()&tcell.WheelUp != 0 {
		draw = s.mouse(tview.MouseScrollUp, e) || draw
	}
	if e.Buttons()&tcell.WheelDown != 0 {
		draw = s.mouse(tview.MouseScrollDown, e) || draw
	}
	return draw
}
