package model

import (
	"slices"
	"strings"
	"time"
)

// The kinds about who holds which role.
const (
	KindRoleAssumed      Kind = "role.assumed"
	KindRoleRenounced    Kind = "role.renounced"
	KindHandoffOffered   Kind = "handoff.offered"
	KindHandoffAccepted  Kind = "handoff.accepted"
	KindHandoffDeclined  Kind = "handoff.declined"
	KindHandoffWithdrawn Kind = "handoff.withdrawn"
)

var _ = register(func() Body { return new(RoleAssumed) }, func() Body { return new(RoleRenounced) })

// Assignment is a role held by a person, from when it was assumed until it was
// renounced. Past ones stay in the room.
type Assignment struct {
	Role   string    `json:"role"`
	Person string    `json:"person"` // handle
	Name   string    `json:"name,omitempty"`
	Job    string    `json:"job,omitempty"`   // day-job title
	Scope  string    `json:"scope,omitempty"` // what the role is about: a system
	From   time.Time `json:"from"`
	Until  time.Time `json:"until,omitzero"`
	By     string    `json:"by"`

	// Unconfirmed: its holder was given it by nobody who has its grave powers, so
	// these wait. ConfirmedBy is who ended that.
	Unconfirmed bool   `json:"unconfirmed,omitempty"`
	ConfirmedBy string `json:"confirmed_by,omitempty"`
}

// Who is a holder in words: "ana (Ana K., CTO) for payments".
func (a Assignment) Who() Safe {
	s := who(CleanLine(a.Person), a.Name, a.Job)
	if a.Scope != "" {
		s = Safef("%s for %s", s, a.Scope)
	}
	return s
}

// Holders returns who holds a role now.
func (r *Room) Holders(role string) []string {
	var out []string
	for _, a := range r.Roles {
		if a.Role == role && a.Until.IsZero() {
			out = append(out, a.Person)
		}
	}
	return out
}

// RolesOf returns the ids of the roles that a person holds now.
func (r *Room) RolesOf(person string) []string {
	var out []string
	for _, a := range r.Roles {
		if a.Person == person && a.Until.IsZero() {
			out = append(out, a.Role)
		}
	}
	return out
}

// VacantSince returns since when nobody holds a role; zero where somebody does.
func (r *Room) VacantSince(role string) time.Time {
	since := r.DeclaredAt
	for _, a := range r.Roles {
		switch {
		case a.Role != role:
		case a.Until.IsZero():
			return time.Time{}
		case a.Until.After(since):
			since = a.Until
		}
	}
	return since
}

// RoleAssumed says that a person has a role from now on. A role that only one
// may hold passes from its holder.
type RoleAssumed struct {
	Role   string `json:"role"`
	Person string `json:"person"`
	Name   string `json:"name,omitempty"`
	Job    string `json:"job,omitempty"`
	Scope  string `json:"scope,omitempty"`

	Held *string `json:"held,omitempty"` // who held it when its author decided; "": nobody
}

// Kind names the kind.
func (*RoleAssumed) Kind() Kind { return KindRoleAssumed }

// need lets a person take a vacant role: its grave powers come with a
// confirmation. By older rules there is none, and the Commander's role has to be
// given. All else is a matter of command; to end what a confirmed holder may do
// takes authority.
func (b *RoleAssumed) need(r *Room, e *Event) Power {
	d := r.Plan.Role(b.Role)
	if d == nil {
		return ""
	}
	vacant := d.Many || len(r.Holders(d.ID)) == 0
	switch confirmed := r.Rules >= confirmedRules; {
	case vacant && b.Person == e.By && (confirmed || !slices.Contains(d.Powers, PowerAll)):
		return ""
	case confirmed && !vacant && len(r.Unconfirmed(d.ID)) == 0:
		return PowerAuthority
	}
	return PowerAll
}

