package feed_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/model"
	sealed "warroom/model/bundle"
)

// leaked is a text that should not have been written.
const leaked = "hunter2-very-leaked-Passw0rd"

// redact redacts an entry and waits until it is deleted.
func redact(t *testing.T, s model.RoomSession, seq uint64) {
	t.Helper()
	l := s.Latest().Room.Line(seq)
	if l == nil {
		t.Fatalf("there is no line %d", seq)
	}
	if _, err := s.Append(soon(t),
		model.Act{Body: &model.EntryRedacted{Entry: l.ID, Seq: seq, Reason: "a password"}}); err != nil {
		t.Fatalf("redact %d: %v", seq, err)
	}
}

// holding returns the files below a directory that contain a text.
func holding(t *testing.T, dir, text string) (out []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) || err == nil && !d.Type().IsRegular() {
			return nil
		}
		if err != nil {
			return err
		}
		b, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil // just replaced, and checked again
		}
		if bytes.Contains(b, []byte(text)) {
			out = append(out, path)
		}
		return err
	})
	if err != nil {
		t.Fatalf("read a file: %v", err)
	}
	return out
}

// sound checks that the record of a room verifies.
func sound(t *testing.T, f *feed.Feed, short string) *sealed.Verdict {
	t.Helper()
	ev, err := f.Record(soon(t), short)
	if err != nil {
		t.Fatalf("record: %v", err)
	}
	v := sealed.Verify(ev, sealed.VerifyOptions{})
	if !v.Sound() {
		t.Errorf("%s does not verify: %v", short, v.Bad)
	}
	return v
}

// TestRedact: a redacted text is in no file on disk, everybody sees the same room, the
// record verifies, and its author can still write.
func TestRedact(t *testing.T) {
	f := feedtest.Open(t, "ana")
	short := feedtest.Declare(t, f)
	s := feedtest.Enter(t, f, short)
	feedtest.Append(t, s, "before")
	seq := feedtest.Append(t, s, "the password is "+leaked)
	if len(holding(t, f.Dir(), leaked)) == 0 {
		t.Fatal("the test finds nothing on the disk")
	}
	redact(t, s, seq)
	v := feedtest.Until(t, s, "the room is folded anew",
		func(v *model.View) bool { return len(v.Room.Redactions) == 1 && !v.Room.Stale() })
	if got := v.Room.Line(seq).Text.String(); got != model.Blank || !v.Proof.Alarm.IsEmpty() {
		t.Errorf("the line says %q, alarm %q", got, v.Proof.Alarm)
	}
	feedtest.Append(t, s, "and on it goes") // the last message of this key was deleted
	feedtest.Soon(t, "it is nowhere on the disk", func() bool { return len(holding(t, f.Dir(), leaked)) == 0 })
	if d := sound(t, f, short); d.Room.StateHash() != s.Latest().Room.StateHash() {
		t.Error("who reads the log has another state than who saw the original")
	}
	s.Close()
	if left := holding(t, f.Dir(), leaked); len(left) > 0 {
		t.Errorf("when the room is left it is in %v", left)
	}
	reopened := feedtest.Enter(t, f, short)
	w := feedtest.Until(t, reopened, "it is read again", func(w *model.View) bool { return w.Room.Seq >= v.Room.Seq+1 })
	if w.Room.Stale() || !w.Proof.Alarm.IsEmpty() || w.Room.Redaction(seq) == nil {
		t.Errorf("opened again: stale %v, alarm %q", w.Room.Stale(), w.Proof.Alarm)
	}
	if strings.Contains(w.Room.Line(seq).Text.String(), leaked) {
		t.Error("it is read again")
	}
}

// folded waits until a session shows the room after n redactions.
func folded(t *testing.T, s model.RoomSession, n int) *model.View {
	t.Helper()
	return feedtest.Until(t, s, "the room is folded anew", func(v *model.View) bool {
		return len(v.Room.Redactions) == n && !v.Room.Stale() && !v.Proof.Pending
	})
}

// TestRedactForOthers: the text also vanishes from the screens and disks of others. A
// terminal that was closed does not get it, and all have the same state.
func TestRedactForOthers(t *testing.T) {
	a := feedtest.Open(t, "ana")
	short := feedtest.Declare(t, a)
	sa := feedtest.Enter(t, a, short)
	ob := remote(t, a, feedtest.Data(t), "bo")
	b := feedtest.With(t, ob)
	sb := feedtest.Enter(t, b, short)
	oc := remote(t, a, feedtest.Data(t), "cy")
	oc.SnapshotAfter = 2
	c, err := feed.Open(soon(t), oc)
	must(t, err)
	seq := feedtest.Append(t, sb, leaked)
	sc := feedtest.Enter(t, c, short)
	feedtest.Until(t, sc, "it is there", has(leaked))
	feedtest.Append(t, sc, "mine")
	sc.Close()
	must(t, c.Close())
	if len(holding(t, oc.Data, leaked)) < 2 {
		t.Fatal("cy has no snapshot and copy")
	}
	feedtest.Until(t, sa, "it is there", has("mine"))
	redact(t, sa, seq)
	want := folded(t, sa, 1).Room
	if got := folded(t, sb, 1).Room; got.StateHash() != want.StateHash() {
		t.Error("bo has another state")
	}
	feedtest.Soon(t, "it is nowhere at bo's", func() bool { return len(holding(t, ob.Data, leaked)) == 0 })
	feedtest.Append(t, sb, "bo goes on")
	late := feedtest.Append(t, sb, "and on")
	feedtest.Until(t, sa, "it is there", has("and on"))
	reopened := feedtest.With(t, oc)
	v := feedtest.Until(t, feedtest.Enter(t, reopened, short), "cy is back",
		func(v *model.View) bool { return v.Room.Seq >= late && !v.Proof.Pending && !v.Room.Stale() })
	if v.Room.StateHash() != sa.Latest().Room.StateHash() || !v.Proof.Alarm.IsEmpty() {
		t.Errorf("cy has another state; alarm %q", v.Proof.Alarm)
	}
	feedtest.Soon(t, "it is nowhere at cy's", func() bool { return len(holding(t, oc.Data, leaked)) == 0 })
	feedtest.Soon(t, "it is nowhere at ana's", func() bool { return len(holding(t, a.Dir(), leaked)) == 0 })
}

