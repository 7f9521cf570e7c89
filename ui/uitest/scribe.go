package uitest

import (
	"os"
	"strings"
	"testing"

	"warroom/model"
)

// scribeRefused is the line of a scribe that [Plan] refuses.
const scribeRefused = ":check 7"

// ScribeLines reads the thirty lines of a scribe, for [Plan], which has other items than the
// playbook that they were written for. In place of a line of instead, it returns the one that
// stands there. One line is refused.
func ScribeLines(tb testing.TB, file string, instead map[string]string) []string {
	tb.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		tb.Fatalf("read the lines: %v", err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	ours := map[string]string{":check 2 paged, di answered": scribeRefused, ":start 8": ":start 4",
		":start 2": ":start 6", ":evidence auth.log of build-7 kept by cy": "auth.log of build-7 kept by cy"}
	for i, l := range lines {
		if o := ours[l] + instead[l]; o != "" {
			lines[i] = o
		}
	}
	return lines
}

// IsScribeRefused reports whether a line of [ScribeLines] is refused.
func IsScribeRefused(line string) bool { return line == scribeRefused }

// CheckScribe checks that all lines of a scribe but the refused one were stored in order, and
// that the terminal rang once.
func CheckScribe(tb testing.TB, lines []string, got []*model.Line, shown string) {
	tb.Helper()
	if len(got) != len(lines)-1 {
		tb.Errorf("got %d lines stored, want %d", len(got), len(lines)-1)
	}
	if n := strings.Count(shown, "\a"); n != 1 {
		tb.Errorf("got %d bells, want one", n)
	}
	i := 0
	for _, l := range lines {
		if IsScribeRefused(l) {
			continue
		}
		words := strings.Fields(l)
		if last := words[len(words)-1]; i < len(got) && got[i].IsEntry() &&
			!strings.Contains(got[i].Text.String(), last) {
			tb.Errorf("line %d: got %q, want it to end with %q", i, got[i].Text, last)
		}
		i++
	}
}
