package model

import (
	"slices"
	"time"
)

// Change is what an act would do to one clock.
type Change struct {
	Clock *ClockDef
	Text  Safe
}

// Preview says what an act would do to the clocks if it were sent now: which
// start, stop and move. It is shown before it is sent.
func (r *Room) Preview(who Actor, a Act, now time.Time) []Change {
	n := r.with(who, a, now)
	if n == nil {
		return nil
	}
	var out []Change
	for i, c := range n.Clocks {
		was := ClockRun{}
		if i < len(r.Clocks) {
			was = r.Clocks[i]
		}
		if t := differs(was, c, now); !t.IsEmpty() {
			def := n.Plan.Clock(c.ID)
			out = append(out, Change{Clock: def, Text: Safef("%s %s", def.Label, t)})
		}
	}
	return out
}

// with is the room as it would be after an act; nil where it may not be.
func (r *Room) with(who Actor, a Act, now time.Time) *Room {
	d, err := NewDraft("preview", who, a, now)
	if err != nil || Decide(r, who, a, now) != nil {
		return nil
	}
	e := d.Event(r.ID)
	e.Key, e.Seq, e.RecordedAt = who.Key, r.Seq+1, now
	n := *r
	n.effect(r, e, new(Line)) // what Apply does, but for the timeline
	return &n
}

// Toll says whom an act puts out of the room, which roles nobody holds then, and
// what of a role waits for a confirmation. It is empty for other acts.
func (r *Room) Toll(who Actor, a Act, now time.Time) Safe {
	switch b := a.Body.(type) {
	case *ChannelJudged:
		return b.toll(r)
	case *EntryRedacted:
		return r.redactToll(b.Seq)
	case *RoleAssumed:
		s := b.takes(r)
		if d := r.Plan.Role(b.Role); d != nil && r.unconfirmed(&Event{By: who.Handle, Key: who.Key}, d) {
			if s.IsEmpty() {
				return r.waits(d, b.Person)
			}
			s = JoinSafe(Lit("; "), s, r.waits(d, b.Person))
		}
		return s
	case *IncidentResolved:
		if stale := r.StaleItems(); len(stale) > 0 {
			return r.staleWords(stale)
		}
		return Safe{}
	case *RoomRestricted, *KeyStruck, *RightChanged:
	default:
		return Safe{}
	}
	n := r.with(who, a, now)
	if n == nil {
		return Safe{}
	}
	var parts []Safe
	if out := r.putOut(n); len(out) > 0 {
		parts = append(parts, Safef("puts out %s", atAll(out)))
	}
	if t := r.vacated(n); !t.IsEmpty() {
		parts = append(parts, t)
	}
	return JoinSafe(Lit("; "), parts...)
}

// putOut are the people of a room who have no way into the one after it.
func (r *Room) putOut(n *Room) []string {
	in := func(r *Room, handle string) bool {
		for _, m := range r.Members {
			if m.Handle == handle && !m.Hub && !m.Struck {
				return r.Names(handle)
			}
		}
		return false
	}
	var out []string
	for _, m := range r.Members {
		if in(r, m.Handle) && !in(n, m.Handle) && !slices.Contains(out, m.Handle) {
			out = append(out, m.Handle)
		}
	}
	slices.Sort(out)
	return out
}

// vacated says which roles were held in a room and are not in the one after it:
// "vacant now: Scribe, Commander".
func (r *Room) vacated(n *Room) Safe {
	if r.Plan == nil {
		return Safe{}
	}
	var out []Safe
	for i := range r.Plan.Roles {
		d := &r.Plan.Roles[i]
		if len(r.Holders(d.ID)) > 0 && len(n.Holders(d.ID)) == 0 {
			out = append(out, CleanLine(d.Label))
		}
	}
	if len(out) == 0 {
		return Safe{}
	}
	return Safef("vacant now: %s", JoinSafe(Lit(", "), out...))
}

func differs(was, is ClockRun, now time.Time) Safe {
	switch {
	case was.MetAt.IsZero() && !is.MetAt.IsZero():
		if late := is.MetAt.Sub(is.due()); late > 0 {
			return Safef("is met, %s late by the record", Took(late))
		}
		return Lit("is met")
	case was.Waived == "" && is.Waived != "":
		return Lit("is waived")
	case was.StoodAt.IsZero() && !is.StoodAt.IsZero() && is.N == was.N:
		return Lit("stops")
	case is.N > was.N && was.Waived != "" && is.runs():
		return Safef("runs again, due %s; it was waived: %s", Stamp(is.DueAt), CleanLine(was.Waived))
	case is.DueAt.Equal(was.DueAt) || is.DueAt.IsZero():
		return Safe{}
	case was.StartedAt.IsZero() || !was.StoodAt.IsZero() && is.StoodAt.IsZero():
		if left := is.DueAt.Sub(now); left > 0 {
			return Safef("starts, due in %s", Duration(left.Round(time.Second)))
		}
		return Safef("starts, due since %s", Stamp(is.DueAt))
	}
	return Safef("moves to %s", Stamp(is.DueAt))
}
