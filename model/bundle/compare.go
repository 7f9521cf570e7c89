package bundle

import (
	"bytes"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"warroom/model"
	"warroom/model/report"
	"warroom/model/signing"
)

// form refuses a bag whose form is newer than this program supports.
func (b *Bag) form() error {
	text := b.info(infoForm)
	if text == "" {
		return nil // written before the number was introduced
	}
	if strings.Trim(text, "0123456789") != "" || strings.Trim(text, "0") == "" {
		return tampered(model.Safef("%s has the format %s, and formats are numbers from 1 on: it was changed", fileInfo,
			text))
	}
	if n, err := strconv.Atoi(text); err != nil || n > bagForm {
		return unreadable(model.Safef("the record has format %s, and this program supports formats up to %d: a "+
			"newer warroom is needed", text, bagForm))
	}
	return nil
}

// known reports whether this kind of bag has a file of that name.
func (b *Bag) known(name string) bool {
	switch {
	case name == fileReadme, slices.Contains(tagFiles, name):
		return true
	case b.SingleEntry:
		return name == fileEntry || name == fileProof
	case slices.Contains(reportFiles, name), name == fileTimeline, strings.HasPrefix(name, dirNotes):
		return true
	case b.Partial:
		return name == fileSubset
	}
	return slices.Contains([]string{fileLog, filePlan, fileRoster, fileRegister, fileCustody}, name)
}

// required returns the files that every version writes into this kind of bag.
func (b *Bag) required() []string {
	switch {
	case b.SingleEntry:
		return []string{fileReadme, fileProof}
	case b.Partial:
		return []string{fileReadme, fileTimeline}
	}
	return []string{fileReadme, filePlan, fileRoster, fileTimeline}
}

// shortForm matches the names that a hub gives to rooms.
var shortForm = regexp.MustCompile(`^[a-z0-9_-]{1,64}$`)

// The files of every kind of bag, and those of a report.
var (
	tagFiles    = []string{fileBagit, fileInfo, fileManifest, fileSigners, fileTags, fileSig}
	reportFiles = []string{fileReport + "html", fileReport + "json", fileReport + "md"}
)

// beside checks what does not depend on the log: the names of the files and of the
// directory, and bag-info.txt.
func (v *Verdict) beside(b *Bag) {
	notes := 0
	for _, f := range b.files {
		if strings.HasPrefix(f.name, dirNotes) {
			if notes++; f.name != fmt.Sprintf("%s%05d.txt", dirNotes, notes) {
				v.bad(model.Safef("%s does not belong in an export: the checkpoints are numbered from 00001.txt",
					f.name))
			}
		} else if !b.known(f.name) {
			v.bad(model.Safef("%s does not belong in an export of this kind: it was added", f.name))
		}
		if key, found := duplicateIn(f); found {
			v.bad(model.Safef("%s has the JSON key %q twice (case is ignored): programs may read it differently",
				f.name, key))
		}
	}
	for _, name := range b.required() {
		if _, ok := b.get(name); !ok {
			v.bad(model.Safef("%s is missing: every export of this kind has it", name))
		}
	}
	if b.SingleEntry || b.Partial {
		for i := range b.blobs {
			v.bad(model.Safef("%s does not belong in an export of this kind: it was added", b.blobs[i].name()))
		}
	}
	if !model.ValidRoomID(v.Room.ID) {
		v.bad(model.Safef("the room has the id %s, which is not an id that a hub assigns", v.Room.ID))
	}
	if short := b.info(infoShort); !shortForm.MatchString(short) {
		v.bad(model.Safef("%s names the room %s, which is not a name that a hub assigns", fileInfo, short))
	}
	if want := b.directory(v); b.base != "" && b.base != want {
		v.bad(model.Safef("its directory is named %s instead of %s", b.base, want))
	}
	v.infoLines(b)
}

