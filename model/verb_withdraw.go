package model

import (
	"slices"
	"strconv"
	"strings"
)

// Commands that answer or take back what waits for another person: offers of a role, proposals
// to take command, requests for an override, and drafts of updates.

func answerHandoff(k Kind) func(*args) (Body, error) {
	return func(a *args) (Body, error) {
		b := &HandoffEnded{kind: k}
		if err := a.unlike("role", "reason", a.remaining, a.Room.roleWords()...); err != nil {
			return nil, err
		}
		if id, _ := meant(a.peek(), a.Room.Plan.roleNames()); id != "" {
			a.word()
			b.Role = id
			a.as("role", CleanLine(a.Room.Plan.Role(id).Label))
		} else if w := a.words(); len(w) == 1 && k != KindHandoffDeclined {
			return nil, Refuse(NotFound, "the plan has no role %s; it has: %s", quoted(w[0]), a.Room.Plan.roleIDs())
		}
		for _, h := range a.Room.Handoffs {
			own := h.To == a.Who.Handle
			if k == KindHandoffWithdrawn {
				own = h.From == a.Who.Handle
			}
			if b.Role == "" && own {
				b.Role = h.Role
			}
		}
		if p := a.proposalIn(b.Role); p != "" && k == KindHandoffWithdrawn && a.Room.handoff(p) == nil {
			return &RoleRenounced{Role: p, Person: a.Who.Handle}, a.noReasonOfProposal()
		}
		if b.Role == "" {
			if k == KindHandoffWithdrawn {
				return nil, Refuse(Conflict, "you have not offered a role to anybody, so there is nothing to withdraw")
			}
			return nil, Refuse(Conflict, "nobody has offered you a role")
		}
		if h := a.Room.handoff(b.Role); h != nil && isPerson(a.peek()) {
			if w := strings.ToLower(a.peek()[1:]); w == h.From || w == h.To {
				a.person()
			}
		}
		b.Reason = a.reason()
		return b, nil
	}
}

func parseDecline(a *args) (Body, error) {
	if b, err := a.ended("decline"); b != nil || err != nil {
		return b, err
	}
	return answerHandoff(KindHandoffDeclined)(a)
}

func parseWithdraw(a *args) (Body, error) {
	if b, err := a.ended("withdraw"); b != nil || err != nil {
		return b, err
	}
	return answerHandoff(KindHandoffWithdrawn)(a)
}

// ended parses what a command withdraws or declines other than an offer of a role: an item
// whose override waits, an entry with a proposal, or a draft. It returns nil for another word.
func (a *args) ended(verb lit) (Body, error) {
	offered := a.isOffered(verb)
	if strings.EqualFold(a.peek(), "draft") {
		if w := a.words(); offered && (len(w) < 2 || strings.Trim(w[1], "#0123456789") != "") {
			return nil, nil // it begins the reason
		}
		a.word()
		return a.draftEnded(verb)
	}
	n, err := strconv.Atoi(strings.Trim(a.peek(), "#"))
	if err != nil {
		return nil, nil
	}
	if p := a.Room.proposalAt(uint64(max(n, 0))); p != nil {
		if p.Ended != "" {
			return nil, Refuse(Conflict, "%s; there is nothing to %s", p.endWords(a.Room), Lit(verb))
		}
		if _, err := a.proposed(); err != nil {
			return nil, err
		}
		if err := a.rightVerb(verb, p.Person); err != nil {
			return nil, err
		}
		return &RoleRenounced{Role: p.Role, Person: p.Person}, a.noReasonOfProposal()
	}
	if it := a.Room.ItemByN(n); offered && (it == nil || it.Asked == nil) {
		return nil, nil // it begins the reason
	}
	id, err := a.item()
	if err != nil {
		return nil, err
	}
	if it := a.Room.ItemByID(id); it.Asked != nil {
		err = a.rightVerb(verb, it.Asked.By)
	}
	return &OverrideWithdrawn{Item: id, Reason: a.reason()}, err
}

// isOffered reports whether an offer of a role waits that the person who types may decline or
// withdraw.
func (a *args) isOffered(verb lit) bool {
	return slices.ContainsFunc(a.Room.Handoffs, func(h Handoff) bool {
		return verb == "decline" && h.To == a.Who.Handle || verb == "withdraw" && h.From == a.Who.Handle
	})
}

// noReasonOfProposal refuses text after a proposal to take a role, which has no reason.
func (a *args) noReasonOfProposal() error {
	if strings.TrimSpace(a.remaining) == "" {
		return nil
	}
	return Refuse(Invalid, "a proposal is declined or withdrawn without a reason, so leave out %s; a note can give it",
		quoted(strings.TrimSpace(a.remaining)))
}

// draftEnded parses the number of a draft that is withdrawn or declined. Without one, it is the
// only draft that waits.
func (a *args) draftEnded(verb lit) (Body, error) {
	waiting := a.Room.WaitingDrafts()
	if _, err := strconv.Atoi(strings.Trim(a.peek(), "#")); err != nil {
		switch len(waiting) {
		case 0:
			return nil, Refuse(NotFound, "no draft of an update waits, so there is nothing to %s", Lit(verb))
		case 1:
			a.remaining = strconv.Itoa(waiting[0].N) + " " + a.remaining
		}
	}
	n, err := a.number("draft")
	if err != nil {
		return nil, err
	}
	if n > len(a.Room.Drafts) {
		return nil, noSuch("draft", n, len(a.Room.Drafts), "this room has")
	}
	d := &a.Room.Drafts[n-1]
	a.about(Safef("draft %d to %s by %s", n, a.Room.audienceLabel(d.Audience), d.By))
	return &UpdateWithdrawn{Draft: d.ID, Reason: a.reason()}, a.rightVerb(verb, d.By)
}

// rightVerb refuses to decline what the person who types asked for, and to withdraw what
// somebody else asked for.
func (a *args) rightVerb(verb lit, by string) error {
	switch own := by == a.Who.Handle; {
	case own && verb == "decline":
		return Refuse(Invalid, "that is your own request; take it back with :withdraw")
	case !own && verb == "withdraw":
		return Refuse(Forbidden, "that is the request of %s; :decline declines it", by)
	}
	return nil
}

// withdrawable lists what the person who types can withdraw, and the roles.
func withdrawable(c Ctx, words []string) []option {
	var out []option
	for i := range c.Room.Items {
		if it := &c.Room.Items[i]; it.Asked != nil && it.Asked.By == c.Who.Handle {
			out = append(out, option{word: strconv.Itoa(it.N), help: Safef("override of %s", it.Text)})
		}
	}
	for _, d := range c.Room.WaitingDrafts() {
		if d.By == c.Who.Handle {
			out = append(out, option{word: "draft " + strconv.Itoa(d.N), help: Safef("to %s", d.Audience)})
		}
	}
	return slices.Concat(out, roles(c, words))
}
