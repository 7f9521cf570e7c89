package record

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"warroom/model"
	"warroom/model/report"
	"warroom/model/seal"
)

// form refuses a bag of a form that is newer than this program.
func (b *Bag) form() error {
	text := b.info(infoForm)
	if text == "" {
		return nil // older than the number
	}
	if n, err := strconv.Atoi(text); err != nil || n < 1 || n > bagForm {
		return unreadable(model.Safef("the record is of form %s, and this program supports forms up to %d: a "+
			"newer warroom is needed", text, bagForm))
	}
	return nil
}

// known returns whether the kind of bag has a file of that name.
func (b *Bag) known(name string) bool {
	switch {
	case name == fileReadme, slices.Contains(tagFiles, name):
		return true
	case b.Alone:
		return name == fileEntry || name == fileProof
	case slices.Contains(reportFiles, name), name == fileTimeline, strings.HasPrefix(name, dirNotes):
		return true
	case b.Part:
		return name == filePart
	}
	return slices.Contains([]string{fileLog, filePlan, fileRoster, fileRegister, fileCustody}, name)
}

// required are the files that every version writes into a bag of this kind.
func (b *Bag) required() []string {
	switch {
	case b.Alone:
		return []string{fileReadme, fileProof}
	case b.Part:
		return []string{fileReadme, fileTimeline}
	}
	return []string{fileReadme, filePlan, fileRoster, fileTimeline}
}

// The files of every kind of bag, and those of a report.
var (
	tagFiles    = []string{fileBagit, fileInfo, fileManifest, fileSigners, fileTags, fileSig}
	reportFiles = []string{fileReport + "html", fileReport + "json", fileReport + "md"}
)

// beside compares everything in a bag that needs no log: the names of its files and of
// its directory, and what it says of itself.
func (v *Verdict) beside(b *Bag) {
	notes := 0
	for _, f := range b.files {
		if strings.HasPrefix(f.name, dirNotes) {
			if notes++; f.name != fmt.Sprintf("%s%05d.txt", dirNotes, notes) {
				v.bad(model.Safef("%s has no place in a record: the checkpoints are numbered from 00001.txt", f.name))
			}
		} else if !b.known(f.name) {
			v.bad(model.Safef("%s has no place in a record of this kind: it was added", f.name))
		}
		if key, found := duplicateIn(f); found {
			v.bad(model.Safef("%s has the key %q twice (or in two cases): programs may read different things in "+
				"it", f.name, key))
		}
	}
	for _, name := range b.required() {
		if _, ok := b.get(name); !ok {
			v.bad(model.Safef("%s is missing: every record of this kind has it", name))
		}
	}
	if b.Alone || b.Part {
		for i := range b.blobs {
			v.bad(model.Safef("%s has no place in a record of this kind: it was added", b.blobs[i].name()))
		}
	}
	if want := b.directory(v); b.base != "" && b.base != want {
		v.bad(model.Safef("its directory is called %s and not %s", b.base, want))
	}
	v.infoLines(b)
}

// directory is the name of the one directory in a zip.
func (b *Bag) directory(v *Verdict) string {
	name := b.info(infoShort) + "-" + v.Room.ID
	switch {
	case b.Part:
		name += "-" + b.info(infoProfile)
	case b.Alone && len(b.Messages) == 1:
		name += fmt.Sprintf("-entry-%d", b.Messages[0].Seq)
	}
	return name
}

// duplicateIn returns a key that stands twice in a file of JSON, or in one of its
// lines.
func duplicateIn(f file) (string, bool) {
	switch {
	case strings.HasSuffix(f.name, ".json"):
		return model.DuplicateKey(f.body)
	case !strings.HasSuffix(f.name, ".jsonl"), f.name == fileLog, f.name == filePart, f.name == fileEntry:
		return "", false // the lines of a log are read byte for byte
	}
	for l := range bytes.Lines(f.body) {
		if key, found := model.DuplicateKey(l); found {
			return key, true
		}
	}
	return "", false
}

