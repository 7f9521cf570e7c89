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
