package cli

import (
	"io"
	"strings"
	"testing"
)

// TestOpenPointsAreAList: what prevents resolving is a list with a point a row, on the command
// line and in plain mode. The sentence above it counts the points and does not repeat them.
func TestOpenPointsAreAList(t *testing.T) {
	h := roomInMemory(t)
	wants := []string{"gives the same reason for all; 23 points are open:\n",
		"\n  item 2 Page the Platform Security on-call (PagerDuty)\n", "\n  role scribe: nobody was Scribe\n",
		"\n  exposure was never assessed\n"}
	var out, errs strings.Builder
	code := runIn(t.Context(), t, h, "ana", strings.NewReader(""), &out, &errs, "do", "inc-1", ":resolve x")
	if code == 0 {
		t.Errorf("do :resolve: got exit 0, want it refused")
	}
	in, typed := io.Pipe()
	shown, plain := newTranscript(), newTranscript()
	done := make(chan int)
	go func() { done <- runIn(t.Context(), t, h, "ana", in, shown, plain, "open", "inc-1", "--plain") }()
	plain.waitFor(t, ":quit leaves")
	if _, err := io.WriteString(typed, ":resolve x\n:quit\n"); err != nil {
		t.Fatalf("type: got %v, want it read", err)
	}
	<-done
	for name, got := range map[string]string{"do": errs.String(), "plain": plain.String()} {
		for _, want := range wants {
			if !strings.Contains(got, want) {
				t.Errorf("%s: got %q, want %q in it", name, got, want)
			}
		}
		if n := strings.Count(got, "nobody was Scribe"); n != 1 {
			t.Errorf("%s: got the empty role %d times, want once: %q", name, n, got)
		}
	}
}
