package present

import (
	"time"

	"warroom/model"
)

// zoned returns a formatter of times in a zone, with offset.
func zoned(zone *time.Location) model.At {
	return func(t time.Time) model.Safe {
		return model.Safef("%s", t.In(zone).Format("2006-01-02 15:04:05 -07:00"))
	}
}

// Clocks describes every clock, with its runs if there is more than one run or anything
// else to tell.
func Clocks(r *model.Room, now time.Time, zone *time.Location) []model.Safe {
	all := map[string]*model.ClockHistory{}
	list := r.ClockHistories(now)
	for i := range list {
		all[list[i].Def.ID] = &list[i]
	}
	var out []model.Safe
	for _, c := range r.ClockViews(now) {
		h := all[c.Def.ID]
		line := clockLine(c, now)
		if verdict := string(h.Verdict); len(h.Runs) == 0 && h.Verdict == model.VerdictNotAssessed || h.Differs() {
			line = model.Safef("%s; overall: %s", line, verdict)
		}
		out = append(out, line)
		if len(h.Runs) == 0 || len(h.Runs) == 1 && len(h.Gaps) == 0 && len(h.Runs[0].Run.Changes) == 0 &&
			h.Runs[0].Until.IsZero() && h.Def.Every == 0 {
			continue
		}
		for k := range h.Runs {
			out = append(out, model.Safef("    run %d: %s", h.Runs[k].Run.N, h.Runs[k].Words(h.Def, zoned(zone))))
		}
		for k := range h.Gaps {
			out = append(out, model.Safef("    %s", h.Gaps[k].Words(now, zoned(zone))))
		}
	}
	return out
}

// clockLine describes the state of a clock.
func clockLine(c model.ClockView, now time.Time) model.Safe {
	s := model.Safef("  %s: %s", c.Def.Label, clockWords(c, now))
	if c.Def.Law {
		s = model.Safef("%s (law)", s)
	}
	return s
}

func clockWords(c model.ClockView, now time.Time) model.Safe {
	switch c.State {
	case model.ClockOverdue:
		return model.Safef("OVERDUE by %s, %s", model.Span(c.Remaining), c.Since(now))
	case model.ClockNotStarted, model.ClockStopped:
		return c.Waits()
	case model.ClockMet:
		return model.Safef("met")
	case model.ClockMissed:
		return model.Safef("missed by %s", model.Span(c.Remaining))
	case model.ClockWaived:
		return model.Safef("waived: %s", c.Run.Waived)
	case model.ClockSnoozed:
		return model.Safef("snoozed, due in %s: %s", model.Span(c.Remaining), c.Run.Why)
	}
	if c.Def.AtLeast > 0 {
		return model.Safef("%s left", model.Span(c.Remaining))
	}
	return model.Safef("due in %s, %s", model.Span(c.Remaining), c.Since(now))
}
