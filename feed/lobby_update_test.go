package feed_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"warroom/feed/alerts"
	"warroom/feed/feedtest"
	"warroom/model"
)

// changed returns the n-th finding of alertOf in a changed form.
func changed(n int, with func(*model.Alert)) *model.AlertGroups {
	h := sha256.Sum256(fmt.Appendf(nil, "finding %d", n))
	a := &model.Alert{
		Source:     "gitleaks",
		Kind:       "secret",
		Rule:       "aws-access-token",
		Title:      "AWS key",
		Severity:   "high",
		Confidence: "unverified",
		Count:      1,
		FindingKey: hex.EncodeToString(h[:16]),
		GroupKey:   fmt.Sprint("group ", n),
	}
	with(a)
	var g model.AlertGroups
	g.Add(a)
	return &g
}

// TestUpdateReachesTheRoom: a change of an alert that moved from the lobby to a room is
// written in both, once, whichever way it arrives.
func TestUpdateReachesTheRoom(t *testing.T) {
	f := feedtest.Open(t, "ana")
	s := waiting(t, f, 2)
	short := feedtest.Declare(t, f)
	if err := doLine(t, s, ":attach 1 "+short); err != nil {
		t.Fatalf("do line: %v", err)
	}
	own, err := f.Own().Enter(unhurried(t), model.LobbyShort)
	if err != nil {
		t.Fatalf("enter a room: %v", err)
	}
	defer own.Close()
	feedtest.Until(t, own, "the move", func(v *model.View) bool { return v.Room.Alerts[0].Moved != "" })
	live := changed(0, func(a *model.Alert) { a.Severity, a.Confidence = "critical", "verified" })
	updates := live.Updates(own.Latest().Room, "f", "sum")
	if len(updates) != 1 {
		t.Fatalf("got %d updates, want 1", len(updates))
	}
	for range 2 { // the second one is the same
		if _, err := own.Append(unhurried(t), model.Act{Body: updates[0]}); err != nil &&
			model.CodeOf(err) != model.Conflict {
			t.Fatalf("append an entry: %v", err)
		}
	}
	room, err := f.Enter(unhurried(t), short)
	if err != nil {
		t.Fatalf("enter a room: %v", err)
	}
	defer room.Close()
	v := feedtest.Until(
		t,
		room,
		"the update",
		func(v *model.View) bool { return v.Room.Alerts[0].Alert.Confidence == "verified" },
	)
	n := 0
	for _, l := range v.Room.Lines() {
		if l.Kind == model.KindAlertUpdated && l.Refused.IsEmpty() {
			n++
		}
	}
	if n != 1 {
		t.Errorf("got %d lines of it in the room, want 1", n)
	}
	over := changed(1, func(a *model.Alert) { a.Resolved, a.State = true, "resolved" })
	for _, u := range over.Updates(own.Latest().Room, "f", "sum") {
		if _, err := own.Append(unhurried(t), model.Act{Body: u}); err != nil {
			t.Fatalf("append an entry: %v", err)
		}
	}
	feedtest.Until(t, s, "that it is over", func(v *model.View) bool {
		return !v.Room.Alerts[1].Over.IsZero() &&
			v.Room.AlertClock(&v.Room.Alerts[1], v.Room.RecordedAt).State == model.ClockStopped
	})
}

// TestSenderIsNotifiedOfUpdates: the answer to a known finding that has changed reports
// the change, even if the input has no findings any more.
func TestSenderIsNotifiedOfUpdates(t *testing.T) {
	f := feedtest.Open(t, "ana")
	d := receiverOf(t, f, 50*time.Millisecond)
	send := func(doc string) alerts.Taken {
		t.Helper()
		got, err := d.Take(unhurried(t), alerts.Delivery{Body: strings.NewReader(doc)})
		if err != nil {
			t.Fatalf("take: %v", err)
		}
		return got
	}
	doc := func(state string) string {
		return `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}},"results":[{"ruleId":"r",` +
			`"message":{"text":"m"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"a"}}}]` + state +
			`}]}]}`
	}
	if got := send(doc("")); got.New != 1 || got.Updated != 0 {
		t.Errorf("first: got %d new, %d updated, want 1 and 0", got.New, got.Updated)
	}
	if got := send(doc("")); got.New != 0 || got.Seen != 1 || got.Updated != 0 {
		t.Errorf("again: got %d new, %d seen, %d updated, want 0, 1, 0", got.New, got.Seen, got.Updated)
	}
	if got := send(doc(`,"baselineState":"absent"`)); got.Findings != 0 || got.Updated != 1 || got.Suppressed != 1 {
		t.Errorf(
			"gone: got %d findings, %d updated, %d left out, want 0, 1, 1",
			got.Findings,
			got.Updated,
			got.Suppressed,
		)
	}
	if got := send(doc("")); got.New != 0 || got.Updated != 1 {
		t.Errorf("back: got %d new, %d updated, want 0 and 1", got.New, got.Updated)
	}
}

