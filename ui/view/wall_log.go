package view

import (
	"slices"
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
	switch shown := h - 2; {
	case shown >= n:
	case shown == 1:
		head = model.Safef("the newest of %s", head)
	case shown > 1:
		head = model.Safef("the newest %d of %s", shown, head)
	}
	rule := draw.L(draw.T(th.Dim, draw.Rule(2, th.ASCII)), draw.T(th.Bold, model.Safef(" %s ", head)),
		draw.T(th.Dim, draw.Rule(w-4-draw.Width(head), th.ASCII)))
	out := []draw.Line{rule.Clip(w), lastUpdate(r, now, w, th)}
	return append(out, wallEntries(r, lines, now, w, h-2, th)...)
}

// wallEntries returns the newest entries, the newest last, in at most h rows. One that
// does not fit in a row has a second one if all recent entries are shown.
func wallEntries(r *model.Room, lines []*model.Line, now time.Time, w, h int, th *theme.Theme) []draw.Line {
	recent := 0
	for _, l := range lines {
		if present.IsRecent(l, now) {
			recent++
		}
	}
	spare := max(0, h-max(1, recent))
	var blocks [][]draw.Line
	for i := len(lines) - 1; i >= 0 && h > 0; i-- {
		rows := wallEntry(r, lines[i], now, w, min(h, 1+min(1, spare)), th)
		h, spare = h-len(rows), spare-(len(rows)-1)
		blocks = append(blocks, rows)
	}
	slices.Reverse(blocks)
	return slices.Concat(blocks...)
}

// wallEntry returns one entry in at most h rows. Entries that are not recent are dim.
func wallEntry(r *model.Room, l *model.Line, now time.Time, w, h int, th *theme.Theme) []draw.Line {
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
	text, left := model.CleanLine(r.Text(l).String()), line.Width()
	rows := draw.Wrap(text, w-left)
	if h < 2 || len(rows) < 2 {
		return []draw.Line{append(line, draw.T(style, text)).Clip(w)}
	}
	second := draw.L(draw.T(style, afterFirst(rows))).Clip(w - left)
	return []draw.Line{append(line, draw.T(style, rows[0])), append(draw.Blanks(left), second...)}
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
