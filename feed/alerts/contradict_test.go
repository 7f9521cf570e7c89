package alerts_test

import (
	"strings"
	"testing"
)

// TestCountsThatContradictTheList: a document that counts findings which it does not have,
// or whose tool failed, is never "no findings".
func TestCountsThatContradictTheList(t *testing.T) {
	const run = `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}},"results":[RES],"invocations":[` +
		`{"executionSuccessful":false,"KEY":[{"level":"error","message":{"text":"crashed"}}]}]}]}`
	sarif := func(res, key string) string { return strings.NewReplacer("RES", res, "KEY", key).Replace(run) }
	for _, in := range []string{
		`{"auditReportVersion":2,"vulnerabilities":{},"metadata":{"vulnerabilities":{"high":3,"total":3}}}`,
		`{"auditReportVersion":2,"metadata":{"vulnerabilities":{"high":3}}}`,
		`{"advisories":{},"metadata":{"vulnerabilities":{"low":0,"high":3}}}`,
		`{"lockfile":{},"vulnerabilities":{"found":true,"count":3,"list":[]}}`,
		`{"lockfile":{},"vulnerabilities":{"found":true,"count":3}}`,
		`{"lockfile":{},"vulnerabilities":{"found":true,"count":0,"list":[]}}`,
		`{"check_type":"terraform","results":{"passed_checks":[]},"summary":{"failed":7}}`,
		`{"check_type":"terraform","results":{"passed_checks":[{"check_id":"C","check_name":"n","resource":"r"}],` +
			`"failed_checks":[]},"summary":{"failed":7}}`,
		`{"passed":0,"failed":7,"checkov_version":"3"}`,
		`{"vulnerabilities":[],"scan":{"type":"secret_detection","status":"failure"}}`,
		`{"vulnerabilities":[],"remediations":[],"scan":{"type":"sast","status":"failure"}}`,
		sarif("", "toolExecutionNotifications"),
		sarif("", "toolConfigurationNotifications"),
	} {
		if got := readBytes([]byte(in)); got.err == nil {
			t.Errorf("%s was read as %s with %d findings, want a refusal", in, got.Format, got.Findings)
		}
	}
	for _, in := range []string{
		`{"auditReportVersion":2,"vulnerabilities":{},"metadata":{"vulnerabilities":{"high":0,"total":0}}}`,
		`{"lockfile":{},"vulnerabilities":{"found":false,"count":0,"list":[]}}`,
		`{"passed":3,"failed":0,"checkov_version":"3"}`,
		`{"vulnerabilities":[],"scan":{"type":"secret_detection","status":"success"}}`,
		`{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}},"results":[],"invocations":[` +
			`{"executionSuccessful":true}]}]}`,
	} {
		if got := readBytes([]byte(in)); got.err != nil || got.Findings != 0 {
			t.Errorf("%s: %d findings, %v; want none and no error", in, got.Findings, got.err)
		}
	}
	got := readBytes([]byte(sarif(`{"ruleId":"R","message":{"text":"m"}}`, "toolExecutionNotifications")))
	named := false
	for _, n := range got.Notes {
		named = named || strings.Contains(n.String(), "failed")
	}
	if got.err != nil || got.Findings != 1 || !named {
		t.Errorf("findings of a tool that failed: %d, %v, notes %v; want 1 and a note", got.Findings, got.err,
			got.Notes)
	}
}

