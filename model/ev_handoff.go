package model

import (
	"slices"
	"time"
)

var _ = register(
	bodyOf[HandoffOffered](KindHandoffOffered),
	shared(func(k Kind) Body { return &HandoffEnded{kind: k} },
		KindHandoffAccepted, KindHandoffDeclined, KindHandoffWithdrawn),
)

// Handoff is an offer of a role that has not been answered.
type Handoff struct {
	Role string    `json:"role"`
	From string    `json:"from"`
	To   string    `json:"to"`
	At   time.Time `json:"at"`

	Brief string `json:"brief,omitempty"` // summary for the person who is offered the role

	Unconfirmed bool `json:"unconfirmed,omitempty"` // From does not have the sensitive powers

	Seq     uint64       `json:"seq,omitempty"` // its entry
	EndedAt time.Time    `json:"ended_at,omitzero"`
	Ended   HandoffState `json:"ended,omitempty"` // how it ended; "" while it is offered
	EndedBy string       `json:"ended_by,omitempty"`
	Reason  string       `json:"reason,omitempty"` // of a decline or a withdrawal
}

// HandoffState is the state of an offer of a role.
type HandoffState string

// The states of an offer of a role.
const (
	HandoffOpen      HandoffState = "offered"
	HandoffAccepted  HandoffState = "accepted"
	HandoffDeclined  HandoffState = "declined"
	HandoffWithdrawn HandoffState = "withdrawn"
	HandoffReplaced  HandoffState = "replaced" // by a newer offer of the same role
	HandoffLapsed    HandoffState = "lapsed"   // the role was given in another way, or a person left
)

// State returns the state of the offer.
func (h *Handoff) State() HandoffState {
	if h.Ended == "" {
		return HandoffOpen
	}
	return h.Ended
}

// AllHandoffs returns the offers that ended, in the order of their ends, and then the open
// ones.
func (r *Room) AllHandoffs() []Handoff { return slices.Concat(r.PastOffers, r.Handoffs) }

// maxPastOffers is the maximum number of offers that ended that a room keeps.
const maxPastOffers = 1000

// endOffers ends the open offers that match, and keeps them as ended.
func (r *Room) endOffers(how HandoffState, reason string, e *Event, match func(Handoff) bool) {
	if !slices.ContainsFunc(r.Handoffs, match) {
		return
	}
	for _, h := range r.Handoffs {
		if match(h) && len(r.PastOffers) < maxPastOffers {
			h.Ended, h.EndedAt, h.EndedBy, h.Reason = how, e.RecordedAt, e.By, reason
			r.PastOffers = push(r.PastOffers, h)
		}
	}
	r.Handoffs = slices.DeleteFunc(slices.Clone(r.Handoffs), match)
}

// HandoffOffered offers a role of its author to somebody else, with a brief. The
// role changes hands when the offer is accepted.
type HandoffOffered struct {
	Role  string `json:"role"`
	To    string `json:"to"`
	Brief string `json:"brief,omitempty"`

	Drafted bool `json:"drafted,omitempty"` // a program wrote the brief; the room keeps it until the offer is answered
}

func (b *HandoffOffered) free() []*string { return []*string{&b.Brief} }

func (b *HandoffOffered) need(r *Room, e *Event) Power {
	if d := r.Plan.Role(b.Role); d != nil && slices.Contains(r.Holders(d.ID), e.By) {
		return ""
	}
	if r.Rules >= confirmedRules {
		return PowerAuthority
	}
	return PowerAll
}

func (b *HandoffOffered) check(r *Room, e *Event) error {
	d := r.Plan.Role(b.Role)
	switch {
	case d == nil:
		return Refuse(NotFound, "the plan has no role %s; it has: %s", b.Role, r.Plan.roleIDs())
	case !ValidHandle(b.To):
		return badHandle(b.To)
	case b.Drafted && r.handoff(d.ID) != nil && r.handoff(d.ID).To == b.To && r.handoff(d.ID).From == e.By:
		return Refuse(Conflict,
			"%s is already offered to %s, who can :accept or :decline; take the offer back with :withdraw %s",
			d.Label, b.To, d.ID)
	case b.Drafted && b.To == e.By:
		return Refuse(Invalid, "you cannot offer a role to yourself; take it with :takeover %s REASON", d.ID)
	case slices.Contains(r.Holders(d.ID), b.To):
		return Refuse(Conflict, "%s is already %s", b.To, d.Label)
	case r.onlyWatches(b.To):
		return Refuse(Forbidden, "%s may only watch here and cannot hold a role", b.To)
	case r.Rules >= 2 && !r.mayHandOff(d, e):
		return Refuse(Forbidden, "%s is %s; only they or the Commander can hand it off; to give it to somebody: "+
			":role %s @WHO",
			nobody(r.Holders(d.ID)), d.Label, d.ID)
	case r.fit(b.To) != nil:
		return r.fit(b.To)
	case !r.Names(b.To):
		return r.unseenBy(b.To)
	}
	return longText("brief", b.Brief, true)
}

