package ui_test

import (
	"testing"
	"time"

	"github.com/gdamore/tcell/v2"

	"warroom/ui"
	"warroom/ui/uitest"
)

// TestRadarIsShown: the signals of the radar are one line of the room and of the wall
// display, and complete on the page of clocks. A key begins a command about them.
func TestRadarIsShown(t *testing.T) {
	h, short := ledRoom(t)
	mustType(t, h, short, "di :ask @cy 3m who called?")
	h.Clock.Add(5 * time.Minute)
	for _, wall := range []bool{false, true} {
		s := uitest.Open(t, h, "bo", 120, 36, func(o *ui.Options) { o.Wall, o.Room = wall, "inc-1" })
		s.See("~ ask 1 to @cy has no answer, overdue by 02:20 (+2 more)")
	}
	s := uitest.Open(t, h, "bo", 80, 30)
	s.See("~ ask 1 to @cy has no answer", "Alt-R acts").Mod(tcell.KeyRune, 'r', tcell.ModAlt).See("> :answer 1")
	s.Key(tcell.KeyCtrlU, tcell.KeyF2).See("Gone quiet", "item 5 is urgent, and nobody has started it in",
		"the role of Security Lead has been vacant for 0")
	s.Key(tcell.KeyEsc).Type("half a line").Mod(tcell.KeyRune, 'r', tcell.ModAlt).See("send your line first")
}

// TestDraftIsHeaded: a prepared draft stands under a heading of its own on the page of clocks, not
// among what has gone quiet.
func TestDraftIsHeaded(t *testing.T) {
	h, short := ledRoom(t)
	mustType(t, h, short, "bo :exposure suspected gdpr")
	s := uitest.Open(t, h, "bo", 100, 40)
	s.Key(tcell.KeyF2).See("Drafts of updates", "prepared for Customers, because exposure is suspected")
	s.Gone("Gone quiet")
}

// TestUpdateIsEdited: a line with only an audience becomes the draft of an update. A
// person who is not in command sends it for approval.
func TestUpdateIsEdited(t *testing.T) {
	h, short := ledRoom(t)
	mustType(t, h, short, "bo !rotate now", "bo :exposure suspected gdpr")
	s := uitest.Open(t, h, "di", 120, 36)
	s.See("rotate now").Type(":update executives").See("drafts the update from the log").Key(tcell.KeyEnter).See(
		"the update was drafted", "exposure: suspected")
	s.Type("; call the vendor").Key(tcell.KeyEnter).See("to Executives: Deploy key")
	s.Type(":update customers").Key(tcell.KeyEnter).See("the update was drafted").Key(tcell.KeyEnter).See(
		"draft      1  needs approval, :approve 1; to Customers: We are")
	c := uitest.Open(t, h, "bo", 120, 36)
	c.See("draft      1  needs approval, :approve 1; to Customers").Key(tcell.KeyF2).See("Drafts of updates",
		"draft 1 to Customers by di needs approval: :approve 1").Key(
		tcell.KeyEsc).Type(":approve").Key(tcell.KeyEnter).See("draft 1 by di, approved and sent to Customers")
}
