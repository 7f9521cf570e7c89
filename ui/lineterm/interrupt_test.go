package lineterm

import (
	"slices"
	"testing"
)

// TestInterruptedLine: after Ctrl-C in the middle of a line, the shell's prompt begins in a row
// of its own.
func TestInterruptedLine(t *testing.T) {
	for _, keys := range []string{"hello\x01\x03", "hello\x03"} {
		s, interrupts := &stream{}, 0
		term := New(s, func() { interrupts++ }, nil)
		if term.feed([]byte(keys[:len(keys)-1])); term.feed([]byte(keys[len(keys)-1:])) || interrupts != 1 {
			t.Errorf("%q: got %d interrupts, want one that ends the input", keys, interrupts)
		}
		got := shownBy(t, s.String()+"$ ", 80).lines()
		if want := []string{"hello", "$"}; !slices.Equal(got, want) {
			t.Errorf("%q: got the rows %q, want %q", keys, got, want)
		}
	}
}
