package model_test

import (
	"strings"
	"testing"
	"time"

	"warroom/model"
)

// answered describes the reasons of a room: who gave which for what, with "same" or "ended".
func answered(r *model.Room) string {
	var out []string
	for _, a := range r.PointAnswers {
		s := a.Point + " " + a.By + " " + a.Reason
		if a.Same {
			s += " same"
		}
		if !a.EndedAt.IsZero() {
			s += " ended"
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}

// TestEachPointIsAnswered: what is open when the incident is resolved is answered point by
// point, and the room has who gave which reason.
func TestEachPointIsAnswered(t *testing.T) {
	k := fixed(t)
	k.mustType("bo", ":ask @di 3m who called?")
	for _, p := range k.room.PointsLeft(false, k.now) {
		switch p.ID {
		case "ask 1":
			k.mustType("bo", ":resolve answer ask 1 di is asleep")
		case "role security-lead":
			k.mustType("bo", ":close answer role security nobody was on call")
		case "exposure":
			k.mustType("bo", ":resolve answer exposure legal decides on monday")
		case "item 1":
			k.mustType("bo", ":resolve answer item 1 seen by everybody")
			if got, want := k.last(), "item 1 Validate that the alert is real and verify its severity: "+
				"seen by everybody"; got != want {
				t.Errorf("got the line %q, want %q", got, want)
			}
		default:
			k.mustType("bo", ":resolve answer "+p.ID+" not for this one")
		}
	}
	if left := k.room.LeftOpen(k.now); len(left) != 0 {
		t.Errorf("got %d points open without a reason, want none: %v", len(left), left)
	}
	k.mustType("bo", ":resolve it is over")
	for _, want := range []string{"the incident is over; left open, each with a reason: item 1 (bo: ",
		"ask 1 (bo: di is asleep)", "role security-lead (bo: nobody was on call)",
		": it is over"} {
		if got := k.last(); !strings.Contains(got, want) {
			t.Errorf("got the line %q, want %q in it", got, want)
		}
	}
	if got := k.last(); strings.Contains(got, "who called") {
		t.Errorf("got the line %q, want no words of an ask, which not every profile shows", got)
	}
	for _, want := range []string{"ask 1 bo di is asleep", "exposure bo legal decides on monday",
		"role security-lead bo nobody was on call"} {
		if got := answered(k.room); !strings.Contains(got, want) || strings.Contains(got, "same") {
			t.Errorf("got the reasons %q, want %q in them, and none for all", got, want)
		}
	}
}

// TestOneReasonForAll: override records its reason for each point without one, by name.
func TestOneReasonForAll(t *testing.T) {
	k := fixed(t)
	k.mustType("bo", ":resolve answer item 1 seen by everybody")
	left := k.room.LeftOpen(k.now)
	k.mustType("bo", ":resolve override it was a test")
	if got := len(k.room.PointAnswers); got != 1+len(left) {
		t.Fatalf("got %d reasons, want %d", got, 1+len(left))
	}
	for i, a := range k.room.PointAnswers[1:] {
		if a.Text != left[i].String() || a.Reason != "it was a test" || a.By != "bo" || !a.Same {
			t.Errorf("got %+v, want %q with the reason of the override, by bo", a, left[i])
		}
	}
	if a := k.room.PointAnswers[0]; a.Reason != "seen by everybody" || a.Same {
		t.Errorf("got %+v, want its own reason", a)
	}
	again := 0
	for _, p := range k.room.PointsLeft(true, k.now) {
		if p.ID == "item 1" {
			t.Errorf("at the closing: got item 1 asked for again, want its own reason kept")
		}
		if p.ID == "role security-lead" || p.ID == "exposure" {
			again++
		}
	}
	if again != 2 {
		t.Errorf("at the closing: got %d of the points with the same reason asked for again, want 2", again)
	}
}

// TestReasonsEnd: reopening ends the reasons, those of an item with the item.
func TestReasonsEnd(t *testing.T) {
	k := fixed(t)
	k.mustType("bo", ":skip 2 nobody to page", ":resolve answer item 1 seen", ":resolve answer exposure later",
		":check 1 SEV-2 it is real", ":uncheck 1 it is not")
	if got, want := answered(k.room), "item 1 bo seen ended; exposure bo later"; got != want {
		t.Errorf("after the item was reopened: got %q, want %q", got, want)
	}
	k.mustType("bo", ":resolve override over", ":reopen it came back")
	for _, a := range k.room.PointAnswers {
		if a.EndedAt.IsZero() {
			t.Errorf("after the incident was reopened: got %+v, want it ended", a)
		}
	}
	err := k.try("bo", ":resolve over again")
	if err == nil || !strings.Contains(err.Error(), "exposure was never assessed") {
		t.Errorf("got %v, want every point asked for again", err)
	}
}

// TestPointsRefused: a reason is for a point that is open, is given once, and by command.
func TestPointsRefused(t *testing.T) {
	k := fixed(t)
	k.mustType("bo", ":resolve answer exposure later")
	for _, c := range []struct{ by, line, want string }{
		{"bo", ":resolve answer exposure again", "exposure is already answered, by bo: later"},
		{"bo", ":resolve answer item 1", "give a reason: :resolve answer item 1 REASON"},
		{"bo", ":resolve answer item 18 done", `"item 18" is not an open point; the open points are `},
		{"bo", ":resolve answer item 99 done", `"item 99" is not an open point; the open points are `},
		{"bo", ":resolve answer", "name the open point: :resolve answer POINT REASON; the open points are item 1, "},
		{"bo", ":resolve answer item", "name the item, and a reason: :resolve answer item 1 REASON"},
		{"bo", ":close answer 1 x", "name the open point: :resolve answer POINT REASON; the open points are "},
		{"di", ":close answer item 1 x", "di may not do that"},
	} {
		if err := k.try(c.by, c.line); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s %s: got %v, want %q", c.by, c.line, err, c.want)
		}
	}
	if k.room.PointsLeft(true, k.now.Add(time.Minute)) == nil {
		t.Error("got no open points, want some")
	}
}
