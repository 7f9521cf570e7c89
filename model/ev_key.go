package model

// The kinds about the keys that write in a room.
const (
	KindKeyAdmitted  Kind = "key.admitted"
	KindKeyStruck    Kind = "key.struck"
	KindRightChanged Kind = "right.changed"
)

var _ = register(func() Body { return new(KeyAdmitted) }, func() Body { return new(KeyStruck) }, func() Body { return new(RightChanged) })

// KeyAdmitted lets a key into the room, from its place in the log on.
type KeyAdmitted struct {
	Key    string `json:"key"`
	Handle string `json:"handle"`
	Right  Right  `json:"right"`
	Door   string `json:"door,omitempty"` // how it came: socket, invitation, ssh, person
	Name   string `json:"name,omitempty"`
	Job    string `json:"job,omitempty"`
}

// Kind names the kind.
func (*KeyAdmitted) Kind() Kind               { return KindKeyAdmitted }
func (*KeyAdmitted) need(*Room, *Event) Power { return PowerAuthority }

func (b *KeyAdmitted) check(r *Room, _ *Event) error {
	switch m, ok := r.Members[b.Key]; {
	case !ValidHandle(b.Handle) || b.Handle == "hub":
		return Refuse(Invalid, "%s is no handle for a person; handles are 1 to 32 of a-z 0-9 _ -", b.Handle)
	case b.Key == "" || len(b.Key) > 64:
		return Refuse(Invalid, "the key cannot be read")
	case !b.Right.Valid():
		return Refuse(Invalid, "a right is watch, write or command, not %s", string(b.Right))
	case ok && m.Struck:
		return Refuse(Forbidden, "this key was struck and cannot come back; %s needs a new one", m.Handle)
	case ok && m.Handle != b.Handle:
		return Refuse(Conflict, "this key is admitted already, as %s's", m.Handle)
	case ok && r.Rules >= confirmedRules && m.Right == b.Right && b.Door != DoorPerson:
		return Refuse(Conflict, "this key of %s is admitted already, and may %s", m.Handle, string(m.Right))
	case !ok && !localDoor(b.Door) && !r.Names(b.Handle):
		return r.unseenBy(b.Handle)
	case !ok && b.Door != DoorPerson:
		if err := r.rulesOut(b.Handle, b.Right); err != nil {
			return err
		}
	}
	return longText("name", b.Name+b.Job+b.Door, true)
}

// DoorPerson is the door of a key that somebody in the room let in by hand: it
// is above what the room has said of that person before.
const DoorPerson = "person"

// Ruling is what a room has said of a person, whatever key they come with.
type Ruling struct {
	Right  Right `json:"right,omitempty"` // by right.changed; "": nothing was said
	Struck bool  `json:"struck,omitempty"`
}

// rulesOut refuses a key that comes by itself and is more than the room allows
// its person.
func (r *Room) rulesOut(handle string, right Right) error {
	switch s := r.Rulings[handle]; {
	case s.Struck:
		return Refuse(Forbidden, "%s was struck from this room, and a new key does not change that; :right @%s write lets new keys in", handle, handle)
	case s.Right != "" && Lesser(right, s.Right) != right:
		return Refuse(Forbidden, "%s may only %s here; a new key cannot come with %s", handle, string(s.Right), string(right))
	}
	return nil
}

// RightOf is the right with which a new key of a person enters, where its door
// offers one: never more than what the room gave that person. What the room gave
// them beyond the door's offer holds for another key from the same door only,
// so that whoever lowers it at the door lowers it here. The error is that they
// were struck.
func (r *Room) RightOf(handle string, offer Right) (Right, error) {
	s := r.Rulings[handle]
	if s.Struck {
		return "", r.rulesOut(handle, offer)
	}
	if s.Right == "" || s.Right == offer {
		return offer, nil
	}
	if Lesser(s.Right, offer) == s.Right {
		return s.Right, nil
	}
	for _, m := range r.Members {
		if m.Handle == handle && !m.Struck && m.Came == offer && m.Right == s.Right {
			return s.Right, nil
		}
	}
	return offer, nil
}

// IsStruck says whether a person was struck from the room and has not been let
// in again.
func (r *Room) IsStruck(handle string) bool { return r.Rulings[handle].Struck }

// Lesser is the right of two that allows less.
func Lesser(a, b Right) Right {
	for _, t := range []Right{Watch, Write} {
		if a == t || b == t {
			return t
		}
	}
	return Command
}

// Valid says whether the right is one of the three.
func (t Right) Valid() bool { return t == Watch || t == Write || t == Command }

// apply lets the key in. Two who let it in at the same time did the same.
func (b *KeyAdmitted) apply(r *Room, e *Event) {
	if _, ok := r.Members[b.Key]; ok {
		return
	}
	r.Members = with(r.Members, b.Key, Member{Handle: b.Handle, Right: b.Right, Came: b.Right, Via: b.Door, Name: b.Name, Job: b.Job, Since: e.RecordedAt})
	if s, ok := r.Rulings[b.Handle]; ok && b.Door == DoorPerson {
		s.Struck = false
		if s.Right != "" {
			s.Right = b.Right
		}
		r.Rulings = with(r.Rulings, b.Handle, s)
	}
	if r.onlyWatches(b.Handle) { // a role was given to them before anybody knew
		for _, role := range r.RolesOf(b.Handle) {
			r.renounce(role, b.Handle, e.RecordedAt)
		}
	}
}

