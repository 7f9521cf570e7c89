package lineterm

import "slices"

const (
	maxHistory      = 100      // lines
	maxHistoryBytes = 64 << 10 // of all lines together
)

// history is the lines that were typed, newest last. It has no pastes, which a single row
// cannot show.
type history struct {
	lines  []string
	bytes  int
	change func(line string) string // nil: lines are kept as they are
}

// Add adds a line, unless it is empty or repeats the newest one.
func (h *history) Add(line string) {
	if h.change != nil {
		line = h.change(line)
	}
	n := len(h.lines)
	if line == "" || n > 0 && h.lines[n-1] == line {
		return
	}
	h.lines = append(h.lines, line)
	h.bytes += len(line)
	for len(h.lines) > maxHistory || h.bytes > maxHistoryBytes {
		h.bytes -= len(h.lines[0])
		h.lines = slices.Delete(h.lines, 0, 1)
	}
}

// Len returns the number of lines.
func (h *history) Len() int { return len(h.lines) }

// At returns a line; 0 is the newest.
func (h *history) At(i int) string { return h.lines[len(h.lines)-1-i] }

// remember sets what is kept of a line, and changes the lines that are there.
func (h *history) remember(change func(line string) string) {
	lines := h.lines
	h.lines, h.bytes, h.change = nil, 0, change
	for _, l := range lines {
		h.Add(l)
	}
}
