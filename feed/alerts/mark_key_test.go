package alerts_test

import (
	"bytes"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"warroom/feed/alerts"
)

// TestKey: the key is created once, also by concurrent calls; only its owner can read it;
// it is not created if nothing is to be stored; a broken one is named.
func TestKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data", "intake.key")
	if _, err := alerts.MarkKey(path, false); err != nil {
		t.Fatalf("key: %v", err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a key was stored that should not be")
	}
	var wg sync.WaitGroup
	keys := make([][]byte, 8)
	for i := range keys {
		wg.Go(func() {
			k, err := alerts.MarkKey(path, true)
			if err != nil {
				t.Errorf("key: %v", err)
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
		t.Fatalf("write a file: %v", err)
	}
	if _, err := alerts.MarkKey(path, true); err == nil {
		t.Error("a broken key was accepted")
	}
}
