package model

import (
	"slices"
	"strings"
	"time"
)

// CommandGap is a time without command: the role is vacant, or its holder has
// written nothing for longer than the plan allows.
type CommandGap struct {
	Role     *RoleDef
	Holder   string    // the silent holder; if "", the role is vacant
	Since    time.Time // start of the gap
	Deputies []string  // the people to whom command is offered

	Proposed bool // somebody proposes to take it, see [Room.OpenProposals]
}

// CommandGap returns the gap in command at now, the hub's time. It returns false if
// somebody commands, if the plan sets no limit, or if the incident is not open.
func (r *Room) CommandGap(now time.Time) (CommandGap, bool) {
	d := r.CommandRole()
	if d == nil || d.SilentAfter <= 0 || r.Status != Open {
		return CommandGap{}, false
	}
	g := CommandGap{Role: d, Deputies: r.deputies(d)}
	held := r.Holders(d.ID)
	if len(held) == 0 {
		g.Since, g.Proposed = r.VacantSince(d.ID), len(r.OpenProposals()) > 0
		return g, true
	}
	for _, h := range held {
		last := r.lastWrote(d.ID, h)
		if now.Sub(last) < time.Duration(d.SilentAfter) {
			return CommandGap{}, false
		}
		g.Holder, g.Since = h, last
	}
	return g, true
}

// lastWrote returns when the holder of a role last wrote something, or when they
// took the role if that is later.
func (r *Room) lastWrote(role, person string) time.Time {
	last := r.LastWrote[person]
	for _, a := range r.Roles {
		if a.Role == role && a.Person == person && a.Until.IsZero() && a.From.After(last) {
			last = a.From
		}
	}
	return last
}

// deputies returns the confirmed holders of the roles that deputize for d.
func (r *Room) deputies(d *RoleDef) []string {
	var out []string
	for i := range r.Plan.Roles {
		o := &r.Plan.Roles[i]
		if o.DeputyOf != d.ID {
			continue
		}
		for _, h := range r.Holders(o.ID) {
			if !slices.Contains(r.Unconfirmed(o.ID), h) && !slices.Contains(r.Holders(d.ID), h) {
				out = append(out, h)
			}
		}
	}
	return out
}

// State describes the gap.
func (g CommandGap) State(now time.Time) Safe {
	if g.Holder != "" {
		return Safef("%s is %s and has written nothing for %s", g.Holder, g.Role.Label, Span(now.Sub(g.Since)))
	}
	return Safef("the role of %s has been vacant for %s", g.Role.Label, Span(now.Sub(g.Since)))
}

// Words describes the gap, and who can do what about it.
func (g CommandGap) Words(now time.Time) Safe {
	s := g.State(now)
	if len(g.Deputies) > 0 {
		return Safef("%s; %s can take it: :takeover %s REASON", s, strings.Join(g.Deputies, ", "), g.Role.ID)
	}
	if g.Holder != "" {
		return Safef("%s; anybody with the right \"command\" can give the role to someone else: :role %s @WHO", s,
			g.Role.ID)
	}
	if g.Proposed {
		return s
	}
	return Safef("%s; take it with :takeover %s REASON", s, g.Role.ID)
}

// watchesSilence reports whether the plan limits how long anything may be silent.
func (r *Room) watchesSilence() bool {
	return r.Plan != nil && (r.Plan.Radar != nil || r.rolesSilent())
}

func (r *Room) rolesSilent() bool {
	return slices.ContainsFunc(r.Plan.Roles, func(d RoleDef) bool { return d.SilentAfter > 0 })
}

// wrote records when a person last wrote, to the minute.
func (r *Room) wrote(e *Event) {
	m, ok := r.Members[e.Key]
	if !ok || m.Hub || !r.watchesSilence() {
		return
	}
	at := e.RecordedAt.UTC().Truncate(time.Minute)
	if last, ok := r.LastWrote[e.By]; !ok || at.After(last) {
		r.LastWrote = with(r.LastWrote, e.By, at)
	}
}

// mayTake reports whether the author of an event may take command without being
// given it: they are a deputy with the powers of the role, and it is vacant or its
// holder is silent.
func (r *Room) mayTake(d *RoleDef, e *Event) bool {
	if c := r.CommandRole(); r.Rules >= strictRules && c != nil && c.ID == d.ID && len(r.Holders(d.ID)) == 0 {
		return slices.Contains(r.deputies(d), e.By) // whether or not the plan limits the silence
	}
	g, gap := r.CommandGap(e.RecordedAt)
	return gap && g.Role.ID == d.ID && slices.Contains(g.Deputies, e.By)
}

// isLed reports whether anybody but the given person could decide about a role:
// somebody with its powers, or its deputy, who has written within the time that the
// plan allows.
func (r *Room) isLed(d *RoleDef, besides string, now time.Time) bool {
	for key, m := range r.Members {
		if m.Hub || m.Revoked || m.Handle == besides {
			continue
		}
		leads := r.Has(m.Handle, key, PowerAuthority) || slices.Contains(r.deputies(d), m.Handle)
		if leads && now.Sub(r.LastWrote[m.Handle]) < time.Duration(d.SilentAfter) {
			return true
		}
	}
	return false
}

// secondMayConfirm reports whether the author of an event may confirm, as the second of
// two people, that a person took command, because nobody else can confirm it.
func (r *Room) secondMayConfirm(d *RoleDef, person string, e *Event) bool {
	return d.SilentAfter > 0 && e.By != person && r.tookCommand(d, person) && !r.isLed(d, person, e.RecordedAt)
}

// tookCommand reports whether a person took over a role, or took command for themselves,
// and still holds it.
func (r *Room) tookCommand(d *RoleDef, person string) bool {
	command := r.CommandRole()
	return slices.ContainsFunc(r.Roles, func(a Assignment) bool {
		return a.Role == d.ID && a.Person == person && a.Until.IsZero() && (a.Takeover != "" ||
			r.Rules >= strictRules && a.By == person && a.Unconfirmed && command != nil && command.ID == d.ID)
	})
}
