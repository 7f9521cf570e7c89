package alerts_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"warroom/feed/alerts"
	"warroom/model"
)

var long = flag.Bool("long", false, "read streams of 500 MB")

// stream generates a document: a beginning, one part n times, an end.
type stream struct {
	next func(i int) string
	i    int
	left string
	max  int64
	n    int64
	end  string
	over bool
}

func (s *stream) Read(b []byte) (int, error) {
	if s.left == "" {
		switch {
		case s.n < s.max:
			s.left = s.next(s.i)
			s.i++
		case !s.over:
			s.over, s.left = true, s.end
		default:
			return 0, io.EOF
		}
	}
	n := copy(b, s.left)
	s.left = s.left[n:]
	s.n += int64(n)
	return n, nil
}

func streams(size int64) map[string]*stream {
	in := func(first, form, end string) *stream {
		return &stream{max: size, end: end, next: func(i int) string {
			s := fmt.Sprintf(form, i, i%40)
			if i == 0 {
				return first + s
			}
			return "," + s
		}}
	}
	return map[string]*stream{
		"TruffleHog": {max: size, next: trufflehogLine},
		"Gitleaks": in("[",
			`{"RuleID":"r","File":"f%d","Fingerprint":"x","Secret":"s%d","StartLine":4,"Message":"made up"}`, "]"),
		"SARIF": in(`{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"gitleaks"}},"results":[`,
			`{"ruleId":"r","message":{"text":"m"},`+
				`"locations":[{"physicalLocation":{"artifactLocation":{"uri":"f%d"},"region":{"startLine":1,`+
				`"snippet":{"text":"s%d"}}}}]}`, "]}]}"),
		"GitLab": in(`{"version":"15","vulnerabilities":[`,
			`{"id":"%[1]d","category":"sast","name":"n","severity":"High","location":{"file":"f%[1]d",`+
				`"start_line":%[2]d},"identifiers":[{"name":"r","value":"v"}]}`, `],"scan":{"type":"sast"}}`),
		"Grype": in(`{"matches":[`,
			`{"vulnerability":{"id":"CVE-%d","severity":"High"},"artifact":{"name":"p%d","version":"1",`+
				`"locations":[{"path":"/x"}]},"matchDetails":[]}`, `],"source":{},"descriptor":{"name":"grype"}}`),
		"Semgrep": in(`{"results":[`,
			`{"check_id":"r","path":"f%d","start":{"line":%d,"col":1},"extra":{"message":"m","severity":"ERROR"}}`,
			`],"errors":[],"paths":{}}`),
		"ASFF": in(`{"Findings":[`,
			`{"SchemaVersion":"2018-10-08","Id":"a%d","GeneratorId":"g%d","AwsAccountId":"1",`+
				`"Severity":{"Label":"HIGH"},"Title":"t","Resources":[{"Type":"x","Id":"y"}]}`, `]}`),
		"GitHub": in(`[`,
			`{"number":%d,"state":"open","rule":{"id":"r%d","severity":"error"},"tool":{"name":"CodeQL"},`+
				`"html_url":"https://github.com/a/b/security/code-scanning/1",`+
				`"most_recent_instance":{"location":{"path":"x"},"message":{"text":"m"}}}`, `]`),
		"Inspector": in(`{"findings":[`,
			`{"findingArn":"arn:%d","awsAccountId":"1","severity":"HIGH","type":"PACKAGE_VULNERABILITY",`+
				`"title":"t%d","packageVulnerabilityDetails":{"vulnerabilityId":"CVE-1"},"resources":[{"id":"x",`+
				`"type":"y"}]}`, `]}`),
		"GuardDuty": {max: size, next: func(i int) string {
			return fmt.Sprintf(
				`{"id":"%d","type":"Recon:EC2/Portscan","severity":5,"service":{"count":1},"resource":{}}`+"\n", i)
		}},
		"OCSF": {max: size, next: func(i int) string {
			return fmt.Sprintf(
				`{"class_uid":2004,"severity_id":4,"metadata":{"version":"1.5"},"finding_info":{"uid":"%d",`+
					`"title":"t"},"resources":[{"uid":"r"}]}`+"\n", i)
		}},
		"Kingfisher": {max: size, next: func(i int) string {
			return fmt.Sprintf(`{"rule":{"id":"r","name":"n"},"finding":{"snippet":"s-%d-x","path":"f","line":%d}}`+
				"\n", i, i%90)
		}},
		"Falco": {max: size, next: func(i int) string {
			return fmt.Sprintf(
				`{"rule":"r","priority":"Error","output":"o","time":"2026-01-02T03:04:05.%09dZ","output_fields":{}}`+
					"\n", i)
		}},
		"generic": in(`{"warroom":"alerts/1","alerts":[`, `{"title":"t%d","severity":"high","asset":{"id":"a%d"}}`,
			`]}`),
		"artifacts": in(
			`{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}},"artifacts":[{"location":{"uri":"a"}}],`+
				`"results":[`, `{"ruleId":"r","message":{"text":"m%d"},`+
				`"locations":[{"physicalLocation":{"artifactLocation":{"index":0},"region":{"startLine":%d}}}]}`,
			"]}]}"),
		"Trivy": in(`{"SchemaVersion":2,"ArtifactName":"a","Results":[{"Target":"t","Vulnerabilities":[`,
			`{"VulnerabilityID":"CVE-%d","PkgName":"p%d","Severity":"HIGH","References":["https://example.com"]}`,
			"]}]}"),
	}
}

