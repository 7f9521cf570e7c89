package ui_test

import (
	"strings"
	"testing"

	"github.com/gdamore/tcell/v2"

	"warroom/ui/uitest"
)

// TestNearMissesAreAskedAbout: Enter stores a near miss as a note, and another line is
// sent before it.
func TestNearMissesAreAskedAbout(t *testing.T) {
	h, short := busy(t)
	s := uitest.Open(t, h, "bo", 100, 30)
	s.See("runner isolated")
	for line, meant := range map[string]string{"help": ":help", "quit": ":quit", "exit": ":quit", "ls": ":rooms",
		"todo: x1": "TODO: x1", "TODO x2": "TODO: x2", "14:32 x3": "@14:32 x3", "-5 min x4": "-5m x4",
		"decision: x5": "!x5"} {
		s.Line(line).See("did you mean \"" + meant + "\"?").Key(tcell.KeyEnter).See("note       " +
			line).Gone("did you mean")
	}
	before := len(linesOf(t, h, short))
	s.Line("quit").See("did you mean").Line("all is well").See("note       all is well", "did you mean \":quit")
	if got := len(linesOf(t, h, short)) - before; got != 1 {
		t.Errorf("got %d lines stored, want the one that was not asked about", got)
	}
	s.Key(tcell.KeyUp).See("> quit").Gone("did you mean")
}

// TestSlash: a slash opens the filter, unless it begins a path.
func TestSlash(t *testing.T) {
	h, _ := busy(t)
	s := uitest.Open(t, h, "bo", 100, 30)
	s.See("runner isolated")
	for _, note := range []string{"/etc/passwd was changed", "//a comment", "/tmp is full", "/wp-login.php was hit"} {
		s.Line(note).See("note       " + note)
	}
	s.Type("/runner isolated").See(" /runner isolated", "1 line").Key(tcell.KeyEsc).Gone(" /runner").Key(tcell.KeyUp)
	s.See("> /runner isolated").Key(tcell.KeyCtrlU)
	s.Type("/runner").Key(tcell.KeyEnter, tcell.KeyEsc).Line("shown at once").See("note       shown at once")
	s.Key(tcell.KeyCtrlF).Type("runner").Key(tcell.KeyEnter, tcell.KeyEsc).Line("and this").See("note       and this")
}

// TestASentDraftStaysAway: a draft that was sent before the program was killed does not
// come back.
func TestASentDraftStaysAway(t *testing.T) {
	h, short := busy(t)
	for _, line := range []string{"sent already", ":check 3 rotated", "!we rotate"} {
		dir := t.TempDir()
		s := uitest.Open(t, h, "bo", 100, 30, stateIn(dir))
		s.See("runner isolated").Type(line).See("> " + line).Close() // the draft is saved
		mustType(t, h, short, "bo "+line)
		s = uitest.Open(t, h, "bo", 100, 30, stateIn(dir))
		if got := s.See("bo >").Text(); strings.Contains(got, "> "+line) {
			t.Errorf("%s: got it as a draft, want none:\n%s", line, got)
		}
		s.Close()
	}
}
