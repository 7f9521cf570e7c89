package bundle

import (
	"archive/zip"
	"bytes"
	"io"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"warroom/model"
	"warroom/model/signing"
)

// The limits of a bag. A larger one is refused without reading it.
const (
	MaxFiles = 10_000
	MaxBytes = 2 << 30 // not counting the bytes of evidence
)

// Bag is a bag that was read: its sums match, and its signature is valid for Key.
type Bag struct {
	Key         string // the key that signed
	Principal   string // the name that it signed as
	SingleEntry bool   // one entry with its proof
	Partial     bool   // a profile left something out
	Messages    []Message
	Notes       [][]byte

	base   string // the directory in the zip; "" if unpacked
	files  []file
	leaves []subsetLeaf // of a partial export

	dirs []string // the directories, if unpacked

	blobs []zipped // the blobs, which are not in memory
}

// Tampered is the reason why a bag that can be read is not what was exported.
type Tampered struct{ model.Safe }

// Error returns the reason.
func (t Tampered) Error() string { return t.String() }

func tampered(s model.Safe) error { return Tampered{s} }

func unreadable(s model.Safe) error { return &model.Error{Code: model.Invalid, Message: s} }

// Open reads a bag from a zip. It reads the blobs once to check them, and again when they
// are requested, so r must remain readable. The error is [Tampered] if the file is a bag
// and its content does not match its sums and its signature, and a [model.Error] if it
// cannot be read as a record.
func Open(r io.ReaderAt, size int64) (*Bag, error) {
	if err := few(r, size); err != nil {
		return nil, err
	}
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, unreadable(model.Safef("not an export of warroom: the ZIP cannot be read (%s)", err))
	}
	base, err := names(z)
	if err != nil {
		return nil, err
	}
	if !isRecord(z) {
		if len(z.File) == 0 && trailing(r, size) > 0 {
			return nil, tampered(model.Lit("an empty ZIP follows the end of the ZIP; nothing was read"))
		}
		return nil, errNoBagit
	}
	if err := asWritten(z, io.NewSectionReader(r, 0, size)); err != nil {
		return nil, err
	}
	b := &Bag{base: strings.TrimSuffix(base, "/")}
	for _, f := range z.File {
		if name := strings.TrimPrefix(f.Name, base); isBlob(name) {
			blob, err := blobOf(name, int64(f.UncompressedSize64), f.Open)
			if err != nil {
				return nil, err
			}
			b.blobs = append(b.blobs, blob)
			continue
		}
		body, err := content(f)
		if err != nil {
			return nil, err
		}
		b.files = append(b.files, file{name: strings.TrimPrefix(f.Name, base), body: body})
	}
	// The order in a zip has no meaning. Sorted, the checkpoints are in theirs.
	slices.SortFunc(b.files, func(x, y file) int { return strings.Compare(x.name, y.name) })
	return b, b.read()
}

// OpenDir reads an unpacked bag.
func OpenDir(dir fs.FS) (*Bag, error) {
	b, total := new(Bag), int64(0)
	_, lost := fs.Stat(dir, fileBagit)
	if in, err := fs.Glob(dir, "*/"+fileBagit); lost != nil && err == nil && len(in) == 1 {
		return nil, unreadable(model.Safef("not an export of warroom: it has no bagit.txt; name the directory %s in it",
			path.Dir(in[0])))
	}
	err := fs.WalkDir(dir, ".", func(name string, d fs.DirEntry, err error) error {
		if lost == nil && !fs.ValidPath(name) {
			return tampered(model.Safef("it has a file %q, and the names in an export are UTF-8: it was added", name))
		}
		if err != nil || d.IsDir() {
			if err == nil {
				b.dirs = append(b.dirs, name)
			}
			return err
		}
		if lost == nil && !d.Type().IsRegular() {
			return tampered(model.Safef("%s is not a regular file, and an export has only regular files", name))
		}
		i, err := d.Info()
		if err != nil {
			return err
		}
		if d.Type().IsRegular() && isBlob(name) && len(b.blobs) < MaxFiles {
			blob, err := dirBlob(dir, name, i.Size())
			b.blobs = append(b.blobs, blob)
			return err
		}
		if total += i.Size(); !d.Type().IsRegular() || len(b.files) == MaxFiles || total > MaxBytes {
			return unreadable(model.Safef("not an export of warroom: %s is not a regular file, or it has more "+
				"files or bytes than an export may have", name))
		}
		body, err := fs.ReadFile(dir, name)
		b.files = append(b.files, file{name: name, body: body})
		return err
	})
	if err != nil {
		return nil, err
	}
	return b, b.read()
}

var errNoBagit = unreadable(model.Lit("not an export of warroom: it has no bagit.txt"))

// newerBagit matches bagit.txt of other versions of BagIt (RFC 8493, 2.1.1).
var newerBagit = regexp.MustCompile(`^BagIt-Version: [0-9]+\.[0-9]+\nTag-File-Character-Encoding: UTF-8\n$`)

// emptyDir returns a directory of an unpacked bag that has no file in it, or "".
func (b *Bag) emptyDir() string {
	for _, dir := range b.dirs {
		has := dir == "."
		for _, f := range b.files {
			has = has || strings.HasPrefix(f.name, dir+"/")
		}
		for _, blob := range b.blobs {
			has = has || strings.HasPrefix(blob.name(), dir+"/")
		}
		if !has {
			return dir
		}
	}
	return ""
}

