package ui

import (
	"time"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/draw"
)

// columns are the widths of the timeline's columns.
type columns struct {
	width          int
	seq, name, say int // 0: not shown
	zone           *time.Location
}

func columnsFor(width int, newest uint64, zone *time.Location) columns {
	c := columns{width: width, name: 8, say: 10, zone: zone}
	if width < 80 {
		c.name, c.say = 6, 8
	}
	if width >= 110 {
		c.name = 12
	}
	for n := newest; n > 0 && width >= 72; n /= 10 {
		c.seq++
	}
	c.seq = max(c.seq, min(2, c.seq*2))
	return c
}

// indent is where the text begins.
func (c columns) indent() int {
	n := 1 + 6 + 1 + c.name + 1 + c.say + 1
	if c.seq > 0 {
		n += c.seq + 1
	}
	return n
}

// state is what the rows of a line depend on besides the line itself.
type lineState struct {
	cols    columns
	amended int
	repeats int
	gone    bool
	pinned  bool
	when    time.Time // it happened
	day     bool      // a date goes before it
	named   bool      // it names the viewer

	text model.Safe // what it says since it was amended,
	by   string     // and who amended it last
	why  string     // it was retracted

	taken string     // who redacted it, and why
	ways  model.Safe // how an update does on its ways out
}

// entryRows shows one line of the timeline: a date before it where a day
// begins, the columns, and the text wrapped under itself.
func entryRows(r *model.Room, l *model.Line, st lineState, th *theme) []draw.Line {
	var out []draw.Line
	if st.day {
		out = append(out, dateRow(l.RecordedAt.In(st.cols.zone), st.cols, th))
	}
	left := st.cols.indent()
	style, prefix, suffix := entryStyle(l, st, th)
	body := model.JoinSafe(model.Safe{}, prefix, r.Text(l))
	texts := wrapped(style, body, st.cols.width-left-1)
	if l.Kind == model.KindKeyAdmitted && l.Refused.IsEmpty() && !l.Fault {
		texts = []draw.Line{draw.L(draw.T(style, body)).Clip(st.cols.width - left - 1)} // Enter shows it all
	}
	for i, t := range texts {
		line := blanks(left)
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
	if last.Width()+1+draw.Width(tail) <= st.cols.width-1 {
		out[len(out)-1] = append(last, draw.T(th.dim, model.Lit(" ")), draw.T(th.dim, tail))
		return out
	}
	for _, t := range draw.Wrap(tail, st.cols.width-left-1) {
		out = append(out, append(blanks(left), draw.T(th.dim, t)))
	}
	return out
}

// entryStyle is how the text of a line looks, and what goes before and after.
func entryStyle(l *model.Line, st lineState, th *theme) (style tcell.Style, prefix, suffix model.Safe) {
	style = th.plain
	switch {
	case l.Fault, !l.Refused.IsEmpty():
		style = th.dim
	case st.gone:
		style = th.struck
	case st.named:
		style = th.mark
	case l.Kind == model.KindDecisionMade:
		style = th.bold
	}
	at, rec := st.when.In(st.cols.zone), l.RecordedAt.In(st.cols.zone)
	if backdated(l, st.when) && !sameDay(at, rec) {
		prefix = model.Safef("[%s] ", at.Format("2006-01-02 15:04"))
	}
	if st.repeats > 0 {
		suffix = model.Safef("x%d", st.repeats+1)
	}
	return style, prefix, suffix
}

// tailWords is what has to be said after a line's text.
func tailWords(r *model.Room, l *model.Line, st lineState, suffix model.Safe) model.Safe {
	parts := []model.Safe{}
	if !suffix.IsEmpty() {
		parts = append(parts, suffix)
	}
	if !st.ways.IsEmpty() {
		parts = append(parts, st.ways)
	}
	if st.amended > 0 {
		parts = append(parts, amendedWords(r, l))
	}
	if st.gone {
		parts = append(parts, model.Safef("(retracted: %s)", r.Marks[l.Seq].Retracted))
	}
	if st.taken != "" {
		parts = append(parts, model.Safef("(redacted by %s)", st.taken))
	}
	switch {
	case l.Fault:
		parts = append(parts, model.Safef("(NOT GENUINE: %s)", l.Refused))
	case !l.Refused.IsEmpty():
		parts = append(parts, model.Safef("(refused, no effect: %s)", l.Refused))
	}
	return model.JoinSafe(model.Lit(" "), parts...)
}

// amendedWords say that the text is not the first one, and whose it is where
// another person than the line's author wrote it.
func amendedWords(r *model.Room, l *model.Line) model.Safe {
	m := r.Marks[l.Seq].Amended
	if by := m[len(m)-1].By; by != l.By {
		return model.Safef("(amended by %s)", by)
	}
	return model.Lit("(amended)")
}

// backdated says whether the matter of a line happened further back than
// writing it down takes. An amendment may have moved its time.
func backdated(l *model.Line, when time.Time) bool { return l.RecordedAt.Sub(when) > time.Minute }

// leftColumns are the margin, the number, the time, the author and the word.
func leftColumns(l *model.Line, st lineState, th *theme) draw.Line {
	c := st.cols
	mark, style := margin(l, st, th)
	line := draw.L(draw.T(style, mark))
	if c.seq > 0 {
		line = append(line, draw.T(th.dim, model.Safef("%*d ", c.seq, l.Seq)))
	}
	late := model.Lit(" ")
	if backdated(l, st.when) {
		late = model.Lit("<")
	}
	line = append(line, draw.T(th.dim, model.Safef("%s%s ", st.when.In(c.zone).Format("15:04"), late)))
	line = append(line, column(th.accent, model.CleanLine(l.By), c.name)...)
	if !l.Refused.IsEmpty() {
		return append(line, column(th.dim, l.Word(), c.say)...)
	}
	return append(line, column(th.word(l.Kind), l.Word(), c.say)...)
}

// margin is the one character before a line.
func margin(l *model.Line, st lineState, th *theme) (model.Safe, tcell.Style) {
	switch {
	case l.Fault, !l.Refused.IsEmpty():
		return model.Lit("!"), th.bad
	case st.named:
		return model.Lit("@"), th.mark
	case st.pinned:
		return model.Lit("*"), th.warn
	}
	return model.Lit(" "), th.plain
}

// column is text in exactly w cells and a blank.
func column(style tcell.Style, s model.Safe, w int) draw.Line {
	l := draw.L(draw.T(style, s)).Clip(w)
	return append(l[:len(l):len(l)], draw.T(tcell.StyleDefault, spaces(w+1-l.Width())))
}

func dateRow(t time.Time, c columns, th *theme) draw.Line {
	day := model.Safef(" %s ", t.Format("Monday 2006-01-02 MST"))
	return draw.L(draw.T(th.dim, rule(2, th)), draw.T(th.dim, day), draw.T(th.dim, rule(c.width-2-draw.Width(day), th)))
}
