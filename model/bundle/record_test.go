package bundle_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"warroom/model/bundle"
	"warroom/model/signing"
)

func TestGoodRecord(t *testing.T) {
	l := sample(t, ulid, 20)
	pin := []byte(l.point().Text())
	l.checkpoint()
	l.notes = append(l.notes, l.point().Cosign("bo", l.bo.priv, epoch))
	bag := l.pack(l.hub)
	for name, w := range map[string]bundle.VerifyOptions{"plain": {}, "pin": {Pin: pin}, "witness": {Witness: 1}} {
		v := verify(t, bag, w)
		if !v.Sound() || v.Less || v.Size != 23 || v.Room.Title == "" {
			t.Errorf("%s: %d entries, bad %v, less %v, open %v", name, v.Size, v.Bad, v.Less, v.Open)
		}
	}
	if v := verify(t, bag, bundle.VerifyOptions{Witness: 2}); !v.Sound() || !v.Less {
		t.Errorf("two witnesses where there is one: bad %v, less %v", v.Bad, v.Less)
	}
}

// TestBytesComeBack: a bag returns what was stored, including bytes that are not text.
func TestBytesComeBack(t *testing.T) {
	l := sample(t, ulid, 3)
	l.ms = append(l.ms,
		bundle.Message{Seq: 7, At: epoch, Subject: "log.bo." + l.bo.key, Sig: "\xff\x00",
			Data: []byte("\xff\xfe no \x1b text")},
		bundle.Message{Seq: 8, At: epoch, Subject: "log.a.b.c.d", Sig: "\x1b[31m", Data: nil},
		bundle.Message{Seq: 9, At: epoch, Subject: "gone.hub.x", Data: []byte("{}")})
	got := open(t, l.pack(l.hub)).Messages
	if len(got) != len(l.ms) {
		t.Fatalf("%d messages of %d", len(got), len(l.ms))
	}
	for i, m := range got {
		w := l.ms[i]
		if m.Seq != w.Seq || !m.At.Equal(w.At) || m.Subject != w.Subject || m.Sig != w.Sig ||
			!bytes.Equal(m.Data, w.Data) {
			t.Errorf("message %d: %+v, want %+v", i, m, w)
		}
	}
}

// TestEveryByteCounts: a record with any one byte changed is refused.
func TestEveryByteCounts(t *testing.T) {
	l := sample(t, ulid, 2)
	l.checkpoint()
	bag := l.pack(l.hub)
	from, to := bytes.Index(bag, []byte("/data/report.html")), bytes.Index(bag, []byte("/data/roster.json"))
	for i := range bag {
		if from+100 < i && i < to-200 && i%37 > 0 { // a sample of the report, which is long
			continue
		}
		bad := bytes.Clone(bag)
		bad[i] ^= 1 << (i % 8)
		b, err := bundle.Open(bytes.NewReader(bad), int64(len(bad)))
		if err == nil && bundle.Verify(b.Evidence(), bundle.VerifyOptions{}).Sound() {
			t.Fatalf("changing byte %d of %d is not detected", i, len(bag))
		}
	}
	for n := range len(bag) {
		if from+100 < n && n < to-200 && n%37 > 0 {
			continue
		}
		if _, err := bundle.Open(bytes.NewReader(bag[:n]), int64(n)); err == nil {
			t.Fatalf("truncation after %d bytes is not detected", n)
		}
	}
}

// unpack writes a bag into a directory, as unzip does.
func unpack(t testing.TB, bag []byte) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(bag), int64(len(bag)))
	if err != nil {
		t.Fatalf("open a zip: %v", err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, z); err != nil {
		t.Fatalf("copy the files: %v", err)
	}
	all, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	return all[0]
}

