package ui_test

import (
	"testing"
	"time"

	"github.com/gdamore/tcell/v2"

	"warroom/ui"
	"warroom/ui/uitest"
)

func asked(t *testing.T, h *uitest.Hub, short string) {
	mustType(t, h, short, "ana :ask @cy 3m is the old key dead?", "ana :ask scribe 20m who saw it first?",
		"ana :poll isolate the runner now 10m executes @cy", "cy :object it holds the only log")
}

// askScenes returns screens with asks and polls.
func askScenes() []scene {
	wall := func(o *ui.Options) { o.Wall, o.Room = true, "inc-1" }
	return []scene{
		{name: "asks", w: 80, h: 24, play: asked, do: see("ask 1 cy")},
		{name: "asks", w: 120, h: 36, play: asked, do: see("ask 1  @cy", "poll 1")},
		{name: "asks-page", w: 80, h: 30, play: asked, do: func(t *testing.T, _ *uitest.Hub, s *uitest.Term) {
			s.See("ask 1 cy").Key(tcell.KeyF2).See(":answer 1 TEXT", "cy objects: it holds the only log")
		}},
		{name: "asks-wall", w: 120, h: 40, with: wall, play: asked, do: see("@cy is the old key dead?")},
	}
}

// TestAskRings: an ask that expires beeps once for the asker, the asked and the
// commander, and a poll that ends for its opener.
func TestAskRings(t *testing.T) {
	for who, want := range map[string]int{"ana": 1, "bo": 1, "cy": 1, "di": 0} {
		h, short := busy(t)
		mustType(t, h, short, "di here", "bo :ask @cy 3m is the old key dead?")
		s := uitest.Open(t, h, who, 80, 24, func(o *ui.Options) { o.Bell = true })
		s.See("ask 1")
		before := s.Screen.Bells()
		h.Clock.Add(4 * time.Minute)
		s.Frame()
		s.Frame()
		if got := s.Screen.Bells() - before; got != want {
			t.Errorf("%s: got %d bells, want %d", who, got, want)
		}
	}
}
