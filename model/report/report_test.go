package report_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"warroom/model"
	"warroom/model/report"
)

// TestNumbersOfDeadlines: clocks that were met, missed or never started, each with its
// entry.
func TestNumbersOfDeadlines(t *testing.T) {
	k := declared(t, model.Declaration{Title: "x", Severity: "SEV-1"})
	if n := k.number("validate"); n.Verdict != report.Running || n.Entry != 0 {
		t.Errorf("validate at first: %+v", n)
	}
	k.wait(20 * time.Minute)
	if n := k.number("validate"); n.Verdict != report.Missed || n.LateS != 300 || n.Entry != 0 {
		t.Errorf("validate after its time: %+v", n)
	}
	k.mustType(":milestone validated", ":notify legal Mei, phone")
	if n := k.number("validate"); n.Verdict != report.Missed || n.LateS != 300 || n.Entry != 3 ||
		n.By.String() != "ana" {
		t.Errorf("validate, late: %+v", n)
	}
	if n := k.number("legal"); n.Verdict != report.Met || n.LateS != -600 || n.Entry != 4 {
		t.Errorf("legal: %+v", n)
	}
	if n := k.number("gdpr"); n.Verdict != report.NotAssessed || !n.Law || n.Due != nil {
		t.Errorf("gdpr: %+v", n)
	}
	k.mustType(":exposure confirmed gdpr", ":clock waive gdpr told by another")
	if n := k.number("gdpr"); n.Verdict != report.Waived || n.Entry != 6 || n.Why.String() != "told by another" {
		t.Errorf("gdpr, waived: %+v", n)
	}
}

// TestNumbersOfUpdates: an update is late after its due time, and each full period without
// one counts as missed.
func TestNumbersOfUpdates(t *testing.T) {
	k := declared(t, model.Declaration{Title: "x", Severity: "SEV-1"})
	is := func(when string, onTime, late, missed int, worst int64, v report.Verdict) {
		t.Helper()
		n := k.number("update")
		if n.Verdict != v || n.Every == nil || n.Every.OnTime != onTime || n.Every.Late != late ||
			n.Every.Missed != missed || n.Every.WorstS != worst {
			t.Errorf("%s: got %s %+v", when, n.Verdict, n.Every)
		}
	}
	is("at first", 0, 0, 0, 0, report.Running)
	k.wait(10 * time.Minute)
	k.mustType(":update one")
	is("one in time", 1, 0, 0, 0, report.Met)
	k.wait(20 * time.Minute)
	is("overdue by 5 minutes", 1, 0, 1, 0, report.Missed)
	k.mustType(":update two")
	is("late by 5 minutes", 1, 1, 0, 300, report.Missed)
	k.wait(50 * time.Minute)
	k.mustType(":update three")
	is("late by 35 minutes", 1, 2, 2, 2100, report.Missed)
	k.wait(16 * time.Minute)
	k.mustType(":resolve override over")
	is("stopped a minute after its time", 1, 2, 3, 2100, report.Missed)
	if n := k.number("update"); len(n.Every.Times) != 3 || n.Every.Times[1].Entry != 4 ||
		n.Every.Times[1].LateS != 300 || n.Due != nil {
		t.Errorf("%+v", n)
	}
}

// TestNumberCutShort: closing a room before a minimum duration is over misses it.
func TestNumberCutShort(t *testing.T) {
	k := declared(t, model.Declaration{Title: "x", Severity: "SEV-3"})
	k.mustType(":resolve override over")
	if n := k.number("watch"); n.Verdict != report.Running {
		t.Errorf("watch: %+v", n)
	}
	k.wait(23 * time.Hour)
	k.mustType(":close override going home")
	k.wait(5 * time.Hour)
	if n := k.number("watch"); n.Verdict != report.Missed || n.Entry != 4 ||
		n.Why.String() != "the room was closed 1 h before it was over" {
		t.Errorf("watch: %+v", n)
	}
}

// TestReopened: what was met before the incident was reopened does not count for the clocks
// after it.
func TestReopened(t *testing.T) {
	k := declared(t, model.Declaration{Title: "x", Severity: "SEV-3"})
	k.mustType(":resolve override over", ":review summary a", ":review cause b", ":review radius c")
	if n := k.number("review"); n.Verdict != report.Running || n.Entry != 0 {
		t.Errorf("review with three parts: got %s by %d, want running", n.Verdict, n.Entry)
	}
	k.mustType(":review detection d")
	if n := k.number("review"); n.Verdict != report.Met || n.Entry != k.room.Seq {
		t.Errorf("review with four parts: got %s by %d, want met by %d", n.Verdict, n.Entry, k.room.Seq)
	}
	k.mustType(":reopen not over", ":resolve override now it is")
	n := k.number("review")
	if n.Verdict != report.Running || n.Entry != 0 || len(n.Runs) != 2 || n.Runs[0].Verdict != report.Met {
		t.Errorf("review, resolved again: got %s by %d in %d runs, want running in 2", n.Verdict, n.Entry, len(n.Runs))
	}
	d := k.report()
	if len(d.Statuses) != 4 || d.Statuses[1].Reason.String() != "over" || d.Statuses[3].Reason.String() != "now it is" {
		t.Errorf("got statuses %+v, want both resolutions", d.Statuses)
	}
}

