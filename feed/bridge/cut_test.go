package bridge_test

import (
	"context"
	"strings"
	"testing"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/model"
)

// guest returns a person with a right who connects over SSH.
func guest(t *testing.T, f *feed.Feed, handle string, right model.Right) *feed.Feed {
	t.Helper()
	g, err := f.Guest(context.Background(),
		feed.Guest{Handle: handle, Via: "ssh", Dir: "ssh/print-of-" + handle + "/" + handle + "-" + string(right),
			Right: right, Origin: "ssh SHA256:" + handle})
	if err != nil {
		t.Fatalf("%s comes in: got %v, want no error", handle, err)
	}
	t.Cleanup(func() { _ = g.Close() })
	return g
}

func judge(t *testing.T, s model.RoomSession, state model.Trust) {
	t.Helper()
	if _, err := s.Append(context.Background(),
		model.Act{Body: &model.ChannelJudged{Channel: "shop", State: state, Reason: "seen in the logs"}}); err != nil {
		t.Fatalf("judge the channel: got %v, want no error", err)
	}
}

// hasNote reports whether the hub wrote a note with a prefix.
func hasNote(text string) func(*model.View) bool {
	return func(v *model.View) bool {
		for _, l := range v.Room.Lines() {
			if l.By == "hub" && strings.HasPrefix(l.Text.String(), text) {
				return true
			}
		}
		return false
	}
}

// TestOwnRoomCutsNobodyElse: a person who may declare a room may judge channels there;
// other rooms keep using them.
func TestOwnRoomCutsNobodyElse(t *testing.T) {
	f := feedtest.Open(t, "ana")
	one := feedtest.Declare(t, f)
	s := newShop()
	start(t, f, s)
	session := feedtest.Enter(t, f, one)
	feedtest.Until(t, session, "the declaration is delivered", sent("shop/declared"))
	bo := guest(t, f, "bo", model.Write)
	own := feedtest.Enter(t, bo, feedtest.Declare(t, bo))
	judge(t, own, model.Compromised)
	feedtest.Append(t, own, "cut here")
	feedtest.Until(t, own, "its own room is cut", func(v *model.View) bool {
		return len(v.Room.Deliveries) > 0 && v.Room.Deliveries[len(v.Room.Deliveries)-1].State == model.DeliveryCut
	})
	feedtest.Append(t, session, "not cut there")
	v := feedtest.Until(t, session, "the other room delivers", func(v *model.View) bool {
		return len(v.Room.Deliveries) == 2 && v.Room.Deliveries[1].State == model.DeliverySent
	})
	if hasNote("hub, warroom: shop is cut here")(v) {
		t.Error("the other room: got a line that the channel is cut, want none")
	}
}

// TestCutsAreShown: a person with command on the hub cuts a channel for all rooms, which
// show that and its end; a person with the power in one other room cuts it there.
func TestCutsAreShown(t *testing.T) {
	f := feedtest.Open(t, "ana")
	one, two, three := feedtest.Declare(t, f), feedtest.Declare(t, f), feedtest.Declare(t, f)
	s := newShop()
	r := start(t, f, s)
	sessions := map[string]model.RoomSession{}
	for _, short := range []string{one, two, three} {
		sessions[short] = feedtest.Enter(t, f, short)
		feedtest.Until(t, sessions[short], "the declaration is delivered", sent("shop/declared"))
	}
	judge(t, sessions[one], model.Compromised)
	feedtest.Until(t, sessions[two], "the cut is shown", hasNote("hub, warroom: shop is cut here, as "+one+" says"))
	feedtest.Append(t, sessions[two], "waits")
	feedtest.Until(t, sessions[two], "the note waits", func(v *model.View) bool {
		d := v.Room.Deliveries[len(v.Room.Deliveries)-1]
		return d.State == model.DeliveryCut && d.Detail == "as "+one+" says"
	})
	r.Close() // another process takes over, and repeats nothing
	start(t, f, s)
	judge(t, sessions[one], model.Trusted)
	v := feedtest.Until(t, sessions[two], "the end is shown", hasNote("hub, warroom: shop is used here again"))
	n := 0
	for _, l := range v.Room.Lines() {
		if strings.HasPrefix(l.Text.String(), "hub, warroom: shop is cut here") {
			n++
		}
	}
	if n != 1 {
		t.Errorf("lines that the channel is cut: got %d, want 1", n)
	}
	bo := guest(t, f, "bo", model.Write)
	if _, err := feedtest.Enter(t, bo, three).Append(context.Background(),
		model.Act{Body: model.NewEntry(model.KindEntryNoted, "bo is here")}); err != nil {
		t.Fatalf("bo writes: got %v, want no error", err)
	}
	if _, err := sessions[three].Append(context.Background(),
		model.Act{Body: &model.RoleAssumed{Role: "commander", Person: "bo"}}); err != nil {
		t.Fatalf("bo is given the role: got %v, want no error", err)
	}
	judge(t, feedtest.Enter(t, bo, feedtest.Declare(t, bo)), model.Compromised)
	feedtest.Until(t, sessions[three], "cut where bo is Commander", hasNote("hub, warroom: shop is cut here"))
	feedtest.Append(t, sessions[two], "goes out")
	feedtest.Until(t, sessions[two], "delivered where bo is nobody", func(v *model.View) bool {
		for _, l := range v.Room.Lines() {
			if l.Text.String() == "goes out" {
				d, ok := v.Room.Delivery("shop/" + l.ID)
				return ok && d.State == model.DeliverySent
			}
		}
		return false
	})
}

// TestHasCommand: the right on the hub is not the right in a room.
func TestHasCommand(t *testing.T) {
	f := feedtest.Open(t, "ana")
	for _, c := range []struct {
		right model.Right
		want  bool
	}{{model.Write, false}, {model.Command, true}, {model.Watch, false}} {
		g := guest(t, f, "guest-"+string(c.right), c.right)
		if got := f.HasCommand(g.Who().Handle, g.Who().Key); got != c.want {
			t.Errorf("a guest with the right %s: got command %v, want %v", c.right, got, c.want)
		}
		if got := f.HasCommand("ana", g.Who().Key); got {
			t.Errorf("ana with the key of another: got command, want none")
		}
	}
	if !f.HasCommand("ana", f.Who().Key) {
		t.Error("the user of this machine: got no command, want it")
	}
	for _, bad := range [][2]string{{"nobody", ""}, {"", ""}, {"../ana", f.Who().Key}, {"nobody", f.Who().Key},
		{"ana", "../ana/" + f.Who().Key}} {
		if f.HasCommand(bad[0], bad[1]) {
			t.Errorf("%q: got command, want none", bad)
		}
	}
}
