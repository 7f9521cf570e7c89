package model

// The kinds of events about the keys that may write in a room.
const (
	KindKeyAdmitted  Kind = "key.admitted"
	KindKeyRevoked   Kind = "key.struck"
	KindRightChanged Kind = "right.changed"
)

var _ = register(bodyOf[KeyAdmitted](KindKeyAdmitted), bodyOf[KeyRevoked](KindKeyRevoked),
	bodyOf[RightChanged](KindRightChanged))

// KeyAdmitted admits a key to the room from its position in the log on.
type KeyAdmitted struct {
	Key    string `json:"key"`
	Handle string `json:"handle"`
	Right  Right  `json:"right"`
	Origin string `json:"door,omitempty"` // how the key came: socket, invitation, ssh or person
	Name   string `json:"name,omitempty"`
	Job    string `json:"job,omitempty"`
}

func (*KeyAdmitted) need(*Room, *Event) Power { return PowerAuthority }

func (b *KeyAdmitted) check(r *Room, _ *Event) error {
	switch m, ok := r.Members[b.Key]; {
	case !ValidHandle(b.Handle) || b.Handle == "hub":
		return Refuse(Invalid, "%s is not a handle for a person; a handle is 1 to 32 characters from a-z 0-9 _ -",
			quoted(b.Handle))
	case b.Key == "" || len(b.Key) > 64:
		return Refuse(Invalid, "the key cannot be read")
	case !b.Right.Valid():
		return badRight(b.Right)
	case ok && m.Revoked:
		return Refuse(Forbidden, "this key was revoked and cannot be admitted again; %s needs a new one", m.Handle)
	case ok && m.Handle != b.Handle:
		return Refuse(Conflict, "this key is already admitted, as a key of %s", m.Handle)
	case ok && r.Rules >= confirmedRules && m.Right == b.Right && b.Origin != OriginPerson:
		return Refuse(Conflict, `this key of %s is already admitted, with the right "%s"`, m.Handle, string(m.Right))
	case !ok && !isLocalOrigin(b.Origin) && !r.Names(b.Handle):
		return r.unseenBy(b.Handle)
	case !ok && b.Origin != OriginPerson:
		if err := r.rulesOut(b.Handle, b.Right); err != nil {
			return err
		}
	}
	return longText("name", b.Name+b.Job+b.Origin, true)
}

// OriginPerson is the origin of a key that somebody in the room admitted by hand. It
// overrides earlier rulings on the person.
const OriginPerson = "person"

// OriginInvitation is the origin of a key that came with an invitation.
const OriginInvitation = "invitation"

// Ruling is what the room has decided about a person, whichever key they use.
type Ruling struct {
	Right   Right `json:"right,omitempty"` // set by right.changed; if "", not set
	Revoked bool  `json:"struck,omitempty"`
}

// rulesOut refuses a key that would get more than the rulings of the room allow its
// owner.
func (r *Room) rulesOut(handle string, right Right) error {
	switch s := r.Rulings[handle]; {
	case s.Revoked:
		return Refuse(Forbidden,
			"%s was revoked in this room; new keys are admitted after :right @%s write",
			handle, handle)
	case s.Right != "" && Lesser(right, s.Right) != right:
		return Refuse(Forbidden, `%s has the right "%s" here; a new key cannot have the right "%s"`,
			handle, string(s.Right),
			string(right))
	}
	return nil
}

// RightOf returns the right with which a new key of a person enters, given the right
// that its origin offers. It is never more than what the room gave that person. A
// right above the offer holds only for another key with the same origin, so that
// lowering the right at the origin has effect here. It returns an error if the
// person was revoked.
func (r *Room) RightOf(handle string, offer Right) (Right, error) {
	s := r.Rulings[handle]
	if s.Revoked {
		return "", r.rulesOut(handle, offer)
	}
	if s.Right == "" || s.Right == offer {
		return offer, nil
	}
	if Lesser(s.Right, offer) == s.Right {
		return s.Right, nil
	}
	for _, m := range r.Members {
		if m.Handle == handle && !m.Revoked && m.Came == offer && m.Right == s.Right {
			return s.Right, nil
		}
	}
	return offer, nil
}

// IsRevoked reports whether a person was revoked and not admitted again.
func (r *Room) IsRevoked(handle string) bool { return r.Rulings[handle].Revoked }

// Lesser returns the right that allows less.
func Lesser(a, b Right) Right {
	for _, t := range []Right{Watch, Write} {
		if a == t || b == t {
			return t
		}
	}
	return Command
}

// Valid reports whether the right is one of the three.
func (t Right) Valid() bool { return t == Watch || t == Write || t == Command }

// apply admits the key. Admitting it twice has the same result.
func (b *KeyAdmitted) apply(r *Room, e *Event) {
	if _, ok := r.Members[b.Key]; ok {
		return
	}
	r.Members = with(r.Members, b.Key,
		Member{Handle: b.Handle, Right: b.Right, Came: b.Right, Via: b.Origin, Name: b.Name, Job: b.Job,
			Since: e.RecordedAt})
	if s, ok := r.Rulings[b.Handle]; ok && b.Origin == OriginPerson {
		s.Revoked = false
		if s.Right != "" {
			s.Right = b.Right
		}
		r.Rulings = with(r.Rulings, b.Handle, s)
	}
	if r.onlyWatches(b.Handle) { // the role was given before it was known that they only watch
		for _, role := range r.RolesOf(b.Handle) {
			r.renounce(role, b.Handle, e.RecordedAt)
		}
	}
}

