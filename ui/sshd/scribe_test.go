package sshd_test

import (
	"os"
	"strings"
	"testing"

	"warroom/model"
)

// TestAScribeOverSSH: the thirty lines of a scribe, a write a line. One is refused and waits
// in the tray, with a bell; all others are stored in order.
func TestAScribeOverSSH(t *testing.T) {
	r := start(t, usual())
	text, err := os.ReadFile("../testdata/scribe30.txt")
	if err != nil {
		t.Fatalf("read the lines: %v", err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	for i, l := range lines { // the plan of the test has other items: one is refused
		if other := map[string]string{":check 2 paged, di answered": ":check 7", ":start 8": ":start 4",
			":start 2": ":start 6", ":evidence auth.log of build-7 kept by cy": "auth.log of build-7 kept by cy",
		}[l]; other != "" {
			lines[i] = other
		}
	}
	session, err := r.hub.As("ana").Enter(t.Context(), "inc-1")
	if err != nil {
		t.Fatalf("enter: %v", err)
	}
	defer session.Close()
	stored := func() []*model.Line { return session.Latest().Room.Lines() }
	before := len(stored())
	x := r.open(r.login("ana", ana), "xterm-256color", "inc-1", 100, 30)
	x.out.until(t, "ana > ")
	for i, l := range lines {
		x.keys(l + "\r")
		if l == ":check 7" {
			x.out.until(t, "Ctrl-X discards it", "\a")
			before--
			continue
		}
		for len(stored())-before < i+1 { // the next one is a read of its own
			select {
			case <-session.Changed():
			case <-t.Context().Done():
				t.Fatalf("%s: got %d lines stored, want %d", l, len(stored())-before, i+1)
			}
		}
	}
	got := stored()[before+1:]
	if len(got) != len(lines)-1 {
		t.Errorf("got %d lines stored, want %d", len(got), len(lines)-1)
	}
	if n := strings.Count(x.out.String(), "\a"); n != 1 {
		t.Errorf("got %d bells, want one", n)
	}
	i := 0
	for _, l := range lines {
		if l == ":check 7" {
			continue
		}
		words := strings.Fields(l)
		if last := words[len(words)-1]; i < len(got) && got[i].IsEntry() &&
			!strings.Contains(got[i].Text.String(), last) {
			t.Errorf("line %d: got %q, want it to end with %q", i, got[i].Text, last)
		}
		i++
	}
}
