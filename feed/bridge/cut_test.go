package bridge_test

import (
	"context"
	"strings"
	"testing"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/model"
)

// guest is somebody who came by SSH with a right.
func guest(t *testing.T, f *feed.Feed, handle string, right model.Right) *feed.Feed {
	t.Helper()
	g, err := f.Guest(context.Background(), feed.Guest{Handle: handle, Via: "ssh", Dir: "ssh/print-of-" + handle + "/" + handle + "-" + string(right), Right: right, Door: "ssh SHA256:" + handle})
	if err != nil {
		t.Fatalf("%s comes in: got %v, want no error", handle, err)
	}
	t.Cleanup(func() { _ = g.Close() })
	return g
}

func judge(t *testing.T, s model.Seat, state model.Trust) {
	t.Helper()
	if _, err := s.Append(context.Background(), model.Act{Body: &model.ChannelJudged{Channel: "shop", State: state, Reason: "seen in the logs"}}); err != nil {
		t.Fatalf("judge the channel: got %v, want no error", err)
	}
}

// hasNote reports whether the hub wrote a note that begins like this.
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

// TestOwnRoomCutsNobodyElse: whoever may declare a room may judge channels there;
// other rooms go on with theirs.
func TestOwnRoomCutsNobodyElse(t *testing.T) {
	f := feedtest.Open(t, "ana")
	one := feedtest.Declare(t, f)
	s := newShop()
	start(t, f, s)
	seat := feedtest.Enter(t, f, one)
	feedtest.Until(t, seat, "the declaration is delivered", sent("shop/declared"))
	bo := guest(t, f, "bo", model.Write)
	own := feedtest.Enter(t, bo, feedtest.Declare(t, bo))
	judge(t, own, model.Compromised)
	feedtest.Append(t, own, "cut here")
	feedtest.Until(t, own, "its own room is cut", func(v *model.View) bool {
		return len(v.Room.Deliveries) > 0 && v.Room.Deliveries[len(v.Room.Deliveries)-1].State == model.DeliveryCut
	})
	feedtest.Append(t, seat, "not cut there")
	v := feedtest.Until(t, seat, "the other room delivers", func(v *model.View) bool {
		return len(v.Room.Deliveries) == 2 && v.Room.Deliveries[1].State == model.DeliverySent
	})
	if hasNote("hub, warroom: shop is cut here")(v) {
		t.Error("the other room: got a line that the channel is cut, want none")
	}
}

// TestCutsAreShown: who has command on the hub cuts a channel for all rooms, which
// show it, and that it is over; who has the power in one other room cuts it there.
func TestCutsAreShown(t *testing.T) {
	f := feedtest.Open(t, "ana")
	one, two, three := feedtest.Declare(t, f), feedtest.Declare(t, f), feedtest.Declare(t, f)
	s := newShop()
	r := start(t, f, s)
	seats := map[string]model.Seat{}
	for _, short := range []string{one, two, three} {
		seats[short] = feedtest.Enter(t, f, short)
		feedtest.Until(t, seats[short], "the declaration is delivered", sent("shop/declared"))
	}
	judge(t, seats[one], model.Compromised)
	feedtest.Until(t, seats[two], "the cut is shown", hasNote("hub, warroom: shop is cut here, as "+one+" says"))
	feedtest.Append(t, seats[two], "waits")
	feedtest.Until(t, seats[two], "the note waits", func(v *model.View) bool {
		d := v.Room.Deliveries[len(v.Room.Deliveries)-1]
		return d.State == model.DeliveryCut && d.Detail == "as "+one+" says"
	})
	r.Close() // another process takes over: what was shown is not shown twice
	start(t, f, s)
	judge(t, seats[one], model.Trusted)
	v := feedtest.Until(t, seats[two], "the end is shown", hasNote("hub, warroom: shop is used here again"))
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
	if _, err := feedtest.Enter(t, bo, three).Append(context.Background(), model.Act{Body: model.NewEntry(model.KindEntryNoted, "bo is here")}); err != nil {
		t.Fatalf("bo writes: got %v, want no error", err)
	}
	if _, err := seats[three].Append(context.Background(), model.Act{Body: &model.RoleAssumed{Role: "commander", Person: "bo"}}); err != nil {
		t.Fatalf("bo is given the role: got %v, want no error", err)
	}
	judge(t, feedtest.Enter(t, bo, feedtest.Declare(t, bo)), model.Compromised)
	feedtest.Until(t, seats[three], "cut where bo is Commander", hasNote("hub, warroom: shop is cut here"))
	feedtest.Append(t, seats[two], "goes out")
	feedtest.Until(t, seats[two], "delivered where bo is nobody", func(v *model.View) bool {
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
	for _, bad := range [][2]string{{"nobody", ""}, {"", ""}, {"../ana", f.Who().Key}, {"nobody", f.Who().Key}, {"ana", "../ana/" + f.Who().Key}} {
		if f.HasCommand(bad[0], bad[1]) {
			t.Errorf("%q: got command, want none", bad)
		}
	}
}
