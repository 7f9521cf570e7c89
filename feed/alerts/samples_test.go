package alerts_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"warroom/feed/alerts"
	"warroom/model"
)

var update = flag.Bool("update", false, "write the golden alerts; read them after that")

// key is the installation's key of the tests.
var key = model.NewSecret([]byte("a key for tests, of no installation"))

// reading is the result for one file.
type reading struct {
	model.Intake
	alerts []model.Alert
	left   []model.Alert // that are not alerts
	err    error
}

func readBytes(b []byte) reading {
	var r reading
	r.Intake,
		r.err = alerts.Read(context.Background(), bytes.NewReader(b), alerts.Options{Key: key},
		func(a *model.Alert) error {
			if a.LeftOut == "" {
				r.alerts = append(r.alerts, *a)
			} else {
				r.left = append(r.left, *a)
			}
			return nil
		})
	return r
}

func readFile(t *testing.T, path string) reading {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("read a file: %v", err)
	}
	return readBytes(b)
}

// sample is the expected result for a file of testdata; refused is part of the sentence if
// it must not be accepted.
type sample struct {
	form                      string
	findings, groups, skipped int
	refused                   string
}

var samples = map[string]sample{
	"alertmanager/derived-empty-alerts.json":         {form: "alertmanager"},
	"alertmanager/malformed-truncated.json":          {refused: "it is incomplete"},
	"alertmanager/real-firing-2.json":                {form: "alertmanager", findings: 2, groups: 1},
	"deps/checkov-clean.json":                        {form: "checkov"},
	"deps/checkov.json":                              {form: "checkov", findings: 3, groups: 3},
	"deps/dependabot-alerts.json":                    {form: "dependabot", findings: 2, groups: 2},
	"deps/dependabot-webhook.json":                   {form: "dependabot", findings: 1, groups: 1},
	"deps/npm-audit-clean.json":                      {form: "npm-audit"},
	"deps/npm-audit-v1.json":                         {form: "npm-audit", findings: 1, groups: 1},
	"deps/npm-audit.json":                            {form: "npm-audit", findings: 2, groups: 2},
	"generic/customer-report.eml":                    {form: "report-mail", findings: 1, groups: 1},
	"generic/form.txt":                               {form: "report-form", findings: 1, groups: 1},
	"generic/multipart.eml":                          {form: "report-mail", findings: 1, groups: 1},
	"generic/user-report.json":                       {form: "report-json", findings: 1, groups: 1},
	"generic/vendor-report.json":                     {form: "report-json", findings: 1, groups: 1},
	"gitleaks/derived-utf8-bom.sarif":                {form: "gitleaks-sarif", findings: 7, groups: 7},
	"gitleaks/empty.json":                            {refused: "an empty list or null"},
	"gitleaks/empty.sarif":                           {form: "gitleaks-sarif"},
	"gitleaks/git-history-redacted.json":             {form: "gitleaks-json", findings: 8, groups: 8},
	"gitleaks/git-history.csv":                       {refused: "the format "},
	"gitleaks/git-history.json":                      {form: "gitleaks-json", findings: 8, groups: 8},
	"gitleaks/git-history.junit.xml":                 {refused: "the format "},
	"gitleaks/git-history.sarif":                     {form: "gitleaks-sarif", findings: 8, groups: 8},
	"gitleaks/large-dir-redacted.sarif.gz":           {form: "gitleaks-sarif", findings: 1494, groups: 1},
	"gitleaks/malformed-html-error.sarif":            {refused: "the format "},
	"gitleaks/malformed-runs-null.sarif":             {refused: "the format "},
	"ocsf/findings.jsonl":                            {form: "ocsf", findings: 3, groups: 3, skipped: 1},
	"secretlint/checkstyle.xml":                      {refused: "the format "},
	"secretlint/compact.txt":                         {refused: "the format "},
	"secretlint/empty.json":                          {form: "secretlint-json"},
	"secretlint/empty.sarif":                         {form: "secretlint-sarif"},
	"secretlint/empty.stylish":                       {form: "empty"},
	"secretlint/github-actions.txt":                  {refused: "the format "},
	"secretlint/jslint.xml":                          {refused: "the format "},
	"secretlint/json-with-sourceContent.json":        {form: "secretlint-json", findings: 4, groups: 3},
	"secretlint/junit.xml":                           {refused: "the format "},
	"secretlint/malformed-truncated.json":            {refused: "it is incomplete"},
	"secretlint/mask-result.txt":                     {refused: "the format "},
	"secretlint/pretty-error.txt":                    {refused: "the format "},
	"secretlint/rc2-no-such-file.stderr":             {refused: "the format "},
	"secretlint/rc2-no-such-file.stdout":             {form: "empty"},
	"secretlint/stylish.txt":                         {form: "secretlint-stylish", findings: 4, groups: 3},
	"secretlint/table.txt":                           {refused: "the format "},
	"secretlint/tap.txt":                             {refused: "the format "},
	"secretlint/unix.txt":                            {refused: "the format "},
	"trivy/real-empty.json":                          {form: "trivy-json"},
	"trivy/real-empty.sarif":                         {form: "trivy-sarif"},
	"trivy/real-fatal-first-run-skip-db.stderr":      {refused: "the format "},
	"trivy/real-fatal-first-run-skip-db.stdout":      {form: "empty"},
	"trivy/real-secret-misconfig.json":               {form: "trivy-json", findings: 32, groups: 32},
	"trufflehog/derived-large.jsonl.gz":              {form: "trufflehog-jsonl", findings: 600, groups: 600},
	"trufflehog/derived-verification-error.jsonl":    {form: "trufflehog-jsonl", findings: 1, groups: 1},
	"trufflehog/empty.jsonl":                         {form: "empty"},
	"trufflehog/filesystem.jsonl":                    {form: "trufflehog-jsonl", findings: 3, groups: 3},
	"trufflehog/git.jsonl":                           {form: "trufflehog-jsonl", findings: 3, groups: 3},
	"trufflehog/git.sarif":                           {form: "trufflehog-sarif", findings: 3, groups: 3},
	"trufflehog/malformed-truncated-last-line.jsonl": {form: "trufflehog-jsonl", findings: 1, groups: 1, skipped: 1},
}

