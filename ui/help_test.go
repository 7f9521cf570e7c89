package ui_test

import (
	"strings"
	"testing"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui"
	"warroom/ui/uitest"
)

// TestKeysOfARoomThatIsNotThere: over the help of the list of rooms, the keys that open
// pages of a room do nothing, because no room is open.
func TestKeysOfARoomThatIsNotThere(t *testing.T) {
	h, _ := busy(t)
	s := uitest.Open(t, h, "bo", 80, 24, func(o *ui.Options) { o.Room = "inc-1" })
	s.See("runner isolated").Key(tcell.KeyF5).See("search:").Key(tcell.KeyF1).See("Help")
	for _, k := range []tcell.Key{tcell.KeyF2, tcell.KeyF3, tcell.KeyF4, tcell.KeyF7, tcell.KeyF8, tcell.KeyF9,
		tcell.KeyF10} {
		s.Key(k)
	}
	s.Key(tcell.KeyF6).See("F6 filters the timeline: Esc", "Help")
	s.Key(tcell.KeyCtrlT).See("times are shown in UTC", "Help").Key(tcell.KeyF5).See("search:")
}

// TestNumbersThatAreNotShown: the help explains why numbers of lines are missing, and the
// filter that it names shows those lines.
func TestNumbersThatAreNotShown(t *testing.T) {
	h, _ := busy(t)
	s := uitest.Open(t, h, "bo", 100, 40)
	s.See("runner isolated").Key(tcell.KeyF1).See("rows 1 to").Type("/nothing is missing").See("/kind:admitted")
	s.Key(tcell.KeyEsc, tcell.KeyEsc).See("runner isolated").Gone("  4 14:00").Line("/kind:admitted").See("  4 14:00")
}

// TestFilterOfPages: / filters a page over a room: typed letters narrow it, Enter keeps the filter,
// and Esc shows everything again.
func TestFilterOfPages(t *testing.T) {
	h, _ := busy(t)
	s := uitest.Open(t, h, "bo", 100, 40)
	s.See("runner isolated").Key(tcell.KeyF1).See("rows 1 to")
	s.Type("/").See("/_").Type("yank").See("/yank_")
	if text := s.Text(); strings.Contains(text, "rows 1 to") {
		t.Errorf("filtered help: got more rows than fit, want the few that match:\n%s", text)
	}
	s.Key(tcell.KeyEnter).See("/yank (Esc shows everything)").Key(tcell.KeyEscape).See("rows 1 to")
	s.Key(tcell.KeyEscape).See("runner isolated").Key(tcell.KeyF3).See("Checklist").Type("/").Type("rotate").See(
		"/rotate_")
}

// TestHelpIsNotCut: each form of each command is in the help as a whole, at the smallest
// width too.
func TestHelpIsNotCut(t *testing.T) {
	h, _ := busy(t)
	for _, w := range []int{60, 80, 200} {
		s := uitest.Open(t, h, "bo", w, 900)
		s.See("runner isolated").Key(tcell.KeyF1).See("Commands")
		var rows []string
		for row := range strings.Lines(s.Text()) {
			if strings.HasPrefix(row, "│") {
				rows = append(rows, strings.Trim(row, "│ \n"))
			}
		}
		text := strings.Join(strings.Fields(strings.Join(rows, " ")), " ")
		for _, v := range model.Verbs() {
			if want := strings.TrimSpace(":" + v.Name + " " + v.Args.String()); !strings.Contains(text, want) {
				t.Errorf("%d columns: got no %q in the help", w, want)
			}
		}
		if strings.Contains(text, "…") {
			t.Errorf("%d columns: got a row of the help that is cut", w)
		}
	}
}
