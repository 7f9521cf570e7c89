package lineedit

import (
	"slices"
	"strings"
)

// maxUndo is how many changes can be undone.
const maxUndo = 100

// past is the previous states of a line, and the text that was killed last.
type past struct {
	states []state
	typing bool // the newest change is typed text, which further typing joins
	killed string
}

type state struct {
	text string
	at   int
}

// remember saves the state before a change.
func (e *Editor) remember(typing bool) {
	joins := typing && e.past.typing && len(e.past.states) > 0
	e.past.typing = typing
	if joins {
		return
	}
	e.past.states = append(e.past.states, state{text: e.Text, at: e.At})
	if n := len(e.past.states); n > maxUndo {
		e.past.states = slices.Delete(e.past.states, 0, n-maxUndo)
	}
}

// Undo reverts the newest change. It reports whether there was one.
func (e *Editor) Undo() bool {
	n := len(e.past.states)
	if n == 0 {
		return false
	}
	s := e.past.states[n-1]
	e.past.states, e.past.typing = e.past.states[:n-1], false
	e.Text, e.At = s.text, s.at
	return true
}

// Forget drops the previous states and the killed text.
func (e *Editor) Forget() { e.past = past{} }

// Kill clears the line. Yank inserts it again.
func (e *Editor) Kill() {
	e.kill(0, len(e.Text))
}

// kill removes the bytes from i to j and saves them for Yank.
func (e *Editor) kill(i, j int) {
	if i < j {
		e.past.killed = e.Text[i:j]
	}
	e.cut(i, j)
}

// Yank inserts the text that was killed last. It reports whether it did.
func (e *Editor) Yank() bool { return e.past.killed != "" && e.Insert(e.past.killed) }

// Vertical moves the cursor by one line in a text of several lines. It reports false if
// there is no such line.
func (e *Editor) Vertical(down bool) bool {
	begin := strings.LastIndexByte(e.Text[:e.At], '\n') + 1
	column := e.At - begin
	var to int
	if down {
		n := strings.IndexByte(e.Text[e.At:], '\n')
		if n < 0 {
			return false
		}
		to = e.At + n + 1
	} else {
		if begin == 0 {
			return false
		}
		to = strings.LastIndexByte(e.Text[:begin-1], '\n') + 1
	}
	end := len(e.Text)
	if n := strings.IndexByte(e.Text[to:], '\n'); n >= 0 {
		end = to + n
	}
	for e.At = to; e.At < end && e.At < to+column; {
		e.At = e.next(e.At)
	}
	return true
}
