package view

import (
	"time"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/present"
	"warroom/ui/theme"
)

// clockLines returns the clocks as rows of a pane, overdue ones first, then by due time.
// If there is room, each has a row about its start.
func clockLines(views []model.ClockView, now time.Time, w, h int, th *theme.Theme) []draw.Line {
	roomy := h >= len(views)+countLive(views)
	var out []draw.Line
	for i := range views {
		v := &views[i]
		if len(out) == h-1 && i < len(views)-1 {
			more := present.Plural(len(views)-i, "more clock", "more clocks")
			return append(out, draw.L(draw.T(th.Dim, model.Safef("  and %s: F2", more))))
		}
		out = append(out, clockLine(v, w, th))
		if roomy && present.IsLive(v) {
			out = append(out,
				draw.L(draw.T(th.Dim,
					model.Safef("    from %s, %s", v.Start, model.DayTime(v.Run.From, now)))).Clip(w))
		}
	}
	return out
}

// clockLine returns one clock: glyph, name, word, time and a bar.
func clockLine(v *model.ClockView, w int, th *theme.Theme) draw.Line {
	look := th.Clock(v)
	span := model.Safe{}
	switch {
	case present.IsLive(v):
		span = model.Span(v.Remaining)
	case v.State == model.ClockMissed:
		span = model.Safef("+%s", model.Span(v.Remaining))
	}
	bar := min(10, w-2-11-9-8-1) // next to a name of ten cells
	name := max(6, w-2-9-8-1)
	if bar >= 4 {
		name -= bar + 1
	}
	word, wide := look.Word, 8
	switch {
	case v.MissedBefore() && name < 18: // the words of a miss take the room of the time
		span = model.Safe{}
	case v.MissedBefore():
		wide, name = 16, name-8
	case v.State == model.ClockSnoozed && name >= 14:
		word, wide, name = present.DueWord(v), 12, name-4
	}
	line := draw.L(draw.T(look.Style, model.Safef("%s ", look.Glyph)))
	line = append(line, draw.Column(th.Plain, present.ClockLabel(v.Def), name)...)
	if span.IsEmpty() { // the word also takes the room of the time
		return append(line, draw.Column(look.Style, word, wide+8)...)
	}
	line = append(line, draw.Column(look.Style, word, wide)...)
	line = append(line, draw.T(look.Style, draw.Spaces(8-draw.Width(span))), draw.T(look.Style, span))
	if bar >= 4 && present.IsLive(v) {
		line = append(line, draw.T(th.Plain, model.Lit(" ")), draw.T(look.Style, draw.Bar(bar, v.Fraction, th.ASCII)))
	}
	return line
}

// ClockPage returns all clocks with all that is known of them.
func ClockPage(r *model.Room, now time.Time, w int, zone *time.Location, th *theme.Theme) []draw.Line {
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
		for _, s := range present.ClockFacts(all[v.Def.ID], r.Severity, now, clockTime(zone)) {
			out = append(out, draw.Indent(draw.Rows(th.Dim, s, w-6), 6)...)
		}
		if present.IsLive(&v) && v.Def.AtLeast == 0 {
			style := th.Dim
			if v.State == model.ClockOverdue || v.State == model.ClockWarning {
				style = th.Warn
			}
			out = append(out, draw.Indent(draw.Rows(style, present.Remedy(r, v.Def), w-6), 6)...)
		}
	}
	out = append(out, overTime(r, now, w, zone, th)...)
	if law && r.Plan.Notice != "" {
		out = append(out, nil)
		out = append(out, draw.Rows(th.Dim, model.Clean(r.Plan.Notice), w)...)
	}
	if len(out) == 0 {
		out = append(out, draw.L(draw.T(th.Dim, model.Lit("the plan has no clocks"))))
	}
	return out
}

// overTime returns the history of status, severity and phases.
func overTime(r *model.Room, now time.Time, w int, zone *time.Location, th *theme.Theme) []draw.Line {
	list := r.Stretches()
	if len(list) == 0 {
		return nil
	}
	out := []draw.Line{nil, th.Heading(model.Lit("Status, severity and phases"))}
	for _, s := range list {
		out = append(out, draw.Indent(draw.Rows(th.Dim, r.StretchWords(s, now, clockTime(zone)), w-4), 4)...)
	}
	return out
}

// clockTime returns a formatter of times with their zone.
func clockTime(zone *time.Location) model.At {
	return func(t time.Time) model.Safe { return model.Safef("%s", t.In(zone).Format("2006-01-02 15:04:05 MST")) }
}

// countLive returns the number of live clocks.
func countLive(views []model.ClockView) (n int) {
	for i := range views {
		if present.IsLive(&views[i]) {
			n++
		}
	}
	return n
}

// lawOf returns the number of legal clocks.
func lawOf(views []model.ClockView) int {
	n := 0
	for i := range views {
		if views[i].Def.Law {
			n++
		}
	}
	return n
}

// moreClocks returns "+2 more, 1 legal", so that legal clocks that do not fit are
// mentioned.
func moreClocks(left []model.ClockView) model.Safe {
	if law := lawOf(left); law > 0 {
		return model.Safef("+%d more, %d legal", len(left), law)
	}
	return model.Safef("+%d more", len(left))
}

// NextClocks returns the most urgent clocks side by side in one row, with the number of
// those that do not fit.
func NextClocks(r *model.Room, now time.Time, w int, th *theme.Theme) draw.Line {
	if asks := asksInRow(r, now, th); len(asks) > 0 {
		tail := append(append(draw.L(draw.T(th.Plain, model.Lit("  "))), asks...), draw.T(th.Plain, model.Lit(" ")))
		return draw.Spread(w, clocksInRow(r, now, w-tail.Width(), th), tail)
	}
	return clocksInRow(r, now, w, th)
}

func clocksInRow(r *model.Room, now time.Time, w int, th *theme.Theme) draw.Line {
	line := draw.L(draw.T(th.Plain, model.Lit(" ")))
	live := present.LiveClocks(r, now)
	for i := range live {
		v := &live[i]
		look := th.Clock(v)
		part := draw.L(draw.T(look.Style,
			model.Safef("%s %s %s %s", look.Glyph, v.Def.Label, present.DueWord(v), model.Span(v.Remaining))))
		if i > 0 {
			part = append(draw.L(draw.T(th.Dim, model.Lit("  |  "))), part...)
		}
		after := 0
		if i+1 < len(live) {
			after = 2 + draw.Width(moreClocks(live[i+1:]))
		}
		if i > 0 && line.Width()+part.Width()+after > w-1 {
			return append(line, draw.T(th.Warn, model.Safef("  %s", moreClocks(live[i:]))))
		}
		line = append(line, part...)
	}
	if len(live) == 0 {
		return append(line, draw.T(th.Dim, present.NoClock))
	}
	return line
}
