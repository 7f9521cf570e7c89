//go:build unix

package backup

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"warroom/model"
	"warroom/model/bundle"
)

// TestPipeInABackup: a named pipe in the place of a file is a damaged file, and nothing waits
// for somebody to write to it.
func TestPipeInABackup(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, manifestFile)
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatalf("make a pipe: %v", err)
	}
	done := make(chan error, 2)
	go func() {
		_, err := Open(dir, model.Secret{})
		done <- err
		sum, err := hashOf(path, 0)
		if sum != "" {
			err = errors.New("got the hash " + sum)
		}
		done <- err
	}()
	for _, step := range []struct {
		what    string
		damaged bool
	}{{"open", true}, {"compare", false}} {
		select {
		case err := <-done:
			if errors.As(err, new(bundle.Tampered)) != step.damaged || !step.damaged && err != nil {
				t.Errorf("%s: got %v, want damaged %v and no other error", step.what, err, step.damaged)
			}
		case <-time.After(10 * time.Second):
			t.Errorf("%s: got no answer, want the pipe refused", step.what)
			if f, err := os.OpenFile(path, os.O_WRONLY|syscall.O_NONBLOCK, 0); err == nil {
				_ = f.Close() // ends the reader that waits
			}
		}
	}
}
