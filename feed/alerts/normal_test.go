package alerts_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// TestNormal: alerts in the program's own form are read back unchanged, alone, as lines,
// and as printed by --dry-run. Unknown words are not accepted.
func TestNormal(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("testdata", "trivy/real-secret-misconfig.json"))
	if err != nil {
		t.Fatalf("read a file: %v", err)
	}
	first := readBytes(b)
	list, _ := json.Marshal(first.alerts)
	whole, _ := json.Marshal(map[string]any{"format": first.Format, "findings": first.Findings, "groups": first.Groups,
		"alerts": first.alerts})
	var lines []byte
	for _, a := range first.alerts {
		l, _ := json.Marshal(a)
		lines = append(append(lines, l...), '\n')
	}
	for name, in := range map[string][]byte{"list": list, "whole": whole, "lines": lines} {
		got := readBytes(in)
		if got.err != nil || got.Format != "warroom-json" || got.Findings != first.Findings || got.Skipped != 0 {
			t.Fatalf("%s: %s %d findings, %d skipped, %v", name, got.Format, got.Findings, got.Skipped, got.err)
		}
		for i, a := range got.alerts {
			before := first.alerts[i]
			before.FindingKey, before.GroupKey, before.FormerKey, before.AlsoKey = a.FindingKey, a.GroupKey,
				a.FormerKey, a.AlsoKey
			if a != before {
				t.Errorf("%s: %+v became %+v", name, before, a)
			}
		}
	}
	if got := readBytes([]byte(`{"format":"x","findings":0,"alerts":[]}`)); got.err != nil || got.Findings != 0 ||
		got.Format != "warroom-json" {
		t.Errorf("%+v", got)
	}
	odd := readBytes(
		[]byte(
			`{"finding_key":"\u001b","group_key":{},"kind":"sev-1","severity":"P0!","secret":"AKIA",` +
				`"confidence":"sure","title":"x\u001b[2J"}`))
	if odd.err != nil || len(odd.alerts) != 1 {
		t.Fatalf("%+v", odd)
	}
	if a := odd.alerts[0]; a.Kind != "detection" || a.Severity != "unknown" || a.Secret != "" ||
		a.Confidence != "unknown" || a.Source != "unknown" || len(a.FindingKey) != 32 || a.Title != "x^[[2J" {
		t.Errorf("%+v", a)
	}
}
