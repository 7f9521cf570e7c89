package model

import (
	"strings"
	"time"
)

// KindRoleCombined is the kind of a reason for giving one person two roles.
const KindRoleCombined Kind = "role.combined"

var _ = register(bodyOf[RoleCombined](KindRoleCombined))

// Combined is the reason why one person is both commander and scribe.
type Combined struct {
	Person string    `json:"person"`
	Reason string    `json:"reason"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
}

// TwoJobs returns the person who is both commander and scribe, and the reason if one
// was recorded. The person is "" if there is none.
func (r *Room) TwoJobs() (person string, why *Combined) {
	d := r.CommandRole()
	if d == nil || r.Plan.Role("scribe") == nil || r.Status == Closed {
		return "", nil
	}
	for _, c := range r.Holders(d.ID) {
		for _, s := range r.Holders(r.Plan.Role("scribe").ID) {
			if c != s || r.Plan.Role("scribe").ID == d.ID {
				continue
			}
			for i := range r.Combined {
				if r.Combined[i].Person == c {
					return c, &r.Combined[i]
				}
			}
			return c, nil
		}
	}
	return "", nil
}

// RoleCombined records why one person is both commander and scribe.
type RoleCombined struct {
	Person string `json:"person"`
	Reason string `json:"reason"`
}

func (b *RoleCombined) free() []*string { return []*string{&b.Reason} }

func (b *RoleCombined) check(r *Room, _ *Event) error {
	who, why := r.TwoJobs()
	switch {
	case who == "" || b.Person != who:
		return Refuse(Conflict, "nobody is commander and scribe at once, so no reason is needed")
	case why != nil:
		return Refuse(Conflict, "%s already gave a reason: %s", why.By, why.Reason)
	case strings.TrimSpace(b.Reason) == "":
		return Refuse(Invalid, "give the reason why %s has both roles: :dual REASON", who)
	}
	return longText("reason", b.Reason, false)
}

func (b *RoleCombined) apply(r *Room, e *Event) {
	r.Combined = push(r.Combined, Combined{Person: b.Person, Reason: b.Reason, By: e.By, At: e.RecordedAt})
}

func (b *RoleCombined) line(r *Room, _ *Event) Safe {
	return because(Safef("%s is commander and scribe", b.Person), b.Reason)
}

func parseDual(a *args) (Body, error) {
	who, _ := a.Room.TwoJobs()
	if who != "" {
		a.as("person", Safef("@%s", who))
	}
	return &RoleCombined{Person: who, Reason: a.reason()}, nil
}
