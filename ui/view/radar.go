package view

import (
	"time"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/present"
	"warroom/ui/theme"
)

// RadarRows returns the signals of the radar in one row.
func RadarRows(v *model.View, now time.Time, w int, th *theme.Theme) []draw.Line {
	say := model.RadarLine(present.Signals(v, now))
	if say.IsEmpty() {
		return nil
	}
	return Noted(th.Warn, model.Safef("~ %s", say), draw.L(draw.T(th.Dim, model.Lit("  Alt-R acts "))), w, 1)
}

// WallRadar returns the radar in one row of the wall display.
func WallRadar(r *model.Room, now time.Time, w int, th *theme.Theme) draw.Line {
	say := model.RadarLine(present.SignalsBesides(r, now))
	if say.IsEmpty() {
		return nil
	}
	return draw.L(draw.T(th.Warn, model.Safef("~ %s", say))).Clip(w)
}

// RadarPage returns all signals of the radar, and the updates that wait for somebody, for
// the page of clocks.
func RadarPage(v *model.View, now time.Time, w int, th *theme.Theme) []draw.Line {
	var out []draw.Line
	for _, s := range present.Signals(v, now) {
		out = append(out, draw.Rows(th.Warn, model.Safef("~ %s", s.What), w)...)
		if s.Line != "" {
			out = append(out, draw.Indent(draw.Rows(th.Dim, model.CleanLine(s.Line), w-6), 6)...)
		}
	}
	if len(out) > 0 {
		out = append(append([]draw.Line{th.Heading(model.Lit("Gone quiet"))}, out...), nil)
	}
	r := v.Room
	for _, d := range r.WaitingDrafts() {
		u := model.UpdateSent{Conditions: d.Conditions, Actions: d.Actions, Needs: d.Needs}
		out = append(out, draw.Rows(th.Mark, present.WaitingDraft(r, &d), w)...)
		out = append(out, draw.Indent(draw.Rows(th.Plain, model.CleanLine(u.Words()), w-6), 6)...)
	}
	for _, a := range r.PreparedUpdates() {
		out = append(out, draw.Rows(th.Mark, present.PreparedUpdate(r, a).Short, w)...)
		u := r.DraftUpdate(a.ID, now)
		out = append(out, draw.Indent(draw.Rows(th.Plain, model.CleanLine(u.Words()), w-6), 6)...)
	}
	return out
}
