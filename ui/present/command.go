package present

import (
	"time"

	"warroom/model"
)

// commandLines describes the state of command and the handoffs on offer.
func commandLines(r *model.Room, now time.Time) []model.Safe {
	var out []model.Safe
	if g, ok := r.CommandGap(now); ok {
		out = append(out, g.Words(now))
	}
	out = append(out, Proposals(r)...)
	if s := TwoJobs(r); !s.IsEmpty() {
		out = append(out, s)
	}
	for _, h := range r.Handoffs {
		out = append(out, Offer(r, h))
		for _, l := range model.Clean(h.Brief).Lines() {
			out = append(out, model.Safef("  %s", l))
		}
	}
	return out
}

// Proposals describes who proposes to take command, and how to confirm it.
func Proposals(r *model.Room) []model.Safe {
	var out []model.Safe
	for _, p := range r.OpenProposals() {
		out = append(out, p.Words(r))
	}
	return out
}

// TwoJobs describes that a person is commander and scribe at once, and why; empty if
// nobody is.
func TwoJobs(r *model.Room) model.Safe {
	switch who, why := r.TwoJobs(); {
	case who == "":
		return model.Safe{}
	case why == nil:
		return model.Safef("%s is commander and scribe: hand one off, or give the reason: :dual REASON", who)
	default:
		return model.Safef("%s is commander and scribe: %s (%s)", who, why.Reason, why.By)
	}
}

// Offer describes the offer of a role.
func Offer(r *model.Room, h model.Handoff) model.Safe {
	return model.Safef("%s offers %s to @%s", h.From, RoleLabel(r, h.Role), h.To)
}
