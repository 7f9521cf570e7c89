package alerts_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"

	"warroom/feed/alerts"
	"warroom/model"
)

// maxPeak is the max memory for one input, above that of an idle process.
const maxPeak = 64 << 20

// bomb is an input that is generated while it is read.
type bomb func() io.Reader

// repeat returns a beginning, parts up to a size, and an end.
func repeat(first string, size int64, end string, part func(i int) string) bomb {
	return func() io.Reader {
		return &stream{max: size, end: end, next: func(i int) string {
			if i == 0 {
				return first + part(i)
			}
			return part(i)
		}}
	}
}

// packed compresses an input with gzip while it is read.
func packed(b bomb) bomb {
	return func() io.Reader {
		r, w := io.Pipe()
		go func() {
			z, err := gzip.NewWriterLevel(w, gzip.BestSpeed)
			if err == nil {
				_, err = io.Copy(z, b())
			}
			if err == nil {
				err = z.Close()
			}
			w.CloseWithError(err)
		}()
		return r
	}
}

func text(s string) bomb { return func() io.Reader { return strings.NewReader(s) } }

// sarif returns a run with one rule's text and one result's arguments.
func sarif(message string, arguments ...string) bomb {
	raw, _ := json.Marshal(arguments)
	return text(
		`{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"t","rules":[{"id":"r","messageStrings":{"m":{"text":"` +
			message + `"}}}]}},"results":[` +
			strings.Repeat(`{"ruleId":"r","message":{"id":"m","arguments":`+string(raw)+`}},`, 20) +
			`{"ruleId":"r","message":{"text":"end"}}]}]}`)
}

var x64k = strings.Repeat("x", 64<<10)

// comma returns a function for the elements of a list, in which # is the number.
func comma(form string) func(int) string {
	return func(i int) string {
		s := strings.ReplaceAll(form, "#", strconv.Itoa(i))
		if i == 0 {
			return s
		}
		return "," + s
	}
}

// hog returns a finding of TruffleHog with texts of max length.
func hog(i int) string {
	return fmt.Sprintf(
		`{"SourceMetadata":{"Data":{"Git":{"commit":"%s","file":"%s%d","repository":"%s%d"}}},"DetectorName":"%s%d",`+
			`"DetectorDescription":"%s","Raw":"k%d"}`+"\n",
		x64k[:200], x64k[:495], i, x64k[:490], i, x64k[:190], i, strings.Repeat("<", 300), i)
}