func (b *KeyAdmitted) line(*Room, *Event) Safe {
	s := Safef("%s may %s, with key %s", b.Handle, string(b.Right), shortKey(b.Key))
	switch b.Door {
	case "":
	case "socket", "key file":
		s = Safef("%s, at the hub's machine", s)
	case DoorPerson:
		s = Safef("%s, let in by hand", s)
	default:
		s = Safef("%s, %s", s, b.Door)
	}
	return who(s, b.Name, b.Job)
}

// shortKey is enough of a key to tell it from others on a screen.
func shortKey(k string) string {
	if len(k) > 8 {
		return k[:8]
	}
	return k
}

// KeyStruck ends a key, from its place in the log on. With Handle and no Key it
// ends every key of a person.
type KeyStruck struct {
	Key    string `json:"key,omitempty"`
	Handle string `json:"handle"`
	Reason string `json:"reason,omitempty"`
}

// Kind names the kind.
func (*KeyStruck) Kind() Kind               { return KindKeyStruck }
func (*KeyStruck) need(*Room, *Event) Power { return PowerAuthority }

func (b *KeyStruck) free() []*string { return []*string{&b.Reason} }

func (b *KeyStruck) check(r *Room, _ *Event) error {
	if b.hitsAny(r) {
		return longText("reason", b.Reason, true)
	}
	if b.Key == "" && len(r.RolesOf(b.Handle)) > 0 {
		return longText("reason", b.Reason, true)
	}
	// Who only reads may have a login and no key in the room.
	if b.Key == "" && r.Rules >= 2 && ValidHandle(b.Handle) && b.Handle != "hub" && !r.IsStruck(b.Handle) {
		return longText("reason", b.Reason, true)
	}
	return Refuse(NotFound, "%s has no key here that could be struck", b.Handle)
}

func (b *KeyStruck) hits(key string, m Member) bool {
	return !m.Struck && !m.Hub && m.Handle == b.Handle && (b.Key == "" || b.Key == key)
}

// hitsAny reports whether a key in the room is ended by it.
func (b *KeyStruck) hitsAny(r *Room) bool {
	for k, m := range r.Members {
		if b.hits(k, m) {
			return true
		}
	}
	return false
}

func (b *KeyStruck) apply(r *Room, e *Event) {
	for k, m := range r.Members {
		if b.hits(k, m) {
			m.Struck = true
			r.Members = with(r.Members, k, m)
		}
	}
	if b.Key != "" {
		return
	}
	s := r.Rulings[b.Handle]
	s.Struck = true
	r.Rulings = with(r.Rulings, b.Handle, s)
	for _, role := range r.RolesOf(b.Handle) {
		r.renounce(role, b.Handle, e.RecordedAt)
	}
}

func (b *KeyStruck) line(r *Room, e *Event) Safe {
	s := Safef("every key of %s", b.Handle)
	if !b.hitsAny(r) {
		s = Safef("%s, who has no key here, is kept out", b.Handle)
	}
	if b.Key != "" {
		s = Safef("key %s of %s", shortKey(b.Key), b.Handle)
	}
	n := *r
	b.apply(&n, e)
	return leaving(because(s, b.Reason), r.vacated(&n))
}

// RightChanged changes what every key of a person may do.
type RightChanged struct {
	Handle string `json:"handle"`
	Right  Right  `json:"right"`
}

// Kind names the kind.
func (*RightChanged) Kind() Kind               { return KindRightChanged }
func (*RightChanged) need(*Room, *Event) Power { return PowerAuthority }

func (b *RightChanged) check(r *Room, _ *Event) error {
	if !b.Right.Valid() {
		return Refuse(Invalid, "a right is watch, write or command, not %s", string(b.Right))
	}
	for _, m := range r.Members {
		if m.Handle == b.Handle && !m.Struck && !m.Hub && m.Right != b.Right {
			return nil
		}
	}
	if r.IsStruck(b.Handle) {
		return nil
	}
	return Refuse(NotFound, "%s has no key here whose right would change", b.Handle)
}

func (b *RightChanged) apply(r *Room, e *Event) {
	for k, m := range r.Members {
		if m.Handle == b.Handle && !m.Struck && !m.Hub {
			m.Right = b.Right
			r.Members = with(r.Members, k, m)
		}
	}
	r.Rulings = with(r.Rulings, b.Handle, Ruling{Right: b.Right})
	if b.Right == Watch {
		for _, role := range r.RolesOf(b.Handle) {
			r.renounce(role, b.Handle, e.RecordedAt)
		}
	}
}

func (b *RightChanged) line(r *Room, _ *Event) Safe {
	if r.IsStruck(b.Handle) {
		return Safef("%s was struck and may come with a new key, to %s", b.Handle, string(b.Right))
	}
	return Safef("%s may %s", b.Handle, string(b.Right))
}
