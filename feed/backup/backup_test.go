package backup

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"warroom/feed/atrest"
	"warroom/model"
	"warroom/model/bundle"
)

// empty is a hub without rooms.
type empty struct{ err error }

func (e empty) HubKey() (string, error)                      { return "hub", e.err }
func (empty) Shorts(context.Context) ([]string, error)       { return nil, nil }
func (empty) StateOf(context.Context, string) (State, error) { return State{}, errors.New("no room") }
func (empty) ExportBare(context.Context, string, string, io.Writer) error {
	return errors.New("no room")
}
func (empty) StoredEvidence(context.Context, string, func(Chunk) error) error {
	return errors.New("no room")
}

func (empty) Restore(context.Context, *bundle.Bag, string, func(func(Chunk) error) error) (*model.Room, error) {
	return nil, errors.New("no room")
}

func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatalf("make a directory: got %v, want no error", err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatalf("write a file: got %v, want no error", err)
		}
	}
}

// TestHubFiles: a backup restores the files of a hub, whatever its keys are called, and
// contains nothing else of the data directory.
func TestHubFiles(t *testing.T) {
	data, dir, back := t.TempDir(), t.TempDir(), t.TempDir()
	want := map[string]string{"hub/hub.key": "1", "hub/people.json": "2", "struck": "3", "ssh/host_key": "4",
		"keys/ana/-k_y.key": "5", "keys/ana/_k-y.key.retired": "6", "keys/ssh/SHA256:a+b=/ana-write/-.key": "7"}
	write(t, data, want)
	other := map[string]string{"hub/jetstream/hub.key": "x", "outbox/a/b.jsonl": "x", "state/draft": "x",
		"hub/lock": "x", "cache/keys/ana/k.key": "x", "keys/readme": "x", "hub/hub.key.new": "x"}
	write(t, data, other)
	o := Options{Dir: dir, Hub: empty{}, Data: data, Now: time.Now, Logf: func(model.Safe) {}}
	for range 2 { // the second run reads what the first one wrote
		if _, err := Write(t.Context(), o); err != nil {
			t.Fatalf("write a backup: got %v, want no error", err)
		}
	}
	b, err := Open(dir, model.Secret{})
	if err == nil {
		err = errors.Join(b.Check(t.Context()), b.WriteFiles(back))
	}
	if err != nil {
		t.Fatalf("read the backup: got %v, want no error", err)
	}
	for name, text := range want {
		if raw, err := os.ReadFile(filepath.Join(back, filepath.FromSlash(name))); err != nil || string(raw) != text {
			t.Errorf("%s: got %q (%v), want %q", name, raw, err, text)
		}
	}
	for name := range other {
		if _, err := os.Stat(filepath.Join(back, filepath.FromSlash(name))); err == nil {
			t.Errorf("%s: got it restored, want it left out", name)
		}
	}
}

// TestOnlyWhoRunsTheHub: if the hub refuses, nothing is written.
func TestOnlyWhoRunsTheHub(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "backup")
	no := model.Refuse(model.Forbidden, "not for you")
	_, err := Write(t.Context(), Options{Dir: dir, Hub: empty{no}, Data: t.TempDir(), Now: time.Now})
	if model.CodeOf(err) != model.Forbidden {
		t.Errorf("backup by somebody who may not: got %v, want %v", err, no)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("directory of the backup: got %v, want that it is not there", err)
	}
}

