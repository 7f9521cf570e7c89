package alerts_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"warroom/model"
)

// variant is a file of testdata/formats: its form and the path of its findings, for a count
// that is independent of the readers.
type variant struct{ form, at string }

// variants are the supported forms, as their tools write them.
var variants = map[string]variant{
	"alertmanager-grafana.json": {form: "alertmanager", at: "alerts[]"},
	"asff-eventbridge.json":     {form: "asff", at: "detail.findings[]"},
	"asff-list.json":            {form: "asff", at: "[]"},
	"asff-lower-case.json":      {form: "asff", at: "findings[]"},
	"asff-macie.json":           {form: "asff", at: "Findings[]"},
	"bandit-sarif.sarif":        {form: "bandit-sarif", at: "runs[].results[]"},
	"betterleaks.json":          {form: "gitleaks-json", at: "[]"},
	"betterleaks.sarif":         {form: "betterleaks-sarif", at: "runs[].results[]"},
	"brakeman-sarif.sarif":      {form: "brakeman-sarif", at: "runs[].results[]"},
	"bundler-audit.json":        {form: "bundler-audit", at: "results[]"},
	"cargo-audit.json":          {form: "cargo-audit", at: "vulnerabilities.list[]"},
	"checkov-list.json":         {form: "checkov", at: "[].results.failed_checks[]"},
	"checkov-sarif.sarif":       {form: "checkov-sarif", at: "runs[].results[]"},
	"codeql-sarif.sarif":        {form: "codeql-sarif", at: "runs[].results[]"},
	"composer-audit.json":       {form: "composer-audit", at: "advisories{}[]"},
	"dependabot-graphql-edges.json": {
		form: "dependabot-graphql",
		at:   "data.repository.vulnerabilityAlerts.edges[]",
	},
	"dependabot-graphql.json": {
		form: "dependabot-graphql",
		at:   "data.repository.vulnerabilityAlerts.nodes[]",
	},
	"dependabot-old-webhook.json":          {form: "dependabot-old", at: "."},
	"eslint-sarif.sarif":                   {form: "eslint-sarif", at: "runs[].results[]"},
	"falco.jsonl":                          {form: "falco", at: "lines"},
	"generic.json":                         {form: "generic", at: "alerts[]"},
	"generic.jsonl":                        {form: "generic", at: "lines"},
	"ggshield.sarif":                       {form: "ggshield-sarif", at: "runs[].results[]"},
	"github-code-scanning-list.json":       {form: "github-code-scanning", at: "[]"},
	"github-code-scanning-webhook.json":    {form: "github-code-scanning", at: "."},
	"github-secret-scanning-list.json":     {form: "github-secret-scanning", at: "[]"},
	"github-secret-scanning-location.json": {form: "github-secret-scanning", at: "."},
	"gitlab-sast.json":                     {form: "gitlab-sast", at: "vulnerabilities[]"},
	"gitlab-secrets-15.json":               {form: "gitlab-secret-detection", at: "vulnerabilities[]"},
	"gitlab-secrets-clean.json":            {form: "gitlab-secret-detection", at: "vulnerabilities[]"},
	"gitleaks-7.json":                      {form: "gitleaks-v7-json", at: "[]"},
	"gitleaks-8.0.json":                    {form: "gitleaks-json", at: "[]"},
	"gitleaks-8.18.json":                   {form: "gitleaks-json", at: "[]"},
	"gitleaks-8.27-link.json":              {form: "gitleaks-json", at: "[]"},
	"gosec-sarif.sarif":                    {form: "gosec-sarif", at: "runs[].results[]"},
	"govulncheck-sarif.sarif":              {form: "govulncheck-sarif", at: "runs[].results[]"},
	"grype.json":                           {form: "grype-json", at: "matches[]"},
	"grype.sarif":                          {form: "grype-sarif", at: "runs[].results[]"},
	"guardduty-attack-sequence.json":       {form: "guardduty-eventbridge", at: "."},
	"guardduty-eks.json":                   {form: "guardduty-eventbridge", at: "."},
	"guardduty-malware.jsonl":              {form: "guardduty", at: "lines"},
	"guardduty-runtime.json":               {form: "guardduty-eventbridge", at: "."},
	"hadolint-sarif.sarif":                 {form: "hadolint-sarif", at: "runs[].results[]"},
	"inspector-eventbridge.json":           {form: "inspector-eventbridge", at: "."},
	"inspector.json":                       {form: "inspector", at: "findings[]"},
	"kics-sarif.sarif":                     {form: "kics-sarif", at: "runs[].results[]"},
	"kingfisher.json":                      {form: "kingfisher-json", at: "findings[]"},
	"kingfisher.jsonl":                     {form: "kingfisher-json", at: "lines"},
	"nuclei-sarif.sarif":                   {form: "nuclei-sarif", at: "runs[].results[]"},
	"ocsf-1.1-detection.json":              {form: "ocsf", at: "[]"},
	"ocsf-1.3-compliance.jsonl":            {form: "ocsf", at: "lines"},
	"ocsf-1.5-vulnerability.json":          {form: "ocsf", at: "."},
	"osv-scanner-sarif.sarif":              {form: "osv-scanner-sarif", at: "runs[].results[]"},
	"overrides.sarif":                      {form: "ovr-sarif", at: "runs[].results[]"},
	"pmd-sarif.sarif":                      {form: "pmd-sarif", at: "runs[].results[]"},
	"prowler-2.jsonl":                      {form: "prowler2-json", at: "lines"},
	"prowler-3.json":                       {form: "prowler-json", at: "[]"},
	"semgrep-oss-sarif.sarif":              {form: "semgrep-oss-sarif", at: "runs[].results[]"},
	"semgrep-secrets.json":                 {form: "semgrep-json", at: "results[]"},
	"semgrep.json":                         {form: "semgrep-json", at: "results[]"},
	"snyk-open-source-sarif.sarif":         {form: "snyk-open-source-sarif", at: "runs[].results[]"},
	"tfsec-sarif.sarif":                    {form: "tfsec-sarif", at: "runs[].results[]"},
	"tool-after-results.sarif":             {form: "late-sarif", at: "runs[].results[]"},
	"trivy-k8s-old.json": {
		form: "trivy-k8s-json",
		at:   "Vulnerabilities[].Results[].Vulnerabilities[] + Misconfigurations[].Results[].Misconfigurations[]",
	},
	"trivy-licences.json":        {form: "trivy-json", at: "Results[].Vulnerabilities[]"},
	"trivy-old-list.json":        {form: "trivy-list-json", at: "[].Vulnerabilities[]"},
	"trivy.sarif":                {form: "trivy-sarif", at: "runs[].results[]"},
	"trufflehog-2.jsonl":         {form: "trufflehog-v2-jsonl", at: "lines"},
	"trufflehog-github.jsonl":    {form: "trufflehog-jsonl", at: "lines"},
	"trufflehog-s3-docker.jsonl": {form: "trufflehog-jsonl", at: "lines"},
	"two-runs.sarif":             {form: "two-sarif", at: "runs[].results[]"},
}

