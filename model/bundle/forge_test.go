package bundle_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"warroom/model"
	"warroom/model/bundle"
	"warroom/model/signing"
)

// forgery is a bag that a forger edits: its files in order, and changes to the zip.
type forgery struct {
	t     testing.TB
	l     *log
	kind  string
	base  string
	files []forgedFile
	form  string              // of a line of the manifest
	zip   func([]byte) []byte // changes the whole zip, if not nil
}

type forgedFile struct {
	name   string // name below the directory of the zip; used as is after a leading "!"
	body   []byte
	header func(*zip.FileHeader)
}

// forge opens a bag.
func forge(t testing.TB, l *log, kind string, bag []byte) *forgery {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(bag), int64(len(bag)))
	if err != nil {
		t.Fatalf("open a zip: %v", err)
	}
	f := &forgery{t: t, l: l, kind: kind, form: "%x  %s\n"}
	for _, e := range z.File {
		r, err := e.Open()
		if err != nil {
			t.Fatalf("open: %v", err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatalf("read to the end: %v", err)
		}
		base, name, _ := strings.Cut(e.Name, "/")
		f.base = base
		f.files = append(f.files, forgedFile{name: name, body: body})
	}
	return f
}

func (f *forgery) clone() *forgery {
	c := *f
	c.files = slices.Clone(f.files)
	return &c
}

func (f *forgery) at(name string) int {
	return slices.IndexFunc(f.files, func(x forgedFile) bool { return x.name == name })
}

func (f *forgery) get(name string) []byte {
	if i := f.at(name); i >= 0 {
		return f.files[i].body
	}
	return nil
}

// set replaces a file, or appends it.
func (f *forgery) set(name string, body []byte) bool {
	if i := f.at(name); i >= 0 {
		if bytes.Equal(f.files[i].body, body) {
			return false
		}
		f.files[i].body = body
		return true
	}
	f.files = append(f.files, forgedFile{name: name, body: body})
	return true
}

// edit replaces a text in a file. It reports false if the file does not have it.
func (f *forgery) edit(name, old, with string) bool {
	return f.set(name, bytes.Replace(f.get(name), []byte(old), []byte(with), 1))
}

func (f *forgery) remove(name string) bool {
	i := f.at(name)
	if i >= 0 {
		f.files = slices.Delete(f.files, i, i+1)
	}
	return i >= 0
}

// info replaces a line of bag-info.txt, or appends it.
func (f *forgery) info(label, value string) bool {
	text := string(f.get("bag-info.txt"))
	for l := range strings.Lines(text) {
		if strings.HasPrefix(l, label+": ") {
			return f.edit("bag-info.txt", l, label+": "+value+"\n")
		}
	}
	return f.set("bag-info.txt", []byte(text+label+": "+value+"\n"))
}

// sums rewrites the manifests and the total size for the current files.
func (f *forgery) sums() {
	var data, tags bytes.Buffer
	size, n := 0, 0
	for _, x := range f.files {
		if strings.HasPrefix(x.name, "data/") {
			fmt.Fprintf(&data, f.form, sha256.Sum256(x.body), x.name)
			size, n = size+len(x.body), n+1
		}
	}
	f.edit("bag-info.txt", lineIn(f.get("bag-info.txt"), "Payload-Oxum: "), fmt.Sprintf("Payload-Oxum: %d.%d", size, n))
	f.set("manifest-sha256.txt", data.Bytes())
	for _, x := range f.files {
		if !strings.HasPrefix(x.name, "data/") && !strings.HasPrefix(x.name, "!") &&
			!strings.HasPrefix(x.name, "tagmanifest") {
			fmt.Fprintf(&tags, "%x  %s\n", sha256.Sum256(x.body), x.name)
		}
	}
	f.set("tagmanifest-sha256.txt", tags.Bytes())
}

// lineIn returns the line that begins with a text.
func lineIn(text []byte, begin string) string {
	for l := range strings.Lines(string(text)) {
		if strings.HasPrefix(l, begin) {
			return strings.TrimSuffix(l, "\n")
		}
	}
	return ""
}

// sign signs the bag as it is now.
func (f *forgery) sign(w *writer, as string) {
	line, err := signing.SignerLine(as, w.key)
	if err != nil {
		f.t.Fatalf("read the signer: %v", err)
	}
	f.set("allowed_signers", []byte(line))
	f.sums()
	f.set("tagmanifest-sha256.txt.sig", signing.SignSSH(w.priv, f.get("tagmanifest-sha256.txt")))
}

// pack writes the zip as this program does, with the requested changes.
func (f *forgery) pack() []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, x := range f.files {
		name, plain := strings.CutPrefix(x.name, "!")
		if !plain {
			name = f.base + "/" + name
		}
		n := uint64(len(x.body))
		h := &zip.FileHeader{Name: name, Method: zip.Store, CRC32: crc32.ChecksumIEEE(x.body), CompressedSize64: n,
			UncompressedSize64: n}
		//lint:ignore SA1019 CreateRaw writes this field, and not Modified
		h.ModifiedDate = 1<<5 | 1
		if x.header != nil {
			x.header(h)
		}
		w, err := z.CreateRaw(h)
		if err == nil {
			_, err = w.Write(x.body)
		}
		if err != nil {
			f.t.Fatalf("write: %v", err)
		}
	}
	if err := z.Close(); err != nil {
		f.t.Fatalf("close: %v", err)
	}
	if f.zip != nil {
		return f.zip(b.Bytes())
	}
	return b.Bytes()
}

// codeOf returns the exit code of `warroom verify`.
func codeOf(bag []byte, w bundle.VerifyOptions) (int, string) {
	b, err := bundle.Open(bytes.NewReader(bag), int64(len(bag)))
	var no bundle.Tampered
	switch {
	case errors.As(err, &no):
		return 4, err.Error()
	case err != nil:
		return 1, err.Error()
	}
	return verdictCode(b.Verify(w))
}

func verdictCode(v *bundle.Verdict) (int, string) {
	switch {
	case !v.Sound():
		return 4, v.Bad[0].String()
	case v.Less:
		return 6, v.Lacks[0].String()
	}
	return 0, ""
}

// bags returns one bag of every kind, and the exit codes for the unchanged bags.
func bags(t testing.TB) (all map[string]*forgery, codes map[string]int) {
	all, codes = map[string]*forgery{}, map[string]int{}
	l := sample(t, ulid, 6)
	blob := l.collected(1, "what sshd said")
	l.add(l.ana, &model.UpdateSent{Audience: "customers", Conditions: "your data is safe"})
	put := func(kind string, l *log, bag []byte, code int) {
		all[kind], codes[kind] = forge(t, l, kind, bag), code
	}
	put("whole", l, l.packWith(false, blob), 0)
	put("bare", l, l.packWith(true), 6)
	put("entry", l, l.proof(5), 6)
	r := sample(t, ulid, 6)
	r.redact(r.ana, 4)
	r.add(r.ana, model.NewEntry(model.KindEntryNoted, "and on"))
	put("redacted", r, r.packWith(false), 0)
	p := sampleWithUpdates(t)
	for kind, code := range map[string]int{"regulator": 0, "customer": 6, "public": 6} {
		put(kind, p, p.packSubset(kind, p.hub), code)
	}
	return all, codes
}

func sha(text string) [sha256.Size]byte { return sha256.Sum256([]byte(text)) }

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatalf("read a file: %v", err)
	}
	return b
}
