package cli

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"io"
	"os"
)

// spool buffers the data of a pipe for a second read, in an unnamed file that is
// encrypted with a key in memory.
type spool struct {
	f     *os.File
	block cipher.Block
	iv    [aes.BlockSize]byte
	way   cipher.Stream
	err   error
}

// newSpool returns a spool, or nil if the file cannot be created.
func newSpool(dir string) *spool {
	var key [32]byte
	s := new(spool)
	if _, err := rand.Read(key[:]); err != nil {
		return nil
	}
	if _, err := rand.Read(s.iv[:]); err != nil {
		return nil
	}
	var err error
	if s.block, err = aes.NewCipher(key[:]); err != nil {
		return nil
	}
	if err = os.MkdirAll(dir, 0o700); err != nil {
		return nil
	}
	if s.f, err = os.CreateTemp(dir, ".ingest-"); err != nil {
		return nil
	}
	if err = os.Remove(s.f.Name()); err != nil {
		s.Close()
		return nil
	}
	s.way = cipher.NewCTR(s.block, s.iv[:])
	return s
}

// Write appends data. It returns no error, so that reading continues if the disk is full;
// rewind returns the error.
func (s *spool) Write(p []byte) (int, error) {
	if s.err == nil {
		b := make([]byte, len(p))
		s.way.XORKeyStream(b, p)
		_, s.err = s.f.Write(b)
	}
	return len(p), nil
}

// rewind moves to the beginning, for Read.
func (s *spool) rewind() error {
	if s.err != nil {
		return s.err
	}
	_, err := s.Seek(0, io.SeekStart)
	return err
}

// Seek moves to the beginning, whatever the arguments are.
func (s *spool) Seek(int64, int) (int64, error) {
	s.way = cipher.NewCTR(s.block, s.iv[:])
	return s.f.Seek(0, io.SeekStart)
}

// Read implements io.Reader.
func (s *spool) Read(p []byte) (int, error) {
	n, err := s.f.Read(p)
	s.way.XORKeyStream(p[:n], p[:n])
	return n, err
}

// Close deletes the data.
func (s *spool) Close() { _ = s.f.Close() } // the data is no longer needed
