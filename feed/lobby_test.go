package feed_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/model"
)

// alertOf returns a made-up alert in the form that a room gets.
func alertOf(r *model.Room, n int) model.Act {
	h := sha256.Sum256(fmt.Appendf(nil, "finding %d", n))
	a := &model.Alert{Source: "gitleaks", Kind: "secret", Rule: "aws-access-token", Title: "AWS key", Severity: "high",
		Confidence: "unverified", Count: 1,
		FindingKey: hex.EncodeToString(h[:16]), GroupKey: fmt.Sprint("group ", n)}
	var g model.AlertGroups
	g.Add(a)
	b, _ := g.Bodies(r, "gitleaks-json", "sum")
	return model.Act{Body: b[0]}
}

// waiting opens a lobby with n waiting alerts.
func waiting(t *testing.T, f *feed.Feed, n int) model.RoomSession {
	t.Helper()
	ctx := unhurried(t)
	if err := f.OpenLobby(ctx, feedtest.Plan()); err != nil {
		t.Fatalf("open lobby: %v", err)
	}
	own, err := f.Own().Enter(ctx, model.LobbyShort)
	if err != nil {
		t.Fatalf("enter a room: %v", err)
	}
	defer own.Close()
	for i := range n {
		if _, err := own.Append(ctx, alertOf(own.Latest().Room, i)); err != nil {
			t.Fatalf("append an entry: %v", err)
		}
	}
	s, err := f.Enter(ctx, model.LobbyShort)
	if err != nil {
		t.Fatalf("enter a room: %v", err)
	}
	t.Cleanup(s.Close)
	feedtest.Until(t, s, "the alerts", func(v *model.View) bool { return len(v.Room.Alerts) == n })
	return s
}

func unhurried(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 2*feedtest.DefaultTimeout)
	t.Cleanup(cancel)
	return ctx
}

// doLine runs a composer line in a session.
func doLine(t *testing.T, s model.RoomSession, line string) error {
	t.Helper()
	a, err := model.Parse(line, model.Ctx{Room: s.Latest().Room, Who: s.Who(), Now: time.Now(), Zone: time.UTC})
	if err == nil {
		_, err = s.Append(unhurried(t), a)
	}
	return err
}

// TestLobby: the hub creates the lobby once, whoever asks. It is not in the list of
// rooms. An alert keeps its time when it moves to a room, and the lobby names the room.
func TestLobby(t *testing.T) {
	f := feedtest.Open(t, "ana")
	if _, err := f.Enter(unhurried(t), model.LobbyShort); model.CodeOf(err) != model.NotFound {
		t.Errorf("before the first alert: %v", err)
	}
	s := waiting(t, f, 3)
	r := s.Latest().Room
	if r.Plan == nil || r.DeclaredBy != "hub" || r.Alerts[0].By != "hub" {
		t.Errorf("opened by %s, alert by %s", r.DeclaredBy, r.Alerts[0].By)
	}
	short := feedtest.Declare(t, f)
	for _, line := range []string{":judge 1 with-impact it works", ":attach 2 " + short,
		":declare 1 SEV-1 AWS key in CI"} {
		if err := doLine(t, s, line); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
	}
	if err := doLine(t, s, ":attach 3 inc-9"); model.CodeOf(err) != model.NotFound {
		t.Errorf("a room that is not there: %v", err)
	}
	all, err := f.List(unhurried(t))
	if err != nil || len(all) != 2 || all[0].Short != "inc-2" || short != "inc-1" {
		t.Fatalf("%d rooms, %v", len(all), err)
	}
	v := feedtest.Until(t, s, "both moved", func(v *model.View) bool { return len(v.Room.OpenAlerts()) == 1 })
	if a := v.Room.Alerts; a[0].Moved != "inc-2" || a[1].Moved != "inc-1" {
		t.Errorf("%q %q", a[0].Moved, a[1].Moved)
	}
	got, err := f.Glance(unhurried(t), "inc-2")
	if err != nil {
		t.Fatalf("fold inc-2: got %v, want no error", err)
	}
	if len(got.Alerts) != 1 || got.Alerts[0].Origin != v.Room.Alerts[0].ID ||
		!got.Alerts[0].At.Equal(v.Room.Alerts[0].At) || got.Alerts[0].Verdict == "" || got.Title != "AWS key in CI" {
		t.Errorf("%+v", got.Alerts)
	}
	if m := got.Milestones[model.MilestoneDetected]; !m.At.Equal(v.Room.Alerts[0].At) {
		t.Errorf("detected %s, received %s", m.At, v.Room.Alerts[0].At)
	}
}

// TestLobbyAdmitsFirst: an alert is moved by somebody whose key the lobby does not have yet.
func TestLobbyAdmitsFirst(t *testing.T) {
	for _, line := range []string{":declare 1 SEV-1 AWS key in CI", ":attach 1 inc-1"} {
		o := feedtest.Options(t, feedtest.Data(t), "ana")
		o.Via = "cli"
		f := feedtest.With(t, o)
		feedtest.Declare(t, f)
		s := waiting(t, f, 1)
		if _, ok := s.Latest().Room.Member(s.Who().Key); ok {
			t.Fatalf("%s: got the key admitted before the first line, want it unknown", line)
		}
		if err := doLine(t, s, line); err != nil {
			t.Errorf("%s: got %v, want the key admitted and the alert moved", line, err)
		}
	}
}

