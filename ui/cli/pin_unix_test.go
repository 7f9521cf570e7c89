//go:build unix

package cli

import "testing"

// TestPinWithoutEnd: a file given with --pin is not read beyond the longest checkpoint.
func TestPinWithoutEnd(t *testing.T) {
	if b, err := readPin("/dev/zero"); err != nil || len(b) != maxPin {
		t.Errorf("got %d bytes and %v, want %d and no error", len(b), err, maxPin)
	}
}
