package model

import (
	"slices"
	"strings"
)

// KindRoleConfirmed is the kind about the powers of a role that its holder took.
const KindRoleConfirmed Kind = "role.confirmed"

var _ = register(func() Body { return new(RoleConfirmed) })

// confirmedRules is the first version of a room's rules in which a role that
// somebody takes for themselves has its grave powers only once it is confirmed.
const confirmedRules = 2

// The powers that cannot be undone, or that decide who sees the room and may
// write. No plan names them: they come with other powers.
const (
	// PowerAuthority is to admit, strike, restrict, close, and to change rights
	// and the plan; it comes with PowerAll.
	PowerAuthority Power = "authority"
	// PowerLaw is to waive a clock of law or move it to a later start; it comes
	// with PowerClocks and with PowerExposure.
	PowerLaw Power = "law"
)

// gravePowers need the confirmation of somebody who has them.
var gravePowers = []Power{PowerAuthority, PowerRedact, PowerTrust, PowerLaw}

// grave returns the grave powers of a role.
func (d *RoleDef) grave() []Power {
	var out []Power
	for _, p := range gravePowers {
		if d.gives(p) {
			out = append(out, p)
		}
	}
	return out
}

// lacksAny returns a grave power of a role that a person at a key does not have
// by themselves, "" where they have all of them.
func (r *Room) lacksAny(handle, key string, d *RoleDef) Power {
	for _, p := range d.grave() {
		if !r.Has(handle, key, p) {
			return p
		}
	}
	return ""
}

// unconfirmed reports whether a role that the author of an event gives or takes
// waits for a confirmation: its author does not have its grave powers.
func (r *Room) unconfirmed(e *Event, d *RoleDef) bool {
	return r.Rules >= confirmedRules && r.lacksAny(e.By, e.Key, d) != ""
}

// Unconfirmed returns who holds a role now and still waits for the confirmation
// of its powers.
func (r *Room) Unconfirmed(role string) []string {
	var out []string
	for _, a := range r.Roles {
		if a.Role == role && a.Until.IsZero() && a.Unconfirmed {
			out = append(out, a.Person)
		}
	}
	return out
}

// RoleConfirmed says that a person who took a role has its powers, too.
type RoleConfirmed struct {
	Role   string `json:"role"`
	Person string `json:"person"`
}

// Kind names the kind.
func (*RoleConfirmed) Kind() Kind { return KindRoleConfirmed }

// need is a grave power of the role that the author lacks: all of them are
// needed.
func (b *RoleConfirmed) need(r *Room, e *Event) Power {
	if d := r.Plan.Role(b.Role); d != nil {
		return r.lacksAny(e.By, e.Key, d)
	}
	return ""
}

func (b *RoleConfirmed) check(r *Room, _ *Event) error {
	d := r.Plan.Role(b.Role)
	switch {
	case d == nil:
		return Refuse(NotFound, "the plan knows no role %s; it has: %s", b.Role, r.Plan.roleIDs())
	case !slices.Contains(r.Holders(d.ID), b.Person):
		return Refuse(Conflict, "%s is not %s", b.Person, d.Label)
	case !slices.Contains(r.Unconfirmed(d.ID), b.Person):
		return Refuse(Conflict, "%s has the powers of %s already; nothing waits for a confirmation", b.Person, d.Label)
	}
	return nil
}

// apply confirms the role, and what its holder offers to somebody else.
func (b *RoleConfirmed) apply(r *Room, e *Event) {
	id := r.Plan.Role(b.Role).ID
	r.Roles, r.Handoffs = slices.Clone(r.Roles), slices.Clone(r.Handoffs)
	for i, a := range r.Roles {
		if a.Role == id && a.Until.IsZero() && a.Person == b.Person && a.Unconfirmed {
			r.Roles[i].Unconfirmed, r.Roles[i].ConfirmedBy = false, e.By
		}
	}
	for i, h := range r.Handoffs {
		if h.Role == id && h.From == b.Person {
			r.Handoffs[i].Unconfirmed = false
		}
	}
}

func (b *RoleConfirmed) line(r *Room, _ *Event) Safe {
	return Safef("%s is confirmed as %s", b.Person, r.Plan.Role(b.Role).Label)
}

// Awaits says what of a role its holder may not do yet, and what changes that;
// empty where nothing waits.
func (r *Room) Awaits(a Assignment) Safe {
	d := r.Plan.Role(a.Role)
	if d == nil || !a.Unconfirmed || !a.Until.IsZero() {
		return Safe{}
	}
	return Safef("%s await :confirm %s @%s by someone with command or these powers",
		powerWords(d.grave()), d.ID, CleanLine(a.Person))
}

// waits returns what a role that is about to be taken will wait for, and waitsBriefly
// the same for a line of the timeline.
func (r *Room) waits(d *RoleDef, person string) Safe {
	return r.Awaits(Assignment{Role: d.ID, Person: person, Unconfirmed: true})
}

func waitsBriefly(s Safe, d *RoleDef) Safe {
	return Safef("%s; some powers await :confirm %s", s, d.ID)
}

// powerWords names powers: "judging channels and taking text out of the log".
func powerWords(list []Power) Safe {
	var out []Safe
	for _, p := range list {
		if p == PowerAuthority {
			out = append(out, Lit("deciding who may see, write and close the room"))
			continue
		}
		out = append(out, p.does())
	}
	if n := len(out); n > 1 {
		return Safef("%s and %s", JoinSafe(Lit(", "), out[:n-1]...), out[n-1])
	}
	return JoinSafe(Lit(", "), out...)
}

// unconfirmedFor words the refusal of somebody who holds a role with a power, and
// only lacks the confirmation; nil where they hold none.
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
	return Refuse(Forbidden, "%s took %s without being given it, and %s waits for a confirmation; "+
		"someone with the right \"command\" or that power can give it: :confirm %s @%s",
		e.By, strings.Join(roles, ", "), p.does(), roles[0], e.By)
}
