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

// large returns a server with a room of more than n entries, and a data directory with a
// snapshot of it.
func large(t testing.TB, n int, many uint64) (o feed.Options, short string, path string) {
	t.Helper()
	srv := feedtest.Server(t)
	o = feedtest.Options(t, feedtest.Data(t), "ana")
	o.Server = srv.ClientURL()
	o.SnapshotAfter = many
	f := feedtest.With(t, o)
	short = feedtest.Declare(t, f)
	s := feedtest.Enter(t, f, short)
	feedtest.Fill(t, o.Server, s, n)
	feedtest.Append(t, s, "after the filler")
	v := feedtest.Until(t, s, "all is folded", has("after the filler"))
	path = filepath.Join(o.Data, "cache", v.Room.ID, "snapshot")
	if err := f.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("no snapshot: %v", err)
	}
	return o, short, path
}

// caught enters a room after prepare, and returns a session whose first view is from the
// snapshot. On a busy machine the snapshot may be checked before the test sees that view; it is
// tried again then.
func caught(t *testing.T, o feed.Options, short string, prepare func(), is func(*model.View) bool) *feed.RoomSession {
	t.Helper()
	for range 50 {
		prepare()
		f, err := feed.Open(soon(t), o)
		must(t, err)
		s, err := f.Enter(soon(t), short)
		must(t, err)
		if is(s.Latest()) {
			t.Cleanup(func() {
				s.Close()
				must(t, f.Close())
			})
			return s.(*feed.RoomSession)
		}
		s.Close()
		must(t, f.Close())
	}
	t.Fatal("got no view of the snapshot in 50 tries, want one before it is checked")
	return nil
}

func TestRoomFromSnapshotIsTheRoomOfTheLog(t *testing.T) {
	o, short, path := large(t, 700, 200)
	emptyData := o
	emptyData.Data, emptyData.Handle = feedtest.Data(t), "bo"
	full := feedtest.Enter(t, feedtest.With(t, emptyData), short)
	want := feedtest.Until(t, full, "all is folded", has("after the filler"))
	if want.Proof.Pending || want.Room.Older() != 0 {
		t.Fatal("the other data directory has a snapshot")
	}
	s := caught(t, o, short, func() {}, func(v *model.View) bool { return v.Proof.Pending && v.Room.Older() > 0 })
	feedtest.Append(t, s, "written before the check is through")
	v := feedtest.Until(t, s, "the check is through", func(v *model.View) bool { return !v.Proof.Pending })
	if v.Proof.First == 0 || v.Proof.First > v.Room.Seq {
		t.Errorf("the newest page was not checked first: %+v", v.Proof)
	}
	if !v.Proof.Alarm.IsEmpty() || v.Proof.Checked != v.Room.Seq || v.Room.Older() != 0 {
		t.Errorf("got proof %+v, %d older", v.Proof, v.Room.Older())
	}
	want = feedtest.Until(t, full, "the newest is there", has("written before the check is through"))
	v = feedtest.Until(t, s, "the newest is there", has("written before the check is through"))
	if v.Room.StateHash() != want.Room.StateHash() {
		t.Error("the room from the snapshot is another one than that of the log")
	}
	t.Run("tampered", func(t *testing.T) { tampered(t, o, short, path) })
}

// tampered changes one byte of the snapshot, which must then not be used.
func tampered(t *testing.T, o feed.Options, short, path string) {
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("read a file: %v", err)
	}
	raw[len(raw)/2] ^= 1
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatalf("write a file: %v", err)
	}
	s := feedtest.Enter(t, feedtest.With(t, o), short)
	if v := s.Latest(); v.Proof.Pending || v.Room.Older() != 0 {
		t.Errorf("got proof %+v: a snapshot that was changed is used", v.Proof)
	}
}

func TestSnapshotThatLiesIsFoundOut(t *testing.T) {
	o, short, path := large(t, 700, 200)
	falsify := func() {
		if err := feed.Falsify(o.Data, path); err != nil {
			t.Fatalf("falsify: %v", err)
		}
	}
	s := caught(t, o, short, falsify, func(v *model.View) bool { return v.Room.Title == "a lie" })
	v := feedtest.Until(t, s, "the check is through", func(v *model.View) bool { return !v.Proof.Pending })
	if v.Proof.Alarm.IsEmpty() || v.Room.Title == "a lie" {
		t.Errorf("got title %q, alarm %q, want the log's title and an alarm", v.Room.Title, v.Proof.Alarm)
	}
}

// TestFalsifiedNewestLines: a line of the snapshot that the log does not have is found
// before the rest is read.
func TestFalsifiedNewestLines(t *testing.T) {
	o, short, path := large(t, 700, 200)
	if err := feed.FalsifyLast(o.Data, path); err != nil {
		t.Fatalf("falsify last: %v", err)
	}
	s := feedtest.Enter(t, feedtest.With(t, o), short)
	v := feedtest.Until(t, s, "it is found", func(v *model.View) bool { return !v.Proof.Alarm.IsEmpty() })
	if !strings.Contains(v.Proof.Alarm.String(), "is not what this terminal's snapshot shows") {
		t.Errorf("got %q", v.Proof.Alarm)
	}
}
