package model

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Proposal is a claim to vacant command by a person who cannot decide alone: the role
// stays vacant until somebody else who may write confirms it. See [Room.Proposals].
type Proposal struct {
	Role   string    `json:"role"`
	Person string    `json:"person"`
	Name   string    `json:"name,omitempty"`
	Job    string    `json:"job,omitempty"`
	Scope  string    `json:"scope,omitempty"`
	Reason string    `json:"reason,omitempty"`
	At     time.Time `json:"at"`
	Seq    uint64    `json:"n"` // number of its entry, for :confirm
	ID     string    `json:"id"`

	EndedAt time.Time   `json:"ended_at,omitzero"`
	Ended   ProposalEnd `json:"ended,omitempty"`
	By      string      `json:"by,omitempty"` // who ended it
}

// ProposalEnd is how a proposal ended; it is empty while it is open.
type ProposalEnd string

// The ends of a proposal.
const (
	ProposalConfirmed ProposalEnd = "confirmed"
	ProposalWithdrawn ProposalEnd = "withdrawn" // by its author, or rejected by command
	ProposalLapsed    ProposalEnd = "lapsed"    // the role was given
	ProposalRemoved   ProposalEnd = "removed"   // its author may not write any more
	ProposalClosed    ProposalEnd = "closed"    // with the room
)

// takesAsDeputy reports whether the author takes a role with the powers of its deputy.
func (b *RoleAssumed) takesAsDeputy(r *Room, e *Event, d *RoleDef) bool {
	return (b.Takeover != "" || r.Rules >= strictRules && b.Person == e.By) && r.mayTake(d, e)
}

// proposes reports whether the event only proposes that its author takes command: the
// role is vacant, and the author is neither its deputy nor has its powers.
func (b *RoleAssumed) proposes(r *Room, e *Event, d *RoleDef) bool {
	c := r.CommandRole()
	return r.Rules >= strictRules && c != nil && c.ID == d.ID && b.Person == e.By &&
		(d.Many || len(r.Holders(d.ID)) == 0) && r.unconfirmed(e, d) && !b.takesAsDeputy(r, e, d)
}

// checkProposal refuses a second proposal by the same person, and one in a closed room.
func (b *RoleAssumed) checkProposal(r *Room, e *Event, d *RoleDef) error {
	if p := r.proposal(d.ID, b.Person); b.proposes(r, e, d) && p != nil && p.Ended == "" {
		return Refuse(Conflict, "%s proposed to take %s already; another person confirms with :confirm %d", b.Person,
			d.Label, p.Seq)
	}
	return nil
}

// propose records the proposal in place of an earlier one by the same person.
func (b *RoleAssumed) propose(r *Room, e *Event, d *RoleDef) {
	list := slices.DeleteFunc(slices.Clone(r.Proposals),
		func(p Proposal) bool { return p.Role == d.ID && p.Person == b.Person })
	r.Proposals = push(list, *b.proposal(e, d))
}

func (b *RoleAssumed) proposal(e *Event, d *RoleDef) *Proposal {
	return &Proposal{Role: d.ID, Person: b.Person, Name: b.Name, Job: b.Job, Scope: b.Scope, Reason: b.Takeover,
		At: e.RecordedAt, Seq: e.Seq, ID: e.ID}
}

// proposal returns the last proposal of a person to take a role, or nil if there is none.
func (r *Room) proposal(role, person string) *Proposal {
	for i := range r.Proposals {
		if p := &r.Proposals[i]; p.Role == role && p.Person == person {
			return p
		}
	}
	return nil
}

// proposalAt returns the proposal with the number of its entry, or nil if there is none.
func (r *Room) proposalAt(n uint64) *Proposal {
	i := slices.IndexFunc(r.Proposals, func(p Proposal) bool { return p.Seq == n })
	if i < 0 {
		return nil
	}
	return &r.Proposals[i]
}

// isOpenProposal reports whether a person has an open proposal to take a role.
func (r *Room) isOpenProposal(role, person string) bool {
	p := r.proposal(role, person)
	return p != nil && p.Ended == ""
}

