package model_test

import (
	"strings"
	"testing"
	"time"

	"warroom/model"
)

// coherent checks that the fields of each run of each clock agree with each other and with
// the state in the lists.
func (k *testRoom) coherent(line string) {
	k.t.Helper()
	for _, h := range k.room.ClockHistories(k.now) {
		for _, v := range h.Runs {
			if !v.Due.IsZero() && v.Run.From.After(v.Due) {
				k.t.Errorf("%s: %s run %d: got from %s after due %s", line, h.Def.ID, v.Run.N,
					model.FormatTime(v.Run.From), model.FormatTime(v.Due))
			}
		}
		if n := len(h.Runs); n > 0 && h.Def.Every == 0 && h.Runs[n-1].Verdict == model.VerdictMissed &&
			h.State != model.ClockMissed && h.State != model.ClockOverdue && h.State != model.ClockSnoozed {
			k.t.Errorf("%s: %s: got the state %s of a run that was missed, want missed, overdue or snoozed", line,
				h.Def.ID, h.State)
		}
	}
}

// TestALaterStartKeepsAMiss: a start that is corrected to a later time changes no run that
// was missed. The correction stands beside it.
func TestALaterStartKeepsAMiss(t *testing.T) {
	for _, line := range []string{":milestone detected @14:20 because the log of the scanner has it",
		":clock move validate @14:20 the log of the scanner has it"} {
		k := declared(t, "security", model.Declaration{Severity: "SEV-1"})
		k.at(14, 30)
		k.mustType("ana", line)
		k.coherent(line)
		k.clockIs("validate", model.ClockOverdue, -15*min)
		h := k.verdictIs("validate", model.VerdictMissed, 1)
		want := "from 14:00:00, due 14:15:00, overdue by 15 min; ana corrected its start to 14:20:00 at " +
			"14:30:00, because "
		if got := h.Runs[0].Words(h.Def, clockTime).String(); len(got) < len(want) || got[:len(want)] != want {
			t.Errorf("%s: got %q, want it to begin with %q", line, got, want)
		}
		o := model.OverviewOf(model.RoomInfo{Short: "inc-1", Room: k.room}, k.now)
		if o.Overdue == 0 {
			t.Errorf("%s: got nothing overdue in the list of rooms, want Validate", line)
		}
		k.at(14, 33)
		k.mustType("ana", ":milestone validated SEV-1 because it is real")
		k.clockIs("validate", model.ClockMissed, -18*min)
		h = k.verdictIs("validate", model.VerdictMissed, 1)
		want = "; by that start it was due 14:35:00 and met 2 min early"
		if got := h.Runs[0].Words(h.Def, clockTime).String(); !strings.HasSuffix(got, want) {
			t.Errorf("%s: got %q, want it to end with %q", line, got, want)
		}
	}
}

// TestAnEarlierStartCounts: a start that is corrected to an earlier time counts for a run
// that ended, too.
func TestAnEarlierStartCounts(t *testing.T) {
	for line, want := range map[string]model.Verdict{":milestone validated SEV-1": model.VerdictMissed,
		":clock waive validate a known alert": model.VerdictMissed, ":close override x": model.VerdictMissed} {
		k := declared(t, "security", model.Declaration{Severity: "SEV-1"})
		k.at(14, 10)
		k.mustType("ana", line)
		k.at(14, 20)
		k.mustType("ana", ":milestone detected @13:30 the first mail")
		k.coherent(line)
		h := k.verdictIs("validate", want, 1)
		if got, want := model.FormatTime(h.Runs[0].Due).String(), "2026-11-21 13:45:00 UTC"; got != want {
			t.Errorf("%s: got due %s, want %s", line, got, want)
		}
		if h.State != model.ClockMissed {
			t.Errorf("%s: got state %s, want missed", line, h.State)
		}
		k.mustType("ana", ":milestone detected @14:05 because the mail was another one")
		k.coherent(line)
		k.verdictIs("validate", want, 1)
	}
}

// TestACorrectedAwareness: a wrong awareness that is corrected leaves no miss as the verdict
// of a legal clock. The run that was counted from it stays, with its correction, and the
// verdict states the correction.
func TestACorrectedAwareness(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-1"})
	k.mustType("ana", ":exposure suspected gdpr @2025-11-21 10:00 names")
	entry := k.room.Seq
	k.verdictIs("gdpr", model.VerdictMissed, 1)
	k.wait(min)
	k.mustType("ana", model.Safef(":time %d @2026-11-21 10:00 because the year was wrong", entry).String())
	k.coherent("time")
	h := k.verdictIs("gdpr", model.VerdictRunning, 2)
	const why = "ana corrected the awareness in entry 4, from 2025-11-21 10:00:00 UTC to 2026-11-21 10:00:00 UTC, " +
		"because the year was wrong; by the first time it was missed"
	if h.Why.String() != why {
		t.Errorf("got because of %q, want %q", h.Why, why)
	}
	k.clockIs("gdpr", model.ClockRunning, 72*time.Hour-4*time.Hour-min)
	want := []string{"from 10:00:00, run started 14:00:00, due 10:00:00, stopped 14:01:00 by a correction of its " +
		"start, " +
		"overdue by 362 days 4 h then; ana corrected its start to 10:00:00 at 14:01:00, because the year was wrong; " +
		"by that start it is due 10:00:00", "from 10:00:00, run started 14:01:00, due 10:00:00"}
	for i, v := range h.Runs {
		if got := v.Words(h.Def, clockTime).String(); got != want[i] {
			t.Errorf("run %d: got %q, want %q", i+1, got, want[i])
		}
	}
	k.mustType("ana", ":notify gdpr DPA, portal")
	k.verdictIs("gdpr", model.VerdictCorrected, 2)
	k.mustType("ana", model.Safef(":time %d @2025-11-21 10:00 because it was right", entry).String())
	k.verdictIs("gdpr", model.VerdictMissed, 2)
}

