package record_test

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
	"warroom/model/record"
)

// collected has bo collect a piece, and returns its bytes as they go into a bag.
func (l *log) collected(n int, text string) record.Blob {
	l.t.Helper()
	sum := sha256.Sum256([]byte(text))
	b := record.Blob{Sum: hex.EncodeToString(sum[:]), Size: int64(len(text)), CRC32: crc32.ChecksumIEEE([]byte(text)), Copy: func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	}}
	l.say(l.bo, &model.EvidenceCollected{SHA256: b.Sum, Size: b.Size, EvidenceAbout: model.EvidenceAbout{Blob: fmt.Sprintf("01JD0000000000000000000BB%d", n), Class: "log", Name: fmt.Sprintf("file%d", n)}})
	return b
}

// packWith is pack with the bytes of evidence.
func (l *log) packWith(bare bool, blobs ...record.Blob) []byte {
	l.t.Helper()
	l.checkpoint()
	var b bytes.Buffer
	x := record.Export{Short: "inc-1", Made: epoch, Agent: "test", Messages: l.ms, Notes: l.notes, Principal: l.hub.handle, Key: l.hub.priv, Blobs: blobs, Bare: bare}
	if err := x.Write(&b); err != nil {
		l.t.Fatal(err)
	}
	return b.Bytes()
}

// unpacked is a bag as a directory.
func unpacked(t *testing.T, bag []byte) fstest.MapFS {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(bag), int64(len(bag)))
	if err != nil {
		t.Fatal(err)
	}
	out := fstest.MapFS{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		_, name, _ := strings.Cut(f.Name, "/")
		out[name] = &fstest.MapFile{Data: body}
	}
	return out
}

// TestEvidenceInABag: the bytes are those that were collected; others, more or
// fewer of them are told, also where who signs the bag lies about them.
func TestEvidenceInABag(t *testing.T) {
	l := sample(t, ulid, 2)
	one, two := l.collected(1, "what sshd said"), l.collected(2, "a disk")
	good := l.packWith(false, one, two)
	v := verify(t, good, record.Wish{})
	if !v.Sound() || v.Less || !has(v.Good, "the bytes of 2 pieces of evidence (20 bytes) are those that were collected") {
		t.Errorf("a whole bag: %v %v %v", v.Bad, v.Good, v.Open)
	}
	var got bytes.Buffer
	b := open(t, good)
	if blob := b.Blob(two.Sum); blob == nil || blob.Copy(&got) != nil || got.String() != "a disk" || b.Blob(strings.Repeat("0", 64)) != nil {
		t.Errorf("its bytes are %q", got.String())
	}

	v = verify(t, l.packWith(false, one), record.Wish{})
	if !v.Sound() || !v.Less || !has(v.Open, "the bytes of E2 (file2) are not in it") {
		t.Errorf("one is missing: %v %v", v.Bad, v.Open)
	}
	v = verify(t, l.packWith(true), record.Wish{})
	if !v.Sound() || !v.Less || !has(v.Open, "who handed it on left the bytes of evidence out") {
		t.Errorf("left out: %v %v", v.Bad, v.Open)
	}

	extra := sample(t, ulid, 2).collected(1, "planted")
	v = verify(t, l.packWith(false, one, two, extra), record.Wish{})
	if v.Sound() || !strings.Contains(v.Bad[0].String(), "nobody collected it") {
		t.Errorf("planted: %v", v.Bad)
	}
	lie := two // its name, and another content: the manifest lies with it
	lie.Size, lie.CRC32 = 6, crc32.ChecksumIEEE([]byte("a risk"))
	lie.Copy = func(w io.Writer) error { _, err := io.WriteString(w, "a risk"); return err }
	bad := l.packWith(false, one, lie)
	if _, err := record.Open(bytes.NewReader(bad), int64(len(bad))); !errors.As(err, new(record.Tampered)) {
		t.Errorf("other bytes under its name: %v", err)
	}
}

// TestEvidenceUnpacked: the same in a directory, where every file can be changed.
func TestEvidenceUnpacked(t *testing.T) {
	l := sample(t, ulid, 2)
	one := l.collected(1, "what sshd said")
	bag := l.packWith(false, one)
	if b, err := record.OpenDir(unpacked(t, bag)); err != nil || !b.Verify(record.Wish{}).Sound() {
		t.Errorf("unpacked: %v", err)
	}
	name := "data/evidence/" + one.Sum
	for what, change := range map[string]func(fstest.MapFS){
		"changed": func(d fstest.MapFS) { d[name] = &fstest.MapFile{Data: []byte("what sshd paid")} },
		"gone":    func(d fstest.MapFS) { delete(d, name) },
		"added":   func(d fstest.MapFS) { d["data/evidence/"+strings.Repeat("0", 64)] = &fstest.MapFile{Data: []byte("x")} },
		"other":   func(d fstest.MapFS) { d["data/evidence/readme.txt"] = &fstest.MapFile{Data: []byte("x")} },
		"list": func(d fstest.MapFS) {
			d["data/evidence.jsonl"] = &fstest.MapFile{Data: bytes.Replace(d["data/evidence.jsonl"].Data, []byte("file1"), []byte("file2"), 1)}
		},
	} {
		d := unpacked(t, bag)
		change(d)
		b, err := record.OpenDir(fs.FS(d))
		if err == nil && b.Verify(record.Wish{}).Sound() || err != nil && !errors.As(err, new(record.Tampered)) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestEveryByteOfABagWithEvidence, flipped alone, is refused.
func TestEveryByteOfABagWithEvidence(t *testing.T) {
	l := sample(t, ulid, 1)
	bag := l.packWith(false, l.collected(1, "what sshd said"))
	body := bytes.LastIndex(bag, []byte("what sshd said"))
	if body < 0 {
		t.Fatal("the bag has no evidence")
	}
	for i := body - 160; i < len(bag); i += 1 + (i-body)/400 { // its header, its bytes, and something of the directory
		bad := bytes.Clone(bag)
		bad[i] ^= 1
		if b, err := record.Open(bytes.NewReader(bad), int64(len(bad))); err == nil && b.Verify(record.Wish{}).Sound() {
			t.Fatalf("byte %d of %d flipped is taken", i, len(bag))
		}
	}
}

// has says whether one of some sentences has a text in it.
func has(list []model.Safe, text string) bool {
	for _, s := range list {
		if strings.Contains(s.String(), text) {
			return true
		}
	}
	return false
}
