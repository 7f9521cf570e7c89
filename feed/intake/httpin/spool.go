package httpin

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"warroom/model"
)

// The bounds of bodies on disk.
const (
	maxUnproven   = 64               // signed bodies on their way, of all addresses
	maxSenderBody = 16               // bodies of one proven sender
	spoolBodies   = 4                // times the limit of a body: bytes of all unproven bodies, and of one proven sender's
	stallAfter    = 10 * time.Second // a body that makes no progress for so long is cut
	bodyFor       = 2 * time.Minute  // and one that takes longer
	graceFor      = time.Second      // a younger body is evicted only where no older one exists
	spoolPrefix   = ".http-"
	copySize      = 32 << 10
)

// Errors of a body that was not received.
var (
	errEvicted = errors.New("too many bodies without a proof are on their way; " +
		"sign small bodies, send them at once, or show a token")
	errSlow  = errors.New("the body came too slowly")
	errBusy  = errors.New("too many bodies wait to be read; send it again in a few seconds")
	errSpool = errors.New("the body could not be written to disk")
)

// spool is a directory of bodies that were received and not read yet. Each lies
// in a file without a name, encrypted with a key that only this process holds.
type spool struct {
	dir   string
	limit int64 // bytes of one body
	now   func() time.Time

	mu       sync.Mutex
	unproven map[*upload]struct{}
	bytes    int64 // of unproven
	proven   int64 // bytes
}

// newSpool returns the spool of a directory, "" being the system's for temporary
// files. Files that an earlier process left there are removed.
func newSpool(dir string, limit int64, now func() time.Time) *spool {
	if dir == "" {
		dir = os.TempDir()
	} else if old, err := filepath.Glob(filepath.Join(dir, spoolPrefix+"*")); err == nil {
		for _, path := range old {
			_ = os.Remove(path) // it can be tried again at the next start
		}
	}
	return &spool{dir: dir, limit: limit, now: now, unproven: map[*upload]struct{}{}}
}

// upload is one body on its way to disk.
type upload struct {
	s       *spool
	addr    string  // of the sender
	owner   *sender // nil: it is not proven
	size    int64
	begun   time.Time
	evicted bool
	cut     func() // ends the read that is waiting
}

// begin counts a new upload. Where too many unproven ones are on their way, the
// worst of them is cut to make room. Owner is the sender, nil where it has not
// proven itself.
func (s *spool) begin(addr string, owner *sender, cut func()) *upload {
	u := &upload{s: s, addr: addr, owner: owner, begun: s.now(), cut: cut}
	if owner != nil {
		return u
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.unproven) >= maxUnproven {
		s.evict(u)
	}
	s.unproven[u] = struct{}{}
	return u
}

// evict cuts one unproven upload: of the address with the most of them the
// slowest, where one is old enough to be called slow, else the oldest. It must be
// called with the lock held.
func (s *spool) evict(keep *upload) {
	count, most := map[string]int{}, 0
	for u := range s.unproven {
		count[u.addr]++
		most = max(most, count[u.addr])
	}
	var worst *upload
	now := s.now()
	for u := range s.unproven {
		if u != keep && count[u.addr] == most && (worst == nil || u.worseThan(worst, now)) {
			worst = u
		}
	}
	if worst != nil {
		s.drop(worst)
		worst.evicted = true
		worst.cut()
	}
}

// worseThan reports whether u is cut before o.
func (u *upload) worseThan(o *upload, now time.Time) bool {
	age, other := now.Sub(u.begun), now.Sub(o.begun)
	if age < graceFor || other < graceFor {
		return age > other
	}
	return float64(u.size)/age.Seconds() < float64(o.size)/other.Seconds()
}

// drop forgets an unproven upload. It must be called with the lock held.
func (s *spool) drop(u *upload) {
	if _, ok := s.unproven[u]; ok {
		delete(s.unproven, u)
		s.bytes -= u.size
	}
}

// grow counts n more bytes of an upload.
func (u *upload) grow(n int) error {
	s := u.s
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case u.evicted:
		return errEvicted
	case u.owner != nil:
		if s.proven+int64(n) > 2*spoolBodies*s.limit || u.owner.bytes+int64(n) > spoolBodies*s.limit {
			return errBusy
		}
		s.proven += int64(n)
		u.owner.bytes += int64(n)
	default:
		for s.bytes+int64(n) > spoolBodies*s.limit {
			if len(s.unproven) <= 1 {
				return errEvicted
			}
			s.evict(u)
		}
		s.bytes += int64(n)
	}
	u.size += int64(n)
	return nil
}

// prove counts an upload as one of a proven sender from now on.
func (u *upload) prove(owner *sender) {
	s := u.s
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop(u)
	u.owner = owner
	s.proven += u.size
	owner.bytes += u.size
}

// end gives the room of an upload back.
func (u *upload) end() {
	s := u.s
	s.mu.Lock()
	defer s.mu.Unlock()
	if u.owner != nil {
		s.proven -= u.size
		u.owner.bytes -= u.size
	} else {
		s.drop(u)
	}
	u.size = 0
}

var buffers = sync.Pool{New: func() any { return new([copySize]byte) }}