// TestScansThatFailed: an input whose tool failed, or examined nothing that it could read, is
// never "no findings".
func TestScansThatFailed(t *testing.T) {
	for _, in := range []string{
		`{"check_type":"terraform","results":{"parsing_errors":["main.tf"]},"summary":{"failed":0,"parsing_errors":1}}`,
		`{"check_type":"terraform","results":{"failed_checks":[],"parsing_errors":["a.tf","b.tf"]}}`,
		`{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}},"results":[],` +
			`"invocations":[{"executionSuccessful":false}]}]}`,
		`{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}},"results":[],` +
			`"invocations":[{"executionSuccessful":true},{"exitSignalName":"SIGKILL"}]}]}`,
		`{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}},"results":[],` +
			`"invocations":[{"processStartFailureMessage":"no such file"}]}]}`,
		`{"version":"1.50.0","results":[],"errors":[{"level":"error","type":"Timeout"}],"paths":{"scanned":[]}}`,
		`{"version":"1.50.0","results":[],"errors":[{"level":"error","type":"Rule parse error"}]}`,
		`{"vulnerabilities":[],"scan":{"type":"sast","messages":[{"level":"fatal","value":"out of memory"}]}}`,
		`{"advisories":[],"abandoned":[],"unreachable-repositories":["https://repo.example"]}`,
		`{"data":{"repository":null},"errors":[{"message":"Could not resolve to a Repository"}]}`,
		`{"data":{"repository":{"vulnerabilityAlerts":null}},"errors":[{"message":"Resource not accessible"}]}`,
		`{"level":"error","ts":"2026-11-29T10:00:00Z","logger":"trufflehog","msg":"encountered errors during scan"}`,
	} {
		if got := readBytes([]byte(in)); got.err == nil {
			t.Errorf("%s was read as %s with %d findings, want a refusal", in, got.Format, got.Findings)
		}
	}
}

// hogFinding is a finding of TruffleHog, and hogEnd its last line of log, which a pipe can mix in.
const (
	hogFinding = `{"SourceMetadata":{"Data":{"Filesystem":{"file":"a.txt","line":3}}},"DetectorName":"Github",` +
		`"Verified":false,"Raw":"made-up-one"}` + "\n"
	hogEnd = `{"level":"info-0","ts":"2026-11-29T10:00:00Z","logger":"trufflehog","msg":"finished scanning",` +
		`"chunks":2,"verified_secrets":1,"unverified_secrets":N}` + "\n"
)

