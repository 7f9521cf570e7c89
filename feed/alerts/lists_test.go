package alerts_test

import (
	"strings"
	"testing"

	"warroom/model"
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
	{"dependabot-graphql", `{"data":{"repository":{"vulnerabilityAlerts":{"nodes":LIST}}}}`, `[]`},
	{"dependabot-graphql, edges", `{"data":{"repository":{"vulnerabilityAlerts":{"edges":LIST}}}}`, `[]`},
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
			result := `[{"Target":"t","Type":"os","` + list + `":` + no + `}]`
			for _, in := range []string{
				`{"SchemaVersion":2,"ArtifactName":"a","Results":` + result + `}`,
				`{"ClusterName":"c","Resources":[{"Namespace":"n","Kind":"Pod","Name":"p","Results":` + result + `}]}`,
				`{"ClusterName":"c","Resources":[{"Namespace":"n","Kind":"Pod","Name":"p","Results":` + no + `}]}`,
				result,
			} {
				if got := readBytes([]byte(in)); got.err == nil {
					t.Errorf("%s was read as %d findings, want a refusal", in, got.Findings)
				}
			}
		}
	}
}

// TestFindingsThatAreNotRead: records of a list that are not understood are counted, and an
// input that has only such records is refused.
func TestFindingsThatAreNotRead(t *testing.T) {
	const advisory = `{"advisoryId":"PKSA-1","packageName":"nw/a","cve":"CVE-2026-1","affectedVersions":"<1"}`
	for in, want := range map[string]struct {
		findings int
		note     string // "": refused
	}{
		`{"advisories":{"nw/a":[{"cve":"CVE-2026-1"}]},"abandoned":[]}`: {},
		`{"advisories":{"nw/a":"CVE-2026-1"},"abandoned":[]}`:           {},
		`{"advisories":{"nw/a":[` + advisory + `,{"cve":"CVE-2026-2"}]},"abandoned":[]}`: {1,
			"1 line or record that is not a finding was skipped"},
		`{"advisories":{"nw/a":[` + advisory + `],"nw/b":[{"cve":"CVE-2026-2"}]},"abandoned":[]}`: {1,
			"it reports 2 advisories of composer audit but lists 1"},
		`{"data":{"repository":{"vulnerabilityAlerts":{"totalCount":3}}}}`: {},
		`{"data":{"repository":{"vulnerabilityAlerts":{"totalCount":3,"nodes":[{"id":"a","state":"OPEN",` +
			`"securityVulnerability":{"package":{"name":"a"},"severity":"LOW",` +
			`"advisory":{"ghsaId":"GHSA-1"}}}]}}}}`: {1,
			"it reports 3 alerts of Dependabot but lists 1"},
	} {
		got := readBytes([]byte(in))
		switch {
		case want.note == "":
			if got.err == nil {
				t.Errorf("%s: got %d findings, want a refusal", in, got.Findings)
			}
		case got.err != nil || got.Findings != want.findings || !strings.Contains(notesIn(got.Intake), want.note):
			t.Errorf("%s: got %d findings, %v, %q; want %d and the note %q", in, got.Findings, got.err,
				notesIn(got.Intake), want.findings, want.note)
		}
	}
}

// notesIn returns the notes of a reading in one text.
func notesIn(in model.Intake) string {
	return model.JoinSafe(model.Lit("\n"), in.Notes...).String()
}