// TestAnAwarenessCorrectedAfterTheNotice: a notice that was late by a wrong awareness, and in
// time by the corrected one, is neither met nor missed: the verdict states the correction. If
// the correction is taken back, it was missed.
func TestAnAwarenessCorrectedAfterTheNotice(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-1"})
	k.mustType("ana", ":exposure suspected gdpr @2025-11-21 10:00 names")
	entry := k.room.Seq
	k.mustType("ana", ":notify gdpr DPA, portal")
	k.verdictIs("gdpr", model.VerdictMissed, 1)
	correct := func(when string, v model.Verdict, state model.ClockState, left time.Duration, want string) {
		t.Helper()
		k.mustType("ana", model.Safef(":time %d @%s because of the year", entry, when).String())
		k.coherent("time of a run that was met late, " + when)
		h := k.verdictIs("gdpr", v, 1)
		k.clockIs("gdpr", state, left)
		if got := h.Runs[0].Words(h.Def, clockTime).String(); !strings.HasSuffix(got, want) {
			t.Errorf("%s: got %q, want it to end with %q", when, got, want)
		}
	}
	correct("2026-11-21 10:00", model.VerdictCorrected, model.ClockMet, 68*time.Hour,
		"by that start it was due 10:00:00 and met 2 days 20 h early")
	k.mustType("ana", ":exposure confirmed kvkk it is real")
	if n := len(k.history("gdpr").Runs[0].Run.Changes); n != 1 {
		t.Errorf("got %d corrections of the start, want 1", n)
	}
	correct("2025-11-21 10:00", model.VerdictMissed, model.ClockMissed, -362*24*time.Hour-4*time.Hour,
		"by that start it was due 10:00:00 and met 362 days 4 h late")
	correct("2026-11-17 10:00", model.VerdictMissed, model.ClockMissed, -362*24*time.Hour-4*time.Hour,
		"by that start it was due 10:00:00 and met 28 h late")
}

// TestSnoozedAndMissed: a deadline that was missed before it was snoozed is overdue again
// when the snooze ends, since the deadline that was missed.
func TestSnoozedAndMissed(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-1"})
	k.at(14, 40)
	k.mustType("ana", ":snooze executives 20m busy")
	k.clockIs("executives", model.ClockSnoozed, 20*min)
	h := k.history("executives")
	want := "from 14:00:00, due 14:30:00, overdue by 10 min"
	if got := h.Runs[0].Words(h.Def, clockTime).String(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	k.at(15, 10)
	k.coherent("snoozed")
	k.clockIs("executives", model.ClockOverdue, -40*min)
}

// TestADuplicateKeepsAMiss: what was missed before a room was marked as a duplicate stays
// missed, and what was met stays met.
func TestADuplicateKeepsAMiss(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-1"})
	k.mustType("ana", ":milestone validated SEV-1")
	k.at(15, 0)
	other := model.NewRoom()
	other.ID = "01JD0000000000000000000099"
	k.do("ana", model.Act{Body: model.NewRelated(model.RelationDuplicate, "inc-6", other, "same")})
	k.at(16, 0)
	k.coherent("duplicate")
	k.verdictIs("validate", model.VerdictMet, 1)
	k.clockIs("validate", model.ClockMet, 15*min)
	k.verdictIs("executives", model.VerdictMissed, 1)
	k.clockIs("executives", model.ClockMissed, -30*min)
	if h := k.verdictIs("update", model.VerdictMissed, 1); h.Missed != 4 {
		t.Errorf("update: got %d missed, want 4, those before it was marked", h.Missed)
	}
	k.verdictIs("gdpr", model.VerdictNotNeeded, 0)
}

// TestADeliveryKeepsItsStart: moving a repeating clock changes when it is due, and not from
// when the updates that were sent counted.
func TestADeliveryKeepsItsStart(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-1"})
	k.at(14, 10)
	k.mustType("ana", ":update one")
	k.at(14, 20)
	k.mustType("ana", ":clock move update @14:18 a call")
	h := k.history("update")
	if got, want := model.FormatTime(h.Runs[0].Run.From).String(), "2026-11-21 14:00:00 UTC"; got != want {
		t.Errorf("got from %s, want %s", got, want)
	}
	k.clockIs("update", model.ClockRunning, 13*min)
}
