package alerts_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"warroom/feed/alerts"
	"warroom/model"
)

func masked(t *testing.T, b []byte) string {
	t.Helper()
	var out bytes.Buffer
	sum, err := alerts.Copy(context.Background(), bytes.NewReader(b), alerts.Options{Key: key}, &out)
	if err != nil {
		t.Fatalf("copy: %v", err)
	}
	if in := readBytes(b); in.err == nil && in.Sum != sum {
		t.Errorf("the copy is of %s, the reading of %s", sum, in.Sum)
	}
	return out.String()
}

// plainLooking is a secret that does not look like one: in an unknown form, nothing marks
// it as one.
const plainLooking = "fAk3-n0tr3al-9x7q2w8z1c5v6b4m"

// TestCopySamples: the copy of every sample is read like the sample, and has none of the
// values that the samples' tools found.
func TestCopySamples(t *testing.T) {
	var values []string
	note := func(s string) {
		if s = strings.TrimSpace(s); len(s) >= 8 && !strings.Contains(s, "REDACTED") && !strings.Contains(s, "***") {
			values = append(values, s)
		}
	}
	for name := range samples {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatalf("read a file: %v", err)
		}
		_, _ = alerts.Read(context.Background(), bytes.NewReader(b), alerts.Options{Key: key, Hidden: note},
			func(*model.Alert) error { return nil })
	}
	if len(values) < 20 {
		t.Fatalf("the samples have %d secrets only", len(values))
	}
	for name := range samples {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatalf("read a file: %v", err)
		}
		got := masked(t, b)
		for _, v := range values {
			if v == plainLooking && strings.Contains(samples[name].refused, "the format ") {
				continue
			}
			quoted, _ := json.Marshal(v)
			if strings.Contains(got, v) || strings.Contains(got, string(quoted[1:len(quoted)-1])) {
				t.Errorf("%s: the copy has %q", name, v)
			}
		}
		before, is := readBytes(b), readBytes([]byte(got))
		if is.Findings != before.Findings || is.Format != before.Format || (is.err == nil) != (before.err == nil) {
			t.Errorf("%s: %s, %d findings (%v); its copy %s, %d (%v)", name, before.Format, before.Findings, before.err,
				is.Format, is.Findings, is.err)
		}
		if json.Valid(b) && !json.Valid([]byte(got)) {
			t.Errorf("%s: its copy is no JSON", name)
		}
	}
}

func TestCopy(t *testing.T) {
	token := "ghp_" + strings.Repeat("aB3dE6", 6)
	pem := "-----BEGIN " + "RSA PRIVATE KEY-----"
	long := strings.Repeat("x", 2<<20)
	for name, c := range map[string]struct{ in, has, not string }{
		"plain text": {"a line\ntoken: " + token + "\nthe end", "the end", token},
		"a log line with a quote": {in: `level="info" password="` + token + `" said "hi` + "\n{\"a\":1}\n",
			has: `{"a":1}`, not: token},
		"a secret in another record": {in: `[{"RuleID":"r","File":"f","Fingerprint":"x","Secret":"plum pie",` +
			`"Message":"adds plum pie"},{"RuleID":"r","File":"g","Fingerprint":"y","Secret":"",` +
			`"Message":"more plum pie"}]`, has: `"adds <secret `, not: "plum pie"},
		"escaped": {in: `[{"RuleID":"r","File":"f","Fingerprint":"x","Secret":"pl\u0075m \"pie",` +
			`"Message":"\u0070lum \"pie"}]`, has: `"Message":"<secret `, not: `pie`},
		"the file of secretlint": {in: `[{"filePath":"/a","messages":[],"sourceContent":"my own secret"}]`,
			has: "<13 bytes, not kept>", not: "my own"},
		"code in an object": {in: `{"Results":[{"Misconfigurations":[{"Code":{"Lines":[{"Content":"my own secret"}` +
			`]},"Title":"kept"}]}]}`, has: `"kept"`, not: "my own"},
		"a line that is cut": {in: `{"a":"b"}` + "\n" + `{"DetectorName":"x","Raw":"my own sec`,
			has: `{"a":"b"}`, not: "my own"},
		"a text with a line break": {"{\"a\":\"my own\nsecret " + token + "\"}\nnext", "next", "my own"},
		"a private key over lines": {"x\n" + pem + "\nMIIEow" + strings.Repeat("Ab1/", 400) + "\n", "x\n", "MIIEow"},
		"two private keys": {in: pem + "\nMIIEowI\n" + strings.Replace(pem, "BEGIN", "END", 1) +
			"\nbetween\n" + pem + "\nMIIEowB\n", has: "<private key>\nbetween\n<private key>", not: "MIIEow"},
		"a text of 2 MB":            {`{"a":"` + long + `","b":"here"}`, `"here"`, "xxx"},
		"a line of 2 MB":            {"first\n" + long + "\nlast\n", "last", "xxx"},
		"nothing of it":             {"one\ntwo\n", "one\ntwo\n", "<"},
		"brackets that are no JSON": {"[INFO] one\n{not json}\n", "[INFO] one\n{not json}\n", "<"},
		"a name of a member":        {`{"` + token + `":1,"Match":"REDACTED"}`, `"REDACTED"`, token},
		"white space before the JSON": {in: " \n  {\"a\": [1, 2.5e3, null, true], \"ü\": \"\\u00fc\"}\n",
			has: " \n  {\"a\": [1, 2.5e3, null, true], \"ü\": \"\\u00fc\"}\n", not: "<"},
	} {
		got := masked(t, []byte(c.in))
		if !strings.Contains(got, c.has) || strings.Contains(got, c.not) {
			t.Errorf("%s: %.300q", name, got)
		}
	}
}

