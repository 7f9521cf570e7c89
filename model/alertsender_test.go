package model_test

import (
	"encoding/base64"
	"testing"

	"warroom/model"
)

// send imports findings as a sender, and returns the number of alerts that were added.
func (k *testRoom) send(sender string, list ...*model.Alert) (added int) {
	k.t.Helper()
	g := model.AlertGroups{Sender: sender}
	for _, a := range list {
		g.Add(a)
	}
	for _, u := range g.Updates(k.room, "f", "sum") {
		if l := k.do("ana", model.Act{Body: u}); !l.Refused.IsEmpty() {
			k.t.Errorf("an update by %q: got the refusal %q, want none", sender, l.Refused)
		}
	}
	bodies, _ := g.Bodies(k.room, "f", "sum")
	for _, b := range bodies {
		if l := k.do("ana", model.Act{Body: b}); !l.Refused.IsEmpty() {
			k.t.Errorf("an alert by %q: got the refusal %q, want none", sender, l.Refused)
		}
	}
	return len(bodies)
}

// TestSenderOfAlert: a machine closes and renames only what it sent, and does not take the
// place of another one. A person closes everything.
func TestSenderOfAlert(t *testing.T) {
	k := lobby(t)
	over := finding(1, "a", "high")
	over.Resolved, over.State = true, "resolved"
	worse := finding(1, "a", "critical")
	worse.Title, worse.Validity = "nothing to see here", "inactive"
	if got := k.send("", finding(1, "a", "high")); got != 1 {
		t.Fatalf("a person: got %d alerts, want 1", got)
	}
	if got := k.send("one", finding(1, "a", "high")); got != 0 {
		t.Errorf("a machine, what a person brought: got %d new alerts, want 0", got)
	}
	k.send("one", over)
	if a := k.room.AlertN(1); !a.Over.IsZero() {
		t.Error("a machine closes what a person brought: got it over, want it open")
	}
	k.send("one", worse)
	if a := k.room.AlertN(1).Alert; a.Severity != "critical" || a.Title != "AWS key" || a.Validity != "" {
		t.Errorf("a machine, worse: got %s, %q, validity %q; want critical, the old title and none",
			a.Severity, a.Title, a.Validity)
	}
	for _, sender := range []string{"one", "two"} {
		if got := k.send(sender, finding(2, "b", "high")); got != 1 {
			t.Errorf("%s: got %d new alerts, want 1", sender, got)
		}
	}
	gone := finding(2, "b", "high")
	gone.LeftOut = model.LeftGone
	k.send("two", gone)
	if one, two := k.room.AlertN(2), k.room.AlertN(3); !one.Over.IsZero() || two.Over.IsZero() {
		t.Errorf("got over %v and %v, want only that of its sender", !one.Over.IsZero(), !two.Over.IsZero())
	}
	for _, u := range []*model.AlertUpdated{{Closed: k.room.AlertN(2).Keys}, {Head: worse}, {Validity: "inactive"}} {
		u.Alert, u.Sender, u.Severity = k.room.AlertN(2).ID, "two", "critical"
		want := "alert 2 came from another sender: only that sender and people close or rename it"
		if l := k.do("ana", model.Act{Body: u}); l.Refused.String() != want {
			t.Errorf("written without asking: got %q, want %q", l.Refused, want)
		}
	}
	if got := k.send("", over, gone); got != 0 {
		t.Errorf("a person: got %d new alerts, want 0", got)
	}
	for n := 1; n <= 3; n++ {
		if k.room.AlertN(n).Over.IsZero() {
			t.Errorf("a person closes alert %d: got it open, want it over", n)
		}
	}
	if got := k.room.Handed(k.room.AlertN(3)).Sender; got != "two" {
		t.Errorf("moved to a room: got the sender %q, want two", got)
	}
}

// TestAlertWithAnEmptyKey: an alert that somebody wrote with a key of zero bytes is not that of
// findings that have no key of an earlier version or another form.
func TestAlertWithAnEmptyKey(t *testing.T) {
	k := lobby(t)
	var g model.AlertGroups
	g.Add(finding(1, "a", "low"))
	bodies, _ := g.Bodies(k.room, "f", "sum")
	bodies[0].Keys = base64.StdEncoding.EncodeToString(make([]byte, 8))
	if l := k.do("ana", model.Act{Body: bodies[0]}); !l.Refused.IsEmpty() {
		t.Fatalf("a crafted alert: got the refusal %q, want none", l.Refused)
	}
	if got := k.send("one", finding(2, "b", "critical")); got != 1 {
		t.Errorf("another finding: got %d new alerts, want 1", got)
	}
	if got := k.room.AlertN(1).Alert.Severity; got != "low" {
		t.Errorf("the crafted alert: got severity %s, want low", got)
	}
}