func (b *RoleAssumed) check(r *Room, _ *Event) error {
	d := r.Plan.Role(b.Role)
	if d == nil {
		return Refuse(NotFound, "the plan knows no role %s; it has: %s", b.Role, r.Plan.roleIDs())
	}
	if !ValidHandle(b.Person) {
		return Refuse(Invalid, "%s is no handle; handles are 1 to 32 of a-z 0-9 _ -", b.Person)
	}
	if slices.Contains(r.Holders(d.ID), b.Person) {
		return Refuse(Conflict, "%s is %s already", b.Person, d.Label)
	}
	if r.onlyWatches(b.Person) {
		return Refuse(Forbidden, "%s may only watch here and can hold no role", b.Person)
	}
	if err := r.unseenBy(b.Person); err != nil {
		return err
	}
	if err := r.fit(b.Person); err != nil {
		return err
	}
	if is := strings.Join(r.Holders(d.ID), ","); r.Rules >= 2 && b.Held != nil && !d.Many && *b.Held != is {
		return Refuse(Conflict, "%s is %s now; it was %s when this was decided", nobody(r.Holders(d.ID)), d.Label, nobody(strings.FieldsFunc(*b.Held, func(c rune) bool { return c == ',' })))
	}
	return longText("name", b.Name+b.Job+b.Scope, true)
}

// onlyWatches says whether a person is known here, and by no key that may
// write.
func (r *Room) onlyWatches(person string) bool {
	known := false
	for _, m := range r.Members {
		if m.Handle != person || m.Struck {
			continue
		}
		if m.Right != Watch {
			return false
		}
		known = true
	}
	return known
}

func (b *RoleAssumed) apply(r *Room, e *Event) {
	d := r.Plan.Role(b.Role)
	waits := r.unconfirmed(e, d)
	if !d.Many {
		r.renounce(d.ID, "", e.RecordedAt)
	}
	r.Roles = push(r.Roles, r.named(Assignment{Role: d.ID, Person: b.Person, Name: b.Name, Job: b.Job, Scope: b.Scope,
		From: e.RecordedAt, By: e.By, Unconfirmed: waits}))
	r.Handoffs = slices.DeleteFunc(slices.Clone(r.Handoffs), func(h Handoff) bool { return h.Role == d.ID && !d.Many })
}

func (b *RoleAssumed) line(r *Room, e *Event) Safe {
	d := r.Plan.Role(b.Role)
	s := Safef("%s is %s", b.Person, d.Label)
	if !d.Many {
		if was := r.Holders(d.ID); len(was) > 0 {
			s = Safef("%s, was %s", s, atAll(was))
		}
	}
	if b.Scope != "" {
		s = Safef("%s for %s", s, b.Scope)
	}
	s = who(s, b.Name, b.Job)
	if r.unconfirmed(e, d) {
		s = waitsBriefly(s, d)
	}
	return s
}

// who adds a person's name and job to a sentence.
func who(s Safe, name, job string) Safe {
	if t := strings.Trim(name+", "+job, ", "); t != "" {
		return Safef("%s (%s)", s, t)
	}
	return s
}

// renounce ends the assignments of a role: one person's, or all.
func (r *Room) renounce(role, person string, at time.Time) {
	r.Roles = slices.Clone(r.Roles)
	for i, a := range r.Roles {
		if a.Role == role && a.Until.IsZero() && (person == "" || a.Person == person) {
			r.Roles[i].Until = at
		}
	}
}

// RoleRenounced says that a person has a role no longer.
type RoleRenounced struct {
	Role   string `json:"role"`
	Person string `json:"person"`
}

// Kind names the kind.
func (*RoleRenounced) Kind() Kind { return KindRoleRenounced }

func (b *RoleRenounced) need(r *Room, e *Event) Power {
	d := r.Plan.Role(b.Role)
	switch {
	case b.Person == e.By:
		return ""
	case r.Rules >= confirmedRules && d != nil && !slices.Contains(r.Unconfirmed(d.ID), b.Person):
		return PowerAuthority
	}
	return PowerAll
}

func (b *RoleRenounced) check(r *Room, _ *Event) error {
	d := r.Plan.Role(b.Role)
	if d == nil {
		return Refuse(NotFound, "the plan knows no role %s; it has: %s", b.Role, r.Plan.roleIDs())
	}
	if !slices.Contains(r.Holders(d.ID), b.Person) {
		return Refuse(Conflict, "%s is not %s", b.Person, d.Label)
	}
	return nil
}

func (b *RoleRenounced) apply(r *Room, e *Event) {
	id := r.Plan.Role(b.Role).ID
	r.renounce(id, b.Person, e.RecordedAt)
	r.Handoffs = slices.DeleteFunc(slices.Clone(r.Handoffs), func(h Handoff) bool { return h.Role == id && h.From == b.Person })
}

func (b *RoleRenounced) line(r *Room, _ *Event) Safe {
	return Safef("%s is no longer %s", b.Person, r.Plan.Role(b.Role).Label)
}
