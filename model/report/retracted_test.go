package report_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"warroom/model"
)

// TestRetractedNoticeInReports: no profile states a notice that was taken back as given, and none for the
// outside has the reason.
func TestRetractedNoticeInReports(t *testing.T) {
	k := declared(t, model.Declaration{Title: "T", Severity: "SEV-1"})
	k.mustType(":exposure suspected gdpr mail", ":notify customers Acme, mail", ":notify gdpr CNIL, portal",
		":notify responders @ana, telephone")
	for seq := k.room.Seq - 2; k.room.Line(seq).Kind == model.KindNoticeGiven; seq++ {
		k.mustType(fmt.Sprintf(":retract %d a stupid draft", seq))
	}
	for _, name := range []string{"customer", "public"} {
		for _, bad := range []string{"Acme", "stupid draft", "retract"} {
			if text := k.profiled(name); strings.Contains(text, bad) {
				t.Errorf("%s: got %q, want a retracted notice left out:\n%s", name, bad, text)
			}
		}
	}
	for _, name := range []string{"internal", "leadership", "compliance", "regulator"} {
		text := k.profiled(name)
		for what, want := range map[string]int{"not notified: retracted by": 3,
			"3 days early; the notice was retracted by": 1, "15 min early; the notice was retracted by": 1} {
			if got := strings.Count(text, what); got != want {
				t.Errorf("%s: got %q %d times, want %d:\n%s", name, what, got, want, text)
			}
		}
	}
	for _, n := range k.report().Numbers {
		if n.ID == "gdpr" && (len(n.Runs) != 2 || n.Runs[0].Undone.IsEmpty() || !n.Runs[1].Undone.IsEmpty()) {
			t.Errorf("got the runs %+v, want the first marked as undone", n.Runs)
		}
		if n.ID == "update" && (len(n.Every.Times) != 1 || n.Every.Times[0].Undone.IsEmpty()) {
			t.Errorf("got the times %+v, want one, marked as undone", n.Every.Times)
		}
	}
}

// TestRetractedNoticeHidesItsContact: the entry that takes a notice back has no more of who was notified than the
// notice itself.
func TestRetractedNoticeHidesItsContact(t *testing.T) {
	k := declared(t, model.Declaration{Title: "T", Severity: "SEV-1"})
	k.mustType(":notify legal Mei phone", ":notify executives the CTO of Acme, call")
	seq := k.room.Seq
	k.mustType(fmt.Sprintf(":retract %d a draft", seq-1), fmt.Sprintf(":retract %d a draft", seq))
	for _, name := range []string{"leadership", "regulator"} {
		text := k.profiled(name)
		for _, bad := range []string{"Mei", "Acme"} {
			if strings.Contains(text, bad) {
				t.Errorf("%s: got %q, want a contact instead:\n%s", name, bad, text)
			}
		}
		if want := "notice to Legal: a contact: a draft"; !strings.Contains(text, want) {
			t.Errorf("%s: got no %q:\n%s", name, want, text)
		}
	}
}

// TestRetractionStatesItsTime: the time of a retraction is the one of its entry, to the second.
func TestRetractionStatesItsTime(t *testing.T) {
	k := declared(t, model.Declaration{Title: "T", Severity: "SEV-1"})
	k.wait(41 * time.Second)
	k.mustType(":notify legal @ana, phone")
	seq := k.room.Seq
	k.wait(7 * time.Second)
	k.mustType(fmt.Sprintf(":retract %d a draft", seq))
	k.has(fmt.Sprintf("retracted by ana at %s in entry %d", model.FormatTime(k.room.Line(k.room.Seq).At), k.room.Seq))
}

// TestEachCorrectionStatesTheOneBefore: a note on the second correction of a time, or of a text, has what the
// first one made of it.
func TestEachCorrectionStatesTheOneBefore(t *testing.T) {
	k := declared(t, model.Declaration{Title: "T", Severity: "SEV-1"})
	k.wait(time.Hour)
	k.mustType(":notify gdpr CNIL, portal", ":time 3 @2026-11-21T14:10 first", ":time 3 @2026-11-21T14:20 second",
		"the key is in the log", ":amend 6 the key was in the log", ":amend 6 no key was in the log")
	k.has("(first); it was 2026-11-21 15:00:00 UTC", "(second); it was 2026-11-21 14:10:00 UTC",
		"entry 7; before: the key is in the log", "entry 8; before: the key was in the log")
}

// TestCorrectionTakenBack: once a correction of the awareness was taken back, the verdict does not give it as a reason.
func TestCorrectionTakenBack(t *testing.T) {
	k := declared(t, model.Declaration{Title: "T", Severity: "SEV-1"})
	k.wait(100 * time.Hour)
	k.mustType(":exposure suspected @2026-11-21T14:00 gdpr mail", ":time 3 @2026-11-25T12:00 typing error",
		":time 3 @2026-11-21T14:00 it was right", ":notify gdpr CNIL, portal")
	if n := k.number("gdpr"); n.Verdict != model.VerdictMissed || strings.Contains(n.Why.String(), "typing error") {
		t.Errorf("got %s: %s; want missed, without the correction that was taken back", n.Verdict, n.Why)
	}
	k.mustType(":time 3 @2026-11-25T12:00 it was wrong")
	if n := k.number("gdpr"); n.Verdict != model.VerdictCorrected || !strings.Contains(n.Why.String(), "it was wrong") {
		t.Errorf("got %s: %s; want met as corrected, with the newest correction", n.Verdict, n.Why)
	}
}

// TestDuplicateWithALegalDeadline: a report of a duplicate does not state that none of its clocks count if a legal
// deadline that began in it does.
func TestDuplicateWithALegalDeadline(t *testing.T) {
	other := &model.Room{ID: "01JD0000000000000000000009", Title: "other"}
	for line, want := range map[string]string{":exposure none test data": "its clocks do not count.**",
		":exposure suspected gdpr x": "its clocks do not count, except the legal deadlines that began in it.**"} {
		k := declared(t, model.Declaration{Title: "T", Severity: "SEV-1"})
		k.mustType(line)
		k.do("ana", model.Act{Body: model.NewRelated(model.RelationDuplicate, "inc-9", other, "the same")})
		k.wait(100 * time.Hour)
		k.has("**This room is a duplicate of inc-9: " + want)
	}
}

// TestReportBeforeItsRecord: if the clock of whoever makes the report is behind the hub's, it is as late as the
// newest entry, and no duration is negative.
func TestReportBeforeItsRecord(t *testing.T) {
	k := declared(t, model.Declaration{Title: "T", Severity: "SEV-1"})
	k.mustType(":role ic @ana", ":poll isolate 60s")
	k.wait(10 * time.Minute)
	k.mustType(":severity SEV-2 smaller")
	k.wait(-30 * time.Minute)
	d := k.report()
	if d.LastedS != 600 || d.Polls[0].Outcome.String() != "decided: nobody objected" {
		t.Errorf("got %d s, and a poll that is %q; want 600 s and one that is decided", d.LastedS, d.Polls[0].Outcome)
	}
	for _, s := range append(d.Severities, d.Statuses...) {
		if s.TookS < 0 {
			t.Errorf("%s took %d s, want 0 or more", s.ID, s.TookS)
		}
	}
}