// TestDoubts: what an input itself tells about findings that it lacks is a note.
func TestDoubts(t *testing.T) {
	const check = `{"check_id":"CKV_1","check_name":"n","resource":"r","file_path":"/a"}`
	const result = `{"check_id":"r","path":"a.py","start":{"line":1},"extra":{"severity":"ERROR","message":"m"}}`
	leak := `[{"RuleID":"r","StartLine":1,"Secret":"made-up-one","File":"a","Fingerprint":"a:r:1"}]` + "\n"
	finding := `{"SchemaVersion":"2018-10-08","Id":"i","GeneratorId":"g","AwsAccountId":"1","Title":"t",` +
		`"Severity":{"Label":"HIGH"}}`
	for _, c := range []struct {
		in   string
		n    int
		want string // part of a note; if "", no note
	}{
		{`{"check_type":"terraform","results":{"failed_checks":[` + check + `]},"summary":{"failed":7}}`, 1,
			"reports 7 findings of Checkov but lists 1"},
		{`{"check_type":"terraform","results":{"failed_checks":[` + check + `]},"summary":{"failed":1}}`, 1, ""},
		{`{"check_type":"terraform","results":{"failed_checks":[` + check + `],"parsing_errors":["a.tf","b.tf"]}}`, 1,
			"2 errors"},
		{`{"check_type":"terraform","results":{"failed_checks":[]},"summary":{"passed":4,"failed":0,` +
			`"parsing_errors":1}}`,
			0, "1 error"},
		{`{"auditReportVersion":2,"vulnerabilities":{"a":{"name":"a","via":[{"title":"t","url":"u/GHSA-1",` +
			`"severity":"high"}]}},"metadata":{"vulnerabilities":{"high":3,"total":3}}}`, 1,
			"reports 3 packages of npm audit but lists 1"},
		{`{"auditReportVersion":2,"vulnerabilities":{"a":{"name":"a","via":["b"]},"b":{"name":"b",` +
			`"via":[{"title":"t",` +
			`"url":"u/GHSA-1","severity":"high"}]}},"metadata":{"vulnerabilities":{"high":2,"total":2}}}`, 1, ""},
		{`{"lockfile":{},"vulnerabilities":{"found":true,"count":2,"list":[{"advisory":{"id":"RUSTSEC-1",` +
			`"title":"t"},` +
			`"package":{"name":"p"},"versions":{}}]}}`, 1, "reports 2 findings of cargo audit but lists 1"},
		{`{"lockfile":{},"vulnerabilities":{"found":false,"count":0,"list":[]},"warnings":{"unmaintained":[{},{}],` +
			`"yanked":[{}]}}`, 0, "3 packages"},
		{`{"SchemaVersion":2,"ArtifactName":"x","Results":[{"Target":"a","Class":"config","MisconfSummary":` +
			`{"Successes":3,"Failures":2},"Misconfigurations":[{"ID":"D1","Status":"FAIL","Title":"t",` +
			`"Message":"m"}]}]}`,
			1, "reports 2 findings of Trivy but lists 1"},
		{`{"SchemaVersion":2,"ArtifactName":"x","Results":[{"Target":"a","Class":"config","MisconfSummary":` +
			`{"Successes":1,"Failures":1},"Misconfigurations":[{"ID":"D1","Status":"FAIL","Title":"t","Message":"m"},` +
			`{"ID":"D2","Status":"PASS","Title":"t","Message":"m"}]}]}`, 1, ""},
		{`{"SchemaVersion":2,"ArtifactName":"x"}`, 0, "nothing that it examined"},
		{`{"SchemaVersion":2,"ArtifactName":"x","Results":[{"Target":"a","Class":"os-pkgs"}]}`, 0, ""},
		{`{"version":"1.50.0","results":[` + result + `],"errors":[{"level":"warn"}],"paths":{"scanned":["a.py"]}}`, 1,
			"1 error"},
		{`{"version":"1.50.0","results":[],"errors":[{"level":"error"}],"paths":{"scanned":["a.py"]}}`, 0, "1 error"},
		{`{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}},"results":[{"ruleId":"R",` +
			`"message":{"text":"m"}}]},` +
			`{"tool":{"driver":{"name":"y"}},"results":[],` +
			`"invocations":[{"executionSuccessful":false}]}]}`, 1, "failed"},
		{`{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}},"results":[{"ruleId":"R",` +
			`"message":{"text":"m"}}],` +
			`"invocations":[{"executionSuccessful":false}]}]}`, 1, ""},
		{`{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}},"results":[],` +
			`"invocations":[{"executionSuccessful":` +
			`true,"toolExecutionNotifications":[{"level":"error"},{"level":"note"}]}]}]}`, 0, "1 error"},
		{`{"Findings":[` + finding + `],"NextToken":"abc"}`, 1, "further pages"},
		{`{"Findings":[` + finding + `],"NextToken":""}`, 1, ""},
		{`{"data":{"repository":{"nameWithOwner":"a/b","vulnerabilityAlerts":{"totalCount":40,` +
			`"pageInfo":{"hasNextPage":` +
			`true},"nodes":[{"number":1,"securityVulnerability":{"package":{"name":"p"},` +
			`"advisory":{"ghsaId":"GHSA-1"}}}]` +
			`}}}}`, 1, "further pages"},
		{`{"version":"4","groupKey":"g","truncatedAlerts":5,"alerts":[{"labels":{"alertname":"a"},"status":"firing",` +
			`"startsAt":"2026-11-29T10:00:00Z"}]}`, 1, "left out 5"},
		{hogFinding + strings.Replace(hogEnd, "N", "0", 1), 1, ""},
		{hogFinding + strings.Replace(hogEnd, "N", "4", 1), 1, "reports 5 findings of TruffleHog but lists 1"},
		{leak + "10:00AM WRN leaks found: 3\n", 1, "reports 3 findings of Gitleaks but lists 1"},
		{leak + "10:00AM WRN leaks found: 1\n", 1, ""},
		{leak + "10:00AM WRN 1 leaks found in partial scan\n", 1, "failed"},
		{`{"format":"sarif","findings":2,"alerts":[{"finding_key":"a","group_key":"b","kind":"vuln",` +
			`"severity":"high",` +
			`"title":"t"}]}`, 1, "reports 2 findings of warroom's own but lists 1"},
	} {
		got := readBytes([]byte(c.in))
		all := ""
		for _, n := range got.Notes {
			if s := n.String(); !strings.HasPrefix(s, "no findings") && !strings.Contains(s, " skipped") &&
				!strings.Contains(s, " passed or ") {
				all += s + "\n"
			}
		}
		if got.err != nil || got.Findings != c.n || !strings.Contains(all, c.want) || c.want == "" && all != "" {
			t.Errorf("%s: %d findings, %v, notes %q; want %d and %q", c.in, got.Findings, got.err, all, c.n, c.want)
		}
	}
}
