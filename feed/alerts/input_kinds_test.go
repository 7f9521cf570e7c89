package alerts_test

import (
	"strings"
	"testing"
)

// TestJoinedInputs: documents that were joined by other programs are read completely.
func TestJoinedInputs(t *testing.T) {
	leak := func(file string) string {
		return `{"RuleID":"aws","StartLine":1,"Secret":"made-up-1","File":"` + file + `","Fingerprint":"x"}`
	}
	for name, in := range map[string]string{
		"a byte order mark in between":   "\ufeff[" + leak("a") + "]\n\ufeff[" + leak("b") + "]",
		"two byte order marks":           "\ufeff\ufeff[" + leak("a") + "]\r\n\ufeff" + leak("b"),
		"JSON text sequences (RFC 7464)": "\x1e" + leak("a") + "\n\x1e" + leak("b") + "\n",
		"null at the beginning":          "[null," + leak("a") + "," + leak("b") + "]",
		"a long gap":                     leak("a") + strings.Repeat("\n", 70_000) + "\ufeff" + leak("b"),
	} {
		got := readBytes([]byte(in))
		if got.err != nil || got.Findings != 2 {
			t.Errorf("%s: got %d findings and %v, want 2", name, got.Findings, got.err)
		}
	}
	if got := readBytes([]byte(gzipped(gzipped("[]")))); got.err == nil || !strings.Contains(got.err.Error(), "twice") {
		t.Errorf("compressed twice: got %d findings and %v, want that it is compressed twice", got.Findings, got.err)
	}
}

// TestSeverityWords: the words that tools use for a severity.
func TestSeverityWords(t *testing.T) {
	for word, want := range map[string]string{
		"CRIT": "critical", "BLOCKER": "critical", "Very High": "critical", "SEV1": "critical", "P1": "high",
		"severe": "high", "urgent": "high", "sev-2": "high", "P2": "medium", "P3": "low", "trivial": "info",
		"style": "info", "recommendation": "info", "bogus": "unknown",
	} {
		got := readBytes([]byte(`{"warroom":"alert/1","title":"t","severity":"` + word + `"}`))
		if got.err != nil || got.alerts[0].Severity != want {
			t.Errorf("%s: got %+v and %v, want %s", word, got.alerts, got.err, want)
		}
	}
	for properties, want := range map[string]string{
		`"properties":{"severity":"CRITICAL"}`:                   "critical",
		`"level":"note","properties":{"severity":"CRITICAL"}`:    "low",
		`"properties":{"security-severity":"high"}`:              "high",
		`"properties":{"security-severity":"9.1"}`:               "critical",
		`"properties":{"security-severity":"NaN"}`:               "medium",
		`"properties":{"severity":"no word of a severity, say"}`: "medium",
	} {
		got := readBytes([]byte(sarifKind(`,"results":[{"ruleId":"R1","message":{"text":"x"},`+properties+`}]`, "")))
		if got.err != nil || got.alerts[0].Severity != want {
			t.Errorf("%s: got %+v and %v, want %s", properties, got.alerts, got.err, want)
		}
	}
}
