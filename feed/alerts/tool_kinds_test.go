package alerts_test

import (
	"strings"
	"testing"
)

const (
	ocsfVuln = `{"class_uid":2002,"metadata":{"product":{"name":"Inspector"}},"severity":"High","severity_id":4,` +
		`"status":"New","finding_info":{"uid":"f-1","title":"t"},"resources":[{"uid":"i-1"}],"vulnerabilities":[` +
		`{"cve":{"uid":"CVE-2026-1"},"affected_packages":[{"name":"a","version":"1"}]},` +
		`{"cve":{"uid":"CVE-2026-2"},"severity":"Critical","affected_packages":[{"name":"b","version":"2"}]}]}`
	asffVuln = `{"Findings":[{"SchemaVersion":"2018-10-08","Id":"f-1","GeneratorId":"AWSInspector",` +
		`"ProductName":"Inspector","AwsAccountId":"1","Types":["Software and Configuration ` +
		`Checks/Vulnerabilities/CVE"],"Title":"two","Severity":{"Label":"HIGH"},"Resources":[{"Id":"i-1"}],` +
		`"Vulnerabilities":[{"Id":"CVE-2026-1"},{"Id":"CVE-2026-2"}]}]}`
	alertmanagerAPI = `[{"annotations":{},"fingerprint":"aa","receivers":[],"startsAt":"2026-11-01T00:00:00Z",` +
		`"status":{"silencedBy":["s"],"inhibitedBy":[],"state":"suppressed"},"labels":{"alertname":"A"}},` +
		`{"annotations":{},"fingerprint":"ab","receivers":[],"startsAt":"2026-11-01T00:00:00Z",` +
		`"status":{"silencedBy":[],"inhibitedBy":[],"state":"active"},"labels":{"alertname":"B","job":"j"}}]`
	trivyCVE      = `{"VulnerabilityID":"CVE-2026-1","PkgName":"a","InstalledVersion":"1","Severity":"HIGH"}`
	trivyResource = `{"Namespace":"n","Kind":"Pod","Name":"p","Results":[{"Target":"x","Vulnerabilities":[` +
		trivyCVE + `]}]}`
	grypeMatch = `{"vulnerability":{"id":"CVE-2026-1","severity":"High"},"matchDetails":[],` +
		`"artifact":{"name":"a","version":"1"}}`
)

