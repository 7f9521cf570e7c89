package state

import (
	"bytes"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"warroom/model"
)

func TestTheStoreReadsWhatIsBeingWritten(t *testing.T) {
	is := func(text string) content { return func() []byte { return []byte(text) } }
	s := &Store{dir: t.TempDir(), want: map[string]content{"b": is("")},
		now: map[string]content{"a": is("half"), "b": is("old")}}
	if got := string(s.read("a")); got != "half" {
		t.Errorf("got %q", got)
	}
	if got := string(s.read("b")); got != "" {
		t.Errorf("got %q, want the newest, which is nothing", got)
	}
	if names := s.names(); !names["a"] || names["b"] {
		t.Errorf("got %v", names)
	}
}

// turned is a sealer whose effect is visible.
type turned struct{}

func (turned) Seal(text, where []byte) []byte {
	return append(append([]byte(nil), where...), slices.Collect(backwards(text))...)
}

func (turned) Open(sealed, where []byte) ([]byte, error) {
	b, ok := bytes.CutPrefix(sealed, where)
	if !ok {
		return nil, os.ErrInvalid
	}
	return slices.Collect(backwards(b)), nil
}

func backwards(b []byte) iter.Seq[byte] {
	return func(yield func(byte) bool) {
		for _, c := range slices.Backward(b) {
			if !yield(c) {
				return
			}
		}
	}
}

// TestStoredFilesAreSealed: files are encrypted, including those that were not before,
// and can be read only under their own name.
func TestStoredFilesAreSealed(t *testing.T) {
	dir := t.TempDir()
	old := Open(dir, nil, func(err error) { t.Errorf("set up: %v", err) })
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("set up: %v", err)
		}
	}
	must(old.write("draft-A", []byte("half a line")))
	old.Close()
	s := Open(dir, turned{}, func(err error) { t.Errorf("set up: %v", err) })
	s.SaveHistory("A", []SentLine{{Text: "a line that was sent"}})
	s.Close()
	for name, text := range map[string]string{"draft-A": "half a line", "history": "a line that was sent"} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		must(err)
		if strings.Contains(string(b), text) {
			t.Errorf("%s is plain: %q", name, b)
		}
		if got := string(s.read(name)); !strings.Contains(got, text) {
			t.Errorf("%s: got %q", name, got)
		}
		if got := Open(dir, nil, func(err error) { t.Errorf("read a file: %v", err) }).read(name); got != nil {
			t.Errorf("%s is read without the key: %q", name, got)
		}
	}
	must(os.Rename(filepath.Join(dir, "draft-A"), filepath.Join(dir, "draft-B")))
	if got := s.read("draft-B"); got != nil {
		t.Errorf("another room's draft is read as %q", got)
	}
	if _, err := s.SavePaste("long", time.Now()); err == nil {
		t.Error("a paste lies there plain")
	}
}

// TestForget: redacted texts, and nothing else, are removed from the files of closed
// terminals, encrypted or not.
func TestForget(t *testing.T) {
	const mark = "Zebra-7-stripes"
	root := t.TempDir()
	now := time.Now()
	for _, box := range []model.Sealer{nil, turned{}} {
		dir := filepath.Join(root, fmt.Sprintf("bo-%v", box != nil))
		s := &Store{dir: dir, box: box}
		history := `{"text":":todo @bo change ` + mark + ` now","id":"01J","room":"A"}` + "\n" +
			`{"text":"nothing of it","room":"B"}` + "\n"
		files := map[string]string{historyFile: history, "draft-B": "half a line with " + mark, "draft-C": "another",
			"seen-A": "7 2026-11-21T14:00:00Z\n"}
		for name, text := range files {
			if err := s.write(name, []byte(text)); err != nil {
				t.Fatalf("write %s: got %v, want no error", name, err)
			}
		}
		for name, age := range map[string]time.Duration{".new-1": time.Hour, ".new-2": 0, "paste-1.txt": 0} {
			path := filepath.Join(dir, name)
			if err := os.WriteFile(path, []byte("long and "+mark+"\n"), 0o600); err != nil {
				t.Fatalf("write %s: got %v, want no error", name, err)
			}
			if err := os.Chtimes(path, now, now.Add(-age)); err != nil {
				t.Fatalf("age %s: got %v, want no error", name, err)
			}
		}
		if err := Forget(root, box, []string{"the key is " + mark}, now); err != nil {
			t.Errorf("forget: got %v, want no error", err)
		}
		want := map[string]string{historyFile: strings.ReplaceAll(history, mark, model.Blank),
			"draft-B": "half a line with " + model.Blank, "draft-C": "another",
			"seen-A": files["seen-A"], ".new-1": "", ".new-2": "long and " + mark + "\n", "paste-1.txt": "long and " +
				model.Blank + "\n"}
		for name, text := range want {
			if got := string(s.read(name)); got != text {
				t.Errorf("sealed %v: %s: got %q, want %q", box != nil, name, got, text)
			}
		}
	}
	if err := Forget(filepath.Join(root, "none"), nil, []string{mark}, now); err != nil {
		t.Errorf("no directory: got %v, want no error", err)
	}
}

// TestTidy: files that a crash left, and histories of older versions, are removed when a
// terminal starts.
func TestTidy(t *testing.T) {
	dir := t.TempDir()
	for name, age := range map[string]time.Duration{".new-old": time.Hour, ".new-young": 0, "history": 0,
		"draft-A": 0} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatalf("write %s: got %v, want no error", name, err)
		}
		if at := time.Now().Add(-age); os.Chtimes(path, at, at) != nil {
			t.Fatalf("age %s: got an error, want none", name)
		}
	}
	Open(dir, nil, func(err error) { t.Errorf("write a file: %v", err) }).Close()
	left, _ := filepath.Glob(filepath.Join(dir, "*"))
	if want := []string{filepath.Join(dir, ".new-young"), filepath.Join(dir, "draft-A")}; !slices.Equal(left, want) {
		t.Errorf("left: got %q, want %q", left, want)
	}
}
