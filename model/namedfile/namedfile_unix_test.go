//go:build unix

package namedfile

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestRead: regular files are read up to the limit; what is no file, or never ends, is refused.
func TestRead(t *testing.T) {
	dir := t.TempDir()
	file, fifo := filepath.Join(dir, "file"), filepath.Join(dir, "fifo")
	if err := os.WriteFile(file, []byte("12345"), 0o600); err != nil {
		t.Fatalf("write a file: %v", err)
	}
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatalf("make a named pipe: %v", err)
	}
	for path, want := range map[string]string{fifo: "named pipe", dir: "directory",
		filepath.Join(dir, "none"): "no such file", "/dev/zero": "too large"} {
		if got, err := Read(path, 5); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %q and %v, want an error with %q", path, got, err, want)
		}
	}
	if got, err := Read(file, 5); err != nil || string(got) != "12345" {
		t.Errorf("a file of the limit: got %q and %v, want 12345", got, err)
	}
	if _, err := Read(file, 4); !errors.Is(err, ErrTooLarge) {
		t.Errorf("a file above the limit: got %v, want %v", err, ErrTooLarge)
	}
	if got, err := Read(os.DevNull, 4); err != nil || len(got) != 0 {
		t.Errorf("%s: got %q and %v, want nothing", os.DevNull, got, err)
	}
	if !IsRegular(file) || IsRegular(fifo) || IsRegular("/dev/stdin") {
		t.Errorf("regular: got %v, %v, %v; want true, false, false", IsRegular(file), IsRegular(fifo),
			IsRegular("/dev/stdin"))
	}
}

// TestReadPipeOfAShell: the pipe of <(COMMAND) is read once, and its content is returned each time. One
// that does not end in time is refused.
func TestReadPipeOfAShell(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatalf("make a pipe: %v", err)
	}
	defer r.Close()
	if _, err := w.WriteString("content"); err != nil {
		t.Fatalf("write to a pipe: %v", err)
	}
	if err := w.Close(); err != nil {
		t.Fatalf("close a pipe: %v", err)
	}
	path := fmt.Sprintf("/dev/fd/%d", r.Fd())
	for range 2 {
		if got, err := Read(path, 100); err != nil || string(got) != "content" {
			t.Errorf("got %q and %v, want content", got, err)
		}
	}
	open, hold, err := os.Pipe()
	if err != nil {
		t.Fatalf("make a pipe: %v", err)
	}
	defer open.Close()
	defer hold.Close()
	old := wait
	wait = time.Millisecond
	defer func() { wait = old }()
	if got, err := Read(fmt.Sprintf("/dev/fd/%d", open.Fd()), 100); err == nil {
		t.Errorf("a pipe that nobody closes: got %q, want an error", got)
	}
}
