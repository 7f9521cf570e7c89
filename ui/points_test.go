package ui_test

import (
	"testing"

	"github.com/gdamore/tcell/v2"

	"warroom/ui/uitest"
)

// TestPointsAreAnsweredOneByOne: resolving lists what is open; each point gets a reason, the
// same one again, or one for all.
func TestPointsAreAnsweredOneByOne(t *testing.T) {
	h, _ := ledRoom(t)
	s := uitest.Open(t, h, "bo", 80, 24)
	s.See("commander bo >").Type(":resolve the key is dead").Key(tcell.KeyEnter)
	s.See("Open points", "item 1 Validate", "open points without a reason", "Enter reason", "s same", "a all")
	goldenAtSizes(t, s, "points", "Open points")
	s.Type("s").See("give a first reason with Enter")
	s.Key(tcell.KeyEnter).See("> :resolve answer item 1").Type("a known false alarm").Key(tcell.KeyEnter)
	s.See("Open points").Gone("item 1 Validate")
	s.Key(tcell.KeyEnd).See("item 1 Validate", "open by bo: a known false alarm")
	s.Key(tcell.KeyHome).Type("s").Gone("  item 2 Page the Platform Security on-call (PagerDuty)\n")
	s.Type("a").See("> :resolve override the key is dead").Type(", all of it").Key(tcell.KeyEnter)
	s.Gone("Open points").See("MONITORING")
	s.Type(":points").Key(tcell.KeyEnter).See("Open points", "Watch runs for another").Key(tcell.KeyEsc)
	s.Gone("Open points")
}
