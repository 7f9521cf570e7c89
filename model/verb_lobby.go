package model

import (
	"strings"
	"sync"
)

// lobbyVerbs returns the commands of the lobby: its own, and those of a room that
// apply to it.
var lobbyVerbs = sync.OnceValue(func() []verbDef {
	out := []verbDef{
		*verbIn(verbs, "alert"),
		*verbIn(verbs, "judge"),
		{name: "declare", args: "ALERT [SEVERITY] [TITLE]",
			help:  "declare a room for an alert; what you leave out is taken from the alert",
			slots: []slot{alerts, severities}, parse: parseLobbyDeclare},
		{name: "attach", args: "ALERTS ROOM", help: "move alerts to an existing room", slots: []slot{alerts},
			parse: parseAttach},
		{name: "close", args: "ALERTS REASON", help: "close alerts that were judged",
			slots: []slot{alerts}, parse: parseLobbyClose},
	}
	for _, name := range []string{"note", "insist", "amend", "retract", "redact", "pin", "unpin", "admit", "right",
		"strike"} {
		out = append(out, *verbIn(verbs, name))
	}
	return out
})

// parseLobbyDeclare parses a declaration from the lobby. The client creates the
// room, and then records in the lobby where the alert went.
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
		return nil, Refuse(Invalid, "the alert suggests no severity; give one: %s", plan.severityIDs())
	}
	title := a.textAs("title")
	if title == "" {
		title = cutText(al.Alert.What().String(), MaxTitle)
	}
	d := &Declaration{Title: title, Severity: severity, Kind: kind, Detected: al.At, Plan: plan,
		Alerts: []*AlertReceived{a.Room.Handed(al)}}
	if !why.IsEmpty() {
		d.Reason = Safef("alert %d of the lobby %s", al.N, why).String()
	}
	return &AlertMoved{Alert: al.ID, Declared: true, New: d}, nil
}

// declaredBy returns the plan for new rooms, which may be newer than the lobby's
// own.
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
