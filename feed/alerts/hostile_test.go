package alerts_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"

	"warroom/feed/alerts"
	"warroom/model"
)

func trufflehogLine(i int) string {
	return fmt.Sprintf(
		`{"SourceMetadata":{"Data":{"Git":{"commit":"c%d","file":"f%d.env",`+
			`"repository":"https://git.example.com/a.git","line":%d}}},"DetectorName":"AWS","Verified":false,`+
			`"Raw":"fake-%d"}`+"\n", i, i%50, i%9, i%97)
}

// TestCodings: a document is read in every encoding that a tool or a shell may use.
func TestCodings(t *testing.T) {
	plain, err := os.ReadFile("testdata/gitleaks/git-history.json")
	if err != nil {
		t.Fatalf("read a file: %v", err)
	}
	units := utf16.Encode([]rune(string(plain)))
	var le, be, packed bytes.Buffer
	for _, u := range units {
		le.Write([]byte{byte(u), byte(u >> 8)})
		be.Write([]byte{byte(u >> 8), byte(u)})
	}
	z := gzip.NewWriter(&packed)
	if _, err := z.Write(append([]byte{0xFF, 0xFE}, le.Bytes()...)); err != nil {
		t.Fatalf("write: %v", err)
	}
	if err := z.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	want := readBytes(plain)
	for name, b := range map[string][]byte{
		"UTF-8 with a mark":    append([]byte("\xEF\xBB\xBF"), plain...),
		"UTF-16LE":             le.Bytes(),
		"UTF-16LE with a mark": append([]byte{0xFF, 0xFE}, le.Bytes()...),
		"UTF-16BE":             be.Bytes(),
		"UTF-16BE with a mark": append([]byte{0xFE, 0xFF}, be.Bytes()...),
		"gzip of UTF-16":       packed.Bytes(),
		"line ends of Windows, blank ends": append(bytes.ReplaceAll(plain, []byte("\n"), []byte("\r\n")),
			"\r\n\r\n  "...),
	} {
		if got := readBytes(b); got.err != nil || got.Findings != want.Findings ||
			fmt.Sprint(got.alerts) != fmt.Sprint(want.alerts) {
			t.Errorf("%s: %d findings, %v", name, got.Findings, got.err)
		}
	}
	if got := readBytes(packed.Bytes()[:packed.Len()/2]); got.err == nil {
		t.Error("half of a gzip was accepted")
	}
}

// TestLogLines: a tool may log before, between and after its findings.
func TestLogLines(t *testing.T) {
	log := "🐷🔑🐷 TruffleHog. Unearth your secrets.\n[INFO] 3 chunks {x} [y]\n2026-11-21T17:00:00Z\tINFO\t{\"a\": 1}\n"
	got := readBytes([]byte(log + trufflehogLine(1) + `{"level":"info-0","msg":"running source"}` + "\n" +
		log + trufflehogLine(2) + "{\"SourceMetadata\": oops}\n" + trufflehogLine(3) + "done\n" + `{"SourceMeta`))
	if got.err != nil || got.Findings != 3 || got.Skipped != 3+1+3+1+1+1 {
		t.Errorf("%d findings, %d skipped: %v", got.Findings, got.Skipped, got.err)
	}
	sarif, err := os.ReadFile("testdata/trufflehog/git.sarif")
	if err != nil {
		t.Fatalf("read a file: %v", err)
	}
	if got := readBytes(append([]byte(log), sarif...)); got.err != nil || got.Findings != 3 || got.Skipped != 3 {
		t.Errorf("log lines before SARIF: %d findings, %d skipped: %v", got.Findings, got.Skipped, got.err)
	}
}

