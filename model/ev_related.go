package model

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// The relations of a room to another one. The hub writes the second of each pair
// into the other room.
const (
	RelationDuplicate  = "duplicate_of"
	RelationLinked     = "related_to"
	RelationDuplicated = "duplicated_by"
	RelationLinkedFrom = "related_from"
)

// relationBack maps a relation to the one that the hub writes into the other room.
var relationBack = map[string]string{RelationDuplicate: RelationDuplicated, RelationLinked: RelationLinkedFrom}

// maxRelated is the maximum number of other rooms that a room can name.
const maxRelated = 200

// relatedURL is the address that older programs show for a related room. It cannot
// resolve.
const relatedURL = "https://warroom.invalid/"

// Related is a relation to another room.
type Related struct {
	Room     string    `json:"room"`    // short id on this hub
	RoomID   string    `json:"room_id"` // ULID
	Relation string    `json:"relation"`
	Reason   string    `json:"reason"`
	By       string    `json:"by"`
	At       time.Time `json:"at"`
	Seq      uint64    `json:"seq"`

	// How the hub of a reader names the room, see [Room.RelatedHere]; not part of the fold.
	Here      string `json:"here,omitempty"`      // its short id there
	Elsewhere bool   `json:"elsewhere,omitempty"` // that hub does not have it
}

// NewRelated returns the event that relates this room to another one.
func NewRelated(relation, short string, to *Room, reason string) *IncidentLinked {
	return &IncidentLinked{System: "warroom", URL: relatedURL + short, Title: strings.ReplaceAll(relation, "_", " "),
		Relation: relation, Room: short, RoomID: to.ID, Reason: reason}
}

// Counterpart returns the event for the hub to write into the other room, or nil if
// there is nothing to write because this room is restricted or the other one already
// has it.
func (r *Room) Counterpart(short string, rel Related, other *Room) *IncidentLinked {
	back := relationBack[rel.Relation]
	if back == "" || r.IsRestricted() || other.ID != rel.RoomID || other.relation(back, r.ID) != nil {
		return nil
	}
	return NewRelated(back, short, r, rel.Reason)
}

func (r *Room) relation(relation, id string) *Related {
	i := slices.IndexFunc(r.Related, func(x Related) bool { return x.Relation == relation && x.RoomID == id })
	if i < 0 {
		return nil
	}
	return &r.Related[i]
}

// DuplicateOf returns the relation to the room that this one duplicates, or nil if
// it is not a duplicate.
func (r *Room) DuplicateOf() *Related {
	i := slices.IndexFunc(r.Related, func(x Related) bool { return x.Relation == RelationDuplicate })
	if i < 0 {
		return nil
	}
	return &r.Related[i]
}

// Words names the relation: "duplicate of inc-1".
func (x *Related) Words() Safe {
	return Safef("%s %s", strings.ReplaceAll(x.Relation, "_", " "), x.Name())
}

// uncounted returns the relation to the room that this one duplicates if a clock of the
// plan does not count for that reason, or nil. A run that began keeps its outcome: a
// legal clock continues until its notice or a waiver, and the others were stopped by the mark as a
// duplicate, see [Room.standAsDuplicate].
func (r *Room) uncounted(began bool) *Related {
	if began && r.Rules >= rulesRuns {
		return nil
	}
	return r.DuplicateOf()
}

// CountsLaw reports whether a legal clock began that counts, also in a duplicate.
func (r *Room) CountsLaw() bool {
	return r.uncounted(true) == nil && slices.ContainsFunc(r.Clocks, func(c ClockRun) bool {
		d := r.Plan.Clock(c.ID)
		return d != nil && d.Law && c.N > 0
	})
}

// byDuplicate is the reason of a stop by marking the room as a duplicate.
const byDuplicate lit = "the mark as a duplicate"

// standAsDuplicate stops the clocks of the plan that run, other than those of law.
func (r *Room) standAsDuplicate(e *Event) {
	if r.Rules < rulesRuns || r.Plan == nil {
		return
	}
	for i := range r.Clocks {
		if d := r.Plan.Clock(r.Clocks[i].ID); d != nil && !d.Law {
			r.standOne(i, byDuplicate, e)
		}
	}
}

// notCounted returns the remark that the numbers of a duplicate do not count.
func (x *Related) notCounted() Safe { return Safef("%s: its clocks do not count", x.Words()) }