func TestUnpacked(t *testing.T) {
	l := sample(t, ulid, 2)
	l.checkpoint()
	dir := unpack(t, l.pack(l.hub))
	b, err := bundle.OpenDir(os.DirFS(dir))
	if err != nil {
		t.Fatalf("open dir: %v", err)
	}
	if v := bundle.Verify(b.Evidence(), bundle.VerifyOptions{}); !v.Sound() || v.Less {
		t.Errorf("bad %v, open %v", v.Bad, v.Open)
	}
	text, err := os.ReadFile(filepath.Join(dir, "data", "timeline.txt"))
	if err != nil || !strings.Contains(string(text), "Deploy key in a public log") ||
		strings.ContainsAny(string(text), "\u202e\x1b") {
		t.Errorf("timeline.txt, %v: %q", err, text)
	}
	want := "name the directory " + filepath.Base(dir)
	if _, err := bundle.OpenDir(os.DirFS(filepath.Dir(dir))); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("the directory above it: got %v, want %q", err, want)
	}
	for name, change := range map[string]func() error{
		"timeline": func() error {
			return os.WriteFile(filepath.Join(dir, "data", "timeline.txt"), append(text, 'x'), 0o600)
		},
		"added":   func() error { return os.WriteFile(filepath.Join(dir, "data", "more.txt"), nil, 0o600) },
		"tag":     func() error { return os.WriteFile(filepath.Join(dir, "more.txt"), nil, 0o600) },
		"missing": func() error { return os.Remove(filepath.Join(dir, "data", "plan.json")) },
	} {
		if err := change(); err != nil {
			t.Fatalf("change: %v", err)
		}
		if _, err := bundle.OpenDir(os.DirFS(dir)); err == nil {
			t.Errorf("%s: it is accepted", name)
		} else if _, ok := err.(bundle.Tampered); !ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestBadZips: a file that is not a record is refused before any of its content is used.
func TestBadZips(t *testing.T) {
	type entry struct {
		name   string
		method uint16
		mode   fs.FileMode
	}
	plain := func(names ...string) (out []entry) {
		for _, n := range names {
			out = append(out, entry{name: n})
		}
		return out
	}
	for name, c := range map[string]struct {
		files []entry
		want  string
	}{
		"up":         {plain("a/../../etc/passwd"), "leads out"},
		"absolute":   {plain("/etc/passwd"), "absolute"},
		"windows":    {plain(`C:\x`), "absolute"},
		"directory":  {plain("a/"), "leads out"},
		"device":     {[]entry{{"a/x", zip.Store, fs.ModeDevice | 0o600}}, "not a regular file"},
		"link":       {[]entry{{"a/x", zip.Store, fs.ModeSymlink | 0o777}}, "not a regular file"},
		"twice":      {plain("a/x", "a/x"), "twice"},
		"bomb":       {[]entry{{"a/x", zip.Deflate, 0}}, "bomb"},
		"two bags":   {plain("a/x", "b/x"), "outside"},
		"no bag":     {plain("x"), "outside"},
		"no bagit":   {plain("a/x"), "no bagit.txt"},
		"empty zip":  {nil, "no bagit.txt"},
		"many files": {plain(many(bundle.MaxFiles + 1)...), "10000 are allowed"},
	} {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for _, e := range c.files {
			h := &zip.FileHeader{Name: e.name, Method: e.method}
			if e.mode != 0 {
				h.SetMode(e.mode)
			}
			w, err := z.CreateHeader(h)
			if err == nil && !strings.HasSuffix(e.name, "/") {
				_, err = w.Write(make([]byte, 1<<10))
			}
			if err != nil {
				t.Fatalf("write: %v", err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatalf("close: %v", err)
		}
		_, err := bundle.Open(bytes.NewReader(b.Bytes()), int64(b.Len()))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// TestTenMillionFiles: the number of files is read from the end of the zip, and one with
// too many is refused without reading more.
func TestTenMillionFiles(t *testing.T) {
	end := make([]byte, 22)
	copy(end, "PK\x05\x06")
	end[10], end[11] = 0xff, 0xff // overflow: the ZIP64 record has the number
	bag := append(make([]byte, 1000), end...)
	if _, err := bundle.Open(bytes.NewReader(bag), int64(len(bag))); err == nil ||
		!strings.Contains(err.Error(), "10000 are allowed") {
		t.Errorf("got %v", err)
	}
}

func many(n int) (out []string) {
	for i := range n {
		out = append(out, fmt.Sprintf("a/%d", i))
	}
	return out
}

// TestTheReportIsTheLogs: a record has the draft of the review in three formats. A
// different one is detected, even if the exporter signed it.
func TestTheReportIsTheLogs(t *testing.T) {
	l := sample(t, ulid, 2)
	l.checkpoint()
	for _, end := range []string{"md", "html", "json"} {
		dir := unpack(t, l.pack(l.hub))
		path := filepath.Join(dir, "data", "report."+end)
		text, err := os.ReadFile(path)
		if err != nil || !strings.Contains(string(text), "Deploy key in a public log") {
			t.Fatalf("%s, %v: %q", path, err, text)
		}
		if err := os.WriteFile(path, bytes.Replace(text, []byte("Deploy key"), []byte("Nothing"), 1),
			0o600); err != nil {
			t.Fatalf("write a file: %v", err)
		}
		resign(t, dir, l.hub)
		b, err := bundle.OpenDir(os.DirFS(dir))
		if err != nil {
			t.Fatalf("open dir: %v", err)
		}
		v := bundle.Verify(b.Evidence(), bundle.VerifyOptions{})
		if !has(v.Bad, "report."+end+" does not match the log") {
			t.Errorf("%s: bad %v", end, v.Bad)
		}
	}
}

// resign rewrites the manifests of an unpacked record and signs them.
func resign(t *testing.T, dir string, w *writer) {
	t.Helper()
	sums := func(name string, of ...string) []byte {
		var out bytes.Buffer
		for _, f := range of {
			b, err := os.ReadFile(filepath.Join(dir, f))
			if err != nil {
				t.Fatalf("read a file: %v", err)
			}
			fmt.Fprintf(&out, "%x  %s\n", sha256.Sum256(b), f)
		}
		if err := os.WriteFile(filepath.Join(dir, name), out.Bytes(), 0o600); err != nil {
			t.Fatalf("write a file: %v", err)
		}
		return out.Bytes()
	}
	var data []string
	err := fs.WalkDir(os.DirFS(dir), "data", func(name string, d fs.DirEntry, err error) error {
		if !d.IsDir() {
			data = append(data, name)
		}
		return err
	})
	if err != nil {
		t.Fatalf("walk a directory: %v", err)
	}
	sums("manifest-sha256.txt", data...)
	tags := sums("tagmanifest-sha256.txt", "allowed_signers", "bag-info.txt", "bagit.txt", "manifest-sha256.txt")
	if err := os.WriteFile(filepath.Join(dir, "tagmanifest-sha256.txt.sig"), signing.SignSSH(w.priv, tags),
		0o600); err != nil {
		t.Fatalf("write a file: %v", err)
	}
}
