package alerts_test

import (
	"strings"
	"testing"
)

// containers are the smallest documents of forms, with LIST for the list that holds the
// findings, and an empty one.
var containers = []struct{ form, text, empty string }{
	{"sarif", `{"version":"2.1.0","runs":LIST}`, `[]`},
	{"sarif, runs", `{"version":"2.1.0","runs":[LIST]}`, `{"tool":{"driver":{"name":"x"}},"results":[]}`},
	{"sarif, results", `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}},"results":LIST}]}`, `[]`},
	{"trivy-json", `{"SchemaVersion":2,"ArtifactName":"a","Results":LIST}`, `[]`},
	{"trivy-json, results", `{"SchemaVersion":2,"ArtifactName":"a","Results":[LIST]}`, `{"Target":"t"}`},
	{"trivy-k8s-json", `{"ClusterName":"c","Resources":LIST}`, `[]`},
	{"trivy-k8s-json, old", `{"ClusterName":"c","Vulnerabilities":LIST}`, `[]`},
	{"trivy-k8s-json, old too", `{"ClusterName":"c","Misconfigurations":LIST}`, `[]`},
	{"grype-json", `{"matches":LIST,"descriptor":{"name":"grype"}}`, `[]`},
	{"semgrep-json", `{"results":LIST,"errors":[]}`, `[]`},
	{"npm-audit", `{"auditReportVersion":2,"vulnerabilities":LIST}`, `{}`},
	{"npm-audit, old", `{"advisories":LIST,"metadata":{}}`, `{}`},
	{"cargo-audit", `{"lockfile":{},"vulnerabilities":{"count":0,"list":LIST}}`, `[]`},
	{"composer-audit", `{"advisories":LIST,"abandoned":[]}`, `[]`},
	{"bundler-audit", `{"results":LIST,"created_at":"2026-11-30","version":"1"}`, `[]`},
	{"checkov", `{"check_type":"terraform","results":LIST}`, `{}`},
	{"checkov, checks", `{"check_type":"terraform","results":{"failed_checks":LIST}}`, `[]`},
	{"gitlab-sast", `{"vulnerabilities":LIST,"remediations":[]}`, `[]`},
	{"gitlab-secret-detection", `{"vulnerabilities":LIST,"scan":{"type":"secret_detection"}}`, `[]`},
	{"kingfisher-json", `{"findings":LIST,"access_map":[]}`, `[]`},
	{"securityhub-eventbridge", `{"source":"aws.securityhub","detail":{"findings":LIST}}`, `[]`},
	{"alertmanager", `{"alerts":LIST,"version":"4","groupKey":"g"}`, `[]`},
	{"secretlint-json", `[{"filePath":"a","messages":LIST}]`, `[]`},
	{"generic", `{"warroom":"alerts/1","alerts":LIST}`, `[]`},
	{"warroom-json", `{"alerts":LIST,"format":"x","findings":0}`, `[]`},
}

// TestListsThatAreNoLists: what is not a list where the findings belong is refused in one
// sentence, and never counts as no findings.
func TestListsThatAreNoLists(t *testing.T) {
	for _, c := range containers {
		form, _, _ := strings.Cut(c.form, ",")
		got := readBytes([]byte(strings.ReplaceAll(c.text, "LIST", c.empty)))
		if got.err != nil || got.Findings != 0 || form != "sarif" && got.Format != form {
			t.Errorf("%s with an empty list: %s, %d findings, %v; want no findings", c.form, got.Format, got.Findings,
				got.err)
		}
		for _, no := range []string{`42`, `null`, `"x"`, `true`} {
			in := strings.ReplaceAll(c.text, "LIST", no)
			got := readBytes([]byte(in))
			if got.err == nil || strings.ContainsAny(got.err.Error(), "\n\x00") {
				t.Errorf("%s: %s was read as %s with %d findings, %v; want a refusal", c.form, in, got.Format,
					got.Findings, got.err)
			}
		}
	}
	for _, list := range []string{"Vulnerabilities", "Secrets", "Misconfigurations"} {
		for _, no := range []string{`42`, `"x"`, `{}`} {
			in := `{"SchemaVersion":2,"ArtifactName":"a","Results":[{"Target":"t","` + list + `":` + no + `}]}`
			if got := readBytes([]byte(in)); got.err == nil {
				t.Errorf("%s was read as %d findings, want a refusal", in, got.Findings)
			}
		}
	}
}
