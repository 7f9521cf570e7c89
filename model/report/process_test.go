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
	if len(d.Proposals) != 2 || d.Proposals[0].Ended != "confirmed" || d.Proposals[1].Ended != "lapsed" {
		t.Errorf("proposals: got %+v, want bo's confirmed and cy's lapsed", d.Proposals)
	}
}

// TestApprovedUpdatesInProfiles: an update that was sent by approving a draft is in the report
// of each profile that has its audience, as one that was sent at once is. A draft that was not
// sent, and a command of the room, are not.
func TestApprovedUpdatesInProfiles(t *testing.T) {
	k := declared(t, model.Declaration{Title: "Key in a log", Severity: "SEV-1", Kind: "breach"})
	k.mustType(":update customers draft never sent to anybody", ":update customers draft we look into it",
		":approve 2", ":update legal draft the key is out", ":approve 3", ":cadence update 20m it is calm",
		":update customers draft again we look into it", ":approve 4 legal is nervous")
	for name, want := range map[string][]string{
		"leadership": {"we look into it", "the key is out"}, "compliance": {"we look into it", "the key is out"},
		"regulator": {"we look into it", "the key is out", "it is calm"},
		"customer":  {"| we look into it |", "again we look into it"},
	} {
		text := k.profiled(name)
		_, informed, _ := strings.Cut(text, "## Who was informed")
		if len(informed) == 0 {
			t.Errorf("%s: got no section of who was informed, want it", name)
		}
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s: got no %q in\n%s", name, w, informed)
			}
		}
		for _, bad := range []string{"never sent", ":approve"} {
			if strings.Contains(text, bad) {
				t.Errorf("%s: got %q, want it left out", name, bad)
			}
		}
		if name == "customer" && (strings.Contains(text, "nervous") || strings.Contains(text, "key is out") ||
			strings.Contains(text, "| draft |")) {
			t.Errorf("customer: got a note or an update to others, want neither:\n%s", text)
		}
	}
	if text := k.profiled("internal"); !strings.Contains(text, "1  needs approval; to Customers: never sent") &&
		!strings.Contains(text, "1 needs approval; to Customers: never sent") || strings.Contains(text, ":approve") {
		t.Errorf("internal: want the draft that was not sent, and no command, got\n%s", text)
	}
}
