package draw

import (
	"strings"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
)

// Spaces and Rule return parts of these texts, so that a row needs no allocation.
const (
	manyBlanks  = "                                                                                                    "
	manyStrokes = "────────────────────────────────────────────────────────────────────────────────────────────────────"
	manyDashes  = "----------------------------------------------------------------------------------------------------"
)

// Spaces returns n blanks.
func Spaces(n int) model.Safe {
	if n <= len(manyBlanks) {
		return model.Lit(manyBlanks).Slice(0, max(0, n))
	}
	return model.Clean(strings.Repeat(" ", n))
}

// Blanks returns a line of n blanks.
func Blanks(n int) Line { return L(T(tcell.StyleDefault, Spaces(n))) }

// Rule returns a horizontal line of n cells.
func Rule(n int, ascii bool) model.Safe {
	n = max(0, n)
	if ascii {
		if n <= len(manyDashes) {
			return model.Lit(manyDashes).Slice(0, n)
		}
		return model.Clean(strings.Repeat("-", n))
	}
	if size := len("─"); n*size <= len(manyStrokes) {
		return model.Lit(manyStrokes).Slice(0, n*size)
	}
	return model.Clean(strings.Repeat("─", n))
}

// Spread returns a row of w cells with right at its right end. If both do not fit, left is
// clipped.
func Spread(w int, left, right Line) Line {
	room := w - right.Width()
	if room <= 0 {
		return right.Clip(w)
	}
	l := left.Clip(room)
	out := append(l[:len(l):len(l)], T(tcell.StyleDefault, Spaces(room-l.Width())))
	return append(out, right...)
}

// Rows wraps text in one style into rows of w cells.
func Rows(style tcell.Style, s model.Safe, w int) []Line {
	var out []Line
	for _, t := range Wrap(s, w) {
		out = append(out, L(T(style, t)))
	}
	return out
}

// PlainText returns the text of a row without its styles.
func PlainText(l Line) model.Safe {
	parts := make([]model.Safe, len(l))
	for i, s := range l {
		parts[i] = s.Text
	}
	return model.JoinSafe(model.Safe{}, parts...)
}

// Reversed returns a row as it looks when selected, to the edge of the screen.
func Reversed(l Line, w int) Line {
	out := make(Line, 0, len(l)+1)
	for _, s := range l {
		out = append(out, T(s.Style.Reverse(true).Dim(false), s.Text))
	}
	return append(out, T(tcell.StyleDefault.Reverse(true), Spaces(w-l.Width())))
}

// Column returns text in exactly w cells, and a blank.
func Column(style tcell.Style, s model.Safe, w int) Line {
	l := L(T(style, s)).Clip(w)
	return append(l[:len(l):len(l)], T(tcell.StyleDefault, Spaces(w+1-l.Width())))
}

// Limit returns the first n rows.
func Limit(rows []Line, n int) []Line {
	if len(rows) > n {
		rows = rows[:n]
	}
	return rows
}

// LimitMarked returns the first n rows, of which the last ends with an ellipsis if there were
// more. Rows have w cells.
func LimitMarked(rows []Line, n, w int) []Line {
	if n < 1 || len(rows) <= n {
		return Limit(rows, n)
	}
	out, last := append([]Line(nil), rows[:n]...), rows[n-1]
	style := tcell.StyleDefault
	if len(last) > 0 {
		style = last[len(last)-1].Style
	}
	out[n-1] = append(last[:len(last):len(last)], T(style, model.Lit(" "+ellipsis))).Clip(w)
	return out
}

// Indent moves rows to the right.
func Indent(rows []Line, n int) []Line {
	for i, l := range rows {
		rows[i] = append(Blanks(n), l...)
	}
	return rows
}

// Fold is a line without line breaks in rows of at most w cells. The rows after the first
// are indented by n.
func Fold(l Line, w, n int) []Line {
	if l.Width() <= w {
		return []Line{l}
	}
	var out []Line
	at, text := 0, PlainText(l)
	for i, t := range Wrap(text, w-n) {
		at += strings.Index(text.String()[at:], t.String())
		row := l.slice(at, at+t.Len())
		if at += t.Len(); i > 0 {
			row = append(Blanks(n), row...)
		}
		out = append(out, row)
	}
	return out
}

// slice is the part of a line between two offsets in bytes.
func (l Line) slice(i, j int) Line {
	var out Line
	for _, s := range l {
		n := s.Text.Len()
		if from, to := max(0, i), min(n, j); from < to {
			out = append(out, T(s.Style, s.Text.Slice(from, to)))
		}
		i, j = i-n, j-n
	}
	return out
}

// Hanging returns rows of two columns, with the second column wrapped below itself.
func Hanging(line Line, w int) []Line {
	head, tail := line[:len(line)-1], line[len(line)-1]
	rows := Rows(tail.Style, tail.Text, max(w-Line(head).Width(), 20))
	for i, l := range rows {
		if i == 0 {
			rows[i] = append(append(Line{}, head...), l...)
		} else {
			rows[i] = Indent([]Line{l}, Line(head).Width())[0]
		}
	}
	return rows
}
