package ui

// history is the lines sent before. The line being typed is its newest end.
type history struct {
	lines []string
	at    int    // the line that is shown; len(lines): the one being typed
	typed string // what was typed before going up
}

// add puts a line at the end.
func (h *history) add(line string) {
	if n := len(h.lines); line != "" && (n == 0 || h.lines[n-1] != line) {
		h.lines = append(h.lines, line)
	}
	if n := len(h.lines); n > 2*maxHistory {
		h.lines = append([]string(nil), h.lines[n-maxHistory:]...)
	}
	h.at, h.typed = len(h.lines), ""
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
	return h.lines[h.at], true
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
	return h.lines[h.at], true
}