// TestAlertThatFlapsInAStorm: an alert that is resolved and fires again while a storm is held
// is open in the end, and one that is resolved at last is over.
func TestAlertThatFlapsInAStorm(t *testing.T) {
	f := feedtest.Open(t, "ana")
	d := receiverOf(t, f, time.Hour)
	alert := func(name, status string) string {
		return `{"version":"4","groupKey":"` + name + `","receiver":"w","alerts":[{"status":"` + status +
			`","labels":{"alertname":"` + name + `"},"startsAt":"2026-03-01T00:00:00Z"}]}`
	}
	taken(t, d, alert("Flaps", "firing"), "")
	taken(t, d, alert("Ends", "firing"), "")
	for i := range 10 {
		taken(t, d, alert(fmt.Sprint("Other", i), "firing"), "")
	}
	for _, status := range []string{"resolved", "firing"} {
		if got := taken(t, d, alert("Flaps", status), ""); got.Held != 1 {
			t.Fatalf("%s in a storm: got %+v, want it held", status, got)
		}
	}
	for _, status := range []string{"resolved", "firing", "resolved"} {
		taken(t, d, alert("Ends", status), "")
	}
	d.Close()
	s, err := f.Enter(unhurried(t), model.LobbyShort)
	if err != nil {
		t.Fatalf("entering the lobby: got %v, want a session", err)
	}
	t.Cleanup(s.Close)
	room := feedtest.Until(t, s, "the storm", func(v *model.View) bool {
		return len(v.Room.Alerts) > 2 && !v.Room.Alerts[1].Over.IsZero()
	}).Room
	if a := room.Alerts[0]; !a.Over.IsZero() {
		t.Errorf("%s: got over at %v, want it open", a.Alert.Rule, a.Over)
	}
}

// TestUpdateOfAnAlertWithoutItsSender: what closes an alert in the lobby closes it in the room
// that it was moved to, although a program of a version without senders moved it.
func TestUpdateOfAnAlertWithoutItsSender(t *testing.T) {
	f := feedtest.Open(t, "ana")
	d := receiverOf(t, f, 50*time.Millisecond)
	send := func(status string) {
		t.Helper()
		_, err := d.Take(unhurried(t),
			alerts.Delivery{Body: strings.NewReader(firing("Exfil", status)), Credential: "http.token"})
		if err != nil {
			t.Fatalf("%s: got %v, want it taken", status, err)
		}
	}
	send("firing")
	lobby := lobbyOf(t, f)
	v := feedtest.Until(t, lobby, "the alert", func(v *model.View) bool { return len(v.Room.Alerts) == 1 })
	room := feedtest.Enter(t, f, feedtest.Declare(t, f))
	moved := v.Room.Handed(v.Room.AlertN(1))
	moved.Sender = ""
	if _, err := room.Append(unhurried(t), model.Act{Body: moved}); err != nil {
		t.Fatalf("moving it to the room: got %v, want it there", err)
	}
	r := room.Latest()
	if _, err := lobby.Append(unhurried(t), model.Act{Body: &model.AlertMoved{Alert: moved.Origin, Room: r.Short,
		RoomID: r.Room.ID}}); err != nil {
		t.Fatalf("moving it from the lobby: got %v, want it moved", err)
	}
	send("resolved")
	for name, s := range map[string]model.RoomSession{"the lobby": lobby, "the room": room} {
		feedtest.Until(t, s, "the end of the alert in "+name, func(v *model.View) bool {
			return len(v.Room.Alerts) == 1 && !v.Room.Alerts[0].Over.IsZero()
		})
	}
}
