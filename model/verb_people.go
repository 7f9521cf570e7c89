package model

import (
	"slices"
	"strings"
)

// Commands about people: roles, handoffs, and admission.

// role consumes the name of a role and returns its id.
func (a *args) role() (string, error) {
	id, err := a.named("role", a.Room.Plan.roleNames())
	if err != nil {
		return "", err
	}
	a.as("role", CleanLine(a.Room.Plan.Role(id).Label))
	return id, nil
}

func parseRole(a *args) (Body, error) {
	line := strings.ToLower(a.remaining)
	role, who, err := a.roleAndPerson()
	if err != nil {
		return nil, err
	}
	b := &RoleAssumed{Role: role, Person: who}
	if b.Person == "" {
		return nil, Refuse(Invalid, "name the person: :role %s @%s", role, a.Who.Handle)
	}
	if a.peek() == "for" {
		a.word()
		if b.Scope = a.word(); b.Scope == "" {
			return nil, Refuse(Invalid, "name the system: :role %s @%s for SYSTEM", role, who)
		}
		a.as("for", CleanLine(b.Scope))
	}
	rest := strings.TrimSpace(a.remaining)
	name, job, _ := strings.Cut(rest, ",")
	name, job = strings.TrimSpace(name), strings.TrimSpace(job)
	if job == "" && strings.Contains(line, who+",") { // "@bo, SRE"
		name, job = "", name
	}
	if !looksNamed(name, job) {
		return b, nil // the caller refuses what is left, with the usage
	}
	a.remaining = ""
	b.Name, b.Job = name, job
	a.as("name", CleanLine(name))
	a.as("job", CleanLine(job))
	if d := a.Room.Plan.Role(role); !d.Many {
		held := strings.Join(a.Room.Holders(role), ",")
		b.Held = &held
	}
	return b, nil
}

// parseConfirm parses whose role is confirmed. If nobody is named, it is the only
// person who waits for a confirmation. A number is an item whose override waits for
// a second person.
func parseConfirm(a *args) (Body, error) {
	if onlyNumbers(a.peek()) {
		if b, err := a.proposed(); b != nil || err != nil {
			return b, err
		}
		id, err := a.item()
		return &GateOverridden{Item: id, Note: a.textAs("note")}, err
	}
	role, who, err := a.roleAndPerson()
	if err != nil {
		return nil, err
	}
	b := &RoleConfirmed{Role: role, Person: who}
	if b.Person == "" {
		switch wait := a.Room.waiting(role); len(wait) {
		case 0:
			return nil, Refuse(Invalid, "name the person: :confirm %s @bo", role)
		case 1:
			b.Person = wait[0]
		default:
			return nil, severalWait(a.Room.Plan.Role(role), wait)
		}
	}
	if p := b.confirms(a.Room); p != nil {
		b.Proposal = p.ID
	}
	return b, nil
}

// roleAndPerson consumes a role and a person, in any order.
func (a *args) roleAndPerson() (role, who string, err error) {
	if isPerson(a.peek()) {
		who = a.person()
	}
	if role, err = a.role(); err == nil && who == "" {
		who = a.person()
	}
	return role, who, err
}

func parseTakeover(a *args) (Body, error) {
	role, err := a.role()
	if err != nil {
		return nil, err
	}
	held := strings.Join(a.Room.Holders(role), ",")
	b := &RoleAssumed{Role: role, Person: a.Who.Handle, Held: &held, Takeover: a.reason()}
	if b.Takeover == "" {
		return nil, Refuse(Invalid, "give a reason: :takeover %s REASON", role)
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
	role, who, err := a.roleAndPerson()
	if err != nil {
		return nil, err
	}
	b := &HandoffOffered{Role: role, To: who, Drafted: true}
	b.Brief = a.Room.BriefWith(a.textAs("brief"), a.Now)
	if b.To == "" {
		return nil, Refuse(Invalid, "name the person: :handoff %s @bo", role)
	}
	return b, a.known(b.To)
}

// absent returns a remark if the person to whom a role is offered is not present, as
// seen by this client.
func (c Ctx) absent(b Body) Safe {
	h, ok := b.(*HandoffOffered)
	if !ok || len(c.Here) == 0 || slices.ContainsFunc(c.Here, func(p Presence) bool { return p.Handle == h.To }) {
		return Safe{}
	}
	return Safef("%s is not connected; the offer stays open", h.To)
}

func parseAdmit(a *args) (Body, error) {
	h := a.person()
	for _, k := range a.JoinRequests {
		if k.Handle == h {
			return &KeyAdmitted{Key: k.Key, Handle: h, Right: Right(strings.ToLower(a.word())), Origin: OriginPerson},
				nil
		}
	}
	if h == "" {
		return nil, Refuse(Invalid, "name the person who asked to join: %s", a.usage())
	}
	return nil, Refuse(NotFound, "nobody called %s has asked to join", quoted(h))
}

func parseRight(a *args) (Body, error) {
	b := &RightChanged{Handle: a.person(), Right: Right(strings.ToLower(a.word()))}
	a.as("right", CleanLine(string(b.Right)))
	return b, nil
}

func parseRevoke(a *args) (Body, error) {
	return &KeyRevoked{Handle: a.person(), Reason: a.reason()}, nil
}

// parseRestrict parses who may see the room. A reason follows the people.
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
		return nil, Refuse(Invalid, "name the people, each with an @: :restrict @%s @WHO [REASON]", a.Who.Handle)
	}
	return b, nil
}

func restrictActs(c Ctx, words []string) []option {
	out := []option{{word: "add", help: Lit("add these people to the list")}, {word: "remove", help: Lit("take " +
		"these people off the list")},
		{word: "off", help: Lit("everybody on this hub may see it")}}
	if !c.Room.IsRestricted() {
		out = nil
	}
	return append(people(c, words), out...)
}

func joinRequesters(c Ctx, _ []string) []option {
	return from(c.JoinRequests,
		func(k JoinRequest) (string, string) { return "@" + k.Handle, "key " + shortKey(k.Key) })
}
