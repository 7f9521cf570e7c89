package ui

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

// leftAfter is how old a file that is being written has to be to count as left
// behind by a crash.
const leftAfter = time.Minute

// tidy removes what a crash left behind, and lines of the history that older
// versions wrote.
func (s *store) tidy() {
	files, _ := os.ReadDir(s.dir) // nothing to tidy where there is none
	var newest time.Time
	for _, f := range files {
		if i, err := f.Info(); err == nil && i.ModTime().After(newest) {
			newest = i.ModTime()
		}
	}
	for _, f := range files {
		i, err := f.Info()
		if err != nil || !strings.HasPrefix(f.Name(), tempPrefix) || newest.Sub(i.ModTime()) <= leftAfter && len(files) > 1 {
			continue
		}
		if err := os.Remove(filepath.Join(s.dir, f.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			s.fail(model.Refuse(model.Internal, "%s cannot be removed: %s", filepath.Join(s.dir, f.Name()), err))
		}
	}
	if b, known := s.read(historyFile), pastLines(s.history()); !bytes.Equal(b, known) {
		s.put(historyFile, known)
	}
}

// Forget takes texts that were redacted out of everything that terminals keep
// below a directory: drafts, histories, pastes, and what a crash left. Terminals
// that are open do it by themselves; this is for those that are not.
func Forget(root string, box model.Sealer, texts []string, now time.Time) error {
	var errs []error
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		if i, err := d.Info(); err == nil && strings.HasPrefix(d.Name(), tempPrefix) && now.Sub(i.ModTime()) < leftAfter {
			return nil // it is being written
		}
		s := &store{dir: filepath.Dir(path), box: box}
		errs = append(errs, s.forget(d.Name(), texts))
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return errors.Join(append(errs, err)...)
}

// forget takes texts out of one file.
func (s *store) forget(name string, texts []string) error {
	b, err := os.ReadFile(filepath.Join(s.dir, name))
	if err != nil {
		return err
	}
	was := s.opened(name, b)
	left := strings.HasPrefix(name, tempPrefix)
	switch {
	case was == nil && len(b) > 0 && !left: // sealed with something else: nobody can read it
		return nil
	case left:
		if holds(b, texts) || bytes.HasPrefix(b, []byte(sealedHead)) {
			return os.Remove(filepath.Join(s.dir, name))
		}
		return nil
	}
	text := blankedFile(name, string(was), texts)
	if text == string(was) {
		return nil
	}
	if strings.HasPrefix(name, "paste-") {
		s.box = nil // it is for other programs
	}
	return s.write(name, []byte(text))
}

func holds(b []byte, texts []string) bool { return model.Blanked(string(b), texts) != string(b) }

// blankedFile returns what a file holds without the texts.
func blankedFile(name, s string, texts []string) string {
	if name != historyFile {
		return model.Blanked(s, texts)
	}
	var all []past
	for line := range strings.Lines(s) {
		var p past
		if json.Unmarshal([]byte(line), &p) == nil {
			p.Text = model.Blanked(p.Text, texts)
			all = append(all, p)
		}
	}
	return string(pastLines(all))
}
