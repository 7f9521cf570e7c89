package model

import (
	"slices"
	"strings"
)

// KindRoomRestricted is the kind about who may see a room at all.
const KindRoomRestricted Kind = "room.restricted"

var _ = register(func() Body { return new(RoomRestricted) })

// MaxNamed is how many people a restricted room may name.
const MaxNamed = 200

// The ways in which an event changes who is named. What two people add at the
// same time is both there: only RestrictTo says how it is altogether.
const (
	RestrictTo  = "to"     // these alone
	RestrictAdd = "add"    // these too
	RestrictNot = "remove" // these no longer
	RestrictOff = "off"    // everybody on this hub may see it
)

// RoomRestricted makes a room one that only certain people may see, or know
// of, from its place in the log on. Who says so is always among them.
type RoomRestricted struct {
	Mode    string   `json:"mode"`
	Handles []string `json:"handles,omitempty"`
	Reason  string   `json:"reason,omitempty"`
}

// Kind names the kind.
func (*RoomRestricted) Kind() Kind               { return KindRoomRestricted }
func (*RoomRestricted) need(*Room, *Event) Power { return PowerAuthority }

func (b *RoomRestricted) free() []*string { return []*string{&b.Reason} }

func (b *RoomRestricted) check(r *Room, e *Event) error {
	if err := namedHandles(b.Handles); err != nil {
		return err
	}
	switch {
	case b.Mode != RestrictTo && b.Mode != RestrictAdd && b.Mode != RestrictNot && b.Mode != RestrictOff:
		return Refuse(Invalid, "a room is restricted to people, add, remove or off, not %s", b.Mode)
	case b.Mode != RestrictTo && !r.IsRestricted():
		return Refuse(Conflict, "the room is not restricted; :restrict @WHO makes it so")
	case b.Mode != RestrictOff && len(b.Handles) == 0:
		return Refuse(Invalid, "say to whom: :restrict @%s @WHO", e.By)
	case b.Mode == RestrictNot && slices.Contains(b.Handles, e.By):
		return Refuse(Conflict, "you cannot take yourself out of the room; somebody else who is named has to")
	case b.Mode == RestrictNot && !slices.ContainsFunc(b.Handles, r.Names):
		return Refuse(NotFound, "%s is not named here", strings.Join(b.Handles, ", "))
	case len(b.Named(r, e.By)) > MaxNamed:
		return Refuse(Invalid, "a restricted room names %d people at most", MaxNamed)
	}
	return longText("reason", b.Reason, true)
}

// namedHandles refuses what cannot name people.
func namedHandles(list []string) error {
	if len(list) > MaxNamed {
		return Refuse(Invalid, "a restricted room names %d people at most", MaxNamed)
	}
	for _, h := range list {
		if !ValidHandle(h) || h == "hub" {
			return Refuse(Invalid, "%s is no handle for a person; handles are 1 to 32 of a-z 0-9 _ -", h)
		}
	}
	return nil
}

// People reads handles that a person wrote in a row: "@bo, @cy". A word without
// an @ is refused, as it may be part of a sentence: "everyone but bo".
func People(s string) ([]string, error) {
	var out []string
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == ',' || r == '\t' }) {
		h, ok := strings.CutPrefix(w, "@")
		if !ok || h == "" {
			return nil, Refuse(Invalid, "%s names nobody; write who may see it as @bo @cy", quoted(w))
		}
		out = append(out, strings.ToLower(h))
	}
	return out, namedHandles(out)
}

// Named returns the handles that the room names when the event of an author has had
// its effect, sorted; none where it is not restricted any more.
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

// apply names the people. Who is put out holds no role any more.
func (b *RoomRestricted) apply(r *Room, e *Event) {
	r.Restricted = b.Named(r, e.By)
	for _, a := range r.Roles {
		if a.Until.IsZero() && !r.Names(a.Person) {
			r.renounce(a.Role, a.Person, e.RecordedAt)
		}
	}
	r.Handoffs = slices.DeleteFunc(slices.Clone(r.Handoffs), func(h Handoff) bool { return !r.Names(h.To) })
}

func (b *RoomRestricted) line(r *Room, e *Event) Safe {
	n := *r
	b.apply(&n, e)
	return leaving(b.says(r, e), r.vacated(&n))
}

// leaving adds the roles that an event left vacant to what is said of it.
func leaving(s, vacant Safe) Safe {
	if vacant.IsEmpty() {
		return s
	}
	return Safef("%s; %s", s, vacant)
}

func (b *RoomRestricted) says(r *Room, e *Event) Safe {
	who := atAll(b.Handles)
	switch b.Mode {
	case RestrictOff:
		return because(Lit("everybody on this hub may see the room"), b.Reason)
	case RestrictAdd:
		return because(Safef("%s may see the room too", who), b.Reason)
	case RestrictNot:
		return because(Safef("%s may not see the room any more", who), b.Reason)
	}
	return because(Safef("RESTRICTED: only %s may see the room", atAll(b.Named(r, e.By))), b.Reason)
}

// atAll is people in a row.
func atAll(list []string) Safe {
	out := make([]Safe, len(list))
	for i, h := range list {
		out[i] = Safef("@%s", h)
	}
	return JoinSafe(Lit(" "), out...)
}

// IsRestricted says whether only certain people may see the room.
func (r *Room) IsRestricted() bool { return len(r.Restricted) > 0 }

// Names says whether a person may see the room: everybody may, or they are
// named.
func (r *Room) Names(handle string) bool {
	return !r.IsRestricted() || slices.Contains(r.Restricted, handle)
}

// unseenBy refuses to give a role to somebody who may not see the room.
func (r *Room) unseenBy(person string) error {
	if r.Names(person) {
		return nil
	}
	return Refuse(Forbidden, "the room is restricted and does not name %s; :restrict add @%s does", person, person)
}
