package ui

import (
	"time"

	"warroom/model"
	"warroom/ui/draw"
)

// detailLines are all that is known of one line of the log.
func detailLines(r *model.Room, seq uint64, w int, zone *time.Location, th *theme) []draw.Line {
	l := r.Line(seq)
	if l == nil {
		return []draw.Line{draw.L(draw.T(th.dim, model.Safef("line %d is not on this terminal yet", seq)))}
	}
	m := r.Marks[seq]
	both := func(t time.Time) model.Safe {
		return model.Safef("%s  (%s)", model.Stamp(t), t.In(zone).Format("2006-01-02 15:04:05 MST"))
	}
	out := fact(model.Lit("what"), model.Safef("%s (%s)", l.Word(), string(l.Kind)), w, th)
	out = append(out, fact(model.Lit("by"), model.Safef("%s via %s", l.By, l.Via), w, th)...)
	out = append(out, fact(model.Lit("happened"), both(l.At), w, th)...)
	out = append(out, fact(model.Lit("recorded"), both(l.RecordedAt), w, th)...)
	if l.Backdated() {
		out = append(out, fact(model.Lit("backdated"), model.Safef("written down %s after it happened", model.Span(l.RecordedAt.Sub(l.At))), w, th)...)
	}
	if m.Pinned {
		out = append(out, fact(model.Lit("pinned"), model.Lit("yes"), w, th)...)
	}
	if !l.Refused.IsEmpty() {
		out = append(out, fact(model.Lit("refused"), l.Refused, w, th)...)
	}
	if m.Retracted != "" {
		out = append(out, fact(model.Lit("retracted"), model.Safef("by %s: %s", m.By, model.Clean(m.Retracted)), w, th)...)
	}
	out = append(out, nil)
	out = append(out, wrapped(th.plain, r.Text(l), w)...)
	if len(m.Amended) > 0 {
		out = append(out, nil, heading(model.Lit("It said before"), th))
		out = append(out, olderTexts(l, m.Amended, w, zone, th)...)
	}
	out = append(out, nil)
	out = append(out, fact(model.Lit("number"), model.Safef("%d", l.Seq), w, th)...)
	out = append(out, fact(model.Lit("id"), model.CleanLine(l.ID), w, th)...)
	return append(out, fact(model.Lit("key"), model.CleanLine(l.Key), w, th)...)
}

// olderTexts are the texts that an entry had, the first one first.
func olderTexts(l *model.Line, amended []model.Amendment, w int, zone *time.Location, th *theme) []draw.Line {
	var out []draw.Line
	text, by, at := l.Text, l.By, l.RecordedAt
	for _, a := range amended {
		out = append(out, draw.L(draw.T(th.dim, model.Safef("%s, by %s, until line %d:", at.In(zone).Format("15:04:05"), by, a.Seq))))
		out = append(out, indented(wrapped(th.struck, text, w-2), 2)...)
		text, by, at = model.Clean(a.Text), a.By, a.At
	}
	return append(out, draw.L(draw.T(th.dim, model.Safef("newest text by %s, %s", by, at.In(zone).Format("15:04:05")))))
}

// fact is a name and what is so named.
func fact(name, text model.Safe, w int, th *theme) []draw.Line {
	rows := wrapped(th.plain, text, w-11)
	for i := range rows {
		if i == 0 {
			rows[i] = append(column(th.dim, name, 10), rows[i]...)
			continue
		}
		rows[i] = append(blanks(11), rows[i]...)
	}
	return rows
}
