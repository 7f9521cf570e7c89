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