// infoLines compares bag-info.txt with what the record makes: byte for byte where the
// same version wrote it, else what every version writes.
func (v *Verdict) infoLines(b *Bag) {
	text, _ := b.get(fileInfo)
	seen := map[string]bool{}
	for l := range strings.Lines(string(text)) {
		label, _, ok := strings.Cut(l, ": ")
		if !ok || seen[label] || !strings.HasSuffix(l, "\n") {
			v.bad(model.Safef("%s has a duplicate line, or one without a value: "+
				"%s", fileInfo, strings.TrimSuffix(l, "\n")))
			return
		}
		seen[label] = true
	}
	want := b.again(v)
	if b.sameMaker() {
		if !bytes.Equal(text, want) {
			v.bad(model.Safef("%s is not what this record makes: %s", fileInfo, firstDifference(text, want)))
		}
		return
	}
	for _, label := range []string{infoID, infoOxum, infoEntries, infoRoot} {
		line := lineOf(want, label)
		if got := lineOf(text, label); got != line {
			v.bad(model.Safef("%s is not what this record makes: %s", fileInfo, got))
		}
	}
	v.less(model.Safef("%s and %s were written by another version of this program and were not compared as a "+
		"whole", fileInfo, fileReadme))
}

// sameMaker reports whether the program that wrote a bag is, as far as bags go, this
// one.
func (b *Bag) sameMaker() bool { return b.info(infoBag) == bagMaker() }

// again makes bag-info.txt once more. What nothing in the record says, its signer's
// program and the moment, is taken from it.
func (b *Bag) again(v *Verdict) []byte {
	made, _ := time.Parse(time.RFC3339, b.info(infoMade)) // one that cannot be read is none that is written
	var data []file
	for _, f := range b.files {
		if strings.HasPrefix(f.name, "data/") {
			data = append(data, f)
		}
	}
	x := Export{Short: b.info(infoShort), Made: made, Agent: b.info(infoAgent),
		Bare: b.info(infoEvidence) == leftOut, alone: b.Alone}
	if b.Part {
		x.profile = b.info(infoProfile)
	}
	for i := range b.blobs {
		x.Blobs = append(x.Blobs, b.blobs[i].Blob)
	}
	return x.info(v, data)
}

// lineOf is the line of a label, "" where there is none.
func lineOf(text []byte, label string) string {
	for l := range strings.Lines(string(text)) {
		if strings.HasPrefix(l, label+": ") {
			return strings.TrimSuffix(l, "\n")
		}
	}
	return ""
}

// firstDifference is the first line in which two texts differ.
func firstDifference(got, want []byte) string {
	g, w := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	for i := range w {
		if i >= len(g) || g[i] != w[i] {
			return strings.Join(g[min(i, len(g)):min(i+1, len(g))], "") + " in place of " + w[i]
		}
	}
	return strings.Join(g[min(len(w), len(g)):], " ")
}

// text compares a file that a bag has to have with what it has to be, where the same
// version wrote it.
func (v *Verdict) text(b *Bag, name string, want []byte) {
	if got, _ := b.get(name); !bytes.Equal(got, want) && b.sameMaker() {
		v.bad(model.Safef("%s says something else than the record", name))
	}
}

// bag compares what lies beside the log with what the log says.
func (c *check) bag() {
	b, sound := c.ev.Bag, c.Sound()
	c.signer()
	c.evidence()
	c.beside(b)
	c.text(b, fileReadme, readme(c.Room, b.Principal))
	names := []string{filePlan, fileRoster, fileTimeline, fileRegister, fileCustody}
	if made := b.info(infoFold); made != fmt.Sprint(model.FoldVersion) {
		c.less(model.Safef("the state and %s %s were not compared with the "+
			"log", strings.Join(b.present(names), ", "), madeBy(made)))
		c.less(c.reportIs(made))
		return
	}
	if b.info(infoState) != c.Room.StateHash() {
		c.bad(model.Safef("%s says another state than the log makes", fileInfo))
	}
	made, err := derived(c.Room)
	if err != nil {
		c.bad(model.Sentence(err))
	}
	for _, name := range names {
		if body, _ := b.get(name); !bytes.Equal(body, made[name]) {
			c.bad(model.Safef("%s says something else than the log", name))
		}
	}
	if sound { // else it says what the log says
		c.report()
	}
}

