package model_test

import (
	"testing"

	"warroom/model"
)

// TestAMetClockStaysMet: reopening the item that met a clock leaves the clock met, because that
// happened; every account of the clock has who reopened the item and why, until it is done again.
func TestAMetClockStaysMet(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-2"})
	k.mustType("ana", ":check 1 seen")
	done := k.room.Seq
	history := func() model.ClockHistory {
		for _, h := range k.room.ClockHistories(k.now) {
			if h.Def.ID == "validate" {
				return h
			}
		}
		t.Fatal("histories: got no clock validate, want it")
		return model.ClockHistory{}
	}
	check := func(when, want string) {
		t.Helper()
		v, h := k.clock("validate"), history()
		if v.State != model.ClockMet || h.Verdict != model.VerdictMet {
			t.Errorf("%s: got %s, %s; want met", when, v.State, h.Verdict)
		}
		if got := v.Undone.String(); got != want {
			t.Errorf("%s: state: got %q, want %q", when, got, want)
		}
		if got := h.Why.String(); got != want {
			t.Errorf("%s: verdict: got %q, want %q", when, got, want)
		}
		if got := k.room.UndoneIn(done).String(); got != want {
			t.Errorf("%s: milestone: got %q, want %q", when, got, want)
		}
	}
	check("done", "")
	k.mustType("ana", ":uncheck 1 it was another key")
	open := model.Safef("item 1 was reopened by ana in entry %d: it was another key", k.room.Seq).String()
	check("reopened", open)
	k.mustType("ana", ":start 1 again")
	check("started", open)
	k.mustType("ana", ":skip 1 nobody can")
	check("skipped", open)
	k.mustType("ana", ":check 1 seen again")
	check("done again", "")
}

// TestAClockMetByHandIsNotUndone: a clock that was met without the item is not undone by it.
func TestAClockMetByHandIsNotUndone(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-2"})
	k.mustType("ana", ":clock met validate the phone rang", ":check 1 seen", ":uncheck 1 it was another key")
	if v := k.clock("validate"); v.State != model.ClockMet || !v.Undone.IsEmpty() {
		t.Errorf("got %s, %q; want met, and no remark", v.State, v.Undone)
	}
}

// TestUndoneAgain: the remark comes back when an item that was done again is reopened, for whatever
// it met the first time.
func TestUndoneAgain(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-2"})
	k.mustType("ana", ":check 1 x")
	done := k.room.Seq
	k.mustType("ana", ":uncheck 1 a", ":check 1 y", ":uncheck 1 b")
	want := model.Safef("item 1 was reopened by ana in entry %d: b", k.room.Seq).String()
	if got := k.clock("validate").Undone.String(); got != want {
		t.Errorf("clock: got %q, want %q", got, want)
	}
	m := k.room.Milestones[model.MilestoneValidated]
	if got := k.room.UndoneIn(m.Seq).String(); got != want || m.Seq != done {
		t.Errorf("milestone of entry %d: got %q, want %q of entry %d", m.Seq, got, want, done)
	}
	k.mustType("ana", ":check 1 z")
	if got := k.clock("validate").Undone; !got.IsEmpty() {
		t.Errorf("clock, done again: got %q, want no remark", got)
	}
}

// TestAPageDoesAnItemAgain: an item that was reopened and that a page completes is done again.
func TestAPageDoesAnItemAgain(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-1"})
	k.mustType("ana", ":check 2 by phone", ":uncheck 2 the wrong number")
	if it := k.room.ItemByN(2); it.Undone == nil {
		t.Fatalf("item 2: got %+v, want it reopened", it)
	}
	k.mustType("ana", ":page security the key is live", ":paged security acknowledged bo")
	if it := k.room.ItemByN(2); it.State != model.ItemDone || it.Undone != nil {
		t.Errorf("item 2: got %s, reopened %+v; want it done", it.State, it.Undone)
	}
}
