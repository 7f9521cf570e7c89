package feed_test

import (
	"strings"
	"testing"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/model"
)

// TestOfflineFromTheStart: a terminal without a connection to its server uses its
// replica: it reads and writes, can be restarted, and sends when the server is back.
func TestOfflineFromTheStart(t *testing.T) {
	x := newExternal(t)
	f := feedtest.With(t, x.options(t, "ana"))
	short := feedtest.Declare(t, f)
	s := feedtest.Enter(t, f, short)
	want := lines(20)
	for _, l := range want {
		feedtest.Append(t, s, l)
	}
	s.Close()
	mustClose(t, f)
	x.stop()
	o := x.options(t, "ana")
	f, s = openOffline(t, o, short, want)
	rooms, err := f.List(soon(t))
	if err != nil || len(rooms) != 1 || rooms[0].Short != short || rooms[0].Room.Title == "" {
		t.Errorf("rooms: %v, %v", rooms, err)
	}
	if _, err := s.Submit(soon(t), feedtest.Note("said alone")); err != nil {
		t.Fatalf("submit: %v", err)
	}
	s.Close()
	if n := f.Left(); n != 1 {
		t.Errorf("%d lines are left, want 1", n)
	}
	mustClose(t, f)
	_, s = openOffline(t, o, short, want)
	if w := s.Latest().Waiting; len(w) != 1 || w[0].State != model.Pending {
		t.Errorf("waiting: %v", w)
	}
	x.start()
	v := feedtest.Until(t, s, "it is sent", func(v *model.View) bool {
		return v.Link.State == model.Live && len(v.Waiting) == 0 && s.Unsent() == 0
	})
	once(t, v.Room, append(want, "said alone"))
	if v.Link.Moved != 0 || !v.Link.Problem.IsEmpty() {
		t.Errorf("link: %+v", v.Link)
	}
}

// openOffline opens a room whose server is down, and checks its lines.
func openOffline(t *testing.T, o feed.Options, short string, want []string) (*feed.Feed, *feed.RoomSession) {
	t.Helper()
	f := feedtest.With(t, o)
	s := feedtest.Enter(t, f, short)
	v := feedtest.Until(t, s, "the copy is read", has(want[len(want)-1]))
	once(t, v.Room, want)
	if v.Link.State != model.Offline || v.Link.Problem.IsEmpty() {
		t.Errorf("link: %+v", v.Link)
	}
	return f, s
}

func mustClose(t *testing.T, f *feed.Feed) {
	t.Helper()
	if err := f.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
}

// TestOfflineWithoutCopies: without a replica a terminal cannot work offline.
func TestOfflineWithoutCopies(t *testing.T) {
	x := newExternal(t)
	o := x.options(t, "ana")
	x.stop()
	_, err := feed.Open(soon(t), o)
	x.start()
	if model.CodeOf(err) != model.Unreachable || !strings.Contains(err.Error(), "cannot be reached") {
		t.Errorf("got %v", err)
	}
}

// TestOvertaken: an act that was overtaken while its terminal was offline is refused,
// with the reason.
func TestOvertaken(t *testing.T) {
	n := new(network)
	n.set(feedtest.Server(t))
	link := newSimLink(n, 1)
	o := feedtest.Options(t, feedtest.Data(t), "ana")
	o.Server = "nats://127.0.0.1:4222"
	o.Dialer = link
	f := feedtest.With(t, o)
	short := feedtest.Declare(t, f)
	s := feedtest.Enter(t, f, short)
	feedtest.Append(t, s, "here")
	other := feedtest.Options(t, o.Data, "ana") // a second terminal of hers that stays connected
	other.Server = n.server().ClientURL()
	s2 := feedtest.Enter(t, feedtest.With(t, other), short)
	feedtest.Append(t, s2, "here too")
	feedtest.Until(t, s, "both", has("here too"))
	link.turn(cut)
	feedtest.Until(t, s, "it is alone", func(v *model.View) bool { return v.Link.State == model.Offline })
	if _, err := s.Submit(soon(t), model.Act{Body: &model.ItemDoneBody{Item: "revoke"}}); err != nil {
		t.Fatalf("submit: %v", err)
	}
	if _, err := s2.Append(soon(t), model.Act{Body: &model.ItemDoneBody{Item: "revoke"}}); err != nil {
		t.Fatalf("append an entry: %v", err)
	}
	link.turn(good)
	v := feedtest.Until(t, s, "it is refused",
		func(v *model.View) bool { return len(v.Waiting) == 1 && v.Waiting[0].State == model.Refused })
	if !strings.Contains(v.Waiting[0].Why.String(), "already done") {
		t.Errorf("why: %s", v.Waiting[0].Why)
	}
}
