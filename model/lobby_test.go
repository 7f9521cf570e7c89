package model_test

import (
	"strings"
	"testing"
	"time"

	"warroom/model"
	"warroom/model/playbook"
)

// lobby returns a lobby that ana opened on a hub.
func lobby(t *testing.T) *testRoom {
	t.Helper()
	p, err := playbook.Load("", "security")
	if err != nil {
		t.Fatalf("load a playbook: %v", err)
	}
	k := &testRoom{t: t, room: model.NewRoom(), now: time.Date(2026, 11, 21, 14, 0, 0, 0, time.UTC)}
	opened, adopted := model.OpenLobby(keyOf("hub"), "salt", p)
	for _, a := range []model.Act{opened, adopted} {
		if l := k.do("ana", a); !l.Refused.IsEmpty() {
			t.Fatal(l.Refused)
		}
	}
	return k
}

const noIncident = "the lobby is not an incident: here alerts are judged, declared, attached or closed; :declare " +
	"N SEVERITY TITLE makes a room for one"

// TestLobby: alerts wait with their clocks, are judged, and are moved once. Events
// of an incident are refused.
func TestLobby(t *testing.T) {
	k := lobby(t)
	k.take(finding(1, "a", "high"), finding(2, "b", "low"))
	k.now = k.now.Add(5 * time.Minute)
	k.take(finding(3, "c", "critical"))
	if got, want := k.room.LobbyLine(k.now.Add(7*time.Minute+4*time.Second)).String(),
		"Lobby: 3 alerts to triage, oldest waiting 12:04 (limit 15:00)"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := k.room.LobbyLine(k.now.Add(11 * time.Minute)).String(); !strings.HasSuffix(got,
		"16:00, OVERDUE by 01:00") {
		t.Error(got)
	}
	k.mustType("ana", ":judge 2 fp a test key")
	if n, _ := k.room.Unjudged(); n != 2 || len(k.room.OpenAlerts()) != 2 || !k.room.AlertN(2).Settled() {
		t.Errorf("%d wait, %d open", n, len(k.room.OpenAlerts()))
	}
	k.refused("ana", ":close 1 seen", "alert 1 has not been judged yet; judge it first: :judge 1 VERDICT REASON")
	k.refused("ana", ":close 2 seen", "alert 2 does not need to be closed: it was judged false positive")
	k.refused("ana", ":sev SEV-1", noIncident)
	k.refused("ana", "! rotate", noIncident)
	k.refused("ana", ":judg", "there is no command :judg; did you mean :judge? :help lists all")
	k.mustType("ana", ":judge 1 no-impact the key was dead", ":close 1 rotated anyway", "a note")
	k.mustType("ana", ":attach 3 inc-7")
	k.refused("ana", ":attach 3 inc-8", "alert 3 was already moved to inc-7, by ana")
	k.refused("ana", ":judge 3 fp x", "alert 3 was moved to inc-7; judge it there")
	k.refused("ana", ":attach 9 inc-8", "there is no alert 9; there are 3, up to 3")
	if got := k.room.LobbyLine(k.now).String(); got != "Lobby: no alerts to triage" {
		t.Error(got)
	}
	if c := k.room.AlertClock(k.room.AlertN(3), k.now.Add(time.Hour)); c.State != model.ClockMet {
		t.Errorf("%+v", c)
	}
	r := alertRoom(t)
	r.refused("ana", ":attach 1 inc-2", "there is no command :attach; :help lists them")
	if l := r.do("ana", model.Act{Body: &model.AlertClosed{Alert: "x", Why: "y"}}); l.Refused.IsEmpty() {
		t.Error("an alert of a room was closed")
	}
}