// TestKindsOfTools: findings that a tool lists in another way than usual are neither lost nor
// read as open when the tool left them out, and have the severity that the tool stated.
func TestKindsOfTools(t *testing.T) {
	for name, c := range map[string]struct {
		doc  string
		want caseFile
	}{
		"several vulnerabilities of an OCSF finding": {ocsfVuln, caseFile{findings: 2, groups: 2, kind: "vuln",
			holds: []string{"CVE-2026-1"}}},
		"several vulnerabilities of an ASFF finding": {asffVuln, caseFile{findings: 2, groups: 2, kind: "vuln",
			holds: []string{"CVE-2026-1"}}},
		"Alertmanager's API": {alertmanagerAPI, caseFile{findings: 1, left: 1}},
		"Trivy for Kubernetes, summary": {`{"ClusterName":"c","Findings":[` + trivyResource + `,{"Kind":"Node",` +
			`"Name":"m"}]}`, caseFile{findings: 1, kind: "vuln", holds: []string{"n/Pod/p"}}},
		"Trivy, not affected": {`{"SchemaVersion":2,"ArtifactName":"a","Results":[{"Target":"x","Vulnerabilities":[` +
			trivyCVE[:len(trivyCVE)-1] + `,"Status":"not_affected"}]}]}`, caseFile{left: 1}},
		"Trivy, words for passed and failed": {`{"SchemaVersion":2,"ArtifactName":"a","Results":[{"Target":"x",` +
			`"Misconfigurations":[{"ID":"A1","Severity":"HIGH","Status":"fail"},` +
			`{"ID":"A2","Severity":"HIGH","Status":"pass"},{"ID":"A3","Severity":"HIGH","Status":"FAILURE"},` +
			`{"ID":"A4","Severity":"HIGH","Status":"EXCEPTION"}]}]}`,
			caseFile{findings: 2, groups: 2, passed: 2, left: 2, kind: "misconfig"}},
		"Dependabot without a package": {`[{"number":1,"state":"open","dependency":{"package":null},` +
			`"security_advisory":{"ghsa_id":"GHSA-1","summary":"broken","severity":"low"},` +
			`"html_url":"https://github.com/o/r/security/dependabot/1"}]`,
			caseFile{findings: 1, kind: "vuln", lacks: []string{": broken"}}},
		"Grype, ignored": {`{"matches":[` + grypeMatch + `],"ignoredMatches":[` +
			strings.ReplaceAll(grypeMatch, "2026-1", "2026-2") + `],"descriptor":{"name":"grype"}}`,
			caseFile{findings: 1, left: 1, kind: "vuln", holds: []string{"CVE-2026-1"}}},
		"Checkov, packages": {checkovPackages, caseFile{findings: 2, groups: 2, kind: "vuln",
			holds: []string{"CVE-2026-1"}, first: wantSeverity("high")}},
		"bundler-audit, a source": {`{"version":"1","created_at":"2026-11-01 00:00:00 +0000","results":[` +
			`{"type":"insecure_source","source":"http://gems.example"}]}`,
			caseFile{findings: 1, kind: "misconfig", holds: []string{"http://gems.example"}}},
		"ASFF, the word of the product": {
			strings.Replace(asff(`"RecordState":"ACTIVE"`), `"Label":"HIGH"`, `"Original":"CRITICAL"`, 1),
			caseFile{findings: 1, first: wantSeverity("critical")}},
		"OCSF, only the word": {strings.Replace(ocsf(`"severity":"High"`), `"severity_id":4`, `"severity_id":null`, 1),
			caseFile{findings: 1, first: wantSeverity("high")}},
		"OCSF, another number": {strings.Replace(ocsf(`"severity":"High"`), `"severity_id":4`, `"severity_id":99`, 1),
			caseFile{findings: 1, first: wantSeverity("high")}},
		"TruffleHog, no source": {`{"SourceMetadata":null,"SourceName":"trufflehog - stdin","DetectorName":"Github",` +
			`"Verified":false,"Raw":"made-up-token-1"}`, caseFile{findings: 1, kind: "secret",
			holds: []string{"trufflehog - stdin"}, lacks: []string{"made-up"}}},
	} {
		c.want.compare(t, name, readBytes([]byte(c.doc)))
	}
}

const checkovPackages = `{"check_type":"sca_package","results":{"failed_checks":[{"check_id":"BC_CVE_1",` +
	`"check_result":{"result":"FAILED"},"file_path":"/r.txt","resource":"r.a","severity":"HIGH",` +
	`"vulnerability_details":{"id":"CVE-2026-1","package_name":"a","package_version":"1"}},` +
	`{"check_id":"BC_CVE_1","check_result":{"result":"FAILED"},"file_path":"/r.txt","resource":"r.a",` +
	`"severity":"LOW","vulnerability_details":{"id":"CVE-2026-2","package_name":"a","package_version":"1"}}]},` +
	`"summary":{"failed":2}}`

// TestFirstOfSeveralKeepsItsKey: the first vulnerability of a finding has the key that it had
// when only the first was read.
func TestFirstOfSeveralKeepsItsKey(t *testing.T) {
	for _, c := range [][2]string{
		{ocsfVuln, ocsfVuln[:strings.Index(ocsfVuln, `,{"cve":{"uid":"CVE-2026-2"`)] + `]}`},
		{asffVuln, strings.Replace(asffVuln, `,{"Id":"CVE-2026-2"}`, "", 1)},
	} {
		several, one := readBytes([]byte(c[0])), readBytes([]byte(c[1]))
		if several.err != nil || one.err != nil || len(several.alerts) != 2 || len(one.alerts) != 1 {
			t.Errorf("%.60s: got %d and %d findings (%v, %v), want 2 and 1", c[0], len(several.alerts), len(one.alerts),
				several.err, one.err)
			continue
		}
		if got, want := several.alerts[0].FindingKey, one.alerts[0].FindingKey; got != want {
			t.Errorf("%.60s: got the key %s, want %s", c[0], got, want)
		}
	}
}