// countAt counts the values at a path in a document: "a[].b" descends into lists, "{}" into
// objects, "lines" counts lines, "." the document itself.
func countAt(t *testing.T, raw []byte, at string) int {
	t.Helper()
	switch at {
	case "lines":
		return len(bytes.Split(bytes.TrimSpace(raw), []byte("\n")))
	case ".":
		return 1
	}
	var doc any
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatalf("decode JSON: %v", err)
	}
	n := 0
	for _, path := range strings.Split(at, " + ") {
		n += countIn(doc, strings.ReplaceAll(strings.ReplaceAll(path, "[]", ".[]"), "{}", ".{}"))
	}
	return n
}

func countIn(doc any, path string) int {
	path = strings.TrimPrefix(path, ".")
	if path == "" {
		return 1
	}
	key, rest, _ := strings.Cut(path, ".")
	n := 0
	switch v := doc.(type) {
	case []any:
		if key == "[]" {
			for _, m := range v {
				n += countIn(m, rest)
			}
		}
	case map[string]any:
		if key == "{}" {
			for _, m := range v {
				n += countIn(m, rest)
			}
		} else if m, ok := v[key]; ok {
			n += countIn(m, rest)
		}
	}
	return n
}

// TestVariants: every form yields as many findings as its file has, each with a kind, a
// severity, a rule, a location and its own key, and without anything that its tool marked
// as a secret.
func TestVariants(t *testing.T) {
	files, err := filepath.Glob("testdata/formats/*")
	if err != nil || len(files) != len(variants) || len(files) < 50 {
		t.Fatalf("%d files (%v), want %d and at least 50", len(files), err, len(variants))
	}
	for name, want := range variants {
		raw, err := os.ReadFile(filepath.Join("testdata/formats", name))
		if err != nil {
			t.Fatalf("read a file: %v", err)
		}
		n := countAt(t, raw, want.at)
		got := readBytes(raw)
		if got.err != nil || got.Format != want.form || got.Findings != n || got.Skipped != 0 {
			t.Errorf(
				"%s: got %s, %d findings, %d skipped, %v; want %s and %d",
				name,
				got.Format,
				got.Findings,
				got.Skipped,
				got.err,
				want.form,
				n,
			)
			continue
		}
		keys := map[string]bool{}
		for _, a := range got.alerts {
			keys[a.FindingKey] = true
			if a.Rule == "" || a.Title == "" || a.Where().IsEmpty() || a.Source == "" ||
				a.Severity == "unknown" && !strings.HasPrefix(name, "checkov") {
				t.Errorf("%s: got %+v, want a rule, a title, a place, a source and a severity", name, a)
			}
			if all := words(a); strings.Contains(all, "made-up-") || strings.Contains(all, "x@nw.example") {
				t.Errorf("%s: got a secret or an author in an alert: %s", name, all)
			}
		}
		if len(keys) != n {
			t.Errorf("%s: got %d keys, want %d", name, len(keys), n)
		}
	}
}

