package present

import (
	"strings"
	"time"

	"warroom/model"
)

// RoleLabel returns the label of a role in the plan.
func RoleLabel(r *model.Room, id string) model.Safe {
	if r.Plan != nil {
		if d := r.Plan.Role(id); d != nil {
			return model.CleanLine(d.Label)
		}
	}
	return model.CleanLine(id)
}

// RoleShort returns the short label of a role: that of the plan, or an alias of up to
// three letters, such as "IC", or the first word of the label.
func RoleShort(d *model.RoleDef) model.Safe {
	if d.Short != "" {
		return model.CleanLine(d.Short)
	}
	for _, a := range d.Aliases {
		if len(a) <= 3 {
			return model.CleanLine(strings.ToUpper(a))
		}
	}
	first, _, _ := strings.Cut(d.Label, " ")
	return model.CleanLine(first)
}

// Vacancy describes how long a mandatory role has been vacant. It is empty for a role
// that is held, or need not be.
func Vacancy(r *model.Room, d *model.RoleDef, now time.Time) Wording {
	if !d.Mandatory || r.Status == model.Closed || len(r.Holders(d.ID)) > 0 {
		return Wording{}
	}
	since := model.Span(now.Sub(r.VacantSince(d.ID)))
	return Wording{Full: model.Safef("nobody for %s", since), Short: model.Safef("nobody %s", since)}
}

// Proposed names who proposes to take a role, and how to confirm it, in few words.
func Proposed(r *model.Room, role string) model.Safe {
	var out []model.Safe
	for _, p := range r.OpenProposals() {
		if p.Role == role {
			out = append(out, model.Safef("%s? :confirm %d", p.Person, p.Seq))
		}
	}
	return model.JoinSafe(model.Lit(", "), out...)
}

// together names who confirmed that a person took a role.
func together(a model.Assignment) model.Safe {
	switch {
	case a.SecondBy != "":
		return model.Safef("with %s", a.SecondBy)
	case a.ConfirmedBy != "":
		return model.Safef("confirmed by %s", a.ConfirmedBy)
	}
	return model.Safe{}
}

// RoleRemarks returns what has to be known of a holder of a role: powers that are not
// confirmed, and that they gave the role to themselves where it checks the work of
// others.
func RoleRemarks(r *model.Room, a model.Assignment) []Wording {
	var out []Wording
	if waits := r.Awaits(a); !waits.IsEmpty() {
		out = append(out, Wording{Full: waits, Short: model.Lit("unconfirmed")})
	}
	if s := together(a); !s.IsEmpty() && a.Until.IsZero() {
		out = append(out, same(s))
	}
	if self := r.NamedSelf(a); !self.IsEmpty() {
		out = append(out, same(self))
	}
	return out
}

// Role names the holders of a role, or describes how long it has been vacant.
func Role(r *model.Room, d model.RoleDef, now time.Time) model.Safe {
	var who []model.Safe
	for _, h := range r.Roles {
		if h.Role != d.ID || !h.Until.IsZero() {
			continue
		}
		words := h.Who()
		if notes := RoleRemarks(r, h); len(notes) > 0 {
			words = model.Safef("%s (%s)", words, joinFull(model.Lit("; "), notes))
		}
		who = append(who, words)
	}
	if len(who) > 0 {
		return model.Safef("  %s: %s", d.Label, model.JoinSafe(model.Lit("; "), who...))
	}
	if v := Vacancy(r, &d, now); !v.Full.IsEmpty() {
		return model.Safef("  %s: NEEDED, %s; %s", d.Label, v.Full, GiveRole(&d))
	}
	return model.Safef("  %s: -", d.Label)
}

// GiveRole names the command that ends the vacancy of a role.
func GiveRole(d *model.RoleDef) model.Safe {
	return model.Safef("give it to somebody: :role %s @WHO", model.CleanLine(d.ID))
}

// OfferToYou describes the offer of a role to the reader, with the commands that answer
// it.
func OfferToYou(r *model.Room, h model.Handoff) Wording {
	s := model.Safef("%s offers you %s", h.From, RoleLabel(r, h.Role))
	answer := model.Safef("%s: :accept %s or :decline %s", s, h.Role, h.Role)
	if h.Brief == "" {
		return same(answer)
	}
	return Wording{Full: model.Safef("%s; the brief: %s", answer,
		model.JoinSafe(model.Lit("; "), model.Clean(h.Brief).Lines()...)),
		Short: model.Safef("%s (the brief: F4): :accept %s or :decline %s", s, h.Role, h.Role)}
}

// AsksToJoin describes a join request, with the command that admits the person.
func AsksToJoin(k model.JoinRequest) model.Safe {
	return model.Safef("%s asks to join; admit with :admit %s write", k.Handle, k.Handle)
}

// Mention describes an entry that mentions the reader.
func Mention(l *model.Line) model.Safe {
	return model.Safef("%s mentions you in entry %d", l.By, l.Seq)
}