// TestCopyStream: memory does not grow with the input.
func TestCopyStream(t *testing.T) {
	size := int64(1 << 20)
	if *long {
		size = 500 << 20
	}
	for name := range streams(size) {
		in := &rereadable{name: name, size: size}
		_, _ = in.Seek(0, 0)
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		w := &peak{before: before.HeapAlloc}
		_, err := alerts.Copy(context.Background(), in, alerts.Options{Key: key}, w)
		runtime.ReadMemStats(&after)
		if name == "Gitleaks" || name == "TruffleHog" {
			t.Logf("%s: %v", name, err)
		} else if err != nil || w.n < size/2 {
			t.Errorf("%s: %d bytes, %v", name, w.n, err)
		}
		if w.highest > 40<<20 {
			t.Errorf("%s: %d MB", name, w.highest>>20)
		}
	}
}

// rereadable is a stream that can be read twice.
type rereadable struct {
	*stream
	name string
	size int64
}

func (a *rereadable) Seek(int64, int) (int64, error) {
	a.stream = streams(a.size)[a.name]
	return 0, nil
}

// peak is a writer that records the peak of memory in use.
type peak struct {
	before, highest uint64
	n               int64
	writes          int
}

func (p *peak) Write(b []byte) (int, error) {
	p.n += int64(len(b))
	if p.writes++; p.writes%256 == 0 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		if m.HeapAlloc > p.before {
			p.highest = max(p.highest, m.HeapAlloc-p.before)
		}
	}
	return len(b), nil
}

func FuzzCopy(f *testing.F) {
	f.Add([]byte(`[{"RuleID":"r","File":"f","Fingerprint":"x","Secret":"plum pie","Message":"adds plum pie"}]`))
	f.Add([]byte("a\n{\"a\":\"b\\"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var out bytes.Buffer
		_, err := alerts.Copy(context.Background(), bytes.NewReader(b), alerts.Options{Key: key, Max: 1 << 20}, &out)
		if err == nil && json.Valid(b) && bytes.HasPrefix(b, []byte("{\"")) && !json.Valid(out.Bytes()) {
			t.Errorf("%q became %q", b, out.Bytes())
		}
	})
}

// TestCopyOfEveryForm: in every form, the copy has nothing that the tool marked as a
// secret, and is read like the original, with the same identifiers.
func TestCopyOfEveryForm(t *testing.T) {
	for name := range variants {
		raw, err := os.ReadFile(filepath.Join("testdata/formats", name))
		if err != nil {
			t.Fatalf("read a file: %v", err)
		}
		var out bytes.Buffer
		if _, err := alerts.Copy(context.Background(), bytes.NewReader(raw), alerts.Options{Key: key},
			&out); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, secret := range regexp.MustCompile(
			`made-up-(secret|raw|snippet|extract|offender|string)-[a-z0-9.]+`).FindAllString(out.String(), -1) {
			t.Errorf("%s: got %s in the copy, want it masked", name, secret)
		}
		if before, is := readBytes(raw), readBytes(out.Bytes()); before.Findings != is.Findings {
			t.Errorf("%s: got %d findings in the copy, want %d", name, is.Findings, before.Findings)
		}
	}
}