// TestWeekLater: of two scans a week apart, in which everything moved by ten lines and one
// finding was added, one finding is new, in every form.
func TestWeekLater(t *testing.T) {
	for name := range variants {
		if !strings.HasSuffix(name, ".sarif") && !strings.HasPrefix(name, "gitleaks-8") && name != "semgrep.json" {
			continue
		}
		raw, err := os.ReadFile(filepath.Join("testdata/formats", name))
		if err != nil {
			t.Fatalf("read a file: %v", err)
		}
		have := map[string]bool{}
		for _, a := range readBytes(raw).alerts {
			have[a.FindingKey] = true
		}
		moved := bytes.ReplaceAll(
			bytes.ReplaceAll(raw, []byte(`"startLine": `), []byte(`"startLine": 1`)),
			[]byte(`"StartLine": `),
			[]byte(`"StartLine": 1`),
		)
		moved = bytes.ReplaceAll(moved, []byte(`"line": `), []byte(`"line": 1`))
		for _, a := range readBytes(moved).alerts {
			if !have[a.FindingKey] {
				t.Errorf("%s: got %s at line %d as new after it moved, want it known", name, a.Rule, a.Location.Line)
			}
		}
	}
}

// TestSameScanInSeveralForms: one scan has the same findings in each form of its tool.
func TestSameScanInSeveralForms(t *testing.T) {
	for _, pair := range [][2]string{
		{trivyScan, trivyScanSarif}, {trivyScan, trivyScanASFF}, {grypeScan, grypeScanSarif},
		{semgrepScan, semgrepScanSarif},
		{guardDuty("5", "false"), guardDutyASFF},
	} {
		one, two := readBytes([]byte(pair[0])), readBytes([]byte(pair[1]))
		if one.err != nil || two.err != nil || len(one.alerts) == 0 || len(one.alerts) != len(two.alerts) {
			t.Errorf(
				"got %d (%v) and %d (%v) findings, want the same",
				len(one.alerts),
				one.err,
				len(two.alerts),
				two.err,
			)
			continue
		}
		for i := range one.alerts {
			if one.alerts[i].FindingKey != two.alerts[i].FindingKey {
				t.Errorf(
					"%s and %s: got other keys for %s, want the same",
					one.Format,
					two.Format,
					one.alerts[i].Rule,
				)
			}
		}
	}
	hogs := readFile(t, "testdata/trufflehog/git.jsonl")
	also := map[string]bool{}
	for _, a := range hogs.alerts {
		also[a.AlsoKey] = true
	}
	for _, a := range readFile(t, "testdata/trufflehog/git.sarif").alerts {
		if a.AlsoKey == "" || !also[a.AlsoKey] {
			t.Errorf("TruffleHog: got no common key for %s in SARIF and JSON, want one", a.Rule)
		}
	}
}

