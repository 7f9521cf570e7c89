package ui_test

import (
	"strings"
	"testing"
	"time"

	"warroom/model"
	"warroom/ui/screen"
	"warroom/ui/shared"
	"warroom/ui/uitest"
)

// TestPanesOfShortTerminals: with a plan that has little to show, the panes of a tall terminal
// may have as few rows as those of a short one of the same width, and differ from them.
func TestPanesOfShortTerminals(t *testing.T) {
	h, p := uitest.NewHub(), uitest.Plan()
	small := &model.Plan{Name: "small", Title: "Small", Source: p.Source, Notice: p.Notice, Kinds: p.Kinds,
		Severities: p.Severities, Phases: p.Phases[:1]}
	_, err := h.As("ana").Declare(t.Context(), model.Declaration{Title: "small", Severity: "SEV-1", Plan: small})
	if err != nil {
		t.Fatalf("declare: got %v, want a room", err)
	}
	table, common := screen.NewTable(), shared.New()
	v := viewer{"ana", "inc-1", 160, 40, 256, false, time.UTC}
	tall := watch(t, h, v, table, common)
	v.h = 20
	short := watch(t, h, v, table, common)
	for _, first := range [][]*board{{short, tall}, {tall, short}} {
		pass(t, h, first) // the first one draws the panes of this minute
		for _, b := range first {
			if _, text := b.seen(); strings.Contains(text, "┌ Clocks") != (b == tall) {
				t.Errorf("panes side by side: got %t, want %t:\n%s", b != tall, b == tall, text)
			}
		}
	}
}
