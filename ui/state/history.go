package state

import (
	"fmt"
	"slices"
	"strings"

	"warroom/model"
)

// History is the lines that were sent. The line that is being typed is its newest end.
type History struct {
	Lines []SentLine
	at    int    // index of the shown line; len(Lines): the one being typed
	typed string // the line being typed, while an older one is shown
}

// NewHistory returns a history positioned after its newest line.
func NewHistory(lines []SentLine) *History { return &History{Lines: lines, at: len(lines)} }

// SentLine is one line of a history.
type SentLine struct {
	Text string `json:"text"`
	ID   string `json:"id,omitempty"` // id of its event; if "", it was not sent, or was a command of this terminal
	Room string `json:"room"`         // ULID
}

// Add appends a line, unless it repeats the newest one.
func (h *History) Add(line string) {
	if n := len(h.Lines); line != "" && (n == 0 || h.Lines[n-1].Text != line) {
		h.Lines = append(h.Lines, SentLine{Text: line})
	}
	if n := len(h.Lines); n > 2*maxHistory {
		h.Lines = append([]SentLine(nil), h.Lines[n-maxHistory:]...)
	}
	h.at, h.typed = len(h.Lines), ""
}

// AddDiscarded appends a line that was discarded. An older line stays shown, and the one being
// typed remains.
func (h *History) AddDiscarded(line string) {
	newest, fromEnd, typed := h.IsNewest(), len(h.Lines)-h.at, h.typed
	before := len(h.Lines)
	if h.Add(line); newest {
		return
	}
	if len(h.Lines) != before {
		fromEnd++
	}
	h.at, h.typed = max(0, len(h.Lines)-fromEnd), typed
}

// Sent records the event of a line.
func (h *History) Sent(line, id string) {
	for i := range slices.Backward(h.Lines) {
		if h.Lines[i].Text == line {
			h.Lines[i].ID = id
			return
		}
	}
}

// Up returns the next older line. now is the line being typed.
func (h *History) Up(now string) (string, bool) {
	if h.at == 0 {
		return "", false
	}
	if h.at == len(h.Lines) {
		h.typed = now
	}
	h.at--
	return h.Lines[h.at].Text, true
}

// Down returns the next newer line, and finally the one being typed.
func (h *History) Down() (string, bool) {
	if h.at >= len(h.Lines) {
		return "", false
	}
	h.at++
	if h.at == len(h.Lines) {
		return h.typed, true
	}
	return h.Lines[h.at].Text, true
}

// IsNewest reports whether the line being typed is shown.
func (h *History) IsNewest() bool { return h.at >= len(h.Lines) }

// Has reports whether a line became the event with an id.
func (h *History) Has(id string) bool {
	return slices.ContainsFunc(h.Lines, func(l SentLine) bool { return l.ID == id })
}

// DropUnsent drops the lines without a known event.
func (h *History) DropUnsent() {
	h.Lines = slices.DeleteFunc(slices.Clone(h.Lines), func(l SentLine) bool { return l.ID == "" })
	h.at = len(h.Lines)
}

// Redacted is a redacted entry, as far as a terminal knows it.
type Redacted struct {
	ID    string
	Seq   uint64
	Texts []string // its texts; empty if they are not known here
}

// quotes reports whether a line repeats the text of the entry, as an amendment does.
func (g *Redacted) quotes(line string) bool {
	return strings.HasPrefix(strings.TrimSpace(line), fmt.Sprintf(":amend %d ", g.Seq))
}

// Without returns a line without the redacted texts.
func (g *Redacted) Without(line string) string {
	if g.quotes(line) {
		return ""
	}
	return model.Blanked(line, g.Texts)
}

// Forget removes a redacted entry from the history, and reports whether it had any of it.
func (h *History) Forget(g *Redacted) bool {
	var left []SentLine
	changed := false
	for _, l := range h.Lines {
		text := g.Without(l.Text)
		if l.ID != "" && l.ID == g.ID || text == "" {
			changed = true
			continue
		}
		changed = changed || text != l.Text
		left = append(left, SentLine{Text: text, ID: l.ID, Room: l.Room})
	}
	if typed := g.Without(h.typed); typed != h.typed {
		h.typed = typed
	}
	if changed {
		h.Lines, h.at = left, len(left)
	}
	return changed
}

// maxHistory is the maximum number of saved lines.
const maxHistory = 500
