package model

import (
	"slices"
	"strings"
)

// KindRoleConfirmed is the kind that confirms the powers of a role.
const KindRoleConfirmed Kind = "role.confirmed"

var _ = register(bodyOf[RoleConfirmed](KindRoleConfirmed))

// confirmedRules is the first version of the rules under which a role that a person
// takes has its sensitive powers only once they are confirmed.
const confirmedRules = 2

// The powers whose effects cannot be undone, or that control who may see the room
// and write in it. A plan does not name them; they come with other powers.
const (
	// PowerAuthority is the power to admit, revoke, restrict and close, and to
	// change rights and the plan. It comes with PowerAll.
	PowerAuthority Power = "authority"
	// PowerLaw is the power to waive a legal clock or to give it a later start. It
	// comes with PowerClocks and with PowerExposure.
	PowerLaw Power = "law"
)

// sensitivePowers lists the powers that have to be confirmed by somebody who has
// them.
var sensitivePowers = []Power{PowerAuthority, PowerRedact, PowerTrust, PowerLaw}

// sensitivePowers returns the sensitive powers of the role.
func (d *RoleDef) sensitivePowers() []Power {
	var out []Power
	for _, p := range sensitivePowers {
		if d.gives(p) {
			out = append(out, p)
		}
	}
	return out
}

// sensitivePowersOf returns the sensitive powers of a role. A deputy has those of
// the role that they may take.
func (r *Room) sensitivePowersOf(d *RoleDef) []Power {
	if o := r.Plan.Role(d.DeputyOf); d.DeputyOf != "" && o != nil {
		return o.sensitivePowers()
	}
	return d.sensitivePowers()
}

// lacksAny returns a sensitive power of a role that the person with this key does
// not have, or "" if they have them all.
func (r *Room) lacksAny(handle, key string, d *RoleDef) Power {
	for _, p := range r.sensitivePowersOf(d) {
		if !r.Has(handle, key, p) {
			return p
		}
	}
	return ""
}

// unconfirmed reports whether a role that the author of an event gives or takes has
// to be confirmed, because the author does not have its sensitive powers.
func (r *Room) unconfirmed(e *Event, d *RoleDef) bool {
	return r.Rules >= confirmedRules && r.lacksAny(e.By, e.Key, d) != ""
}

// Unconfirmed returns the current holders of a role whose powers have not been
// confirmed.
func (r *Room) Unconfirmed(role string) []string {
	var out []string
	for _, a := range r.Roles {
		if a.Role == role && a.Until.IsZero() && a.Unconfirmed {
			out = append(out, a.Person)
		}
	}
	return out
}

// isConfirmed reports whether a person other than its holder gave a current role, or
// confirmed at least its duties.
func (a *Assignment) isConfirmed() bool { return !a.Unconfirmed || a.SecondBy != "" }

// HolderNames returns the current holders of a role for a list, each whom nobody
// confirmed with a mark: "bo (unconfirmed)", or with who agreed: "bo with cy".
func (r *Room) HolderNames(role string) []Safe {
	var out []Safe
	for i := range r.Roles {
		a := &r.Roles[i]
		if a.Role != role || !a.Until.IsZero() {
			continue
		}
		name := CleanLine(a.Person)
		switch {
		case !a.isConfirmed():
			name = Safef("%s (unconfirmed)", name)
		case a.Unconfirmed:
			name = Safef("%s with %s", name, a.SecondBy)
		}
		out = append(out, name)
	}
	return out
}

// RoleConfirmed confirms the sensitive powers of a person's role.
type RoleConfirmed struct {
	Role   string `json:"role"`
	Person string `json:"person"`

	Proposal string `json:"proposal,omitempty"` // id of the proposal that it confirms
}

// need returns a sensitive power of the role that the author lacks. Confirming takes
// all of them; a proposal, none of them.
func (b *RoleConfirmed) need(r *Room, e *Event) Power {
	d := r.Plan.Role(b.Role)
	if d != nil && !slices.Contains(r.Unconfirmed(d.ID), b.Person) && !r.isOpenProposal(d.ID, b.Person) {
		return "" // check refuses it
	}
	if d != nil && r.proposal(d.ID, b.Person) != nil && (!slices.Contains(r.Holders(d.ID), b.Person) ||
		b.Proposal != "" && r.secondOf(d.ID, b.Person) != "") {
		return ""
	}
	if d != nil && !r.secondMayConfirm(d, b.Person, e) {
		return r.lacksAny(e.By, e.Key, d)
	}
	return ""
}