// TestSamples: every file yields the expected result, or is refused with the reason.
func TestSamples(t *testing.T) {
	files, err := filepath.Glob("testdata/*/*")
	if err != nil || len(files) == 0 {
		t.Fatal("no samples", err)
	}
	for _, path := range files {
		name := strings.TrimPrefix(path, "testdata/")
		if strings.HasPrefix(name, "golden/") || strings.HasPrefix(name, "fuzz/") || strings.HasPrefix(name, "keys/") ||
			strings.HasPrefix(name, "cases/") || strings.HasPrefix(name, "formats/") {
			continue
		}
		want, known := samples[name]
		if !known {
			t.Errorf("there is no expectation for %s", name)
		}
		got := readFile(t, path)
		switch {
		case want.refused != "" && (got.err == nil || !strings.Contains(got.err.Error(), want.refused)):
			t.Errorf("%s: %d findings and %v, want a refusal with %q", name, got.Findings, got.err, want.refused)
		case want.refused != "":
		case got.err != nil:
			t.Errorf("%s: %v", name, got.err)
		case got.Format != want.form || got.Findings != want.findings || got.Groups != want.groups ||
			got.Skipped != want.skipped || len(got.alerts) != want.findings:
			t.Errorf("%s: got %s, %d findings in %d groups, %d skipped; want %+v", name, got.Format, got.Findings,
				got.Groups, got.Skipped, want)
		case got.Findings == 0 && len(got.Notes) == 0:
			t.Errorf("%s: no findings and no word on what that means", name)
		}
	}
}

