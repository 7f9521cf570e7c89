package ui_test

import (
	"testing"
	"time"

	"github.com/gdamore/tcell/v2"

	"warroom/ui/uitest"
)

// TestRanOutMeanwhile: a person who comes back sees which clocks ran out, once.
func TestRanOutMeanwhile(t *testing.T) {
	h, _ := busy(t)
	state := stateIn(t.TempDir())
	s := uitest.Open(t, h, "bo", 120, 30, state)
	s.See("runner isolated").Gone("overdue since").Key(tcell.KeyCtrlC)
	s.Wait()
	h.Clock.Add(20 * time.Minute)
	s = uitest.Open(t, h, "bo", 120, 30, state)
	s.See("Update overdue since 14:15: :update responders TEXT restarts it").Key(tcell.KeyCtrlC)
	s.Wait()
	uitest.Open(t, h, "bo", 120, 30, state).See("OVERDUE").Gone("overdue since")
}