// TestLobbyDeclare: in a room that is declared for an alert, the incident is
// detected when the alert was received, and the clocks count from there. The room
// keeps the verdict on the alert.
func TestLobbyDeclare(t *testing.T) {
	k := lobby(t)
	k.take(finding(1, "a", "critical"))
	received := k.now
	k.now = k.now.Add(4 * time.Minute)
	k.mustType("ana", ":judge 1 tp with impact it works")
	a, err := model.Parse(":declare 1", k.ctx("ana"))
	if err != nil {
		t.Fatalf("parse a line: %v", err)
	}
	d := a.Body.(*model.AlertMoved).New
	if d.Severity != "SEV-2" || d.Kind != "credential_leak" || !d.Detected.Equal(received) ||
		d.Reason != "alert 1 of the lobby suggests SEV-2 (critical), Leaked credential (secret found)" {
		t.Errorf("%+v", d)
	}
	r := declared(t, "security", *d)
	if l := r.do("ana", model.Act{Body: d.Alerts[0]}); !l.Refused.IsEmpty() ||
		!strings.Contains(l.Text.String(), "judged true positive with impact there by ana") {
		t.Fatalf("%s %s", l.Refused, l.Text)
	}
	al := r.room.AlertN(1)
	if al.Origin != k.room.AlertN(1).ID || !al.At.Equal(received) || al.Verdict != model.Verdicts[0] {
		t.Errorf("%+v", al)
	}
	if c := r.clock("validate"); !c.Run.DueAt.Equal(received.Add(15 * time.Minute)) {
		t.Errorf("the room's clock is due at %s", c.Run.DueAt)
	}
	if l := r.do("ana",
		model.Act{Body: d.Alerts[0]}); l.Refused.String() != "all findings of this alert are already in the room" {
		t.Error(l.Refused)
	}
}

// TestLobbyLives: settled alerts make room for new ones, numbers are not reused, and
// a lobby full of waiting alerts is refused with a sentence.
func TestLobbyLives(t *testing.T) {
	k := lobby(t)
	one := func(n int) string {
		var g model.AlertGroups
		g.Add(finding(n, string(rune('a'+n%20)), "low"))
		b, _ := g.Bodies(k.room, "f", "s")
		return k.do("ana", model.Act{Body: b[0]}).Refused.String()
	}
	for n := range 500 {
		if why := one(n); why != "" {
			t.Fatal(why)
		}
	}
	if why := one(501); why != "the lobby is full (500 alerts): judge and close some" {
		t.Error(why)
	}
	k.mustType("ana", ":judge 500 benign known")
	if why := one(502); why != "" || k.room.Alerts[499].N != 501 || k.room.AlertN(500) != nil {
		t.Errorf("%s, the newest is %d", why, k.room.Alerts[499].N)
	}
}

// TestHubBringsAlerts: the hub's own key opens the lobby and adds alerts, to rooms
// as well, and may write nothing else.
func TestHubBringsAlerts(t *testing.T) {
	p, err := playbook.Load("", "security")
	if err != nil {
		t.Fatalf("load a playbook: %v", err)
	}
	k := &testRoom{t: t, room: model.NewRoom(), now: time.Date(2026, 11, 21, 14, 0, 0, 0, time.UTC)}
	opened, adopted := model.OpenLobby(keyOf("hub"), "salt", p)
	var g model.AlertGroups
	g.Add(finding(1, "a", "high"))
	b, _ := g.Bodies(k.room, "f", "s")
	for _, a := range []model.Act{opened, adopted, {Body: b[0]}} {
		if l := k.do("hub", a); !l.Refused.IsEmpty() {
			t.Fatalf("%s: %s", model.KindOf(a.Body), l.Refused)
		}
	}
	if l := k.do("hub",
		model.Act{Body: &model.AlertJudged{Alert: k.room.Alerts[0].ID, Verdict: "benign",
			Why: "x"}}); l.Refused.IsEmpty() {
		t.Error("the hub judged an alert")
	}
	if l := k.do("hub", model.Act{Body: model.NewEntry(model.KindEntryNoted, "x")}); l.Refused.IsEmpty() {
		t.Error("the hub wrote a note")
	}
}

// TestLobbyDeclaresByTheConfiguredPlan: a lobby that was opened under one playbook
// declares rooms with the one that is configured now, and its line names it.
func TestLobbyDeclaresByTheConfiguredPlan(t *testing.T) {
	k := lobby(t)
	k.take(finding(1, "a", "critical"))
	c := k.ctx("ana")
	c.Plan = func(string) (*model.Plan, error) { return playbook.Load("", "security-playbook") }
	a, err := model.Parse(":declare 1 P0 a key", c)
	if err != nil {
		t.Fatalf("parse a line: %v", err)
	}
	if d := a.Body.(*model.AlertMoved).New; d.Plan.Name != "security-playbook" || d.Severity != "P0" {
		t.Errorf("got plan %s, severity %s; want security-playbook, P0", d.Plan.Name, d.Severity)
	}
	if got := model.FormatArgs(a.Args).String(); !strings.Contains(got, "playbook security-playbook") {
		t.Errorf("got the preview %q, want it to name the playbook", got)
	}
}
