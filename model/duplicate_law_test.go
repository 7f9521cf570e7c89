package model_test

import (
	"slices"
	"testing"
	"time"

	"warroom/model"
)

// TestDuplicateKeepsLegalClocks: a duplicate ends no legal duty. Its legal clocks run, and
// are listed when the room is closed, until they are met or waived; the others stop.
func TestDuplicateKeepsLegalClocks(t *testing.T) {
	k := led(t)
	k.wait(10 * time.Minute)
	k.mustType("ana", ":exposure confirmed ~500 gdpr @-5m names")
	other := model.NewRoom()
	other.ID = "01JD0000000000000000000099"
	k.do("ana", model.Act{Body: model.NewRelated(model.RelationDuplicate, "inc-6", other, "same")})
	k.clockIs("gdpr", model.ClockRunning, 72*time.Hour-5*time.Minute)
	k.clockIs("validate", model.ClockStopped, 0)
	if got, want := k.history("gdpr").Verdict, model.VerdictRunning; got != want {
		t.Errorf("GDPR of a duplicate: got %q, want %q", got, want)
	}
	isOpen := func(want bool) {
		t.Helper()
		got := slices.ContainsFunc(k.room.LeftOpen(k.now), func(s model.Safe) bool {
			return s.String() == "clock GDPR"
		})
		if got != want {
			t.Errorf("clock GDPR in what is left open: got %t, want %t", got, want)
		}
	}
	isOpen(true)
	o := model.OverviewOf(model.RoomInfo{Short: "inc-1", Room: k.room, LastAt: k.now}, k.now)
	if got, want := o.Words(k.now).String(),
		"duplicate of inc-6: its clocks do not count, GDPR in 2d 23:55"; got != want {
		t.Errorf("overview: got %q, want %q", got, want)
	}
	k.mustType("ana", ":clock waive gdpr inc-6 sends the notice")
	k.clockIs("gdpr", model.ClockWaived, 0)
	isOpen(false)
}
