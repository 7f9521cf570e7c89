package bundle_test

import (
	"bytes"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"warroom/model/bundle"
	"warroom/model/signing"
)

// wants are the acceptable exit codes for a forgery, by who signed the bag again: a
// stranger, a member of the room, or somebody with the hub's key.
type wants struct{ stranger, member, hub string }

var (
	found  = wants{"4", "4", "4"}
	bound  = wants{"46", "46", "046"} // no other part of the record has it: it depends on the signer
	never0 = wants{"46", "46", "46"}
	refuse = wants{"1", "1", "1"}
	// changed is 4, or 1 if the result is what another version would write.
	changed = wants{"14", "14", "14"}
)

// fileRow has the acceptable results for one kind of file in one kind of bag.
type fileRow struct {
	flip wants // one byte is changed, and the bag signed again
	gone wants // the file is removed
}

// fileRows has every kind of file of every kind of bag.
var fileRows = map[string]map[string]fileRow{
	"whole": {
		"bagit.txt": {changed, changed}, "bag-info.txt": {wants{stranger: "146", member: "146", hub: "0146"}, never0},
		"data/README.txt":        {found, found},
		"data/checkpoints/N.txt": {bound, never0}, "data/log.jsonl": {found, refuse},
		"data/plan.json": {found, found}, "data/roster.json": {found, found}, "data/timeline.txt": {found, found},
		"data/report.html": {found, found}, "data/report.json": {found, found}, "data/report.md": {found, found},
		"data/evidence.jsonl": {found, found}, "data/custody.jsonl": {found, found},
		"data/evidence/SUM": {found, never0},
	},
	"part": {
		"bagit.txt": {changed, changed}, "bag-info.txt": {wants{stranger: "146", member: "146", hub: "0146"}, never0},
		"data/README.txt":        {found, found},
		"data/checkpoints/N.txt": {bound, found}, "data/part.jsonl": {bound, refuse},
		"data/timeline.txt": {found, found},
		"data/report.html":  {bound, found}, "data/report.json": {bound, found}, "data/report.md": {bound, found},
	},
	"entry": {
		"bagit.txt": {changed, changed}, "bag-info.txt": {wants{stranger: "146", member: "146", hub: "146"}, never0},
		"data/README.txt":  {found, found},
		"data/entry.jsonl": {never0, refuse}, "data/proof.txt": {never0, found},
	},
}

// signed are the files that a forger who signs has to rewrite.
var signed = []string{"manifest-sha256.txt", "tagmanifest-sha256.txt", "tagmanifest-sha256.txt.sig", "allowed_signers"}

func group(kind string) string {
	switch kind {
	case "regulator", "customer", "public":
		return "part"
	case "entry":
		return "entry"
	}
	return "whole"
}

var (
	sumName  = regexp.MustCompile(`^data/evidence/[0-9a-f]{64}$`)
	noteName = regexp.MustCompile(`^data/checkpoints/[0-9]{5}\.txt$`)
)

// classOf returns the kind of a file.
func classOf(name string) string {
	return noteName.ReplaceAllString(sumName.ReplaceAllString(name, "data/evidence/SUM"), "data/checkpoints/N.txt")
}

// signers sign a forged bag again.
var signers = map[string]func(f *forgery){
	"stranger":  func(f *forgery) { f.sign(newWriter("mallory", 77), "hub") },
	"stranger2": func(f *forgery) { f.checkpoints(newWriter("mallory", 77)); f.sign(newWriter("mallory", 77), "hub") },
	"member":    func(f *forgery) { f.sign(f.l.bo, "bo") },
	"hub":       func(f *forgery) { f.sign(f.l.hub, "hub") },
}

// checkpoints signs every checkpoint as the log, with the key of w.
func (f *forgery) checkpoints(w *writer) {
	for i := range f.files {
		x := &f.files[i]
		head, note, proof := bytes.Cut(x.body, []byte("\n\nwarroom/"))
		if text := x.body; noteName.MatchString(x.name) || proof && x.name == "data/proof.txt" {
			if x.name == "data/proof.txt" {
				text = append([]byte("warroom/"), note...)
			}
			p, err := signing.PinText(text)
			if err != nil {
				continue
			}
			n, err := p.Sign(w.priv)
			if err != nil {
				f.t.Fatalf("sign: %v", err)
			}
			if x.name == "data/proof.txt" {
				n = slices.Concat(head, []byte("\n\n"), n)
			}
			x.body = n
		}
	}
}

// of returns the exit codes for a signer.
func (w wants) of(signer string) string {
	switch signer {
	case "member":
		return w.member
	case "hub":
		return w.hub
	}
	return w.stranger
}

// judge compares the exit code of a forgery with the acceptable ones.
func (f *forgery) judge(what, want string) {
	f.t.Helper()
	code, why := codeOf(f.pack(), bundle.VerifyOptions{})
	if !strings.Contains(want, string(rune('0'+code))) {
		f.t.Errorf("%s: got exit code %d (%s), want one of %q", what, code, why, want)
	}
}

// TestForgedFiles: each file of each kind of bag is changed at several offsets, and
// removed, with the old sums and signature, and signed again by every possible signer. The
// test fails for a kind of file that is not in the table.
func TestForgedFiles(t *testing.T) {
	all, codes := bags(t)
	for _, kind := range slices.Sorted(maps.Keys(all)) {
		t.Run(kind, func(t *testing.T) {
			f := all[kind]
			f.t = t
			f.judge("as it was written", string(rune('0'+codes[kind])))
			rows, tried := fileRows[group(kind)], 0
			for _, x := range f.files {
				row, ok := rows[classOf(x.name)]
				if !ok && !slices.Contains(signed, x.name) {
					t.Errorf("%s has no row: add the exit codes for a forged one", x.name)
				}
				tried += f.forgeFile(x.name, row)
			}
			if tried < 40 {
				t.Errorf("only %d forgeries were tried, want 40 and more", tried)
			}
			t.Logf("%d forgeries", tried)
		})
	}
}

// forgeFile tries one file, and returns the number of forgeries.
func (f *forgery) forgeFile(name string, row fileRow) (tried int) {
	body := f.get(name)
	for k := range 6 {
		at, bad := k*max(0, len(body)-1)/5, bytes.Clone(body)
		if len(bad) == 0 {
			bad = []byte("x")
		} else {
			bad[at] ^= 1 << (k % 5)
		}
		c := f.clone()
		c.set(name, bad)
		c.judge(name+" flipped, not signed again", "14")
		tried++
		if slices.Contains(signed, name) {
			continue
		}
		for signer, sign := range signers {
			c := f.clone()
			c.set(name, bad)
			sign(c)
			c.judge(name+" flipped at "+string(bad[max(0, at-20):at])+"|"+string(bad[at:min(len(bad), at+20)])+
				", signed by "+signer, row.flip.of(signer))
			tried++
		}
	}
	c := f.clone()
	c.remove(name)
	c.judge(name+" left out", "14")
	if slices.Contains(signed, name) {
		return tried + 1
	}
	for signer, sign := range signers {
		c := f.clone()
		c.remove(name)
		sign(c)
		c.judge(name+" left out, signed by "+signer, row.gone.of(signer))
		tried++
	}
	return tried + 1
}
