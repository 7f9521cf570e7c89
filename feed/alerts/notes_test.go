package alerts_test

import (
	"slices"
	"strings"
	"testing"
)

// TestNotes: notes agree with their number, and count what is closed at its source.
func TestNotes(t *testing.T) {
	passed, supp := `{"ruleId":"a","kind":"pass","message":{"text":"x"}}`, `{"ruleId":"b","message":{"text":"x"},`+
		`"suppressions":[{"kind":"inSource"}]}`
	same := `{"ruleId":"c","message":{"text":"x"},"baselineState":"unchanged"}`
	firing := `{"labels":{"alertname":"A"},"status":"firing","startsAt":"2026-11-01T00:00:00Z"}`
	over := strings.ReplaceAll(strings.ReplaceAll(firing, `"A"`, `"B"`), "firing", "resolved")
	over2 := strings.ReplaceAll(over, `"B"`, `"C"`)
	for _, c := range []struct{ doc, want string }{
		{sarifKind(`,"results":[`+passed+`]`, ""), "1 check was left out because it passed or was not applicable"},
		{sarifKind(`,"results":[`+passed+","+passed+`]`, ""),
			"2 checks were left out because they passed or were not applicable"},
		{sarifKind(`,"results":[`+same+`]`, ""), "1 finding was left out because it is unchanged in the tool's baseline"},
		{sarifKind(`,"results":[`+supp+`]`, ""),
			"1 finding was left out because the tool lists it as suppressed, accepted or gone"},
		{sarifKind(`,"results":[`+supp+","+supp+`]`, ""),
			"2 findings were left out because the tool lists them as suppressed, accepted or gone"},
		{sarifKind(`,"results":[null]`, ""), "1 line or record that is not a finding was skipped"},
		{sarifKind(`,"results":[null,null]`, ""), "2 lines or records that are not findings were skipped"},
		{`{"version":"4","groupKey":"k","alerts":[` + firing + "," + over + `]}`, "1 finding is closed at its source"},
		{`{"version":"4","groupKey":"k","alerts":[` + over2 + "," + over + `]}`, "2 findings are closed at their source"},
	} {
		got := readBytes([]byte(c.doc))
		var notes []string
		for _, n := range got.Notes {
			notes = append(notes, n.String())
		}
		if got.err != nil || !slices.Contains(notes, c.want) {
			t.Errorf("%s: got %q and %v, want %q", c.doc, notes, got.err, c.want)
		}
	}
}
