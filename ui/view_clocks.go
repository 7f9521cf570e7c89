package ui

import (
	"time"

	"warroom/model"
	"warroom/ui/draw"
)

// clockLines are the clocks as rows of a pane: overdue first, then what is due
// next. Where there is room, each says below what started it.
func clockLines(r *model.Room, now time.Time, w, h int, th *theme) []draw.Line {
	views := r.ClockViews(now)
	running := 0
	for i := range views {
		if isLive(&views[i]) {
			running++
		}
	}
	roomy := h >= len(views)+running
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
	label := model.CleanLine(v.Def.Label)
	if v.Def.Law {
		label = model.Safef("%s (law)", label)
	}
	line := draw.L(draw.T(look.style, model.Safef("%s ", look.glyph)))
	line = append(line, column(th.plain, label, name)...)
	line = append(line, column(look.style, look.word, 8)...)
	line = append(line, draw.T(look.style, spaces(8-draw.Width(span))), draw.T(look.style, span))
	if bar >= 4 && isLive(v) {
		line = append(line, draw.T(th.plain, model.Lit(" ")), draw.T(look.style, draw.Bar(bar, v.Fraction, th.ascii)))
	}
	return line
}

// clockPage is every clock with all that is known of it.
func clockPage(r *model.Room, now time.Time, w int, zone *time.Location, th *theme) []draw.Line {
	var out []draw.Line
	law := false
	for _, v := range r.ClockViews(now) {
		law = law || v.Def.Law
		out = append(out, clockLine(&v, min(w, 78), th))
		for _, s := range clockFacts(&v, zone) {
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

// clockFacts say where a clock comes from, where it goes, and what happened.
func clockFacts(v *model.ClockView, zone *time.Location) []model.Safe {
	at := func(t time.Time) string { return t.In(zone).Format("2006-01-02 15:04:05 MST") }
	length := model.Safe{}
	switch d := v.Def; {
	case d.Every > 0:
		length = model.Safef("every %s", d.Every)
	case d.AtLeast > 0:
		length = model.Safef("at least %s", d.AtLeast)
	default:
		length = model.Safef("within %s", d.After)
	}
	out := []model.Safe{model.Safef("%d %s: %s from %s", v.N, v.Def.ID, length, v.Start)}
	switch {
	case v.Run.Waived != "":
		out = append(out, model.Safef("waived: %s", v.Run.Waived))
	case v.State == model.ClockNotStarted:
		out = append(out, v.Waits())
	case !v.Run.MetAt.IsZero():
		out = append(out, model.Safef("started %s, due %s, met %s by %s", at(v.Run.From), at(v.Run.DueAt), at(v.Run.MetAt), v.Run.MetBy))
	default:
		out = append(out, model.Safef("started %s, due %s", at(v.Run.From), at(v.Run.DueAt)))
	}
	if v.Run.OnTime+v.Run.Late > 0 {
		s := model.Safef("met %d times in time, %d late", v.Run.OnTime, v.Run.Late)
		if v.Run.Late > 0 {
			s = model.Safef("%s, at worst by %s", s, v.Run.Worst)
		}
		out = append(out, s)
	}
	if v.Run.Why != "" {
		out = append(out, model.Safef("because %s", v.Run.Why))
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

// nextClocks are the clocks that matter most, side by side in one row.
func nextClocks(r *model.Room, now time.Time, w int, th *theme) draw.Line {
	line := draw.L(draw.T(th.plain, model.Lit(" ")))
	n := 0
	for _, v := range r.ClockViews(now) {
		if !isLive(&v) {
			continue
		}
		look := th.clock(&v)
		part := draw.L(draw.T(look.style, model.Safef("%s %s %s %s", look.glyph, v.Def.Label, look.word, model.Span(v.Remaining))))
		if n > 0 {
			part = append(draw.L(draw.T(th.dim, model.Lit("  |  "))), part...)
		}
		if n > 0 && line.Width()+part.Width() > w-5 {
			return append(line, draw.T(th.dim, model.Lit("  ...")))
		}
		line, n = append(line, part...), n+1
	}
	if n == 0 {
		return append(line, draw.T(th.dim, model.Lit("no clock runs")))
	}
	return line
}
