package view

import (
	"slices"
	"strings"
	"time"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/present"
	"warroom/ui/theme"
)

// wallClockRows returns the most urgent clocks in large figures, as many as fit, the
// first as large as possible, and the others in rows.
func wallClockRows(r *model.Room, now time.Time, w, h int, th *theme.Theme) []draw.Line {
	live := wallClocks(r, now)
	if len(live) == 0 {
		return []draw.Line{draw.L(draw.T(th.Dim, present.NoClock))}
	}
	var out []draw.Line
	big := 0
	for i := range live {
		v := &live[i]
		if v.State == model.ClockSnoozed && live[0].State != model.ClockSnoozed {
			break // other clocks are due
		}
		scale, secs := 1, plainSeconds
		if i == 0 {
			scale, secs = wallScale(v, w, h-len(out)-min(3, len(live)-1)), largeSeconds
		}
		rows := wallClock(v, now, scale, secs, w, th)
		gap := min(1, i)
		if len(out)+gap+len(rows)+min(3, len(live)-i-1) > h && (i > 0 || len(out)+len(rows)+min(1, len(live)-1) > h) {
			break
		}
		if gap > 0 {
			out = append(out, nil)
		}
		out = append(out, rows...)
		big++
	}
	return append(out, remainingClocks(live[big:], r, now, w, h-len(out), th)...)
}

// wallClocks returns the live clocks, overdue ones first and snoozed ones last.
func wallClocks(r *model.Room, now time.Time) []model.ClockView {
	live := present.LiveClocks(r, now)
	rank := func(v model.ClockView) int {
		switch v.State {
		case model.ClockOverdue:
			return 0
		case model.ClockSnoozed:
			return 2
		}
		return 1
	}
	slices.SortStableFunc(live, func(a, b model.ClockView) int { return rank(a) - rank(b) })
	return live
}

// remainingClocks returns the clocks without large figures in at most h rows: one per row
// if they fit, otherwise side by side, with the number of those left out.
func remainingClocks(left []model.ClockView, r *model.Room, now time.Time, w, h int, th *theme.Theme) []draw.Line {
	if len(left) == 0 || h < 1 {
		return nil
	}
	if len(left) > h || h < 3 {
		var out []draw.Line
		for len(left) > 0 && len(out) < h {
			var line draw.Line
			line, left = clocksSideBySide(left, w, len(out) == h-1, th)
			out = append(out, line)
		}
		return out
	}
	var out []draw.Line
	if h > len(left) {
		out = append(out, nil)
	}
	for i := range left {
		out = append(out, clockLine(&left[i], min(w, 60), th))
	}
	return out
}

// clocksSideBySide returns as many clocks as fit in one row, and the rest. The last row
// has the number of the rest.
func clocksSideBySide(left []model.ClockView, w int, last bool, th *theme.Theme) (draw.Line, []model.ClockView) {
	var line draw.Line
	for i := range left {
		v := &left[i]
		look := th.Clock(v)
		part := draw.L(draw.T(look.Style, model.Safef("%s %s %s %s", look.Glyph, v.Def.Label,
			present.DueWord(v), model.Span(v.Remaining))))
		if i > 0 {
			part = append(draw.L(draw.T(th.Dim, model.Lit("  |  "))), part...)
		}
		after := 0
		if last && i+1 < len(left) {
			after = 2 + draw.Width(moreClocks(left[i+1:]))
		}
		if i > 0 && line.Width()+part.Width()+after > w {
			if last {
				line = append(line, draw.T(th.Warn, model.Safef("  %s", moreClocks(left[i:]))))
			}
			return line.Clip(w), left[i:]
		}
		line = append(line, part...)
	}
	return line.Clip(w), nil
}

// wallScale returns the largest size at which a clock fits in h rows.
func wallScale(v *model.ClockView, w, h int) int {
	text := wallText(v)
	for scale := 4; scale > 1; scale-- { // at most half the height, to leave room for the others
		if draw.BigTimeWidth(text, scale, largeSeconds) <= w && draw.BigRows*max(1, scale/2)+2 <= h &&
			(scale < 4 || h >= 14) {
			return scale
		}
	}
	return 1
}

// The sizes of a clock's seconds: large for the first clock, plain figures for the others.
const (
	plainSeconds = 0
	largeSeconds = 1
)

func wallText(v *model.ClockView) string {
	text := model.Span(v.Remaining).String()
	if v.State == model.ClockOverdue {
		return "+" + text
	}
	return text
}

// wallClock returns one clock: its name and due time, and its remaining time in large
// figures, the seconds in the size secs.
func wallClock(v *model.ClockView, now time.Time, scale, secs, w int, th *theme.Theme) []draw.Line {
	look := th.Clock(v)
	word := strings.ToUpper(look.Word.String())
	head := draw.L(draw.T(look.Style, model.Safef("%s %s  %s", look.Glyph, present.ClockLabel(v.Def), word)),
		draw.T(th.Dim, model.Safef("   due at %s", model.DayTime(v.Run.DueAt, now))))
	out := []draw.Line{head.Clip(w)}
	if scale > 3 {
		out = append(out, nil)
	}
	return append(out, draw.BigTime(wallText(v), scale, secs, look.Style, th.ASCII)...)
}
