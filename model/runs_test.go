package model_test

import (
	"strings"
	"testing"
	"time"

	"warroom/model"
)

// history returns a clock with all its runs as of now.
func (k *testRoom) history(id string) model.ClockHistory {
	k.t.Helper()
	for _, h := range k.room.ClockHistories(k.now) {
		if h.Def.ID == id {
			return h
		}
	}
	k.t.Fatalf("no clock %s", id)
	return model.ClockHistory{}
}

// verdictIs checks the verdict of a clock and the number of its runs.
func (k *testRoom) verdictIs(id string, want model.Verdict, runs int) model.ClockHistory {
	k.t.Helper()
	h := k.history(id)
	if h.Verdict != want || len(h.Runs) != runs {
		k.t.Errorf("%s at %s: got %s in %d runs, want %s in %d", id, k.now.Format("15:04:05"), h.Verdict, len(h.Runs),
			want, runs)
	}
	return h
}

func clockTime(t time.Time) model.Safe { return model.Safef("%s", t.UTC().Format("15:04:05")) }

// at sets the clock of the room to a time on its first day.
func (k *testRoom) at(h, m int) { k.now = time.Date(2026, 11, 21, h, m, 0, 0, time.UTC) }

// TestDeadlineCountsFromFirstSeverity: lowering and raising the severity does not
// give a deadline more time, and every run is listed.
func TestDeadlineCountsFromFirstSeverity(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-3"})
	for _, s := range []struct {
		h, m int
		line string
	}{{h: 14, m: 10, line: ":sev SEV-1 bad"}, {h: 14, m: 20, line: ":sev SEV-2 calm"},
		{h: 14, m: 30, line: ":sev SEV-1 no"}, {h: 15, m: 6, line: ":sev SEV-2 calm"},
		{h: 15, m: 8, line: ":sev SEV-1 no"},
		{15, 9, ":notify executives the board"}} {
		k.at(s.h, s.m)
		k.mustType("ana", s.line)
	}
	h := k.verdictIs("executives", model.VerdictMissed, 3)
	if v := h.Decisive(); v.Late != 29*min || v.Run.EndSeq != k.room.Seq {
		t.Errorf("got %s late by entry %d, want 29m by %d", v.Late, v.Run.EndSeq, k.room.Seq)
	}
	k.clockIs("executives", model.ClockMissed, -29*min)
	want := []string{
		"from 14:10:00, due 14:40:00, stopped 14:20:00 by another severity",
		"from 14:10:00, run started 14:30:00, due 14:40:00, stopped 15:06:00 by another severity, " +
			"overdue by 26 min then",
		"from 14:10:00, run started 15:08:00, due 14:40:00, met 15:09:00 by ana, 29 min late",
	}
	for i, v := range h.Runs {
		if got := v.Words(h.Def, clockTime).String(); got != want[i] {
			t.Errorf("run %d: got %q, want %q", i+1, got, want[i])
		}
	}
}

// TestNotifiedWhileStopped: a notice while another severity holds is in time, and
// the deadline does not start again.
func TestNotifiedWhileStopped(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-1"})
	k.at(14, 10)
	k.mustType("ana", ":sev SEV-2 calm")
	k.at(14, 20)
	k.mustType("ana", ":notify executives the board")
	k.at(15, 30)
	k.mustType("ana", ":sev SEV-1 no")
	k.verdictIs("executives", model.VerdictMet, 1)
	k.verdictIs("legal", model.VerdictMissed, 2)
}

// TestWaivedAndSnoozedStretches: gaps by waivers and snoozes are listed, and count
// in the verdict.
func TestWaivedAndSnoozedStretches(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-2"})
	k.wait(10 * min)
	k.mustType("ana", ":update one")
	k.at(22, 20)
	k.mustType("ana", ":clock waive update night")
	k.now = time.Date(2026, 11, 22, 9, 2, 0, 0, time.UTC)
	k.mustType("ana", ":clock arm update", ":snooze update 20h a long meeting")
	k.wait(time.Hour)
	k.mustType("ana", ":update two")
	h := k.history("update")
	if len(h.Runs) != 2 || len(h.Gaps) != 2 {
		t.Fatalf("got %d runs, %d gaps; want 2 and 2", len(h.Runs), len(h.Gaps))
	}
	want := []string{"waived 22:20:00 to 09:02:00, 10 h 42 min, by ana: night",
		"snoozed 09:02:00 to 10:02:00, 1 h, by ana: a long meeting"}
	for i, g := range h.Gaps {
		if got := g.Words(k.now, clockTime).String(); got != want[i] {
			t.Errorf("gap %d: got %q, want %q", i, got, want[i])
		}
	}
	// Nothing met it from 14:25 to 22:20: that is missed, whatever was waived then.
	if h.Verdict != model.VerdictMissed || h.OnTime != 2 || h.Missed != 1+31 {
		t.Errorf("got %s, %d on time, %d missed; want missed, 2 on time, 32 missed", h.Verdict, h.OnTime, h.Missed)
	}
}

