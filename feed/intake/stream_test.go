package intake_test

import (
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

	"warroom/feed/intake"
	"warroom/model"
)

var long = flag.Bool("long", false, "read streams of 500 MB")

// stream makes a document without end: a beginning, one part n times, an end.
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
		"Gitleaks":   in("[", `{"RuleID":"r","File":"f%d","Fingerprint":"x","Secret":"s%d","StartLine":4,"Message":"made up"}`, "]"),
		"SARIF":      in(`{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"gitleaks"}},"results":[`, `{"ruleId":"r","message":{"text":"m"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"f%d"},"region":{"startLine":1,"snippet":{"text":"s%d"}}}}]}`, "]}]}"),
		"Trivy":      in(`{"SchemaVersion":2,"ArtifactName":"a","Results":[{"Target":"t","Vulnerabilities":[`, `{"VulnerabilityID":"CVE-%d","PkgName":"p%d","Severity":"HIGH","References":["https://example.com"]}`, "]}]}"),
	}
}

// TestStream: memory does not grow with the input. Where it did, a stream of
// this size would hold twice what is allowed here.
func TestStream(t *testing.T) {
	size := int64(4 << 20)
	if *long {
		size = 500 << 20
	}
	for name, s := range streams(size) {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		n, peak := 0, uint64(0)
		got, err := intake.Read(context.Background(), s, intake.Options{Key: key}, func(*model.Alert) error {
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
		// 100,000 groups are told apart; that is what may be held, however long it is.
		bound := int64(7 << 20)
		if *long {
			bound = 32 << 20
		}
		t.Logf("%s: %d KB are held", name, (int64(peak)-int64(before.HeapAlloc))>>10)
		if held := int64(peak) - int64(before.HeapAlloc); held > bound {
			t.Errorf("%s: %d MB are held after %d MB", name, held>>20, size>>20)
		}
	}
}

// BenchmarkRead is against the standard library going over the same tokens.
func BenchmarkRead(b *testing.B) {
	files := []string{"gitleaks/git-history.sarif", "gitleaks/git-history.json", "trivy/real-secret-misconfig.json", "trufflehog/git.jsonl", "secretlint/json-with-sourceContent.json"}
	for _, name := range files {
		raw := must(os.ReadFile(filepath.Join("testdata", name)))
		b.Run(name+"/read", func(b *testing.B) {
			b.SetBytes(int64(len(raw)))
			for b.Loop() {
				if _, err := intake.Read(context.Background(), strings.NewReader(string(raw)), intake.Options{Key: key}, func(*model.Alert) error { return nil }); err != nil {
					b.Fatal(err)
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
						b.Fatal(err)
					}
				}
			}
		})
	}
}
