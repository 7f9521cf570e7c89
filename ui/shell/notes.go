package shell

import (
	"strings"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/theme"
)

// Notes are the messages for the person: the current note, which is shown in place of the
// hint until the next key, and the queued ones.
type Notes struct {
	text  model.Safe
	bad   bool
	prev  model.Safe // the one that the newest key cleared
	yes   func()     // what y does, if the note is a question; otherwise nil
	queue []model.Safe
}

// Show shows a note.
func (n *Notes) Show(s model.Safe) { n.text, n.bad, n.yes = s, false, nil }

// Ask shows a question. If the next key is y it calls yes, and n does nothing; neither
// reaches the page. Any other key closes the question and does what it always does.
func (n *Notes) Ask(s model.Safe, yes func()) { n.text, n.bad, n.yes = s, false, yes }

// answer reports whether a key answers the question that is open, and does so.
func (n *Notes) answer(ev *tcell.EventKey) bool {
	yes := n.yes
	if yes == nil || ev.Key() != tcell.KeyRune || ev.Modifiers()&(tcell.ModAlt|tcell.ModMeta) != 0 ||
		!strings.ContainsRune("yYnN", ev.Rune()) {
		return false
	}
	n.Clear()
	if ev.Rune() == 'y' || ev.Rune() == 'Y' {
		yes()
	}
	return true
}

// Warn shows a note about a problem.
func (n *Notes) Warn(s model.Safe) { n.text, n.bad, n.yes = s, true, nil }

// Fail shows an error.
func (n *Notes) Fail(err error) { n.Warn(model.Sentence(err)) }

// Clear removes the note.
func (n *Notes) Clear() { n.prev, n.text, n.bad, n.yes = n.text, model.Safe{}, false, nil }

// Cleared reports whether the newest key cleared the note s, which may have been a question.
func (n *Notes) Cleared(s model.Safe) bool { return n.prev == s }

// IsEmpty reports whether there is no note.
func (n *Notes) IsEmpty() bool { return n.text.IsEmpty() }

// Is reports whether s is the current note.
func (n *Notes) Is(s model.Safe) bool { return n.text == s }

// IsBad reports whether the current note is about a problem.
func (n *Notes) IsBad() bool { return n.bad }

// Queue adds a note that is shown when there is no other. The caller reports it again
// when the screen is closed.
func (n *Notes) Queue(s model.Safe) { n.queue = append(n.queue, s) }

// showQueued shows the next queued note, if there is no other note. Each stays until the
// next key.
func (n *Notes) showQueued() {
	if len(n.queue) > 0 && n.IsEmpty() {
		n.Warn(n.queue[0])
		n.queue = n.queue[1:]
	}
}

// Rows returns the note in at most 4 rows.
func (n *Notes) Rows(w int, th *theme.Theme) []draw.Line {
	if n.IsEmpty() {
		return nil
	}
	note := n.Span(th)
	return draw.Limit(draw.Rows(note.Style, note.Text, w), 4)
}

// Span returns the note.
func (n *Notes) Span(th *theme.Theme) draw.Span {
	if n.bad {
		return draw.T(th.Bad, model.Safef("! %s", n.text))
	}
	return draw.T(th.Warn, n.text)
}
