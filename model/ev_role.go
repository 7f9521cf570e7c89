package model

import (
	"slices"
	"strings"
	"time"
)

// The kinds of events about roles.
const (
	KindRoleAssumed      Kind = "role.assumed"
	KindRoleRenounced    Kind = "role.renounced"
	KindHandoffOffered   Kind = "handoff.offered"
	KindHandoffAccepted  Kind = "handoff.accepted"
	KindHandoffDeclined  Kind = "handoff.declined"
	KindHandoffWithdrawn Kind = "handoff.withdrawn"
)

var _ = register(bodyOf[RoleAssumed](KindRoleAssumed), bodyOf[RoleRenounced](KindRoleRenounced))

// Assignment is a role held by a person, from when it was assumed until it was
// renounced. Past assignments stay in the room.
type Assignment struct {
	Role   string    `json:"role"`
	Person string    `json:"person"` // handle
	Name   string    `json:"name,omitempty"`
	Job    string    `json:"job,omitempty"`   // job title
	Scope  string    `json:"scope,omitempty"` // what the role covers, such as a system
	From   time.Time `json:"from"`
	Until  time.Time `json:"until,omitzero"`
	By     string    `json:"by"`

	// Unconfirmed is set while the sensitive powers of the role have not been
	// confirmed. ConfirmedBy is the person who confirmed them.
	Unconfirmed bool   `json:"unconfirmed,omitempty"`
	ConfirmedBy string `json:"confirmed_by,omitempty"`
	SecondBy    string `json:"second_by,omitempty"` // agreed to a takeover without having the sensitive powers
	Takeover    string `json:"takeover,omitempty"`  // reason for taking it over
}

// Who describes the holder: "ana (Ana K., CTO) for payments".
func (a Assignment) Who() Safe {
	s := who(CleanLine(a.Person), a.Name, a.Job)
	if a.Scope != "" {
		s = Safef("%s for %s", s, a.Scope)
	}
	return s
}

// Holders returns the current holders of a role.
func (r *Room) Holders(role string) []string {
	var out []string
	for _, a := range r.Roles {
		if a.Role == role && a.Until.IsZero() {
			out = append(out, a.Person)
		}
	}
	return out
}

// RolesOf returns the ids of the roles that a person currently holds.
func (r *Room) RolesOf(person string) []string {
	var out []string
	for _, a := range r.Roles {
		if a.Person == person && a.Until.IsZero() {
			out = append(out, a.Role)
		}
	}
	return out
}

// HasRoles reports whether these are the roles that [Room.RolesOf] returns.
func (r *Room) HasRoles(person string, roles []string) bool {
	n := 0
	for i := range r.Roles {
		if a := &r.Roles[i]; a.Person == person && a.Until.IsZero() {
			if n == len(roles) || roles[n] != a.Role {
				return false
			}
			n++
		}
	}
	return n == len(roles)
}

// VacantSince returns since when nobody has held a role, or the zero time if
// somebody does.
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

// RoleAssumed gives a role to a person. A role that allows one holder passes from
// its present holder.
type RoleAssumed struct {
	Role   string `json:"role"`
	Person string `json:"person"`
	Name   string `json:"name,omitempty"`
	Job    string `json:"job,omitempty"`
	Scope  string `json:"scope,omitempty"`

	Takeover string `json:"takeover,omitempty"` // reason for taking a role that was vacant or whose holder was silent

	Held *string `json:"held,omitempty"` // the holder when its author decided; if "", none
}

// need allows a person to take a vacant role; its sensitive powers come with a
// confirmation. Under older rules there is no confirmation, and only somebody with
// command can give the Commander's role. Everything else takes command, and taking a
// role from a confirmed holder takes authority.
func (b *RoleAssumed) need(r *Room, e *Event) Power {
	d := r.Plan.Role(b.Role)
	if d == nil {
		return ""
	}
	vacant := d.Many || len(r.Holders(d.ID)) == 0
	if b.takesAsDeputy(r, e, d) {
		return ""
	}
	switch confirmed := r.Rules >= confirmedRules; {
	case vacant && b.Person == e.By && (confirmed || !slices.Contains(d.Powers, PowerAll)):
		return ""
	case confirmed && !vacant && len(r.Unconfirmed(d.ID)) == 0:
		return PowerAuthority
	}
	return PowerAll
}

func (b *RoleAssumed) check(r *Room, e *Event) error {
	d := r.Plan.Role(b.Role)
	if d == nil {
		return Refuse(NotFound, "the plan has no role %s; it has: %s", b.Role, r.Plan.roleIDs())
	}
	if !ValidHandle(b.Person) {
		return badHandle(b.Person)
	}
	if slices.Contains(r.Holders(d.ID), b.Person) {
		return Refuse(Conflict, "%s is already %s", b.Person, d.Label)
	}
	if err := b.checkTakeover(r, e, d); err != nil {
		return err
	}
	if err := b.checkProposal(r, e, d); err != nil {
		return err
	}
	if r.onlyWatches(b.Person) {
		return Refuse(Forbidden, "%s may only watch here and cannot hold a role", b.Person)
	}
	if err := r.unseenBy(b.Person); err != nil {
		return err
	}
	if err := r.fit(b.Person); err != nil {
		return err
	}
	if is := strings.Join(r.Holders(d.ID), ","); r.Rules >= 2 && b.Held != nil && !d.Many && *b.Held != is {
		return Refuse(Conflict, "%s is %s now; it was %s when this was decided", nobody(r.Holders(d.ID)), d.Label,
			nobody(strings.FieldsFunc(*b.Held, func(c rune) bool { return c == ',' })))
	}
	return longText("name", b.Name+b.Job+b.Scope, true)
}

