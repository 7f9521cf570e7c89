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

// TestOneShotReplaysLostEntries: the hub lost the entries of hal's key and was repaired.
// Then hal's machine writes one line with a one-shot command. The lost entries are
// published first, even if the command ended before all of them were sent.
func TestOneShotReplaysLostEntries(t *testing.T) {
	way := new(road)
	o := feedtest.Options(t, feedtest.Data(t), "ana")
	a, err := feed.Open(soon(t), o)
	must(t, err)
	short := feedtest.Declare(t, a)
	way.to(a)
	ob := remote(t, a, feedtest.Data(t), "hal")
	ob.Dialer = way
	must(t, appendOnce(t, ob, short, "one"))
	sa := feedtest.Enter(t, a, short)
	id := sa.RoomID()
	v := feedtest.Until(t, sa, "it is here", has("one"))
	copied(t, o.Data, id, v.Room.Seq)
	sa.Close()
	var old string
	a = exchange(t, a, o, way, func() { old = copyHub(t, o.Data) })
	must(t, appendOnce(t, ob, short, "two"))
	must(t, appendOnce(t, ob, short, "three"))
	a = exchange(t, a, o, way, func() {
		putBack(t, o.Data, old)
		must(t, os.RemoveAll(storeDir(o.Data, short)))
	})
	defer func() { must(t, a.Close()) }()
	_, err = a.Repair(soon(t), short)
	must(t, err)
	must(t, appendOnce(t, ob, short, "four"))
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

// TestCopyDamagedBeforeItsMark: one byte of the replica was changed before the position
// from which it is read when it is opened. The damaged part is moved to a file with a
// reported name, and read from the hub again.
func TestCopyDamagedBeforeItsMark(t *testing.T) {
	o, short, want := filled(t)
	path := filepath.Join(o.Data, "record", want.ID, "log")
	b, err := os.ReadFile(path)
	must(t, err)
	b[len(b)/2] ^= 1
	must(t, os.WriteFile(path, b, 0o600))
	var logs sync.Map
	o.Logf = func(s model.Safe) { logs.Store(s.String(), true) }
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
	logged := false
	logs.Range(func(k, _ any) bool { logged = logged || strings.Contains(k.(string), names[0]); return true })
	if !logged {
		t.Error("nobody was told where it is")
	}
}
