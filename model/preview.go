package model

import (
	"slices"
	"time"
)

// Change is the effect of an act on one clock.
type Change struct {
	Clock *ClockDef
	Text  Safe
}

// Preview returns the effects on the clocks that an act would have if it were sent
// now. It returns nil if the act is refused.
func (r *Room) Preview(who Actor, a Act, now time.Time) []Change {
	n := r.with(who, a, now)
	if n == nil {
		return nil
	}
	var out []Change
	for i, c := range n.Clocks {
		prev := ClockRun{}
		if i < len(r.Clocks) {
			prev = r.Clocks[i]
		}
		if t := differs(prev, c, now); !t.IsEmpty() {
			def := n.Plan.Clock(c.ID)
			out = append(out, Change{Clock: def, Text: Safef("%s %s", def.Label, t)})
		}
	}
	return out
}

// with returns the room as it would be after an act, or nil if the act is refused.
func (r *Room) with(who Actor, a Act, now time.Time) *Room {
	d, err := NewDraft("preview", who, a, now)
	if err != nil || Decide(r, who, a, now) != nil {
		return nil
	}
	e := d.Event(r.ID)
	e.Key, e.Seq, e.RecordedAt = who.Key, r.Seq+1, now
	n := r.alike()
	n.effect(r, e, new(Line)) // as Apply does, without the timeline
	return n
}

// Impact is [Room.Impact] with what only the process knows: who receives an update.
func (c Ctx) Impact(a Act) Safe {
	if u, ok := a.Body.(*UpdateSent); ok && c.Receivers != nil && c.Room.Plan.Audience(u.Audience) != nil {
		return u.impactBy(c.Room, c.Receivers(c.Room.Plan.Audience(u.Audience).ID))
	}
	return c.Room.Impact(c.Who, a, c.Now)
}

// Impact describes the side effects of an act: who would be removed from the room,
// which roles would become vacant, what would need a confirmation, and which items it
// checks off or opens again besides. It is empty if there are none.
func (r *Room) Impact(who Actor, a Act, now time.Time) Safe {
	switch b := a.Body.(type) {
	case *ChannelJudged:
		return b.impact(r)
	case *EntryRedacted:
		return r.redactImpact(b.Seq)
	case *RoleAssumed:
		s := b.takes(r)
		d, e := r.Plan.Role(b.Role), &Event{By: who.Handle, Key: who.Key, RecordedAt: now}
		if d != nil && b.proposes(r, e, d) {
			return b.proposalImpact(r, d)
		}
		if d != nil && r.unconfirmed(e, d) && !b.takesAsDeputy(r, e, d) {
			if s.IsEmpty() {
				return r.waits(d, b.Person)
			}
			s = JoinSafe(Lit("; "), s, r.waits(d, b.Person))
		}
		return s
	case *IncidentLinked:
		return b.impact()
	case *IncidentUnlinked:
		return b.impact()
	case *RoleConfirmed:
		return b.impact(r, &Event{By: who.Handle, Key: who.Key, RecordedAt: now})
	case *IncidentResolved:
		return r.leftOpenWords(now, r.OpenPoints(now), b.Override)
	case *IncidentClosed:
		points := r.OpenPoints(now)
		if r.Plan.AnswerOpen {
			points = r.pointsToClose(now)
		}
		return r.leftOpenWords(now, points, b.Override)
	case *UpdateSent:
		return b.impact(r)
	case *UpdateDrafted:
		return b.impact(r)
	case *UpdateApproved:
		return b.impact(r)
	case *PageAsked:
		if n := r.with(who, a, now); n != nil {
			return JoinSafe(Lit("; "), append(r.unplanned(b.Purpose), n.effects...)...)
		}
		return Safe{}
	case *AssetAdded, *AssetMoved, *ItemExcepted, *ItemMoved, *PageAnswered:
		if n := r.with(who, a, now); n != nil {
			return JoinSafe(Lit("; "), n.effects...)
		}
		return Safe{}
	case *RoomRestricted, *KeyRevoked, *RightChanged:
	default:
		return Safe{}
	}
	n := r.with(who, a, now)
	if n == nil {
		return Safe{}
	}
	var parts []Safe
	if out := r.putOut(n); len(out) > 0 {
		parts = append(parts, Safef("removes %s from the room", atAll(out)))
	}
	if t := r.vacated(n); !t.IsEmpty() {
		parts = append(parts, t)
	}
	return JoinSafe(Lit("; "), parts...)
}

