package alerts_test

import "testing"

// nodeAudits are audits of one package, by each program that can make one.
var nodeAudits = map[string]string{
	"npm": `{"auditReportVersion":2,"vulnerabilities":{"a":{"name":"a","severity":"high","via":[{"source":1,` +
		`"name":"a","title":"t","url":"https://github.com/advisories/GHSA-aaaa","severity":"high","range":"<2"}]}}}`,
	"pnpm": `{"actions":[],"advisories":{"1":{"id":1,"title":"t","module_name":"a","vulnerable_versions":"<2",` +
		`"severity":"high","url":"https://github.com/advisories/GHSA-aaaa"}},"muted":[],"metadata":{}}`,
	"yarn 1": `{"type":"auditAdvisory","data":{"resolution":{"id":1,"path":"b>a"},"advisory":{"id":1,"title":"t",` +
		`"module_name":"a","vulnerable_versions":"<2","severity":"high",` +
		`"url":"https://github.com/advisories/GHSA-aaaa"}}}` + "\n" +
		`{"type":"auditSummary","data":{"vulnerabilities":{"high":1},"dependencies":9}}`,
	"yarn 4": `{"value":"a","children":{"ID":1,"Issue":"t","URL":"https://github.com/advisories/GHSA-aaaa",` +
		`"Severity":"high","Vulnerable Versions":"<2","Tree Versions":["1"],"Dependents":["x"]}}`,
	"bun": `{"a":[{"id":1,"url":"https://github.com/advisories/GHSA-aaaa","title":"t","severity":"high",` +
		`"vulnerable_versions":"<2"}]}`,
}

// TestNodeAudits: the audits of npm, pnpm, yarn and bun are read, and have the same finding.
func TestNodeAudits(t *testing.T) {
	npm := readBytes([]byte(nodeAudits["npm"]))
	for name, doc := range nodeAudits {
		got := readBytes([]byte(doc))
		if got.err != nil || got.Findings != 1 {
			t.Errorf("%s: got %d findings and %v, want 1", name, got.Findings, got.err)
			continue
		}
		a := got.alerts[0]
		if a.Kind != "vuln" || a.Severity != "high" || a.Rule != "GHSA-aaaa" || a.FindingKey != npm.alerts[0].FindingKey {
			t.Errorf("%s: got %+v, want a vuln GHSA-aaaa, high, with the key that npm's has", name, a)
		}
	}
	clean := readBytes([]byte(`{"type":"auditSummary","data":{"vulnerabilities":{"high":0},"dependencies":9}}`))
	if clean.err != nil || clean.Findings != 0 || clean.Format != "npm-audit" {
		t.Errorf("yarn 1 without findings: got %s, %d findings and %v, want npm-audit and none", clean.Format,
			clean.Findings, clean.err)
	}
	short := readBytes([]byte(`{"type":"auditSummary","data":{"vulnerabilities":{"high":2},"dependencies":9}}`))
	if short.err == nil {
		t.Errorf("yarn 1 with only a summary of 2: got %d findings, want a refusal", short.Findings)
	}
}