// directory returns the expected name of the top directory in the zip.
func (b *Bag) directory(v *Verdict) string {
	name := b.info(infoShort) + "-" + v.Room.ID
	switch {
	case b.Partial:
		name += "-" + b.info(infoProfile)
	case b.SingleEntry && len(b.Messages) == 1:
		name += fmt.Sprintf("-entry-%d", b.Messages[0].Seq)
	}
	return name
}

// duplicateIn returns a duplicate key in a JSON file or in one line of it.
func duplicateIn(f file) (string, bool) {
	switch {
	case strings.HasSuffix(f.name, ".json"):
		return model.DuplicateKey(f.body)
	case !strings.HasSuffix(f.name, ".jsonl"), f.name == fileLog, f.name == fileSubset, f.name == fileEntry:
		return "", false // the lines of a log must match byte for byte anyway
	}
	for l := range bytes.Lines(f.body) {
		if key, found := model.DuplicateKey(l); found {
			return key, true
		}
	}
	return "", false
}

// infoLines compares bag-info.txt with the record: byte for byte if the same version wrote
// it, else only the lines that all versions write alike.
func (v *Verdict) infoLines(b *Bag) {
	text, _ := b.get(fileInfo)
	seen := map[string]bool{}
	for l := range strings.Lines(string(text)) {
		label, _, ok := strings.Cut(l, ": ")
		if !ok || seen[label] || !strings.HasSuffix(l, "\n") {
			v.bad(model.Safef("%s has a duplicate line, or one without a value or an end: "+
				"%s", fileInfo, strings.TrimSuffix(l, "\n")))
			return
		}
		seen[label] = true
	}
	want := b.rebuildInfo(v)
	if b.sameMaker() {
		if !bytes.Equal(text, want) {
			v.bad(model.Safef("%s does not match the record: %s", fileInfo, firstDifference(text, want)))
		}
		return
	}
	for _, label := range []string{infoID, infoOxum, infoEntries, infoRoot} {
		line := lineOf(want, label)
		if got := lineOf(text, label); got != line {
			v.bad(model.Safef("%s does not match the record: %s", fileInfo, got))
		}
	}
	v.less(model.Safef("%s and %s were written by another version of this program and were not compared as a "+
		"whole", fileInfo, fileReadme))
}

// sameMaker reports whether the code that wrote the bag equals that of this program.
func (b *Bag) sameMaker() bool { return b.info(infoBag) == bagMaker() }

// rebuildInfo computes the expected bag-info.txt. Two values cannot be derived from the
// record, the program and the time of export; they are taken from the bag.
func (b *Bag) rebuildInfo(v *Verdict) []byte {
	made, _ := time.Parse(time.RFC3339, b.info(infoMade)) // an invalid time is not written, so the comparison fails
	var data []file
	for _, f := range b.files {
		if strings.HasPrefix(f.name, "data/") {
			data = append(data, f)
		}
	}
	x := Export{Short: b.info(infoShort), Made: made, Agent: b.info(infoAgent),
		Bare: b.info(infoEvidence) == leftOut, singleEntry: b.SingleEntry}
	if b.Partial {
		x.profile = b.info(infoProfile)
	}
	for i := range b.blobs {
		x.Blobs = append(x.Blobs, b.blobs[i].Blob)
	}
	return x.info(v, data)
}

// lineOf returns the line with a label, or "".
func lineOf(text []byte, label string) string {
	for l := range strings.Lines(string(text)) {
		if strings.HasPrefix(l, label+": ") {
			return strings.TrimSuffix(l, "\n")
		}
	}
	return ""
}

// firstDifference returns the first line in which two texts differ.
func firstDifference(got, want []byte) string {
	g, w := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	for i := range w {
		if i >= len(g) || g[i] != w[i] {
			return strings.Join(g[min(i, len(g)):min(i+1, len(g))], "") + " instead of " + w[i]
		}
	}
	return strings.Join(g[min(len(w), len(g)):], " ")
}

// text compares a required file with its expected content if the same version wrote
// the bag.
func (v *Verdict) text(b *Bag, name string, want []byte) {
	if got, _ := b.get(name); !bytes.Equal(got, want) && b.sameMaker() {
		v.bad(model.Safef("%s does not match the record", name))
	}
}

