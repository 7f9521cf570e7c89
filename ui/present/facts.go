package present

import (
	"strings"
	"time"

	"warroom/model"
	"warroom/model/secretscan"
)

// Fact is a labeled text about a line.
type Fact struct{ Name, Text model.Safe }

// bothTimes returns a formatter of times in UTC, and in a zone if that differs.
func bothTimes(zone *time.Location) model.At {
	return func(t time.Time) model.Safe {
		if _, off := t.In(zone).Zone(); off == 0 {
			return model.FormatTime(t)
		}
		return model.Safef("%s  (%s)", model.FormatTime(t), t.In(zone).Format("2006-01-02 15:04:05 MST"))
	}
}

// writtenBy names the author of a line and how it was written. The hub has only one way.
func writtenBy(l *model.Line) model.Safe {
	if l.Via == "" || l.Via == l.By {
		return model.Safef("%s", l.By)
	}
	return model.Safef("%s, %s", l.By, model.ViaWords(l.Via))
}

// LineFacts returns the kind, the author and the times of a line, and what became of it.
func LineFacts(r *model.Room, l *model.Line, zone *time.Location) []Fact {
	m, at, when := r.Marks[l.Seq], bothTimes(zone), r.When(l)
	out := []Fact{
		{Name: model.Lit("what"), Text: model.Safef("%s (%s)", l.Word(), string(l.Kind))},
		{Name: model.Lit("by"), Text: writtenBy(l)},
		{Name: model.Lit("happened"), Text: at(when)},
		{Name: model.Lit("recorded"), Text: at(l.RecordedAt)},
	}
	add := func(on bool, name, text model.Safe) {
		if on {
			out = append(out, Fact{Name: name, Text: text})
		}
	}
	add(Backdated(l, when), model.Lit("backdated"),
		model.Safef("recorded %s after it happened", model.Span(l.RecordedAt.Sub(when))))
	same := sameSecret(r, l)
	add(!same.IsEmpty(), model.Lit("secret"), same)
	for _, c := range m.Corrected {
		add(true, model.Lit("corrected"), model.Safef("to %s by %s in line %d: %s", at(c.At), c.By, c.Seq,
			model.Clean(c.Reason)))
	}
	if o := m.Outcome; o != nil {
		add(true, model.Lit("outcome"), model.Safef("%s by %s in line %d: %s", o.Outcome, o.By, o.Seq,
			model.Clean(o.Reason)))
	}
	add(m.Pinned, model.Lit("pinned"), model.Lit("yes"))
	add(!l.Refused.IsEmpty(), model.Lit("refused"), l.Refused)
	add(m.Retracted != "", model.Lit("retracted"), model.Safef("by %s: %s", m.By, model.Clean(m.Retracted)))
	if d := r.Redaction(l.Seq); d != nil {
		add(true, model.Lit("redacted"), model.Safef("by %s at %s, in line %d: %s", d.By, at(d.At), d.RedactionSeq,
			model.Clean(d.Reason)))
	}
	return out
}

// WayFacts describes the deliveries of an update.
func WayFacts(r *model.Room, l *model.Line, zone *time.Location) []Fact {
	d := r.DispatchOf(l)
	if d == nil {
		return nil
	}
	var out []Fact
	for _, way := range r.Ways(d) {
		words := way.Words(zone)
		if way.Sent < way.All && way.Detail != "" {
			words = model.Safef("%s: %s", words, model.CleanLine(way.Detail))
		}
		out = append(out, Fact{Name: model.Lit("goes by"), Text: words})
	}
	return out
}

// FileFacts names the file that a line was read from.
func FileFacts(r *model.Room, l *model.Line) []Fact {
	p := r.RawOfLine(l)
	if p == nil {
		return nil
	}
	return []Fact{{Name: model.Lit("file"), Text: model.Safef("E%d, its secrets masked: %s", p.N, p.Name)}}
}

// SignedFacts describes the place of a line in the log, and who signed it.
func SignedFacts(r *model.Room, l *model.Line) []Fact {
	return []Fact{{Name: model.Lit("number"), Text: model.Safef("%d", l.Seq)},
		{Name: model.Lit("id"), Text: model.CleanLine(l.ID)},
		{Name: model.Lit("key"), Text: model.CleanLine(l.Key)}, {Name: model.Lit("signed"), Text: signedBy(r, l)}}
}

// EntryFacts describes a line in sentences: its text, and then all that is known of it.
func EntryFacts(r *model.Room, l *model.Line, zone *time.Location) []model.Safe {
	var out []model.Safe
	for _, s := range r.Text(l).Lines() {
		out = append(out, model.Safef("%s", s))
	}
	list := append(LineFacts(r, l, zone), WayFacts(r, l, zone)...)
	list = append(append(list, FileFacts(r, l)...), SignedFacts(r, l)...)
	for _, f := range list {
		out = append(out, model.Safef("%s: %s", f.Name, model.CleanLine(f.Text.String())))
	}
	return out
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
		return model.Lit("it does not verify; see \"refused\"")
	case !in:
		return model.Lit("by a key that was not admitted to the room")
	case strings.HasPrefix(m.Via, "ssh "):
		return model.Safef("by the key that the hub holds for this guest, who connected over SSH with %s: the hub "+
			"vouches for them", strings.TrimPrefix(m.Via, "ssh "))
	case m.Hub:
		return model.Lit("by the hub's own key")
	}
	return model.Safef("by %s's own key", m.Handle)
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
