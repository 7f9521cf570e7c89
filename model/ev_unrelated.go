package model

import (
	"slices"
	"strings"
	"time"
)

// KindIncidentUnlinked is the kind that ends a relation to another room.
const KindIncidentUnlinked Kind = "incident.unlinked"

var _ = register(bodyOf[IncidentUnlinked](KindIncidentUnlinked))

// IncidentUnlinked ends a relation to another room, because it was wrong. The numbers of a
// room that is not a duplicate any more count again. The hub ends the counterpart.
type IncidentUnlinked struct {
	Relation string `json:"relation"`
	Room     string `json:"room"`    // short id of the other room
	RoomID   string `json:"room_id"` // ULID of the other room
	Reason   string `json:"reason"`
}

// Unrelated is a relation to another room that has ended.
type Unrelated struct {
	Related
	EndedAt  time.Time `json:"ended_at"`
	EndedBy  string    `json:"ended_by"`
	EndedSeq uint64    `json:"ended_seq"`
	Why      string    `json:"ended_reason"`
}

func (b *IncidentUnlinked) free() []*string { return []*string{&b.Reason} }

// need returns PowerAll for a duplicate, as for marking it.
func (b *IncidentUnlinked) need(*Room, *Event) Power {
	if b.Relation == RelationDuplicate {
		return PowerAll
	}
	return ""
}

func (b *IncidentUnlinked) check(r *Room, e *Event) error {
	if r.Members[e.Key].Hub == (relationBack[b.Relation] != "") {
		return Refuse(Forbidden, "only the hub's own key ends what it recorded of another room, and nothing else")
	}
	x := r.relation(b.Relation, b.RoomID)
	switch {
	case x == nil && b.Relation == RelationDuplicate:
		return Refuse(Conflict, "the room is not a duplicate")
	case x == nil:
		return Refuse(Conflict, "the room is not linked to %s", quoted(b.Room))
	case strings.TrimSpace(b.Reason) == "":
		return Refuse(Invalid, "give a reason: :duplicate off REASON, or :link off ROOM REASON")
	}
	return longText("reason", b.Reason, false)
}

func (b *IncidentUnlinked) apply(r *Room, e *Event) {
	x := *r.relation(b.Relation, b.RoomID)
	r.Related = slices.DeleteFunc(slices.Clone(r.Related), func(o Related) bool { return o == x })
	if len(r.Unrelated) < maxRelated {
		r.Unrelated = push(r.Unrelated,
			Unrelated{Related: x, EndedAt: e.At, EndedBy: e.By, EndedSeq: e.Seq, Why: b.Reason})
	}
	if b.Relation == RelationDuplicate {
		r.resumeCounting(e)
	}
}

func (b *IncidentUnlinked) line(r *Room, _ *Event) Safe {
	return because(Safef("no longer %s", r.relation(b.Relation, b.RoomID).Words()), b.Reason)
}

// impact describes what starts again with the end of a duplicate, for the preview.
func (b *IncidentUnlinked) impact() Safe {
	if b.Relation != RelationDuplicate {
		return Safe{}
	}
	return Lit("the numbers of this room count again: its deadlines from their first start, its updates from now on")
}

// resumeCounting starts the clocks that were stopped, or not started, because the room was a
// duplicate. Deadlines count from their first start, repeating clocks from now on.
func (r *Room) resumeCounting(e *Event) {
	if r.Rules < rulesRuns || r.Plan == nil || r.Status == Closed {
		return
	}
	for i, c := range r.Clocks {
		d := r.Plan.Clock(c.ID)
		if d == nil || d.Law || !d.applies(r.Severity) || (d.Start == StartResolved) != (r.Status == Resolved) {
			continue
		}
		switch {
		case c.StoodBy == string(byDuplicate) && c.MetAt.IsZero() && c.Waived == "" && d.Every > 0:
			r.start(i, e.RecordedAt, e)
		case c.StoodBy == string(byDuplicate) && c.MetAt.IsZero() && c.Waived == "":
			r.start(i, c.From, e)
		case d.Start == StartResolved && c.N == 0:
			r.start(i, r.States[len(r.States)-1].At, e)
		}
	}
	if r.Status == Open {
		r.begin(StartSeverity, e.RecordedAt, e)
		r.begin(StartDeclared, e.RecordedAt, e)
	}
}

// Ended returns the event for the hub to write into the other room after a relation ended, or
// nil if there is nothing to write.
func (r *Room) Ended(short string, x Unrelated, other *Room) *IncidentUnlinked {
	back := relationBack[x.Relation]
	if back == "" || other.ID != x.RoomID || r.relation(x.Relation, x.RoomID) != nil ||
		other.relation(back, r.ID) == nil {
		return nil
	}
	return &IncidentUnlinked{Relation: back, Room: short, RoomID: r.ID, Reason: x.Why}
}

// unrelated consumes the rest of ":duplicate off REASON" or ":link off ROOM REASON".
func (a *args) unrelated(relation string) (Body, error) {
	x := a.Room.DuplicateOf()
	if relation == RelationLinked {
		short := a.word()
		i := a.linkedAs(short)
		switch {
		case short == "":
			return nil, Refuse(Invalid, "name the room: :link off ROOM REASON")
		case i < 0 && a.Room.isNamedBy(RelationLinkedFrom, short):
			return nil, Refuse(Conflict, "%s was linked to this room there; end it there: :link off ROOM REASON",
				CleanLine(short))
		case i < 0:
			return nil, Refuse(NotFound, "the room is not linked to %s", quoted(short))
		}
		x = &a.Room.Related[i]
	}
	if x == nil {
		for _, o := range a.Room.Related {
			if o.Relation == RelationDuplicated {
				return nil, Refuse(Conflict,
					"this room is not a duplicate, %s is: end it there with :duplicate off REASON", o.Room)
			}
		}
		return nil, Refuse(Conflict, "the room is not a duplicate")
	}
	a.as("room", CleanLine(x.Room))
	return &IncidentUnlinked{Relation: x.Relation, Room: x.Room, RoomID: x.RoomID, Reason: a.reason()}, nil
}

// linkedAs returns the index of the link to a room, or -1 if there is none: to the room that has
// this number on this hub, or else to one that has it in the log.
func (a *args) linkedAs(short string) int {
	if a.Rooms != nil {
		if other, err := a.Rooms(short); err == nil && other != nil {
			i := slices.IndexFunc(a.Room.Related,
				func(x Related) bool { return x.Relation == RelationLinked && x.RoomID == other.ID })
			if i >= 0 {
				return i
			}
		}
	}
	return slices.IndexFunc(a.Room.Related,
		func(x Related) bool { return x.Relation == RelationLinked && strings.EqualFold(x.Room, short) })
}

// isNamedBy reports whether the hub recorded that the other room has a relation to this one.
func (r *Room) isNamedBy(relation, short string) bool {
	return slices.ContainsFunc(r.Related,
		func(x Related) bool { return x.Relation == relation && strings.EqualFold(x.Room, short) })
}
