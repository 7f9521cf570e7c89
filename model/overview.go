package model

import (
	"cmp"
	"slices"
	"time"
)

// Overview is the state of a room in a list of rooms.
type Overview struct {
	RoomInfo
	Commander []string   // the holders of the first role of the plan
	Next      *ClockView // the next deadline; if nil, none is running
	Overdue   int        // clocks that are overdue
	Asks      int        // overdue asks
	Update    time.Time  // time of the newest update; zero: none was sent
	ClosedAt  time.Time  // zero: not closed
	Written   time.Time  // time of the newest entry that a person or tool wrote, see LastWritten
	Stale     bool       // not closed, and without an entry for StaleAfter
}

// StaleAfter is the time without an entry after which a room that is not closed
// counts as stale.
const StaleAfter = 7 * 24 * time.Hour

// OverviewOf returns the state of a room at now, the hub's time.
func OverviewOf(i RoomInfo, now time.Time) Overview {
	o, r := Overview{RoomInfo: i}, i.Room
	if r == nil {
		return o
	}
	if r.Plan != nil && len(r.Plan.Roles) > 0 {
		o.Commander = r.Holders(r.Plan.Roles[0].ID)
	}
	for _, v := range r.ClockViews(now) {
		switch v.State {
		case ClockOverdue:
			o.Overdue++
		case ClockRunning, ClockWarning:
			if v.Def.AtLeast == 0 && (o.Next == nil || v.Run.DueAt.Before(o.Next.Run.DueAt)) {
				o.Next = &v
			}
		}
	}
	for _, a := range r.Asks {
		if !a.Done && now.After(a.Due) {
			o.Asks++
		}
	}
	for _, u := range r.Updates {
		if u.At.After(o.Update) {
			o.Update = u.At
		}
	}
	switch {
	case r.Status == Closed:
		o.ClosedAt = r.MilestoneAt(MilestoneClosed)
		o.Overdue, o.Next, o.Asks = 0, nil, 0
	case r.DuplicateOf() != nil:
		o.Asks = 0 // of its clocks, only those of law run
	}
	_, o.Written = r.LastWritten()
	if at := r.StaleAt(); !at.IsZero() {
		o.Stale = !now.Before(at)
	}
	return o
}

// LastWritten returns the newest entry that was not written by the hub itself, and when
// it was recorded. Deliveries and admissions do not count.
func (r *Room) LastWritten() (seq uint64, at time.Time) {
	for _, l := range slices.Backward(r.Lines()) {
		if m, ok := r.Members[l.Key]; (!ok || !m.Hub) && !l.Fault {
			return l.Seq, l.RecordedAt
		}
	}
	return r.Seq, r.RecordedAt
}

// StaleAt returns the time from which on a room is stale: it is not closed, and nobody
// wrote anything for [StaleAfter]. It is zero for a closed room.
func (r *Room) StaleAt() time.Time {
	if r.Status == Closed || r.ID == "" {
		return time.Time{}
	}
	_, at := r.LastWritten()
	return at.Add(StaleAfter)
}

// rank returns the keys by which rooms are sorted: open rooms first, then incidents
// before drills, then by what is overdue, then by severity.
func (o *Overview) rank() (status, drill, late, severity int) {
	r := o.Room
	if r == nil {
		return 9, 0, 0, 9
	}
	status = map[Status]int{Open: 0, Resolved: 1, Closed: 2}[r.Status]
	if r.DuplicateOf() != nil {
		status = max(status, 1)
	}
	if r.Drill {
		drill = 1
	}
	severity = 9
	if s := r.Plan.Severity(r.Severity); s != nil {
		severity = s.Rank
	}
	return status, drill, -o.Overdue - o.Asks, severity
}

