package httpin

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/time/rate"
)

// drip returns one byte, and then blocks until it is cut off.
type drip struct {
	*io.PipeReader
	w *io.PipeWriter
}

func newDrip() drip {
	r, w := io.Pipe()
	return drip{r, w}
}

// TestSlowBody: a body that stalls, and one that takes too long, is cut off.
func TestSlowBody(t *testing.T) {
	for name, c := range map[string]struct {
		every, want time.Duration
	}{
		"stalls":   {time.Hour, stallAfter},
		"trickles": {stallAfter / 2, bodyFor},
	} {
		synctest.Test(t, func(t *testing.T) {
			d := newDrip()
			s := newSpool(t.TempDir(), 1<<20, time.Now)
			go func() {
				for {
					if _, err := d.w.Write([]byte("x")); err != nil {
						return
					}
					<-time.After(c.every)
				}
			}()
			begun := time.Now()
			u := s.begin("a", nil, func() { d.CloseWithError(errors.New("cut")) })
			_, err := s.receive(t.Context(), u, d)
			u.end()
			if took := time.Since(begun); !errors.Is(err, errSlow) || took != c.want {
				t.Errorf("a body that %s: got %v after %s, want %v after %s", name, err, took, errSlow, c.want)
			}
			if len(s.unproven) > 0 || s.bytes != 0 || s.proven != 0 {
				t.Errorf("a body that %s: %d uploads and %d bytes are counted still, want none", name, len(s.unproven),
					s.bytes)
			}
			<-time.After(2 * c.every) // the writer ends
		})
	}
}

// TestEvict: if too many unauthenticated bodies are in progress, the slowest one of the
// address that has the most is cut off; young and authenticated ones are kept.
func TestEvict(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	s := newSpool(t.TempDir(), 100, func() time.Time { return now })
	cut := map[string]int{}
	begin := func(name, addr string, size int) *upload {
		u := s.begin(addr, nil, func() { cut[name]++ })
		u.size = int64(size)
		s.bytes += int64(size)
		return u
	}
	begin("other", "b", 0)
	begin("slow", "a", 1)
	for range maxUnproven - 2 {
		begin("fast", "a", 6)
	}
	now = now.Add(10 * time.Second)
	if err := begin("new", "c", 0).grow(1); err != nil {
		t.Errorf("a new body: got %v, want room for it", err)
	}
	if len(cut) != 1 || cut["slow"] != 1 {
		t.Errorf("got cut %v, want the slowest of the address with the most", cut)
	}
	owner := &sender{pace: rate.NewLimiter(1, 1)}
	u := s.begin("a", owner, func() { cut["proven"]++ })
	for range maxUnproven {
		begin("flood", "a", 0)
	}
	if err := u.grow(50); err != nil || cut["proven"] > 0 {
		t.Errorf("a proven body in a flood: got %v, want it to go on", err)
	}
	if err := u.grow(spoolBodies * 100); !errors.Is(err, errBusy) {
		t.Errorf("more than a sender's share: got %v, want %v", err, errBusy)
	}
	u.end()
	if s.proven != 0 || owner.bytes != 0 {
		t.Errorf("got %d and %d bytes of proven bodies after the end, want 0", s.proven, owner.bytes)
	}
}

// TestBodyOnDisk: the bytes on the disk differ from those sent, and are read back as those
// sent, twice.
func TestBodyOnDisk(t *testing.T) {
	b, err := newBody(t.TempDir())
	if err != nil {
		t.Fatalf("make the body: %v", err)
	}
	defer b.Close()
	text := bytes.Repeat([]byte("the secret of this test\n"), 10_000)
	if err := b.write(bytes.Clone(text)); err != nil {
		t.Fatalf("write: %v", err)
	}
	raw := make([]byte, len(text))
	if _, err := b.f.ReadAt(raw, 0); err != nil || bytes.Contains(raw, []byte("secret")) {
		t.Errorf("the file can be read (%v), want it encrypted", err)
	}
	for range 2 {
		if err := b.rewind(); err != nil {
			t.Fatalf("rewind: %v", err)
		}
		if got, err := io.ReadAll(b); err != nil || !bytes.Equal(got, text) {
			t.Errorf("got %d bytes, %v, want the %d that were sent", len(got), err, len(text))
		}
	}
}