// bombs are small or endless inputs that could take much memory, by name.
func bombs() map[string]bomb {
	small, large, huge := int64(8<<20), int64(32<<20), int64(40<<20)
	if *long {
		small, large, huge = 10*small, 10*large, 10*huge
	}
	out := map[string]bomb{
		"sarif: a template that repeats its argument": sarif(strings.Repeat("{0}", 20_000), x64k),
		"sarif: a template in its own argument": sarif("{0}{0}", "{1}{1}{1}{1}{1}{1}{1}{1}{1}{1}",
			"{2}{2}{2}{2}{2}{2}{2}{2}{2}{2}", "{3}{3}{3}{3}{3}{3}{3}{3}{3}{3}", "{4}{4}{4}{4}{4}{4}{4}{4}",
			"{5}{5}{5}{5}{5}{5}{5}{5}", "{6}{6}{6}{6}{6}{6}", "{0}{0}{0}", x64k),
		"sarif: a million arguments": sarif("{0}{999999}{1e9}{-1}",
			strings.Split(strings.Repeat("a,", 40_000), ",")...),
		"sarif: results before their tool": repeat(`{"version":"2.1.0","runs":[{"results":[`, large,
			`],"tool":{"driver":{"name":"t"}}}]}`, comma(`{"ruleId":"r#","message":{"text":"`+x64k[:200]+`"}}`)),
		"sarif: small results before their tool": repeat(`{"version":"2.1.0","runs":[{"results":[`, large,
			`],"tool":{"driver":{"name":"t"}}}]}`, comma(`{"a":1}`)),
		"sarif: rules without end": repeat(
			`{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"t","rules":[`, 7<<20,
			`]}},"results":[{"ruleId":"r1","message":{"text":"a"}}]}]}`, comma(`{"id":"r#"}`)),
		"sarif: large rules": repeat(
			`{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"t","rules":[`, 7<<20,
			`]}},"results":[{"ruleId":"r1","message":{"text":"a"}}]}]}`,
			comma(`{"id":"r#","shortDescription":{"text":"`+x64k+`"},"fullDescription":{"text":"`+x64k+`"}}`)),
		"sarif: fingerprints without end": repeat(
			`{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"t"}},"results":[{"ruleId":"a","fingerprints":{`,
			7<<20, `}}]}]}`, comma(`"k#":"v"`)),
		"sarif: findings of many groups": repeat(
			`{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"t"}},"results":[`, huge, `]}]}`,
			comma(`{"ruleId":"r#`+x64k[:190]+`","message":{"text":"`+strings.Repeat("<", 2000)+
				`"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"`+x64k[:490]+`#"}}}]}`)),
		"trufflehog: findings of many groups": repeat("", huge, "", hog),
		"trufflehog: a secret that is in its own mark": text(
			`{"SourceMetadata":{"Data":{"Git":{"file":"f"}}},"DetectorName":"a","DetectorDescription":"` +
				strings.Repeat("secr", 600) + `","Raw":"x","SecretParts":{"a":"secr"` +
				strings.Repeat(`,"b":"secr","c":"<sec","d":"ret "`, 20_000) + `}}`),
		"alertmanager: labels without end": repeat(
			`{"version":"4","groupKey":"g","receiver":"r","alerts":[{"status":"firing","labels":{"alertname":"a"`,
			7<<20, `}}]}`, func(i int) string { return fmt.Sprintf(`,"k%d":"v"`, i) }),
		"json: a record of large texts": repeat(`{"title":"a","vendor":"v","x":[`, large, `]}`, comma(`"`+x64k+`"`)),
		"json: a record of many values": repeat(`{"title":"a","vendor":"v","x":[`, large, `]}`, comma(`1`)),
		"json: a record of many names": repeat(`{"title":"a","vendor":"v"`, large, `}`,
			func(i int) string { return fmt.Sprintf(`,"%d":1`, i) }),
		"json: a record of large names": repeat(`{"title":"a","vendor":"v"`, large, `}`,
			func(i int) string { return fmt.Sprintf(`,"%s%d":1`, x64k, i) }),
		"json: one text without end": repeat(`{"title":"`, huge, `","vendor":"v"}`,
			func(int) string { return x64k }),
		"json: one number without end": repeat(`{"title":"a","vendor":"v","n":1`, huge, `}`,
			func(int) string { return strings.Repeat("0", 4096) }),
		"json: huge numbers": repeat(`{"title":"a","vendor":"v","n":[`, 7<<20, `]}`,
			comma(`1e999999999,-1E+999999999,1e-999999999`)),
		"json: nested without end": repeat(`[`, huge, ``,
			func(int) string { return strings.Repeat("[", 4096) }),
		"json: nested objects without end": repeat(`[`, huge, ``,
			func(int) string { return strings.Repeat(`{"a":`, 1024) }),
		"json: white space without end": repeat(`{"title":"a",`, huge, `"vendor":"v"}`,
			func(int) string { return strings.Repeat(" ", 4096) }),
		"json: references to themselves": text(`{"$ref":"#","title":"a","vendor":{"$ref":"#/vendor"},"description":"` +
			strings.Repeat("${description}%s&lol;", 2000) + `"}`),
		"jsonl: lines without end": repeat("", small, "",
			func(i int) string { return fmt.Sprintf(`{"title":"a%d","vendor":"v"}`+"\n", i) }),
	}
	maps.Copy(out, otherBombs(small, large, huge))
	for _, name := range []string{"json: white space without end", "trufflehog: findings of many groups",
		"sarif: results before their tool"} {
		out["gzip of "+name] = packed(out[name])
	}
	return out
}