// bag compares the other files of the bag with the log.
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
		if m, ok := c.Room.Member(b.Key); !ok || m.Revoked {
			c.Unbound = true
		}
		return
	}
	if b.info(infoState) != c.Room.StateHash() {
		c.bad(model.Safef("the state hash in %s is not that of the log", fileInfo))
	}
	made, err := derived(c.Room)
	if err != nil {
		c.bad(model.Sentence(err))
	}
	for _, name := range names {
		if body, _ := b.get(name); !bytes.Equal(body, made[name]) {
			c.bad(model.Safef("%s does not match the log", name))
		}
	}
	if sound { // otherwise the fault of the log was already reported
		c.report()
	}
}

// madeBy describes which version made something, for use within a sentence.
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

// present returns the names that the bag has.
func (b *Bag) present(names []string) (out []string) {
	for _, n := range names {
		if _, ok := b.get(n); ok {
			out = append(out, n)
		}
	}
	return out
}

// signer reports who signed the export.
func (c *check) signer() {
	b := c.ev.Bag
	switch m, ok := c.Room.Member(b.Key); {
	case ok && m.Handle != b.Principal:
		c.bad(model.Safef("the export is signed in the name of %s, but with a key of %s", b.Principal, m.Handle))
	case ok && m.Revoked:
		c.less(model.Safef("the export is signed by %s, with the key %s, which was revoked in the room", m.Handle,
			fingers(b.Key)))
	case ok:
		c.good(model.Safef("the export is signed by %s, with the key %s", m.Handle, fingers(b.Key)))
		if !m.Hub && !c.accepts(b, c.w) {
			c.less(model.Safef("the time of the export (%s), the program (%s) and the name of the room (%s) are "+
				"signed by %s only, not by the hub", b.info(infoMade), b.info(infoAgent), b.info(infoShort), m.Handle))
		}
		if by, named := c.named[b.Key]; named && !c.accepts(b, c.w) {
			c.less(model.Safef("the hub's key %s was named by a person, when the log was restored from a copy (%s): "+
				"nobody else signed that no entries are missing before it, and the recording times", fingers(b.Key),
				by))
		}
	default:
		c.less(model.Safef("the export is signed with the key %s, which is not a key of the room", fingers(b.Key)))
	}
	if c.w.Key != "" && !isKey(c.w.Key, b.Key) {
		c.bad(model.Safef("the export is signed with the key %s, not with the one given with --key", fingers(b.Key)))
	}
}

// IsKey reports whether a text is a key: in the form of a message, or as a fingerprint.
func IsKey(text string) bool {
	text = strings.TrimSpace(text)
	sum, ok := strings.CutPrefix(text, "SHA256:")
	return ok && len(sum) == 43 || signing.Fingerprint(text) != ""
}

// storeKey compares the requested key with those of the hub, for a log that was read from
// its hub.
func (c *check) storeKey() {
	hub, _ := c.keys()
	if c.w.Key != "" && !slices.ContainsFunc(hub, func(k string) bool { return isKey(c.w.Key, k) }) {
		c.bad(model.Lit("the key given with --key is not a key of this room's hub"))
	}
}

// isKey reports whether key is the named one, in either form.
func isKey(named, key string) bool {
	named = strings.TrimSpace(named)
	return named != "" && (named == key || named == signing.Fingerprint(key))
}

// report compares the draft of the review with one made from the log, if the same code made
// it. Other versions may word it differently.
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
			c.bad(model.Safef("%s does not match the log", name))
		}
	}
}

// reportIs states that the report was not compared.
func (c *check) reportIs(fold string) model.Safe {
	names := c.ev.Bag.present(reportFiles)
	if len(names) == 0 {
		return model.Lit("the export has no report")
	}
	return model.Safef("%s %s were not compared with the log", strings.Join(names, ", "), madeBy(fold))
}
