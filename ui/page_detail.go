package ui

import (
	"slices"
	"strings"
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
		if _, off := t.In(zone).Zone(); off == 0 {
			return model.Stamp(t)
		}
		return model.Safef("%s  (%s)", model.Stamp(t), t.In(zone).Format("2006-01-02 15:04:05 MST"))
	}
	when := r.When(l)
	out := fact(model.Lit("what"), model.Safef("%s (%s)", l.Word(), string(l.Kind)), w, th)
	out = append(out, fact(model.Lit("by"), model.Safef("%s via %s", l.By, l.Via), w, th)...)
	out = append(out, fact(model.Lit("happened"), both(when), w, th)...)
	out = append(out, fact(model.Lit("recorded"), both(l.RecordedAt), w, th)...)
	if backdated(l, when) {
		out = append(out, fact(model.Lit("backdated"), model.Safef("written down %s after it happened", model.Span(l.RecordedAt.Sub(when))), w, th)...)
	}
	if same := sameSecret(r, l); !same.IsEmpty() {
		out = append(out, fact(model.Lit("secret"), same, w, th)...)
	}
	for _, c := range m.Corrected {
		say := model.Safef("to %s by %s in line %d: %s", both(c.At), c.By, c.Seq, model.Clean(c.Reason))
		out = append(out, fact(model.Lit("corrected"), say, w, th)...)
	}
	if o := m.Outcome; o != nil {
		say := model.Safef("%s by %s in line %d: %s", o.Outcome, o.By, o.Seq, model.Clean(o.Reason))
		out = append(out, fact(model.Lit("outcome"), say, w, th)...)
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
	if d := r.Redaction(seq); d != nil {
		out = append(out, fact(model.Lit("redacted"), model.Safef("by %s at %s, in line %d: %s", d.By, both(d.At), d.Place, model.Clean(d.Reason)), w, th)...)
	}
	out = append(out, nil)
	out = append(out, wrapped(th.plain, r.Text(l), w)...)
	if len(m.Amended) > 0 {
		out = append(out, draw.L(draw.T(th.dim, amendedWords(r, l))), nil, heading(model.Safef("Every version, the newest first (times in %s)", when.In(zone).Format("MST")), th))
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
	return append(out, fact(model.Lit("signed"), vouched(r, l), w, th)...)
}

// vouched says whose word the signature of a line is: a person's own machine, or
// the hub that keeps a key for a guest whom it knows by another one.
func vouched(r *model.Room, l *model.Line) model.Safe {
	if l.Blank {
		return model.Lit("its text was redacted, so its signature cannot be checked any more")
	}
	m, in := r.Member(l.Key)
	switch {
	case l.Fault:
		return model.Lit("it does not check: see refused")
	case !in:
		return model.Lit("by a key that was not let into the room")
	case strings.HasPrefix(m.Via, "ssh "):
		return model.Safef("by the key that the hub keeps for this guest, who came by %s: the hub vouches for them", m.Via)
	case m.Hub:
		return model.Lit("by the hub's own key")
	}
	return model.Safef("by %s's own key", m.Handle)
}

// wayRows say how an update does on each way to its audience.
func wayRows(r *model.Room, l *model.Line, w int, zone *time.Location, th *theme) []draw.Line {
	d := r.DispatchOf(l)
	if d == nil {
		return nil
	}
	var out []draw.Line
	for _, way := range r.Ways(d) {
		say := way.Words(zone)
		if way.Sent < way.All && way.Detail != "" {
			say = model.Safef("%s: %s", say, model.CleanLine(way.Detail))
		}
		out = append(out, fact(model.Lit("goes by"), say, w, th)...)
	}
	if len(out) > 0 {
		out = append([]draw.Line{nil}, out...)
	}
	return out
}

// versions are the texts that an entry had and has, each with who wrote it, when,
// and when its matter happened by it.
func versions(l *model.Line, amended []model.Amendment, w int, zone *time.Location, th *theme) []draw.Line {
	at := func(t time.Time) string { return t.In(zone).Format(time.DateTime) }
	var out []draw.Line
	add := func(seq uint64, by string, text model.Safe, written, when time.Time) {
		style := th.struck
		if len(out) > 0 {
			out = append(out, nil)
		}
		if seq == amended[len(amended)-1].Seq {
			style = th.plain
		}
		out = append(out, wrapped(th.dim, model.Safef("line %d by %s: written %s, happened %s", seq, by, at(written), at(when)), w)...)
		out = append(out, indented(wrapped(style, text, w-2), 2)...)
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
