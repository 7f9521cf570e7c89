package model

import (
	"strconv"
	"strings"
	"time"
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
	a.as("role", CleanLine(d.Label))
	return d.ID, nil
}

func parseRole(a *args) (Body, error) {
	role, who, err := a.roleAndPerson()
	if err != nil {
		return nil, err
	}
	b := &RoleAssumed{Role: role, Person: who}
	if b.Person == "" {
		return nil, Refuse(Invalid, "say who: :role %s @%s", role, a.Who.Handle)
	}
	if a.peek() == "for" {
		a.word()
		b.Scope = a.word()
		a.as("for", CleanLine(b.Scope))
	}
	rest := strings.TrimSpace(a.rest)
	name, job, _ := strings.Cut(rest, ",")
	name, job = strings.TrimSpace(name), strings.TrimSpace(job)
	if !looksNamed(name, job) {
		return b, nil // what is left is refused with the usage
	}
	a.rest = ""
	b.Name, b.Job = name, job
	a.as("name", CleanLine(name))
	a.as("job", CleanLine(job))
	if d := a.Room.Plan.Role(role); !d.Many {
		held := strings.Join(a.Room.Holders(role), ",")
		b.Held = &held
	}
	return b, nil
}

// parseConfirm takes the only one who waits where nobody is named.
func parseConfirm(a *args) (Body, error) {
	role, who, err := a.roleAndPerson()
	if err != nil {
		return nil, err
	}
	b := &RoleConfirmed{Role: role, Person: who}
	if b.Person == "" {
		if wait := a.Room.Unconfirmed(role); len(wait) == 1 {
			b.Person = wait[0]
		} else {
			return nil, Refuse(Invalid, "say who: :confirm %s @bo", role)
		}
	}
	return b, nil
}

// roleAndPerson takes a role and a person, in any order.
func (a *args) roleAndPerson() (role, who string, err error) {
	if isPerson(a.peek()) {
		who = a.person()
	}
	if role, err = a.role(); err == nil && who == "" {
		who = a.person()
	}
	return role, who, err
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
	role, who, err := a.roleAndPerson()
	if err != nil {
		return nil, err
	}
	b := &HandoffOffered{Role: role, To: who}
	b.Brief = a.textAs("brief")
	if b.To == "" {
		return nil, Refuse(Invalid, "say to whom: :handoff %s @bo", role)
	}
	return b, a.known(b.To)
}

func answerHandoff(k Kind) func(*args) (Body, error) {
	return func(a *args) (Body, error) {
		b := &HandoffEnded{kind: k}
		if d := a.Room.Plan.Role(a.peek()); d != nil {
			a.word()
			b.Role = d.ID
			a.as("role", CleanLine(d.Label))
		} else if w := a.words(); len(w) == 1 && k != KindHandoffDeclined {
			return nil, Refuse(NotFound, "the plan knows no role %s; it has: %s", quoted(w[0]), a.Room.Plan.roleIDs())
		}
		for _, h := range a.Room.Handoffs {
			if mine := h.To == a.Who.Handle || k == KindHandoffWithdrawn && h.From == a.Who.Handle; b.Role == "" && mine {
				b.Role = h.Role
			}
		}
		if b.Role == "" {
			return nil, Refuse(Conflict, "no handoff waits for you")
		}
		b.Reason = a.reason()
		return b, nil
	}
}

func parseAsk(a *args) (Body, error) {
	b := &AskMade{}
	var err error
	if _, e := time.ParseDuration(a.peek()); e == nil { // the length may stand first
		if b.For, err = a.span(); err != nil {
			return nil, err
		}
	}
	b.To = a.person()
	if err := a.known(b.To); err != nil {
		return nil, err
	}
	if b.For == 0 {
		if b.For, err = a.span(); err != nil {
			return nil, err
		}
	}
	b.Text = a.text()
	return b, nil
}

func parseReply(k Kind) func(*args) (Body, error) {
	return func(a *args) (Body, error) {
		n, err := strconv.Atoi(strings.TrimPrefix(a.peek(), "#"))
		if err == nil {
			a.word()
			a.as("ask", Safef("%d", n))
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
	b := &RightChanged{Handle: a.person(), Right: Right(strings.ToLower(a.word()))}
	a.as("right", CleanLine(string(b.Right)))
	return b, nil
}

func parseStrike(a *args) (Body, error) {
	return &KeyStruck{Handle: a.person(), Reason: a.reason()}, nil
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
		b.Handles = append(b.Handles, a.person())
	}
	b.Reason = a.reason()
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