// otherBombs are those of text, and of single formats.
func otherBombs(small, large, huge int64) map[string]bomb {
	return map[string]bomb{
		"text: one line without end": repeat("From: a\nSubject: b\n\n", huge, "",
			func(int) string { return x64k }),
		"text: lines without end": repeat("hello\n", small, "", func(int) string { return "hello world\n" }),
		"mail: heads without end": repeat("From: a\nSubject: b\n", 4<<20, "\n\ntext",
			func(i int) string { return fmt.Sprintf("X%d:\n", i) }),
		"mail: one head without end": repeat("From: a\nSubject: ", 4<<20, "\n\ntext",
			func(i int) string { return "=?utf-8?q?a?= " }),
		"mail: a folded head without end": repeat("From: a\nSubject: a\n", 4<<20, "\n\ntext",
			func(i int) string { return " a\n" }),
		"mail: parts in parts": text("From: a\nSubject: b\nContent-Type: multipart/mixed; boundary=a\n\n" +
			strings.Repeat("--a\nContent-Type: multipart/mixed; boundary=a\n\n", 15_000)),
		"mail: base64 without end": repeat("From: a\nSubject: b\nContent-Transfer-Encoding: base64\n\n", 4<<20, "",
			func(i int) string { return "QUFB" }),
		"mail: tags without end": repeat("From: a\nSubject: b\nContent-Type: text/html\n\n", 4<<20, "",
			func(i int) string { return "<a " }),
		"form: fields without end": repeat("title: a\nvendor: b\n", 4<<20, "",
			func(i int) string { return fmt.Sprintf("description: %d\nx%d: y\n", i, i) }),
		"stylish: findings without end": repeat("/a/b.txt\n", small, "", func(i int) string {
			return fmt.Sprintf("  %d:1  error  %s%d  @secretlint/secretlint-rule-a\n", i, x64k[:200], i)
		}),
		"UTF-16 without end": repeat("\xff\xfe", huge, "",
			func(i int) string { return strings.Repeat("\x00\xd8", 2048) }),
		"secretlint: messages without end": repeat(`[{"filePath":"f","messages":[`, large, `]}]`,
			comma(`{"ruleId":"r#","message":"`+x64k[:300]+`","data":{"a":"v#"}}`)),
		"trivy: findings of many groups": repeat(
			`{"SchemaVersion":2,"ArtifactName":"a","Results":[{"Target":"t","Vulnerabilities":[`, huge, `]}]}`,
			comma(`{"VulnerabilityID":"CVE-#","PkgName":"`+x64k[:400]+`#","Title":"`+x64k[:300]+`","Description":"`+
				strings.Repeat("<", 2000)+`","PrimaryURL":"`+x64k[:500]+`","Severity":"HIGH"}`)),
		"npm audit: advisories without end": repeat(`{"auditReportVersion":2,"vulnerabilities":{"a":{"name":"`+x64k+
			`","via":[`, 7<<20, `]}}}`, comma(`{"url":"https://example.com/#","title":"t"}`)),
		"checkov: findings of many groups": repeat(`{"check_type":"a","results":{"failed_checks":[`, huge, `]}}`,
			comma(`{"check_id":"C#`+x64k[:190]+`","check_name":"`+x64k[:300]+`","resource":"`+x64k[:490]+
				`#","file_path":"`+x64k[:490]+`#","guideline":"`+x64k[:490]+`"}`)),
		"one group of many rules": repeat("", small, "", func(i int) string {
			return fmt.Sprintf(`{"SourceMetadata":{"Data":{"Git":{"file":"f"}}},"DetectorName":"%s%d","Raw":"k%d"}`+
				"\n", x64k[:190], i, i%2000)
		}),
		"asff: resources without end": repeat(
			`{"Findings":[{"SchemaVersion":"2018-10-08","Id":"a","GeneratorId":"g","Title":"t","Resources":[`, large,
			`]}]}`, comma(`{"Type":"t","Id":"i#"}`)),
		"guardduty: a finding of large texts": repeat(
			`{"Findings":[{"type":"Recon:EC2/Portscan","id":"a","service":{"x":[`, large, `]}}]}`, comma(`"`+x64k+`"`)),
		"ocsf: resources without end": repeat(
			`{"class_uid":2004,"finding_info":{"uid":"a","title":"t"},"resources":[`, large, `]}`,
			comma(`{"type":"t","uid":"i#"}`)),
		"dependabot: alerts of large texts": repeat(`[`, huge, `]`,
			comma(`{"number":#,"security_advisory":{"summary":"`+x64k[:300]+`","description":"`+x64k+
				`","cve_id":"CVE-#"},"dependency":{"package":{"name":"p#"}}}`)),
		"falco: events without end": repeat("", huge, "", func(i int) string {
			return fmt.Sprintf(
				`{"rule":"%s%d","priority":"Critical","output":"%s","output_fields":{"a":1},"hostname":"%s"}`+"\n",
				x64k[:190], i, strings.Repeat("<", 2000), x64k[:490])
		}),
		"gitleaks: findings of many groups": repeat(`[`, huge, `]`,
			comma(`{"RuleID":"r#","Fingerprint":"f","Secret":"`+x64k[:100]+`#","Match":"`+x64k+`","Description":"`+
				x64k[:300]+`","File":"`+x64k[:490]+`#"}`)),
		"warroom's own: findings of many groups": repeat(`{"format":"a","findings":1,"alerts":[`, huge, `]}`,
			comma(`{"finding_key":"#","group_key":"#","kind":"report","severity":"high","rule":"#`+x64k[:190]+
				`","title":"`+x64k[:300]+`","description":"`+strings.Repeat("<", 2000)+`","location":{"uri":"`+
				x64k[:490]+`"}}`)),
		"copy: secrets without end": repeat("", large, "", func(i int) string {
			return trufflehogLine(
				0)[:1] + fmt.Sprintf(`"SourceMetadata":{"Data":{"Git":{"file":"f"}}},"DetectorName":"a","Raw":"%s%d"}`+
				"\n", x64k[:2000], i)
		}),
	}
}

