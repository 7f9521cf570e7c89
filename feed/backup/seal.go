package backup

import (
	"errors"
	"fmt"
	"io"
	"sync"

	"warroom/feed/atrest"
)

// A sealed file is this line, followed by chunks of the same size; the last one may be
// smaller. Each chunk is bound to the content of the file, to its number, and to whether
// it is the last.
const sealedHead = "warroom sealed backup 1\n"

// The size of a chunk in bytes, and what sealing adds to it: a nonce and a tag.
const (
	chunkSize = 64 << 10
	chunkMore = 24 + 16
)

// errSealed is returned for a sealed file that was truncated or changed.
var errSealed = errors.New("it was changed, or is damaged")

// binding returns the associated data of a chunk.
func binding(of string, n int64, last bool) []byte {
	return fmt.Appendf(nil, "%s\x00%d %t", of, n, last)
}

// sealWriter seals what is written to it.
type sealWriter struct {
	w   io.Writer
	box *atrest.Box
	of  string
	buf []byte
	n   int64
}

// newSealWriter writes the head of a sealed file.
func newSealWriter(w io.Writer, box *atrest.Box, of string) (*sealWriter, error) {
	_, err := io.WriteString(w, sealedHead)
	return &sealWriter{w: w, box: box, of: of, buf: make([]byte, 0, chunkSize)}, err
}

// Write implements io.Writer.
func (s *sealWriter) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		if len(s.buf) == chunkSize {
			if err := s.flush(false); err != nil {
				return 0, err
			}
		}
		k := min(chunkSize-len(s.buf), len(p))
		s.buf, p = append(s.buf, p[:k]...), p[k:]
	}
	return n, nil
}

// flush seals one chunk.
func (s *sealWriter) flush(last bool) error {
	_, err := s.w.Write(s.box.Seal(s.buf, binding(s.of, s.n, last)))
	s.buf, s.n = s.buf[:0], s.n+1
	return err
}

// Close writes the last chunk. It does not close the underlying writer.
func (s *sealWriter) Close() error { return s.flush(true) }

// sealReader reads a sealed file at any offset.
type sealReader struct {
	r     io.ReaderAt
	box   *atrest.Box
	of    string
	size  int64 // size of the content in bytes
	count int64 // number of chunks

	mu   sync.Mutex
	at   int64 // number of the chunk in text; if -1, none
	text []byte
}

// newSealReader opens a sealed file of the given size. It returns errSealed if the file
// was truncated.
func newSealReader(r io.ReaderAt, size int64, box *atrest.Box, of string) (*sealReader, error) {
	head := make([]byte, len(sealedHead))
	if _, err := r.ReadAt(head, 0); err != nil || string(head) != sealedHead {
		return nil, errSealed
	}
	body := size - int64(len(sealedHead))
	s := &sealReader{r: r, box: box, of: of, at: -1,
		count: (body + chunkSize + chunkMore - 1) / (chunkSize + chunkMore)}
	s.size = body - s.count*chunkMore
	if s.count == 0 || s.size < 0 || s.size < (s.count-1)*chunkSize {
		return nil, errSealed
	}
	return s, s.load(s.count - 1) // the last chunk of a truncated file does not verify
}

// ReadAt implements io.ReaderAt.
func (s *sealReader) ReadAt(p []byte, off int64) (n int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for n < len(p) {
		if off >= s.size {
			return n, io.EOF
		}
		if err := s.load(off / chunkSize); err != nil {
			return n, err
		}
		k := copy(p[n:], s.text[off%chunkSize:])
		n, off = n+k, off+int64(k)
	}
	return n, nil
}

// load decrypts a chunk into text.
func (s *sealReader) load(n int64) error {
	if s.at == n {
		return nil
	}
	begin := n * chunkSize
	raw := make([]byte, min(chunkSize, s.size-begin)+chunkMore)
	if _, err := s.r.ReadAt(raw, int64(len(sealedHead))+n*(chunkSize+chunkMore)); err != nil &&
		!errors.Is(err, io.EOF) {
		return err
	}
	text, err := s.box.Open(raw, binding(s.of, n, n == s.count-1))
	if err != nil {
		return errSealed
	}
	s.at, s.text = n, text
	return nil
}
