package model_test

import (
	"slices"
	"testing"
	"time"

	"warroom/model"
)

const min = time.Minute

// TestClocksOfBothSeeds runs every clock of the joined plan from start to end.
func TestClocksOfBothSeeds(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "P1", Kind: "credential_leak"})
	if k.room.Severity != "SEV-2" {
		t.Fatalf("P1 was read as %s", k.room.Severity)
	}
	k.clockIs("validate", model.ClockRunning, 15*min)
	k.clockIs("update", model.ClockRunning, 15*min)
	for _, id := range []string{"executives", "legal", "watch", "review", "gdpr", "kvkk"} {
		k.clockIs(id, model.ClockNotStarted, 0)
	}

	k.wait(10 * min)
	k.clockIs("validate", model.ClockWarning, 5*min)
	k.mustType("ana", ":milestone validated")
	k.clockIs("validate", model.ClockMet, 5*min)
	k.wait(6 * min)
	k.clockIs("update", model.ClockOverdue, -min)
	k.mustType("ana", ":update key revoked | isolating the runner | nothing")
	k.clockIs("update", model.ClockRunning, 15*min)
	if v := k.clock("update"); v.Run.Late != 1 || v.Run.Worst != model.Duration(min) {
		t.Errorf("late update: %+v", v.Run)
	}

	k.wait(4 * min) // 14:20: raised
	k.mustType("ana", ":sev SEV-1 it is used")
	k.clockIs("executives", model.ClockRunning, 30*min)
	k.clockIs("legal", model.ClockRunning, 30*min)
	k.wait(21 * min)
	k.clockIs("legal", model.ClockWarning, 9*min)
	k.mustType("ana", ":notify legal @mei phone")
	k.clockIs("legal", model.ClockMet, 9*min)
	k.clockIs("executives", model.ClockWarning, 9*min)
	k.wait(10 * min)
	k.clockIs("executives", model.ClockOverdue, -min)
	k.mustType("ana", ":notify executives the board, by phone")
	k.clockIs("executives", model.ClockMissed, -min)

	k.mustType("ana", ":exposure suspected ~1200 gdpr kvkk @14:37 mail addresses in the dump")
	k.clockIs("gdpr", model.ClockRunning, 72*time.Hour-14*min)
	k.mustType("ana", ":clock move gdpr @13:50 known to the vendor before")
	k.clockIs("gdpr", model.ClockRunning, 72*time.Hour-61*min)
	k.clockIs("kvkk", model.ClockRunning, 72*time.Hour-61*min) // all count from one awareness
	k.refused("ana", ":snooze gdpr 10m busy",
		"GDPR is a legal clock and cannot be snoozed; :clock move or :clock waive it with a reason")
	k.mustType("ana", ":notify gdpr CNIL, portal", ":clock waive kvkk nobody in Turkey")
	k.clockIs("kvkk", model.ClockWaived, 0)
	if s := k.clock("gdpr").State; s != model.ClockMet {
		t.Errorf("gdpr is %s", s)
	}
}

// TestWatchIsRestartedByRecurrence: monitoring lasts at least 24 hours after
// resolution, and starts again after the incident returned.
func TestWatchIsRestartedByRecurrence(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-2"})
	k.wait(time.Hour)
	k.mustType("ana", ":resolve override key is dead")
	if k.room.Phase != "monitoring" || k.room.Status != model.Resolved {
		t.Errorf("phase %s, status %s", k.room.Phase, k.room.Status)
	}
	k.clockIs("watch", model.ClockRunning, 24*time.Hour)
	k.clockIs("review", model.ClockRunning, 48*time.Hour)
	if s := k.clock("update").State; s != model.ClockMissed {
		t.Errorf("the update clock that stood overdue is %s", s)
	}
	k.wait(23 * time.Hour)
	k.mustType("ana", ":recur the key was used again")
	k.clockIs("watch", model.ClockNotStarted, 0)
	k.clockIs("update", model.ClockRunning, 15*min)
	if k.room.Phase != "triage" {
		t.Errorf("phase after reopening is %s", k.room.Phase)
	}
	k.wait(time.Hour)
	k.mustType("ana", ":resolve override second key too")
	k.clockIs("watch", model.ClockRunning, 24*time.Hour)
	k.wait(24*time.Hour - time.Second)
	k.clockIs("watch", model.ClockRunning, time.Second)
	k.wait(time.Second)
	k.clockIs("watch", model.ClockMet, 0)
	k.refused("ana", ":milestone reviewed",
		"the review still lacks summary, cause, radius, detection; write each section with :review SECTION TEXT")
	k.mustType("ana", ":review summary a", ":review cause b", ":review radius c", ":review detection d")
	k.clockIs("review", model.ClockMet, 24*time.Hour)
}