// TestPeakChild is the process that TestPeak measures.
func TestPeakChild(t *testing.T) {
	name := os.Getenv("WARROOM_BOMB")
	if name == "" {
		return
	}
	debug.FreeOSMemory()
	idle := memory(t, "VmRSS")
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil { // otherwise the peak before counts
		t.Log(err)
	}
	var in model.Intake
	var err error
	if strings.HasPrefix(name, "copy") {
		in.Findings, err = copied(t, bombs()[name]())
	} else {
		in, err = grouped(t, bombs()[name]())
	}
	peak := memory(t, "VmHWM")
	fmt.Printf("\npeak %d findings %d error %v\n", peak-idle, in.Findings, err)
}

// grouped reads as ingest and the ports do.
func grouped(t *testing.T, r io.Reader) (model.Intake, error) {
	var groups model.AlertGroups
	in, err := alerts.Read(context.Background(), r, alerts.Options{Key: key}, func(a *model.Alert) error {
		groups.Add(a)
		return nil
	})
	if err == nil {
		if _, err := json.Marshal(firsts(&groups)); err != nil {
			t.Errorf("encode JSON: %v", err)
		}
	}
	return in, err
}

// copied writes the masked copy of an input.
func copied(t *testing.T, r io.Reader) (int, error) {
	f, err := os.Create(filepath.Join(t.TempDir(), "bomb"))
	if err != nil {
		t.Fatalf("make a file: %v", err)
	}
	defer f.Close()
	if _, err := io.Copy(f, r); err != nil {
		t.Fatalf("copy: %v", err)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		t.Fatalf("seek: %v", err)
	}
	_, err = alerts.Copy(context.Background(), f, alerts.Options{Key: key}, io.Discard)
	return 0, err
}

func firsts(g *model.AlertGroups) []*model.AlertReceived {
	out, _ := g.Bodies(&model.Room{}, "f", "s")
	return out
}

// memory returns a memory figure of this process, in bytes.
func memory(t *testing.T, what string) int64 {
	t.Helper()
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatalf("read a file: %v", err)
	}
	for line := range bytes.Lines(b) {
		if rest, ok := bytes.CutPrefix(line, []byte(what+":")); ok {
			n, err := strconv.ParseInt(string(bytes.Fields(rest)[0]), 10, 64)
			if err != nil {
				t.Fatalf("parse int: %v", err)
			}
			return n << 10
		}
	}
	t.Fatalf("there is no %s", what)
	return 0
}

// TestPeak: no input of any format takes more than 64 MiB above an idle process, whatever
// its size. The smallest of three peaks counts: on a busy machine the garbage collector
// may run late, which adds to what the input needs.
func TestPeak(t *testing.T) {
	for name := range bombs() {
		t.Run(name, func(t *testing.T) {
			peak, more := peakOf(t, name)
			for range 2 {
				if peak <= maxPeak {
					break
				}
				again, _ := peakOf(t, name)
				peak = min(peak, again)
			}
			t.Logf("%3d MiB  %s", peak>>20, more)
			if peak > maxPeak {
				t.Errorf("got %d MiB above idle, want %d at most", peak>>20, maxPeak>>20)
			}
		})
	}
}

// peakOf returns the peak of a process that reads one of the bombs, in bytes above an idle
// one, and what it read.
func peakOf(t *testing.T, name string) (peak int64, more string) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestPeakChild$", "-test.v", fmt.Sprint("-long=", *long))
	cmd.Env = append(os.Environ(), "WARROOM_BOMB="+name)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	_, rest, ok := strings.Cut(string(out), "\npeak ")
	if !ok {
		t.Fatalf("got no figure: %s", out)
	}
	line, _, _ := strings.Cut(rest, "\n")
	first, more, _ := strings.Cut(line, " ")
	if peak, err = strconv.ParseInt(first, 10, 64); err != nil {
		t.Fatalf("parse int: %v", err)
	}
	return peak, more
}
