package feed_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/model"
	"warroom/model/bundle"
)

// dump returns n bytes, different for each seed.
func dump(n int, seed uint64) []byte {
	b := make([]byte, n)
	r := rand.NewChaCha8([32]byte{byte(seed), 1})
	_, _ = r.Read(b) // it never fails
	return b
}

func logOf(name string) model.Collection {
	return model.Collection{EvidenceAbout: model.EvidenceAbout{Name: name, Class: "log", Host: "web3", Command: "cat " +
		name}}
}

// broken returns a reader that fails after some bytes.
func broken(b []byte) io.Reader {
	return io.MultiReader(bytes.NewReader(b), iotest{errors.New("the pipe broke")})
}

type iotest struct{ err error }

func (r iotest) Read([]byte) (int, error) { return 0, r.err }

// TestEvidence: evidence is read back with the same hash, and the log records the access.
// With another key nobody can read it, and the files on disk are encrypted.
func TestEvidence(t *testing.T) {
	for _, secret := range []string{"", "correct horse"} {
		data := feedtest.Data(t)
		o := feedtest.Options(t, data, "ana")
		o.AtRest = model.NewSecret([]byte(secret))
		f := feedtest.With(t, o)
		short := feedtest.Declare(t, f)
		for _, n := range []int{1, 512 << 10, 512<<10 + 1, 3 << 20} {
			want := append([]byte("the marker of this piece"), dump(n, uint64(n))...)[:n]
			reported := int64(0)
			p, err := f.Collect(soon(t), short, logOf("auth.log"), bytes.NewReader(want),
				func(n int64) { reported = n })
			if err != nil {
				t.Fatalf("collect evidence: %v", err)
			}
			sum := sha256.Sum256(want)
			if p.SHA256 != hex.EncodeToString(sum[:]) || p.Size != int64(n) || reported != int64(n) || !p.Whole() ||
				p.Host != "web3" || p.By != "ana" {
				t.Errorf("got %+v, told of %d", p, reported)
			}
			var got bytes.Buffer
			p, err = f.Fetch(soon(t), short, p.N, "to look", &got, nil)
			if err != nil || !bytes.Equal(got.Bytes(), want) {
				t.Errorf("%d bytes came out as %d: %v", n, got.Len(), err)
			}
		}
		s := feedtest.Enter(t, f, short)
		if c := s.Latest().Room.EvidenceItem(4).Custody; len(c) != 2 || c[1].Act != model.CustodyAccessed ||
			c[1].Reason != "to look" {
			t.Errorf("custody is %+v", c)
		}
		if found := lies(t, data, "the marker of this piece"); found != (secret == "") {
			t.Errorf("with the secret %q, in plain on the disk: %v", secret, found)
		}
	}
}

// lies reports whether a file below a directory contains a text.
func lies(t *testing.T, dir, text string) (found bool) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return nil // files come and go
		}
		b, err := os.ReadFile(path)
		found = found || err == nil && bytes.Contains(b, []byte(text))
		return nil
	})
	if err != nil {
		t.Fatalf("read a file: %v", err)
	}
	return found
}

// TestEvidenceIsResumed: interrupted evidence is incomplete. The same input continues it,
// and another input does not.
func TestEvidenceIsResumed(t *testing.T) {
	f := feedtest.Open(t, "ana")
	short := feedtest.Declare(t, f)
	want := dump(12<<20+77, 1)
	for i, cut := range []int{10 << 20, 11<<20 + 5} {
		_, err := f.Collect(soon(t), short, logOf("dump"), broken(want[:cut]), nil)
		if model.CodeOf(err) != model.Invalid ||
			!strings.HasPrefix(err.Error(),
				"E1 (dump) is incomplete: dump could not be read to its end (the pipe broke); ") {
			t.Fatalf("cut %d: %v", i, err)
		}
	}
	s := feedtest.Enter(t, f, short)
	if r := s.Latest().Room; len(r.Evidence) != 1 || r.Evidence[0].Whole() {
		t.Fatalf("got %+v", r.Evidence)
	}
	if _, err := f.Fetch(soon(t), short, 1, "", io.Discard, nil); err == nil ||
		err.Error() != "E1 is incomplete: its bytes cannot be read" {
		t.Errorf("got out: %v", err)
	}
	other := bytes.Clone(want)
	other[9<<20] ^= 1
	if _, err := f.Collect(soon(t), short, logOf("dump"), bytes.NewReader(other),
		nil); model.CodeOf(err) != model.Conflict ||
		!strings.Contains(err.Error(), "the input has changed") {
		t.Errorf("another input: %v", err)
	}
	c := logOf("else")
	c.Resume = 1
	if _, err := f.Collect(soon(t), short, c, strings.NewReader("quite else"), nil); err == nil ||
		!strings.HasPrefix(err.Error(), "E1 begins with different bytes") {
		t.Errorf("another beginning: %v", err)
	}
	p, err := f.Collect(soon(t), short, logOf("dump"), bytes.NewReader(want), nil)
	if err != nil || p.N != 1 || p.Size != int64(len(want)) {
		t.Fatalf("resumed: %+v %v", p, err)
	}
	var got bytes.Buffer
	if _, err := f.Fetch(soon(t), short, 1, "", &got, nil); err != nil || !bytes.Equal(got.Bytes(), want) {
		t.Errorf("what was resumed is not what went in: %v", err)
	}
	if p, err := f.Collect(soon(t), short, logOf("dump"), bytes.NewReader(want), nil); err != nil || p.N != 2 {
		t.Errorf("once more: %+v %v", p, err)
	}
}