// TestStream: memory does not grow with the input. If it did, a stream of this size would
// take twice what is allowed here.
func TestStream(t *testing.T) {
	size := int64(1 << 20)
	if *long {
		size = 500 << 20
	}
	for name, s := range streams(size) {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		n, peak := 0, uint64(0)
		got, err := alerts.Read(context.Background(), s, alerts.Options{Key: key}, func(*model.Alert) error {
			if n++; n%20_000 == 0 {
				runtime.GC()
				runtime.ReadMemStats(&after)
				peak = max(peak, after.HeapAlloc)
			}
			return nil
		})
		if err != nil || got.Findings != s.i || got.Bytes != s.n {
			t.Errorf("%s: %d findings of %d, %v", name, got.Findings, s.i, err)
		}
		// 100,000 groups and as many findings are distinguished; that is the max, for any
		// length.
		bound := int64(5 << 20)
		if *long {
			bound = 48 << 20
		}
		t.Logf("%s: %d KB are held", name, (int64(peak)-int64(before.HeapAlloc))>>10)
		if held := int64(peak) - int64(before.HeapAlloc); held > bound {
			t.Errorf("%s: %d MB are held after %d MB", name, held>>20, size>>20)
		}
	}
}

// BenchmarkRead compares with the standard library reading the same tokens.
func BenchmarkRead(b *testing.B) {
	files := []string{"gitleaks/git-history.sarif", "gitleaks/git-history.json", "trivy/real-secret-misconfig.json",
		"trufflehog/git.jsonl", "secretlint/json-with-sourceContent.json"}
	for _, name := range files {
		raw := must(os.ReadFile(filepath.Join("testdata", name)))
		b.Run(name+"/read", func(b *testing.B) {
			b.SetBytes(int64(len(raw)))
			for b.Loop() {
				if _, err := alerts.Read(context.Background(), strings.NewReader(string(raw)), alerts.Options{Key: key},
					func(*model.Alert) error { return nil }); err != nil {
					b.Fatalf("read: %v", err)
				}
			}
		})
		b.Run(name+"/tokens", func(b *testing.B) {
			b.SetBytes(int64(len(raw)))
			for b.Loop() {
				d := json.NewDecoder(strings.NewReader(string(raw)))
				for {
					if _, err := d.Token(); err == io.EOF {
						break
					} else if err != nil {
						b.Fatalf("token: %v", err)
					}
				}
			}
		})
	}
}

// repeated returns a file of testdata/formats with its findings repeated, as lines or in
// their list.
func repeated(tb testing.TB, name string) []byte {
	tb.Helper()
	raw := must(os.ReadFile(filepath.Join("testdata/formats", name)))
	if strings.HasSuffix(name, ".jsonl") {
		return bytes.Repeat(raw, 400)
	}
	var doc any
	if err := json.Unmarshal(raw, &doc); err != nil {
		tb.Fatalf("decode JSON: %v", err)
	}
	return must(json.Marshal(longer(doc)))
}

// longer repeats the elements of every list near the top of a document.
func longer(v any) any {
	switch v := v.(type) {
	case []any:
		var out []any
		for range 400 {
			out = append(out, v...)
		}
		return out
	case map[string]any:
		for k := range v {
			if list, ok := v[k].([]any); ok && len(list) > 0 {
				v[k] = longer(list)
			} else if sub, ok := v[k].(map[string]any); ok {
				v[k] = longer(sub)
			}
		}
	}
	return v
}

// BenchmarkForms is the same for forms that are tried last, or are read by the table.
func BenchmarkForms(b *testing.B) {
	for _, name := range []string{"ocsf-1.3-compliance.jsonl", "falco.jsonl", "kingfisher.jsonl", "prowler-2.jsonl",
		"guardduty-malware.jsonl", "generic.jsonl", "grype.json", "semgrep.json",
		"asff-lower-case.json", "github-code-scanning-list.json", "dependabot-graphql.json", "gitlab-sast.json",
		"codeql-sarif.sarif"} {
		raw := repeated(b, name)
		b.Run(name+"/read", func(b *testing.B) {
			b.SetBytes(int64(len(raw)))
			for b.Loop() {
				if _, err := alerts.Read(context.Background(), bytes.NewReader(raw), alerts.Options{Key: key},
					func(*model.Alert) error { return nil }); err != nil {
					b.Fatalf("read: %v", err)
				}
			}
		})
		b.Run(name+"/tokens", func(b *testing.B) {
			b.SetBytes(int64(len(raw)))
			for b.Loop() {
				d := json.NewDecoder(bytes.NewReader(raw))
				for {
					if _, err := d.Token(); err == io.EOF {
						break
					} else if err != nil {
						b.Fatalf("token: %v", err)
					}
				}
			}
		})
	}
}
