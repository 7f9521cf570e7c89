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
func (*KeyAdmitted) need(*Room, *Event) Power { return PowerAll }

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
	}
	return longText("name", b.Name+b.Job+b.Door, true)
}

// Valid says whether the right is one of the three.
func (t Right) Valid() bool { return t == Watch || t == Write || t == Command }

// apply lets the key in. Two who let it in at the same time did the same.
func (b *KeyAdmitted) apply(r *Room, _ *Event) {
	if _, ok := r.Members[b.Key]; ok {
		return
	}
	r.Members = with(r.Members, b.Key, Member{Handle: b.Handle, Right: b.Right, Via: b.Door, Name: b.Name, Job: b.Job})
}

func (b *KeyAdmitted) line(*Room, *Event) Safe {
	s := Safef("%s may %s, with key %s", b.Handle, string(b.Right), shortKey(b.Key))
	switch b.Door {
	case "":
	case "socket", "key file":
		s = Safef("%s, at the hub's machine", s)
	case "person":
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
func (*KeyStruck) need(*Room, *Event) Power { return PowerAll }

func (b *KeyStruck) check(r *Room, _ *Event) error {
	for k, m := range r.Members {
		if b.hits(k, m) {
			return longText("reason", b.Reason, true)
		}
	}
	return Refuse(NotFound, "%s has no key here that could be struck", b.Handle)
}

func (b *KeyStruck) hits(key string, m Member) bool {
	return !m.Struck && !m.Hub && m.Handle == b.Handle && (b.Key == "" || b.Key == key)
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
	for _, role := range r.RolesOf(b.Handle) {
		r.renounce(role, b.Handle, e.RecordedAt)
	}
}

func (b *KeyStruck) line(*Room, *Event) Safe {
	s := Safef("every key of %s", b.Handle)
	if b.Key != "" {
		s = Safef("key %s of %s", shortKey(b.Key), b.Handle)
	}
	return because(s, b.Reason)
}

// RightChanged changes what every key of a person may do.
type RightChanged struct {
	Handle string `json:"handle"`
	Right  Right  `json:"right"`
}

// Kind names the kind.
func (*RightChanged) Kind() Kind               { return KindRightChanged }
func (*RightChanged) need(*Room, *Event) Power { return PowerAll }

func (b *RightChanged) check(r *Room, _ *Event) error {
	if !b.Right.Valid() {
		return Refuse(Invalid, "a right is watch, write or command, not %s", string(b.Right))
	}
	for _, m := range r.Members {
		if m.Handle == b.Handle && !m.Struck && !m.Hub && m.Right != b.Right {
			return nil
		}
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
	if b.Right == Watch {
		for _, role := range r.RolesOf(b.Handle) {
			r.renounce(role, b.Handle, e.RecordedAt)
		}
	}
}

func (b *RightChanged) line(*Room, *Event) Safe { return Safef("%s may %s", b.Handle, string(b.Right)) }
