package feed_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/model"
)

func soon(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), feedtest.DefaultTimeout)
	t.Cleanup(cancel)
	return ctx
}

func has(text string) func(*model.View) bool {
	return func(v *model.View) bool { return slices.Contains(feedtest.Notes(v.Room), text) }
}

func TestDeclareEnterAppendFollow(t *testing.T) {
	f := feedtest.Open(t, "ana")
	short := feedtest.Declare(t, f)
	if short != "inc-1" {
		t.Errorf("got short id %s, want inc-1", short)
	}
	s := feedtest.Enter(t, f, short)
	if r := s.Latest().Room; r.Plan == nil || r.Title == "" || r.Seq != 2 {
		t.Fatalf("got room %+v, want a declared one with its plan", r)
	}
	if got := feedtest.Append(t, s, "first line"); got != 3 {
		t.Errorf("got sequence %d, want 3", got)
	}
	v := feedtest.Until(t, s, "the line is there", has("first line"))
	if len(v.Waiting) != 0 {
		t.Errorf("got %v waiting, want nothing", v.Waiting)
	}
	var seqs []uint64
	err := f.Events(soon(t), short, 1, func(e *model.Event) error {
		if e.Fault != "" {
			t.Errorf("entry %d: %s", e.Seq, e.Fault)
		}
		seqs = append(seqs, e.Seq)
		return nil
	})
	if err != nil || !slices.Equal(seqs, []uint64{1, 2, 3}) {
		t.Errorf("got events %v, %v, want 1 2 3", seqs, err)
	}
	rooms, err := f.List(soon(t))
	if err != nil || len(rooms) != 1 || rooms[0].Short != short ||
		rooms[0].Room.StateHash() != v.Room.Summary().StateHash() {
		t.Errorf("got list %v, %v", rooms, err)
	}
}

func TestTwoProcessesSeeEachOther(t *testing.T) {
	data := feedtest.Data(t)
	a := feedtest.With(t, feedtest.Options(t, data, "ana"))
	b := feedtest.With(t, feedtest.Options(t, data, "bo"))
	short := feedtest.Declare(t, a)
	sa, sb := feedtest.Enter(t, a, short), feedtest.Enter(t, b, short)
	for i := range 20 {
		feedtest.Append(t, sa, fmt.Sprint("ana ", i))
		feedtest.Append(t, sb, fmt.Sprint("bo ", i))
	}
	va := feedtest.Until(t, sa, "ana sees all", has("bo 19"))
	vb := feedtest.Until(t, sb, "bo sees all", has("bo 19"))
	if va.Room.StateHash() != vb.Room.StateHash() {
		t.Error("two readers of one log have two states")
	}
	if m, ok := vb.Room.Member(b.Who().Key); !ok || m.Right != model.Command || m.Handle != "bo" {
		t.Errorf("got member %+v, want bo with command through the socket", m)
	}
	if n := len(feedtest.Notes(va.Room)); n != 40 {
		t.Errorf("got %d lines, want 40", n)
	}
}

func TestHostLeavesAndTheOtherGoesOn(t *testing.T) {
	data := feedtest.Data(t)
	a := feedtest.With(t, feedtest.Options(t, data, "ana"))
	b := feedtest.With(t, feedtest.Options(t, data, "bo"))
	short := feedtest.Declare(t, a)
	sb := feedtest.Enter(t, b, short)
	feedtest.Append(t, sb, "before")
	if !a.Hosting() || b.Hosting() {
		t.Fatal("the first one has to host")
	}
	began := time.Now()
	if err := a.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	feedtest.Append(t, sb, "after")
	if took := time.Since(began); took > 10*time.Second { // some 100 ms, on a machine that is not busy
		t.Errorf("the room stood still for %v, want less than 10s", took)
	}
	l := feedtest.Until(t, sb, "bo hosts",
		func(v *model.View) bool { return v.Link.Hosting && v.Link.State == model.Live }).Link
	if l.Moved != 1 {
		t.Errorf("got moved %d, want 1", l.Moved)
	}
}

var _ model.Rooms = (*feed.Feed)(nil)