func (b *RoleConfirmed) check(r *Room, e *Event) error {
	d := r.Plan.Role(b.Role)
	switch {
	case d == nil:
		return Refuse(NotFound, "the plan has no role %s; it has: %s", b.Role, r.Plan.roleIDs())
	case r.proposal(d.ID, b.Person) != nil && !slices.Contains(r.Holders(d.ID), b.Person):
		return b.checkProposal(r, e, d)
	case !slices.Contains(r.Holders(d.ID), b.Person):
		return Refuse(Conflict, "%s is not %s", b.Person, d.Label)
	case !slices.Contains(r.Unconfirmed(d.ID), b.Person):
		return Refuse(Conflict, "%s has all powers of %s; there is nothing to confirm", b.Person, d.Label)
	}
	if by := r.secondOf(d.ID, b.Person); by != "" && b.seconds(r, e) {
		return Refuse(Conflict, "%s and %s already took %s together; its other powers still need to be confirmed by "+
			"someone who has them",
			b.Person, by, d.Label)
	}
	return nil
}

// seconds reports whether the author only agrees to a takeover: they lack the
// sensitive powers of the role, so they cannot confirm them.
func (b *RoleConfirmed) seconds(r *Room, e *Event) bool {
	return r.lacksAny(e.By, e.Key, r.Plan.Role(b.Role)) != ""
}

// secondOf returns the person who agreed to a takeover, or "" if nobody did.
func (r *Room) secondOf(role, person string) string {
	for _, a := range r.Roles {
		if a.Role == role && a.Person == person && a.Until.IsZero() {
			return a.SecondBy
		}
	}
	return ""
}

// apply confirms the role, and offers of the role by its holder. If the author only
// agrees to a takeover, it records that, and the sensitive powers remain
// unconfirmed.
func (b *RoleConfirmed) apply(r *Room, e *Event) {
	if p := b.confirms(r); p != nil {
		b.accept(r, e, p)
		return
	}
	id := r.Plan.Role(b.Role).ID
	seconds := b.seconds(r, e)
	r.Roles, r.Handoffs = slices.Clone(r.Roles), slices.Clone(r.Handoffs)
	for i, a := range r.Roles {
		if a.Role == id && a.Until.IsZero() && a.Person == b.Person && a.Unconfirmed {
			if seconds {
				r.Roles[i].SecondBy = e.By
				return
			}
			r.Roles[i].Unconfirmed, r.Roles[i].ConfirmedBy = false, e.By
		}
	}
	for i, h := range r.Handoffs {
		if h.Role == id && h.From == b.Person {
			r.Handoffs[i].Unconfirmed = false
		}
	}
}

func (b *RoleConfirmed) line(r *Room, e *Event) Safe {
	if p := b.confirms(r); p != nil {
		return b.acceptLine(r, e, p)
	}
	if b.seconds(r, e) {
		return Safef("%s and %s take %s together", b.Person, e.By, r.Plan.Role(b.Role).Label)
	}
	return Safef("%s is confirmed as %s", b.Person, r.Plan.Role(b.Role).Label)
}

// Awaits describes the powers that the holder of a role does not have yet, and how
// they get them. It is empty if there are none.
func (r *Room) Awaits(a Assignment) Safe {
	powers := r.Withheld(a)
	if powers.IsEmpty() || !a.Until.IsZero() {
		return Safe{}
	}
	return Safef(`no %s until somebody with the right "command" or these powers confirms the role: :confirm %s @%s`,
		powers, r.Plan.Role(a.Role).ID, CleanLine(a.Person))
}

// Withheld names the powers of a role that its holder never had because nobody
// confirmed them, even if they no longer hold it. It is empty if they had all.
func (r *Room) Withheld(a Assignment) Safe {
	if d := r.Plan.Role(a.Role); d != nil && a.Unconfirmed {
		return powerWords(r.sensitivePowersOf(d))
	}
	return Safe{}
}

// waits describes the confirmation that a role needs after it is taken. waitsBriefly
// is the same for a line of the timeline.
func (r *Room) waits(d *RoleDef, person string) Safe {
	return r.Awaits(Assignment{Role: d.ID, Person: person, Unconfirmed: true})
}

func waitsBriefly(s Safe, d *RoleDef) Safe {
	return Safef("%s; some powers need :confirm %s", s, d.ID)
}

// powerWords describes powers: "judging channels and taking text out of the log".
func powerWords(list []Power) Safe {
	var out []Safe
	for _, p := range list {
		if p == PowerAuthority {
			out = append(out, Lit("deciding who may see, write and close the room"))
			continue
		}
		out = append(out, p.does())
	}
	return andAll(out)
}

// unconfirmedFor returns the refusal for a person who holds a role with power p that
// nobody confirmed, or nil if they hold none.
func (r *Room) unconfirmedFor(e *Event, p Power) error {
	if r.Plan == nil {
		return nil
	}
	var roles []string
	for i := range r.Plan.Roles {
		d := &r.Plan.Roles[i]
		if d.gives(p) && slices.Contains(r.Unconfirmed(d.ID), e.By) {
			roles = append(roles, d.ID)
		}
	}
	if len(roles) == 0 {
		return nil
	}
	return Refuse(Forbidden, "%s took %s without being given it, and %s needs a confirmation by someone with the "+
		"right \"command\" or that power: :confirm %s @%s",
		e.By, strings.Join(roles, ", "), p.does(), roles[0], e.By)
}