// Overviews returns the states of the rooms in a list, the worst first. Equal rooms
// keep their order.
func Overviews(list []RoomInfo, now time.Time) []Overview {
	out := make([]Overview, 0, len(list))
	for _, i := range list {
		if i.Room != nil {
			i.Room = i.Room.RelatedHere(list, false)
		}
		out = append(out, OverviewOf(i, now))
	}
	slices.SortStableFunc(out, func(a, b Overview) int {
		s1, d1, l1, v1 := a.rank()
		s2, d2, l2, v2 := b.rank()
		return cmp.Or(cmp.Compare(s1, s2), cmp.Compare(d1, d2), cmp.Compare(min(1, -l2), min(1, -l1)),
			cmp.Compare(v1, v2), cmp.Compare(l1, l2))
	})
	return out
}

// CommanderNames returns the holders of the first role of the plan, with a mark if nobody
// confirmed them, see [Room.HolderNames].
func (o *Overview) CommanderNames() []Safe {
	if o.Room == nil || o.Room.Plan == nil || len(o.Room.Plan.Roles) == 0 {
		return nil
	}
	return o.Room.HolderNames(o.Room.Plan.Roles[0].ID)
}

// NoCommander states that nobody commands, and who proposes to: "NO COMMANDER, bo proposes:
// :confirm 17".
func (o *Overview) NoCommander() Safe {
	s := Lit("NO COMMANDER")
	if o.Room == nil {
		return s
	}
	for _, p := range o.Room.OpenProposals() {
		s = Safef("%s, %s proposes: :confirm %d", s, p.Person, p.Seq)
	}
	return s
}

// Words describes the room in a list, without its title: "commander ana, Update in
// 04:12, 2 overdue, no update yet".
func (o *Overview) Words(now time.Time) Safe {
	var s []Safe
	if o.Room == nil || o.Room.Status == Closed {
		return Safe{}
	}
	if x := o.Room.DuplicateOf(); x != nil {
		return JoinSafe(Lit(", "), append([]Safe{x.notCounted()}, o.deadlines()...)...)
	}
	if len(o.Commander) > 0 {
		s = append(s, Safef("commander %s", JoinSafe(Lit(", "), o.CommanderNames()...)))
	} else {
		s = append(s, o.NoCommander())
	}
	s = append(s, o.deadlines()...)
	if o.Update.IsZero() {
		s = append(s, Lit("no update yet"))
	} else {
		s = append(s, Safef("updated %s ago", Span(now.Sub(o.Update))))
	}
	if o.Stale {
		s = append(s, Safef("STALE: no entry for %s", Span(now.Sub(o.Written))))
	}
	return JoinSafe(Lit(", "), s...)
}

// deadlines describes what is overdue and the next deadline.
func (o *Overview) deadlines() []Safe {
	var s []Safe
	if o.Overdue > 0 {
		s = append(s, Safef("%d OVERDUE", o.Overdue))
	}
	if late := o.LateAsks(); !late.IsEmpty() {
		s = append(s, late)
	}
	if o.Next != nil {
		s = append(s, Safef("%s in %s", o.Next.Def.Label, Span(o.Next.Remaining)))
	}
	return s
}

// LateAsks counts the asks that are overdue; empty if there are none.
func (o *Overview) LateAsks() Safe {
	switch {
	case o.Asks == 1:
		return Lit("1 ask is overdue")
	case o.Asks > 1:
		return Safef("%d asks are overdue", o.Asks)
	}
	return Safe{}
}

// StaleLine names the stale rooms, or returns empty text if there are none.
func StaleLine(list []RoomInfo, now time.Time) Safe {
	var s []Safe
	for _, i := range list {
		if o := OverviewOf(i, now); o.Stale {
			s = append(s, Safef("%s (%s)", i.Short, Span(now.Sub(o.Written))))
		}
	}
	if len(s) == 0 {
		return Safe{}
	}
	const shown = 5
	if n := len(s); n > shown {
		s = append(s[:shown], Safef("and %d more", n-shown))
	}
	return Safef("open and without an entry for more than %d days: %s; close them, or write a note to keep them",
		int(StaleAfter.Hours()/24), JoinSafe(Lit(", "), s...))
}
