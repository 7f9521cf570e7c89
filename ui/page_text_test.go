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
