package lineterm

import (
	"bytes"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// sureCells is the number of cells that are assumed to fit into one row of a terminal whose
// size is unknown.
const sureCells = 40

// row shows the line being typed. It is the output of x/term: it interprets the few escape
// sequences that x/term writes, and brings the terminal to the same line and cursor with text
// and backspaces only.
type row struct {
	w    io.Writer
	size func() (cols, rows int) // nil: unknown

	line []rune // as x/term has written it
	at   int    // where x/term has its cursor, in runes

	cells   []cluster // on the terminal
	col     int       // of the terminal's cursor, in cells
	partial bool      // cells is a part of a line that is longer than a row
	from    int       // the first cluster of that part
	out     []byte
}

// cluster is a grapheme cluster as it is shown.
type cluster struct {
	text  string
	cells int
}

// limit returns how many cells surely fit into one row. The last column stays empty, because
// terminals disagree on where the cursor is after it.
func (r *row) limit() int {
	if r.size != nil {
		if cols, _ := r.size(); cols > 0 {
			return max(cols-1, 8)
		}
	}
	return sureCells
}

// Write takes the output of x/term.
func (r *row) Write(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for i := 0; i < len(p); {
		c, n := utf8.DecodeRune(p[i:])
		switch {
		case c == 0x1b:
			n = r.escape(p[i:])
		case c == '\r':
		case c == '\n':
			r.show()
			r.end()
		default:
			r.put(c)
		}
		i += n
	}
	r.show()
	_ = r.write("") // if it fails, reading fails too
	return len(p), nil
}

// escape interprets an escape sequence and returns its length.
func (r *row) escape(p []byte) int {
	n, arg := 2, 0
	for ; n < len(p) && p[n] >= '0' && p[n] <= '9'; n++ {
		arg = 10*arg + int(p[n]-'0')
	}
	if n >= len(p) {
		return len(p)
	}
	switch p[n] {
	case 'C':
		r.at += max(1, arg)
	case 'D':
		r.at = max(0, r.at-max(1, arg))
	case 'K':
		r.line = r.line[:min(r.at, len(r.line))]
	case 'J': // of Ctrl-L: the line is shown again in a new row
		r.end()
	}
	return n + 1
}

// put writes a rune at the cursor.
func (r *row) put(c rune) {
	for len(r.line) <= r.at {
		r.line = append(r.line, ' ')
	}
	r.line[r.at] = c
	r.at++
}

// end leaves the row as it is and begins an empty one.
func (r *row) end() {
	r.out = append(r.out, "\r\n"...)
	r.forget()
}

// leave ends the row below its last character, so that what follows does not overwrite it.
func (r *row) leave() {
	if len(r.cells) > 0 {
		r.move(width(r.cells))
		r.end()
		_ = r.write("") // if it fails, reading fails too
	}
}

// erase erases the row and the line.
func (r *row) erase() {
	r.clear()
	r.forget()
}

// forget begins an empty line in an empty row.
func (r *row) forget() {
	r.line, r.at, r.cells, r.col, r.partial, r.from = r.line[:0], 0, nil, 0, false, 0
}

// clear erases what is shown. If it may not fit into one row, it stays, and a row begins
// below it.
func (r *row) clear() {
	n := width(r.cells)
	switch {
	case n == 0:
	case n <= r.limit():
		r.out = append(append(append(r.out, '\r'), strings.Repeat(" ", n)...), '\r')
	default:
		r.out = append(r.out, "\r\n"...)
	}
	r.cells, r.col = nil, 0
}

// above writes text with its line ends, above the line being typed if it ends with one.
func (r *row) above(p []byte) error {
	text := bytes.ReplaceAll(p, []byte("\n"), []byte("\r\n"))
	if !bytes.HasSuffix(p, []byte("\n")) {
		return r.write(string(text))
	}
	r.clear()
	r.out = append(r.out, text...)
	r.show()
	return r.write("")
}

// show brings the terminal to the line and the cursor of x/term.
func (r *row) show() {
	for len(r.line) < r.at {
		r.line = append(r.line, ' ')
	}
	for n := len(r.line); n > r.at && r.line[n-1] == ' '; n-- {
		r.line = r.line[:n-1] // x/term writes blanks over what it deletes
	}
	want, at := clusters(r.line, r.at)
	limit := r.limit()
	if width(want) <= limit {
		r.partial = false
	} else if !r.partial && !(at == len(want) && (width(r.cells) <= limit || common(r.cells, want) == len(r.cells))) {
		r.partial = true // the cursor cannot go back over the end of a row
	}
	if r.partial {
		want, at = r.window(want, at, limit)
	}
	if width(r.cells) > limit && common(r.cells, want) < len(r.cells) {
		r.clear()
	}
	r.change(want, at)
}

// window returns the part of a line around the cursor that fits into one row, between < and >.
func (r *row) window(all []cluster, at, limit int) ([]cluster, int) {
	limit -= 2 // for the marks
	fits := func(from int) bool { return from <= at && width(all[from:at]) < limit }
	if r.from > len(all) || !fits(r.from) || at == r.from && at > 0 {
		for r.from = at; r.from > 0 && width(all[r.from-1:at]) <= limit/2; r.from-- {
		}
	}
	to := at
	for to < len(all) && width(all[r.from:to+1]) <= limit {
		to++
	}
	var out []cluster
	if r.from > 0 {
		out = append(out, cluster{text: "<", cells: 1})
	}
	at += len(out) - r.from
	out = append(out, all[r.from:to]...)
	if to < len(all) {
		out = append(out, cluster{text: ">", cells: 1})
	}
	return out, at
}

// change writes the difference between what is shown and what is wanted, and moves the cursor
// before the cluster at.
func (r *row) change(want []cluster, at int) {
	same := common(r.cells, want)
	if same < len(r.cells) || same < len(want) {
		r.move(width(r.cells[:same]))
		for _, c := range want[same:] {
			r.out = append(r.out, c.text...)
		}
		r.col = width(want)
		if over := width(r.cells) - r.col; over > 0 {
			r.out = append(r.out, strings.Repeat(" ", over)...)
			r.col += over
		}
		r.cells = want
	}
	r.move(width(want[:at]))
}

// move moves the cursor to a cell of the row: back with backspaces, forward by writing its
// cells again.
func (r *row) move(to int) {
	if r.col > to {
		r.out = append(r.out, strings.Repeat("\b", r.col-to)...)
	}
	col := 0
	for _, c := range r.cells {
		if col >= r.col && col < to {
			r.out = append(r.out, c.text...)
		}
		col += c.cells
	}
	r.col = to
}

// write writes what is to be written, and s.
func (r *row) write(s string) error {
	r.out = append(r.out, s...)
	if len(r.out) == 0 {
		return nil
	}
	_, err := r.w.Write(r.out)
	r.out = r.out[:0]
	return err
}

// clusters returns a line as it is shown, and the index of the cluster before which the cursor
// is if it is at a rune.
func clusters(line []rune, at int) (all []cluster, cursor int) {
	rest, state, runes := string(line), -1, 0
	for rest != "" {
		if runes < at {
			cursor = len(all) + 1
		}
		var text string
		var cells int
		text, rest, cells, state = uniseg.FirstGraphemeClusterInString(rest, state)
		runes += utf8.RuneCountInString(text)
		all = append(all, visible(text, cells))
	}
	return all, cursor
}

// visible returns how a cluster is shown. An emoji that joins several, or has another colour
// or form, is shown as its first one: terminals disagree on the width of the others.
func visible(text string, cells int) cluster {
	first, n := utf8.DecodeRuneInString(text)
	switch {
	case first == '\t':
		return cluster{text: " ", cells: 1}
	case cells == 0 || isControl(first):
		return cluster{}
	case cells > 2: // the long dashes
		return cluster{text: "?", cells: 1}
	}
	for i, c := range text[n:] {
		next, _ := utf8.DecodeRuneInString(text[n+i+utf8.RuneLen(c):])
		if c == 0x200d && next >= 0x2190 || c == 0xfe0f || c >= 0x1f3fb && c <= 0x1f3ff ||
			c >= 0xe0020 && c <= 0xe007f {
			text = text[:n+i]
			break
		}
	}
	return cluster{text: text + strings.Repeat(" ", max(0, cells-uniseg.StringWidth(text))), cells: cells}
}

// shown returns how a line is shown.
func shown(line string) string {
	all, _ := clusters([]rune(line), 0)
	var b strings.Builder
	for _, c := range all {
		b.WriteString(c.text)
	}
	return b.String()
}

// width returns the number of cells.
func width(all []cluster) int {
	n := 0
	for _, c := range all {
		n += c.cells
	}
	return n
}

// common returns how many clusters two rows have in common at their beginning.
func common(a, b []cluster) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

// isControl reports whether a terminal interprets a character instead of showing it.
func isControl(r rune) bool { return unicode.IsControl(r) }
