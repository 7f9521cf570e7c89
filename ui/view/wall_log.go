package view

import (
	"time"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/present"
	"warroom/ui/theme"
)

// wallLog returns the newest update and the newest entries, the newest last, in h rows.
func wallLog(r *model.Room, now time.Time, w, h int, th *theme.Theme) []draw.Line {
	if h < 2 {
		return nil
	}
	lines, n := present.RecentEntries(r, now, h)
	head := present.RecentCount(n)
	rule := draw.L(draw.T(th.Dim, draw.Rule(2, th.ASCII)), draw.T(th.Bold, model.Safef(" %s ", head)),
		draw.T(th.Dim, draw.Rule(w-4-draw.Width(head), th.ASCII)))
	out := []draw.Line{rule.Clip(w), lastUpdate(r, now, w, th)}
	for _, l := range lines[max(0, len(lines)-(h-2)):] {
		out = append(out, wallEntry(r, l, now, w, th))
	}
	return out
}

// wallEntry returns one entry in one row. Entries that are not recent are dim.
func wallEntry(r *model.Room, l *model.Line, now time.Time, w int, th *theme.Theme) draw.Line {
	name := 8
	if w >= 100 {
		name = 12
	}
	style := th.Plain
	if !present.IsRecent(l, now) {
		style = th.Dim
	}
	line := draw.L(draw.T(th.Dim, model.Safef("%s ", model.DayTime(l.RecordedAt, now))))
	line = append(line, draw.Column(th.Accent, model.CleanLine(l.By), name)...)
	line = append(line, draw.Column(th.Word(l.Kind), l.Word(), 9)...)
	return append(line, draw.T(style, model.CleanLine(r.Text(l).String()))).Clip(w)
}

// lastUpdate returns the newest update that was sent, and when the next one is due.
func lastUpdate(r *model.Room, now time.Time, w int, th *theme.Theme) draw.Line {
	var newest model.LastUpdate
	audience := ""
	for id, u := range r.Updates {
		if u.At.After(newest.At) || u.At.Equal(newest.At) && id < audience {
			newest, audience = u, id
		}
	}
	var next draw.Line
	for _, v := range r.ClockViews(now) {
		if v.Def.Every > 0 && present.IsLive(&v) {
			style := th.Dim
			if v.State == model.ClockOverdue {
				style = th.Bad
			}
			next = draw.L(draw.T(style, model.Safef("  next by %s", model.DayTime(v.Run.DueAt, now))))
			break
		}
	}
	label := draw.T(th.Bold, model.Lit("LAST UPDATE "))
	if audience == "" {
		return draw.Spread(w, draw.L(label, draw.T(th.Warn, model.Lit("none sent yet"))), next)
	}
	text := model.Safe{}
	if l := r.Line(newest.Seq); l != nil {
		text = model.CleanLine(r.Text(l).String())
	}
	return draw.Spread(w, draw.L(label, draw.T(th.Accent, model.Safef("%s %s: ",
		model.DayTime(newest.At, now), newest.By)), draw.T(th.Plain, text)), next)
}
