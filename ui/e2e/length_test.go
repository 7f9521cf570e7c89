package e2e_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// How long a line and a file of the code may be. A tab counts as four columns.
const (
	maxColumns = 120
	maxLines   = 400
)

// TestLengths: no line of the code is too wide and no file is too long, but for those
// that a program wrote.
func TestLengths(t *testing.T) {
	files := 0
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || d.Name() == ".git") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if strings.HasPrefix(string(b), "// Code generated ") {
			return nil
		}
		files++
		lines := strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
		if len(lines) > maxLines {
			t.Errorf("%s: got %d lines, want at most %d: split it by what it does", path, len(lines), maxLines)
		}
		for i, line := range lines {
			columns := len([]rune(line)) + 3*strings.Count(line, "\t")
			if columns > maxColumns {
				t.Errorf("%s:%d: got %d columns, want at most %d", path, i+1, columns, maxColumns)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatalf("read the code: %v", err)
	}
	if files < 500 {
		t.Errorf("got %d files, want all of the code", files)
	}
}