func TestWhatMustNotBeOverlookedIsOnTop(t *testing.T) {
	k := declared(t, model.Declaration{Title: "x", Severity: "SEV-3", Drill: true, Restricted: []string{"bo"}})
	d := k.report()
	text := string(d.Markdown())
	if !strings.HasPrefix(text,
		"**RESTRICTED. Only these people may see the room and this report: ana, bo.**\n\n**DRILL.") {
		t.Errorf("begins with %.200q", text)
	}
	if !strings.Contains(text, "**The incident is still open.**") {
		t.Error("does not say that the incident is open")
	}
	d = report.Of(k.log, report.Reader{Now: k.now, Alarm: model.Lit("two truths")})
	if !strings.Contains(string(d.Markdown()), "**THE RECORD IS IN DOUBT: two truths**") {
		t.Error("does not say that the record is in doubt")
	}
}

// TestMissingSectionsAreFlagged: every section is flagged until it is written.
func TestMissingSectionsAreFlagged(t *testing.T) {
	k := declared(t, model.Declaration{Title: "x", Severity: "SEV-3"})
	d := k.report()
	before := string(d.Markdown())
	for _, section := range model.ReviewSections {
		flag := fmt.Sprintf("**Not written yet.** In the room: `:review %s TEXT`", section)
		if !strings.Contains(before, flag) {
			t.Errorf("%s is not flagged", section)
		}
		k.mustType(":review " + section + " it was\nso")
		d := k.report()
		after := string(d.Markdown())
		if strings.Contains(after, flag) || !strings.Contains(after, "> it was\\\n> so\n\nBy ana, entry ") {
			t.Errorf("%s is not written", section)
		}
	}
}

// TestLinesShowTheirOutcome: amended, retracted and refused lines are kept, with their
// outcome.
func TestLinesShowTheirOutcome(t *testing.T) {
	k := declared(t, model.Declaration{Title: "x", Severity: "SEV-3"})
	k.mustType("one", "!two", ":amend 3 uno", ":retract 4 nobody decided that")
	k.do("eve", model.Act{Body: model.NewEntry(model.KindEntryNoted, "let me in")})
	d := k.report()
	text := string(d.Markdown())
	for _, want := range []string{
		"| ana | note | uno *(amended by ana in entry 5; before: one)* |",
		"| ana | decision | two *(retracted by ana: nobody decided that)* |",
		"| eve | note | let me in *(no effect: the key of eve is not admitted",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %s", want)
		}
	}
	if len(d.Decisions) != 1 || !d.Decisions[0].NoEffect || len(d.Timeline) != len(k.log) {
		t.Errorf("got %d decisions and %d of %d lines, want the decision that was retracted, and all lines",
			len(d.Decisions), len(d.Timeline), len(k.log))
	}
}

// TestJSON: empty lists are [] and not null, and a log without a plan or without events has
// a report.
func TestJSON(t *testing.T) {
	k := declared(t, model.Declaration{Title: "x", Severity: "SEV-3"})
	for n := range len(k.log) + 1 {
		d := report.Of(k.log[:n], report.Reader{Now: k.now})
		raw, err := json.Marshal(d)
		if err != nil {
			t.Fatalf("encode JSON: %v", err)
		}
		d.Markdown()
		for _, field := range []string{"review", "missing", "alerts", "numbers", "notices", "milestones", "measures",
			"severities", "phases", "roles", "decisions", "followups", "links", "controls", "timeline", "restricted"} {
			if strings.Contains(string(raw), `"`+field+`":null`) {
				t.Errorf("%s is null after %d events", field, n)
			}
		}
	}
}

// TestCollectedEvidence: both formats have the register and its custody.
func TestCollectedEvidence(t *testing.T) {
	k := declared(t, model.Declaration{Title: "x", Severity: "SEV-1"})
	sum := strings.Repeat("ab12", 16)
	k.do("ana",
		model.Act{Body: &model.EvidenceCollected{SHA256: sum, Size: 5 << 30,
			EvidenceAbout: model.EvidenceAbout{Blob: "01JD0000000000000000000BB1", Class: "log", Name: "authlog",
				Command: "journalctl"}}})
	k.mustType(":custody E1 seal for the court")
	d := k.report()
	if p := d.Evidence.Collected; len(p) != 1 || p[0].N != "E1" || p[0].SHA256 != sum || len(p[0].Custody) != 2 ||
		p[0].Custody[1].Reason.String() != "for the court" {
		t.Errorf("got %+v", p)
	}
	md := string(d.Markdown())
	for _, want := range []string{"| E1 | log | authlog | 5.0 GiB | `" + sum + "` |", "| E1 | 4 | ",
		"| sealed | ana | for the court |"} {
		if !strings.Contains(md, want) {
			t.Errorf("no %q in the report", want)
		}
	}
}
