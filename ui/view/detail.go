package view

import (
	"slices"
	"time"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/present"
	"warroom/ui/theme"
)

// DetailLines returns all that is known of one line of the log.
func DetailLines(r *model.Room, seq uint64, w int, zone *time.Location, th *theme.Theme) []draw.Line {
	l := r.Line(seq)
	if l == nil {
		return []draw.Line{draw.L(draw.T(th.Dim, model.Safef("line %d is not on this terminal yet", seq)))}
	}
	m, when := r.Marks[seq], r.When(l)
	out := facts(present.LineFacts(r, l, zone), w, th)
	out = append(out, nil)
	out = append(out, draw.Rows(th.Plain, r.Text(l), w)...)
	if len(m.Amended) > 0 {
		out = append(out, draw.L(draw.T(th.Dim, present.AmendedWords(r, l))), nil,
			th.Heading(model.Safef("All versions, newest first (times in %s)", when.In(zone).Format("MST"))))
		out = append(out, versions(l, m.Amended, w, zone, th)...)
	}
	for _, list := range [][]present.Fact{present.WayFacts(r, l, zone), present.FileFacts(r, l),
		present.SignedFacts(r, l)} {
		if rows := facts(list, w, th); len(rows) > 0 {
			out = append(append(out, nil), rows...)
		}
	}
	return out
}

// facts returns the rows of labeled texts.
func facts(list []present.Fact, w int, th *theme.Theme) []draw.Line {
	var out []draw.Line
	for _, f := range list {
		out = append(out, fact(f.Name, f.Text, w, th)...)
	}
	return out
}

// versions returns the texts of an amended entry, each with its author and its times.
func versions(l *model.Line, amended []model.Amendment, w int, zone *time.Location, th *theme.Theme) []draw.Line {
	at := func(t time.Time) string { return t.In(zone).Format(time.DateTime) }
	var out []draw.Line
	add := func(seq uint64, by string, text model.Safe, written, when time.Time) {
		style := th.Strikethrough
		if len(out) > 0 {
			out = append(out, nil)
		}
		if seq == amended[len(amended)-1].Seq {
			style = th.Plain
		}
		out = append(out,
			draw.Rows(th.Dim, model.Safef("line %d by %s: written %s, happened %s", seq, by, at(written), at(when)),
				w)...)
		out = append(out, draw.Indent(draw.Rows(style, text, w-2), 2)...)
	}
	whens := make([]time.Time, len(amended))
	when := l.At
	for i, a := range amended {
		if !a.When.IsZero() {
			when = a.When
		}
		whens[i] = when
	}
	for i, a := range slices.Backward(amended) {
		add(a.Seq, a.By, model.Clean(a.Text), a.At, whens[i])
	}
	add(l.Seq, l.By, l.Text, l.RecordedAt, l.At)
	return out
}

// fact returns the rows of a labeled text.
func fact(name, text model.Safe, w int, th *theme.Theme) []draw.Line {
	rows := draw.Rows(th.Plain, text, w-11)
	for i := range rows {
		if i == 0 {
			rows[i] = append(draw.Column(th.Dim, name, 10), rows[i]...)
			continue
		}
		rows[i] = append(draw.Blanks(11), rows[i]...)
	}
	return rows
}
