package feed_test

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/nats-io/nats.go"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/feed/hub"
	"warroom/model"
)

// road is a dialer for the hub that is set at the time.
type road struct {
	atomic.Pointer[nats.CustomDialer]
}

func (r *road) to(f *feed.Feed) *road {
	d := f.Hub()
	r.Store(&d)
	return r
}

// Dial implements nats.CustomDialer.
func (r *road) Dial(network, address string) (net.Conn, error) {
	return (*r.Load()).Dial(network, address)
}

// remote returns the options of a person on another machine who connects to the hub of f.
func remote(t *testing.T, f *feed.Feed, data, handle string) feed.Options {
	t.Helper()
	o := feedtest.Options(t, data, handle)
	o.Server = hub.URL
	o.Dialer = f.Hub()
	return o
}

// copied waits until a data directory has a replica with seq entries.
func copied(t *testing.T, data, room string, seq uint64) {
	t.Helper()
	feedtest.Soon(t, fmt.Sprintf("%d entries are copied", seq), func() bool { return feed.CopyTip(data, room) >= seq })
}

// TestAuthorsReplayLostEntries: the hub lost everything, and its own replica is older
// than what others wrote. They publish it again, with the same bytes, whether they
// connect later or stayed connected.
func TestAuthorsReplayLostEntries(t *testing.T) {
	t.Run("later", func(t *testing.T) { testReplay(t, false) })
	t.Run("at once", func(t *testing.T) { testReplay(t, true) })
}

func testReplay(t *testing.T, stays bool) {
	way := new(road)
	o := feedtest.Options(t, feedtest.Data(t), "ana")
	a, err := feed.Open(soon(t), o)
	must(t, err)
	short := feedtest.Declare(t, a)
	sa := feedtest.Enter(t, a, short)
	id := sa.RoomID()
	bdata := feedtest.Data(t)
	ob := remote(t, a, bdata, "bo")
	ob.Dialer = way.to(a)
	b, err := feed.Open(soon(t), ob)
	must(t, err)
	sb := feedtest.Enter(t, b, short)
	early := feedtest.Append(t, sb, "early")
	feedtest.Until(t, sa, "it is here", has("early"))
	copied(t, o.Data, id, early)
	old := feedtest.Data(t)
	must(t, os.CopyFS(old, os.DirFS(filepath.Join(o.Data, "record"))))
	late := feedtest.Append(t, sb, "late")
	last := feedtest.Append(t, sb, "later")
	copied(t, bdata, id, last)
	want := feedtest.Until(t, sb, "all", has("later")).Room
	before := events(t, b, short)
	if !stays {
		sb.Close()
		must(t, b.Close())
	}
	sa.Close()
	must(t, a.Close())

	must(t, os.RemoveAll(storeDir(o.Data, short))) // the hub's machine has only an old backup of the replica
	must(t, os.RemoveAll(filepath.Join(o.Data, "record")))
	must(t, os.CopyFS(filepath.Join(o.Data, "record"), os.DirFS(old)))
	private(t, o.Data)
	a = feedtest.With(t, o)
	way.to(a)
	held(t, a, short)
	done, err := a.Repair(soon(t), short)
	must(t, err)
	if done.Entries < early || done.Entries >= late {
		t.Fatalf("restored up to %d, so this test shows nothing", done.Entries)
	}
	if stays {
		t.Cleanup(func() { must(t, b.Close()) })
	} else {
		b = feedtest.With(t, ob)
		sb = feedtest.Enter(t, b, short)
	}
	feedtest.Until(t, sb, "what was lost is there again",
		func(v *model.View) bool { return has("late")(v) && has("later")(v) })
	feedtest.Append(t, sb, "after it")
	v := feedtest.Until(t, sb, "no alarm", func(v *model.View) bool { return v.Proof.Alarm.IsEmpty() })
	once(t, v.Room, []string{"early", "late", "later", "after it"})
	if v.Room.Bad != 0 || v.Room.Rejected != 0 || len(v.Room.Breaks) != 1 {
		t.Errorf("%d bad, %d void, breaks %+v", v.Room.Bad, v.Room.Rejected, v.Room.Breaks)
	}
	leaves := map[string]bool{}
	for _, e := range events(t, b, short) {
		leaves[e.Leaf] = true
	}
	for _, e := range before[:want.Seq] {
		if !leaves[e.Leaf] {
			t.Errorf("entry %d is not there with the same bytes", e.Seq)
		}
	}
	if names, _ := filepath.Glob(filepath.Join(bdata, "record", id, "log.before-*")); len(names) != 1 {
		t.Errorf("what bo had before is kept in %v", names)
	}
}

