package ui

import (
	"fmt"
	"slices"
	"strings"

	"warroom/model"
)

// history is the lines sent before. The line being typed is its newest end.
type history struct {
	lines []past
	at    int    // the line that is shown; len(lines): the one being typed
	typed string // what was typed before going up
}

// past is one line of a history.
type past struct {
	Text string `json:"text"`
	ID   string `json:"id,omitempty"` // of the event that it became; "": it was not sent, or did something here alone
	Room string `json:"room"`         // ULID
}

// add puts a line at the end.
func (h *history) add(line string) {
	if n := len(h.lines); line != "" && (n == 0 || h.lines[n-1].Text != line) {
		h.lines = append(h.lines, past{Text: line})
	}
	if n := len(h.lines); n > 2*maxHistory {
		h.lines = append([]past(nil), h.lines[n-maxHistory:]...)
	}
	h.at, h.typed = len(h.lines), ""
}

// sent notes which event a line became.
func (h *history) sent(line, id string) {
	for i := range slices.Backward(h.lines) {
		if h.lines[i].Text == line {
			h.lines[i].ID = id
			return
		}
	}
}

// up goes to an older line; no where there is none.
func (h *history) up(now string) (string, bool) {
	if h.at == 0 {
		return "", false
	}
	if h.at == len(h.lines) {
		h.typed = now
	}
	h.at--
	return h.lines[h.at].Text, true
}

// down goes to a newer line, at last to what was being typed.
func (h *history) down() (string, bool) {
	if h.at >= len(h.lines) {
		return "", false
	}
	h.at++
	if h.at == len(h.lines) {
		return h.typed, true
	}
	return h.lines[h.at].Text, true
}

// has reports whether a line became the event with an id.
func (h *history) has(id string) bool {
	return slices.ContainsFunc(h.lines, func(l past) bool { return l.ID == id })
}

// dropUnsent drops the lines of which nobody knows whether they became an event.
func (h *history) dropUnsent() {
	h.lines = slices.DeleteFunc(slices.Clone(h.lines), func(l past) bool { return l.ID == "" })
	h.at = len(h.lines)
}

// gone is an entry that was redacted, as far as a terminal knows it.
type gone struct {
	id    string
	seq   uint64
	texts []string // what it said; none where nobody here knows any more
}

// quotes reports whether a line repeats the entry: amending it begins with its
// text.
func (g *gone) quotes(line string) bool {
	return strings.HasPrefix(strings.TrimSpace(line), fmt.Sprintf(":amend %d ", g.seq))
}

// without returns a line without what was redacted.
func (g *gone) without(line string) string {
	if g.quotes(line) {
		return ""
	}
	return model.Blanked(line, g.texts)
}

// forget takes what was redacted out of the history, and reports whether it had
// any of it.
func (h *history) forget(g *gone) bool {
	var left []past
	changed := false
	for _, l := range h.lines {
		text := g.without(l.Text)
		if l.ID != "" && l.ID == g.id || text == "" {
			changed = true
			continue
		}
		changed = changed || text != l.Text
		left = append(left, past{Text: text, ID: l.ID, Room: l.Room})
	}
	if typed := g.without(h.typed); typed != h.typed {
		h.typed = typed
	}
	if changed {
		h.lines, h.at = left, len(left)
	}
	return changed
}
