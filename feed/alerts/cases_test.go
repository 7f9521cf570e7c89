package alerts_test

import (
	"path/filepath"
	"strings"
	"testing"

	"warroom/model"
)

// caseFile is the expected result for a file of testdata/cases: forms that were once read
// wrongly.
type caseFile struct {
	findings, passed, left int
	groups                 int // 0: not checked
	kinds                  int // distinct findings, if the tool reported some twice
	kind                   string
	refused                string
	holds                  []string // occurs in a text of the first alert
	lacks                  []string // occurs in no text of any alert
	first                  func(model.Alert) string
}

// cases are forms that were once read wrongly.
var cases = map[string]caseFile{
	"asff-passed.json":             {findings: 1, passed: 1, left: 1, first: wantSeverity("medium")},
	"asff-inspector-two-cves.json": {findings: 2, groups: 2, kind: "vuln", holds: []string{"CVE-2026-1001"}},
	"asff-accesskey.json":          {findings: 1, holds: []string{"AKIAQQQQWWWWEEEERRRR", "guardduty"}},
	"securityhub-eventbridge.json": {findings: 1, kind: "vuln"},
	"th-unverified.jsonl":          {findings: 1, kind: "secret", first: wantSeverity("medium")},
	"th-then-verified.jsonl":       {findings: 1, kind: "secret", first: wantVerified},
	"th-path.jsonl": {
		findings: 1,
		holds:    []string{"test/stigs/Northwind_Linux_7_STIG_V3R10_SCAP_1-2_Benchmark.xml"},
	},
	"th-30-groups-3-verified.jsonl": {findings: 50, groups: 30, kinds: 38, kind: "secret"},
	"trufflehog-all-sources.jsonl":  {findings: 30, kind: "secret"},
	"am-firing.json":                {findings: 1, first: wantState("firing", false)},
	"am-then-resolved.json":         {findings: 1, first: wantState("resolved", true)},
	"github-secret-scanning.json": {
		findings: 1,
		kind:     "secret",
		holds:    []string{"AWS access key", "https://github.com/northwind/app/security/secret-scanning/42"},
		first:    wantState("open", false),
	},
	"cargo-audit.json":                         {findings: 1, kind: "vuln", holds: []string{"RUSTSEC-2026-0001"}},
	"eslint.json":                              {refused: "ESLint"},
	"gitleaks-dir-1.json":                      {findings: 1, kind: "secret"},
	"gitleaks-dir-2-new-secret-same-line.json": {findings: 1, kind: "secret"},
	"gitleaks-8.0-no-fingerprint.json":         {findings: 1, kind: "secret"},
	"betterleaks-valid.json":                   {findings: 1, kind: "secret", first: wantVerified},
	"semgrep-requires-login.sarif":             {findings: 2},
	"sarif-artifact-index.sarif":               {findings: 1, holds: []string{"src/real.c"}},
	"sarif-no-rule-id.sarif":                   {findings: 1, holds: []string{"AWS Access Key secret detected"}},
	"sarif-unchanged.sarif":                    {findings: 1, left: 2},
	"sarif-1.0.sarif":                          {refused: "SARIF 1.0.0"},
	"grype-rule-id.sarif": {
		findings: 1,
		kind:     "vuln",
		holds:    []string{"CVE-2021-22696-cxf-xjc-runtime"},
	},
	"kingfisher-shape.sarif": {
		findings: 1,
		kind:     "secret",
		lacks:    []string{"kim.roe", "Kim Roe", "wJalrXUtn"},
	},
	"ocsf-prowler-pass-manual-fail.json": {findings: 1, passed: 2, left: 2, first: wantSeverity("high")},
	"guardduty-sample-as-value.json":     {findings: 1, kind: "threat", first: wantSample},
	"guardduty-sev5.json":                {findings: 1, kind: "threat", first: wantSeverity("medium")},
	"guardduty-then-sev8.json":           {findings: 1, kind: "threat", first: wantSeverity("high")},
	"guardduty-s3-scan-clean.json":       {passed: 1, left: 1},
	"guardduty-s3-scan-threat.json":      {findings: 1, kind: "threat", holds: []string{"EICAR"}},
	"bundler-audit.txt":                  {refused: "bundle-audit check --format json"},
	"trivy-k8s.json": {
		findings: 1,
		kind:     "vuln",
		holds:    []string{"default/Deployment/web"},
	},
}

func wantSeverity(s string) func(model.Alert) string {
	return func(a model.Alert) string {
		if a.Severity != s {
			return "severity " + a.Severity + ", want " + s
		}
		return ""
	}
}

