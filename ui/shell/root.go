package shell

import (
	"github.com/gdamore/tcell/v2"
	"github.com/rivo/tview"

	"warroom/model"
	"warroom/ui/draw"
)

// The size of the smallest terminal that is supported.
const minWidth, minHeight = 60, 15

// root is the only primitive of tview. It draws the top page; events go to the shell.
type root struct {
	*tview.Box
	sh *Shell
}

func newRoot(sh *Shell) *root { return &root{Box: tview.NewBox(), sh: sh} }

// Draw draws the top page. tview has cleared the screen.
func (r *root) Draw(s tcell.Screen) {
	x, y, w, h := r.GetRect()
	s.HideCursor()
	r.sh.ticks = 0
	r.sh.small = w < minWidth || h < minHeight
	if r.sh.small {
		r.drawSmall(s, draw.Rect{X: x, Y: y, W: w, H: h})
		return
	}
	r.sh.Top().Draw(s, draw.Rect{X: x, Y: y, W: w, H: h})
}

// drawSmall draws what is shown if the terminal is too small.
func (r *root) drawSmall(s tcell.Screen, at draw.Rect) {
	message := model.Safef("warroom needs a terminal of %dx%d; this one is %dx%d. Make it larger, or press "+
		"Ctrl-C to leave.", minWidth, minHeight, at.W, at.H)
	for i, l := range draw.Wrap(message, max(1, at.W)) {
		draw.Put(s, at.X, at.Y+i, at.W, draw.L(draw.T(r.sh.Theme.Bold, l)))
	}
}

// paste passes pasted text to the top page.
func (s *Shell) paste(text string) {
	if s.small {
		return
	}
	s.Notes.Clear()
	if s.refusesText() {
		s.Notes.Show(noText)
		return
	}
	s.Top().Paste(text)
}

// mousePage is a page that handles the mouse.
type mousePage interface {
	Mouse(act tview.MouseAction, x, y int) bool
}

// mouse passes wheel and clicks to the top page, and reports whether it handles them.
func (s *Shell) mouse(act tview.MouseAction, ev *tcell.EventMouse) bool {
	m, ok := s.Top().(mousePage)
	if !ok || s.small {
		return false
	}
	x, y := ev.Position()
	return m.Mouse(act, x, y)
}
