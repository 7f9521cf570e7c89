package record

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"warroom/model"
	"warroom/model/report"
	"warroom/model/seal"
)

// What a bag may be at most: more is no incident, and is not read.
const (
	MaxFiles = 10_000
	MaxBytes = 2 << 30 // besides the bytes of evidence
)

// Bag is a bag that was read: its files are whole, and signed by somebody.
type Bag struct {
	Key       string // who signed
	Principal string // as whom
	Alone     bool   // it has one entry, and a proof
	Part      bool   // something was left out, by a profile
	Messages  []Message
	Notes     [][]byte

	files  []file
	leaves []partLeaf // of a part

	blobs []zipped // the bytes of evidence, which stay where they are
}

// Tampered is why a bag that can be read is not what was handed on.
type Tampered struct{ model.Safe }

// Error returns the reason.
func (t Tampered) Error() string { return t.String() }

func tampered(s model.Safe) error { return Tampered{s} }

func unreadable(s model.Safe) error { return &model.Error{Code: model.Invalid, Message: s} }

// Open reads a bag from a zip. The bytes of evidence are read once to check them,
// and again when they are asked for: r has to stay until then. The error is [Tampered] where it is one and its
// content is not what its sums and its signature say, and a [model.Error] where
// it cannot be read as a record.
func Open(r io.ReaderAt, size int64) (*Bag, error) {
	if err := few(r, size); err != nil {
		return nil, err
	}
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, unreadable(model.Safef("it is no record: the zip cannot be read (%s)", err))
	}
	base, err := names(z)
	if err != nil {
		return nil, err
	}
	if err := asWritten(z, io.NewSectionReader(r, 0, size)); err != nil {
		return nil, err
	}
	b := new(Bag)
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
		b.files = append(b.files, file{strings.TrimPrefix(f.Name, base), body})
	}
	return b, b.read()
}

// OpenDir reads a bag that was unpacked.
func OpenDir(dir fs.FS) (*Bag, error) {
	b, total := new(Bag), int64(0)
	err := fs.WalkDir(dir, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
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
			return unreadable(model.Safef("it is no record: %s is no plain file, or there is too much", name))
		}
		body, err := fs.ReadFile(dir, name)
		b.files = append(b.files, file{name, body})
		return err
	})
	if err != nil {
		return nil, err
	}
	return b, b.read()
}

// few refuses a zip before anything of it is in memory: how many files it has
// stands at its end.
func few(r io.ReaderAt, size int64) error {
	n, err := entries(r, size)
	if err == nil && n > MaxFiles {
		err = unreadable(model.Safef("it is no record: the zip says that it has %d files or more, and %d are allowed", n, MaxFiles))
	}
	return err
}

// entries is how many files a zip says that it has.
func entries(r io.ReaderAt, size int64) (uint64, error) {
	var end [22]byte
	if size < int64(len(end)) {
		return 0, unreadable(model.Lit("it is no record: the file is too short"))
	}
	if _, err := r.ReadAt(end[:], size-int64(len(end))); err != nil {
		return 0, err
	}
	if !bytes.HasPrefix(end[:], []byte("PK\x05\x06")) {
		return 0, unreadable(model.Lit("it is no record: it does not end as a zip does; it may be cut off"))
	}
	n := binary.LittleEndian.Uint16(end[10:])
	if n < 1<<16-1 {
		return uint64(n), nil
	}
	// One of more than 4 GiB says it in a record of 56 bytes before a locator of 20.
	var large [76]byte
	if size < int64(len(large)+len(end)) {
		return uint64(n), nil
	}
	if _, err := r.ReadAt(large[:], size-int64(len(large)+len(end))); err != nil {
		return 0, err
	}
	if !bytes.HasPrefix(large[:], []byte("PK\x06\x06")) || !bytes.HasPrefix(large[56:], []byte("PK\x06\x07")) {
		return uint64(n), nil
	}
	return binary.LittleEndian.Uint64(large[32:]), nil
}

