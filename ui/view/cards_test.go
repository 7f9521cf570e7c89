package view_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"warroom/model"
	"warroom/ui/theme"
	"warroom/ui/uitest"
	"warroom/ui/view"
)

// TestCardsShowEachIncident: where not every card has room for large figures, some have none, and no
// incident is left out as long as all fit without them.
func TestCardsShowEachIncident(t *testing.T) {
	h := uitest.NewHub()
	for i := range 4 {
		if _, err := h.As("ana").Declare(t.Context(), model.Declaration{Title: fmt.Sprintf("incident %d", i),
			Severity: "SEV-1", Plan: uitest.Plan()}); err != nil {
			t.Fatalf("declare: got %v, want a room", err)
		}
	}
	rooms, err := h.As("ana").List(t.Context())
	if err != nil {
		t.Fatalf("list: got %v, want the rooms", err)
	}
	now := h.Clock.Now().Add(40 * time.Minute)
	th := theme.Of(theme.Mono, 0, true)
	for n := 1; n <= len(rooms); n++ {
		list := model.Overviews(rooms[:n], now)
		for i := range list {
			list[i].Asks = i // the cards differ in height
		}
		for _, w := range []int{76, 116} {
			const small = 7 // max rows of a card without large figures
			for rows := small * n; rows < 60; rows++ {
				var text strings.Builder
				got := view.WallCards(list, now, w, rows, th)
				for _, l := range got {
					fmt.Fprintln(&text, l)
				}
				for i := range n {
					if want := rooms[i].Room.Title; !strings.Contains(text.String(), want) || len(got) > rows {
						t.Fatalf("%d rooms, %d columns, %d rows: got no %q or %d rows:\n%s", n, w, rows, want, len(got),
							text.String())
					}
				}
			}
		}
	}
}
