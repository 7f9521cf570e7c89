package hub_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"warroom/feed/hub"
	"warroom/model"
)

// secretLine must not be readable on the disk.
const secretLine = "the admin password of the vault is gone"

// keyed returns o with a key that consists of one repeated byte.
func keyed(o hub.Options, b byte) hub.Options {
	o.Key = model.NewSecret(bytes.Repeat([]byte{b}, 32))
	return o
}

// readable returns the files below a directory that contain a text.
func readable(t *testing.T, dir, text string) (found []string) {
	t.Helper()
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		if bytes.Contains(b, []byte(text)) {
			found = append(found, path)
		}
		return err
	}))
	return found
}

// publishText opens a hub, publishes a line, closes the hub, and returns the number of
// stored messages.
func publishText(t *testing.T, o hub.Options, text string) uint64 {
	t.Helper()
	h := open(t, o)
	nc := dial(t, h)
	js, _ := stream(t, nc)
	publish(t, js, text)
	n := stored(t, nc)
	nc.Close()
	h.Close()
	return n
}

// TestEncryptedFromTheStart: what is stored cannot be read from the disk, and is available
// with the key.
func TestEncryptedFromTheStart(t *testing.T) {
	o := testOptions(t)
	publishText(t, keyed(o, 1), secretLine)
	if found := readable(t, o.Dir, "admin password"); len(found) > 0 {
		t.Errorf("it can be read in %s", found)
	}
	for name, other := range map[string]hub.Options{"no key": o, "another key": keyed(o, 2)} {
		_, err := hub.Open(soon(t), other)
		if model.CodeOf(err) != model.Forbidden || !strings.Contains(err.Error(), "encrypted") ||
			!strings.Contains(err.Error(), "at_rest") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := publishText(t, keyed(o, 1), "again"); n != 2 {
		t.Errorf("%d are stored, want 2", n)
	}
}

// TestEncryptedLater: a plain store is encrypted with all its content when it is opened
// with a key.
func TestEncryptedLater(t *testing.T) {
	o := testOptions(t)
	publishText(t, o, secretLine)
	if found := readable(t, o.Dir, "admin password"); len(found) == 0 {
		t.Fatal("it was never plain: this test shows nothing")
	}
	var logs []string
	o.Logf = func(s model.Safe) { logs = append(logs, s.String()) }
	if n := publishText(t, keyed(o, 1), "again"); n != 2 {
		t.Errorf("%d are stored, want 2", n)
	}
	if found := readable(t, o.Dir, "admin password"); len(found) > 0 {
		t.Errorf("it can still be read in %s", found)
	}
	if all := strings.Join(logs, "\n"); !strings.Contains(all, "is being encrypted") ||
		!strings.Contains(all, "files are removed") || len(logs) != 2 {
		t.Errorf("got the log %q, want that it is encrypted, that it was, and no error", all)
	}
	h := open(t, keyed(o, 1))
	_, s := stream(t, dial(t, h))
	m, err := s.GetMsg(soon(t), 1)
	must(t, err)
	if string(m.Data) != secretLine {
		t.Errorf("got %q", m.Data)
	}
}

// TestEncryptingIsCutOff: if the process dies at any step, nothing is lost, and the next
// one completes the encryption.
func TestEncryptingIsCutOff(t *testing.T) {
	for name, leave := range map[string]func(t *testing.T, dir string){
		"while it copied": func(t *testing.T, dir string) {
			must(t, os.MkdirAll(filepath.Join(dir, "sealing", "jetstream", "half"), 0o700))
		},
		"between two names": func(t *testing.T, dir string) {
			must(t, os.Rename(filepath.Join(dir, "jetstream"), filepath.Join(dir, "jetstream.plain")))
		},
		"before the form": func(t *testing.T, dir string) {
			must(t, os.Rename(filepath.Join(dir, "jetstream"), filepath.Join(dir, "jetstream.plain")))
			must(t, os.MkdirAll(filepath.Join(dir, "jetstream", "encrypted"), 0o700))
		},
	} {
		for _, key := range []bool{false, true} {
			o := testOptions(t)
			publishText(t, o, secretLine)
			leave(t, o.Dir)
			if key {
				o = keyed(o, 1)
			}
			if n := publishText(t, o, "again"); n != 2 {
				t.Errorf("%s, key %v: %d are stored, want 2", name, key, n)
			}
			if found := readable(t, o.Dir, "admin password"); len(found) > 0 == key {
				t.Errorf("%s, key %v: readable in %v", name, key, found)
			}
			for _, left := range []string{"sealing", "jetstream.plain"} {
				if _, err := os.Lstat(filepath.Join(o.Dir, left)); err == nil {
					t.Errorf("%s, key %v: %s is still there", name, key, left)
				}
			}
		}
	}
}

// TestNoRoomToEncrypt: the error is reported, and the store stays unchanged.
func TestNoRoomToEncrypt(t *testing.T) {
	o := testOptions(t)
	publishText(t, o, secretLine)
	full := keyed(o, 1)
	full.Free = func(string) (int64, bool) { return 10, true }
	_, err := hub.Open(soon(t), full)
	if err == nil || !strings.Contains(err.Error(), "because that needs another") {
		t.Errorf("got %v", err)
	}
	if n := publishText(t, o, "again"); n != 2 {
		t.Errorf("%d are stored, want 2", n)
	}
}
