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
		":poll pay 60s", ":object 2 we never do", "TODO: typo", ":drop 1 mistyped")
	k.now = k.now.Add(5 * time.Minute)
	d := report.Of(k.log, report.Reader{Now: k.now})
	md := string(d.Markdown())
	for _, want := range []string{
		"expired: not answered in time", "decided: nobody objected; `@ana` executes",
		"not decided: ana objected; ana in entry", "dropped by ana: mistyped", "Incident Commander",
	} {
		if !strings.Contains(md, want) {
			t.Errorf("the report lacks %q:\n%s", want, md)
		}
	}
}
