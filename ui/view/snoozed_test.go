package view

import (
	"strings"
	"testing"
	"time"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/present"
	"warroom/ui/theme"
)

// TestASnoozedMissStaysAMiss: a clock that was overdue before it was snoozed is a miss on the
// pane, the page, the wall and in texts; one that was snoozed in time is not.
func TestASnoozedMissStaysAMiss(t *testing.T) {
	now, th := time.Date(2026, 11, 21, 14, 40, 0, 0, time.UTC), theme.Of(theme.Mono, 0, true)
	from, due := now.Add(-40*time.Minute), now.Add(-10*time.Minute)
	for _, c := range []struct {
		def  model.ClockDef
		at   time.Time // of the snooze
		miss bool
	}{
		{model.ClockDef{ID: "executives", Label: "Executives", After: model.Duration(30 * time.Minute)}, now, true},
		{model.ClockDef{ID: "executives", Label: "Executives", After: model.Duration(30 * time.Minute)},
			due.Add(-time.Minute), false},
		{model.ClockDef{ID: "executives", Label: "Executives", Every: model.Duration(30 * time.Minute)}, now, true},
		{model.ClockDef{ID: "executives", Label: "Executives", Every: model.Duration(30 * time.Minute)},
			due.Add(-time.Minute), false},
	} {
		until := now.Add(20 * time.Minute)
		run := model.ClockRun{ID: c.def.ID, N: 1, From: from, StartedAt: from, Last: from, DueAt: until, Snoozed: until,
			Why: "busy", Changes: []model.ClockChange{{What: model.ChangeSnoozed, At: c.at, PrevDue: due, Due: until}}}
		if c.miss && c.def.Every == 0 {
			run.MissedAt = due
		}
		r := model.NewRoom()
		r.Plan = &model.Plan{Clocks: []model.ClockDef{c.def}}
		r.Clocks, r.Status, r.Severity = []model.ClockRun{run}, model.Open, "SEV-1"
		views := r.ClockViews(now)
		if views[0].State != model.ClockSnoozed {
			t.Fatalf("got the state %s, want snoozed", views[0].State)
		}
		text := func(list ...draw.Line) string {
			var b strings.Builder
			for _, l := range list {
				b.WriteString(draw.PlainText(l).String() + "\n")
			}
			return b.String()
		}
		for face, got := range map[string]string{
			"a narrow pane": text(clockLine(&views[0], 34, th)), "a wide pane": text(clockLine(&views[0], 78, th)),
			"the row of clocks": text(NextClocks(r, now, 80, th)),
			"the page":          text(ClockPage(r, now, 80, time.UTC, th)...),
			"the wall":          text(wallClockRows(r, now, 80, 12, th)...),
			"the wall's rest":   text(remainingClocks(views, r, now, 80, 1, th)...),
			"a text":            present.ClockState(&views[0], now).Full.String(),
			"the short text":    present.ClockState(&views[0], now).Short.String(),
		} {
			has := strings.Contains(got, "MISSED")
			if has != c.miss || !strings.Contains(strings.ToLower(got), "snoozed") {
				t.Errorf("every %s, snoozed at %s: %s: got %q, want snoozed, with MISSED: %v", c.def.Every,
					c.at.Format("15:04"), face, got, c.miss)
			}
		}
	}
}
