package feed_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/model"
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

// TestCopyDamagedBeforeItsMark: one byte of the copy changed, before the place
// from which it is read when it is opened. It is put aside from there on, under
// a name that is told, and read from the hub again.
func TestCopyDamagedBeforeItsMark(t *testing.T) {
	o, short, want := filled(t)
	path := filepath.Join(o.Data, "record", want.ID, "log")
	b, err := os.ReadFile(path)
	must(t, err)
	b[len(b)/2] ^= 1
	must(t, os.WriteFile(path, b, 0o600))
	var told sync.Map
	o.Logf = func(s model.Safe) { told.Store(s.String(), true) }
	f := feedtest.With(t, o)
	if bad := f.Copies(soon(t)); len(bad) != 1 || !strings.Contains(bad[0].String(), "copy of "+short) {
		t.Errorf("got %v, want the copy that is damaged", bad)
	}
	s := feedtest.Enter(t, f, short)
	seq := feedtest.Append(t, s, "one more")
	copied(t, o.Data, want.ID, seq)
	s.Close()
	if bad := f.Copies(soon(t)); len(bad) != 0 {
		t.Errorf("still damaged: %v", bad)
	}
	names, _ := filepath.Glob(path + ".bad-*")
	if len(names) != 1 {
		t.Fatalf("set aside are %v", names)
	}
	said := false
	told.Range(func(k, _ any) bool { said = said || strings.Contains(k.(string), names[0]); return true })
	if !said {
		t.Error("nobody was told where it is")
	}
}
