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
	"warroom/feed/alerts"
	"warroom/feed/feedtest"
	"warroom/model"
)

// receiverOf returns a receiver of alerts like that of the program.
func receiverOf(t testing.TB, f *feed.Feed, window time.Duration) *alerts.Receiver {
	t.Helper()
	key := model.NewSecret([]byte("a key of this test, 32 bytes long"))
	read := func(ctx context.Context, r io.Reader, source string, emit func(*model.Alert) error) (model.Intake, error) {
		return alerts.Read(ctx, r, alerts.Options{Key: key, Source: source}, emit)
	}
	copyOf := func(ctx context.Context, in io.ReadSeeker, out io.Writer) (string, error) {
		return alerts.Copy(ctx, in, alerts.Options{Key: key}, out)
	}
	d := alerts.NewReceiver(alerts.ReceiverOptions{Read: read, Now: time.Now, Window: window,
		Logf:    func(s model.Safe) { t.Log("door:", s) },
		Journal: alerts.NewJournal(t.TempDir(), nil), Copy: copyOf, Store: f.CollectRaw,
		Enter: func(ctx context.Context, room string) (model.RoomSession, error) {
			if room != "" {
				return f.Own().Enter(ctx, room)
			}
			if err := f.Own().OpenLobby(ctx, feedtest.Plan()); err != nil {
				return nil, err
			}
			return f.Own().Enter(ctx, model.LobbyShort)
		}})
	t.Cleanup(d.Close)
	f.TakeAlerts(func(ctx context.Context, from, source string, data []byte) (any, error) {
		taken, err := d.Take(ctx, alerts.Delivery{Body: bytes.NewReader(data), Sender: from, Source: source})
		return taken.Answer(), err
	})
	return d
}

func sample(n int) []byte {
	return fmt.Appendf(nil,
		`{"rule":"Shell in a container","priority":"Critical","time":"2026-11-21T14:00:00Z","output":"shell",`+
			`"hostname":"web-%d","output_fields":{"proc.name":"sh"}}`, n)
}

// TestToolSendsAlerts: alerts sent with the invitation of a tool reach the lobby, written
// by the hub. The invitation cannot read anything.
func TestToolSendsAlerts(t *testing.T) {
	x := newTeam(t)
	receiverOf(t, x.host, 50*time.Millisecond)
	file := x.file(feed.Invite{Handle: "scanner", Right: "intake"})
	if !feed.IsTool(file) {
		t.Error("it is no tool's")
	}
	reply, err := feed.Post(unhurried(t), file, "falco", sample(1))
	if err != nil {
		t.Fatalf("post: %v", err)
	}
	var got struct {
		Format        string
		Findings, New int
	}
	if err := json.Unmarshal(reply, &got); err != nil || got.Format != "falco" || got.Findings != 1 || got.New != 1 {
		t.Errorf("%s, %v", reply, err)
	}
	s, err := x.host.Enter(unhurried(t), model.LobbyShort)
	if err != nil {
		t.Fatalf("enter a room: %v", err)
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
	if _, err := (feed.Invite{Handle: "live", Right: "intake"}).Write(unhurried(t), x.data,
		time.Now); model.CodeOf(err) != model.Invalid {
		t.Errorf("a tool that is called live: %v", err)
	}
	if _, err := x.host.Revoke(unhurried(t), "scanner", "no more"); err != nil {
		t.Fatalf("revoke: %v", err)
	}
	if _, err := feed.Post(unhurried(t), file, "falco", sample(2)); err == nil {
		t.Error("a tool that was struck sends alerts")
	}
}

// TestLoginOpensLobby: a login with the right "write" can have the lobby created, and gets
// no other right in it.
func TestLoginOpensLobby(t *testing.T) {
	data := feedtest.Data(t)
	o := feedtest.Options(t, data, "ana")
	o.Listen, o.Plan = "127.0.0.1:0", func() (*model.Plan, error) { return feedtest.Plan(), nil }
	x := &team{t: t, data: data, host: feedtest.With(t, o)}
	bo := x.comes("bo", model.Write)
	if err := bo.OpenLobby(unhurried(t), nil); err != nil {
		t.Fatalf("open lobby: %v", err)
	}
	s, err := bo.Enter(unhurried(t), model.LobbyShort)
	if err != nil {
		t.Fatalf("enter a room: %v", err)
	}
	defer s.Close()
	if _, err := s.Append(unhurried(t), alertOf(s.Latest().Room, 1)); err != nil {
		t.Fatalf("append an entry: %v", err)
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

// TestStorm: up to ten thousand single alerts become a few events, a scribe can write
// meanwhile, nothing is lost, and a repeated alert is not new.
func TestStorm(t *testing.T) {
	t.Parallel()
	const window = 5 * time.Second // the lobby takes 500 events: a slow machine has time for 100 windows
	f := feedtest.Open(t, "ana")
	d := receiverOf(t, f, window)
	short := feedtest.Declare(t, f)
	room := feedtest.Enter(t, f, short)
	most, many := 10_000, 0
	if raceDetector { // which takes ten times as long
		most = 2_000
	}
	start, sent := time.Now(), make(chan int)
	go func() {
		defer close(sent)
		for i := range most {
			if i == most/5 {
				sent <- i
			}
			if i > most/5 && time.Since(start) > 30*time.Second { // enough, on a slow machine
				return
			}
			if _, err := d.Take(context.Background(), alerts.Delivery{Body: bytes.NewReader(sample(i))}); err != nil {
				t.Errorf("take: %v", err)
				return
			}
			many++
		}
	}()
	<-sent
	feedtest.Append(t, room, "typed in a storm")
	<-sent
	s, err := f.Enter(unhurried(t), model.LobbyShort)
	if err != nil {
		t.Fatalf("enter a room: %v", err)
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
	// At most five events per window, and those before the storm is detected.
	windows := int(time.Since(start)/window) + 2
	if n := len(v.Room.Alerts); n > 6*windows || n > 500 {
		t.Errorf("%d alerts in %d windows: got %d events, want at most %d", many, windows, n, min(6*windows, 500))
	}
	before := v.Room.Seq
	if taken, err := d.Take(unhurried(t), alerts.Delivery{Body: bytes.NewReader(sample(1))}); err != nil ||
		taken.New > 0 {
		t.Errorf("again: %+v, %v", taken, err)
	}
	if after := s.Latest().Room.Seq; after != before {
		t.Errorf("%d events more", after-before)
	}
}
