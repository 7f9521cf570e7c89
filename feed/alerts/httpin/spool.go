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

// The limits of bodies on disk.
const (
	maxUnproven   = 64 // signed bodies in progress, of all addresses
	maxSenderBody = 16 // bodies of one authenticated sender
	// multiples of a body's limit: total of all unauthenticated bodies, and of one
	// authenticated sender
	spoolBodies = 4
	stallAfter  = 10 * time.Second // a body that makes no progress for this long is cut off
	bodyFor     = 2 * time.Minute  // max duration of receiving a body
	graceFor    = time.Second      // a younger body is evicted only if there is no older one
	spoolPrefix = ".http-"
	copySize    = 32 << 10
)

// The errors for a body that was not received.
var (
	errEvicted = errors.New("too many bodies without a proof are arriving; sign small bodies, send them in one " +
		"piece, or send a token")
	errSlow  = errors.New("the body arrived too slowly")
	errBusy  = errors.New("too many bodies wait to be read; send it again in a few seconds")
	errSpool = errors.New("the body could not be written to disk")
)

// spool is a directory of bodies that were received and not read yet. Each is in an
// unlinked file, encrypted with a key that only this process has.
type spool struct {
	dir   string
	limit int64 // of one body
	now   func() time.Time

	mu       sync.Mutex
	begun    uint64 // unproven uploads so far
	unproven map[*upload]struct{}
	bytes    int64 // of unproven
	proven   int64 // bytes
}

// newSpool returns the spool of a directory, or of the directory for temporary files if dir
// is "". It removes files that an earlier process left there.
func newSpool(dir string, limit int64, now func() time.Time) *spool {
	if dir == "" {
		dir = os.TempDir()
	} else if old, err := filepath.Glob(filepath.Join(dir, spoolPrefix+"*")); err == nil {
		for _, path := range old {
			_ = os.Remove(path) // retried at the next start
		}
	}
	return &spool{dir: dir, limit: limit, now: now, unproven: map[*upload]struct{}{}}
}

// upload is one body that is being written to disk.
type upload struct {
	s       *spool
	addr    string  // of the sender
	owner   *sender // nil: not authenticated
	size    int64
	begun   time.Time
	n       uint64 // in the order of their begin
	evicted bool
	cut     func() // interrupts the current read
}

// begin counts a new upload. If too many unauthenticated ones are in progress, it cuts off
// the worst of them. Owner is the sender, or nil if it is not authenticated.
func (s *spool) begin(addr string, owner *sender, cut func()) *upload {
	u := &upload{s: s, addr: addr, owner: owner, begun: s.now(), cut: cut}
	if owner != nil {
		return u
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.begun++
	u.n = s.begun
	if len(s.unproven) >= maxUnproven {
		s.evict(u)
	}
	s.unproven[u] = struct{}{}
	return u
}

// evict cuts off one unauthenticated upload of the address that has the most: the slowest
// if one is old enough to judge, or else the oldest. The caller must hold the lock.
func (s *spool) evict(except *upload) {
	count, largest := map[string]int{}, 0
	for u := range s.unproven {
		count[u.addr]++
		largest = max(largest, count[u.addr])
	}
	var worst *upload
	now := s.now()
	for u := range s.unproven {
		if u != except && count[u.addr] == largest && (worst == nil || u.worseThan(worst, now)) {
			worst = u
		}
	}
	if worst != nil {
		s.drop(worst)
		worst.evicted = true
		worst.cut()
	}
}

// worseThan reports whether u is cut off before o.
func (u *upload) worseThan(o *upload, now time.Time) bool {
	age, other := now.Sub(u.begun), now.Sub(o.begun)
	if age < graceFor || other < graceFor {
		return u.n < o.n
	}
	return float64(u.size)/age.Seconds() < float64(o.size)/other.Seconds()
}

// drop removes an unauthenticated upload. The caller must hold the lock.
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

// prove counts an upload as one of an authenticated sender from now on.
func (u *upload) prove(owner *sender) {
	s := u.s
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop(u)
	u.owner = owner
	s.proven += u.size
	owner.bytes += u.size
}

// end releases the space of an upload.
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

// receive writes a body to disk until it ends, is larger than limit, stalls, or is evicted.
// The caller must close the result.
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
	evicted, tooSlow := u.evicted, slow
	s.mu.Unlock()
	switch {
	case evicted:
		err = errEvicted
	case errors.Is(err, io.EOF):
		return b, b.rewind()
	case tooSlow:
		err = errSlow
	case err == nil:
		err = ctx.Err()
	}
	b.Close()
	return nil, err
}

// body is a received body. It can be read from its beginning repeatedly.
type body struct {
	f     *os.File
	name  string // "" if the file was unlinked
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
	if os.Remove(b.f.Name()) != nil { // some systems cannot unlink an open file
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

// Seek implements io.Seeker, to the beginning only.
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

// past is a read deadline that interrupts a read immediately.
var past = time.Unix(1, 0)

// cutter returns a function that interrupts the current read of a request, until stop is
// called.
func cutter(w http.ResponseWriter) (cut, stop func()) {
	rc := http.NewResponseController(w)
	var mu sync.Mutex
	over := false
	cut = func() {
		mu.Lock()
		defer mu.Unlock()
		if !over {
			_ = rc.SetReadDeadline(past) // the recorder of a test has none
		}
	}
	return cut, func() {
		mu.Lock()
		over = true
		mu.Unlock()
	}
}

// sentenceOf returns why a body was not received, and the status.
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
			model.Safef("%s: a connection is closed after %d seconds without a byte, or after %d minutes",
				errSlow, int(stallAfter.Seconds()), int(bodyFor.Minutes())), true
	case errors.Is(err, errSpool):
		return http.StatusServiceUnavailable, model.Safef("%s: free space on the hub's disk", errSpool), true
	}
	return 0, model.Safe{}, false
}

// sizeOf formats the limit of a body.
func sizeOf(n int64) model.Safe {
	if n >= 1<<20 {
		return model.Safef("%d MB", n>>20)
	}
	return model.Safef("%d kB", n>>10)
}