// putOut returns the people of room r who have no access to room n.
func (r *Room) putOut(n *Room) []string {
	in := func(r *Room, handle string) bool {
		for _, m := range r.Members {
			if m.Handle == handle && !m.Hub && !m.Revoked {
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

// vacated names the roles that are held in r and vacant in n: "vacant now: Scribe,
// Commander".
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

// unmet describes what becomes of a run that was met, if what met it is taken back.
func unmet(prev, is ClockRun, now time.Time) Safe {
	switch left := is.DueAt.Sub(now); {
	case prev.MetAt.IsZero() || is.EndSeq == prev.EndSeq:
		return Safe{}
	case is.N == 0:
		return Lit("is not met any more")
	case !is.MetAt.IsZero():
		return Safef("is met by entry %d in its place", is.EndSeq)
	case !is.From.Equal(prev.countsFrom()):
		return Safe{}
	case left > 0:
		return Safef("runs again, due in %s", Duration(left.Round(time.Second)))
	}
	return Safef("runs again, due since %s", FormatTime(is.DueAt))
}

func differs(prev, is ClockRun, now time.Time) Safe {
	if n := len(is.Changes); n > len(prev.Changes) && is.N == prev.N && is.Changes[n-1].What == ChangeCorrected {
		if !is.MissedAt.IsZero() {
			return Safef("stays missed, due since %s; the later start is recorded beside it", FormatTime(is.due()))
		}
		return Lit("has ended and stays as it is; the later start is recorded beside it")
	}
	if s := unmet(prev, is, now); !s.IsEmpty() {
		return s
	}
	switch {
	case prev.MetAt.IsZero() && !is.MetAt.IsZero():
		if late := is.MetAt.Sub(is.due()); late > 0 {
			return Safef("is met, %s late by the record", Took(late))
		}
		return Lit("is met")
	case prev.Waived == "" && is.Waived != "":
		return Lit("is waived")
	case prev.StoodAt.IsZero() && !is.StoodAt.IsZero() && is.N == prev.N:
		return Lit("stops")
	case is.N > prev.N && prev.Runs() && is.Runs() && !is.Past[len(is.Past)-1].MissedAt.IsZero():
		return Safef("stays missed in run %d; run %d is due %s", prev.N, is.N, FormatTime(is.DueAt))
	case is.N > prev.N && prev.Waived != "" && is.Runs():
		return Safef("runs again, due %s; it was waived: %s", FormatTime(is.DueAt), CleanLine(prev.Waived))
	case is.DueAt.Equal(prev.DueAt) || is.DueAt.IsZero():
		return Safe{}
	case prev.StartedAt.IsZero() || !prev.StoodAt.IsZero() && is.StoodAt.IsZero():
		if left := is.DueAt.Sub(now); left > 0 {
			return Safef("starts, due in %s", Duration(left.Round(time.Second)))
		}
		return Safef("starts, due since %s", FormatTime(is.DueAt))
	}
	if !is.MetAt.IsZero() && is.MetAt.After(is.due()) && !prev.MetAt.After(prev.due()) {
		return Safef("moves to %s, and was met %s late by the record", FormatTime(is.DueAt),
			Took(is.MetAt.Sub(is.due())))
	}
	return Safef("moves to %s", FormatTime(is.DueAt))
}
