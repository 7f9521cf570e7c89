package ui_test

import (
	"testing"

	"github.com/gdamore/tcell/v2"

	"warroom/ui/uitest"
)

// TestRedactIsAsked: what it does not reach is said before, and Esc keeps the line
// and the entry.
func TestRedactIsAsked(t *testing.T) {
	h, _ := busy(t)
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		s := uitest.Open(t, h, "ana", size[0], size[1])
		s.See("runner isolated").Type(":redact 6 a password").See("backups", "worthless")
		s.Key(tcell.KeyEnter).See("Redact 6?", "scrollback", "Esc leave it as it is").Type("x").See("y redacts the entry")
		s.Key(tcell.KeyEsc).Gone("Redact 6?").See("> :redact 6 a password")
		s.Close()
	}
}
