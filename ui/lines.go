package ui

import "github.com/gdamore/tcell/v2"

// lines is a screen whose pastes keep their line breaks. Some terminals send
// them as they are, as Ctrl-J, which tview would drop while it collects a paste.
type lines struct {
	tcell.Screen
	pasting bool
	cr      bool // the key before was Enter
}

// PollEvent makes one Enter of every kind of line break in a paste.
func (l *lines) PollEvent() tcell.Event {
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
