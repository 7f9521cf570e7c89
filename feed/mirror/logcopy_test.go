package mirror_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"warroom/feed/mirror"
	"warroom/model/signing"
)

const room = "01ROOM"

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

func message(seq uint64) mirror.Message {
	subject := "warroom.inc-1.log.ana.KEY"
	if seq%10 == 0 {
		subject = "warroom.inc-1.gone.ana.KEY"
	}
	return mirror.Message{Seq: seq, At: noon.Add(time.Duration(seq)), Subject: subject, Sig: fmt.Sprint("sig", seq),
		Data: fmt.Appendf(nil, "message %d", seq)}
}

func open(t *testing.T, dir string) (*mirror.Copy, string) {
	t.Helper()
	c, aside, err := mirror.Open(dir, room, nil, noon)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	return c, aside.String()
}

func fill(t *testing.T, dir string, n uint64) mirror.Tip {
	t.Helper()
	c, _ := open(t, dir)
	for seq := c.Tip().Seq + 1; seq <= n; seq++ {
		must(t, c.Append(message(seq)))
	}
	tip := c.Tip()
	must(t, c.Close())
	return tip
}

func seqs(t *testing.T, dir string, from uint64) (out []uint64, err error) {
	t.Helper()
	err = mirror.Read(dir, room, nil, from, func(m *mirror.Message) error {
		want := message(m.Seq)
		if m.Subject != want.Subject || m.Sig != want.Sig || string(m.Data) != string(want.Data) ||
			!m.At.Equal(want.At) {
			t.Errorf("got %+v, want %+v", m, want)
		}
		out = append(out, m.Seq)
		return nil
	})
	return out, err
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("set up: %v", err)
	}
}

// TestAppendedMessagesAreThere reads from every sequence on, with and without the mark.
func TestAppendedMessagesAreThere(t *testing.T) {
	dir := t.TempDir()
	tip := fill(t, dir, 3000)
	tree := new(signing.Tree)
	for seq := range uint64(3000) {
		if m := message(seq + 1); m.IsLeaf() {
			tree.Add(m.Leaf())
		}
	}
	if tip.Seq != 3000 || tip.Size != 2700 || tip.Root != tree.Root() {
		t.Errorf("got tip %+v, want root %s", tip, tree.Root())
	}
	for _, marked := range []bool{true, false} {
		if !marked {
			must(t, os.Remove(filepath.Join(dir, "mark")))
		}
		if got, err := mirror.Look(dir, room, nil); err != nil || got != tip {
			t.Errorf("marked %v: got %+v, %v, want %+v", marked, got, err, tip)
		}
		for _, from := range []uint64{1, 2, 1024, 1025, 2049, 3000, 3001} {
			got, err := seqs(t, dir, from)
			if err != nil || uint64(len(got)) != 3001-from || len(got) > 0 && got[0] != from {
				t.Errorf("marked %v, from %d: got %d messages, %v", marked, from, len(got), err)
			}
		}
	}
	if fi, err := os.Stat(filepath.Join(dir, "log")); err != nil || fi.Mode().Perm() != 0o600 {
		t.Errorf("got mode %v, %v", fi.Mode(), err)
	}
}

func TestOneHoldsIt(t *testing.T) {
	dir := t.TempDir()
	c, _ := open(t, dir)
	if _, _, err := mirror.Open(dir, room, nil, noon); !errors.Is(err, mirror.ErrBusy) {
		t.Errorf("got %v, want busy", err)
	}
	must(t, c.Append(message(1), message(2)))
	if err := c.Append(message(4)); !errors.Is(err, mirror.ErrGap) {
		t.Errorf("got %v, want a gap", err)
	}
	if got, err := seqs(t, dir, 1); err != nil || len(got) != 2 {
		t.Errorf("got %v, %v while it is held", got, err)
	}
	must(t, c.Close())
	if got := fill(t, dir, 5); got.Seq != 5 {
		t.Errorf("got %+v", got)
	}
}

// TestHalfAMessage: after a crash at any byte, all complete messages are kept, and reading
// ends after them without an error.
func TestHalfAMessage(t *testing.T) {
	dir := t.TempDir()
	fill(t, dir, 20)
	path := filepath.Join(dir, "log")
	whole, err := os.ReadFile(path)
	must(t, err)
	fill(t, dir, 21)
	longer, err := os.ReadFile(path)
	must(t, err)
	for cut := len(whole) + 1; cut < len(longer); cut++ {
		must(t, os.RemoveAll(dir))
		must(t, os.Mkdir(dir, 0o700))
		must(t, os.WriteFile(path, longer[:cut], 0o600))
		if got, err := seqs(t, dir, 1); err != nil || len(got) != 20 {
			t.Fatalf("cut at %d: read %d, %v", cut, len(got), err)
		}
		c, aside := open(t, dir)
		if c.Tip().Seq != 20 || !strings.Contains(aside, "after entry 20; that part was moved to "+path+".bad-2026") {
			t.Fatalf("cut at %d: tip %+v, reported %q", cut, c.Tip(), aside)
		}
		must(t, c.Append(message(21)))
		must(t, c.Close())
		if got, err := os.ReadFile(path); err != nil || string(got) != string(longer) {
			t.Fatalf("cut at %d: the file is not as it was, %v", cut, err)
		}
	}
}