// TestGolden compares alerts with golden files, which a person read before they were
// committed.
func TestGolden(t *testing.T) {
	for name, s := range samples {
		if s.findings == 0 || s.findings > 100 {
			continue
		}
		got, err := json.MarshalIndent(readFile(t, filepath.Join("testdata", name)).alerts, "", " ")
		if err != nil {
			t.Fatalf("encode JSON: %v", err)
		}
		golden := filepath.Join("testdata", "golden", strings.ReplaceAll(name, "/", "-"))
		if *update {
			if err := os.WriteFile(golden, append(got, '\n'), 0o644); err != nil {
				t.Fatalf("write a file: %v", err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil || !bytes.Equal(bytes.TrimSpace(want), got) {
			t.Errorf("%s has changed: %v\n%s", golden, err, got)
		}
	}
}

var manifestRow = regexp.MustCompile(`^\| (\S+) \| \d+ \| ([^|]+) \|$`)

// TestForeignSamples reads samples of others, which may not be distributed, if they are
// beside the project.
func TestForeignSamples(t *testing.T) {
	dir := filepath.FromSlash("../../../shared/samples/alerts")
	list, err := os.ReadFile(filepath.Join(dir, "MANIFEST.md"))
	if err != nil {
		t.Skip("they are not there")
	}
	n, at := 0, ""
	for line := range strings.Lines(string(list)) {
		line = strings.TrimSpace(line)
		if h, ok := strings.CutPrefix(line, "## "); ok {
			at = h
		}
		m := manifestRow.FindStringSubmatch(line)
		if m == nil || m[2] == "text" {
			continue
		}
		n++
		count, _, plus := strings.Cut(m[2], " ")
		got := readFile(t, filepath.Join(dir, at, m[1]))
		want, err := strconv.Atoi(count)
		switch {
		case err != nil && m[1] == "derived-log-line-before-json.json":
			if got.Findings != 2 || got.Skipped != 1 { // not JSON as a whole; the line is skipped
				t.Errorf("%s/%s: %d findings, %d skipped: %v", at, m[1], got.Findings, got.Skipped, got.err)
			}
		case m[1] == "malformed-runs-null.sarif": // a tool that failed, not "0 findings"
			if got.err == nil {
				t.Errorf("%s/%s was accepted: %+v", at, m[1], got.Intake)
			}
		case strings.Contains(m[1], "empty") && model.IsEmptyOf(got.err, "gitleaks"): // names no tool
		case err != nil && got.err == nil:
			t.Errorf("%s/%s was accepted: %+v", at, m[1], got.Intake)
		case err == nil && (got.err != nil || got.Findings != want || plus != (got.Skipped > 0)):
			t.Errorf("%s/%s: %d findings, %d skipped, %v; want %s", at, m[1], got.Findings, got.Skipped, got.err, m[2])
		}
	}
	if n < 60 {
		t.Errorf("only %d samples were read", n)
	}
}

// TestNoSecret: no secret of the samples is in any alert.
func TestNoSecret(t *testing.T) {
	secrets := []string{"ghp_FAKEnot", "abcdefghijklmnop0123456789", "FAKEfakeNOTREAL", "FAKE0FAKE0",
		"FAKEsignatureNOTREAL", "fAk3-n0tr3al", "n0t-A-r3al", "xoxb-", "BEGIN RSA"}
	for name, s := range samples {
		if s.refused != "" {
			continue
		}
		got := readFile(t, filepath.Join("testdata", name))
		b, err := json.Marshal(got.alerts)
		if err != nil {
			t.Fatalf("encode JSON: %v", err)
		}
		for _, x := range secrets {
			if i := strings.Index(string(b), x); i >= 0 {
				t.Errorf("%s: %s is in an alert: %s", name, x, b[max(0, i-100):min(len(b), i+100)])
			}
		}
	}
}
