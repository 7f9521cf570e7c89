package feed_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/model"
)

func TestKeys(t *testing.T) {
	data := feedtest.Data(t)
	a := feedtest.With(t, feedtest.Options(t, data, "ana"))
	b := feedtest.With(t, feedtest.Options(t, data, "ana"))
	if a.Who().Key == b.Who().Key {
		t.Fatal("two processes hold one key")
	}
	held := b.Who().Key
	file := b.KeyFile()
	if fi, err := os.Stat(file); err != nil || fi.Mode().Perm() != 0o600 {
		t.Errorf("got %v, %v, want a key for this user alone", fi.Mode(), err)
	}
	if err := b.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	o := feedtest.Options(t, data, "ana")
	o.Via = "cli"
	b = feedtest.With(t, o)
	if b.Who().Key != held {
		t.Error("a free key was not taken")
	}
	c := feedtest.With(t, o) // all keys are in use, so it soon makes another
	if n, err := filepath.Glob(filepath.Join(data, "keys", "ana", "*.key")); err != nil || len(n) != 3 {
		t.Errorf("got %d keys, %v, want 3", len(n), err)
	}
	for _, f := range []*feed.Feed{b, c} {
		if err := f.Close(); err != nil {
			t.Fatalf("close: %v", err)
		}
	}
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatalf("change a file's mode: %v", err)
	}
	if err := os.Chmod(a.KeyFile(), 0o644); err != nil {
		t.Fatalf("change a file's mode: %v", err)
	}
	_, err := feed.Open(soon(t), feedtest.Options(t, data, "ana"))
	if model.CodeOf(err) != model.Forbidden || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("got %v, want a refusal that says what to do", err)
	}
}

func TestGuestsWriteWithTheirRight(t *testing.T) {
	f := feedtest.Open(t, "ana")
	short := feedtest.Declare(t, f)
	for _, right := range []model.Right{model.Write, model.Watch} {
		g, err := f.Guest(soon(t),
			feed.Guest{Handle: "g-" + string(right), Via: "ssh", Dir: "ssh/" + string(right), Right: right,
				Origin: "ssh SHA256:abc"})
		if err != nil {
			t.Fatalf("guest: %v", err)
		}
		s, err := g.Enter(soon(t), short)
		if err != nil {
			t.Fatalf("enter a room: %v", err)
		}
		_, err = s.Append(soon(t), feedtest.Note("by "+string(right)))
		if (err != nil) != (right == model.Watch) || err != nil && model.CodeOf(err) != model.Forbidden {
			t.Errorf("%s: got %v", right, err)
		}
		if m, _ := s.Latest().Room.Member(g.Who().Key); m.Right != right || m.Via != "ssh SHA256:abc" {
			t.Errorf("%s: got member %+v", right, m)
		}
		if right == model.Write {
			s.Close()
		}
		if err := g.Close(); err != nil {
			t.Fatalf("close: %v", err)
		}
	}
	feedtest.Append(t, feedtest.Enter(t, f, short), "still open")
}
