package feed_test

import (
	"strings"
	"testing"
	"time"

	"warroom/feed"
	"warroom/feed/alerts"
	"warroom/feed/feedtest"
	"warroom/model"
)

// firing returns an alert of Alertmanager's webhook.
func firing(name, status string) string {
	return `{"version":"4","groupKey":"` + name + `","receiver":"w","alerts":[{"status":"` + status +
		`","labels":{"alertname":"` + name + `","severity":"critical"},"startsAt":"2026-03-01T00:00:00Z"}]}`
}

// shut closes a room, and waits until f has that.
func shut(t *testing.T, f *feed.Feed, short string) model.RoomSession {
	t.Helper()
	s, err := f.Enter(unhurried(t), short)
	if err != nil {
		t.Fatalf("entering %s: got %v, want a session", short, err)
	}
	t.Cleanup(s.Close)
	if err := doLine(t, s, ":close override over"); err != nil {
		t.Fatalf("closing %s: got %v, want it closed", short, err)
	}
	feedtest.Until(t, s, "the closing", func(v *model.View) bool { return v.Room.Status == model.Closed })
	return s
}

func lobbyOf(t *testing.T, f *feed.Feed) model.RoomSession {
	t.Helper()
	s, err := f.Enter(unhurried(t), model.LobbyShort)
	if err != nil {
		t.Fatalf("entering the lobby: got %v, want a session", err)
	}
	t.Cleanup(s.Close)
	return s
}

// TestAlertReturnsFromAClosedRoom: an alert that was moved to a room, and fires again after
// the room was closed, waits in the lobby again, and can be moved to another room.
func TestAlertReturnsFromAClosedRoom(t *testing.T) {
	f := feedtest.Open(t, "ana")
	d := receiverOf(t, f, 50*time.Millisecond)
	taken(t, d, firing("Exfil", "firing"), "")
	lobby := lobbyOf(t, f)
	feedtest.Until(t, lobby, "the alert", func(v *model.View) bool { return len(v.Room.Alerts) == 1 })
	first, second := feedtest.Declare(t, f), feedtest.Declare(t, f)
	if err := doLine(t, lobby, ":attach 1 "+first); err != nil {
		t.Fatalf("attaching: got %v, want it attached", err)
	}
	feedtest.Until(t, lobby, "the move", func(v *model.View) bool { return v.Room.Alerts[0].Moved != "" })
	shut(t, f, first)
	taken(t, d, firing("Exfil", "resolved"), "")
	isOver := func(v *model.View) bool { return !v.Room.Alerts[0].Over.IsZero() }
	room := feedtest.Until(t, lobby, "the end", isOver).Room
	if a := room.Alerts[0]; a.Moved != first {
		t.Errorf("resolved: got it in %q, want it in %s", a.Moved, first)
	}
	taken(t, d, firing("Exfil", "firing"), "")
	room = feedtest.Until(t, lobby, "the return", func(v *model.View) bool { return !isOver(v) }).Room
	if a := room.Alerts[0]; a.Settled() || a.Moved != "" || len(room.OpenAlerts()) != 1 {
		t.Fatalf("fires again: got moved to %q, settled %v, %d waiting, want it to wait in the lobby", a.Moved,
			a.Settled(), len(room.OpenAlerts()))
	}
	last := room.Lines()[len(room.Lines())-1].Text.String()
	if want := first + " is closed, so it waits here again"; !strings.Contains(last, want) {
		t.Errorf("its line: got %q, want %q in it", last, want)
	}
	again := lobbyOf(t, f) // whoever enters completes interrupted moves; this one was not interrupted
	if a := again.Latest().Room.Alerts[0]; a.Moved != "" {
		t.Errorf("after entering again: got moved to %q, want it to wait", a.Moved)
	}
	if err := doLine(t, lobby, ":attach 1 "+first); model.CodeOf(err) != model.Conflict {
		t.Errorf("attaching it to the closed room: got %v, want a refusal", err)
	}
	if err := doLine(t, lobby, ":attach 1 "+second); err != nil {
		t.Fatalf("attaching it to another room: got %v, want it attached", err)
	}
	room = feedtest.Until(t, lobby, "the second move",
		func(v *model.View) bool { return v.Room.Alerts[0].Moved != "" }).Room
	if a := room.Alerts[0]; a.Moved != second {
		t.Errorf("attached again: got it in %q, want it in %s", a.Moved, second)
	}
	taken(t, d, firing("Exfil", "resolved"), "")
	s, err := f.Enter(unhurried(t), second)
	if err != nil {
		t.Fatalf("entering %s: got %v, want a session", second, err)
	}
	t.Cleanup(s.Close)
	feedtest.Until(t, s, "the end in the second room",
		func(v *model.View) bool { return len(v.Room.Alerts) == 1 && !v.Room.Alerts[0].Over.IsZero() })
}