// TestBuildLog: secretlint's findings are read from the log of a build, with colors and a
// time before each line.
func TestBuildLog(t *testing.T) {
	plain := string(must(os.ReadFile("testdata/secretlint/stylish.txt")))
	var log strings.Builder
	log.WriteString("2026-11-21T17:00:00Z $ npx secretlint\n")
	for line := range strings.Lines(plain) {
		log.WriteString("2026-11-21T17:00:00.1234567Z \x1b[31m" + strings.TrimRight(line, "\n") + "\x1b[0m\n")
	}
	want, got := readBytes([]byte(plain)), readBytes([]byte(log.String()))
	if got.err != nil || fmt.Sprint(got.alerts) != fmt.Sprint(want.alerts) {
		t.Errorf("%v\n got %v\nwant %v", got.err, got.alerts, want.alerts)
	}
}

// TestLooksLikeSecret: secrets that no record marks as such are masked.
func TestLooksLikeSecret(t *testing.T) {
	for in, want := range map[string]string{
		"key AKIAFAKENOTREALKEY7Q is out":                    "key AKIAFAKENOTREALKEY7Q is out",
		"TOKEN=ghp_FAKEnotREAL0FAKEnotREAL1FAKEnotREAL2":     "TOKEN=<secret>",
		"see https://bo:hunter2@git.example.com/x?y=1":       "see https://<login>@git.example.com/x?y=1",
		"-----BEGIN RSA PRIVATE KEY-----\nAAAA":              "<private key>",
		"at commit 53de6aaa9b042437952a518b62420a2cd173f7b0": "at commit 53de6aaa9b042437952a518b62420a2cd173f7b0",
		"arn:aws:iam::123456789012:role/Deploy-And-Run-2":    "arn:aws:iam::123456789012:role/Deploy-And-Run-2",
		"GHSA-35jh-r3h4-6jhm in made-up-wrapper-for-tests":   "GHSA-35jh-r3h4-6jhm in made-up-wrapper-for-tests",
		"i-0123456789abcdef0 and vpc-0a1b2c3d4e5f67890":      "i-0123456789abcdef0 and vpc-0a1b2c3d4e5f67890",
		"PrivilegeEscalation:IAMUser/AdministrativePermissions": "PrivilegeEscalation:IAMUser/AdministrativePer" +
			"missions",
	} {
		got := readBytes(must(json.Marshal(map[string]string{"vendor": "v", "title": in})))
		if got.err != nil || len(got.alerts) != 1 {
			t.Fatal(got.err)
		}
		if s := marks.ReplaceAllString(got.alerts[0].Title, "<secret>"); s != want {
			t.Errorf("%q became %q, want %q", in, s, want)
		}
	}
}

var marks = regexp.MustCompile(`<secret [0-9a-f]{16}>`)

// TestEveryCut: a document that is truncated anywhere is refused or yields nothing at all;
// half a report is never accepted as a whole one. With -long every offset is tried, else
// every seventh and all near the end.
func TestEveryCut(t *testing.T) {
	for _, name := range []string{"gitleaks/git-history.json", "trufflehog/git.sarif",
		"alertmanager/real-firing-2.json", "secretlint/json-with-sourceContent.json", "deps/npm-audit.json",
		"deps/checkov.json", "generic/vendor-report.json"} {
		whole, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatalf("read a file: %v", err)
		}
		whole = bytes.TrimSpace(whole)
		for i := 1; i < len(whole); i++ {
			if !*long && i%7 != 0 && i < len(whole)-40 {
				continue
			}
			if got := readBytes(whole[:i]); got.err == nil {
				t.Fatalf("%s cut at %d was taken with %d findings", name, i, got.Findings)
			}
		}
	}
}