// TestRedactionIsFinished: the next process completes a deletion that a crash
// interrupted.
func TestRedactionIsFinished(t *testing.T) {
	for name, hasTombstone := range map[string]bool{"before it was said": false, "before it was deleted": true} {
		t.Run(name, func(t *testing.T) {
			o := feedtest.Options(t, feedtest.Data(t), "ana")
			f, err := feed.Open(soon(t), o)
			must(t, err)
			short := feedtest.Declare(t, f)
			s := feedtest.Enter(t, f, short)
			seq := feedtest.Append(t, s, leaked)
			f.DenyDelete()
			_, err = s.Submit(soon(t),
				model.Act{Body: &model.EntryRedacted{Entry: s.Latest().Room.Line(seq).ID, Seq: seq,
					Reason: "a password"}})
			must(t, err)
			v := folded(t, s, 1)
			if hasTombstone {
				must(t, f.PublishTombstone(soon(t), short, v.Room.Redactions[0].RedactionSeq))
			}
			if ev, err := f.Record(soon(t), short); err != nil ||
				strings.Contains(string(ev.Messages[seq-1].Data), leaked) {
				t.Errorf("a record hands it on, %v", err)
			}
			s.Close()
			must(t, f.Close())
			if len(holding(t, o.Data, leaked)) == 0 {
				t.Fatal("it was deleted")
			}
			feedtest.With(t, o)
			feedtest.Soon(t, "it is deleted", func() bool { return len(holding(t, o.Data, leaked)) == 0 })
		})
	}
}

// TestRedactedLogElsewhere: an import of the record, and a repaired log, have the gap
// too.
func TestRedactedLogElsewhere(t *testing.T) {
	o := feedtest.Options(t, feedtest.Data(t), "ana")
	from, err := feed.Open(soon(t), o)
	must(t, err)
	short := feedtest.Declare(t, from)
	s := feedtest.Enter(t, from, short)
	seq := feedtest.Append(t, s, leaked)
	feedtest.Append(t, s, "after it")
	redact(t, s, seq)
	want := folded(t, s, 1).Room
	bag := exported(t, from, short)
	to := feedtest.Open(t, "cy")
	got, err := to.Import(soon(t), bag)
	must(t, err)
	v := feedtest.Until(t, feedtest.Enter(t, to, got), "the import is read",
		func(v *model.View) bool { return v.Room.Seq == want.Seq })
	if v.Room.StateHash() != want.StateHash() || !v.Proof.Alarm.IsEmpty() {
		t.Errorf("the import has another state; alarm %q", v.Proof.Alarm)
	}
	if reexported := exported(t, to, got); !sameLog(bag.Messages, reexported.Messages) {
		t.Error("the record of the import has another log")
	}
	id := s.RoomID()
	s.Close()
	must(t, from.Close())
	copied(t, o.Data, id, want.Seq)
	must(t, os.RemoveAll(storeDir(o.Data, short)))
	f := feedtest.With(t, o)
	held(t, f, short)
	_, err = f.Repair(soon(t), short)
	must(t, err)
	r := feedtest.Enter(t, f, short)
	feedtest.Append(t, r, "after the repair")
	w := feedtest.Until(t, r, "it is repaired",
		func(v *model.View) bool { return v.Proof.Alarm.IsEmpty() && !v.Room.Stale() })
	if w.Room.Redaction(seq) == nil || w.Room.Line(seq).Text.String() != model.Blank {
		t.Errorf("the repaired log says %q", w.Room.Line(seq).Text)
	}
	sound(t, f, short)
	feedtest.Soon(t, "it is nowhere on the disk", func() bool { return len(holding(t, o.Data, leaked)) == 0 })
}

// TestHoleIsAnAlarm: a message that is missing without a redaction is an alarm.
func TestHoleIsAnAlarm(t *testing.T) {
	f := feedtest.Open(t, "ana")
	short := feedtest.Declare(t, f)
	s := feedtest.Enter(t, f, short)
	seq := feedtest.Append(t, s, "gone")
	feedtest.Append(t, s, "there")
	s.Close()
	must(t, f.Delete(soon(t), short, seq))
	reopened := feedtest.Enter(t, f, short)
	feedtest.Until(t, reopened, "it is noticed", func(v *model.View) bool { return !v.Proof.Alarm.IsEmpty() })
	ev, err := f.Record(soon(t), short)
	if v := sealed.Verify(ev, sealed.VerifyOptions{}); err != nil || v.Sound() {
		t.Errorf("the record is taken, %v", err)
	}
}
