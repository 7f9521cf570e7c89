package intake_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFormerKeys: what programs before stored is recognised: each finding still gives
// the key that they gave it.
func TestFormerKeys(t *testing.T) {
	raw, err := os.ReadFile("testdata/keys/former.json")
	if err != nil {
		t.Fatal(err)
	}
	var former map[string][]string
	if err := json.Unmarshal(raw, &former); err != nil {
		t.Fatal(err)
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