const (
	trivyScan = `{"SchemaVersion":2,"ArtifactName":"nw/shop:3","ArtifactType":"container_image",` +
		`"Results":[{"Target":"nw/shop:3 (alpine 3.20)","Class":"os-pkgs","Type":"alpine","Vulnerabilities":[
		{"VulnerabilityID":"CVE-2026-1","PkgName":"musl","InstalledVersion":"1.2","Severity":"HIGH"},` +
		`{"VulnerabilityID":"CVE-2026-2","PkgName":"zlib","InstalledVersion":"1.3","Severity":"LOW"}]}]}`
	trivyScanSarif = `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"Trivy"}},"results":[
		{"ruleId":"CVE-2026-1","message":{"text":"Package: musl\nInstalled Version: 1.2\nVulnerability ` +
		`CVE-2026-1\nSeverity: HIGH"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"nw/shop"},` +
		`"region":{"startLine":1}}}]},
		{"ruleId":"CVE-2026-2","message":{"text":"Package: zlib\nInstalled Version: 1.3\nVulnerability ` +
		`CVE-2026-2\nSeverity: LOW"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"nw/shop"},` +
		`"region":{"startLine":1}}}]}]}]}`
	trivyScanASFF = `{"Findings":[{"SchemaVersion":"2018-10-08","Id":"nw/shop:3 (alpine 3.20)/CVE-2026-1",` +
		`"GeneratorId":"Trivy/CVE-2026-1","AwsAccountId":"1","Severity":{"Label":"HIGH"},"Title":"t",` +
		`"Resources":[{"Type":"Container","Id":"nw/shop:3 (alpine 3.20)","Details":{"Other":{"PkgName":"musl",` +
		`"Installed Package":"1.2"}}}]},
		{"SchemaVersion":"2018-10-08","Id":"nw/shop:3 (alpine 3.20)/CVE-2026-2","GeneratorId":"Trivy/CVE-2026-2",` +
		`"AwsAccountId":"1","Severity":{"Label":"LOW"},"Title":"t","Resources":[{"Type":"Container",` +
		`"Id":"nw/shop:3 (alpine 3.20)","Details":{"Other":{"PkgName":"zlib","Installed Package":"1.3"}}}]}]}`
	grypeScan = `{"matches":[{"vulnerability":{"id":"CVE-2026-3","severity":"High"},"matchDetails":[],` +
		`"artifact":{"name":"libxml2","version":"2.9","locations":[{"path":"/usr/lib/libxml2.so"}]}}],"source":{},` +
		`"descriptor":{"name":"grype"}}`
	grypeScanSarif = `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"Grype"}},` +
		`"results":[{"ruleId":"CVE-2026-3-libxml2","message":{"text":"A high vulnerability in deb package: libxml2,` +
		` version 2.9 was found at: /usr/lib/libxml2.so"},` +
		`"locations":[{"physicalLocation":{"artifactLocation":{"uri":"usr/lib/libxml2.so"},` +
		`"region":{"startLine":1}}}]}]}]}`
	semgrepScan = `{"version":"1.9","results":[{"check_id":"py.eval","path":"a.py","start":{"line":3,"col":1},` +
		`"extra":{"message":"do not eval","severity":"ERROR","fingerprint":"requires login"}}],"errors":[],"paths":{}}`
	semgrepScanSarif = `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"Semgrep OSS"}},` +
		`"results":[{"ruleId":"py.eval","message":{"text":"do not eval"},` +
		`"fingerprints":{"matchBasedId/v1":"requires login"},` +
		`"locations":[{"physicalLocation":{"artifactLocation":{"uri":"a.py"},"region":{"startLine":3,` +
		`"startColumn":1}}}]}]}]}`
	guardDutyASFF = `{"Findings":[{"SchemaVersion":"2018-10-08",` +
		`"Id":"arn:aws:guardduty:eu-west-1:210987654321:detector/d/finding/0a","ProductName":"GuardDuty",` +
		`"Region":"eu-west-1","GeneratorId":"arn:aws:guardduty:eu-west-1:210987654321:detector/d",` +
		`"AwsAccountId":"210987654321","Types":["TTPs/Impact/Backdoor:EC2-DenialOfService.Tcp"],` +
		`"Severity":{"Label":"MEDIUM"},"Title":"t","Resources":[{"Type":"AwsEc2Instance",` +
		`"Id":"arn:aws:ec2:eu-west-1:210987654321:instance/i-9"}]}]}`
)

