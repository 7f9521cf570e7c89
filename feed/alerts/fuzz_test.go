package alerts_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"warroom/model"
)

// fuzz seeds a target with the samples whose path contains one of the words.
func fuzz(f *testing.F, words ...string) {
	files, err := filepath.Glob("testdata/*/*")
	if err != nil {
		f.Fatalf("list files: %v", err)
	}
	for _, path := range files {
		for _, w := range words {
			if !strings.Contains(path, w) || strings.Contains(path, "golden") {
				continue
			}
			b, err := os.ReadFile(path)
			if err != nil {
				f.Fatalf("read a file: %v", err)
			}
			if len(b) < 32<<10 {
				f.Add(b)
			}
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got, second := readBytes(b), readBytes(b)
		if got.Findings != len(got.alerts) || got.Sum != second.Sum || len(got.alerts) != len(second.alerts) {
			t.Fatalf("%d findings, %d alerts, %d again", got.Findings, len(got.alerts), len(second.alerts))
		}
		for i, a := range got.alerts {
			if second.alerts[i].FindingKey != a.FindingKey {
				t.Fatalf("finding %d: got the key %s and then %s, want the same", i, a.FindingKey,
					second.alerts[i].FindingKey)
			}
			if a.FindingKey == "" || a.GroupKey == "" || a.Count < 1 || a.Severity == "" ||
				model.CleanLine(a.Title).String() != a.Title || len(a.Description) > 2000 {
				t.Fatalf("%+v", a)
			}
		}
	})
}

func FuzzSARIF(f *testing.F)    { fuzz(f, ".sarif") }
func FuzzGitleaks(f *testing.F) { fuzz(f, "gitleaks/git-history") }
func FuzzSecretlint(f *testing.F) {
	fuzz(f, "secretlint/json", "secretlint/stylish", "secretlint/empty")
}
func FuzzTruffleHog(f *testing.F)   { fuzz(f, "trufflehog") }
func FuzzTrivy(f *testing.F)        { fuzz(f, "trivy") }
func FuzzDependencies(f *testing.F) { fuzz(f, "deps/") }
func FuzzWatchers(f *testing.F)     { fuzz(f, "alertmanager", "ocsf") }
func FuzzGitHub(f *testing.F)       { fuzz(f, "formats/github", "formats/dependabot") }
func FuzzGitLab(f *testing.F)       { fuzz(f, "formats/gitlab") }
func FuzzKingfisher(f *testing.F)   { fuzz(f, "formats/kingfisher", "formats/betterleaks") }
func FuzzScanners(f *testing.F) {
	fuzz(f, "formats/grype", "formats/semgrep", "formats/bundler", "formats/composer", "formats/cargo")
}
func FuzzCloud(f *testing.F) {
	fuzz(f, "formats/asff", "formats/guardduty", "formats/inspector", "formats/prowler", "formats/ocsf")
}
func FuzzFalco(f *testing.F)   { fuzz(f, "formats/falco") }
func FuzzGeneric(f *testing.F) { fuzz(f, "formats/generic") }
func FuzzPeople(f *testing.F)  { fuzz(f, "generic") }

// FuzzAmazon has its own seeds, because the samples of GuardDuty, Falco and ASFF may not be
// distributed.
func FuzzAmazon(f *testing.F) {
	for _, s := range []string{
		`{"source":"aws.guardduty","detail-type":"GuardDuty Finding","account":"1","detail":{"id":"x",` +
			`"type":"Recon:EC2/Portscan","severity":8.95,"service":{"count":3,"archived":false},` +
			`"resource":{"resourceType":"Instance","instanceDetails":{"instanceId":"i-1"}}}}`,
		`{"Findings":[{"Id":"x","Type":"Recon:EC2/Portscan","Severity":2,"Service":{"Count":1}}]}`,
		`{"Findings":[{"SchemaVersion":"2018-10-08","Id":"a","GeneratorId":"Trivy/CVE-1",` +
			`"Severity":{"Label":"HIGH"},"Resources":[{"Id":"r"}]}]}`,
		`{"rule":"r","priority":"Error","output":"o","hostname":"h","time":"2026-11-21T00:00:00Z",` +
			`"output_fields":{"evt.time":1507591916746609046}}`,
	} {
		f.Add([]byte(s))
	}
	fuzz(f, "no such sample")
}
