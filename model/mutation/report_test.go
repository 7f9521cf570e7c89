package mutation

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// writeReport writes the surviving mutants by file.
func writeReport(t *testing.T, path string, all, survivors []mutant) {
	t.Helper()
	total := map[string]int{}
	var files []string
	for _, m := range all {
		if total[m.file] == 0 {
			files = append(files, m.file)
		}
		total[m.file]++
	}
	by := map[string][]mutant{}
	for _, m := range survivors {
		by[m.file] = append(by[m.file], m)
	}
	var b strings.Builder
	for _, file := range files {
		fmt.Fprintf(&b, "%s: %d of %d caught\n", file, total[file]-len(by[file]), total[file])
		for _, m := range by[file] {
			fmt.Fprintf(&b, "\t%s\n", m)
		}
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatalf("write the report: %v", err)
	}
}

// readReport returns the mutants in a report.
func readReport(t *testing.T, path string) map[string]bool {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("read the report: %v", err)
	}
	out := map[string]bool{}
	for line := range strings.Lines(string(b)) {
		if m, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "\t"); ok {
			out[m] = true
		}
	}
	return out
}