// checkRelated checks a relation to another room.
func (b *IncidentLinked) checkRelated(r *Room, e *Event) error {
	hub := r.Members[e.Key].Hub
	switch {
	case relationBack[b.Relation] == "" && b.Relation != RelationDuplicated && b.Relation != RelationLinkedFrom:
		return Refuse(Invalid, "%s is not a relation between rooms", quoted(b.Relation))
	case hub == (relationBack[b.Relation] != ""):
		return Refuse(Forbidden,
			"only the hub's own key may record that another room names this one, and it may record nothing else "+
				"about that room")
	case b.Room == "" || len(b.Room) > 64 || b.RoomID == "" || len(b.RoomID) > 64:
		return Refuse(Invalid, "name the room: :duplicate ROOM REASON")
	case b.RoomID == r.ID && b.Relation == RelationDuplicate:
		return Refuse(Conflict, "a room is not a duplicate of itself; name the other room")
	case b.RoomID == r.ID:
		return Refuse(Conflict, "a room is not linked to itself; name the other room")
	case len(r.Related) >= maxRelated:
		return Refuse(Conflict, "the room names %d others, which is the limit", maxRelated)
	case strings.TrimSpace(b.Reason) == "":
		return Refuse(Invalid, "give a reason: :duplicate %s REASON, or :link %s REASON", b.Room, b.Room)
	}
	if x := r.DuplicateOf(); x != nil && b.Relation == RelationDuplicate {
		return Refuse(Conflict, "the room is already a duplicate of %s, by %s: %s", x.Room, x.By, CleanLine(x.Reason))
	}
	if x := r.relation(b.Relation, b.RoomID); x != nil {
		return Refuse(Conflict, "that relation is already recorded: %s, by %s", x.Words(), x.By)
	}
	return longText("reason", b.Reason, false)
}

// need returns PowerAll for a duplicate, since its clocks then do not count.
func (b *IncidentLinked) need(*Room, *Event) Power {
	if b.Relation == RelationDuplicate {
		return PowerAll
	}
	return ""
}

// impact describes what stops with a duplicate, for the preview.
func (b *IncidentLinked) impact() Safe {
	if b.Relation != RelationDuplicate {
		return Safe{}
	}
	return Lit("the numbers of this room no longer count: its clocks, verdicts and measures stop, except legal " +
		"deadlines that are running")
}

// related consumes the other room of a relation.
func (a *args) related(relation string) (Body, error) {
	short := a.word()
	if short == "" {
		return nil, Refuse(Invalid, "name the room: :duplicate ROOM REASON, or :link ROOM REASON")
	}
	a.as("room", CleanLine(short))
	reason := a.reason()
	if a.Rooms == nil {
		return nil, Refuse(Unreachable, "the rooms of this hub cannot be read here")
	}
	other, err := a.Rooms(short)
	if err != nil {
		return nil, err
	}
	if other == nil || other.Lobby {
		return nil, NoRoom(short)
	}
	if other.IsRestricted() && !a.Room.IsRestricted() {
		return nil, Refuse(Forbidden, "%s is restricted and this room is not, so everybody here would learn of it; "+
			"name this room from there", CleanLine(short))
	}
	if x := other.DuplicateOf(); x != nil && relation == RelationDuplicate && other.ID != a.Room.ID {
		return nil, Refuse(Conflict, "%s is itself a duplicate of %s: :duplicate %s REASON", CleanLine(short), x.Room,
			x.Room)
	}
	return NewRelated(relation, short, other, reason), nil
}

func parseDuplicate(a *args) (Body, error) {
	if strings.EqualFold(a.peek(), "off") {
		a.word()
		return a.unrelated(RelationDuplicate)
	}
	return a.related(RelationDuplicate)
}

// roomForm matches the short id of a room, which has a number, or six letters if the room
// was declared restricted.
var roomForm = regexp.MustCompile(`^inc-([0-9]+|[b-df-hj-km-np-tv-xz]{6})$`)

// roomName matches what can be the short id of a room on any hub: a word and a number, or the
// six letters.
var roomName = regexp.MustCompile(`^[a-z0-9_]{1,40}-([0-9]{1,9}|[b-df-hj-km-np-tv-xz]{6})$`)

// IsRoomName reports whether a word on a command line can be the short id of a room. The lobby
// has none.
func IsRoomName(word string) bool { return roomName.MatchString(word) }
