package ui_test

import (
	"testing"

	"github.com/gdamore/tcell/v2"

	"warroom/ui/uitest"
)

// TestTextOnAPage: a page over the room answers text that nobody would see, typed or pasted.
func TestTextOnAPage(t *testing.T) {
	h, _ := busy(t)
	const want = "this page takes no text: Esc closes it, F1 lists its keys"
	for _, page := range []tcell.Key{tcell.KeyF1, tcell.KeyF2, tcell.KeyF3, tcell.KeyF4} {
		s := uitest.Open(t, h, "bo", 80, 24)
		s.See("runner isolated").Key(page).Gone(want)
		s.Type("we see").See(want).Key(tcell.KeyEsc).Gone(want)
		s.Key(page).Paste("we see").See(want)
		s.Key(tcell.KeyEsc).Gone(want).Gone("we see")
		s.Close()
	}
}

// TestTextIsNoKeys: what is typed after a character that a page or the timeline refuses is
// part of the same text, and its letters are not keys.
func TestTextIsNoKeys(t *testing.T) {
	h, _ := ledRoom(t)
	s := uitest.Open(t, h, "bo", 80, 24)
	s.See("bo is Incident Commander").Line(":resolve").See("a all")
	s.Type(":impact start an outage").Key(tcell.KeyEnter).See("this page takes no text")
	s.Gone("RESOLVED").Key(tcell.KeyEsc).Gone("this page takes no text").See("commander bo >")
	s.Key(tcell.KeyTab).See("retract").Type(":ar").Key(tcell.KeyEnter).See("you are in the timeline")
	s.Gone(":amend").Gone(":retract ")
}