// TestEvidenceRefused: refused evidence is not registered.
func TestEvidenceRefused(t *testing.T) {
	x := newTeam(t)
	short := feedtest.Declare(t, x.host)
	wim, bo := x.comes("wim", model.Watch), x.comes("bo", model.Write)
	if _, err := x.host.Collect(soon(t), short, logOf("empty"), strings.NewReader(""), nil); err == nil ||
		!strings.HasPrefix(err.Error(), "empty is empty") {
		t.Errorf("empty: %v", err)
	}
	if _, err := x.host.Collect(soon(t), short, logOf("small"), broken([]byte("")), nil); err == nil ||
		err.Error() != "small could not be read to its end (the pipe broke)" {
		t.Errorf("broken at once: %v", err)
	}
	if _, err := x.host.Collect(soon(t), "inc-99", logOf("a"), strings.NewReader("a"),
		nil); model.CodeOf(err) != model.NotFound {
		t.Errorf("no room: %v", err)
	}
	if _, err := wim.Collect(soon(t), short, logOf("a"), strings.NewReader("a"),
		nil); model.CodeOf(err) != model.Forbidden {
		t.Errorf("who watches: %v", err)
	}
	if p, err := bo.Collect(soon(t), short, logOf("a"), strings.NewReader("a"), nil); err != nil || p.N != 1 {
		t.Errorf("an invited writer: %+v %v", p, err)
	}
	cy := feedtest.With(t, x.as(x.file(feed.Invite{Handle: "cy", Right: model.Write, Rooms: []string{short}})))
	if p, err := cy.Collect(soon(t), short, logOf("b"), strings.NewReader("b"), nil); err != nil || p.N != 2 {
		t.Errorf("a writer of one room: %+v %v", p, err)
	}
	var got bytes.Buffer
	if _, err := cy.Fetch(soon(t), short, 2, "", &got, nil); err != nil || got.String() != "b" {
		t.Errorf("what cy collected: %q %v", got.String(), err)
	}
	got.Reset()
	if _, err := x.host.Fetch(soon(t), short, 1, "", &got, nil); err != nil || got.String() != "a" {
		t.Errorf("what bo collected: %q %v", got.String(), err)
	}
	if _, err := wim.Fetch(soon(t), short, 1, "", &got, nil); model.CodeOf(err) != model.Forbidden ||
		got.String() != "a" {
		t.Errorf("who watches gets it out: %v", err)
	}
	if _, err := x.host.Fetch(soon(t), short, 3, "", &got, nil); model.CodeOf(err) != model.NotFound {
		t.Errorf("no such piece: %v", err)
	}
}

// TestEvidenceKey: evidence_key is shared, and at_rest belongs to one machine. A wrong
// key is an error.
func TestEvidenceKey(t *testing.T) {
	data := feedtest.Data(t)
	as := func(handle, secret string) *feed.Feed {
		o := feedtest.Options(t, data, handle)
		o.Evidence = model.NewSecret([]byte(secret))
		return feedtest.With(t, o)
	}
	ana := as("ana", "correct horse")
	short := feedtest.Declare(t, ana)
	if _, err := ana.Collect(soon(t), short, logOf("a"), strings.NewReader("secret bytes"), nil); err != nil {
		t.Fatalf("collect evidence: %v", err)
	}
	var got bytes.Buffer
	for secret, want := range map[string]string{"": "the evidence is encrypted; set the passphrase",
		"battery staple": "the evidence is encrypted with a passphrase or key other than"} {
		bo := as("bo", secret)
		if _, err := bo.Fetch(soon(t), short, 1, "", &got, nil); model.CodeOf(err) != model.Forbidden ||
			!strings.HasPrefix(err.Error(), want) || got.Len() > 0 {
			t.Errorf("with %q: %v", secret, err)
		}
	}
	if _, err := as("cy", "correct horse").Fetch(soon(t), short, 1, "", &got, nil); err != nil ||
		got.String() != "secret bytes" {
		t.Errorf("with the same: %q %v", got.String(), err)
	}
	if c := feedtest.Enter(t, ana, short).Latest().Room.EvidenceItem(1).Custody; len(c) != 2 || c[1].By != "cy" {
		t.Errorf("who did not get it out stands in the custody: %+v", c)
	}
}

