package report_test

import (
	"strings"
	"testing"

	"warroom/model"
)

// TestCorrectedAwarenessInTheReport: the report states the correction of a wrong awareness
// with the verdict that follows from it, and still lists the run that was counted from it.
func TestCorrectedAwarenessInTheReport(t *testing.T) {
	k := declared(t, model.Declaration{Title: "x", Severity: "SEV-1"})
	k.mustType(":exposure suspected gdpr @2025-11-21 10:00 names", ":time 3 @2026-11-21 10:00 the year was wrong")
	const why = "ana corrected the awareness in entry 4, from 2025-11-21 10:00:00 UTC to 2026-11-21 10:00:00 UTC, " +
		"because the year was wrong; by the first time it was missed"
	k.has("| GDPR (law) | within 72h of awareness | running | - | 2026-11-24 10:00:00 UTC | - | "+why+" |",
		"| GDPR | 1 | **MISSED** | from 2025-11-21 10:00:00 UTC, run started 2026-11-21 14:00:00 UTC, due 2025-11-24 "+
			"10:00:00 UTC, stopped 2026-11-21 14:00:00 UTC by a correction of its start, overdue by "+
			"362 days 4 h then; "+
			"ana corrected its start to 2026-11-21 10:00:00 UTC at 2026-11-21 14:00:00 UTC, because the year was "+
			"wrong; "+
			"by that start it is due 2026-11-24 10:00:00 UTC |")
	k.has("| 3 | 2026-11-21 14:00:00 UTC | suspected | - | - | GDPR | 2025-11-21 10:00:00 UTC, corrected to "+
		"2026-11-21 "+
		"10:00:00 UTC | names | ana |",
		"| 3 | 2026-11-21 14:00:00 | ana | exposure | suspected, GDPR, aware since 2025-11-21 10:00:00 UTC; reason: "+
			"names *(its time of awareness was corrected to 2026-11-21 10:00:00 UTC by ana in entry 4 (the year was "+
			"wrong))* |",
		"| time | 3  (exposure) at 2026-11-21 10:00:00 UTC, was 2025-11-21 10:00:00 UTC")
	k.mustType(":notify gdpr DPA, portal")
	k.has("| GDPR (law) | within 72h of awareness | **met as corrected** | 2 days 20 h early by the corrected "+
		"awareness | 2026-11-24 10:00:00 UTC | 5 | "+why+" |", "1 met as corrected")
	p, err := model.ProfileOf("regulator")
	if err != nil {
		t.Fatalf("profile: got %v, want regulator", err)
	}
	d := k.report()
	d = d.For(p, k.log)
	if text := string(d.Markdown()); !strings.Contains(text, strings.ReplaceAll(why, "ana", "Responder")) {
		t.Errorf("regulator: got no %q without the name in %s", why, text)
	}

	k = declared(t, model.Declaration{Title: "x", Severity: "SEV-1"})
	k.mustType(":exposure suspected gdpr @2025-11-21 10:00 names", ":notify gdpr DPA, portal",
		":time 3 @2026-11-21 10:00 the year was wrong")
	k.has("| GDPR (law) | within 72h of awareness | **met as corrected** | 2 days 20 h early by the corrected " +
		"awareness | 2026-11-24 10:00:00 UTC | 4 | " + strings.Replace(why, "entry 4", "entry 5", 1) + " |")
}
