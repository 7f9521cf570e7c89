package bundle_test

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"warroom/model"
	"warroom/model/bundle"
)

// driver runs docs/verify.py for each line of its input: a path, and the options as JSON.
// It prints the exit code and the findings.
const driver = `
import json, sys
sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True
import verify, verify_formats, verify_partial
for line in sys.stdin:
    o = json.loads(line)
    if "key_bytes" in o:
        raw = [bytes.fromhex(o[name]) for name in ("key_bytes", "signature", "text")]
        key = verify_formats.encode64(raw[0]).translate(str.maketrans("+/", "-_"))[:-1]
        print(json.dumps([int(verify_formats.is_signed(key, *raw[1:])), []]), flush=True)
        continue
    code, found = verify.run(verify.check_log, o["path"], o["key"], o["pin"], o["witness"])
    if code == 6 and "verify_partial.py" in found[0]:
        code, found = verify.run(verify_partial.check_partial, o["path"], o["key"], o["pin"], o["witness"])
    print(json.dumps([code, found]), flush=True)
`

// python is a running docs/verify.py.
type python struct {
	t    *testing.T
	in   io.WriteCloser
	out  *bufio.Reader
	path string // of the directory into which the next bag is unpacked
	runs int
	some bool // compare one of someBags only

	rare map[string][]string // the bags that it did not read to the end, by the kind of rareKinds
	zips []string            // the bags whose zip itself was forged
}

// everyBag is set by .ci/run. Without it, TestPythonVerifier compares one bag of someBags: each is
// unpacked to the disk.
var everyBag = flag.Bool("every-bag", false, "compare every bag with docs/verify.py")

const someBags = 5

