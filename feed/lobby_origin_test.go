package feed_test

import (
	"testing"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/model"
)

// movesOf returns the moves that the log of the lobby records.
func movesOf(t *testing.T, f *feed.Feed) (out []string) {
	t.Helper()
	err := f.Events(unhurried(t), model.LobbyShort, 1, func(e *model.Event) error {
		if e.Kind == model.KindAlertMoved {
			out = append(out, string(e.Body))
		}
		return nil
	})
	if err != nil {
		t.Fatalf("events: %v", err)
	}
	return out
}

// TestForgedOrigin: an alert that names one of the lobby as its origin, by somebody who may not move it,
// makes nobody write that it was moved, and gets neither its file nor its updates.
func TestForgedOrigin(t *testing.T) {
	x := newTeam(t)
	s := waiting(t, x.host, 3)
	lobby := s.Latest().Room
	short := feedtest.Declare(t, x.host)
	mal := feedtest.With(t, x.as(x.file(feed.Invite{Handle: "mal", Right: model.Write, Rooms: []string{short}})))
	sm := feedtest.Enter(t, mal, short)
	other := *alertOf(sm.Latest().Room, 77).Body.(*model.AlertReceived)
	other.Origin = lobby.Alerts[0].ID
	for what, b := range map[string]*model.AlertReceived{"another alert": &other,
		"a copy": lobby.Handed(&lobby.Alerts[1])} {
		if _, err := sm.Append(unhurried(t), model.Act{Body: b}); err != nil {
			t.Fatalf("%s: append an alert: got %v, want it stored", what, err)
		}
	}
	n, err := x.host.Enter(unhurried(t), model.LobbyShort)
	if err != nil {
		t.Fatalf("enter the lobby: got %v, want no error", err)
	}
	defer n.Close()
	if _, err := n.Append(unhurried(t), feedtest.Note("after the visit")); err != nil {
		t.Fatalf("append a note: got %v, want no error", err)
	}
	if got := movesOf(t, x.host); len(got) != 0 {
		t.Errorf("after a visit: got moves %q, want none", got)
	}
	feedtest.Declare(t, x.host)
	for _, line := range []string{":attach 1 inc-2", ":attach 2 inc-2"} {
		if err := doLine(t, n, line); err != nil {
			t.Errorf("%s: got %v, want the alert moved", line, err)
		}
	}
	u := &model.AlertUpdated{Alert: lobby.Alerts[0].ID, Severity: "critical", Sum: "sum2"}
	if _, err := n.Append(unhurried(t), model.Act{Body: u}); err != nil {
		t.Fatalf("update an alert: got %v, want no error", err)
	}
	for name, want := range map[string]string{short: "high", "inc-2": "critical"} {
		r, err := x.host.Glance(unhurried(t), name)
		if err != nil {
			t.Fatalf("fold %s: got %v, want no error", name, err)
		}
		for _, a := range r.Alerts {
			if a.Origin == lobby.Alerts[0].ID && a.Alert.Severity != want {
				t.Errorf("%s: got severity %s, want %s", name, a.Alert.Severity, want)
			}
		}
	}
}

// TestLoginCompletesMove: the login of somebody else completes a move that a crash interrupted.
func TestLoginCompletesMove(t *testing.T) {
	x := newTeam(t)
	s := waiting(t, x.host, 1)
	if _, err := s.Append(unhurried(t), feedtest.Note("moves it")); err != nil {
		t.Fatalf("append a note: got %v, want the key admitted", err)
	}
	short := feedtest.Declare(t, x.host)
	r := s.Latest().Room
	in := feedtest.Enter(t, x.host, short)
	if _, err := in.Append(unhurried(t), model.Act{Body: r.Handed(&r.Alerts[0])}); err != nil {
		t.Fatalf("append an alert: got %v, want it stored", err)
	}
	bo := x.comes("bo", model.Write)
	n, err := bo.Enter(unhurried(t), model.LobbyShort)
	if err != nil {
		t.Fatalf("enter the lobby: got %v, want no error", err)
	}
	defer n.Close()
	feedtest.Until(t, n, "the alert is moved", func(v *model.View) bool { return v.Room.Alerts[0].Moved == short })
}