// TestHostileManifest: a list with a valid checksum and a path outside the backup or the
// data directory is refused.
func TestHostileManifest(t *testing.T) {
	good := func() *manifest {
		return &manifest{Form: form, Hub: "hub", Complete: true, Rooms: []Room{{Short: "inc-1",
			Log: File{Name: "rooms/inc-1-a.zip", Of: "log inc-1"}}},
			Files: []File{{Name: "hub/file-a.bin", Of: "hub/hub.key"}}}
	}
	if !good().sane() {
		t.Fatalf("a good list: got refused, want taken")
	}
	for name, change := range map[string]func(*manifest){
		"room above":       func(m *manifest) { m.Rooms[0].Short = "../x" },
		"room twice":       func(m *manifest) { m.Rooms = append(m.Rooms, m.Rooms[0]) },
		"log of another":   func(m *manifest) { m.Rooms[0].Log.Of = "log inc-2" },
		"file above":       func(m *manifest) { m.Files[0].Name = "hub/../../etc/passwd" },
		"absolute file":    func(m *manifest) { m.Files[0].Name = "/etc/passwd" },
		"target above":     func(m *manifest) { m.Files[0].Of = "keys/../../x.key" },
		"target elsewhere": func(m *manifest) { m.Files[0].Of = "outbox/x.key" },
		"target hidden":    func(m *manifest) { m.Files[0].Of = "ssh/../../.ssh/authorized_keys" },
		"target dots":      func(m *manifest) { m.Files[0].Of = "ssh/.." },
		"target twice":     func(m *manifest) { m.Files = append(m.Files, m.Files[0]) },
		"negative size":    func(m *manifest) { m.Files[0].Size = -1 },
	} {
		m := good()
		change(m)
		if m.sane() {
			t.Errorf("%s: got taken, want refused", name)
		}
		if err := m.save(t.TempDir(), nil); err == nil {
			t.Errorf("%s: got written, want refused", name)
		}
	}
}

// TestSealedFile: a sealed file can be read at any size and offset. It cannot if it was
// truncated, a chunk was exchanged, or it is another file.
func TestSealedFile(t *testing.T) {
	v, _, err := atrest.Loose(model.NewSecret([]byte("correct horse")))
	if err != nil {
		t.Fatalf("make a vault: got %v, want no error", err)
	}
	box := v.Box(vaultPurpose)
	for _, size := range []int{0, 1, chunkSize - 1, chunkSize, chunkSize + 1, 3*chunkSize + 7} {
		plain := bytes.Repeat([]byte("0123456789abcdef!"), size/17+1)[:size]
		var out bytes.Buffer
		w, err := newSealWriter(&out, box, "log inc-1")
		if err == nil {
			_, err = io.Copy(w, iotestOne(plain))
		}
		if err == nil {
			err = w.Close()
		}
		if err != nil {
			t.Fatalf("seal %d bytes: got %v, want no error", size, err)
		}
		read := func(raw []byte, of string) ([]byte, error) {
			r, err := newSealReader(bytes.NewReader(raw), int64(len(raw)), box, of)
			if err != nil {
				return nil, err
			}
			return io.ReadAll(io.NewSectionReader(r, 0, r.size))
		}
		got, err := read(out.Bytes(), "log inc-1")
		if err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%d bytes: got %d back (%v), want the same", size, len(got), err)
		}
		raw := out.Bytes()
		bad := map[string][]byte{"cut by a byte": raw[:len(raw)-1], "changed": flip(raw, len(raw)-1)}
		if size > chunkSize {
			full, head := chunkSize+chunkMore, len(sealedHead)
			bad["cut at a chunk"] = raw[:head+full]
			if size > 2*chunkSize {
				swapped := append(bytes.Clone(raw[:head]), raw[head+full:head+2*full]...)
				swapped = append(append(swapped, raw[head:head+full]...), raw[head+2*full:]...)
				bad["with chunks exchanged"] = swapped
			}
		}
		for how, b := range bad {
			if got, err := read(b, "log inc-1"); err == nil {
				t.Errorf("%d bytes, %s: got %d bytes, want an error", size, how, len(got))
			}
		}
		if _, err := read(raw, "log inc-2"); size > 0 && err == nil {
			t.Errorf("%d bytes as another file: got no error, want one", size)
		}
	}
}

func flip(raw []byte, at int) []byte {
	out := bytes.Clone(raw)
	out[at] ^= 1
	return out
}

// iotestOne returns a reader whose reads do not match the chunks.
func iotestOne(b []byte) io.Reader {
	return struct{ io.Reader }{io.LimitReader(strings.NewReader(string(b)), int64(len(b)))}
}
