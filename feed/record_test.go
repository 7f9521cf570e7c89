package feed_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/model"
	sealed "warroom/model/bundle"
)

// exported returns the record of a room as a bag.
func exported(t *testing.T, f *feed.Feed, short string) *sealed.Bag {
	t.Helper()
	var b bytes.Buffer
	if err := f.Export(soon(t), short, "test", &b); err != nil {
		t.Fatalf("export %s: %v", short, err)
	}
	bag, err := sealed.Open(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	return bag
}

// sameLog reports whether two records have the same messages with the same times.
func sameLog(a, b []sealed.Message) bool {
	return slices.EqualFunc(a, b, func(x, y sealed.Message) bool {
		return x.Seq == y.Seq && x.At.Equal(y.At) && x.Subject == y.Subject && x.Sig == y.Sig &&
			bytes.Equal(x.Data, y.Data)
	})
}

// TestImportIsTheSameRoom: an import on another hub with another short id has the same
// bytes, and so has the record of the import.
func TestImportIsTheSameRoom(t *testing.T) {
	from, to := feedtest.Open(t, "ana"), feedtest.Open(t, "cy")
	feedtest.Declare(t, to) // so that the short id is taken there
	short := feedtest.Declare(t, from)
	s := feedtest.Enter(t, from, short)
	for _, text := range []string{"one", "two", "three"} {
		feedtest.Append(t, s, text)
	}
	want := s.Latest().Room
	bag := exported(t, from, short)
	got, err := to.Import(soon(t), bag)
	if err != nil || got != "inc-2" {
		t.Fatalf("import: %q, %v", got, err)
	}
	there := feedtest.Enter(t, to, got)
	v := feedtest.Until(t, there, "the import is read",
		func(v *model.View) bool { return v.Room.Seq == want.Seq && !v.Proof.Pending })
	if v.Room.StateHash() != want.StateHash() || !v.Proof.Alarm.IsEmpty() {
		t.Errorf("the import has another state; alarm %q", v.Proof.Alarm)
	}
	reexported := exported(t, to, got)
	if !sameLog(bag.Messages, reexported.Messages) {
		t.Error("the record of the import has another log")
	}
	// The importing hub is not a member of the room. The first hub's checkpoint still
	// proves the receipt times.
	if d := sealed.Verify(reexported.Evidence(), sealed.VerifyOptions{}); !d.Sound() || len(d.Lacks) != 1 ||
		!strings.Contains(d.Lacks[0].String(), "which is not a key of the room") ||
		d.Room.StateHash() != want.StateHash() {
		t.Errorf("the record of the import: bad %v, open %v", d.Bad, d.Open)
	}
	if _, err := to.Import(soon(t), bag); model.CodeOf(err) != model.Conflict {
		t.Errorf("imported twice: %v", err)
	}
	if _, err := from.Import(soon(t), bag); model.CodeOf(err) != model.Conflict {
		t.Errorf("imported where it came from: %v", err)
	}
}

// TestNothingHalfImported: an import that fails leaves nothing behind.
func TestNothingHalfImported(t *testing.T) {
	from, to := feedtest.Open(t, "ana"), feedtest.Open(t, "cy")
	short := feedtest.Declare(t, from)
	bag := exported(t, from, short)
	bad := *bag
	bad.Messages = slices.Clone(bag.Messages)
	bad.Messages[1].Data = bytes.Replace(bad.Messages[1].Data, []byte("small"), []byte("smell"), 1)
	var no sealed.Tampered
	if _, err := to.Import(soon(t), &bad); !errors.As(err, &no) {
		t.Errorf("a record that does not verify: %v", err)
	}
	gone, cancel := context.WithCancel(soon(t))
	cancel()
	if _, err := to.Import(gone, bag); err == nil {
		t.Error("an import that was given up is said to be done")
	}
	if list, err := to.List(soon(t)); err != nil || len(list) != 0 {
		t.Errorf("rooms after that: %v, %v", list, err)
	}
	if got, err := to.Import(soon(t), bag); err != nil || got != "inc-1" {
		t.Errorf("import after that: %q, %v", got, err)
	}
}

// TestRecordOfTheHub: the log on the hub is verified like an export, against what this
// machine has seen of it.
func TestRecordOfTheHub(t *testing.T) {
	f := feedtest.Open(t, "ana")
	short := feedtest.Declare(t, f)
	feedtest.Append(t, feedtest.Enter(t, f, short), "one")
	ev, err := f.Record(soon(t), short)
	if err != nil {
		t.Fatalf("record: %v", err)
	}
	if v := sealed.Verify(ev, sealed.VerifyOptions{}); !v.Sound() || v.Less || v.Size < 3 {
		t.Errorf("%d entries, bad %v", v.Size, v.Bad)
	}
	if _, err := f.Record(soon(t), "inc-9"); model.CodeOf(err) != model.NotFound {
		t.Errorf("a room that is not there: %v", err)
	}
}
