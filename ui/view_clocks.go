package ui

import (
	"slices"
	"time"

	"warroom/model"
	"warroom/ui/draw"
)

// clockLines are the clocks as rows of a pane: overdue first, then what is due
// next. Where there is room, each says below what started it.
func clockLines(r *model.Room, now time.Time, w, h int, th *theme) []draw.Line {
	views := r.ClockViews(now)
	roomy := h >= len(views)+len(liveClocks(r, now))
	var out []draw.Line
	for i := range views {
		v := &views[i]
		if len(out) == h-1 && i < len(views)-1 {
			return append(out, draw.L(draw.T(th.dim, model.Safef("  and %s: F2", plural(len(views)-i, "more clock", "more clocks")))))
		}
		out = append(out, clockLine(v, w, th))
		if roomy && isLive(v) {
			out = append(out, draw.L(draw.T(th.dim, model.Safef("    from %s, %s", v.Start, v.Run.From.In(now.Location()).Format("15:04")))).Clip(w))
		}
	}
	return out
}

// isLive says whether a clock counts.
func isLive(v *model.ClockView) bool {
	switch v.State {
	case model.ClockRunning, model.ClockWarning, model.ClockOverdue, model.ClockSnoozed:
		return true
	}
	return false
}

// snoozedDue is the word of a snoozed clock where there is room to say that the
// time is to its due time, not to the end of the snooze.
var snoozedDue = model.Lit("snoozed, due")

// clockLine is one clock: glyph, name, word, time and a bar.
func clockLine(v *model.ClockView, w int, th *theme) draw.Line {
	look := th.clock(v)
	span := model.Safe{}
	switch {
	case isLive(v):
		span = model.Span(v.Remaining)
	case v.State == model.ClockMissed:
		span = model.Safef("+%s", model.Span(v.Remaining))
	}
	bar := min(10, w-2-11-9-8-1) // beside a name of ten cells
	name := max(6, w-2-9-8-1)
	if bar >= 4 {
		name -= bar + 1
	}
	word, wide := look.word, 8
	if v.State == model.ClockSnoozed && name >= 14 {
		word, wide, name = snoozedDue, 12, name-4
	}
	label := model.CleanLine(v.Def.Label)
	if v.Def.Law {
		label = model.Safef("%s (law)", label)
	}
	line := draw.L(draw.T(look.style, model.Safef("%s ", look.glyph)))
	line = append(line, column(th.plain, label, name)...)
	line = append(line, column(look.style, word, wide)...)
	line = append(line, draw.T(look.style, spaces(8-draw.Width(span))), draw.T(look.style, span))
	if bar >= 4 && isLive(v) {
		line = append(line, draw.T(th.plain, model.Lit(" ")), draw.T(look.style, draw.Bar(bar, v.Fraction, th.ascii)))
	}
	return line
}

// clockPage is every clock with all that is known of it.
func clockPage(r *model.Room, now time.Time, w int, zone *time.Location, th *theme) []draw.Line {
	var out []draw.Line
	all := map[string]*model.ClockHistory{}
	list := r.ClockHistories(now)
	for i := range list {
		all[list[i].Def.ID] = &list[i]
	}
	law := false
	for _, v := range r.ClockViews(now) {
		law = law || v.Def.Law
		out = append(out, clockLine(&v, min(w, 78), th))
		for _, s := range clockFacts(all[v.Def.ID], now, zone) {
			out = append(out, indented(wrapped(th.dim, s, w-6), 6)...)
		}
	}
	if law && r.Plan.Notice != "" {
		out = append(out, nil)
		out = append(out, wrapped(th.dim, model.Clean(r.Plan.Notice), w)...)
	}
	if len(out) == 0 {
		out = append(out, draw.L(draw.T(th.dim, model.Lit("the plan has no clocks"))))
	}
	return out
}

// clockFacts say where a clock comes from, where it goes, and what became of each
// of its runs.
func clockFacts(h *model.ClockHistory, now time.Time, zone *time.Location) []model.Safe {
	at := func(t time.Time) model.Safe { return model.Safef("%s", t.In(zone).Format("2006-01-02 15:04:05 MST")) }
	length := model.Safe{}
	switch d := h.Def; {
	case d.Every > 0:
		length = model.Safef("every %s", d.Every)
	case d.AtLeast > 0:
		length = model.Safef("at least %s", d.AtLeast)
	default:
		length = model.Safef("within %s", d.After)
	}
	first := model.Safef("%d %s: %s from %s", h.N, h.Def.ID, length, h.Start)
	if h.Differs() || len(h.Runs) == 0 && h.Verdict != model.VerdictNotStarted {
		first = model.Safef("%s; over all: %s", first, string(h.Verdict))
	}
	out := []model.Safe{first}
	if len(h.Runs) == 0 {
		return append(out, h.Waits())
	}
	for i := range h.Runs {
		v := &h.Runs[i]
		words := v.Words(h.Def, at)
		if len(h.Runs) > 1 {
			words = model.Safef("run %d: %s", v.Run.N, words)
		}
		out = append(out, words)
		if v.Run.Waived != "" {
			out = append(out, model.Safef("waived: %s", model.CleanLine(v.Run.Waived)))
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

// indented moves rows to the right.
func indented(rows []draw.Line, n int) []draw.Line {
	for i, l := range rows {
		rows[i] = append(blanks(n), l...)
	}
	return rows
}

// liveClocks are the clocks that count.
func liveClocks(r *model.Room, now time.Time) []model.ClockView {
	views := r.ClockViews(now)
	return slices.DeleteFunc(views, func(v model.ClockView) bool { return !isLive(&v) })
}

// lawOf is how many of them are clocks of law.
func lawOf(views []model.ClockView) int {
	n := 0
	for i := range views {
		if views[i].Def.Law {
			n++
		}
	}
	return n
}

// moreClocks is "+2 more, 1 law", so that no clock of law runs unseen.
func moreClocks(left []model.ClockView) model.Safe {
	if law := lawOf(left); law > 0 {
		return model.Safef("+%d more, %d law", len(left), law)
	}
	return model.Safef("+%d more", len(left))
}

// nextClocks are the clocks that matter most, side by side in one row, and how
// many do not fit.
func nextClocks(r *model.Room, now time.Time, w int, th *theme) draw.Line {
	line := draw.L(draw.T(th.plain, model.Lit(" ")))
	live := liveClocks(r, now)
	for i := range live {
		v := &live[i]
		look := th.clock(v)
		word := look.word
		if v.State == model.ClockSnoozed {
			word = snoozedDue
		}
		part := draw.L(draw.T(look.style, model.Safef("%s %s %s %s", look.glyph, v.Def.Label, word, model.Span(v.Remaining))))
		if i > 0 {
			part = append(draw.L(draw.T(th.dim, model.Lit("  |  "))), part...)
		}
		after := 0
		if i+1 < len(live) {
			after = 2 + draw.Width(moreClocks(live[i+1:]))
		}
		if i > 0 && line.Width()+part.Width()+after > w-1 {
			return append(line, draw.T(th.warn, model.Safef("  %s", moreClocks(live[i:]))))
		}
		line = append(line, part...)
	}
	if len(live) == 0 {
		return append(line, draw.T(th.dim, model.Lit("no clock runs")))
	}
	return line
}
