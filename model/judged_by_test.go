package model_test

import (
	"testing"

	"warroom/model"
)

// TestWhoJudged: a verdict that came with an alert is the judge's only according to whoever wrote it; one
// that the judge wrote in the room is theirs.
func TestWhoJudged(t *testing.T) {
	from := lobby(t)
	from.take(finding(1, "a", "high"))
	from.mustType("ana", ":judge 1 fp a test key")
	given := from.room.Handed(from.room.AlertN(1))
	for by, want := range map[string]string{"ana": "ana", "bo": "ana, according to bo"} {
		k := alertRoom(t)
		k.admit("bo", model.Write)
		n := len(k.room.Alerts)
		if l := k.do(by, model.Act{Body: given}); !l.Refused.IsEmpty() {
			t.Fatalf("by %s: got %s, want it taken", by, l.Refused)
		}
		a := k.room.AlertN(n + 1)
		if got := a.Judge().String(); got != want || a.Verdict == "" {
			t.Errorf("moved by %s: got judged %q by %q, want a verdict by %q", by, a.Verdict, got, want)
		}
		k.mustType("bo", ":judge 1 benign a drill")
		if got := k.room.AlertN(1).Judge().String(); got != "bo" {
			t.Errorf("judged here by bo: got %q, want bo", got)
		}
	}
	crafted := lobby(t)
	crafted.admit("bo", model.Write)
	b := *given
	b.Origin = ""
	if l := crafted.do("bo", model.Act{Body: &b}); !l.Refused.IsEmpty() {
		t.Fatalf("got %s, want it taken", l.Refused)
	}
	if got := crafted.room.Handed(crafted.room.AlertN(1)).Judged.By; got != "bo" {
		t.Errorf("a verdict that bo only states, moved on: got that of %q, want of bo", got)
	}
}