func TestDetectedStartsTheValidationClock(t *testing.T) {
	at := time.Date(2026, 11, 21, 13, 52, 0, 0, time.UTC)
	k := declared(t, "security", model.Declaration{Severity: "SEV-1", Detected: at})
	k.clockIs("validate", model.ClockRunning, 7*min)
	k.mustType("ana", ":milestone detected @13:55 the mail came then")
	k.clockIs("validate", model.ClockRunning, 10*min)
	if got := k.clock("validate").Start.String(); got != "the alert" {
		t.Errorf("its start is called %q", got)
	}
}

// TestSeverityPreview: the preview of a change of severity lists the clocks it
// affects, and lowering it stops them.
func TestSeverityPreview(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-2"})
	h := model.HintOf(":sev SEV-1 active-exploit", k.ctx("ana"))
	var got []string
	for _, c := range h.Changes {
		got = append(got, c.Text.String())
	}
	if want := []string{"Executives starts, due in 30m", "Legal starts, due in 30m"}; !slices.Equal(got, want) {
		t.Errorf("preview: got %q, want %q; refusal %q", got, want, h.Refusal)
	}
	k.mustType("ana", ":sev SEV-1 because of the exploit")
	k.wait(10 * min)
	k.mustType("ana", ":sev SEV-2 it was a test")
	k.clockIs("executives", model.ClockNotStarted, 0)
	k.mustType("ana", ":sev SEV-1 no test")
	k.clockIs("executives", model.ClockRunning, 20*min) // counted from when SEV-1 was first set
}

func TestSnooze(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-2"})
	k.wait(20 * min)
	k.refused("ana", ":snooze update 10m", "the reason is missing")
	k.mustType("ana", ":snooze update 10m all hands on the firewall")
	k.clockIs("update", model.ClockSnoozed, 10*min)
	k.wait(11 * min)
	k.clockIs("update", model.ClockOverdue, -min)
}

// TestAwareness: the first awareness counts, however it is reported.
func TestAwareness(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-1"})
	k.wait(2 * time.Hour) // 16:00
	k.mustType("ana", ":exposure suspected gdpr kvkk")
	k.clockIs("gdpr", model.ClockRunning, 72*time.Hour)
	k.mustType("ana", ":exposure confirmed gdpr kvkk @15:00 leaked")
	k.clockIs("gdpr", model.ClockRunning, 71*time.Hour)
	k.mustType("ana", ":exposure confirmed gdpr @15:30 no, later")
	k.clockIs("gdpr", model.ClockRunning, 71*time.Hour)
	k.mustType("ana", "@14:30 :exposure confirmed kvkk and before")
	k.clockIs("kvkk", model.ClockRunning, 70*time.Hour+30*min)
	k.mustType("ana", ":exposure suspected kvkk @-2h told by mail")
	k.clockIs("kvkk", model.ClockRunning, 70*time.Hour)
	k.refused("ana", ":exposure suspected kvkk @soon why", "@soon is not a time; write @14:37, @yesterday 23:10 "+
		"or -12m")
	k.mustType("ana", ":exposure none false alarm")
	if got := k.room.Line(k.room.Seq).Text.String(); got !=
		"none; GDPR, KVKK keeps running until it is waived with a reason; reason: false alarm" {
		t.Errorf("got %q", got)
	}
}

// TestMilestonesThatAreSetByDoing: milestones that other events set can be changed
// with a reason, and the times between milestones follow.
func TestMilestonesThatAreSetByDoing(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-2"})
	k.wait(time.Hour)
	k.refused("ana", ":milestone resolved",
		"resolved is set when it happens; after that, its time can be corrected with a reason")
	k.mustType("ana", ":resolve override over")
	if err := k.try("ana", ":milestone resolved @14:40"); model.CodeOf(err) != model.Invalid {
		t.Errorf("moved without a reason: %v", err)
	}
	k.mustType("ana", ":milestone resolved @14:40 the last foreign call")
	for _, m := range k.room.Measures() {
		if m.To == model.MilestoneResolved && m.Took != 40*min {
			t.Errorf("%s: %s", m.Name, m.Took)
		}
	}
	k.clockIs("watch", model.ClockRunning, 24*time.Hour) // clocks use the time of the record, not the corrected time
}
