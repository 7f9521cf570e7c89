package model

import (
	"strings"
	"sync"
)

// lobbyVerbs are the commands of the lobby: its own, and of a room's those that
// have a place there.
var lobbyVerbs = sync.OnceValue(func() []verbDef {
	out := []verbDef{
		*verbIn(verbs, "alert"),
		*verbIn(verbs, "judge"),
		{"declare", "ALERT [SEVERITY] [TITLE]", "a room of its own for an alert; what is left out is as the alert suggests", []slot{alerts, severities}, parseLobbyDeclare, nil},
		{"attach", "ALERTS ROOM", "the alert belongs to a room that is there", []slot{alerts}, parseAttach, nil},
		{"close", "ALERTS REASON", "an alert that was judged needs nothing more", []slot{alerts}, parseLobbyClose, nil},
	}
	for _, name := range []string{"note", "insist", "amend", "retract", "redact", "pin", "unpin", "admit", "right", "strike"} {
		out = append(out, *verbIn(verbs, name))
	}
	return out
})

// parseLobbyDeclare reads what a room is to be declared as. The feed makes it, and
// says then in the lobby where the alert went.
func parseLobbyDeclare(a *args) (Body, error) {
	al, err := a.alert()
	if err != nil {
		return nil, err
	}
	plan, err := a.declaredBy()
	if err != nil {
		return nil, err
	}
	by := *a.Room
	by.Plan = plan
	severity, kind, why := by.SuggestedDeclaration(al)
	if s := plan.Severity(strings.ToUpper(a.peek())); s != nil {
		severity, why = s.ID, Safe{}
		a.word()
		a.as("severity", CleanLine(s.ID))
	}
	if severity == "" {
		return nil, Refuse(Invalid, "the alert suggests no severity; say which: %s", plan.severityIDs())
	}
	title := a.textAs("title")
	if title == "" {
		title = cutText(al.Alert.What().String(), MaxTitle)
	}
	d := &Declaration{Title: title, Severity: severity, Kind: kind, Detected: al.At, Plan: plan, Alerts: []*AlertReceived{a.Room.Handed(al)}}
	if !why.IsEmpty() {
		d.Reason = Safef("alert %d of the lobby %s", al.N, why).String()
	}
	return &AlertMoved{Alert: al.ID, Declared: true, New: d}, nil
}

// declaredBy is the plan by which rooms are declared now. The lobby's own may be an
// older one.
func (a *args) declaredBy() (*Plan, error) {
	if a.Ctx.Plan == nil {
		return a.Room.Plan, nil
	}
	p, err := a.Ctx.Plan("")
	if err == nil && a.Room.Plan != nil && p.Name != a.Room.Plan.Name {
		a.as("playbook", CleanLine(p.Name))
	}
	return p, err
}

func parseAttach(a *args) (Body, error) {
	al, err := a.alert()
	if err != nil {
		return nil, err
	}
	b := &AlertMoved{Alert: al.ID, Room: strings.ToLower(a.word())}
	a.as("room", CleanLine(b.Room))
	return b, nil
}

func parseLobbyClose(a *args) (Body, error) {
	al, err := a.alert()
	if err != nil {
		return nil, err
	}
	return &AlertClosed{Alert: al.ID, Why: a.reason()}, nil
}
