package hub_test

import (
	"errors"
	"os"
	"testing"
)

// lockedDir returns a directory into which its owner may not write.
func lockedDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	must(t, os.Chmod(dir, 0o500))
	t.Cleanup(func() { _ = os.Chmod(dir, 0o700) })
	return dir
}

// fillDisk writes to path until the disk is full, to the last byte.
func fillDisk(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	must(t, err)
	defer f.Close()
	for size := 1 << 20; size > 0; size /= 2 {
		for err = nil; err == nil; {
			_, err = f.Write(make([]byte, size))
		}
	}
	if errors.Is(err, os.ErrPermission) {
		t.Fatalf("write: %v", err)
	}
}