// names refuses what has no place in a bag, and returns the directory that it is
// in.
func names(z *zip.Reader) (base string, err error) {
	seen, total := map[string]bool{}, uint64(0)
	for _, f := range z.File {
		dir, rest, ok := strings.Cut(f.Name, "/")
		switch {
		case f.Name == "" || strings.HasPrefix(f.Name, "/") || strings.Contains(f.Name, `\`) || strings.Contains(f.Name, ":"):
			return "", unreadable(model.Safef("the zip has a file %q: an absolute path has no place in a record; nothing was read", f.Name))
		case !fs.ValidPath(f.Name) || path.Clean(f.Name) != f.Name:
			return "", unreadable(model.Safef("the zip has a file %q, which leads out of it or is a directory; nothing was read", f.Name))
		case !f.Mode().IsRegular():
			return "", unreadable(model.Safef("the zip has %q, which is no plain file (%s); nothing was read", f.Name, f.Mode().String()))
		case f.Method != zip.Store || f.CompressedSize64 != f.UncompressedSize64:
			return "", unreadable(model.Safef("the zip has %q compressed, and a record never is: it may be a bomb; unpack it elsewhere and check the directory", f.Name))
		case seen[f.Name]:
			return "", unreadable(model.Safef("the zip has the file %q twice; nothing was read", f.Name))
		case !ok || rest == "" || base != "" && base != dir+"/":
			return "", unreadable(model.Safef("the zip has a file %q outside of the record's one directory; nothing was read", f.Name))
		}
		base, seen[f.Name] = dir+"/", true
		if isBlob(rest) {
			continue
		}
		if f.UncompressedSize64 > MaxBytes || total+f.UncompressedSize64 > MaxBytes {
			return "", unreadable(model.Safef("it is no record: it has more than %d MiB besides the evidence", MaxBytes>>20))
		}
		total += f.UncompressedSize64
	}
	return base, nil
}

// asWritten refuses a zip that is not byte for byte what this package writes for
// these files: there is nothing in it that no sum covers.
func asWritten(z *zip.Reader, r io.Reader) error {
	same := &comparing{r: r}
	w := zip.NewWriter(same)
	for _, f := range z.File {
		if err := again(w, f); err != nil {
			return same.or(err)
		}
	}
	err := w.Close()
	if err == nil {
		if n, _ := r.Read(make([]byte, 1)); n > 0 {
			err = errOther
		}
	}
	return same.or(err)
}

// again writes a file of a zip as this package does.
func again(w *zip.Writer, f *zip.File) error {
	if _, rest, _ := strings.Cut(f.Name, "/"); isBlob(rest) {
		return putBlob(w, f.Name, int64(f.UncompressedSize64), f.CRC32, func(to io.Writer) error {
			r, err := f.Open()
			if err != nil {
				return tampered(model.Safef("the file %s in the zip cannot be read: %s", f.Name, err))
			}
			defer r.Close()
			return spill(to, r, f.Name)
		})
	}
	body, err := content(f)
	if err == nil {
		err = put(w, f.Name, body)
	}
	return err
}

// spill copies a file of a zip, and tells what is wrong with it from what is wrong
// with where it goes.
func spill(to io.Writer, r io.Reader, name string) error {
	buf := make([]byte, 256<<10)
	for {
		n, err := r.Read(buf)
		if _, werr := to.Write(buf[:n]); werr != nil {
			return werr
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return tampered(model.Safef("the file %s in the zip was changed: %s", name, err))
		}
	}
}

// content reads one file.
func content(f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, tampered(model.Safef("the file %s in the zip cannot be read: %s", f.Name, err))
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, MaxBytes))
	if err != nil {
		return nil, tampered(model.Safef("the file %s in the zip was changed: %s", f.Name, err))
	}
	return b, nil
}

// errOther means that bytes differ.
var errOther = errors.New("other bytes")

// comparing takes what is written only where it is what is read.
type comparing struct {
	r   io.Reader
	at  int64
	buf []byte
}

// Write implements io.Writer.
func (c *comparing) Write(p []byte) (int, error) {
	if len(c.buf) < len(p) {
		c.buf = make([]byte, len(p))
	}
	b := c.buf[:len(p)]
	n, err := io.ReadFull(c.r, b)
	if bytes.Equal(b[:n], p) {
		c.at += int64(n)
		return n, nil
	}
	for i := range n {
		if b[i] != p[i] {
			c.at += int64(i)
			return i, errOther
		}
	}
	if c.at += int64(n); err != nil {
		return n, errOther
	}
	return n, nil
}

// or words an error of comparing.
func (c *comparing) or(err error) error {
	if errors.Is(err, errOther) {
		return tampered(model.Safef("the zip is not as a record is written, from byte %d on; if somebody packed it anew, unpack it and check the directory", c.at))
	}
	return err
}

// get returns a file's content.
func (b *Bag) get(name string) ([]byte, bool) {
	for _, f := range b.files {
		if f.name == name {
			return f.body, true
		}
	}
	return nil, false
}

// read checks sums and signature, and reads the log.
func (b *Bag) read() error {
	if body, ok := b.get(fileBagit); !ok {
		return unreadable(model.Lit("it is no record: it has no bagit.txt"))
	} else if string(body) != bagit {
		return unreadable(model.Lit("it is no record that this program can read: its bagit.txt says another form"))
	}
	_, whole := b.get(fileLog)
	_, one := b.get(fileEntry)
	if _, b.Part = b.get(filePart); whole && (one || b.Part) || one == b.Part && !whole {
		return unreadable(model.Lit("it is no record of a room: it has no data/log.jsonl"))
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
	b.Alone = one
	return b.log()
}

// sums compares files with a manifest: all of them, and nothing else.
func (b *Bag) sums(name string, files []file, blobs []zipped) error {
	text, ok := b.get(name)
	if !ok {
		return tampered(model.Safef("%s is missing", name))
	}
	want := map[string]string{}
	for l := range strings.Lines(string(text)) {
		sum, of, ok := strings.Cut(strings.TrimSuffix(l, "\n"), "  ")
		if _, twice := want[of]; !ok || twice {
			return tampered(model.Safef("%s is not written as a list of sums", name))
		}
		want[of] = sum
	}
	for _, f := range files {
		switch sum, ok := want[f.name]; {
		case !ok:
			return tampered(model.Safef("the file %s is not in %s: it was added", f.name, name))
		case sum+"  "+f.name+"\n" != string(manifest([]file{f})):
			return tampered(model.Safef("the file %s is not the one of %s: it was changed, or the list lies", f.name, name))
		}
		delete(want, f.name)
	}
	for i := range blobs {
		of := dirBlobs + blobs[i].named
		switch sum, ok := want[of]; {
		case !ok:
			return tampered(model.Safef("the file %s is not in %s: it was added", of, name))
		case sum != blobs[i].Sum:
			return tampered(model.Safef("the file %s is not the one of %s: it was changed, or the list lies", of, name))
		}
		delete(want, of)
	}
	for of := range want {
		return tampered(model.Safef("the file %s of %s is missing", of, name))
	}
	return nil
}

// signature finds out who signed.
func (b *Bag) signature() (err error) {
	sums, _ := b.get(fileTags)
	sig, ok := b.get(fileSig)
	if !ok {
		return tampered(model.Safef("%s is missing: nobody signed", fileSig))
	}
	if b.Key, err = seal.OpenSSH(sig, sums); err != nil {
		return tampered(model.Safef("%s: %s", fileSig, err))
	}
	signers, _ := b.get(fileSigners)
	b.Principal, _, _ = strings.Cut(string(signers), " ")
	if l, err := seal.SignerLine(b.Principal, b.Key); err != nil || l != string(signers) || !model.ValidHandle(b.Principal) {
		return tampered(model.Safef("%s is not of the key that signed", fileSigners))
	}
	return nil
}

// log reads the messages and what was said of them.
func (b *Bag) log() error {
	name := fileLog
	if b.Alone {
		name = fileEntry
	}
	if b.Part {
		name = "" // it is read otherwise
		if err := b.partLog(); err != nil {
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

// info returns what the bag says of itself.
func (b *Bag) info(name string) string {
	text, _ := b.get(fileInfo)
	for l := range strings.Lines(string(text)) {
		if v, ok := strings.CutPrefix(l, name+": "); ok {
			return strings.TrimSuffix(v, "\n")
		}
	}
	return ""
}

// Verify checks what the bag has: a record, or one entry.
func (b *Bag) Verify(w Wish) *Verdict {
	if b.Alone {
		return VerifyEntry(b, w)
	}
	if b.Part {
		return VerifyPart(b, w)
	}
	return Verify(b.Evidence(), w)
}

// Evidence is what the bag says.
func (b *Bag) Evidence() Evidence {
	return Evidence{Messages: b.Messages, Notes: b.Notes, Bag: b}
}

// bag compares what lies beside the log with what the log says.
func (c *check) bag() {
	b := c.ev.Bag
	switch m, ok := c.Room.Member(b.Key); {
	case ok && m.Handle != b.Principal:
		c.bad(model.Safef("it is signed as %s, with a key of %s", b.Principal, m.Handle))
	case ok:
		c.good(model.Safef("handed on and signed by %s, with the key %s", m.Handle, shortText(b.Key)))
	default:
		c.open(model.Safef("it was handed on and signed with the key %s, which the room does not know", shortText(b.Key)))
	}
	c.evidence()
	if b.info(infoFold) != fmt.Sprint(model.FoldVersion) {
		c.open(model.Safef("plan, roster and timeline were made by another version of this program and were not compared with the log"))
		return
	}
	if b.info(infoState) != c.Room.StateHash() {
		c.bad(model.Safef("%s says another state than the log makes", fileInfo))
	}
	made, err := derived(c.Room)
	if err != nil {
		c.bad(model.Sentence(err))
	}
	for _, name := range []string{filePlan, fileRoster, fileTimeline, fileRegister, fileCustody} {
		if body, _ := b.get(name); !bytes.Equal(body, made[name]) {
			c.bad(model.Safef("%s says something else than the log", name))
		}
	}
	c.report()
}

// report compares the draft of the review with the one that the log makes, where
// the same maker made it: other versions word it otherwise.
func (c *check) report() {
	b := c.ev.Bag
	made, err := time.Parse(time.RFC3339, b.info(infoMade))
	if err != nil || b.info(infoMaker) != report.Maker() {
		c.open(model.Lit("the report was made by another version of this program, or there is none; it was not compared with the log"))
		return
	}
	if !c.Sound() {
		return // it says what the log says
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