// TestPartlyWaived: a clock that was never missed but waived for a time is met in
// part.
func TestPartlyWaived(t *testing.T) {
	for _, line := range []string{":clock waive update night", ":snooze update 20h night"} {
		k := declared(t, "security", model.Declaration{Severity: "SEV-2"})
		k.wait(10 * min)
		k.mustType("ana", ":update one", line)
		k.wait(10 * time.Hour)
		if strings.Contains(line, "waive") {
			k.mustType("ana", ":clock arm update")
		}
		k.mustType("ana", ":update two")
		h := k.history("update")
		if h.Verdict != model.VerdictPartly || h.OnTime != 2 || h.Missed != 0 {
			t.Errorf("%s: got %s, %d on time, %d missed; want met in part, 2, 0", line, h.Verdict, h.OnTime, h.Missed)
		}
	}
}

// TestMissStaysMissed: a clock that was overdue when it was waived, snoozed, moved
// or stopped stays missed even if it is met later.
func TestMissStaysMissed(t *testing.T) {
	for _, line := range []string{":clock waive executives never mind", ":snooze executives 1h busy",
		":clock move executives @14:20 later", ":sev SEV-2 calm", ":close override x"} {
		k := declared(t, "security", model.Declaration{Severity: "SEV-1"})
		k.wait(45 * min)
		k.mustType("ana", line)
		k.verdictIs("executives", model.VerdictMissed, 1)
		if strings.HasPrefix(line, ":snooze") || strings.HasPrefix(line, ":clock move") {
			k.mustType("ana", ":notify executives the board")
			k.verdictIs("executives", model.VerdictMissed, 1)
		}
		if got := k.clock("executives").State; got != model.ClockMissed {
			t.Errorf("%s: got state %s, want missed", line, got)
		}
	}
}

// TestWatchRuns: monitoring has a run for each resolution, and closing the room
// early cuts it short.
func TestWatchRuns(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-2"})
	k.mustType("ana", ":resolve override one")
	k.wait(25 * time.Hour)
	k.mustType("ana", ":close override enough")
	k.wait(5 * 24 * time.Hour)
	k.mustType("ana", ":reopen back")
	if h := k.verdictIs("watch", model.VerdictMet, 1); h.State != model.ClockMet {
		t.Errorf("got state %s, want met", h.State)
	}
	k.wait(time.Hour)
	k.mustType("ana", ":resolve override two")
	k.verdictIs("watch", model.VerdictRunning, 2)
	k.wait(time.Hour)
	k.mustType("ana", ":close override go home")
	h := k.verdictIs("watch", model.VerdictMissed, 2)
	if h.State != model.ClockMissed || h.Why.String() != "the room was closed 23 h before it was over" ||
		h.Runs[0].Verdict != model.VerdictMet {
		t.Errorf("got state %s, %q, first %s; want missed, 23 h, met", h.State, h.Why, h.Runs[0].Verdict)
	}
	var got []string
	for _, s := range k.room.States {
		got = append(got, string(s.Status)+" "+s.Reason)
	}
	if want := "open |resolved one|closed enough|open back|resolved two|closed go home"; strings.Join(got,
		"|") != want {
		t.Errorf("got statuses %q, want %q", got, want)
	}
	for _, p := range k.room.Phases {
		if p.Until.IsZero() {
			t.Errorf("%s goes on in a closed room", p.Phase)
		}
	}
	if m := k.room.Phases[1]; m.Phase != "monitoring" || m.Until.Sub(m.From) != 25*time.Hour {
		t.Errorf("got %s of %s, want monitoring of 25h", m.Phase, m.Until.Sub(m.From))
	}
}

// TestBothTimesAreWeighed: the reported and the recorded time of a milestone, an
// update, and a clock met by hand both count.
func TestBothTimesAreWeighed(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-1"})
	k.mustType("ana", ":exposure suspected gdpr @2026-11-18 14:05 names")
	k.at(15, 5)
	k.mustType("ana", "-2h :notify gdpr DPA, portal")
	h := k.verdictIs("gdpr", model.VerdictRecordedLate, 1)
	if h.State != model.ClockMissed {
		t.Errorf("got state %s, want missed: it counts from the record", h.State)
	}
	want := "from 14:05:00, run started 14:00:00, due 14:05:00, met 13:05:00 as reported by ana, recorded 15:05:00, " +
		"1 h late " +
		"by the record, 1 h early as reported"
	if got := h.Runs[0].Words(h.Def, clockTime).String(); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if n := k.room.Notices[0]; !n.RecordedAt.Equal(k.now) || !n.At.Equal(k.now.Add(-2*time.Hour)) {
		t.Errorf("got notice at %s, recorded %s", n.At, n.RecordedAt)
	}
	k.mustType("ana", "@14:10 :milestone validated", "@14:20 :update executives all | is | well",
		"@14:29 :clock met legal by phone")
	for _, id := range []string{"validate", "executives", "legal"} {
		k.verdictIs(id, model.VerdictRecordedLate, 1)
	}
	k.mustType("ana", "@14:14 :update responders late word")
	h = k.verdictIs("update", model.VerdictMissed, 1) // the reason is the periods after it
	if h.ByWord != 1 || h.LateN != 1 || h.Missed != 3 {
		t.Errorf("got %d by word, %d late, %d missed; want 1, 1, 3", h.ByWord, h.LateN, h.Missed)
	}
	k.mustType("ana", ":milestone validated @14:16 the log says so")
	k.verdictIs("validate", model.VerdictMissed, 1)
}

