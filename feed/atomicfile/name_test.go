package atomicfile

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestName: whatever somebody chose as an identifier, it names one file in the directory.
func TestName(t *testing.T) {
	const id = "01M8JZNH28SVCJME0K4FZVDY36"
	if got := Name(id); got != id {
		t.Errorf("%s: got %s, want it as it is", id, got)
	}
	seen := map[string]string{}
	for _, s := range []string{"", ".", "..", "../x", "/x", "a/b", `a\b`, "*", "x*", "[a]", "?", "x\x00", "C:x", "x.",
		"é", strings.Repeat("A", 65), strings.Repeat("A", 66)} {
		got := Name(s)
		if got == "" || strings.ContainsAny(got, `/\*?[.:`) || filepath.Base(filepath.Join("d", got)) != got ||
			len(got) > 64 {
			t.Errorf("%q: got %q, want a plain name", s, got)
		}
		if prev, ok := seen[got]; ok {
			t.Errorf("%q: got the name of %q, want another", s, prev)
		}
		seen[got] = s
	}
}
