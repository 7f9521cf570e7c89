package state

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"

	"warroom/model"
)

// sealedHead begins an encrypted file.
const sealedHead = "warroom sealed 1\n"

// sealed returns the bytes to store in a file. They can be decrypted only for a file of
// the same name.
func (s *Store) sealed(name string, b []byte) []byte {
	if s.box == nil {
		return b
	}
	return append([]byte(sealedHead), s.box.Seal(b, s.where(name))...)
}

// where returns the associated data of a file: its name and its directory.
func (s *Store) where(name string) []byte { return []byte(filepath.Base(s.dir) + "/" + name) }

// opened returns the content of a file, or nil if it cannot be decrypted.
func (s *Store) opened(name string, b []byte) []byte {
	rest, is := bytes.CutPrefix(b, []byte(sealedHead))
	switch {
	case !is:
		return b // written before encryption was on
	case s.box == nil:
		return nil
	}
	text, err := s.box.Open(rest, s.where(name))
	if err != nil {
		return nil
	}
	return text
}

// sealOld encrypts the files that were written before encryption was on. Pastes are for
// other programs and stay as they are.
func (s *Store) sealOld() {
	files, err := os.ReadDir(s.dir)
	if s.box == nil || err != nil {
		return // there are none yet
	}
	for _, f := range files {
		if !f.Type().IsRegular() || strings.HasPrefix(f.Name(), ".") || strings.HasPrefix(f.Name(), "paste-") {
			continue
		}
		b, err := os.ReadFile(filepath.Join(s.dir, f.Name()))
		if err == nil && !bytes.HasPrefix(b, []byte(sealedHead)) {
			err = s.write(f.Name(), b)
		}
		if err != nil {
			s.fail(model.Refuse(model.Internal, "%s is on this disk in plain text: %s",
				filepath.Join(s.dir, f.Name()), err))
		}
	}
}
