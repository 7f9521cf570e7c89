package shell

import "github.com/gdamore/tcell/v2"

// lines is a screen whose pastes keep their line breaks. Some terminals send line breaks
// as Ctrl-J, which tview drops from a paste.
type lines struct {
	tcell.Screen
	guard   *guard
	pasting bool
	cr      bool // the previous key was Enter
}

// PollEvent converts every kind of line break in a paste to one Enter. A panic ends the
// events, because in tview's goroutine, which calls it, it would end the program.
func (l *lines) PollEvent() (ev tcell.Event) {
	defer func() {
		if p := recover(); p != nil {
			l.guard.take(p)
			ev = tcell.NewEventError(errEnd)
		}
	}()
	return l.next()
}

func (l *lines) next() tcell.Event {
	for {
		ev := l.Screen.PollEvent()
		switch e := ev.(type) {
		case *tcell.EventPaste:
			l.pasting, l.cr = e.Start(), false
		case *tcell.EventKey:
			cr := l.cr
			l.cr = e.Key() == tcell.KeyEnter
			if !l.pasting || e.Key() != tcell.KeyCtrlJ && e.Key() != tcell.KeyLF {
				return ev
			}
			if !cr {
				return tcell.NewEventKey(tcell.KeyEnter, 0, tcell.ModNone)
			}
			continue
		}
		return ev
	}
}
