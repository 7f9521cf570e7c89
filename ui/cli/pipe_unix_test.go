//go:build unix

package cli

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestNamedPipesAreRefused: a command that takes a file does not wait for somebody to write to a named pipe.
func TestNamedPipesAreRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatalf("make a named pipe: %v", err)
	}
	if _, err := openEvidence(path); err == nil || !strings.Contains(err.Error(), "named pipe") {
		t.Errorf("evidence: got %v, want it refused by what it is", err)
	}
	if _, _, err := openBag(path); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("a record: got %v, want it refused by what it is", err)
	}
}