// TestFlippedBit: a flipped bit in any byte is detected; the valid part is kept and the
// rest set aside.
func TestFlippedBit(t *testing.T) {
	dir := t.TempDir()
	fill(t, dir, 5)
	path := filepath.Join(dir, "log")
	good, err := os.ReadFile(path)
	must(t, err)
	for i := range good {
		bad := append([]byte(nil), good...)
		bad[i] ^= 4
		must(t, os.RemoveAll(dir))
		must(t, os.Mkdir(dir, 0o700))
		must(t, os.WriteFile(path, bad, 0o600))
		if got, err := seqs(t, dir, 1); err == nil && len(got) == 5 {
			t.Errorf("byte %d: read as if nothing was", i)
		}
		c, aside := open(t, dir)
		if aside == "" || c.Tip().Seq >= 5 {
			t.Errorf("byte %d: tip %+v, reported %q", i, c.Tip(), aside)
		}
		must(t, c.Close())
		if names, _ := filepath.Glob(path + ".bad-*"); len(names) != 1 || !strings.Contains(aside, names[0]) {
			t.Errorf("byte %d: %v are there, reported %q", i, names, aside)
		}
	}
}

// TestForeignFile: the copy of another room, or of a newer form, is set aside unchanged
// under a name that is reported.
func TestForeignFile(t *testing.T) {
	for _, head := range []string{"warroom log 3 01ROOM\n", "warroom log 1 01OTHER\n", "x"} {
		dir := t.TempDir()
		path := filepath.Join(dir, "log")
		must(t, os.WriteFile(path, []byte(head+"something"), 0o600))
		if _, err := mirror.Look(dir, room, nil); err == nil {
			t.Errorf("%q: looked at as if it were ours", head)
		}
		c, aside := open(t, dir)
		names, _ := filepath.Glob(path + ".bad-*")
		if len(names) != 1 || !strings.Contains(aside, names[0]) || c.Tip().Seq != 0 {
			t.Errorf("%q: %v are there, reported %q", head, names, aside)
		}
		must(t, c.Append(message(1)))
		must(t, c.Close())
	}
}

func TestSetAside(t *testing.T) {
	dir := t.TempDir()
	fill(t, dir, 2000)
	c, _ := open(t, dir)
	name, err := c.SetAside("before", noon)
	must(t, err)
	if _, err := os.Stat(name); err != nil || c.Tip().Seq != 0 {
		t.Errorf("got %v, %+v", err, c.Tip())
	}
	must(t, c.Append(message(1)))
	must(t, c.Close())
	if tip, err := mirror.Look(dir, room, nil); err != nil || tip.Seq != 1 {
		t.Errorf("got %+v, %v", tip, err)
	}
}

func BenchmarkAppend(b *testing.B) {
	c, _, err := mirror.Open(b.TempDir(), room, nil, noon)
	if err != nil {
		b.Fatalf("open: %v", err)
	}
	seq := uint64(0)
	for b.Loop() {
		seq++
		if err := c.Append(message(seq)); err != nil {
			b.Fatalf("append an entry: %v", err)
		}
	}
	if err := c.Close(); err != nil {
		b.Fatalf("close: %v", err)
	}
}

// TestDamageBeforeTheMark: reading everything detects and removes such damage.
func TestDamageBeforeTheMark(t *testing.T) {
	dir := t.TempDir()
	want := fill(t, dir, 3000)
	if got, err := mirror.Whole(t.Context(), dir, room, nil); err != nil || got != want {
		t.Fatalf("got %+v, %v, want it whole", got, err)
	}
	path := filepath.Join(dir, "log")
	b, err := os.ReadFile(path)
	must(t, err)
	b[len(b)/2] ^= 1
	must(t, os.WriteFile(path, b, 0o600))
	bad, err := mirror.Whole(t.Context(), dir, room, nil)
	if !errors.Is(err, mirror.ErrDamaged) || bad.Seq == 0 || bad.Seq >= 3000 {
		t.Fatalf("got %+v, %v", bad, err)
	}
	c, aside := open(t, dir)
	if aside != "" || c.Tip() != want {
		t.Errorf("opening reports %q, tip %+v: the test has no damage before the mark", aside, c.Tip())
	}
	warning, err := c.Repair(t.Context(), noon)
	must(t, err)
	if !strings.Contains(warning.String(), "log.bad-") || c.Tip() != bad {
		t.Errorf("got %q, tip %+v, want %+v", warning, c.Tip(), bad)
	}
	must(t, c.Close())
	if got := fill(t, dir, 3000); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got, err := seqs(t, dir, 1); err != nil || len(got) != 3000 {
		t.Errorf("got %d, %v", len(got), err)
	}
}
