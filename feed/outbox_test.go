package feed_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/model"
)

// once checks that the lines are in the room once each, in this order.
func once(t *testing.T, r *model.Room, want []string) {
	t.Helper()
	if got := feedtest.Notes(r); !slices.Equal(got, want) {
		t.Errorf("got lines %q\nwant      %q", got, want)
	}
	if r.Bad != 0 || r.Rejected != 0 {
		t.Errorf("got %d bad and %d void events, want none", r.Bad, r.Rejected)
	}
}

func lines(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("line %03d", i)
	}
	return out
}

func TestLostAnswersDoNotDouble(t *testing.T) {
	hub, link := feedtest.Open(t, "ana"), new(faultyLink)
	s := feedtest.Enter(t, feedtest.With(t, link.through(t, hub, "bo")), feedtest.Declare(t, hub))
	var n atomic.Int64
	set(&link.damageAnswer, func() bool { return n.Add(1)%3 != 0 })
	want := lines(30)
	for _, l := range want {
		if _, err := s.Submit(soon(t), feedtest.Note(l)); err != nil {
			t.Fatalf("submit: %v", err)
		}
	}
	v := feedtest.Until(t, s, "nothing waits",
		func(v *model.View) bool { return len(v.Waiting) == 0 && s.Unsent() == 0 })
	once(t, v.Room, want)
	if got, atLeast := n.Load(), int64(len(want)); got < atLeast {
		t.Errorf("got %d answers of the log, want at least %d: the link does not find them", got, atLeast)
	}
}

// boxFile returns the outbox of a feed's key in a session's room.
func boxFile(data string, f *feed.Feed, s *feed.RoomSession) string {
	return filepath.Join(data, "outbox", f.Who().Key, s.RoomID()+".jsonl")
}

func TestOutboxThatMissedItsMarksDoesNotDouble(t *testing.T) {
	data := feedtest.Data(t)
	f := feedtest.With(t, feedtest.Options(t, data, "ana"))
	short := feedtest.Declare(t, f)
	s := feedtest.Enter(t, f, short)
	want := lines(10)
	for _, l := range want {
		feedtest.Append(t, s, l)
	}
	path := boxFile(data, f, s)
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("read a file: %v", err)
	}
	var withoutMarks [][]byte
	for _, l := range bytes.SplitAfter(raw, []byte("\n")) {
		if !bytes.Contains(l, []byte(`"stored"`)) {
			withoutMarks = append(withoutMarks, l)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	if err := os.WriteFile(path, bytes.Join(withoutMarks, nil), 0o600); err != nil {
		t.Fatalf("write a file: %v", err)
	}
	f = feedtest.With(t, feedtest.Options(t, data, "ana"))
	s = feedtest.Enter(t, f, short)
	feedtest.Append(t, s, "after")
	v := feedtest.Until(t, s, "nothing waits", func(v *model.View) bool { return len(v.Waiting) == 0 })
	once(t, v.Room, append(want, "after"))
}

func TestTornOutboxIsSetAsideAndItsGoodLinesAreSent(t *testing.T) {
	data := feedtest.Data(t)
	f := feedtest.With(t, feedtest.Options(t, data, "ana"))
	short := feedtest.Declare(t, f)
	s := feedtest.Enter(t, f, short)
	first := feedtest.Append(t, s, "first")
	path := boxFile(data, f, s)
	raw, err := os.ReadFile(path)
	if err != nil || first == 0 {
		t.Fatalf("read a file: %v", err)
	}
	if err := f.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	// The result of a crash in the middle of a second draft, with the marks lost and a
	// flipped bit in between.
	var draft []byte
	for _, l := range bytes.SplitAfter(raw, []byte("\n")) {
		if bytes.Contains(l, []byte(`"draft"`)) {
			draft = l
		}
	}
	flipped := bytes.Replace(draft, []byte("first"), []byte("fixst"), 1)
	raw = slices.Concat(raw[:bytes.IndexByte(raw, '\n')+1], flipped, draft, draft[:len(draft)/2])
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatalf("write a file: %v", err)
	}
	f = feedtest.With(t, feedtest.Options(t, data, "ana"))
	s = feedtest.Enter(t, f, short)
	feedtest.Append(t, s, "second")
	once(t, s.Latest().Room, []string{"first", "second"})
	bad, err := filepath.Glob(path + ".bad-*")
	if err != nil || len(bad) != 1 {
		t.Fatalf("got %v, %v, want one file with the bad lines", bad, err)
	}
	got, err := os.ReadFile(bad[0])
	if err != nil || !bytes.Contains(got, []byte("fixst")) {
		t.Errorf("got %q, %v, want the bad lines", got, err)
	}
}