func wantVerified(a model.Alert) string {
	if a.Severity != "critical" || a.Confidence != "verified" {
		return a.Severity + " and " + a.Confidence + ", want critical and verified"
	}
	return ""
}

func wantSample(a model.Alert) string {
	if !a.Sample {
		return "not marked as a sample, want it marked"
	}
	return ""
}

func wantState(s string, over bool) func(model.Alert) string {
	return func(a model.Alert) string {
		if a.State != s || a.Resolved != over {
			return "state " + a.State + ", want " + s
		}
		return ""
	}
}

// words returns all texts of an alert.
func words(a model.Alert) string {
	return strings.Join(
		[]string{
			a.Source,
			a.Rule,
			a.Title,
			a.Description,
			a.Asset.Type,
			a.Asset.ID,
			a.Location.URI,
			a.Location.Commit,
			a.Link,
			a.ARN,
			a.Account,
			a.Rotate,
		},
		"\n",
	)
}

// TestCases: each file that was once read wrongly is read correctly.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/cases/*")
	if err != nil || len(files) != len(cases) {
		t.Fatalf("%d files (%v), want %d", len(files), err, len(cases))
	}
	for name, want := range cases {
		want.compare(t, name, readFile(t, filepath.Join("testdata/cases", name)))
	}
}

func (want caseFile) compare(t *testing.T, name string, got reading) {
	t.Helper()
	if want.refused != "" {
		if got.err == nil || !strings.Contains(got.err.Error(), want.refused) {
			t.Errorf("%s: got %d findings and %v, want a refusal with %q", name, got.Findings, got.err, want.refused)
		}
		return
	}
	if got.err != nil || got.Findings != want.findings || got.Passed != want.passed || got.Suppressed != want.left {
		t.Errorf("%s: got %d findings, %d passed, %d left out, %v; want %d, %d, %d", name, got.Findings, got.Passed,
			got.Suppressed,
			got.err, want.findings, want.passed, want.left)
		return
	}
	if want.groups > 0 && got.Groups != want.groups {
		t.Errorf("%s: got %d groups, want %d", name, got.Groups, want.groups)
	}
	keys := map[string]bool{}
	for _, a := range got.alerts {
		keys[a.FindingKey] = true
		if want.kind != "" && a.Kind != want.kind || a.Where().IsEmpty() {
			t.Errorf("%s: got kind %s at %q, want %s at some place", name, a.Kind, a.Where(), want.kind)
		}
		for _, s := range want.lacks {
			if strings.Contains(words(a), s) {
				t.Errorf("%s: got %q in an alert, want none: %s", name, s, words(a))
			}
		}
	}
	if len(keys) != got.Findings && want.kinds == 0 || want.kinds > 0 && len(keys) != want.kinds {
		t.Errorf("%s: got %d keys, want %d or %d", name, len(keys), got.Findings, want.kinds)
	}
	if want.findings > 0 {
		want.compareFirst(t, name, got.alerts[0])
	}
}

func (want caseFile) compareFirst(t *testing.T, name string, a model.Alert) {
	t.Helper()
	for _, s := range want.holds {
		if !strings.Contains(words(a), s) {
			t.Errorf("%s: got no %q, want it: %s", name, s, words(a))
		}
	}
	if want.first == nil {
		return
	}
	if s := want.first(a); s != "" {
		t.Errorf("%s: got %s", name, s)
	}
}

// TestSameAndOther checks which findings of two files are the same.
func TestSameAndOther(t *testing.T) {
	for _, c := range []struct {
		first, then string
		newFindings int
	}{
		{"th-unverified.jsonl", "th-then-verified.jsonl", 0},
		{"am-firing.json", "am-then-resolved.json", 0},
		{"gitleaks-dir-1.json", "gitleaks-dir-2-new-secret-same-line.json", 1},
		{"guardduty-sev5.json", "guardduty-then-sev8.json", 0},
	} {
		have, newFindings := map[string]bool{}, 0
		for _, a := range readFile(t, filepath.Join("testdata/cases", c.first)).alerts {
			have[a.FindingKey] = true
		}
		for _, a := range readFile(t, filepath.Join("testdata/cases", c.then)).alerts {
			if !have[a.FindingKey] {
				newFindings++
			}
		}
		if newFindings != c.newFindings {
			t.Errorf("%s then %s: got %d new findings, want %d", c.first, c.then, newFindings, c.newFindings)
		}
	}
}
