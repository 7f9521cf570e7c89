package model

import (
	"slices"
	"strings"
)

// KindRoomRestricted is the kind that sets who may see a room.
const KindRoomRestricted Kind = "room.restricted"

var _ = register(bodyOf[RoomRestricted](KindRoomRestricted))

// MaxNamed is the maximum number of people that a restricted room may name.
const MaxNamed = 200

// The ways to change who is named. Two people who add names at the same time both
// succeed; RestrictTo replaces the whole list.
const (
	RestrictTo  = "to"     // replace the list
	RestrictAdd = "add"    // add people
	RestrictNot = "remove" // remove people
	RestrictOff = "off"    // lift the restriction
)

// RoomRestricted sets who may see the room, or learn of it, from its position in the
// log on. Its author is always named.
type RoomRestricted struct {
	Mode    string   `json:"mode"`
	Handles []string `json:"handles,omitempty"`
	Reason  string   `json:"reason,omitempty"`
}

func (*RoomRestricted) need(*Room, *Event) Power { return PowerAuthority }

func (b *RoomRestricted) free() []*string { return []*string{&b.Reason} }

func (b *RoomRestricted) check(r *Room, e *Event) error {
	if err := namedHandles(b.Handles); err != nil {
		return err
	}
	switch {
	case b.Mode != RestrictTo && b.Mode != RestrictAdd && b.Mode != RestrictNot && b.Mode != RestrictOff:
		return Refuse(Invalid, "write add, remove or off, or people as @bo @cy, not %s", b.Mode)
	case b.Mode != RestrictTo && !r.IsRestricted():
		return Refuse(Conflict, "the room is not restricted; restrict it with :restrict @WHO")
	case b.Mode != RestrictOff && len(b.Handles) == 0:
		return Refuse(Invalid, "name the people: :restrict @%s @WHO", e.By)
	case b.Mode == RestrictNot && slices.Contains(b.Handles, e.By):
		return Refuse(Conflict, "you cannot remove yourself; ask another person on the list to do it")
	case b.Mode == RestrictNot && !slices.ContainsFunc(b.Handles, r.Names):
		return Refuse(NotFound, "%s is not on the list", strings.Join(b.Handles, ", "))
	case len(b.Named(r, e.By)) > MaxNamed:
		return Refuse(Invalid, "a room can be restricted to at most %d people", MaxNamed)
	}
	return longText("reason", b.Reason, true)
}

// namedHandles refuses a list that contains an invalid handle or too many.
func namedHandles(list []string) error {
	if len(list) > MaxNamed {
		return Refuse(Invalid, "a room can be restricted to at most %d people", MaxNamed)
	}
	for _, h := range list {
		if !ValidHandle(h) || h == "hub" {
			return Refuse(Invalid, "%s is not a handle for a person; a handle is 1 to 32 characters from a-z 0-9 _ -",
				quoted(h))
		}
	}
	return nil
}

// People parses a list of handles that a person typed: "@bo, @cy". It refuses a word
// without @, which may be part of a sentence: "everyone but bo".
func People(s string) ([]string, error) {
	var out []string
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == ',' || r == '\t' }) {
		h, ok := strings.CutPrefix(w, "@")
		if !ok || h == "" {
			return nil, Refuse(Invalid, "%s is not a person; write the people as @bo @cy", quoted(w))
		}
		out = append(out, strings.ToLower(h))
	}
	return out, namedHandles(out)
}

// Named returns the handles that the room names after the event, sorted, or nil if
// the restriction was lifted. by is the author of the event.
func (b *RoomRestricted) Named(r *Room, by string) []string {
	list := []string{by}
	switch b.Mode {
	case RestrictOff:
		return nil
	case RestrictTo:
		list = append(list, b.Handles...)
	case RestrictAdd:
		list = append(append(list, r.Restricted...), b.Handles...)
	case RestrictNot:
		for _, h := range r.Restricted {
			if !slices.Contains(b.Handles, h) {
				list = append(list, h)
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// apply sets the names. Roles of people who are removed end.
func (b *RoomRestricted) apply(r *Room, e *Event) {
	r.Restricted = b.Named(r, e.By)
	for _, a := range r.Roles {
		if a.Until.IsZero() && !r.Names(a.Person) {
			r.renounce(a.Role, a.Person, e.RecordedAt)
		}
	}
	r.endOffers(HandoffLapsed, "", e, func(h Handoff) bool { return !r.Names(h.To) })
}

func (b *RoomRestricted) line(r *Room, e *Event) Safe {
	n := r.alike()
	b.apply(n, e)
	return leaving(b.describe(r, e), r.vacated(n))
}

// leaving appends the roles that become vacant to a sentence.
func leaving(s, vacant Safe) Safe {
	if vacant.IsEmpty() {
		return s
	}
	return Safef("%s; %s", s, vacant)
}

func (b *RoomRestricted) describe(r *Room, e *Event) Safe {
	who := atAll(b.Handles)
	switch b.Mode {
	case RestrictOff:
		return because(Lit("everybody on this hub may see the room"), b.Reason)
	case RestrictAdd:
		return because(Safef("%s may also see the room", who), b.Reason)
	case RestrictNot:
		return because(Safef("%s may no longer see the room", who), b.Reason)
	}
	return because(Safef("RESTRICTED: only %s may see the room", atAll(b.Named(r, e.By))), b.Reason)
}

// atAll formats people as a list.
func atAll(list []string) Safe {
	out := make([]Safe, len(list))
	for i, h := range list {
		out[i] = Safef("@%s", h)
	}
	return JoinSafe(Lit(" "), out...)
}

// IsRestricted reports whether only the people that the room names may see it.
func (r *Room) IsRestricted() bool { return len(r.Restricted) > 0 }

// Names reports whether a person may see the room, because it names them or is not
// restricted.
func (r *Room) Names(handle string) bool {
	return !r.IsRestricted() || slices.Contains(r.Restricted, handle)
}

// unseenBy refuses to give a role to a person who may not see the room.
func (r *Room) unseenBy(person string) error {
	if r.Names(person) {
		return nil
	}
	return Refuse(Forbidden, "the room is restricted and %s is not on the list; add them with :restrict add "+
		"@%s", person, person)
}