// onlyWatches reports whether a person is known here, but has no key that may write.
func (r *Room) onlyWatches(person string) bool {
	known := false
	for _, m := range r.Members {
		if m.Handle != person || m.Revoked {
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
	if b.proposes(r, e, d) {
		b.propose(r, e, d)
		return
	}
	waits := r.unconfirmed(e, d) && !b.takesAsDeputy(r, e, d)
	if !d.Many {
		r.renounce(d.ID, "", e.RecordedAt)
	}
	r.Roles = push(r.Roles, r.named(Assignment{Role: d.ID, Person: b.Person, Name: b.Name, Job: b.Job, Scope: b.Scope,
		From: e.RecordedAt, By: e.By, Unconfirmed: waits, Takeover: b.Takeover}))
	r.endOffers(HandoffLapsed, "", e, func(h Handoff) bool { return h.Role == d.ID && !d.Many })
}

func (b *RoleAssumed) line(r *Room, e *Event) Safe {
	d := r.Plan.Role(b.Role)
	if b.proposes(r, e, d) {
		return b.proposal(e, d).Words(r)
	}
	s := Safef("%s is %s", b.Person, d.Label)
	if !d.Many {
		if holders := r.Holders(d.ID); len(holders) > 0 {
			s = Safef("%s, was %s", s, atAll(holders))
		}
	}
	if b.Scope != "" {
		s = Safef("%s for %s", s, b.Scope)
	}
	s = who(s, b.Name, b.Job)
	if b.Takeover != "" {
		s = Safef("%s, TAKEN OVER: %s", s, CleanLine(b.Takeover))
	}
	if r.unconfirmed(e, d) && !b.takesAsDeputy(r, e, d) {
		s = waitsBriefly(s, d)
	}
	return s
}

// checkTakeover refuses to take over a role for somebody else, or from a holder who
// is not silent.
func (b *RoleAssumed) checkTakeover(r *Room, e *Event, d *RoleDef) error {
	if b.Takeover == "" {
		return nil
	}
	held := r.Holders(d.ID)
	_, gap := r.CommandGap(e.RecordedAt)
	switch {
	case b.Person != e.By:
		return Refuse(Invalid, "you can only take over a role for yourself; to give it to %s: :role %s "+
			"@%s", b.Person, d.ID,
			b.Person)
	case d.Many:
		return Refuse(Invalid, "several people may be %s; take it with :role %s @%s", d.Label, d.ID, e.By)
	case len(held) > 0 && !(gap && r.CommandRole().ID == d.ID):
		return Refuse(Conflict, "%s is %s and not silent; ask them to hand it off with :handoff %s @%s",
			nobody(held), d.Label,
			d.ID, e.By)
	}
	return longText("reason", b.Takeover, false)
}

// who appends a person's name and job to a sentence.
func who(s Safe, name, job string) Safe {
	if t := strings.Trim(name+", "+job, ", "); t != "" {
		return Safef("%s (%s)", s, t)
	}
	return s
}

// renounce ends the assignments of a role: those of one person, or all if person is
// "".
func (r *Room) renounce(role, person string, at time.Time) {
	r.Roles = slices.Clone(r.Roles)
	for i, a := range r.Roles {
		if a.Role == role && a.Until.IsZero() && (person == "" || a.Person == person) {
			r.Roles[i].Until = at
		}
	}
}

// RoleRenounced ends a person's role.
type RoleRenounced struct {
	Role   string `json:"role"`
	Person string `json:"person"`
}

func (b *RoleRenounced) need(r *Room, e *Event) Power {
	d := r.Plan.Role(b.Role)
	switch {
	case b.Person == e.By:
		return ""
	case d != nil && r.isOpenProposal(d.ID, b.Person):
		return PowerAll
	case r.Rules >= confirmedRules && d != nil && !slices.Contains(r.Unconfirmed(d.ID), b.Person):
		return PowerAuthority
	}
	return PowerAll
}

func (b *RoleRenounced) check(r *Room, _ *Event) error {
	d := r.Plan.Role(b.Role)
	if d == nil {
		return Refuse(NotFound, "the plan has no role %s; it has: %s", b.Role, r.Plan.roleIDs())
	}
	if !slices.Contains(r.Holders(d.ID), b.Person) && !r.isOpenProposal(d.ID, b.Person) {
		return Refuse(Conflict, "%s is not %s", b.Person, d.Label)
	}
	return nil
}

func (b *RoleRenounced) apply(r *Room, e *Event) {
	id := r.Plan.Role(b.Role).ID
	if r.isOpenProposal(id, b.Person) {
		r.endProposal(r.proposal(id, b.Person), ProposalWithdrawn, e.By, e.RecordedAt)
		return
	}
	r.renounce(id, b.Person, e.RecordedAt)
	r.endOffers(HandoffLapsed, "", e, func(h Handoff) bool { return h.Role == id && h.From == b.Person })
}

func (b *RoleRenounced) line(r *Room, _ *Event) Safe {
	d := r.Plan.Role(b.Role)
	if r.isOpenProposal(d.ID, b.Person) {
		return Safef("%s's proposal to take %s ends", b.Person, d.Label)
	}
	return Safef("%s is no longer %s", b.Person, d.Label)
}