// receive writes a body to disk until it ends, is larger than limit, stalls, or
// is evicted. The caller closes what it returns.
func (s *spool) receive(ctx context.Context, u *upload, from io.Reader) (*body, error) {
	b, err := newBody(s.dir)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errSpool, err)
	}
	slow := false
	late := func() {
		s.mu.Lock()
		slow = true
		s.mu.Unlock()
		u.cut()
	}
	stall := time.AfterFunc(stallAfter, late)
	defer stall.Stop()
	end := time.AfterFunc(bodyFor, late)
	defer end.Stop()
	buf := buffers.Get().(*[copySize]byte)
	defer buffers.Put(buf)
	for err == nil && ctx.Err() == nil {
		var n int
		n, err = from.Read(buf[:])
		stall.Reset(stallAfter)
		if n == 0 {
			continue
		}
		if gerr := u.grow(n); gerr != nil {
			err = gerr
		} else if werr := b.write(buf[:n]); werr != nil {
			err = fmt.Errorf("%w: %w", errSpool, werr)
		}
	}
	s.mu.Lock()
	evicted, wasSlow := u.evicted, slow
	s.mu.Unlock()
	switch {
	case evicted:
		err = errEvicted
	case errors.Is(err, io.EOF):
		return b, b.rewind()
	case wasSlow:
		err = errSlow
	case err == nil:
		err = ctx.Err()
	}
	b.Close()
	return nil, err
}

// body is a received body. It is read from its beginning as often as needed.
type body struct {
	f     *os.File
	name  string // "" where the file has none any more
	block cipher.Block
	iv    [aes.BlockSize]byte
	way   cipher.Stream
	size  int64
}

func newBody(dir string) (*body, error) {
	var key [32]byte
	b := new(body)
	_, err := rand.Read(key[:])
	if err == nil {
		_, err = rand.Read(b.iv[:])
	}
	if err == nil {
		b.block, err = aes.NewCipher(key[:])
	}
	if err == nil {
		err = os.MkdirAll(dir, 0o700)
	}
	if err == nil {
		b.f, err = os.CreateTemp(dir, spoolPrefix+"*")
	}
	if err != nil {
		return nil, err
	}
	if os.Remove(b.f.Name()) != nil { // some systems cannot remove an open file
		b.name = b.f.Name()
	}
	b.way = cipher.NewCTR(b.block, b.iv[:])
	return b, nil
}

// write encrypts p in place and appends it.
func (b *body) write(p []byte) error {
	b.way.XORKeyStream(p, p)
	n, err := b.f.Write(p)
	b.size += int64(n)
	return err
}

func (b *body) rewind() error {
	_, err := b.Seek(0, io.SeekStart)
	return err
}

// Seek implements io.Seeker for the beginning alone.
func (b *body) Seek(offset int64, whence int) (int64, error) {
	if offset != 0 || whence != io.SeekStart {
		return 0, errors.ErrUnsupported
	}
	b.way = cipher.NewCTR(b.block, b.iv[:])
	return b.f.Seek(0, io.SeekStart)
}

// Read implements io.Reader.
func (b *body) Read(p []byte) (int, error) {
	n, err := b.f.Read(p)
	b.way.XORKeyStream(p[:n], p[:n])
	return n, err
}

// Close removes the body.
func (b *body) Close() error {
	err := b.f.Close()
	if b.name != "" {
		err = errors.Join(err, os.Remove(b.name))
	}
	return err
}

// past is a read deadline that ends a waiting read at once.
var past = time.Unix(1, 0)

// cutter returns what ends the waiting read of a request, until stop was called.
func cutter(w http.ResponseWriter) (cut, stop func()) {
	rc := http.NewResponseController(w)
	var mu sync.Mutex
	over := false
	cut = func() {
		mu.Lock()
		defer mu.Unlock()
		if !over {
			_ = rc.SetReadDeadline(past) // a recorder of a test has none
		}
	}
	return cut, func() {
		mu.Lock()
		over = true
		mu.Unlock()
	}
}

// sentenceOf returns why a body was not received, and the status of it.
func sentenceOf(err error, limit int64) (int, model.Safe, bool) {
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return http.StatusRequestEntityTooLarge,
			model.Safef("more than %s at once; send it in parts, or use warroom ingest", sizeOf(limit)), true
	case errors.Is(err, errEvicted):
		return http.StatusServiceUnavailable, model.Safef("%s", errEvicted), true
	case errors.Is(err, errBusy):
		return http.StatusServiceUnavailable, model.Safef("%s", errBusy), true
	case errors.Is(err, errSlow):
		return http.StatusRequestTimeout,
			model.Safef("%s: it is cut after %d seconds without a byte, or after %d minutes",
				errSlow, int(stallAfter.Seconds()), int(bodyFor.Minutes())), true
	case errors.Is(err, errSpool):
		return http.StatusServiceUnavailable, model.Safef("%s: see that the hub's disk has room", errSpool), true
	}
	return 0, model.Safe{}, false
}

// sizeOf formats a limit of a body.
func sizeOf(n int64) model.Safe {
	if n >= 1<<20 {
		return model.Safef("%d MB", n>>20)
	}
	return model.Safef("%d kB", n>>10)
}
