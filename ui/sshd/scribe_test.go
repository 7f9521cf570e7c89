package sshd_test

import (
	"testing"

	"warroom/model"
	"warroom/ui/uitest"
)

// TestAScribeOverSSH: the thirty lines of a scribe, a write a line. One is refused and waits
// in the tray, with a bell; all others are stored in order.
func TestAScribeOverSSH(t *testing.T) {
	r := start(t, usual())
	lines := uitest.ScribeLines(t, "../testdata/scribe30.txt", nil)
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
		if uitest.IsScribeRefused(l) {
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
	uitest.CheckScribe(t, lines, stored()[before+1:], x.out.String())
}