// madeBy says which version made something, in the middle of a sentence.
func madeBy(fold string) model.Safe {
	if n, err := strconv.Atoi(fold); err == nil && n > model.FoldVersion {
		return model.Safef("were made by a newer warroom (fold %d, this one has %d; a newer warroom is needed) "+
			"and", n, model.FoldVersion)
	}
	if fold == strconv.Itoa(model.FoldVersion) {
		return model.Lit("were made by another build of this program and")
	}
	return model.Safef("were made by another version of this program (fold %s, this one has %d) "+
		"and", fold, model.FoldVersion)
}

// present are those of some files that a bag has.
func (b *Bag) present(names []string) (out []string) {
	for _, n := range names {
		if _, ok := b.get(n); ok {
			out = append(out, n)
		}
	}
	return out
}

// signer says who handed a record on.
func (c *check) signer() {
	b := c.ev.Bag
	switch m, ok := c.Room.Member(b.Key); {
	case ok && m.Handle != b.Principal:
		c.bad(model.Safef("it is signed as %s, with a key of %s", b.Principal, m.Handle))
	case ok && m.Struck:
		c.less(model.Safef("it was handed on and signed by %s, with the key %s, which was revoked in the "+
			"room", m.Handle, fingers(b.Key)))
	case ok:
		c.good(model.Safef("handed on and signed by %s, with the key %s", m.Handle, fingers(b.Key)))
	default:
		c.less(model.Safef("it was handed on and signed with the key %s, which is not a key of the "+
			"room", fingers(b.Key)))
	}
	if c.w.Key != "" && !isKey(c.w.Key, b.Key) {
		c.bad(model.Safef("it is signed with the key %s, and not with the one that was given with "+
			"--key", fingers(b.Key)))
	}
}

// IsKey reports whether a text names a key: as in a message, or by its fingerprint.
func IsKey(text string) bool {
	text = strings.TrimSpace(text)
	sum, ok := strings.CutPrefix(text, "SHA256:")
	return ok && len(sum) == 43 || seal.Fingerprint(text) != ""
}

// storeKey compares the key that was asked for with those of the hub, for a log that
// nobody handed on.
func (c *check) storeKey() {
	hub, _ := c.keys()
	if c.w.Key != "" && !slices.ContainsFunc(hub, func(k string) bool { return isKey(c.w.Key, k) }) {
		c.bad(model.Lit("the key that was given with --key is not the hub's of this room"))
	}
}

// isKey reports whether a key is the one that somebody named, in either form.
func isKey(named, key string) bool {
	named = strings.TrimSpace(named)
	return named != "" && (named == key || named == seal.Fingerprint(key))
}

// report compares the draft of the review with the one that the log makes, where
// the same maker made it: other versions word it otherwise.
func (c *check) report() {
	b := c.ev.Bag
	made, err := time.Parse(time.RFC3339, b.info(infoMade))
	if err != nil || b.info(infoMaker) != report.Maker() {
		c.less(c.reportIs(b.info(infoFold)))
		return
	}
	forms, err := reports(c.Verdict, b.info(infoShort), made)
	if err != nil {
		c.bad(model.Sentence(err))
	}
	for _, name := range slices.Sorted(maps.Keys(forms)) {
		if body, _ := b.get(name); !bytes.Equal(body, forms[name]) {
			c.bad(model.Safef("%s says something else than the log", name))
		}
	}
}

// reportIs says that the report was not compared.
func (c *check) reportIs(fold string) model.Safe {
	names := c.ev.Bag.present(reportFiles)
	if len(names) == 0 {
		return model.Lit("there is no report in it")
	}
	return model.Safef("%s %s were not compared with the log", strings.Join(names, ", "), madeBy(fold))
}
