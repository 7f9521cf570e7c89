package view

import (
	"strings"
	"time"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/present"
	"warroom/ui/theme"
)

// Columns are the widths of the timeline's columns.
type Columns struct {
	width           int
	seq, name, word int // 0: not shown
	Zone            *time.Location
}

// narrow is the width from which the word of a line has its own column.
const narrow = 100

// foldedRows is how many rows of a long entry are shown in the timeline.
const foldedRows = 6

// ColumnsFor returns the columns for a width, wide enough for the number of the newest
// line.
func ColumnsFor(width int, newest uint64, zone *time.Location) Columns {
	c := Columns{width: width, name: 8, word: 10, Zone: zone}
	if width >= 110 {
		c.name = 12
	}
	for n := newest; n > 0 && width >= 72; n /= 10 {
		c.seq++
	}
	c.seq = max(c.seq, min(2, c.seq*2))
	if width < narrow { // the word precedes the text, which begins at column 22 or before
		c.word = 0
		if width < 80 || c.seq > 3 {
			c.name = 6
		}
	}
	return c
}

// indent returns the column in which the text begins.
func (c Columns) indent() int {
	n := 1 + 6 + 1 + c.name + 1
	if c.word > 0 {
		n += c.word + 1
	}
	if c.seq > 0 {
		n += c.seq + 1
	}
	return n
}

// LineState is what the rows of a line depend on besides the line itself.
type LineState struct {
	Cols     Columns
	Amended  int
	Repeats  int
	Gone     bool
	Pinned   bool
	When     time.Time // when it happened
	Happened bool      // sorted by when it happened
	Day      bool      // a date precedes it
	Since    string    // time in the divider before it; if "", no divider
	RoomName bool      // it mentions the viewer

	Text model.Safe // the amended text,
	By   string     // and its author
	Why  string     // why it was retracted

	Taken string     // who redacted it, and why
	Ways  model.Safe // deliveries of an update
}

// EntryRows returns the rows of one line of the timeline: a date if it is the first of a
// day, the columns, and the wrapped text.
func EntryRows(r *model.Room, l *model.Line, st LineState, th *theme.Theme) []draw.Line {
	var out []draw.Line
	if st.Day {
		day := l.RecordedAt
		if st.Happened {
			day = st.When
		}
		out = append(out, dateRow(day.In(st.Cols.Zone), st.Cols, th))
	}
	if st.Since != "" {
		out = append(out, newRow(st.Since, st.Cols, th))
	}
	left := st.Cols.indent()
	style, prefix, suffix := entryStyle(l, st, th)
	body := model.JoinSafe(model.Safe{}, prefix, r.Text(l))
	texts := entryTexts(l, body, style, st.Cols, th)
	if n := len(texts) - foldedRows; n > 1 {
		more := model.Safef("... %d more rows: Shift-Up selects, Enter opens", n)
		texts = append(texts[:foldedRows:foldedRows], draw.L(draw.T(th.Dim, more)))
	}
	for i, t := range texts {
		line := draw.Blanks(left)
		if i == 0 {
			line = leftColumns(l, st, th)
		}
		out = append(out, append(line, t...))
	}
	tail := tailWords(r, l, st, suffix)
	if tail.IsEmpty() {
		return out
	}
	last := out[len(out)-1]
	if last.Width()+1+draw.Width(tail) <= st.Cols.width-1 {
		out[len(out)-1] = append(last, draw.T(th.Dim, model.Lit(" ")), draw.T(th.Dim, tail))
		return out
	}
	for _, t := range draw.Wrap(tail, st.Cols.width-left-1) {
		out = append(out, append(draw.Blanks(left), draw.T(th.Dim, t)))
	}
	return out
}

// entryTexts returns the rows of a text. Without a column for the word, the word precedes
// the text, except for a note.
func entryTexts(l *model.Line, body model.Safe, style tcell.Style, c Columns, th *theme.Theme) []draw.Line {
	w := c.width - c.indent() - 1
	if c.word > 0 || l.Kind == model.KindEntryNoted && l.Refused.IsEmpty() && !looksWorded(body) {
		return draw.Rows(style, body, w)
	}
	word, look := l.Word(), th.Word(l.Kind)
	if !l.Refused.IsEmpty() {
		look = th.Dim
	}
	rows := draw.Rows(style, model.Safef("%s  %s", word, body), w)
	if head := rows[0][0].Text; head.Len() >= word.Len() {
		rows[0] = draw.L(draw.T(look, word), draw.T(style, head.Slice(word.Len(), head.Len())))
	}
	return rows
}

