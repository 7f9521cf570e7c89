package alerts_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFormerKeys: alerts that earlier versions stored are recognized, because each finding
// also has the key that they gave it.
func TestFormerKeys(t *testing.T) {
	raw, err := os.ReadFile("testdata/keys/former.json")
	if err != nil {
		t.Fatalf("read a file: %v", err)
	}
	var former map[string][]string
	if err := json.Unmarshal(raw, &former); err != nil {
		t.Fatalf("decode JSON: %v", err)
	}
	seen := 0
	for name := range samples {
		want, ok := former[strings.ReplaceAll(name, "/", "-")]
		if !ok {
			continue
		}
		seen++
		got := readFile(t, filepath.Join("testdata", name))
		for i, a := range got.alerts {
			if i >= len(want) || a.FormerKey != want[i] {
				t.Errorf(
					"%s, finding %d: the former key is %s, want %s",
					name,
					i,
					a.FormerKey,
					want[min(i, len(want)-1)],
				)
			}
		}
	}
	if seen != len(former) {
		t.Errorf("%d files were compared, want %d", seen, len(former))
	}
}