// TestLobbyCrash: a process that ends between the writes to room and lobby leaves the
// alert in both. The next session completes the move, and nothing is done twice.
func TestLobbyCrash(t *testing.T) {
	f := feedtest.Open(t, "ana")
	s := waiting(t, f, 2)
	if _, err := s.Append(unhurried(t), feedtest.Note("moves them")); err != nil { // a move begins with that
		t.Fatalf("append a note: got %v, want the key admitted", err)
	}
	r := s.Latest().Room
	short := feedtest.Declare(t, f)
	in := feedtest.Enter(t, f, short)
	if _, err := in.Append(unhurried(t), model.Act{Body: r.Handed(&r.Alerts[0])}); err != nil {
		t.Fatalf("append an entry: %v", err)
	}
	d := model.Declaration{Title: "for the second", Severity: "SEV-1", Plan: feedtest.Plan(),
		Alerts: []*model.AlertReceived{r.Handed(&r.Alerts[1])}}
	two, err := f.DeclareHalf(unhurried(t), d)
	if err != nil {
		t.Fatalf("declare half: %v", err)
	}
	feedtest.Until(t, feedtest.Enter(t, f, two), "the rest of it",
		func(v *model.View) bool { return len(v.Room.Alerts) == 1 })
	if err := doLine(t, s, ":declare 2 SEV-1 again"); model.CodeOf(err) != model.Conflict {
		t.Errorf("declared again: %v", err)
	}
	n, err := f.Enter(unhurried(t), model.LobbyShort)
	if err != nil {
		t.Fatalf("enter a room: %v", err)
	}
	defer n.Close()
	v := feedtest.Until(t, n, "both are said to be moved",
		func(v *model.View) bool { return len(v.Room.OpenAlerts()) == 0 })
	if a := v.Room.Alerts; a[0].Moved != short || a[1].Moved != two {
		t.Errorf("%q %q", a[0].Moved, a[1].Moved)
	}
	if all, err := f.List(unhurried(t)); err != nil || len(all) != 2 {
		t.Errorf("%d rooms, %v", len(all), err)
	}
}

// TestLobbyAtOnce: if several open the lobby at once there is one, and if two move an
// alert, one of them succeeds.
func TestLobbyAtOnce(t *testing.T) {
	data := feedtest.Data(t)
	a := feedtest.With(t, feedtest.Options(t, data, "ana"))
	b := feedtest.With(t, feedtest.Options(t, data, "bo"))
	var wg sync.WaitGroup
	for _, f := range []*feed.Feed{a, b, a, b} {
		wg.Go(func() {
			if err := f.OpenLobby(unhurried(t), feedtest.Plan()); err != nil {
				t.Errorf("open lobby: %v", err)
			}
		})
	}
	wg.Wait()
	one := waiting(t, a, 1)
	two, err := b.Enter(unhurried(t), model.LobbyShort)
	if err != nil {
		t.Fatalf("enter a room: %v", err)
	}
	defer two.Close()
	feedtest.Until(t, two, "the alert", func(v *model.View) bool { return len(v.Room.Alerts) == 1 })
	feedtest.Declare(t, a)
	feedtest.Declare(t, a)
	errs := make([]error, 2)
	wg.Go(func() { errs[0] = doLine(t, one, ":attach 1 inc-1") })
	wg.Go(func() { errs[1] = doLine(t, two, ":attach 1 inc-2") })
	wg.Wait()
	v := feedtest.Until(t, one, "moved", func(v *model.View) bool { return v.Room.Alerts[0].Moved != "" })
	won, lost := errs[0], errs[1]
	if v.Room.Alerts[0].Moved == "inc-2" {
		won, lost = lost, won
	}
	if won != nil || model.CodeOf(lost) != model.Conflict {
		t.Errorf("to %s; won %v, lost %v", v.Room.Alerts[0].Moved, won, lost)
	}
}

// TestLobbyKeepsRestrictedRoom: an alert that moves to a restricted room is settled in
// the lobby, which does not name the room, even after a crash.
func TestLobbyKeepsRestrictedRoom(t *testing.T) {
	f := feedtest.Open(t, "ana")
	s := waiting(t, f, 2)
	short, err := f.Declare(unhurried(t),
		model.Declaration{Title: "An insider", Severity: "SEV-1", Plan: feedtest.Plan(), Restricted: []string{"bo"}})
	if err != nil {
		t.Fatalf("declare a room: %v", err)
	}
	if err := doLine(t, s, ":attach 1 "+short); err != nil {
		t.Fatalf("do line: %v", err)
	}
	r := s.Latest().Room
	if _, err := feedtest.Enter(t, f, short).Append(unhurried(t), model.Act{Body: r.Handed(&r.Alerts[1])}); err != nil {
		t.Fatalf("append an entry: %v", err)
	}
	n, err := f.Enter(unhurried(t), model.LobbyShort)
	if err != nil {
		t.Fatalf("enter a room: %v", err)
	}
	defer n.Close()
	v := feedtest.Until(t, n, "both are said to be moved",
		func(v *model.View) bool { return len(v.Room.OpenAlerts()) == 0 })
	for _, a := range v.Room.Alerts {
		if a.Moved != model.RestrictedRoom {
			t.Errorf("alert %d is in %q", a.N, a.Moved)
		}
	}
	err = f.Events(unhurried(t), model.LobbyShort, 1, func(e *model.Event) error {
		if strings.Contains(string(e.Body), short) {
			t.Errorf("%s", e.Body)
		}
		return nil
	})
	if err != nil {
		t.Errorf("events: %v", err)
	}
}
