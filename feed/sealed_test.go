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

// onDisk returns the files below a directory that contain a text.
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
		t.Fatalf("read a file: %v", err)
	}
	return found
}

// TestSealedOutbox: an encrypted outbox cannot be read without the passphrase, is not
// treated as damaged, and is sent with the passphrase.
func TestSealedOutbox(t *testing.T) {
	const secretText = "the admin password of the vault is gone"
	x := newExternal(t)
	pass := model.NewSecret([]byte("correct horse"))
	o := x.options(t, "ana")
	o.AtRest = pass
	f := feedtest.With(t, o)
	short := feedtest.Declare(t, f)
	s := feedtest.Enter(t, f, short)
	feedtest.Append(t, s, "here")
	x.stop()
	if _, err := s.Submit(soon(t), feedtest.Note(secretText)); err != nil {
		t.Fatalf("submit: %v", err)
	}
	if found := onDisk(t, x.data, "admin password"); len(found) > 0 {
		t.Errorf("it can be read in %s", found)
	}
	s.Close()
	if err := f.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	x.start()
	refusedWithout(t, x, short)
	o = x.options(t, "ana")
	o.AtRest = pass
	s = feedtest.Enter(t, feedtest.With(t, o), short)
	feedtest.Until(t, s, secretText, has(secretText))
	once(t, s.Latest().Room, []string{"here", secretText})
}

// refusedWithout checks that a terminal without the passphrase returns an error and
// changes nothing.
func refusedWithout(t *testing.T, x *external, short string) {
	t.Helper()
	refusesOther(t, x.options(t, "ana"))
	if bad, _ := filepath.Glob(filepath.Join(x.data, "outbox", "*", "*.bad-*")); len(bad) > 0 {
		t.Errorf("taken for damage: %s", bad)
	}
}

// refusesOther checks that a data directory cannot be opened without a passphrase or with
// another one.
func refusesOther(t *testing.T, o feed.Options) {
	t.Helper()
	for pass, want := range map[string]string{"": "is encrypted, and at_rest", "another": "is not the one with which"} {
		o.AtRest = model.NewSecret([]byte(pass))
		f, err := feed.Open(soon(t), o)
		if err == nil {
			_ = f.Close()
		}
		if model.CodeOf(err) != model.Forbidden || !strings.Contains(err.Error(), want) {
			t.Errorf("with the passphrase %q: %v", pass, err)
		}
	}
}

// TestNothingLiesPlain: with at_rest no file in the data directory of a hub contains the
// typed text, whether the directory was new or unencrypted before. With the passphrase,
// and only with it, everything is readable.
func TestNothingLiesPlain(t *testing.T) {
	const before, secondText = "the vault was left open", "the admin password of the vault is gone"
	for _, plain := range []bool{false, true} {
		o := feedtest.Options(t, feedtest.Data(t), "ana")
		o.SnapshotAfter = 2 // so that there is a snapshot
		sealed := o
		sealed.AtRest = model.NewSecret([]byte("correct horse"))
		first := sealed
		if plain {
			first = o
		}
		short := typed(t, first, "", before)
		if found := onDisk(t, o.Data, "vault was left"); plain != (len(found) > 0) {
			t.Errorf("plain %v: it can be read in %v", plain, found)
		}
		typed(t, sealed, short, secondText)
		for _, text := range []string{"vault was left", "admin password", "Deploy key in"} {
			if found := onDisk(t, o.Data, text); len(found) > 0 {
				t.Errorf("plain before %v: %q can be read in %s", plain, text, found)
			}
		}
		refusesOther(t, o)
		s := feedtest.Enter(t, feedtest.With(t, sealed), short)
		v := feedtest.Until(t, s, secondText,
			func(v *model.View) bool { return has(secondText)(v) && !v.Proof.Pending })
		once(t, v.Room, []string{before, secondText})
		if !v.Proof.Alarm.IsEmpty() || v.Proof.Bad > 0 {
			t.Errorf("plain before %v: %+v", plain, v.Proof)
		}
	}
}

// typed opens a hub, writes a line to a room, which it declares if short is "", waits
// until the replica has it, and closes the hub.
func typed(t *testing.T, o feed.Options, short, text string) string {
	t.Helper()
	f, err := feed.Open(soon(t), o)
	if err != nil {
		t.Fatalf("open the feed: %v", err)
	}
	if short == "" {
		short = feedtest.Declare(t, f)
	}
	s := feedtest.Enter(t, f, short)
	feedtest.Append(t, s, text)
	s.Close()
	if is, ok := f.AtRest(); !ok || strings.HasPrefix(is.String(), "encrypted") != !o.AtRest.IsEmpty() {
		t.Errorf("at rest it is %s, %v", is, ok)
	}
	if err := f.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	return short
}