// TestBounds: what is too deep, too long or too large is refused with an explanation, or
// truncated.
func TestBounds(t *testing.T) {
	deep := bytes.Repeat([]byte("["), 32<<20)
	for name, b := range map[string][]byte{
		"32 MB of arrays":                deep,
		"32 MB of objects":               bytes.Repeat([]byte(`{"a":`), 6<<20),
		"nesting in a finding":           append([]byte(`{"runs":[{"tool":{},"results":[`), deep[:1<<20]...),
		"nesting in what is passed over": append([]byte(`{"sourceContent":`), deep[:1<<20]...),
		"one record of two million values": append(append([]byte(`{"x":[`), bytes.Repeat([]byte("1,"), 2<<20)...),
			"1]}"...),
		"results before a tool, without end": append([]byte(`{"runs":[{"results":[`),
			bytes.Repeat([]byte(`{"ruleId":"a"},`), 1<<20)...),
	} {
		if got := readBytes(b); got.err == nil || got.Findings > 0 {
			t.Errorf("%s: %d findings, %v", name, got.Findings, got.err)
		}
	}
	long := strings.Repeat("x", 3<<20)
	got := readBytes([]byte(`{"title":"` + long + `","vendor":"` + long + `","description":"` + long + `"}`))
	if got.err != nil || got.Findings != 1 || len(got.alerts[0].Title) > 300 || len(got.alerts[0].Description) > 2000 {
		t.Errorf("long texts: %v %v", got.Intake, got.err)
	}
	_, err := alerts.Read(context.Background(), strings.NewReader(long), alerts.Options{Max: 1 << 20},
		func(*model.Alert) error { return nil })
	if model.CodeOf(err) != model.Invalid || !strings.Contains(err.Error(), "1 MB") {
		t.Errorf("too large: %v", err)
	}
}

