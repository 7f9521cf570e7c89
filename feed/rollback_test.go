package feed_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/model"
)

// exchange closes a feed, changes its data directory, and opens it again.
func exchange(t *testing.T, f *feed.Feed, o feed.Options, way *road, change func()) *feed.Feed {
	t.Helper()
	must(t, f.Close())
	change()
	private(t, o.Data)
	f, err := feed.Open(soon(t), o)
	must(t, err)
	way.to(f)
	return f
}

// copyHub copies a hub's directory, except for its runtime directory.
func copyHub(t *testing.T, data string) (old string) {
	t.Helper()
	old = feedtest.Data(t)
	for _, d := range []string{"hub", "record"} {
		must(t, os.CopyFS(filepath.Join(old, d), os.DirFS(filepath.Join(data, d))))
	}
	return old
}

// putBack restores such a copy.
func putBack(t *testing.T, data, old string) {
	t.Helper()
	for _, d := range []string{"hub", "record"} {
		must(t, os.RemoveAll(filepath.Join(data, d)))
		must(t, os.CopyFS(filepath.Join(data, d), os.DirFS(filepath.Join(old, d))))
	}
}

// appendOnce opens a feed like a one-shot command, writes one line and closes it.
func appendOnce(t *testing.T, o feed.Options, short, text string) error {
	t.Helper()
	o.Via = "cli"
	f, err := feed.Open(soon(t), o)
	must(t, err)
	s, err := f.Enter(soon(t), short)
	must(t, err)
	_, err = s.Append(soon(t), feedtest.Note(text))
	s.Close()
	must(t, f.Close())
	return err
}

// TestRollbackAfterARepair: rolling back a log that was repaired before is detected,
// although the replica has the repair.
func TestRollbackAfterARepair(t *testing.T) {
	way := new(road)
	o, short, _ := filled(t)
	flip(t, storeDir(o.Data, short))
	a, err := feed.Open(soon(t), o)
	must(t, err)
	_, err = a.Repair(soon(t), short)
	must(t, err)
	way.to(a)
	bdata := feedtest.Data(t)
	ob := remote(t, a, bdata, "gil")
	ob.Dialer = way
	must(t, appendOnce(t, ob, short, "one"))
	var old string
	a = exchange(t, a, o, way, func() { old = copyHub(t, o.Data) })
	must(t, appendOnce(t, ob, short, "two"))
	must(t, appendOnce(t, ob, short, "three"))
	a = exchange(t, a, o, way, func() { putBack(t, o.Data, old) })
	defer func() { must(t, a.Close()) }()
	if err := appendOnce(t, ob, short, "four"); model.CodeOf(err) != model.Queued ||
		!strings.Contains(err.Error(), "there are two records") {
		t.Errorf("got %v, want it kept, and why", err)
	}
	b := feedtest.With(t, ob)
	s := feedtest.Enter(t, b, short)
	feedtest.Until(t, s, "the alarm",
		func(v *model.View) bool { return strings.Contains(v.Proof.Alarm.String(), "there are two records") })
	if names, _ := filepath.Glob(filepath.Join(bdata, "record", s.RoomID(), "log.before-*")); len(names) != 0 {
		t.Errorf("what gil had was put away: %v", names)
	}
	if has("four")(s.Latest()) {
		t.Error("written behind a log that is not the one that was known")
	}
}
