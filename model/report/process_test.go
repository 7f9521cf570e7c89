package report_test

import (
	"strings"
	"testing"
	"time"

	"warroom/model"
	"warroom/model/report"
)

// TestAsksAndPolls: the report has every ask and every poll with its outcome.
func TestAsksAndPolls(t *testing.T) {
	k := declared(t, model.Declaration{Title: "T", Severity: "SEV-2"})
	k.mustType(":role ic @ana", ":ask ic 3m who tells the vendor?", ":poll isolate the runner 60s executes @ana",
		":poll pay 60s", ":object 2 we never do", "TODO: typo", ":drop 1 mistyped",
		":poll tell the press 30m", ":poll 3 dropped legal first")
	k.now = k.now.Add(5 * time.Minute)
	d := report.Of(k.log, report.Reader{Now: k.now})
	md := string(d.Markdown())
	for _, want := range []string{
		"dropped by ana 30 min before its end: legal first (closed 2026-11-21 14:00:00 UTC, planned until 2026-11-21 " +
			"14:30:00 UTC)",
		"expired: not answered in time", "decided: nobody objected; `@ana` executes",
		"not decided: ana objected; ana in entry", "dropped by ana: mistyped", "Incident Commander",
	} {
		if !strings.Contains(md, want) {
			t.Errorf("the report lacks %q:\n%s", want, md)
		}
	}
}

// TestProposalsAreReported: the report has both names of a role that two people took, and
// every proposal with what became of it.
func TestProposalsAreReported(t *testing.T) {
	k := declared(t, model.Declaration{Title: "T", Severity: "SEV-2"})
	for _, who := range []string{"bo", "cy"} {
		k.do("ana", model.Act{Body: &model.KeyAdmitted{Key: "key-" + who, Handle: who, Right: model.Write,
			Origin: "invitation"}})
	}
	k.typeAs("bo", ":takeover ic nobody leads")
	k.typeAs("cy", ":takeover ic I do", ":confirm ic @bo")
	d := k.report()
	md := string(d.Markdown())
	for _, want := range []string{"bo together with cy", "### Proposals", "nobody leads",
		"confirmed by cy, ", "the role went to bo, "} {
		if !strings.Contains(md, want) {
			t.Errorf("the report lacks %q:\n%s", want, md)
		}
	}
	if len(d.Proposals) != 2 || d.Proposals[0].Ended != "confirmed" || d.Proposals[1].Ended != "outlived" {
		t.Errorf("proposals: got %+v, want bo's confirmed and cy's outlived", d.Proposals)
	}
}