// looksWorded reports whether a text looks as if a word preceded it, so that a note
// cannot pass for a decision.
func looksWorded(body model.Safe) bool {
	first, _, _ := strings.Cut(body.String(), "\n")
	i := strings.Index(first, "  ")
	return i >= 0 && i < 16
}

// newRow returns the divider before the first new line.
func newRow(since string, c Columns, th *theme.Theme) draw.Line {
	text := model.Safef(" new since %s ", model.CleanLine(since))
	return draw.L(draw.T(th.Mark, draw.Rule(2, th.ASCII)), draw.T(th.Mark, text),
		draw.T(th.Mark, draw.Rule(c.width-2-draw.Width(text), th.ASCII)))
}

// entryStyle returns the style of the text of a line, and the texts before and after it.
func entryStyle(l *model.Line, st LineState, th *theme.Theme) (style tcell.Style, prefix, suffix model.Safe) {
	style = th.Plain
	switch {
	case l.Fault, !l.Refused.IsEmpty():
		style = th.Dim
	case st.Gone:
		style = th.Strikethrough
	case st.RoomName:
		style = th.Mark
	case l.Kind == model.KindDecisionMade:
		style = th.Bold
	}
	at, rec := st.When.In(st.Cols.Zone), l.RecordedAt.In(st.Cols.Zone)
	if present.Backdated(l, st.When) && !SameDay(at, rec) {
		prefix = model.Safef("[%s] ", at.Format("2006-01-02 15:04"))
	}
	if st.Repeats > 0 {
		suffix = model.Safef("x%d", st.Repeats+1)
	}
	return style, prefix, suffix
}

// tailWords returns the remarks after a line's text.
func tailWords(r *model.Room, l *model.Line, st LineState, suffix model.Safe) model.Safe {
	parts := []model.Safe{}
	if !suffix.IsEmpty() {
		parts = append(parts, suffix)
	}
	if !st.Ways.IsEmpty() {
		parts = append(parts, st.Ways)
	}
	if st.Amended > 0 {
		parts = append(parts, present.AmendedWords(r, l))
	}
	if st.Gone {
		parts = append(parts, present.RetractedWords(r.Marks[l.Seq]))
	}
	if st.Taken != "" {
		parts = append(parts, present.RedactedWords(st.Taken))
	}
	if !l.Refused.IsEmpty() {
		parts = append(parts, present.RefusedWords(l))
	}
	return model.JoinSafe(model.Lit(" "), parts...)
}

// leftColumns returns the columns before the text: margin, number, time, author and word.
func leftColumns(l *model.Line, st LineState, th *theme.Theme) draw.Line {
	c := st.Cols
	mark, style := margin(l, st, th)
	line := draw.L(draw.T(style, mark))
	if c.seq > 0 {
		line = append(line, draw.T(th.Dim, model.Safef("%*d ", c.seq, l.Seq)))
	}
	late := model.Lit(" ")
	if present.Backdated(l, st.When) {
		late = model.Lit("<")
	}
	line = append(line, draw.T(th.Dim, model.Safef("%s%s ", st.When.In(c.Zone).Format("15:04"), late)))
	line = append(line, draw.Column(th.Accent, model.CleanLine(l.By), c.name)...)
	if c.word == 0 {
		return line
	}
	if !l.Refused.IsEmpty() {
		return append(line, draw.Column(th.Dim, l.Word(), c.word)...)
	}
	return append(line, draw.Column(th.Word(l.Kind), l.Word(), c.word)...)
}

// margin returns the mark of a line in the margin.
func margin(l *model.Line, st LineState, th *theme.Theme) (model.Safe, tcell.Style) {
	switch {
	case l.Fault, !l.Refused.IsEmpty():
		return model.Lit("!"), th.Bad
	case st.RoomName:
		return model.Lit("@"), th.Mark
	case st.Pinned:
		return model.Lit("*"), th.Warn
	}
	return model.Lit(" "), th.Plain
}

func dateRow(t time.Time, c Columns, th *theme.Theme) draw.Line {
	day := model.Safef(" %s ", t.Format("Monday 2006-01-02 MST"))
	return draw.L(draw.T(th.Dim, draw.Rule(2, th.ASCII)), draw.T(th.Dim, day),
		draw.T(th.Dim, draw.Rule(c.width-2-draw.Width(day), th.ASCII)))
}

// SameDay reports whether two times, in the same zone, are on the same day.
func SameDay(a, b time.Time) bool { return a.YearDay() == b.YearDay() && a.Year() == b.Year() }