// TestOneAwareness: the earliest awareness counts for every legal clock, what an
// assessment leaves out stays, and new facts start clocks that were waived.
func TestOneAwareness(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-1"})
	k.verdictIs("gdpr", model.VerdictNotAssessed, 0)
	k.mustType("ana", ":exposure suspected ~10 gdpr @yesterday 10:00 names", ":exposure confirmed ~20 gdpr more")
	aware := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	x := k.room.Exposure
	if !x.Aware.Equal(aware) || x.Subjects != "~20" || x.Why != "more" || len(k.room.Assessments) != 2 {
		t.Errorf("got aware %s, %s, %q, %d assessments", x.Aware, x.Subjects, x.Why, len(k.room.Assessments))
	}
	k.verdictIs("kvkk", model.VerdictNotAssessed, 0)
	k.mustType("ana", ":exposure confirmed kvkk")
	if x := k.room.Exposure; x.Subjects != "~20" || strings.Join(x.Regimes, " ") != "gdpr kvkk" ||
		!x.Aware.Equal(aware) {
		t.Errorf("got %+v", x)
	}
	k.clockIs("kvkk", model.ClockRunning, 72*time.Hour-28*time.Hour)
	k.mustType("ana", ":clock move gdpr @yesterday 09:00 the vendor wrote")
	for _, id := range []string{"gdpr", "kvkk"} {
		k.clockIs(id, model.ClockRunning, 72*time.Hour-29*time.Hour)
	}
	if x := k.room.Exposure; !x.Aware.Equal(aware.Add(-time.Hour)) {
		t.Errorf("got aware %s after the move", x.Aware)
	}
	if err := k.try("ana", ":clock move gdpr @yesterday 11:00 later"); model.CodeOf(err) != model.Conflict {
		t.Errorf("moved to a later time: got %v, want a conflict", err)
	}
	k.mustType("ana", ":clock waive gdpr nobody in the EU")
	k.verdictIs("gdpr", model.VerdictWaived, 1)
	h := model.HintOf(":exposure confirmed gdpr two in France", k.ctx("ana"))
	if len(h.Changes) != 1 ||
		!strings.Contains(h.Changes[0].Text.String(),
			"GDPR runs again, due 2026-11-23 09:00:00 UTC; it was waived: nobody in the EU") {
		t.Errorf("got the preview %v, want GDPR to run again", h.Changes)
	}
	k.mustType("ana", ":exposure confirmed gdpr two in France")
	k.verdictIs("gdpr", model.VerdictRunning, 2)
	k.clockIs("gdpr", model.ClockRunning, 72*time.Hour-29*time.Hour)
}

// TestNotifiedBeforeAwareness: a notice to a regulator before exposure was assessed
// was late if the awareness turns out to be older than the law allows.
func TestNotifiedBeforeAwareness(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-1"})
	k.mustType("ana", ":notify gdpr DPA, portal", ":exposure confirmed gdpr @2026-11-17 10:00 a mail from then")
	h := k.verdictIs("gdpr", model.VerdictMissed, 1)
	if v := h.Decisive(); v == nil || v.Late != 28*time.Hour {
		t.Errorf("got %+v, want 28h late", v)
	}
}

// TestExposureNone: an assessment of none means that no legal clock is needed.
func TestExposureNone(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-1"})
	k.mustType("ana", ":exposure none only test data")
	if h := k.verdictIs("gdpr", model.VerdictNotNeeded,
		0); h.Why.String() != "exposure was assessed as none by ana: only test data" {
		t.Errorf("got %q", h.Why)
	}
	k.verdictIs("watch", model.VerdictNotStarted, 0)
}

// TestOverlappingPhases: a resolution ends every phase but monitoring, which
// continues if somebody began it before.
func TestOverlappingPhases(t *testing.T) {
	for _, line := range []string{":phase +monitoring", ":phase monitoring"} {
		k := declared(t, "security", model.Declaration{Severity: "SEV-2"})
		k.wait(min)
		k.mustType("ana", line)
		began := k.now
		k.wait(min)
		k.mustType("ana", ":phase +recovery", ":resolve override it is over")
		var open []string
		for _, s := range k.room.Phases {
			if s.Until.IsZero() {
				open = append(open, s.Phase)
				if !s.From.Equal(began) {
					t.Errorf("%s: got %s from %s, want it from %s", line, s.Phase, model.FormatTime(s.From),
						model.FormatTime(began))
				}
			}
		}
		if got := strings.Join(open, " "); got != "monitoring" || k.room.Phase != "monitoring" {
			t.Errorf("%s: got the phases %q and the phase %s after the resolution, want monitoring alone", line, got,
				k.room.Phase)
		}
	}
}
