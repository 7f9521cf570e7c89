package state

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"warroom/model"
)

// tempPrefix begins the name of a file that is being written.
const tempPrefix = ".new-"

// leftAfter is the age from which a temporary file is regarded as left by a crash.
const leftAfter = time.Minute

// tidy removes temporary files that a crash left, and history lines of older versions.
func (s *Store) tidy() {
	files, _ := os.ReadDir(s.dir) // without a directory there is nothing to do
	var newest time.Time
	for _, f := range files {
		if i, err := f.Info(); err == nil && i.ModTime().After(newest) {
			newest = i.ModTime()
		}
	}
	for _, f := range files {
		i, err := f.Info()
		if err != nil || !strings.HasPrefix(f.Name(), tempPrefix) || newest.Sub(i.ModTime()) <= leftAfter &&
			len(files) > 1 {
			continue
		}
		if err := os.Remove(filepath.Join(s.dir, f.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			s.fail(model.Refuse(model.Internal, "%s cannot be removed: %s", filepath.Join(s.dir, f.Name()), err))
		}
	}
	if b, known := s.read(historyFile), encodeLines(s.history()); !bytes.Equal(b, known) {
		s.put(historyFile, known)
	}
}

// Forget removes redacted texts from the files of all terminals below a directory:
// drafts, histories, pastes and temporary files. Open terminals do this themselves.
func Forget(root string, box model.Sealer, texts []string, now time.Time) error {
	var errs []error
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		if i, err := d.Info(); err == nil && strings.HasPrefix(d.Name(), tempPrefix) &&
			now.Sub(i.ModTime()) < leftAfter {
			return nil // it is being written
		}
		s := &Store{dir: filepath.Dir(path), box: box}
		errs = append(errs, s.forget(d.Name(), texts))
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return errors.Join(append(errs, err)...)
}

// forget removes texts from one file.
func (s *Store) forget(name string, texts []string) error {
	b, err := os.ReadFile(filepath.Join(s.dir, name))
	if err != nil {
		return err
	}
	prev := s.opened(name, b)
	left := strings.HasPrefix(name, tempPrefix)
	switch {
	case prev == nil && len(b) > 0 && !left: // encrypted with another key, so it cannot be read
		return nil
	case left:
		if holds(b, texts) || bytes.HasPrefix(b, []byte(sealedHead)) {
			return os.Remove(filepath.Join(s.dir, name))
		}
		return nil
	}
	text := blankedFile(name, string(prev), texts)
	if text == string(prev) {
		return nil
	}
	if strings.HasPrefix(name, "paste-") {
		s.box = nil // pastes are not encrypted
	}
	return s.write(name, []byte(text))
}

func holds(b []byte, texts []string) bool { return model.Blanked(string(b), texts) != string(b) }

// blankedFile returns the content of a file without the texts.
func blankedFile(name, s string, texts []string) string {
	if name != historyFile {
		return model.Blanked(s, texts)
	}
	var all []SentLine
	for line := range strings.Lines(s) {
		var p SentLine
		if json.Unmarshal([]byte(line), &p) == nil {
			p.Text = model.Blanked(p.Text, texts)
			all = append(all, p)
		}
	}
	return string(encodeLines(all))
}
