package model

import (
	"slices"
	"time"
)

var _ = register(
	func() Body { return new(HandoffOffered) },
	func() Body { return &HandoffEnded{kind: KindHandoffAccepted} },
	func() Body { return &HandoffEnded{kind: KindHandoffDeclined} },
	func() Body { return &HandoffEnded{kind: KindHandoffWithdrawn} },
)

// Handoff is a role offered to somebody who has not answered yet.
type Handoff struct {
	Role string    `json:"role"`
	From string    `json:"from"`
	To   string    `json:"to"`
	At   time.Time `json:"at"`

	Unconfirmed bool `json:"unconfirmed,omitempty"` // From cannot hand on the grave powers of the role
}

// HandoffOffered offers a role that one holds to somebody else, with a brief.
// Nothing changes until it is accepted.
type HandoffOffered struct {
	Role  string `json:"role"`
	To    string `json:"to"`
	Brief string `json:"brief,omitempty"`
}

// Kind names the kind.
func (*HandoffOffered) Kind() Kind { return KindHandoffOffered }

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
		return Refuse(NotFound, "the plan knows no role %s; it has: %s", b.Role, r.Plan.roleIDs())
	case !ValidHandle(b.To):
		return Refuse(Invalid, "%s is no handle; handles are 1 to 32 of a-z 0-9 _ -", b.To)
	case slices.Contains(r.Holders(d.ID), b.To):
		return Refuse(Conflict, "%s is %s already", b.To, d.Label)
	case r.onlyWatches(b.To):
		return Refuse(Forbidden, "%s may only watch here and can hold no role", b.To)
	case r.Rules >= 2 && !r.mayHandOff(d, e):
		return Refuse(Forbidden, "%s is %s, and hands it off, or the Commander does; to take it: :role %s @WHO", nobody(r.Holders(d.ID)), d.Label, d.ID)
	case r.fit(b.To) != nil:
		return r.fit(b.To)
	case !r.Names(b.To):
		return r.unseenBy(b.To)
	}
	return longText("brief", b.Brief, true)
}

func (b *HandoffOffered) apply(r *Room, e *Event) {
	d := r.Plan.Role(b.Role)
	id, waits := d.ID, r.unconfirmed(e, d)
	r.Handoffs = slices.DeleteFunc(slices.Clone(r.Handoffs), func(h Handoff) bool { return h.Role == id })
	r.Handoffs = push(r.Handoffs, Handoff{Role: id, From: e.By, To: b.To, At: e.RecordedAt, Unconfirmed: waits})
}

func (b *HandoffOffered) line(r *Room, _ *Event) Safe {
	return because(Safef("%s offered to @%s, who says :accept or :decline", r.Plan.Role(b.Role).Label, b.To), b.Brief)
}

// HandoffEnded answers an offer: accepted or declined by whom it was for,
// withdrawn by who made it.
type HandoffEnded struct {
	Role   string `json:"role"`
	Reason string `json:"reason,omitempty"`
	kind   Kind
}

// Accept, Decline and Withdraw answer the offer of a role.
func Accept(role string) *HandoffEnded { return &HandoffEnded{Role: role, kind: KindHandoffAccepted} }

// Decline answers the offer of a role with no.
func Decline(role, reason string) *HandoffEnded {
	return &HandoffEnded{Role: role, Reason: reason, kind: KindHandoffDeclined}
}

// Withdraw takes the offer of a role back.
func Withdraw(role string) *HandoffEnded {
	return &HandoffEnded{Role: role, kind: KindHandoffWithdrawn}
}

// Kind names the kind.
func (b *HandoffEnded) Kind() Kind { return b.kind }

func (b *HandoffEnded) free() []*string { return []*string{&b.Reason} }

func (b *HandoffEnded) check(r *Room, e *Event) error {
	h := r.handoff(b.Role)
	switch {
	case h == nil:
		return Refuse(Conflict, "no handoff of %s is offered", b.Role)
	case b.kind == KindHandoffWithdrawn && h.From != e.By && !r.Has(e.By, e.Key, PowerAll):
		return Refuse(Forbidden, "the offer is %s's to withdraw", h.From)
	case b.kind != KindHandoffWithdrawn && h.To != e.By:
		return Refuse(Forbidden, "the offer is for %s to answer", h.To)
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
	r.Handoffs = slices.DeleteFunc(slices.Clone(r.Handoffs), func(o Handoff) bool { return o.Role == b.Role })
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
		held := r.Holders(b.Role) // who offered it may be the Commander
		if d := r.Plan.Role(b.Role); d != nil && d.Many && slices.Contains(held, h.From) || len(held) == 0 {
			held = []string{h.From}
		}
		s := because(Safef("%s takes %s from %s", h.To, label, atAll(held)), b.Reason)
		if d := r.Plan.Role(b.Role); h.Unconfirmed && d != nil {
			s = waitsBriefly(s, d)
		}
		return s
	case KindHandoffDeclined:
		return because(Safef("%s does not take %s", h.To, label), b.Reason)
	}
	return because(Safef("the offer of %s to %s is withdrawn", label, h.To), b.Reason)
}
