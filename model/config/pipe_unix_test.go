//go:build unix

package config_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"warroom/model/config"
)

// TestConfigFromPipes: a named pipe is refused at once, and the pipe of a shell is read.
func TestConfigFromPipes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatalf("make a named pipe: %v", err)
	}
	if _, err := config.ReadConfig(path); err == nil || !strings.Contains(err.Error(), "named pipe") {
		t.Errorf("a named pipe: got %v, want it refused by what it is", err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatalf("make a pipe: %v", err)
	}
	defer r.Close()
	if _, err := w.WriteString("as = \"kim\"\n"); err != nil {
		t.Fatalf("write to a pipe: %v", err)
	}
	if err := w.Close(); err != nil {
		t.Fatalf("close a pipe: %v", err)
	}
	if c, err := config.ReadConfig(fmt.Sprintf("/dev/fd/%d", r.Fd())); err != nil || c.As != "kim" {
		t.Errorf("the pipe of a shell: got %q and %v, want kim", c.As, err)
	}
}
