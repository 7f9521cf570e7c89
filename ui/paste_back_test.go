package ui_test

import (
	"strings"
	"testing"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
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

// TestAPasteThatWasSavedIsNotPromised: of a paste that does not fit behind the text in the composer and
// was saved, the page does not state that Up brings it back.
func TestAPasteThatWasSavedIsNotPromised(t *testing.T) {
	h, short := busy(t)
	s := uitest.Open(t, h, "bo", 80, 30, stateIn(t.TempDir()), func(o *ui.Options) { o.Room = short })
	s.Paste(strings.Repeat("x", model.MaxText-20)).Paste("a first line of this paste\nand a second").
		See("saved until you delete it", "discard it").Gone("brings it back").Key(tcell.KeyEsc).See("saved until")
}

// TestADiscardedPasteKeepsTheTypedLine: a paste that is discarded while an older line is shown does not
// drop the line that was being typed before.
func TestADiscardedPasteKeepsTheTypedLine(t *testing.T) {
	h, short := busy(t)
	s := uitest.Open(t, h, "bo", 80, 24, func(o *ui.Options) { o.Room = short })
	s.Type("an older line").Key(tcell.KeyEnter).See("an older line").Type("half a thou")
	s.Key(tcell.KeyUp).See("bo > an older line").Paste("one\ntwo").See("Pasted text").Key(tcell.KeyEsc)
	s.See("bo > an older line").Key(tcell.KeyDown).See("bo > one").Key(tcell.KeyDown).See("bo > half a thou")
}
