package report_test

import (
	"strings"
	"testing"
	"time"

	"warroom/model"
	"warroom/model/report"
)

// wantIn fails for each text that md lacks, and for each of the texts without that it has.
func wantIn(t *testing.T, md string, want, without []string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(md, w) {
			t.Errorf("got no %q, want it in the report:\n%s", w, md)
		}
	}
	for _, w := range without {
		if strings.Contains(md, w) {
			t.Errorf("got %q, want no such text in the report:\n%s", w, md)
		}
	}
}

// TestWorkOfAClosedRoom: an ask and a poll that had time left when the room was closed have
// neither expired nor decided anything, whenever the report is made.
func TestWorkOfAClosedRoom(t *testing.T) {
	k := declared(t, model.Declaration{Title: "T", Severity: "SEV-2"})
	k.mustType(":role ic @ana", ":ask ic 3m who tells the vendor?", ":poll pay 60s")
	k.wait(10 * time.Minute)
	k.mustType(":ask ic 5m may I?", ":poll isolate it 10m executes @ana", ":poll rebuild 10m", ":object 3 too slow",
		":close override a duplicate")
	for _, later := range []time.Duration{time.Minute, 240 * time.Hour} {
		d := report.Of(k.log, report.Reader{Now: k.now.Add(later)})
		wantIn(t, string(d.Markdown()), []string{
			"| who tells the vendor? | expired: not answered in time |",
			"| may I? | not answered when the room was closed |",
			"| pay | decided: nobody objected |", // it ended before
			"| isolate it | open when the room was closed, no objection |",
			"| rebuild | open when the room was closed, ana objects; ana in entry",
		}, nil)
	}
}

// TestRetractedStatements: a decision, an observation of the attacker or a remark on evidence
// that was retracted is in its section, with the retraction, and not gone or as if it stood.
func TestRetractedStatements(t *testing.T) {
	k := declared(t, model.Declaration{Title: "T", Severity: "SEV-2"})
	k.mustType("!we pay", ":adv read the mail", ":evidence the disk is imaged", ":retract 3 never decided",
		":retract 4 it was us", ":retract 5 the image is broken")
	md := k.markdown()
	sections, _, _ := strings.Cut(md, "## Timeline")
	wantIn(t, sections, []string{
		"| we pay *(retracted by ana: never decided)* |",
		"| read the mail *(retracted by ana: it was us)* |",
		"| the disk is imaged *(retracted by ana: the image is broken)* |",
	}, []string{"## Decisions\n\nNone"})
	k.log[2].Redacted = true // as the hub sends it after :redact 3
	p, err := model.ProfileOf("leadership")
	if err != nil {
		t.Fatalf("the profile: got %v, want it", err)
	}
	d := k.report()
	d = d.For(p, k.log)
	wantIn(t, string(d.Markdown()), []string{"## Decisions\n\nThe leadership profile does not show them."}, nil)
}

// TestAskOfAFormerHolder: an ask to a role names who held it while the ask had time, and not
// somebody who took it over later.
func TestAskOfAFormerHolder(t *testing.T) {
	k := declared(t, model.Declaration{Title: "T", Severity: "SEV-2"})
	for _, who := range []string{"bo", "cy"} {
		k.do("ana", model.Act{Body: &model.KeyAdmitted{Key: "key-" + who, Handle: who, Right: model.Command,
			Origin: "invitation"}})
	}
	k.mustType(":role ic @ana", ":ask ic 3m who tells the vendor?", ":ask ic 20m who pays?")
	k.wait(10 * time.Minute)
	k.mustType(":handoff ic @bo")
	k.typeAs("bo", ":accept ic")
	k.wait(time.Hour)
	k.typeAs("bo", ":handoff ic @cy")
	k.typeAs("cy", ":accept ic")
	wantIn(t, k.markdown(), []string{
		"| ana to Incident Commander (ana) | who tells the vendor? | expired",
		"| ana to Incident Commander (ana, bo) | who pays? | expired",
	}, nil)
}

// TestAlertThatWasJudgedReal: that nobody validated an alert does not hide that somebody
// judged one to be real.
func TestAlertThatWasJudgedReal(t *testing.T) {
	k := declared(t, model.Declaration{Title: "T", Severity: "SEV-2"})
	k.mustType(":alert soc a beacon", ":alert vendor a rumour", ":judge 1 with-impact seen", ":judge 2 benign a drill")
	wantIn(t, k.markdown(), []string{
		"- the alert is real: **not recorded**; alert 1 was judged true positive with impact by ana\n",
	}, nil)
}

// TestAlertThatReturned: the row of an alert names all rules of its findings, that its source
// closed it, and what was judged before it returned, without the reason of that verdict.
func TestAlertThatReturned(t *testing.T) {
	k := declared(t, model.Declaration{Title: "T", Severity: "SEV-2"})
	k.do("ana", model.Act{Body: &model.AlertReceived{Alert: model.Alert{Source: "gitleaks", Kind: "secret", Rule: "r",
		Title: "t", Severity: "high"}, Findings: 1, Keys: "AAAAAAAAAAA=", Sum: "x",
		Rules: []model.AlertRule{{Rule: "r", Severity: "high", Findings: 1},
			{Rule: "other", Severity: "low", Findings: 1}}}})
	k.mustType(":judge 1 fp a test key")
	id := k.room.Alerts[0].ID
	k.do("ana", model.Act{Body: &model.AlertUpdated{Alert: id, State: "resolved", Closed: "AAAAAAAAAAA="}})
	wantIn(t, k.markdown(), []string{"r: t; also other",
		"false positive, by ana; resolved at its source 2026-11-21 14:0"}, nil)
	k.do("ana", model.Act{Body: &model.AlertUpdated{Alert: id, State: "open", Opened: "AAAAAAAAAAA="}})
	wantIn(t, k.markdown(), []string{"| **not judged**; false positive before it was seen again | - |"}, nil)
	if a := k.report().Alerts[0]; !a.Why.IsEmpty() || !a.JudgedBy.IsEmpty() || a.JudgedAt != nil ||
		a.Before.String() != "false positive" || len(a.Rules) != 2 {
		t.Errorf("got %+v, want no reason or judge of the earlier verdict, and 2 rules", a)
	}
}

// TestConditionByExposure: a condition that follows from the exposure was not answered by
// whoever assessed that, with yes or with no.
func TestConditionByExposure(t *testing.T) {
	k := declared(t, model.Declaration{Title: "T", Severity: "SEV-2", Kind: "breach"})
	k.mustType(":exposure suspected gdpr the table", ":exposure none it was test data")
	wantIn(t, k.markdown(),
		[]string{"dropped, if data exposure is suspected: exposure is none, by ana: it was test data"},
		[]string{": no, by ana", ": yes, by ana"})
}

func (k *testRoom) markdown() string {
	d := k.report()
	return string(d.Markdown())
}

// TestWhyOfAClock: the reason of a snooze or move is not shown as why the clock was met.
func TestWhyOfAClock(t *testing.T) {
	k := declared(t, model.Declaration{Title: "T", Severity: "SEV-1"})
	k.mustType(":snooze executives 5m they sleep", ":clock met executives told by phone")
	if got, want := k.number("executives").Why.String(), "snoozed: they sleep"; got != want {
		t.Errorf("why: got %q, want %q", got, want)
	}
}