// startPython starts the verifier. Without Python 3 and its package cryptography it skips the
// test; .ci/run installs both.
func startPython(t *testing.T) *python {
	t.Helper()
	const name = "python3"
	if err := exec.Command(name, "-c", "import cryptography").Run(); err != nil {
		t.Skip("NOT RUN: python3 or its package cryptography is not installed, so docs/verify.py was not " +
			"compared with warroom verify")
	}
	docs, err := filepath.Abs("../../docs")
	if err != nil {
		t.Fatalf("find docs: %v", err)
	}
	for _, f := range []string{"verify.py", "verify_formats.py", "verify_partial.py", "protocol.md"} {
		readFile(t, filepath.Join(docs, f)) // go test caches its result until a file that it reads changes
	}
	cmd := exec.Command(name, "-c", driver, docs)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatalf("open its input: %v", err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatalf("open its output: %v", err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("start python3: %v", err)
	}
	p := &python{t: t, in: in, out: bufio.NewReader(out), path: filepath.Join(t.TempDir(), "bag"),
		rare: map[string][]string{}}
	t.Cleanup(func() {
		if err := errors.Join(in.Close(), cmd.Wait()); err != nil {
			t.Errorf("docs/verify.py ended: %v", err)
		}
	})
	return p
}

// verify returns the exit code and the output of docs/verify.py.
func (p *python) verify(path string, w bundle.VerifyOptions) (code int, found []string) {
	p.t.Helper()
	var pin string
	if len(w.Pin) > 0 {
		pin = p.path + ".pin"
		if err := os.WriteFile(pin, w.Pin, 0o600); err != nil {
			p.t.Fatalf("write the pin: %v", err)
		}
	}
	return p.ask(map[string]any{"path": path, "pin": pin, "key": w.Key, "witness": w.Witness})
}

// ask sends a request to the driver and returns its answer.
func (p *python) ask(request map[string]any) (code int, found []string) {
	p.t.Helper()
	if err := json.NewEncoder(p.in).Encode(request); err != nil {
		p.t.Fatalf("ask docs/verify.py: %v", err)
	}
	answer, err := p.out.ReadBytes('\n')
	if err != nil {
		p.t.Fatalf("docs/verify.py gave no answer: %v", err)
	}
	if err := json.Unmarshal(answer, &[]any{&code, &found}); err != nil {
		p.t.Fatalf("docs/verify.py answered %q: %v", answer, err)
	}
	return code, found
}

// agrees unpacks a bag and compares the exit codes of both verifiers for the directory.
func (p *python) agrees(what string, bag []byte, w bundle.VerifyOptions) {
	p.t.Helper()
	if p.runs++; p.some && p.runs%someBags > 0 {
		return
	}
	dir, err := p.unpacked(bag)
	if err != nil {
		p.zips = append(p.zips, what)
		return
	}
	b, err := bundle.OpenDir(os.DirFS(dir))
	want, why := withoutDerived(b, err, w, bag)
	code, found := p.verify(dir, w)
	text := strings.Join(found, "\n")
	if want == 0 && code == 0 && !statesLimits.MatchString(text) {
		p.t.Errorf("%s: docs/verify.py found %q, want that it names what it did not compare", what, found)
	}
	if code == want {
		return
	}
	for _, k := range rareKinds {
		if code == 6 && strings.Contains(text, k.sentence) {
			p.rare[k.kind] = append(p.rare[k.kind], what)
			return
		}
	}
	p.t.Errorf("%s: docs/verify.py ends with %d, want %d\n  it found %q\n  warroom verify found %q", what, code,
		want, found, why)
}

// unpacked unpacks a bag, as unzip does, into the directory that docs/verify.py reads next. It
// fails if the zip itself was forged: docs/verify.py does not read zips.
func (p *python) unpacked(bag []byte) (dir string, err error) {
	p.t.Helper()
	if err := os.RemoveAll(p.path); err != nil {
		p.t.Fatalf("remove the last bag: %v", err)
	}
	z, err := zip.NewReader(bytes.NewReader(bag), int64(len(bag)))
	if err == nil {
		err = os.CopyFS(p.path, z)
	}
	if err != nil {
		return "", err
	}
	all, err := os.ReadDir(p.path)
	if err == nil && (len(all) != 1 || !all[0].IsDir()) {
		err = errors.New("it does not have one directory")
	}
	if err != nil {
		return "", err
	}
	return filepath.Join(p.path, all[0].Name()), nil
}

// rareKinds are the sentences with which docs/verify.py ends with 6 where warroom verify has another
// exit code, and for how many bags: what is rare it does not read. A sentence counts for the
// first kind that matches.
var rareKinds = []struct {
	kind, sentence string
	bags           int
}{
	{"JSON of another form, of a newer form or kind, or ambiguous, signed by a member", "has an unusual form", 141},
	{"a redacted message that is still there, or several redactions", "is still there, or was redacted twice", 24},
	{"rules of another version", "the room has older or newer rules", 2},
	{"a restored log", "the log was restored", 10},
	{"bytes that are not UTF-8", "an entry is not text", 1},
	{"a message of the hub of a newer form that removed another", "a newer warroom removed an entry", 4},
	{"a subject that no member has", "has an unusual subject", 2},
	{"a key that wrote before it was admitted", "a key wrote before it was admitted", 1},
	{"a message that takes a role", "takes a role, which is not checked", 1},
	{"a log that does not begin with a usual declaration", "entry 1 does not declare an incident", 1},
}

// derivedReasons match what only the code of warroom can compare: see "Derived files" in
// docs/protocol.md.
var derivedReasons = regexp.MustCompile(`^data/(README\.txt|timeline\.txt|plan\.json|roster\.json|evidence\.jsonl|` +
	`custody\.jsonl|report\.(md|html|json)) does not match|^the state hash in bag-info\.txt is not that of the log|` +
	`written by another version|were not compared with the log|^the export has no report|` +
	`^data/(README\.txt|timeline\.txt|plan\.json|roster\.json) is missing|of the 3 files of the report are missing|` +
	`^data/[a-z.]+ has the JSON key "[^"]*" twice`)

// statesLimits matches how docs/verify.py names the derived files and their signer.
var statesLimits = regexp.MustCompile(`signed by SHA256:(?s:.*)not compared with the log: README\.txt`)

// roleReasons match findings that need the fold: whether a role allows something.
var roleReasons = regexp.MustCompile(` has no effect: [a-z]+ may not do that`)

// withoutDerived returns the exit code that docs/protocol.md requires of a verifier
// that cannot compute the derived files: that of warroom verify without the findings
// about them. They depend on the signer, who has to be the hub or known.
func withoutDerived(b *bundle.Bag, err error, w bundle.VerifyOptions, bag []byte) (code int, why []model.Safe) {
	switch {
	case errors.As(err, new(bundle.Tampered)):
		return 4, []model.Safe{model.Sentence(err)}
	case err != nil:
		return 1, []model.Safe{model.Sentence(err)}
	}
	v := b.Verify(w)
	hub := b.Key == newWriter("hub", 1).key && b.Principal == "hub"
	less := !b.SingleEntry && !b.Partial && !hub && w.Key == "" && v.Size > 0
	for _, s := range slices.Concat(v.Bad, v.Lacks) {
		bad := slices.Contains(v.Bad, s)
		switch text := s.String(); {
		case derivedReasons.MatchString(text):
		case strings.HasPrefix(text, "bag-info.txt does not match") && infoHolds(bag, v):
		case roleReasons.MatchString(text):
			less = true
		case bad:
			return 4, []model.Safe{s}
		default:
			less, why = true, append(why, s)
		}
	}
	if less {
		return 6, why
	}
	return 0, why
}

// infoHolds reports whether the lines of bag-info.txt that every version writes alike are
// right.
func infoHolds(bag []byte, v *bundle.Verdict) bool {
	z, err := zip.NewReader(bytes.NewReader(bag), int64(len(bag)))
	if err != nil {
		return false
	}
	info, size, n := "\n", uint64(0), 0
	for _, f := range z.File {
		switch _, name, _ := strings.Cut(f.Name, "/"); {
		case strings.HasPrefix(name, "data/"):
			size, n = size+f.UncompressedSize64, n+1
		case name == "bag-info.txt":
			if r, err := f.Open(); err == nil {
				text, _ := io.ReadAll(r) // it was read before
				info += string(text)
			}
		}
	}
	for _, l := range []string{"External-Identifier: " + v.Room.ID, fmt.Sprintf("Payload-Oxum: %d.%d", size, n),
		fmt.Sprintf("Warroom-Entries: %d", v.Size), "Warroom-Root: " + v.Root.String()} {
		if !strings.Contains(info, "\n"+l+"\n") {
			return false
		}
	}
	return true
}

// TestPythonVerifier: docs/verify.py, which was written from docs/protocol.md alone,
// returns the exit code of warroom verify for exports of every kind, redactions, strays and
// forgeries.
func TestPythonVerifier(t *testing.T) {
	p := startPython(t)
	p.some = !*everyBag
	all, _ := bags(t)
	for _, kind := range slices.Sorted(maps.Keys(all)) {
		f := all[kind]
		f.t = t
		p.agrees(kind, f.pack(), bundle.VerifyOptions{})
		p.options(kind, f)
		p.flips(kind, f)
		p.forgings(kind, f)
		p.zipTricks(kind, f)
	}
	p.agrees("the forged report of the attack", readFile(t, "testdata/forged-report-exit0.zip"), bundle.VerifyOptions{})
	p.rewritten()
	p.strays()
	p.redactions()
	p.others()
	p.zipEvidence()
	p.oddBodies()
	p.mutated()
	p.page()
	p.edges()
	p.withoutRole()
	if p.runs < 2500 {
		t.Errorf("%d bags were compared, want 2,500 and more", p.runs)
	}
	const zips = 78
	if *everyBag && len(p.zips) != zips {
		t.Errorf("%d bags were not compared because the zip itself was forged, want %d: %q", len(p.zips), zips, p.zips)
	}
	total := 0
	for _, k := range rareKinds {
		names := p.rare[k.kind]
		total += len(names)
		t.Logf("%4d bags end with 6: %s", len(names), k.kind)
		if *everyBag && len(names) != k.bags || len(names) > k.bags {
			t.Errorf("%s: docs/verify.py ended with 6 for %d bags, want %d: %q", k.kind, len(names), k.bags, names)
		}
	}
	if total*10 > p.runs {
		t.Errorf("docs/verify.py did not read %d of %d bags to the end, want less than a tenth", total, p.runs)
	}
	t.Logf("%d bags were made, and all or a fifth of them compared; docs/verify.py did not read %d of them to the "+
		"end, and the zip of %d was forged", p.runs, total, len(p.zips))
}

// TestPythonSize: somebody can read docs/verify.py, which has all rules of warroom, in a quarter
// of an hour.
func TestPythonSize(t *testing.T) {
	for name, most := range map[string]int{"verify.py": 260, "verify_formats.py": 170, "verify_partial.py": 115} {
		lines := strings.Split(strings.TrimSuffix(string(readFile(t, "../../docs/"+name)), "\n"), "\n")
		if len(lines) > most {
			t.Errorf("docs/%s has %d lines, want at most %d", name, len(lines), most)
		}
		for i, l := range lines {
			if n := utf8.RuneCountInString(l); n > 100 {
				t.Errorf("docs/%s:%d has %d columns, want at most 100", name, i+1, n)
			}
		}
	}
}