// TestEvidenceDamaged: evidence that was changed or is missing in the store is an error.
func TestEvidenceDamaged(t *testing.T) {
	f := feedtest.Open(t, "ana")
	short := feedtest.Declare(t, f)
	want := dump(2<<20, 3)
	if _, err := f.Collect(soon(t), short, logOf("a"), bytes.NewReader(want), nil); err != nil {
		t.Fatalf("collect evidence: %v", err)
	}
	drop(t, f, short, 3)
	var got bytes.Buffer
	_, err := f.Fetch(soon(t), short, 1, "", &got, nil)
	if !errors.As(err, new(bundle.Tampered)) || !strings.HasPrefix(err.Error(), "E1 (a) is not what was collected: ") {
		t.Errorf("a part is gone: %v", err)
	}
	drop(t, f, short, 1)
	if _, err := f.Fetch(soon(t), short, 1, "", &got, nil); err == nil {
		t.Errorf("the head is gone: %v", err)
	}
}

// drop deletes a message from the evidence stream of a room.
func drop(t *testing.T, f *feed.Feed, short string, seq uint64) {
	t.Helper()
	js, err := jetstream.New(f.Conn())
	if err != nil {
		t.Fatalf("open JetStream: %v", err)
	}
	str, err := js.Stream(soon(t), "WARROOM_"+short+"_BLOB")
	if err == nil {
		err = str.SecureDeleteMsg(soon(t), seq)
	}
	if err != nil {
		t.Fatalf("secure delete msg: %v", err)
	}
}

// TestEvidenceOnAFullDisk: evidence that fails on a full disk before it is registered
// stays unregistered, and the same input succeeds when there is space.
func TestEvidenceOnAFullDisk(t *testing.T) {
	var free atomic.Int64
	free.Store(1 << 40)
	o := feedtest.Options(t, feedtest.Data(t), "ana")
	short := declared(t, o)
	before, err := feed.Open(soon(t), o) // the stream is created before the hub checks its disk all the time
	if err != nil {
		t.Fatalf("open the feed: %v", err)
	}
	if _, err := before.Collect(soon(t), short, logOf("first"), strings.NewReader("first"), nil); err != nil {
		t.Fatalf("collect evidence: %v", err)
	}
	if err := before.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	o.FreeSpace, o.CheckEvery = func(string) (int64, bool) { return free.Load(), true }, 10*time.Millisecond
	f := feedtest.With(t, o)
	want := dump(3<<20, 9)
	var once sync.Once
	filling := readerFunc(func(p []byte) (int, error) {
		once.Do(func() {
			free.Store(1 << 20)
			feedtest.Soon(t, "the disk is full",
				func() bool { return strings.Contains(f.Link().Problem.String(), "disk is full") })
		})
		return 0, io.EOF
	})
	_, err = f.Collect(soon(t), short, logOf("a"),
		io.MultiReader(bytes.NewReader(want[:2<<20]), filling, bytes.NewReader(want[2<<20:])), nil)
	if model.CodeOf(err) != model.Internal ||
		err.Error() != "a was not collected: the hub's disk is full: free some space; nothing was registered" {
		t.Errorf("on a full disk: %v", err)
	}
	if _, err := f.Collect(soon(t), short, logOf("a"), bytes.NewReader(want),
		nil); model.CodeOf(err) != model.Internal {
		t.Errorf("on a full disk: %v", err)
	}
	free.Store(1 << 40)
	feedtest.Soon(t, "there is room again", func() bool { return f.Link().Problem.IsEmpty() })
	if p, err := f.Collect(soon(t), short, logOf("a"), bytes.NewReader(want), nil); err != nil || p.N != 2 {
		t.Errorf("with room: %+v %v", p, err)
	}
}

type readerFunc func([]byte) (int, error)

func (r readerFunc) Read(p []byte) (int, error) { return r(p) }