// get returns the content of a file.
func (b *Bag) get(name string) ([]byte, bool) {
	for _, f := range b.files {
		if f.name == name {
			return f.body, true
		}
	}
	return nil, false
}

// read checks the sums and the signature, and reads the log.
func (b *Bag) read() error {
	if body, ok := b.get(fileBagit); !ok {
		return errNoBagit
	} else if string(body) != bagit && !newerBagit.Match(body) {
		return tampered(model.Lit("its bagit.txt was changed"))
	} else if string(body) != bagit {
		return unreadable(model.Lit("its bagit.txt names a version of BagIt that this warroom cannot read; " +
			"a newer warroom may be needed"))
	}
	if dir := b.emptyDir(); dir != "" {
		return tampered(model.Safef("the directory %s is empty, and an export has no empty directories", dir))
	}
	if err := b.form(); err != nil {
		return err
	}
	_, whole := b.get(fileLog)
	_, one := b.get(fileEntry)
	if _, b.Partial = b.get(fileSubset); whole && (one || b.Partial) || one == b.Partial && !whole {
		return unreadable(model.Lit("not an export of a room: it has no data/log.jsonl"))
	}
	var data, tags []file
	for _, f := range b.files {
		switch {
		case strings.HasPrefix(f.name, "data/"):
			data = append(data, f)
		case f.name != fileTags && f.name != fileSig:
			tags = append(tags, f)
		}
	}
	if err := b.sums(fileTags, tags, nil); err != nil {
		return err
	}
	if err := b.signature(); err != nil {
		return err
	}
	if err := b.sums(fileManifest, data, b.blobs); err != nil {
		return err
	}
	b.SingleEntry = one
	return b.log()
}

// sums compares the files with a manifest, which must list all of them and nothing else.
func (b *Bag) sums(name string, files []file, blobs []zipped) error {
	text, ok := b.get(name)
	if !ok {
		return tampered(model.Safef("%s is missing", name))
	}
	want := map[string]string{}
	for l := range strings.Lines(string(text)) {
		sum, of, ok := strings.Cut(strings.TrimSuffix(l, "\n"), "  ")
		if _, twice := want[of]; !ok || twice {
			return tampered(model.Safef("%s is not a valid manifest", name))
		}
		want[of] = sum
	}
	for _, f := range files {
		switch sum, ok := want[f.name]; {
		case !ok:
			return tampered(model.Safef("the file %s is not in %s: it was added", f.name, name))
		case sum+"  "+f.name+"\n" != string(manifest([]file{f})):
			return tampered(model.Safef("the file %s does not match its sum in %s: one of them was changed", f.name,
				name))
		}
		delete(want, f.name)
	}
	for i := range blobs {
		of := dirBlobs + blobs[i].named
		switch sum, ok := want[of]; {
		case !ok:
			return tampered(model.Safef("the file %s is not in %s: it was added", of, name))
		case sum != blobs[i].Sum:
			return tampered(model.Safef("the file %s does not match its sum in %s: one of them was changed", of, name))
		}
		delete(want, of)
	}
	for _, of := range slices.Sorted(maps.Keys(want)) {
		return tampered(model.Safef("the file %s is missing, but %s lists it", of, name))
	}
	return nil
}

// signature verifies the signature and sets the key that signed.
func (b *Bag) signature() (err error) {
	sums, _ := b.get(fileTags)
	sig, ok := b.get(fileSig)
	if !ok {
		return tampered(model.Safef("%s is missing: the export is not signed", fileSig))
	}
	if b.Key, err = signing.OpenSSH(sig, sums); err != nil {
		return tampered(model.Safef("%s: %s", fileSig, err))
	}
	signers, _ := b.get(fileSigners)
	b.Principal, _, _ = strings.Cut(string(signers), " ")
	if l, err := signing.SignerLine(b.Principal, b.Key); err != nil || l != string(signers) ||
		!model.ValidHandle(b.Principal) {
		return tampered(model.Safef("%s does not name the key that signed the export", fileSigners))
	}
	return nil
}

// log reads the messages and the checkpoints.
func (b *Bag) log() error {
	name := fileLog
	if b.SingleEntry {
		name = fileEntry
	}
	if b.Partial {
		name = "" // readSubset reads it
		if err := b.readSubset(); err != nil {
			return err
		}
	}
	text, _ := b.get(name)
	n := 0
	for l := range bytes.Lines(text) {
		n++
		m, err := decode(l)
		if err != nil {
			return tampered(model.Safef("line %d of %s cannot be read: %s", n, name, err))
		}
		b.Messages = append(b.Messages, m)
	}
	for _, f := range b.files {
		if strings.HasPrefix(f.name, dirNotes) {
			b.Notes = append(b.Notes, f.body)
		}
	}
	return nil
}

// info returns the value of a label in bag-info.txt, or "".
func (b *Bag) info(name string) string {
	text, _ := b.get(fileInfo)
	for l := range strings.Lines(string(text)) {
		if v, ok := strings.CutPrefix(l, name+": "); ok {
			return strings.TrimSuffix(v, "\n")
		}
	}
	return ""
}

// Verify verifies the content of the bag: a record, a part of one, or one entry.
func (b *Bag) Verify(w VerifyOptions) *Verdict {
	if b.SingleEntry {
		return VerifyEntry(b, w)
	}
	if b.Partial {
		return VerifySubset(b, w)
	}
	return Verify(b.Evidence(), w)
}

// Evidence returns the log and the checkpoints of the bag.
func (b *Bag) Evidence() Evidence {
	return Evidence{Messages: b.Messages, Notes: b.Notes, Bag: b}
}
