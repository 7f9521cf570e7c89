package ui_test

import (
	"testing"

	"github.com/gdamore/tcell/v2"

	"warroom/ui"
	"warroom/ui/uitest"
)

// TestHelpAboutAWord: ":help WORD" opens the help narrowed to a word, and commands of the screen may
// be in capital letters.
func TestHelpAboutAWord(t *testing.T) {
	h, short := busy(t)
	s := uitest.Open(t, h, "bo", 80, 24, func(o *ui.Options) { o.Room = short })
	s.Type(":help snooze").Key(tcell.KeyEnter).See("Help", "/snooze (Esc shows everything)", ":snooze")
	s.Key(tcell.KeyEsc).Key(tcell.KeyEsc)
	s.Type(":Checklist").Key(tcell.KeyEnter).See("Checklist", "Space tick")
}
