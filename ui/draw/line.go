package draw

import (
	"strings"

	"github.com/gdamore/tcell/v2"
	"github.com/rivo/uniseg"

	"warroom/model"
)

// ellipsis marks a line that was clipped.
const ellipsis = "…"

// Span is text in one style.
type Span struct {
	Text  model.Safe
	Style tcell.Style
}

// Line is one row of text, from left to right.
type Line []Span

// T returns a Span.
func T(style tcell.Style, s model.Safe) Span { return Span{Text: s, Style: style} }

// L returns a Line.
func L(spans ...Span) Line { return spans }

// Width returns the number of cells that the text needs in one row.
func Width(s model.Safe) int {
	w := 0
	for rest := s.String(); rest != ""; {
		c, cells := cluster(rest)
		rest, w = rest[len(c):], w+cells
	}
	return w
}

// cluster returns the first grapheme cluster of s and its width in cells.
func cluster(s string) (string, int) {
	if isPlain(s[0]) && (len(s) == 1 || isPlain(s[1])) {
		return s[:1], 1
	}
	c, _, w, _ := uniseg.FirstGraphemeClusterInString(s, -1)
	return c, w
}

func isPlain(b byte) bool { return b >= ' ' && b <= '~' }

// Width returns the number of cells that the line needs.
func (l Line) Width() int {
	w := 0
	for _, s := range l {
		w += Width(s.Text)
	}
	return w
}

// Clip returns the line in at most w cells. If something was removed, the line ends with
// "…" in the style of the first removed text.
func (l Line) Clip(w int) Line {
	if w <= 0 {
		return nil
	}
	if l.Width() <= w {
		return l
	}
	out := make(Line, 0, len(l)+1)
	left := w - Width(model.Lit(ellipsis))
	for _, s := range l {
		head, cells := first(s.Text, left)
		if !head.IsEmpty() {
			out = append(out, T(s.Style, head))
		}
		if head != s.Text {
			return append(out, T(s.Style, model.Lit(ellipsis)))
		}
		left -= cells
	}
	return out
}

// first returns the part of s that fits into w cells, and its width.
func first(s model.Safe, w int) (model.Safe, int) {
	text, used, end := s.String(), 0, 0
	for end < len(text) {
		c, cells := cluster(text[end:])
		if used+cells > w {
			break
		}
		end, used = end+len(c), used+cells
	}
	return s.Slice(0, end), used
}

// Pad returns the line with blanks up to w cells, in the style of its last span. A longer
// line is unchanged.
func (l Line) Pad(w int) Line {
	n := w - l.Width()
	if n <= 0 {
		return l
	}
	out := make(Line, len(l), len(l)+1)
	copy(out, l)
	return append(out, T(l.lastStyle(), repeat(" ", n)))
}

// lastStyle returns the style of the last span.
func (l Line) lastStyle() tcell.Style {
	if len(l) == 0 {
		return tcell.StyleDefault
	}
	return l[len(l)-1].Style
}

// repeat repeats a literal n times.
func repeat(s string, n int) model.Safe {
	return model.Clean(strings.Repeat(s, max(0, n)))
}

// String returns the text without styles.
func (l Line) String() string {
	var b strings.Builder
	for _, s := range l {
		b.WriteString(s.Text.String())
	}
	return b.String()
}
