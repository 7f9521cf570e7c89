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

// RadarPage returns all signals of the radar, each kind under its heading, and the updates
// that wait for somebody, for the page of clocks.
func RadarPage(v *model.View, now time.Time, w int, th *theme.Theme) []draw.Line {
	var out []draw.Line
	under := map[string][]draw.Line{}
	for _, s := range present.Signals(v, now) {
		if s.Kind == model.SignalDraft {
			continue // its draft follows, with its text
		}
		rows := draw.Rows(th.Warn, model.Safef("~ %s", s.What), w)
		if s.Line != "" {
			rows = append(rows, draw.Indent(draw.Rows(th.Dim, model.CleanLine(s.Line), w-6), 6)...)
		}
		head := present.SignalHeading(s.Kind).String()
		under[head] = append(under[head], rows...)
	}
	for _, kind := range []string{model.SignalUpdate, model.SignalCommand, model.SignalAge} {
		head := present.SignalHeading(kind)
		out = append(out, section(head, under[head.String()], th)...)
	}
	return append(out, section(model.Lit("Drafts of updates"), draftRows(v.Room, now, w, th), th)...)
}

// draftRows returns the updates that wait for somebody: those in the log that are not sent, and
// the prepared ones.
func draftRows(r *model.Room, now time.Time, w int, th *theme.Theme) []draw.Line {
	var out []draw.Line
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

// section returns rows with their heading and an empty row after them, or nothing if there are
// none.
func section(head model.Safe, rows []draw.Line, th *theme.Theme) []draw.Line {
	if len(rows) == 0 {
		return nil
	}
	return append(append([]draw.Line{th.Heading(head)}, rows...), nil)
}
