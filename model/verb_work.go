package model

import (
	"slices"
	"strconv"
	"strings"
)

// Commands about work: the checklist now, follow-ups for after.

func parseCheck(a *args) (Body, error) {
	id, err := a.item()
	if err != nil {
		return nil, err
	}
	why, ok, err := a.override()
	if ok {
		return &ItemDoneBody{Item: id, Override: why}, err
	}
	return &ItemDoneBody{Item: id, Note: a.text()}, nil
}

func parseMove(k Kind) func(*args) (Body, error) {
	return func(a *args) (Body, error) {
		id, err := a.item()
		return &ItemMoved{Item: id, Reason: a.text(), kind: k}, err
	}
}

func parseAssign(a *args) (Body, error) {
	id, err := a.item()
	return &ItemAssigned{Item: id, Owner: a.person()}, err
}

func parseItem(a *args) (Body, error) {
	b := &ItemAdded{Phase: a.word()}
	if d := a.Room.Plan.Phase(b.Phase); d == nil {
		return nil, Refuse(NotFound, "say for which phase: %s", a.Room.Plan.phaseIDs())
	}
	if strings.HasPrefix(a.peek(), "@") {
		b.Owner = a.person()
	}
	b.Text = a.text()
	return b, nil
}

func parseIf(a *args) (Body, error) {
	b := &ConditionAnswered{Condition: a.word()}
	switch w := strings.ToLower(a.word()); w {
	case "yes", "y":
		b.Yes = true
	case "no", "n":
	default:
		return nil, Refuse(Invalid, "answer with yes or no, as in :if CONDITION yes; the plan has: %s", a.Room.Plan.conditionIDs())
	}
	b.Why = a.text()
	return b, nil
}

func parseTodo(a *args) (Body, error) {
	if a.peek() == "done" {
		a.word()
		f, err := a.followup()
		return &FollowupDone{Of: f.ID}, err
	}
	b := &FollowupAdded{}
	if _, err := strconv.Atoi(a.peek()); err == nil {
		f, err := a.followup()
		if err != nil {
			return nil, err
		}
		*b = FollowupAdded{Of: f.ID, Title: f.Title, Owner: f.Owner, Due: f.Due, Type: f.Type}
	}
	for {
		switch w := a.peek(); {
		case strings.HasPrefix(w, "@"):
			b.Owner = a.person()
			continue
		case w == "due":
			a.word()
			due, err := DueDate(a.word(), a.Now, a.Zone)
			if err != nil {
				return nil, err
			}
			b.Due = due
			continue
		case slices.Contains(FollowupTypes, w):
			b.Type = a.word()
			continue
		}
		break
	}
	if t := b.trailing(a.text(), a); t != "" {
		b.Title = t
	}
	return b, nil
}

// trailing takes owner, due date and type off the end of a follow-up's title.
func (b *FollowupAdded) trailing(title string, a *args) string {
	for {
		w := strings.Fields(title)
		n := len(w)
		switch {
		case n < 2:
			return title
		case b.Type == "" && slices.Contains(FollowupTypes, w[n-1]):
			b.Type, w = w[n-1], w[:n-1]
		case b.Owner == "" && w[n-1][0] == '@' && ValidHandle(strings.ToLower(w[n-1][1:])):
			b.Owner, w = strings.ToLower(w[n-1][1:]), w[:n-1]
		case b.Due == "" && w[n-2] == "due" && n > 2:
			due, err := DueDate(w[n-1], a.Now, a.Zone)
			if err != nil {
				return title
			}
			b.Due, w = due, w[:n-2]
		default:
			return title
		}
		title = strings.Join(w, " ")
	}
}

func parseReview(a *args) (Body, error) {
	b := &ReviewWritten{Part: strings.ToLower(a.word())}
	b.Text = a.text()
	return b, b.check(a.Room, nil)
}

func (a *args) followup() (Followup, error) {
	n, err := a.number("follow-up")
	if err != nil {
		return Followup{}, err
	}
	if n > len(a.Room.Followups) {
		return Followup{}, Refuse(NotFound, "there is no follow-up %d; the room has %d", n, len(a.Room.Followups))
	}
	return a.Room.Followups[n-1], nil
}