// OpenProposals returns the proposals that wait for a second person, in the order of the
// log.
func (r *Room) OpenProposals() []Proposal {
	var out []Proposal
	for _, p := range r.Proposals {
		if p.Ended == "" {
			out = append(out, p)
		}
	}
	return out
}

// Words describes an open proposal and how to confirm it.
func (p *Proposal) Words(r *Room) Safe {
	return proposalWords(r, who(Safef("%s proposes to take %s", p.Person, r.Plan.Role(p.Role).Label), p.Name, p.Job),
		p.Scope, p.Reason, p.Seq)
}

func proposalWords(r *Room, s Safe, scope, reason string, n uint64) Safe {
	if scope != "" {
		s = Safef("%s for %s", s, scope)
	}
	return Safef("%s; another person confirms with :confirm %d", because(s, CleanLine(reason).String()), n)
}

// endWords describes how a proposal ended.
func (p *Proposal) endWords(r *Room) Safe {
	var how Safe
	switch p.Ended {
	case ProposalConfirmed:
		how = Safef("%s confirmed it", p.By)
	case ProposalWithdrawn:
		how = Safef("%s withdrew it", p.By)
		if p.By != p.Person {
			how = Safef("%s rejected it", p.By)
		}
	case ProposalLapsed:
		how = Safef("%s is %s", p.By, r.Plan.Role(p.Role).Label)
	case ProposalRemoved:
		how = Safef("%s may not write here any more", p.Person)
	default:
		how = Lit("the room was closed")
	}
	return Safef("%s's proposal to take %s ended at %s: %s", p.Person, r.Plan.Role(p.Role).Label, FormatTime(p.EndedAt),
		how)
}

// endProposal ends an open proposal.
func (r *Room) endProposal(p *Proposal, why ProposalEnd, by string, at time.Time) {
	r.Proposals = slices.Clone(r.Proposals)
	q := r.proposal(p.Role, p.Person)
	q.Ended, q.EndedAt, q.By = why, at, by
}

// settleProposals ends the proposals that can no longer be confirmed after an event.
func (r *Room) settleProposals(e *Event) {
	for _, p := range r.OpenProposals() {
		d, held := r.Plan.Role(p.Role), r.Holders(p.Role)
		switch {
		case r.IsRevoked(p.Person) || r.onlyWatches(p.Person) || !r.Names(p.Person):
			r.endProposal(&p, ProposalRemoved, e.By, e.RecordedAt)
		case len(held) > 0 && !d.Many:
			r.endProposal(&p, ProposalLapsed, held[0], e.RecordedAt)
		case slices.Contains(held, p.Person):
			r.endProposal(&p, ProposalLapsed, p.Person, e.RecordedAt)
		case r.Status == Closed:
			r.endProposal(&p, ProposalClosed, e.By, e.RecordedAt)
		}
	}
}

// confirms returns the open proposal that the event confirms, or nil if it confirms the
// role of a holder.
func (b *RoleConfirmed) confirms(r *Room) *Proposal {
	d := r.Plan.Role(b.Role)
	if d == nil {
		return nil
	}
	if p := r.proposal(d.ID, b.Person); p != nil && p.Ended == "" {
		return p
	}
	return nil
}

// checkProposal refuses the confirmation of a proposal by its author, and of one that has
// ended. It returns nil if the event confirms no proposal.
func (b *RoleConfirmed) checkProposal(r *Room, e *Event, d *RoleDef) error {
	p := r.proposal(d.ID, b.Person)
	switch {
	case p == nil || slices.Contains(r.Holders(d.ID), b.Person):
		return nil
	case p.Ended == "" && b.Proposal != "" && b.Proposal != p.ID:
		return Refuse(Conflict, "that proposal by %s has ended; confirm the present one with :confirm %d", b.Person,
			p.Seq)
	case p.Ended != "":
		return Refuse(Conflict, "%s", p.endWords(r))
	case p.Person == e.By:
		return Refuse(Forbidden, "%s proposed to take %s; another person confirms it", e.By, d.Label)
	}
	return nil
}