// TestEnds: errors of the caller, of the context and of the reader are returned unchanged.
func TestEnds(t *testing.T) {
	full := errors.New("full")
	if _, err := alerts.Read(context.Background(), strings.NewReader(trufflehogLine(1)), alerts.Options{},
		func(*model.Alert) error { return full }); err == nil {
		t.Error("the caller's error was lost")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := alerts.Read(ctx, strings.NewReader(trufflehogLine(1)), alerts.Options{}, nil); !errors.Is(err,
		context.Canceled) {
		t.Errorf("read: %v", err)
	}
	for _, begun := range []string{"", trufflehogLine(1), "{", "text\n", "From: a\nSubject: b\n\ntext\n",
		`[{"RuleID":"a"`} {
		broken := io.MultiReader(strings.NewReader(begun), brokenReader{})
		if _, err := alerts.Read(context.Background(), broken, alerts.Options{},
			func(*model.Alert) error { return nil }); err == nil || !strings.Contains(err.Error(), "disk is gone") {
			t.Errorf("a broken reader after %q: %v", begun, err)
		}
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errors.New("the disk is gone") }

// TestHostileText: every text of every form is replaced by hostile text, which never
// reaches an alert unchanged.
func TestHostileText(t *testing.T) {
	const worst = "\x1b]0;PWNED\x07[red]\u202eevil\u0000\u200b\x9b31m\r\n\xff"
	for name, s := range samples {
		if s.findings == 0 || s.findings > 100 {
			continue
		}
		b, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatalf("read a file: %v", err)
		}
		var doc any
		if json.Unmarshal(b, &doc) != nil {
			continue
		}
		raw, err := json.Marshal(poison(doc, worst))
		if err != nil {
			t.Fatalf("encode JSON: %v", err)
		}
		got := readBytes(raw)
		out, err := json.Marshal(got.alerts)
		if err != nil {
			t.Fatalf("encode JSON: %v", err)
		}
		var back []model.Alert
		if err := json.Unmarshal(out, &back); err != nil {
			t.Fatalf("decode JSON: %v", err)
		}
		for _, a := range back {
			for _, f := range []string{a.Source, a.SourceVersion, a.Rule, a.Title, a.Description, a.SeverityRaw,
				a.Asset.Type, a.Asset.ID, a.Location.URI, a.Location.Commit, a.Link} {
				if strings.ContainsAny(f, "\x1b\u202e\x00\u200b\r\n") || model.CleanLine(f).String() != f {
					t.Errorf("%s: %q", name, f)
				}
			}
		}
	}
}

// poison prepends a text to every text of a document.
func poison(v any, with string) any {
	switch v := v.(type) {
	case string:
		return v + with
	case []any:
		for i := range v {
			v[i] = poison(v[i], with)
		}
	case map[string]any:
		for k := range v {
			if k != "version" && k != "source" && k != "SchemaVersion" {
				v[k] = poison(v[k], with)
			}
		}
	}
	return v
}

// TestSARIF covers special cases of SARIF of any tool.
func TestSARIF(t *testing.T) {
	const doc = `{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","runs":[{"results":[
		{"ruleIndex":1,"message":{"id":"m","arguments":["x"]},` +
		`"locations":[{"physicalLocation":{"artifactLocation":{"uri":"a%20b.go"},"region":{"startLine":7}}}]},
		{"ruleId":"R1","level":"note","message":{"text":"a note"}},
		{"ruleId":"R1","message":{"text":"no level"}},
		{"ruleId":"R1","kind":"pass","message":{"text":"passed"}},
		{"ruleId":"R1","suppressions":[{"kind":"inSource"}],"message":{"text":"suppressed"}},
		{"ruleId":"R1","suppressions":[{"kind":"external","status":"rejected"}],"message":{"text":"not suppressed"}},
		{"ruleId":"R1","baselineState":"absent","message":{"text":"gone"}}],
		"tool":{"driver":{"name":"Semgrep OSS","rules":[{"id":"R1","defaultConfiguration":{"level":"error"}},
		{"id":"R2","properties":{"security-severity":"9.1"},"messageStrings":{"m":{"text":"found {0}"}}}]}}},
		{"tool":{"driver":{"name":"other"}},"results":[{"ruleId":"O","message":{"text":"no rule"}}]},` +
		`{"tool":{"driver":{"name":"third"}},"results":null}],"version":"2.1.0"}`
	got := readBytes([]byte(doc))
	if got.err != nil || got.Format != "semgrep-oss-sarif" || got.Findings != 5 || got.Suppressed != 3 {
		t.Fatalf("%+v %v", got.Intake, got.err)
	}
	a := got.alerts
	if a[0].Rule != "R2" || a[0].Severity != "critical" || a[0].Description != "found x" ||
		a[0].Location.URI != "a b.go" || a[0].Location.Line != 7 {
		t.Errorf("%+v", a[0])
	}
	for i, want := range []string{"critical", "info", "high", "high", "medium"} {
		if i != 1 && a[i].Severity != want || i == 1 && a[i].Severity != "low" {
			t.Errorf("%d: %s", i, a[i].Severity)
		}
	}
	if a[4].Source != "other" {
		t.Errorf("%+v", a[4])
	}
}

// TestSameFinding checks which findings are the same.
func TestSameFinding(t *testing.T) {
	j, s := readFile(t, "testdata/gitleaks/git-history.json"), readFile(t, "testdata/gitleaks/git-history.sarif")
	keys := map[string]bool{}
	for _, a := range j.alerts {
		keys[a.FindingKey] = true
	}
	for _, a := range s.alerts {
		if !keys[a.FindingKey] {
			t.Errorf("%s of SARIF is another finding than in JSON", a.Location.URI)
		}
	}
	if len(keys) != 8 {
		t.Errorf("8 findings have %d keys", len(keys))
	}
	other := reading{}
	_, other.err = alerts.Read(context.Background(),
		bytes.NewReader(must(os.ReadFile("testdata/gitleaks/git-history.json"))),
		alerts.Options{Key: model.NewSecret([]byte("another")), Source: "ci"}, func(a *model.Alert) error {
			other.alerts = append(other.alerts, *a)
			return nil
		})
	if other.alerts[0].Secret == j.alerts[0].Secret || other.alerts[0].Source != "ci" {
		t.Error("the mark of a secret does not depend on the installation's key, or the source's name is lost")
	}
}

func must(b []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return b
}
