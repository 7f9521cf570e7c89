package ui

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"

	"warroom/model"
)

// sealedHead begins a file that is sealed.
const sealedHead = "warroom sealed 1\n"

// sealed is what a file holds on disk. It can be opened under its own name only.
func (s *store) sealed(name string, b []byte) []byte {
	if s.box == nil {
		return b
	}
	return append([]byte(sealedHead), s.box.Seal(b, s.where(name))...)
}

// where says what a file belongs to: a name in the directory of one person.
func (s *store) where(name string) []byte { return []byte(filepath.Base(s.dir) + "/" + name) }

// opened is what was kept in a file; nil where it is sealed with something else.
func (s *store) opened(name string, b []byte) []byte {
	rest, is := bytes.CutPrefix(b, []byte(sealedHead))
	switch {
	case !is:
		return b // from before
	case s.box == nil:
		return nil
	}
	text, err := s.box.Open(rest, s.where(name))
	if err != nil {
		return nil
	}
	return text
}

// sealOld seals what was written before there was something to seal with. A
// paste is for other programs and stays as it is.
func (s *store) sealOld() {
	files, err := os.ReadDir(s.dir)
	if s.box == nil || err != nil {
		return // none yet
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
			s.fail(model.Refuse(model.Internal, "%s lies on this disk plain: %s", filepath.Join(s.dir, f.Name()), err))
		}
	}
}