// TestOpenTerminalSeesTheRepair: a terminal that has the room open during a repair shows
// it as held, then as whole, without user action.
func TestOpenTerminalSeesTheRepair(t *testing.T) {
	o, short, want := filled(t)
	flip(t, storeDir(o.Data, short))
	g := feedtest.With(t, o)
	f := feedtest.With(t, o)
	s := feedtest.Enter(t, g, short)
	feedtest.Until(t, s, "it is held", func(v *model.View) bool { return !v.Proof.Alarm.IsEmpty() })
	if _, err := s.Submit(soon(t), feedtest.Note("waits")); err != nil {
		t.Fatalf("submit: %v", err)
	}
	_, err := f.Repair(soon(t), short)
	must(t, err)
	v := feedtest.Until(t, s, "it is whole",
		func(v *model.View) bool { return v.Proof.Alarm.IsEmpty() && has("waits")(v) })
	if v.Room.Bad != 0 || v.Room.Entries != want.Entries+1 {
		t.Errorf("%d bad, %d entries, want %d", v.Room.Bad, v.Room.Entries, want.Entries+1)
	}
	asBefore(t, f, short, want)
}

// TestAnotherTerminalBecomesTheHub: the hub's machine is lost, and a terminal with the
// whole log hosts the room.
func TestAnotherTerminalBecomesTheHub(t *testing.T) {
	o := feedtest.Options(t, feedtest.Data(t), "ana")
	a, err := feed.Open(soon(t), o)
	must(t, err)
	short := feedtest.Declare(t, a)
	bdata := feedtest.Data(t)
	b, err := feed.Open(soon(t), remote(t, a, bdata, "bo"))
	must(t, err)
	sb := feedtest.Enter(t, b, short)
	last := feedtest.Append(t, sb, "the last line")
	want := feedtest.Until(t, sb, "it is here", has("the last line")).Room
	copied(t, bdata, sb.RoomID(), last)
	if _, err := b.Repair(soon(t), short); model.CodeOf(err) != model.Forbidden {
		t.Errorf("a server's room was repaired: %v", err)
	}
	sb.Close()
	must(t, b.Close())
	must(t, a.Close())

	n := feedtest.With(t, feedtest.Options(t, bdata, "bo"))
	other := feedtest.Declare(t, n) // its own first room has the same short id
	done, err := n.Repair(soon(t), short)
	must(t, err)
	if done.Short == other || done.Entries != want.Seq {
		t.Errorf("got %+v", done)
	}
	s := feedtest.Enter(t, n, done.Short)
	feedtest.Append(t, s, "on the new hub")
	asBefore(t, n, done.Short, want)
	v := s.Latest()
	key := v.Room.Breaks[0].HubKey
	if m, ok := v.Room.Member(key); !ok || !m.Hub || m.Revoked {
		t.Errorf("the new hub's key is %+v", m)
	}
	for k, m := range v.Room.Members {
		if m.Hub && k != key && !m.Revoked {
			t.Error("the old hub may still speak")
		}
	}
	// The new hub admits new people.
	c := feedtest.Enter(t, feedtest.With(t, feedtest.Options(t, bdata, "cy")), done.Short)
	feedtest.Append(t, c, "cy is in")
}
