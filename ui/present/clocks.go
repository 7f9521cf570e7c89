package present

import (
	"slices"
	"time"

	"warroom/model"
)

// zoned returns a formatter of times in a zone, with its offset, or UTC by name.
func zoned(zone *time.Location) model.At {
	if zone == time.UTC {
		return model.FormatTime
	}
	return func(t time.Time) model.Safe {
		return model.Safef("%s", t.In(zone).Format("2006-01-02 15:04:05 -07:00"))
	}
}

// Clocks describes every clock, with its runs if there is more than one run or anything
// else to report.
func Clocks(r *model.Room, now time.Time, zone *time.Location) []model.Safe {
	all := map[string]*model.ClockHistory{}
	list := r.ClockHistories(now)
	for i := range list {
		all[list[i].Def.ID] = &list[i]
	}
	var out []model.Safe
	for _, c := range r.ClockViews(now) {
		h := all[c.Def.ID]
		line := model.Safef("  %s: %s", ClockLabel(c.Def), ClockState(&c, now).Full)
		if h.Differs() || len(h.Runs) == 0 && h.Verdict == model.VerdictNotAssessed {
			line = overall(line, h)
		}
		out = append(out, line)
		if len(h.Runs) == 0 || len(h.Runs) == 1 && len(h.Gaps) == 0 && len(h.Runs[0].Run.Changes) == 0 &&
			h.Runs[0].Until.IsZero() && h.Def.Every == 0 {
			continue
		}
		for k := range h.Runs {
			out = append(out, model.Safef("    %s", clockRun(h, k, zoned(zone))))
		}
		for k := range h.Gaps {
			out = append(out, model.Safef("    %s", h.Gaps[k].Words(now, zoned(zone))))
		}
	}
	return out
}

// overall appends the verdict on all runs of a clock.
func overall(s model.Safe, h *model.ClockHistory) model.Safe {
	return model.Safef("%s; overall: %s", s, string(h.Verdict))
}

// clockRun describes one run of a clock, by its number if there are several.
func clockRun(h *model.ClockHistory, k int, at model.At) model.Safe {
	words := h.Runs[k].Words(h.Def, at)
	if len(h.Runs) > 1 {
		return model.Safef("run %d: %s", h.Runs[k].Run.N, words)
	}
	return words
}

// ClockLabel returns the label of a clock, and whether the law sets it.
func ClockLabel(d *model.ClockDef) model.Safe {
	if d.Law {
		return model.Safef("%s (law)", d.Label)
	}
	return model.CleanLine(d.Label)
}

// ClockState describes the state of a clock. The short form is a word, next to which the
// screen has a column for the time.
func ClockState(v *model.ClockView, now time.Time) Wording {
	word := ClockWord(v)
	switch v.State {
	case model.ClockNotStarted, model.ClockStopped:
		return Wording{Full: v.Waits(), Short: word}
	case model.ClockMissed:
		return Wording{Full: undone(v, model.Safef("%s by %s", word, model.Span(v.Remaining))), Short: word}
	case model.ClockMet:
		return Wording{Full: undone(v, model.Lit("met")), Short: word}
	case model.ClockWaived:
		return Wording{Full: model.Safef("%s: %s", word, model.CleanLine(v.Run.Waived)), Short: word}
	case model.ClockSnoozed:
		return Wording{Full: model.Safef("%s: %s", ClockDue(v), v.Run.Why), Short: word}
	}
	if v.Def.AtLeast > 0 {
		return Wording{Full: ClockDue(v), Short: word}
	}
	return Wording{Full: model.Safef("%s, %s", ClockDue(v), v.Since(now)), Short: word}
}

// undone appends to the state of a clock that the item that met it was reopened.
func undone(v *model.ClockView, s model.Safe) model.Safe {
	if v.Undone.IsEmpty() {
		return s
	}
	return model.Safef("%s; %s", s, v.Undone)
}

// ClockDue describes when a live clock is due.
func ClockDue(v *model.ClockView) model.Safe {
	left := model.Span(v.Remaining)
	switch {
	case v.State == model.ClockOverdue:
		return overdue(v.Remaining).Full
	case v.State == model.ClockSnoozed:
		return model.Safef("%s in %s", DueWord(v), left)
	case v.Def.AtLeast > 0:
		return model.Safef("%s left", left)
	}
	return dueIn(v.Remaining).Full
}

// ClockWord returns the word for the state of a clock.
func ClockWord(v *model.ClockView) model.Safe {
	switch v.State {
	case model.ClockOverdue:
		return Overdue
	case model.ClockWarning:
		return model.Lit("due soon")
	case model.ClockSnoozed:
		return v.SnoozeWord()
	case model.ClockMet:
		if !v.Undone.IsEmpty() {
			return model.Lit("met, undone") // its item was reopened
		}
		return model.Lit("met")
	case model.ClockMissed:
		return model.Lit("missed")
	case model.ClockWaived:
		return model.Lit("waived")
	case model.ClockStopped:
		return model.Lit("stopped")
	case model.ClockNotStarted:
		if !v.Run.StoodAt.IsZero() {
			return model.Lit("stopped")
		}
		return model.Lit("not started")
	}
	if v.Def != nil && v.Def.AtLeast > 0 {
		return model.Lit("left")
	}
	return model.Lit("due in")
}

// DueWord returns the word of a live clock in front of its time, if there is room. Of a
// snoozed clock it makes clear that the time is to the due time, not to the end of the
// snooze.
func DueWord(v *model.ClockView) model.Safe {
	if v.State == model.ClockSnoozed {
		return model.Safef("%s, due", ClockWord(v))
	}
	return ClockWord(v)
}

// NoClock is the sentence for a room in which no clock runs.
var NoClock = model.Lit("no clock is running")

// IsLive reports whether a clock is running, overdue or snoozed.
func IsLive(v *model.ClockView) bool {
	switch v.State {
	case model.ClockRunning, model.ClockWarning, model.ClockOverdue, model.ClockSnoozed:
		return true
	}
	return false
}

// LiveClocks returns the live clocks.
func LiveClocks(r *model.Room, now time.Time) []model.ClockView {
	views := r.ClockViews(now)
	return slices.DeleteFunc(views, func(v model.ClockView) bool { return !IsLive(&v) })
}

// ClockFacts describes the start and length of a clock, and each of its runs.
func ClockFacts(h *model.ClockHistory, severity string, now time.Time, at model.At) []model.Safe {
	length := model.Safe{}
	switch d := h.Def; {
	case d.Every > 0:
		length = h.CadenceWords(severity)
	case d.AtLeast > 0:
		length = model.Safef("at least %s", d.AtLeast)
	default:
		length = model.Safef("within %s", d.After)
	}
	first := model.Safef("%d %s: %s from %s", h.N, h.Def.ID, length, h.Start)
	if h.Differs() || len(h.Runs) == 0 && h.Verdict != model.VerdictNotStarted {
		first = overall(first, h)
	}
	out := []model.Safe{first}
	if len(h.Runs) == 0 {
		return append(out, h.Waits())
	}
	for i := range h.Runs {
		out = append(out, clockRun(h, i, at))
		if why := h.Runs[i].Run.Waived; why != "" {
			out = append(out, model.Safef("waived: %s", model.CleanLine(why)))
		}
	}
	if h.State == model.ClockSnoozed {
		out = append(out, model.Safef("snoozed until %s", at(h.Run.Snoozed)))
	}
	for i := range h.Gaps {
		out = append(out, h.Gaps[i].Words(now, at))
	}
	return out
}