// dropOffers removes all offers by and to a person, under rules 2. A person who was
// removed from the room cannot hand over a role.
func (r *Room) dropOffers(handle string, e *Event) {
	if r.Rules < 2 {
		return
	}
	r.endOffers(HandoffLapsed, "", e, func(h Handoff) bool { return h.From == handle || h.To == handle })
}

func (b *HandoffOffered) apply(r *Room, e *Event) {
	d := r.Plan.Role(b.Role)
	id, waits := d.ID, r.unconfirmed(e, d)
	r.endOffers(HandoffReplaced, "", e, func(h Handoff) bool { return h.Role == id })
	h := Handoff{Role: id, From: e.By, To: b.To, At: e.RecordedAt, Unconfirmed: waits, Seq: e.Seq}
	if b.Drafted {
		h.Brief = b.Brief
	}
	r.Handoffs = push(r.Handoffs, h)
}

func (b *HandoffOffered) line(r *Room, _ *Event) Safe {
	return because(Safef("%s offered to @%s, who can :accept or :decline", r.Plan.Role(b.Role).Label, b.To), b.Brief)
}

// HandoffEnded answers an offer: its addressee accepts or declines it, or its author
// withdraws it.
type HandoffEnded struct {
	Role   string `json:"role"`
	Reason string `json:"reason,omitempty"`
	kind   Kind
}

// Accept returns the act that accepts the offer of a role.
func Accept(role string) *HandoffEnded { return &HandoffEnded{Role: role, kind: KindHandoffAccepted} }

// Decline returns the act that declines the offer of a role.
func Decline(role, reason string) *HandoffEnded {
	return &HandoffEnded{Role: role, Reason: reason, kind: KindHandoffDeclined}
}

// Withdraw returns the act that withdraws the offer of a role.
func Withdraw(role string) *HandoffEnded {
	return &HandoffEnded{Role: role, kind: KindHandoffWithdrawn}
}

func (b *HandoffEnded) ownKind() Kind { return b.kind }

func (b *HandoffEnded) free() []*string { return []*string{&b.Reason} }

func (b *HandoffEnded) check(r *Room, e *Event) error {
	h := r.handoff(b.Role)
	switch {
	case h == nil:
		return Refuse(Conflict, "nobody has offered the role %s", b.Role)
	case b.kind == KindHandoffWithdrawn && h.From != e.By && !r.Has(e.By, e.Key, PowerAll):
		return Refuse(Forbidden, "only %s can withdraw the offer", h.From)
	case b.kind != KindHandoffWithdrawn && h.To != e.By:
		return Refuse(Forbidden, "only %s can answer the offer", h.To)
	}
	return longText("reason", b.Reason, true)
}

func (r *Room) handoff(role string) *Handoff {
	for i := range r.Handoffs {
		if r.Handoffs[i].Role == role {
			return &r.Handoffs[i]
		}
	}
	return nil
}

func (b *HandoffEnded) apply(r *Room, e *Event) {
	h := *r.handoff(b.Role)
	how := map[Kind]HandoffState{KindHandoffAccepted: HandoffAccepted, KindHandoffDeclined: HandoffDeclined,
		KindHandoffWithdrawn: HandoffWithdrawn}[b.kind]
	r.endOffers(how, b.Reason, e, func(o Handoff) bool { return o.Role == b.Role })
	if b.kind != KindHandoffAccepted {
		return
	}
	if d := r.Plan.Role(b.Role); d.Many {
		r.renounce(b.Role, h.From, e.RecordedAt)
	} else {
		r.renounce(b.Role, "", e.RecordedAt)
	}
	r.Roles = push(r.Roles, r.named(Assignment{Role: b.Role, Person: h.To, From: e.RecordedAt, By: h.From,
		Unconfirmed: h.Unconfirmed}))
}

func (b *HandoffEnded) line(r *Room, _ *Event) Safe {
	h, label := r.handoff(b.Role), b.Role
	if d := r.Plan.Role(b.Role); d != nil {
		label = d.Label
	}
	switch b.kind {
	case KindHandoffAccepted:
		held := r.Holders(b.Role) // the Commander may have offered a role that they do not hold
		if d := r.Plan.Role(b.Role); d != nil && d.Many && slices.Contains(held, h.From) || len(held) == 0 {
			held = []string{h.From}
		}
		s := because(Safef("%s is %s, was %s (offered by %s)", h.To, label, atAll(held), h.From), b.Reason)
		if d := r.Plan.Role(b.Role); h.Unconfirmed && d != nil {
			s = waitsBriefly(s, d)
		}
		return s
	case KindHandoffDeclined:
		return because(Safef("%s declined %s", h.To, label), b.Reason)
	}
	return because(Safef("the offer of %s to %s is withdrawn", label, h.To), b.Reason)
}
