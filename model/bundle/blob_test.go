package bundle_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"warroom/model"
	"warroom/model/bundle"
)

// collected has bo collect an evidence item, and returns it as a blob.
func (l *log) collected(n int, text string) bundle.Blob {
	l.t.Helper()
	sum := sha256.Sum256([]byte(text))
	b := bundle.Blob{Sum: hex.EncodeToString(sum[:]), Size: int64(len(text)), CRC32: crc32.ChecksumIEEE([]byte(text)),
		Copy: func(w io.Writer) error {
			_, err := io.WriteString(w, text)
			return err
		}}
	l.add(l.bo,
		&model.EvidenceCollected{SHA256: b.Sum, Size: b.Size,
			EvidenceAbout: model.EvidenceAbout{Blob: fmt.Sprintf("01JD0000000000000000000BB%d", n), Class: "log",
				Name: fmt.Sprintf("file%d", n)}})
	return b
}

// packWith is pack with blobs.
func (l *log) packWith(bare bool, blobs ...bundle.Blob) []byte {
	l.t.Helper()
	l.checkpoint()
	var b bytes.Buffer
	x := bundle.Export{Short: "inc-1", Made: epoch, Agent: "test", Messages: l.ms, Notes: l.notes,
		Principal: l.hub.handle, Key: l.hub.priv, Blobs: blobs, Bare: bare}
	if err := x.Write(&b); err != nil {
		l.t.Fatalf("write: %v", err)
	}
	return b.Bytes()
}

// unpacked returns a bag as a directory.
func unpacked(t *testing.T, bag []byte) fstest.MapFS {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(bag), int64(len(bag)))
	if err != nil {
		t.Fatalf("open a zip: %v", err)
	}
	out := fstest.MapFS{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatalf("open: %v", err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatalf("read to the end: %v", err)
		}
		_, name, _ := strings.Cut(f.Name, "/")
		out[name] = &fstest.MapFile{Data: body}
	}
	return out
}

// TestEvidenceInABag: blobs must be exactly those that were collected. Changed, additional
// and missing ones are reported, even if the signer of the bag lies about them.
func TestEvidenceInABag(t *testing.T) {
	l := sample(t, ulid, 2)
	one, two := l.collected(1, "what sshd said"), l.collected(2, "a disk")
	good := l.packWith(false, one, two)
	v := verify(t, good, bundle.VerifyOptions{})
	if !v.Sound() || v.Less ||
		!has(v.Good, "the bytes of 2 pieces of evidence (20 bytes) match what was collected") {
		t.Errorf("a whole bag: %v %v %v", v.Bad, v.Good, v.Open)
	}
	var got bytes.Buffer
	b := open(t, good)
	if blob := b.Blob(two.Sum); blob == nil || blob.Copy(&got) != nil || got.String() != "a disk" ||
		b.Blob(strings.Repeat("0", 64)) != nil {
		t.Errorf("its bytes are %q", got.String())
	}

	v = verify(t, l.packWith(false, one), bundle.VerifyOptions{})
	if !v.Sound() || !v.Less || !has(v.Open, "the bytes of E2 (file2) are missing") {
		t.Errorf("one is missing: %v %v", v.Bad, v.Open)
	}
	v = verify(t, l.packWith(true), bundle.VerifyOptions{})
	if !v.Sound() || !v.Less || !has(v.Open, "the exporter left out the bytes of the evidence") {
		t.Errorf("left out: %v %v", v.Bad, v.Open)
	}

	extra := sample(t, ulid, 2).collected(1, "planted")
	v = verify(t, l.packWith(false, one, two, extra), bundle.VerifyOptions{})
	if v.Sound() || !strings.Contains(v.Bad[0].String(), "it was not collected") {
		t.Errorf("planted: %v", v.Bad)
	}
	lie := two // its name with other content: the manifest is forged too
	lie.Size, lie.CRC32 = 6, crc32.ChecksumIEEE([]byte("a risk"))
	lie.Copy = func(w io.Writer) error { _, err := io.WriteString(w, "a risk"); return err }
	bad := l.packWith(false, one, lie)
	if _, err := bundle.Open(bytes.NewReader(bad), int64(len(bad))); !errors.As(err, new(bundle.Tampered)) {
		t.Errorf("other bytes under its name: %v", err)
	}
}

// TestEvidenceUnpacked is the same for a directory, in which every file can be changed.
func TestEvidenceUnpacked(t *testing.T) {
	l := sample(t, ulid, 2)
	one := l.collected(1, "what sshd said")
	bag := l.packWith(false, one)
	if b, err := bundle.OpenDir(unpacked(t, bag)); err != nil || !b.Verify(bundle.VerifyOptions{}).Sound() {
		t.Errorf("unpacked: %v", err)
	}
	name := "data/evidence/" + one.Sum
	for what, change := range map[string]func(fstest.MapFS){
		"changed": func(d fstest.MapFS) { d[name] = &fstest.MapFile{Data: []byte("what sshd paid")} },
		"gone":    func(d fstest.MapFS) { delete(d, name) },
		"added": func(d fstest.MapFS) {
			d["data/evidence/"+
				strings.Repeat("0", 64)] = &fstest.MapFile{Data: []byte("x")}
		},
		"other": func(d fstest.MapFS) { d["data/evidence/readme.txt"] = &fstest.MapFile{Data: []byte("x")} },
		"list": func(d fstest.MapFS) {
			d["data/evidence.jsonl"] = &fstest.MapFile{Data: bytes.Replace(d["data/evidence.jsonl"].Data,
				[]byte("file1"), []byte("file2"), 1)}
		},
	} {
		d := unpacked(t, bag)
		change(d)
		b, err := bundle.OpenDir(fs.FS(d))
		if err == nil && b.Verify(bundle.VerifyOptions{}).Sound() || err != nil &&
			!errors.As(err, new(bundle.Tampered)) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestEveryByteOfABagWithEvidence: flipping any one byte is refused.
func TestEveryByteOfABagWithEvidence(t *testing.T) {
	l := sample(t, ulid, 1)
	bag := l.packWith(false, l.collected(1, "what sshd said"))
	body := bytes.LastIndex(bag, []byte("what sshd said"))
	if body < 0 {
		t.Fatal("the bag has no evidence")
	}
	for i := body - 160; i < len(bag); i += 1 + (i-body)/400 { // header, content, part of the directory
		bad := bytes.Clone(bag)
		bad[i] ^= 1
		if b, err := bundle.Open(bytes.NewReader(bad), int64(len(bad))); err == nil &&
			b.Verify(bundle.VerifyOptions{}).Sound() {
			t.Fatalf("byte %d of %d flipped is accepted", i, len(bag))
		}
	}
}

// has reports whether one of the sentences contains a text.
func has(list []model.Safe, text string) bool {
	for _, s := range list {
		if strings.Contains(s.String(), text) {
			return true
		}
	}
	return false
}
