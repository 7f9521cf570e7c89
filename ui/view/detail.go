package view

import (
	"slices"
	"strings"
	"time"

	"warroom/model"
	"warroom/model/secretscan"
	"warroom/ui/draw"
	"warroom/ui/theme"
)

// DetailLines returns all that is known of one line of the log.
func DetailLines(r *model.Room, seq uint64, w int, zone *time.Location, th *theme.Theme) []draw.Line {
	l := r.Line(seq)
	if l == nil {
		return []draw.Line{draw.L(draw.T(th.Dim, model.Safef("line %d is not on this terminal yet", seq)))}
	}
	m := r.Marks[seq]
	both := func(t time.Time) model.Safe {
		if _, off := t.In(zone).Zone(); off == 0 {
			return model.FormatTime(t)
		}
		return model.Safef("%s  (%s)", model.FormatTime(t), t.In(zone).Format("2006-01-02 15:04:05 MST"))
	}
	when := r.When(l)
	out := fact(model.Lit("what"), model.Safef("%s (%s)", l.Word(), string(l.Kind)), w, th)
	out = append(out, fact(model.Lit("by"), model.Safef("%s via %s", l.By, l.Via), w, th)...)
	out = append(out, fact(model.Lit("happened"), both(when), w, th)...)
	out = append(out, fact(model.Lit("recorded"), both(l.RecordedAt), w, th)...)
	if Backdated(l, when) {
		out = append(out,
			fact(model.Lit("backdated"),
				model.Safef("recorded %s after it happened", model.Span(l.RecordedAt.Sub(when))), w, th)...)
	}
	if same := sameSecret(r, l); !same.IsEmpty() {
		out = append(out, fact(model.Lit("secret"), same, w, th)...)
	}
	for _, c := range m.Corrected {
		message := model.Safef("to %s by %s in line %d: %s", both(c.At), c.By, c.Seq, model.Clean(c.Reason))
		out = append(out, fact(model.Lit("corrected"), message, w, th)...)
	}
	if o := m.Outcome; o != nil {
		message := model.Safef("%s by %s in line %d: %s", o.Outcome, o.By, o.Seq, model.Clean(o.Reason))
		out = append(out, fact(model.Lit("outcome"), message, w, th)...)
	}
	if m.Pinned {
		out = append(out, fact(model.Lit("pinned"), model.Lit("yes"), w, th)...)
	}
	if !l.Refused.IsEmpty() {
		out = append(out, fact(model.Lit("refused"), l.Refused, w, th)...)
	}
	if m.Retracted != "" {
		out = append(out,
			fact(model.Lit("retracted"), model.Safef("by %s: %s", m.By, model.Clean(m.Retracted)), w, th)...)
	}
	if d := r.Redaction(seq); d != nil {
		out = append(out,
			fact(model.Lit("redacted"),
				model.Safef("by %s at %s, in line %d: %s", d.By, both(d.At), d.RedactionSeq, model.Clean(d.Reason)), w,
				th)...)
	}
	out = append(out, nil)
	out = append(out, draw.Rows(th.Plain, r.Text(l), w)...)
	if len(m.Amended) > 0 {
		out = append(out, draw.L(draw.T(th.Dim, AmendedWords(r, l))), nil,
			th.Heading(model.Safef("All versions, newest first (times in %s)", when.In(zone).Format("MST"))))
		out = append(out, versions(l, m.Amended, w, zone, th)...)
	}
	out = append(out, wayRows(r, l, w, zone, th)...)
	if p := r.RawOfLine(l); p != nil {
		out = append(out, nil)
		out = append(out, fact(model.Lit("file"), model.Safef("E%d, its secrets masked: %s", p.N, p.Name), w, th)...)
	}
	out = append(out, nil)
	out = append(out, fact(model.Lit("number"), model.Safef("%d", l.Seq), w, th)...)
	out = append(out, fact(model.Lit("id"), model.CleanLine(l.ID), w, th)...)
	out = append(out, fact(model.Lit("key"), model.CleanLine(l.Key), w, th)...)
	return append(out, fact(model.Lit("signed"), signedBy(r, l), w, th)...)
}

// signedBy describes whose key signed a line: the person's own, or one that the hub holds
// for a guest whom it has authenticated.
func signedBy(r *model.Room, l *model.Line) model.Safe {
	if l.Blank {
		return model.Lit("its text was redacted, so its signature can no longer be checked")
	}
	m, in := r.Member(l.Key)
	switch {
	case l.Fault:
		return model.Lit("it does not verify: see refused")
	case !in:
		return model.Lit("by a key that was not admitted to the room")
	case strings.HasPrefix(m.Via, "ssh "):
		return model.Safef("by the key that the hub holds for this guest, who came over %s: the hub vouches for them",
			m.Via)
	case m.Hub:
		return model.Lit("by the hub's own key")
	}
	return model.Safef("by %s's own key", m.Handle)
}

// wayRows returns the deliveries of an update.
func wayRows(r *model.Room, l *model.Line, w int, zone *time.Location, th *theme.Theme) []draw.Line {
	d := r.DispatchOf(l)
	if d == nil {
		return nil
	}
	var out []draw.Line
	for _, way := range r.Ways(d) {
		message := way.Words(zone)
		if way.Sent < way.All && way.Detail != "" {
			message = model.Safef("%s: %s", message, model.CleanLine(way.Detail))
		}
		out = append(out, fact(model.Lit("goes by"), message, w, th)...)
	}
	if len(out) > 0 {
		out = append([]draw.Line{nil}, out...)
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

// sameSecret names the other lines with a secret of this one.
func sameSecret(r *model.Room, l *model.Line) model.Safe {
	const maxShown = 8
	seqs := secretscan.Same(r, l)
	parts := make([]model.Safe, 0, maxShown)
	for _, s := range seqs[:min(maxShown, len(seqs))] {
		parts = append(parts, model.Safef("%d", s))
	}
	s := model.Safef("the same as in %s", model.JoinSafe(model.Lit(", "), parts...))
	if len(seqs) > maxShown {
		s = model.Safef("%s and %d more", s, len(seqs)-maxShown)
	}
	if len(seqs) == 0 {
		return model.Safe{}
	}
	return s
}