func TestDraftRefusedByThenIsShownAndTheNextGoesOn(t *testing.T) {
	hub, link := feedtest.Open(t, "ana"), new(faultyLink)
	s := feedtest.Enter(t, feedtest.With(t, link.through(t, hub, "bo")), feedtest.Declare(t, hub))
	set(&link.damageAnswer, func() bool { return true }) // slow enough that both are decided against the same room
	var id string
	for range 2 {
		r, err := s.Submit(soon(t), model.Act{Body: &model.ItemDoneBody{Item: "revoke"}})
		if err != nil {
			t.Fatalf("the first was folded before the second was decided, although its answer was lost: %v", err)
		}
		id = r.ID
	}
	if _, err := s.Submit(soon(t), feedtest.Note("next")); err != nil {
		t.Fatalf("submit: %v", err)
	}
	v := feedtest.Until(t, s, "the next one is stored", has("next"))
	if len(v.Waiting) != 1 || v.Waiting[0].State != model.Refused || v.Waiting[0].Draft.ID != id ||
		v.Waiting[0].Why.IsEmpty() {
		t.Fatalf("got waiting %+v, want the second one refused with the reason", v.Waiting)
	}
	if v.Room.Rejected != 0 || v.Room.Bad != 0 {
		t.Error("a refused draft got into the log")
	}
	if err := s.Dismiss(id); err != nil {
		t.Fatalf("dismiss: %v", err)
	}
	if w := s.Latest().Waiting; len(w) != 0 {
		t.Errorf("got waiting %v after it was dismissed", w)
	}
}

func TestQueuedWhileTheHubIsAwayAndSentAfter(t *testing.T) {
	x := newExternal(t)
	f := feedtest.With(t, x.options(t, "ana"))
	s := feedtest.Enter(t, f, feedtest.Declare(t, f))
	feedtest.Append(t, s, "before")
	x.stop()
	feedtest.Until(t, s, "offline is seen", func(v *model.View) bool { return v.Link.State == model.Offline })
	ctx, cancel := short(t)
	defer cancel()
	r, err := s.Append(ctx, feedtest.Note("meanwhile"))
	if model.CodeOf(err) != model.Queued || r.ID == "" {
		t.Fatalf("got %v, %v, want kept", r, err)
	}
	if w := s.Latest().Waiting; len(w) != 1 ||
		strings.Contains(fmt.Sprint(feedtest.Notes(s.Latest().Room)), "meanwhile") {
		t.Errorf("got waiting %v, want the one line", w)
	}
	x.start()
	v := feedtest.Until(t, s, "it is stored", has("meanwhile"))
	once(t, v.Room, []string{"before", "meanwhile"})
}

func TestCopiedDataDirectoryGetsAKeyOfItsOwn(t *testing.T) {
	x := newExternal(t)
	a := feedtest.With(t, x.options(t, "ana"))
	short := feedtest.Declare(t, a)
	sa := feedtest.Enter(t, a, short)
	feedtest.Append(t, sa, "one")
	copied := feedtest.Data(t)
	if err := os.CopyFS(filepath.Join(copied, "keys"), os.DirFS(filepath.Join(x.data, "keys"))); err != nil {
		t.Fatalf("copy the files: %v", err)
	}
	private(t, copied)
	o := x.options(t, "ana")
	o.Data = copied
	b := feedtest.With(t, o)
	if a.Who().Key != b.Who().Key {
		t.Fatal("the copy has to begin with the same key")
	}
	old := b.Who().Key
	sb := feedtest.Enter(t, b, short)
	feedtest.Append(t, sb, "two, by the copy")
	feedtest.Append(t, sa, "three") // finds what the copy wrote, and takes another key
	if a.Who().Key == old {
		t.Error("the first one has to put the key away")
	}
	feedtest.Append(t, sb, "four") // finds that the old key has introduced the new one
	if b.Who().Key == old || b.Who().Key == a.Who().Key {
		t.Error("the copy has to put the key away, too")
	}
	v := feedtest.Until(t, sa, "all there", has("four"))
	once(t, v.Room, []string{"one", "two, by the copy", "three", "four"})
}
