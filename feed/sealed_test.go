package feed_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/model"
)

// onDisk says in which files under a directory a text can be read.
func onDisk(t *testing.T, dir, text string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		if bytes.Contains(b, []byte(text)) {
			found = append(found, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestSealedOutbox: what waits can be read by nobody without the passphrase,
// is not taken for damage by who has none, and is sent by who has it.
func TestSealedOutbox(t *testing.T) {
	const said = "the admin password of the vault is gone"
	x := newExternal(t)
	pass := model.NewSecret([]byte("correct horse"))
	o := x.options(t, "ana")
	o.AtRest = pass
	f := feedtest.With(t, o)
	short := feedtest.Declare(t, f)
	s := feedtest.Enter(t, f, short)
	feedtest.Append(t, s, "here")
	x.stop()
	if _, err := s.Submit(soon(t), feedtest.Note(said)); err != nil {
		t.Fatal(err)
	}
	if found := onDisk(t, x.data, "admin password"); len(found) > 0 {
		t.Errorf("it can be read in %s", found)
	}
	s.Close()
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	x.start()
	refusedWithout(t, x, short)
	o = x.options(t, "ana")
	o.AtRest = pass
	s = feedtest.Enter(t, feedtest.With(t, o), short)
	feedtest.Until(t, s, said, has(said))
	once(t, s.Latest().Room, []string{"here", said})
}

// refusedWithout demands that a terminal without the passphrase says so and
// leaves the file as it is.
func refusedWithout(t *testing.T, x *external, short string) {
	t.Helper()
	f, err := feed.Open(soon(t), x.options(t, "ana"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err = f.Enter(soon(t), short); model.CodeOf(err) != model.Forbidden || !strings.Contains(err.Error(), "is encrypted, and at_rest") {
		t.Errorf("without the passphrase: %v", err)
	}
	if bad, _ := filepath.Glob(filepath.Join(x.data, "outbox", "*", "*.bad-*")); len(bad) > 0 {
		t.Errorf("taken for damage: %s", bad)
	}
}
