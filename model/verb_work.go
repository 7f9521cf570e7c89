package model

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Commands about work: items of the checklist, and follow-ups.

func parseCheck(a *args) (Body, error) {
	id, err := a.item()
	if err != nil {
		return nil, err
	}
	b := &ItemDoneBody{Item: id}
	if a.Room.validates(id) {
		if err := a.timeNext(); err != nil {
			return nil, err
		}
		if b.Severity, err = a.verified(); err != nil {
			return nil, err
		}
	}
	why, ok, err := a.override()
	if ok {
		b.Override = why
		return b, err
	}
	if err := a.timed(false); err != nil {
		return nil, err
	}
	if onlyNumbers(a.remaining) {
		return nil, Refuse(Invalid, "write one line for each item; a note needs words, not %s: :check N NOTE",
			quoted(strings.TrimSpace(a.remaining)))
	}
	b.Note = a.textAs("note")
	return b, nil
}

// verified consumes the severity that a validation confirms in addition to the alert
// being real, and returns "" if the line states none. It refuses a severity that is
// not the room's.
func (a *args) verified() (string, error) {
	s := a.Room.Plan.Severity(a.peek())
	if s == nil {
		a.as("alert", Lit("is real"))
		a.as("severity", Safef("not verified (add %s to verify it)", a.Room.Severity))
		return "", nil
	}
	a.word()
	if s.ID != a.Room.Severity {
		return "", Refuse(Conflict, "the severity is %s; set it first: :sev %s %s", a.Room.Severity, s.ID,
			s.criteriaHint())
	}
	a.as("alert", Lit("is real"))
	a.as("severity", Safef("%s is verified", s.ID))
	return s.ID, nil
}

func parseMove(k Kind) func(*args) (Body, error) {
	return func(a *args) (Body, error) {
		id, err := a.item()
		if err == nil && onlyNumbers(a.remaining) {
			err = Refuse(Invalid, "write one line for each item; a reason needs words, not %s",
				quoted(strings.TrimSpace(a.remaining)))
		}
		return &ItemMoved{Item: id, Reason: a.reason(), kind: k}, err
	}
}

func parseAssign(a *args) (Body, error) {
	who := ""
	if isPerson(a.peek()) {
		who = a.person()
	}
	id, err := a.item()
	if who == "" {
		who = a.person()
	}
	return &ItemAssigned{Item: id, Owner: who}, err
}

func parseItem(a *args) (Body, error) {
	phase, err := a.named("phase", a.Room.Plan.phaseNames())
	if err != nil {
		return nil, err
	}
	b := &ItemAdded{Phase: phase}
	a.as("phase", CleanLine(b.Phase))
	if isPerson(a.peek()) {
		b.Owner = a.person()
	} else {
		b.Owner = a.lastPerson()
	}
	b.Text = a.text()
	return b, nil
}

func parseIf(a *args) (Body, error) {
	condition, err := a.named("condition", a.Room.Plan.conditionNames())
	if err != nil {
		return nil, err
	}
	b := &ConditionAnswered{Condition: condition}
	switch w := strings.ToLower(a.word()); w {
	case "yes", "y":
		b.Yes = true
	case "no", "n":
	default:
		return nil, Refuse(Invalid, "answer with yes or no, as in :if CONDITION yes; the conditions are %s",
			a.Room.Plan.conditionIDs())
	}
	a.as("answer", Safef("%s", map[bool]string{true: "yes", false: "no"}[b.Yes]))
	b.Why = a.reason()
	return b, nil
}

func parseTodo(a *args) (Body, error) {
	if a.peek() == "done" {
		a.word()
		f, err := a.followup()
		return &FollowupDone{Of: f.ID, Note: a.textAs("note")}, err
	}
	b, prev := &FollowupAdded{}, Followup{}
	if _, err := strconv.Atoi(a.peek()); err == nil {
		f, err := a.followup()
		if err != nil {
			return nil, err
		}
		b.Of, prev = f.ID, f
	}
	for {
		switch w := a.peek(); {
		case isPerson(w) && b.Owner == "":
			b.Owner = a.person()
			continue
		case w == "due" && b.Due == "":
			a.word()
			due, err := DueDate(a.word(), a.Now, a.Zone)
			if err != nil {
				return nil, err
			}
			b.Due = due
			continue
		case slices.Contains(FollowupTypes, w) && b.Type == "":
			b.Type = a.word()
			continue
		}
		break
	}
	t := strings.TrimSpace(a.remaining)
	a.remaining = ""
	t, err := b.trailing(t, a)
	if err != nil {
		return nil, err
	}
	b.Title, b.Owner = cmp.Or(t, prev.Title), cmp.Or(b.Owner, prev.Owner)
	b.Due, b.Type = cmp.Or(b.Due, prev.Due), cmp.Or(b.Type, prev.Type)
	if w := strings.ToLower(t); b.Of != "" && (w == "done" || w == "drop" || w == "dropped" || w == "open") {
		return nil, Refuse(Invalid, "%s is not a title; mark a follow-up as done with :todo done N", quoted(t))
	}
	a.as("title", CleanLine(b.Title))
	a.as("due", CleanLine(b.Due))
	a.as("type", CleanLine(b.Type))
	return b, nil
}

// dateShape matches a word that is meant as a date, such as 2026-11-30, 30.11. or 11/30.
var dateShape = regexp.MustCompile(`^\d{1,4}[-./]\d{1,2}([-./]\d{0,4})?$`)

// trailing removes owner, due date and type from the end of a follow-up's title.
func (b *FollowupAdded) trailing(title string, a *args) (string, error) {
	for {
		w := strings.Fields(title)
		n := len(w)
		switch {
		case n < 2:
			return title, nil
		case b.Type == "" && slices.Contains(FollowupTypes, w[n-1]):
			b.Type, w = w[n-1], w[:n-1]
		case b.Owner == "" && w[n-1][0] == '@' && ValidHandle(strings.ToLower(w[n-1][1:])):
			b.Owner, w = a.handle(w[n-1]), w[:n-1]
		case b.Due == "" && w[n-2] == "due" && n > 2:
			due, err := DueDate(w[n-1], a.Now, a.Zone)
			if err != nil && dateShape.MatchString(w[n-1]) {
				return "", err
			}
			if err != nil {
				return title, nil
			}
			b.Due, w = due, w[:n-2]
		default:
			return title, nil
		}
		title = strings.Join(w, " ")
	}
}

func parseReview(a *args) (Body, error) {
	b := &ReviewWritten{Section: strings.ToLower(a.word())}
	a.as("part", CleanLine(b.Section))
	b.Text = a.text()
	return b, b.check(a.Room, nil)
}

func (a *args) followup() (Followup, error) {
	n, err := a.number("follow-up")
	if err != nil {
		return Followup{}, err
	}
	if n > len(a.Room.Followups) {
		return Followup{}, noSuch("follow-up", n, len(a.Room.Followups), "this room has")
	}
	a.about(Safef("%d %s", n, CleanLine(a.Room.Followups[n-1].Title)))
	return a.Room.Followups[n-1], nil
}
