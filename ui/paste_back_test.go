package ui_test

import (
	"testing"

	"github.com/gdamore/tcell/v2"

	"warroom/ui"
	"warroom/ui/uitest"
)

// TestADiscardedPasteComesBack: Esc on the page about a paste of several lines, which may have been
// typed over a slow connection, keeps the lines for Up, and nothing is sent.
func TestADiscardedPasteComesBack(t *testing.T) {
	h, short := busy(t)
	s := uitest.Open(t, h, "bo", 80, 24, func(o *ui.Options) { o.Room = short })
	s.Paste("first line\n:zzz second\nthird").See("Pasted text", "Up in the composer brings it back")
	s.Key(tcell.KeyEsc).See("discarded: 3 lines")
	s.Key(tcell.KeyUp).See("bo > first line", ":zzz second", "third")
}
