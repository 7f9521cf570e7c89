package feed_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"testing"
	"time"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/feed/intake"
	"warroom/model"
)

// doorOf is the door of a hub as main makes it.
func doorOf(t testing.TB, f *feed.Feed, window time.Duration) *intake.Door {
	t.Helper()
	read := func(ctx context.Context, r io.Reader, source string, emit func(*model.Alert) error) (model.Intake, error) {
		return intake.Read(ctx, r, intake.Options{Key: model.NewSecret([]byte("a key of this test, 32 bytes long")), Source: source}, emit)
	}
	d := intake.NewDoor(intake.DoorOptions{Read: read, Now: time.Now, Window: window, Logf: func(s model.Safe) { t.Log("door:", s) },
		Enter: func(ctx context.Context, room string) (model.Seat, error) {
			if room != "" {
				return f.Own().Enter(ctx, room)
			}
			if err := f.Own().OpenLobby(ctx, feedtest.Plan()); err != nil {
				return nil, err
			}
			return f.Own().Enter(ctx, model.LobbyShort)
		}})
	t.Cleanup(d.Close)
	f.TakeAlerts(func(ctx context.Context, _, source string, data []byte) (any, error) {
		taken, err := d.Take(ctx, bytes.NewReader(data), source, "")
		return taken.Answer(), err
	})
	return d
}

func sample(n int) []byte {
	return fmt.Appendf(nil, `{"rule":"Shell in a container","priority":"Critical","time":"2026-11-21T14:00:00Z","output":"shell","hostname":"web-%d","output_fields":{"proc.name":"sh"}}`, n)
}

// TestToolSendsAlerts: with the invitation of a tool alerts come into the lobby,
// written by the hub, and nothing can be seen with it.
func TestToolSendsAlerts(t *testing.T) {
	x := newTeam(t)
	doorOf(t, x.host, 50*time.Millisecond)
	file := x.file(feed.Invite{Handle: "scanner", Right: "intake"})
	if !feed.IsTool(file) {
		t.Error("it is no tool's")
	}
	said, err := feed.Post(unhurried(t), file, "falco", sample(1))
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Format        string
		Findings, New int
	}
	if err := json.Unmarshal(said, &got); err != nil || got.Format != "falco" || got.Findings != 1 || got.New != 1 {
		t.Errorf("%s, %v", said, err)
	}
	s, err := x.host.Enter(unhurried(t), model.LobbyShort)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	v := feedtest.Until(t, s, "the alert", func(v *model.View) bool { return len(v.Room.Alerts) == 1 })
	if a := v.Room.Alerts[0]; a.By != "hub" || a.Alert.Source != "falco" {
		t.Errorf("%+v", a)
	}
	for _, p := range v.Here {
		if p.Handle == "hub" {
			t.Error("the hub sits in the lobby")
		}
	}
	if _, err := feed.Post(unhurried(t), file, "falco", []byte("no alert at all")); model.CodeOf(err) != model.Invalid {
		t.Errorf("no alert: %v", err)
	}
	if _, err := feed.Post(unhurried(t), file, "falco", make([]byte, 2<<20)); model.CodeOf(err) != model.Invalid {
		t.Errorf("too large: %v", err)
	}
	if _, err := feed.Open(unhurried(t), x.as(file)); model.CodeOf(err) != model.Forbidden {
		t.Errorf("a tool sees the rooms: %v", err)
	}
	if _, err := (feed.Invite{Handle: "live", Right: "intake"}).Write(unhurried(t), x.data, time.Now); model.CodeOf(err) != model.Invalid {
		t.Errorf("a tool that is called live: %v", err)
	}
	if _, err := x.host.Strike(unhurried(t), "scanner", "no more"); err != nil {
		t.Fatal(err)
	}
	if _, err := feed.Post(unhurried(t), file, "falco", sample(2)); err == nil {
		t.Error("a tool that was struck sends alerts")
	}
}

// TestLoginOpensLobby: a login that may write has the hub open the lobby, and is
// nobody special in it.
func TestLoginOpensLobby(t *testing.T) {
	data := feedtest.Data(t)
	o := feedtest.Options(t, data, "ana")
	o.Listen, o.Plan = "127.0.0.1:0", func() (*model.Plan, error) { return feedtest.Plan(), nil }
	x := &team{t: t, data: data, host: feedtest.With(t, o)}
	bo := x.comes("bo", model.Write)
	if err := bo.OpenLobby(unhurried(t), nil); err != nil {
		t.Fatal(err)
	}
	s, err := bo.Enter(unhurried(t), model.LobbyShort)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Append(unhurried(t), alertOf(s.Latest().Room, 1)); err != nil {
		t.Fatal(err)
	}
	v := feedtest.Until(t, s, "the alert", func(v *model.View) bool { return len(v.Room.Alerts) == 1 })
	if m, _ := v.Room.Member(bo.Who().Key); m.Right != model.Write || v.Room.DeclaredBy != "hub" {
		t.Errorf("%+v in a lobby opened by %s", m, v.Room.DeclaredBy)
	}
	one := x.file(feed.Invite{Handle: "cy", Right: model.Write, Rooms: []string{"inc-1"}})
	cy := feedtest.With(t, x.as(one))
	if _, err := cy.Enter(unhurried(t), model.LobbyShort); err == nil {
		t.Error("who was invited to one room is in the lobby")
	}
	if r, err := cy.LobbyRoom(unhurried(t)); r != nil || err != nil {
		t.Errorf("they see it: %v", err)
	}
}

// TestStorm: ten thousand alerts, one by one, are a few events; a scribe's line
// goes through meanwhile; nothing is lost, and what comes again is not new.
func TestStorm(t *testing.T) {
	f := feedtest.Open(t, "ana")
	d := doorOf(t, f, time.Second)
	short := feedtest.Declare(t, f)
	room := feedtest.Enter(t, f, short)
	const many = 10_000
	sent := make(chan int)
	go func() {
		defer close(sent)
		for i := range many {
			if i == many/2 {
				sent <- i
			}
			if _, err := d.Take(context.Background(), bytes.NewReader(sample(i)), "", ""); err != nil {
				t.Error(err)
				return
			}
		}
	}()
	<-sent
	feedtest.Append(t, room, "typed in a storm")
	<-sent
	s, err := f.Enter(unhurried(t), model.LobbyShort)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	count := func(v *model.View) (n int) {
		for _, a := range v.Room.Alerts {
			n += a.Findings
		}
		return n
	}
	v := feedtest.Until(t, s, "all of them", func(v *model.View) bool { return count(v) == many })
	t.Logf("%d events", len(v.Room.Alerts))
	if n := len(v.Room.Alerts); n > 120 {
		t.Errorf("%d alerts are %d events", many, n)
	}
	before := v.Room.Seq
	if taken, err := d.Take(unhurried(t), bytes.NewReader(sample(1)), "", ""); err != nil || taken.New > 0 {
		t.Errorf("again: %+v, %v", taken, err)
	}
	if after := s.Latest().Room.Seq; after != before {
		t.Errorf("%d events more", after-before)
	}
}