// TestNotAReport: a broken input, or one that is not a report, is refused and never read as
// "0 findings".
func TestNotAReport(t *testing.T) {
	for in, want := range map[string]string{
		`{"results": 42}`: "the format is not recognized", `{"runs": null, "version": "2.1.0"}`: "not a list",
		`null`: "an empty list or null", `{"runs": 42,"$schema":"x/sarif-2.1.0.json"}`: "not a list",
		`{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}},"results":42}]}`: "not a list",
		`{"version":"2.0.0","runs":[]}`:                                              "SARIF 2.0.0",
		`{"title":"Weekly report"}`:                                                  "the format is not recognized",
		"Title: Weekly report\n":                                                     "the format is not recognized",
		`{}`:                                                                         "the format is not recognized",
		`{"matches":[],"source":7}`:                                                  "the format is not recognized",
		`{"vulnerabilities":[],"packageManager":"npm"}`:                              "snyk test --sarif",
		`{"alerts":[{"title":"x","severity":"high"}]}`:                               "alerts/1",
		`{"bomFormat":"CycloneDX","vulnerabilities":[]}`:                             "CycloneDX",
		`{"SchemaVersion":2}`:                                                        "the format is not recognized",
		`{"findings":[{"title":"x","severity":"high"}]}`:                             "the format is not recognized",
		`{"matches":[{"x":1}],"source":{},"descriptor":{"name":"grype"}}`:            "the format is not recognized",
		`{"Target":"x","Vulnerabilities":[{"Name":"XSS"}]}`:                          "the format is not recognized",
		`{"vulnerabilities":[{"x":1}],"scan":{}}`:                                    "the format is not recognized",
		`{"results":[{"x":1}],"errors":[]}`:                                          "the format is not recognized",
		`{"alerts":[{"x":1}],"version":"4","groupKey":"k"}`:                          "the format is not recognized",
		`{"RuleID":"x","StartLine":3}`:                                               `it has no member Secret`,
		"<testsuites></testsuites>":                                                  "JUnit",
		`[null]`:                                                                     "the format is not recognized",
		`{"class_uid":3002,"metadata":{}}`:                                           "the format is not recognized",
	} {
		if got := readBytes([]byte(in)); got.err == nil || !strings.Contains(got.err.Error(), want) {
			t.Errorf("%s: got %d findings and %v, want a refusal with %q", in, got.Findings, got.err, want)
		} else if strings.Contains(want, "the format is not recognized") && !model.IsUnknownForm(got.err) {
			t.Errorf("%s: got %v, want a refusal of an unknown form", in, got.err)
		}
	}
}

// TestIdentifiersAreReadable: rules, paths, names, key ids, repositories, links and commits
// are unchanged.
func TestIdentifiersAreReadable(t *testing.T) {
	for _, id := range []string{"CVE-2021-22696-cxf-xjc-runtime",
		"test/stigs/Acme_Linux_7_STIG_V3R10_SCAP_1-2_Benchmark.xml", "arn:aws:iam::210987654321:role/Deploy-And-Run-2",
		"AKIAQQQQWWWWEEEERRRR",
		"https://github.com/nw/shop/blob/53de6aaa9b042437952a518b62420a2cd173f7b0/a9B8c7D6e5F4g3H2i1J0kLmNoPqRsT.go",
		"node_modules/aB3dE6gH9jK2mN5pQ8rS1tU4vW7xY0z/index.js"} {
		doc, err := json.Marshal(
			map[string]any{
				"warroom":  "alert/1",
				"source":   "x",
				"rule":     id,
				"title":    "t",
				"asset":    map[string]any{"id": id},
				"location": map[string]any{"uri": id, "commit": id},
				"link":     id,
			},
		)
		if err != nil {
			t.Fatalf("encode JSON: %v", err)
		}
		got := readBytes(doc)
		if got.err != nil || len(got.alerts) != 1 {
			t.Fatal(got.err)
		}
		if a := got.alerts[0]; a.Rule != id || a.Asset.ID != id || a.Location.URI != id || a.Link != id ||
			a.Location.Commit != id {
			t.Errorf("got %+v, want %s as it is", a, id)
		}
	}
}
