package intake_test

import (
	"bytes"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"warroom/feed/intake"
)

// TestKey: made once, also by many at a time; only for its owner to read; never
// made where nothing is to be stored; a broken one is named.
func TestKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data", "intake.key")
	if _, err := intake.Key(path, false); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a key was kept that nobody wanted kept")
	}
	var wg sync.WaitGroup
	keys := make([][]byte, 8)
	for i := range keys {
		wg.Go(func() {
			k, err := intake.Key(path, true)
			if err != nil {
				t.Error(err)
			}
			keys[i] = k.Reveal()
		})
	}
	wg.Wait()
	for _, k := range keys {
		if len(k) != 32 || !bytes.Equal(k, keys[0]) {
			t.Error("two keys of one installation")
		}
	}
	if fi, err := os.Stat(path); err != nil || fi.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", fi, err)
	}
	if err := os.WriteFile(path, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := intake.Key(path, true); err == nil {
		t.Error("a broken key was taken")
	}
}
