package model

import (
	"strconv"
	"strings"
)

// Commands about people: roles, handoffs, asks, and who is let in.

// role takes a role's name and returns its id.
func (a *args) role() (string, error) {
	w := a.word()
	d := a.Room.Plan.Role(w)
	switch {
	case w == "":
		return "", Refuse(Invalid, "say which role: %s", a.Room.Plan.roleIDs())
	case d == nil:
		return "", Refuse(NotFound, "the plan knows no role %s; it has: %s", quoted(w), a.Room.Plan.roleIDs())
	}
	return d.ID, nil
}

func parseRole(a *args) (Body, error) {
	role, err := a.role()
	if err != nil {
		return nil, err
	}
	b := &RoleAssumed{Role: role, Person: a.person()}
	if b.Person == "" {
		return nil, Refuse(Invalid, "say who: :role %s @%s", role, a.Who.Handle)
	}
	if a.peek() == "for" {
		a.word()
		b.Scope = a.word()
	}
	name, job, _ := strings.Cut(a.text(), ",")
	b.Name, b.Job = strings.TrimSpace(name), strings.TrimSpace(job)
	return b, nil
}

// parseConfirm takes the only one who waits where nobody is named.
func parseConfirm(a *args) (Body, error) {
	role, err := a.role()
	if err != nil {
		return nil, err
	}
	b := &RoleConfirmed{Role: role, Person: a.person()}
	if b.Person == "" {
		if wait := a.Room.Unconfirmed(role); len(wait) == 1 {
			b.Person = wait[0]
		} else {
			return nil, Refuse(Invalid, "say who: :confirm %s @bo", role)
		}
	}
	return b, nil
}

func parseRenounce(a *args) (Body, error) {
	role, err := a.role()
	if err != nil {
		return nil, err
	}
	who := a.person()
	if who == "" {
		who = a.Who.Handle
	}
	return &RoleRenounced{Role: role, Person: who}, nil
}

func parseHandoff(a *args) (Body, error) {
	role, err := a.role()
	if err != nil {
		return nil, err
	}
	b := &HandoffOffered{Role: role, To: a.person()}
	b.Brief = a.text()
	if b.To == "" {
		return nil, Refuse(Invalid, "say to whom: :handoff %s @bo", role)
	}
	return b, nil
}

func answerHandoff(k Kind) func(*args) (Body, error) {
	return func(a *args) (Body, error) {
		b := &HandoffEnded{kind: k}
		if d := a.Room.Plan.Role(a.peek()); d != nil {
			a.word()
			b.Role = d.ID
		}
		for _, h := range a.Room.Handoffs {
			if mine := h.To == a.Who.Handle || k == KindHandoffWithdrawn && h.From == a.Who.Handle; b.Role == "" && mine {
				b.Role = h.Role
			}
		}
		if b.Role == "" {
			return nil, Refuse(Conflict, "no handoff waits for you")
		}
		b.Reason = a.text()
		return b, nil
	}
}

func parseAsk(a *args) (Body, error) {
	b := &AskMade{To: a.person()}
	var err error
	if b.For, err = a.span(); err != nil {
		return nil, err
	}
	b.Text = a.text()
	return b, nil
}

func parseReply(k Kind) func(*args) (Body, error) {
	return func(a *args) (Body, error) {
		n, err := strconv.Atoi(a.peek())
		if err == nil {
			a.word()
		}
		for i := len(a.Room.Asks) - 1; i >= 0; i-- {
			q := a.Room.Asks[i]
			if n == q.N || n == 0 && q.To == a.Who.Handle && !q.Done {
				return &AskReply{Ask: q.ID, Text: a.text(), kind: k}, nil
			}
		}
		return nil, Refuse(NotFound, "no such ask waits; the room has %d", len(a.Room.Asks))
	}
}

func parseAdmit(a *args) (Body, error) {
	h := a.person()
	for _, k := range a.Knocks {
		if k.Handle == h {
			return &KeyAdmitted{Key: k.Key, Handle: h, Right: Right(strings.ToLower(a.word())), Door: DoorPerson}, nil
		}
	}
	return nil, Refuse(NotFound, "nobody called %s is at the door", quoted(h))
}

func parseRight(a *args) (Body, error) {
	return &RightChanged{Handle: a.person(), Right: Right(strings.ToLower(a.word()))}, nil
}

func parseStrike(a *args) (Body, error) {
	return &KeyStruck{Handle: a.person(), Reason: a.text()}, nil
}

// parseRestrict reads who may see the room. A reason follows the people.
func parseRestrict(a *args) (Body, error) {
	b := &RoomRestricted{Mode: RestrictTo}
	switch w := strings.ToLower(a.peek()); w {
	case RestrictAdd, RestrictNot, RestrictOff, RestrictTo:
		b.Mode = w
		a.word()
	}
	for b.Mode != RestrictOff && strings.HasPrefix(a.peek(), "@") {
		b.Handles = append(b.Handles, strings.TrimSuffix(a.person(), ","))
	}
	b.Reason = a.text()
	if len(b.Handles) == 0 && b.Mode != RestrictOff {
		return nil, Refuse(Invalid, "say to whom, each with an @: :restrict @%s @WHO [REASON]", a.Who.Handle)
	}
	return b, nil
}

func restrictActs(c Ctx, words []string) []option {
	out := []option{{"add", Lit("these people too")}, {"remove", Lit("these people no longer")}, {"off", Lit("everybody on this hub may see it")}}
	if !c.Room.IsRestricted() {
		out = nil
	}
	return append(people(c, words), out...)
}

func knockers(c Ctx, _ []string) []option {
	return from(c.Knocks, func(k Knock) (string, string) { return "@" + k.Handle, "key " + shortKey(k.Key) })
}
