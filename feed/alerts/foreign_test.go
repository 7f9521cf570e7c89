package alerts_test

import (
	"strings"
	"testing"
)

// TestOtherTools: the output of a tool whose form is not read is refused by the name of that
// tool, and never by the name of another one.
func TestOtherTools(t *testing.T) {
	many := strings.Repeat(`{"similarityId":"x","type":"sast","severity":"HIGH","data":{"queryId":1}},`, 40)
	for doc, want := range map[string]string{
		`{"results":[{"rule_id":"AVD-1","rule_provider":"aws","severity":"HIGH"}]}`: "tfsec",
		`{"results":[` + strings.TrimSuffix(many, ",") + `],"totalCount":40}`:       "Checkmarx One",
		`{"findings":[{"id":1,"match_based_id":"a",` +
			`"severity":"high"}]}`: "Semgrep's platform",
		`{"scan_info":{"app_path":"."},"warnings":[{"warning_type":"SQL Injection"}]}`:             "Brakeman",
		`{"finding_id":"a","rule_name":"AWS","rule_structural_id":"b","groups":[]}`:                "Nosey Parker",
		`{"errors":[],"njsscan_version":"0.3","nodejs":{},"templates":{}}`:                         "njsscan",
		`{"summary":{"fatal":1,"warn":0},"details":[{"code":"CIS-DI-1"}]}`:                         "Dockle",
		`{"Checks":[],"Reports":[],"Summary":{"KubeLinterVersion":"0.6"}}`:                         "KubeLinter",
		`{"reportGUID":"","clusterAPIServerInfo":null,"resources":[],"results":[]}`:                "Kubescape",
		`{"version":"2","status":"success","errors":"","analysisVulnerabilities":null}`:            "Horusec",
		`[{"Filename":"a.yaml","Id":"x","Level":"Warning","Location":{},"Message":"m","Rule":{}}]`: "cfn-lint",
		`{"high":[{"cwe_ids":["89"],"id":"sql","title":"t"}]}`:                                     "Bearer",
		`{"files_scanned":3,"queries":[],"queries_total":12,"severity_counters":{}}`:               "KICS",
		`{"error":{"code":"ENOAUDIT","summary":"Your registry may not support audits"}}`:           "an error of npm",
		`{"message":"Not Found","documentation_url":"https://docs.example","status":"404"}`:        "GitHub's API",
		`{"results":[{"host":"a.example","status":200}],"commandline":"ffuf"}`:                     `an object with the members "results" and "commandline"`,
	} {
		got := readBytes([]byte(doc))
		if got.err == nil || !strings.Contains(got.err.Error(), want) {
			t.Errorf("%.90s: got %s, %d findings, %v; want a refusal with %q", doc, got.Format, got.Findings, got.err,
				want)
		}
	}
}

// TestGitLabKinds: a vulnerability of a package in GitLab's reports is one, whatever the name
// of the report.
func TestGitLabKinds(t *testing.T) {
	const finding = `{"category":"CATEGORY","name":"n","severity":"High","location":{"image":"a","file":"b"},` +
		`"identifiers":[{"type":"t","name":"NAME","value":"NAME"}]}`
	for _, c := range [][3]string{
		{"container_scanning", "CVE-2031-1", "vuln"},
		{"dependency_scanning", "gemnasium-1", "vuln"},
		{"sast", "CVE-2031-1", "vuln"},
		{"sast", "eslint.detect-eval", "detection"},
		{"dast", "10010", "detection"},
	} {
		doc := `{"vulnerabilities":[` + strings.NewReplacer("CATEGORY", c[0], "NAME", c[1]).Replace(finding) +
			`],"scan":{"type":"` + c[0] + `","status":"success"}}`
		got := readBytes([]byte(doc))
		if got.err != nil || got.Findings != 1 || got.alerts[0].Kind != c[2] {
			t.Errorf("%s %s: got %d findings (%v) %+v, want one of kind %s", c[0], c[1], got.Findings, got.err,
				got.alerts,
				c[2])
		}
	}
}
