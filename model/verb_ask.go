package model

import (
	"strconv"
	"strings"
)

// Commands about what is asked of people.

func parseAsk(a *args) (Body, error) {
	b := &AskMade{}
	var err error
	if _, e := ParseLength(a.peek()); e == nil { // the length may come first
		if b.For, err = a.span(); err != nil {
			return nil, err
		}
	}
	if a.peek() == "" {
		return nil, Refuse(Invalid, "give a person, a deadline and the question: :ask @%s 3m TEXT; or a role: %s",
			a.Who.Handle, a.Room.Plan.roleIDs())
	}
	if d := a.Room.Plan.Role(a.peek()); d != nil && !a.Room.met(strings.ToLower(a.peek())) {
		a.word()
		a.as("role", CleanLine(d.Label))
		b.Role = d.ID
	} else {
		b.To = a.person()
	}
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

// parseReply returns a parser for replies to an ask: the one with the given number,
// or the newest one that waits for the person who types.
func parseReply(k Kind) func(*args) (Body, error) {
	return func(a *args) (Body, error) {
		n, err := strconv.Atoi(strings.TrimPrefix(a.peek(), "#"))
		if err == nil {
			a.word()
			a.as("ask", Safef("%d", n))
		}
		for i := len(a.Room.Asks) - 1; i >= 0; i-- {
			q := a.Room.Asks[i]
			if n == q.N || n == 0 && a.Room.IsAsked(q, a.Who.Handle) && !q.Done {
				return &AskReply{Ask: q.ID, Text: a.text(), kind: k}, nil
			}
		}
		if err == nil {
			return nil, noSuch("ask", n, len(a.Room.Asks), "this room has")
		}
		return nil, Refuse(NotFound, "there is no open ask for you")
	}
}

func peopleAndRoles(c Ctx, words []string) []option {
	out := people(c, words)
	for _, o := range roles(c, words) {
		if len(c.Room.Holders(o.word)) > 0 {
			out = append(out, o)
		}
	}
	return out
}