func (b *KeyAdmitted) line(*Room, *Event) Safe {
	rights := map[Right]lit{Watch: "may watch", Write: "may write", Command: "full rights"}[b.Right]
	s := Safef("%s joined", b.Handle)
	switch b.Origin {
	case "":
	case "socket", "key file":
		s = Safef("%s from the hub's machine", s)
	case OriginInvitation:
		s = Safef("%s by invitation", s)
	case OriginPerson:
		s = Safef("%s was admitted", b.Handle)
	default:
		s = Safef("%s over %s", s, b.Origin)
	}
	s = Safef("%s (%s), key %s", s, Lit(rights), shortKey(b.Key))
	return who(s, b.Name, b.Job)
}

// shortKey returns enough of a key to distinguish it on a screen.
func shortKey(k string) string {
	if len(k) > 8 {
		return k[:8]
	}
	return k
}

// KeyRevoked revokes a key from its position in the log on. With Handle and no Key,
// it revokes all keys of a person.
type KeyRevoked struct {
	Key    string `json:"key,omitempty"`
	Handle string `json:"handle"`
	Reason string `json:"reason,omitempty"`
}

func (*KeyRevoked) need(*Room, *Event) Power { return PowerAuthority }

func (b *KeyRevoked) free() []*string { return []*string{&b.Reason} }

func (b *KeyRevoked) check(r *Room, _ *Event) error {
	if b.hitsAny(r) {
		return longText("reason", b.Reason, true)
	}
	if b.Key == "" && len(r.RolesOf(b.Handle)) > 0 {
		return longText("reason", b.Reason, true)
	}
	// A person who only reads may have a login without a key in the room.
	if b.Key == "" && r.Rules >= 2 && ValidHandle(b.Handle) && b.Handle != "hub" && !r.IsRevoked(b.Handle) {
		return longText("reason", b.Reason, true)
	}
	return Refuse(NotFound, "%s has no key here to revoke", b.Handle)
}

func (b *KeyRevoked) hits(key string, m Member) bool {
	return !m.Revoked && !m.Hub && m.Handle == b.Handle && (b.Key == "" || b.Key == key)
}

// hitsAny reports whether it revokes a key in the room.
func (b *KeyRevoked) hitsAny(r *Room) bool {
	for k, m := range r.Members {
		if b.hits(k, m) {
			return true
		}
	}
	return false
}

func (b *KeyRevoked) apply(r *Room, e *Event) {
	for k, m := range r.Members {
		if b.hits(k, m) {
			m.Revoked = true
			r.Members = with(r.Members, k, m)
		}
	}
	if b.Key != "" {
		return
	}
	s := r.Rulings[b.Handle]
	s.Revoked = true
	r.Rulings = with(r.Rulings, b.Handle, s)
	r.dropOffers(b.Handle, e)
	for _, role := range r.RolesOf(b.Handle) {
		r.renounce(role, b.Handle, e.RecordedAt)
	}
}

func (b *KeyRevoked) line(r *Room, e *Event) Safe {
	s := Safef("every key of %s", b.Handle)
	if !b.hitsAny(r) {
		s = Safef("%s, who has no key here, is kept out", b.Handle)
	}
	if b.Key != "" {
		s = Safef("key %s of %s", shortKey(b.Key), b.Handle)
	}
	n := r.alike()
	b.apply(n, e)
	return leaving(because(s, b.Reason), r.vacated(n))
}

// RightChanged changes the right of all keys of a person.
type RightChanged struct {
	Handle string `json:"handle"`
	Right  Right  `json:"right"`
}

func (*RightChanged) need(*Room, *Event) Power { return PowerAuthority }

func (b *RightChanged) check(r *Room, _ *Event) error {
	if !b.Right.Valid() {
		return badRight(b.Right)
	}
	for _, m := range r.Members {
		if m.Handle == b.Handle && !m.Revoked && !m.Hub && m.Right != b.Right {
			return nil
		}
	}
	if r.IsRevoked(b.Handle) {
		return nil
	}
	return Refuse(NotFound, "%s has no key in this room, so there is no right to change", b.Handle)
}

func (b *RightChanged) apply(r *Room, e *Event) {
	for k, m := range r.Members {
		if m.Handle == b.Handle && !m.Revoked && !m.Hub {
			m.Right = b.Right
			r.Members = with(r.Members, k, m)
		}
	}
	r.Rulings = with(r.Rulings, b.Handle, Ruling{Right: b.Right})
	if b.Right == Watch {
		r.dropOffers(b.Handle, e)
		for _, role := range r.RolesOf(b.Handle) {
			r.renounce(role, b.Handle, e.RecordedAt)
		}
	}
}

func (b *RightChanged) line(r *Room, _ *Event) Safe {
	if r.IsRevoked(b.Handle) {
		return Safef(`%s was revoked and may join again with a new key and the right "%s"`, b.Handle, string(b.Right))
	}
	return Safef(`%s has the right "%s"`, b.Handle, string(b.Right))
}

// badRight returns the error for a word that is not a right.
func badRight(right Right) error {
	if right == "" {
		return Refuse(Invalid, "name the right: watch, write or command")
	}
	return Refuse(Invalid, "a right is watch, write or command, not %s", quoted(string(right)))
}
