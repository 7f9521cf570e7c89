package feed_test

import (
	"os"
	"path/filepath"
	"testing"

	"warroom/feed"
	"warroom/feed/feedtest"
)

// TestOneShotPublishesAgain: the hub lost what hal's key had in the log, and was
// repaired. The first that hal's machine does then is one line of a one-shot
// command: what was lost comes back before it, also where that command ended
// before all of it was sent.
func TestOneShotPublishesAgain(t *testing.T) {
	way := new(road)
	o := feedtest.Options(t, feedtest.Data(t), "ana")
	a, err := feed.Open(soon(t), o)
	must(t, err)
	short := feedtest.Declare(t, a)
	way.to(a)
	ob := remote(t, a, feedtest.Data(t), "hal")
	ob.Way(way)
	must(t, says(t, ob, short, "one"))
	sa := feedtest.Enter(t, a, short)
	id := sa.RoomID()
	v := feedtest.Until(t, sa, "it is here", has("one"))
	copied(t, o.Data, id, v.Room.Seq)
	sa.Close()
	var old string
	a = exchange(t, a, o, way, func() { old = keepHub(t, o.Data) })
	must(t, says(t, ob, short, "two"))
	must(t, says(t, ob, short, "three"))
	a = exchange(t, a, o, way, func() {
		putBack(t, o.Data, old)
		must(t, os.RemoveAll(storeDir(o.Data, short)))
	})
	defer func() { must(t, a.Close()) }()
	_, err = a.Repair(soon(t), short)
	must(t, err)
	must(t, says(t, ob, short, "four"))
	sa = feedtest.Enter(t, a, short)
	defer sa.Close()
	v = feedtest.Until(t, sa, "all of it is there", has("four"))
	once(t, v.Room, []string{"one", "two", "three", "four"})
	if v.Room.Bad != 0 {
		t.Errorf("%d entries do not check", v.Room.Bad)
	}
	if left, _ := filepath.Glob(filepath.Join(ob.Data, "record", id, "again", "*")); len(left) != 0 {
		t.Errorf("still owed: %v", left)
	}
}