// TestAlertsForAClosedRoom: alerts that a sender names a closed room for wait in the lobby,
// and the closed room gets nothing; what it has and is resolved is recorded there.
func TestAlertsForAClosedRoom(t *testing.T) {
	f := feedtest.Open(t, "ana")
	d := receiverOf(t, f, 50*time.Millisecond)
	short := feedtest.Declare(t, f)
	send := func(doc string) alerts.Taken {
		t.Helper()
		got, err := d.Take(unhurried(t), alerts.Delivery{Body: strings.NewReader(doc), Room: short})
		if err != nil {
			t.Fatalf("take: got %v, want it taken", err)
		}
		return got
	}
	send(firing("Known", "firing"))
	s := shut(t, f, short)
	if got := send(firing("Known", "resolved")); got.Updated != 1 || len(got.Notes) != 1 {
		t.Errorf("resolved: got %+v, want 1 updated alert in the room", got)
	}
	v := feedtest.Until(t, s, "the end", func(v *model.View) bool { return !v.Room.Alerts[0].Over.IsZero() })
	entries := len(v.Room.Lines())
	for _, doc := range []string{firing("Known", "firing"), firing("New", "firing")} {
		got := send(doc)
		if note := short + " is closed, so these alerts wait in the lobby"; got.New != 1 ||
			len(got.Notes) != 1 || got.Notes[0].String() != note {
			t.Errorf("open again, or new: got %+v, want 1 new alert and the note %q", got, note)
		}
	}
	lobby := lobbyOf(t, f)
	room := feedtest.Until(t, lobby, "both", func(v *model.View) bool { return len(v.Room.Alerts) == 2 }).Room
	if n := len(room.OpenAlerts()); n != 2 {
		t.Errorf("the lobby: got %d waiting alerts, want 2", n)
	}
	if r := s.Latest().Room; len(r.Lines()) != entries || len(r.Evidence) != len(v.Room.Evidence) {
		t.Errorf("the closed room: got %d lines and %d evidence items, want %d and %d", len(r.Lines()), len(r.Evidence),
			entries, len(v.Room.Evidence))
	}
}

// TestStormForARoomThatIsClosed: alerts that were accepted for a room, and wait for the end
// of a storm while the room is closed, wait in the lobby afterwards.
func TestStormForARoomThatIsClosed(t *testing.T) {
	f := feedtest.Open(t, "ana")
	d := receiverOf(t, f, time.Hour)
	short := feedtest.Declare(t, f)
	held := 0
	for _, name := range strings.Split("abcdefghijklmnop", "") {
		got, err := d.Take(unhurried(t), alerts.Delivery{Body: strings.NewReader(firing(name, "firing")), Room: short})
		if err != nil {
			t.Fatalf("take: got %v, want it taken", err)
		}
		held += got.Held
	}
	if held == 0 {
		t.Fatalf("got no held alerts, want some")
	}
	shut(t, f, short)
	d.Close()
	lobby := lobbyOf(t, f)
	v := feedtest.Until(t, lobby, "the held alerts", func(v *model.View) bool { return len(v.Room.Alerts) > 0 })
	if got := v.Room.Alerts[0].Findings; got != held {
		t.Errorf("the lobby: got %d findings, want %d", got, held)
	}
}

// TestFoundAgainAfterClosing: a finding without a state that a scan finds again after its room
// was closed waits in the lobby, once. One that was judged harmless there does not, and one
// whose room is open neither.
func TestFoundAgainAfterClosing(t *testing.T) {
	f := feedtest.Open(t, "ana")
	d := receiverOf(t, f, time.Nanosecond)
	scan := func(name string) string {
		return `{"rule":"` + name + `","priority":"Critical","time":"2026-11-21T14:00:00Z","output":"x",` +
			`"hostname":"web","output_fields":{"proc.name":"sh"}}`
	}
	names := []string{"Returns", "Harmless", "Elsewhere"}
	for _, name := range names {
		taken(t, d, scan(name), "")
	}
	lobby := lobbyOf(t, f)
	feedtest.Until(t, lobby, "the alerts", func(v *model.View) bool { return len(v.Room.Alerts) == 3 })
	first, second := feedtest.Declare(t, f), feedtest.Declare(t, f)
	for n, line := range []string{":attach 1 " + first, ":attach 2 " + first, ":attach 3 " + second} {
		if err := doLine(t, lobby, line); err != nil {
			t.Fatalf("attaching alert %d: got %v, want it attached", n+1, err)
		}
	}
	feedtest.Until(t, lobby, "the moves", func(v *model.View) bool { return v.Room.Alerts[2].Moved != "" })
	s, err := f.Enter(unhurried(t), first)
	if err != nil {
		t.Fatalf("entering %s: got %v, want a session", first, err)
	}
	t.Cleanup(s.Close)
	if err := doLine(t, s, ":judge 2 fp a test"); err != nil {
		t.Fatalf("judging: got %v, want it judged", err)
	}
	for _, name := range names { // their rooms are open
		if got := taken(t, d, scan(name), ""); got.Updated != 0 || got.Seen != 1 {
			t.Errorf("%s, the room is open: got %d updated and %d seen, want 0 and 1", name, got.Updated, got.Seen)
		}
	}
	shut(t, f, first)
	for i, name := range names {
		want := 0
		if i == 0 {
			want = 1
		}
		if got := taken(t, d, scan(name), ""); got.Updated != want || got.New != 0 {
			t.Errorf("%s, found again: got %d updated and %d new, want %d and 0", name, got.Updated, got.New, want)
		}
		if got := taken(t, d, scan(name), ""); got.Updated != 0 || got.New != 0 {
			t.Errorf("%s, and once more: got %d updated and %d new, want 0 and 0", name, got.Updated, got.New)
		}
	}
	room := feedtest.Until(t, lobby, "the return",
		func(v *model.View) bool { return v.Room.Alerts[0].Moved == "" }).Room
	if n := len(room.OpenAlerts()); n != 1 {
		t.Errorf("got %d waiting alerts, want 1", n)
	}
	last := room.Lines()[len(room.Lines())-1].Text.String()
	if want := "found again; " + first + " is closed, so it waits here again"; !strings.Contains(last, want) {
		t.Errorf("its line: got %q, want %q in it", last, want)
	}
	got, err := d.Take(unhurried(t), alerts.Delivery{Body: strings.NewReader(scan("Harmless")), Room: first})
	if err != nil ||
		got.Seen != 1 || len(got.Notes) != 0 {
		t.Errorf("harmless, for the closed room: got %+v %v, want it seen", got, err)
	}
}