// accept gives the role to the author of a proposal, with both names.
func (b *RoleConfirmed) accept(r *Room, e *Event, p *Proposal) {
	d := r.Plan.Role(p.Role)
	a := Assignment{Role: d.ID, Person: p.Person, Name: p.Name, Job: p.Job, Scope: p.Scope, From: e.RecordedAt,
		By: p.Person, Takeover: p.Reason}
	if b.seconds(r, e) {
		a.Unconfirmed, a.SecondBy = true, e.By
	} else {
		a.ConfirmedBy = e.By
	}
	if !d.Many {
		r.endOffers(HandoffLapsed, "", e, func(h Handoff) bool { return h.Role == d.ID })
	}
	r.Roles = push(r.Roles, r.named(a))
	r.endProposal(p, ProposalConfirmed, e.By, e.RecordedAt)
}

// acceptLine is the line of a confirmed proposal.
func (b *RoleConfirmed) acceptLine(r *Room, e *Event, p *Proposal) Safe {
	d := r.Plan.Role(p.Role)
	s := Safef("%s is %s, confirmed by %s", p.Person, d.Label, e.By)
	if b.seconds(r, e) {
		return waitsBriefly(s, d)
	}
	return s
}

// proposalImpact describes what becomes of a line that takes command, for the preview.
func (b *RoleAssumed) proposalImpact(r *Room, d *RoleDef) Safe {
	s := Safef("only proposes it: %s stays vacant until another person who may write confirms", d.Label)
	for _, p := range r.OpenProposals() {
		if p.Role == d.ID && p.Person != b.Person {
			s = Safef("%s; %s has proposed it too: :confirm %d agrees to that", s, p.Person, p.Seq)
		}
	}
	return s
}

// impact describes what a confirmation gives, for the preview.
func (b *RoleConfirmed) impact(r *Room, e *Event) Safe {
	p := b.confirms(r)
	if p == nil {
		return Safe{}
	}
	d := r.Plan.Role(p.Role)
	if !b.seconds(r, e) {
		return Safef("%s becomes %s, with all its powers", p.Person, d.Label)
	}
	return Safef("%s becomes %s, without %s", p.Person, d.Label, powerWords(r.sensitivePowersOf(d)))
}

// proposed parses the number of an entry with a proposal. It returns nil if the number is
// an item whose override waits, or neither.
func (a *args) proposed() (Body, error) {
	n, err := strconv.Atoi(strings.Trim(a.peek(), "#"))
	if err != nil || n < 1 {
		return nil, nil
	}
	p := a.Room.proposalAt(uint64(n))
	if p == nil {
		return nil, nil
	}
	if it := a.Room.ItemByN(n); it != nil && it.Asked != nil {
		return nil, Refuse(Invalid, "%d is the number of an override and of a proposal that need confirmation; "+
			"confirm the proposal with :confirm %s @%s", n, p.Role, p.Person)
	}
	if p.Ended != "" && !slices.Contains(a.Room.Unconfirmed(p.Role), p.Person) {
		return nil, Refuse(Conflict, "%s; there is nothing to confirm", p.endWords(a.Room))
	}
	a.word()
	a.as("proposal", Safef("%d", n))
	a.about(Safef("%s for %s", p.Person, a.Room.Plan.Role(p.Role).Label))
	return &RoleConfirmed{Role: p.Role, Person: p.Person, Proposal: p.ID}, nil
}

// severalWait refuses a confirmation of a role that several people wait for.
func severalWait(d *RoleDef, wait []string) error {
	var each []Safe
	for _, w := range wait {
		each = append(each, Safef(":confirm %s @%s", d.ID, w))
	}
	return Refuse(Invalid, "several wait for a confirmation as %s; name one: %s", d.Label, JoinSafe(Lit(", "), each...))
}

// waiting returns the people who wait for a confirmation of a role: its holders without
// its sensitive powers, and those who proposed to take it.
func (r *Room) waiting(role string) []string {
	out := r.Unconfirmed(role)
	for _, p := range r.OpenProposals() {
		if p.Role == role && !slices.Contains(out, p.Person) {
			out = append(out, p.Person)
		}
	}
	return out
}

// proposalIn returns the role that the author proposed to take, among roles whose id is
// role or, if that is "", among all.
func (a *args) proposalIn(role string) string {
	for _, p := range a.Room.OpenProposals() {
		if p.Person == a.Who.Handle && (role == "" || p.Role == role) {
			return p.Role
		}
	}
	return ""
}
