package view

import (
	"time"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/present"
	"warroom/ui/theme"
)

// contacts returns the people to call for a purpose, "" for all; if nil, there are none.
type contacts func(purpose string, now time.Time) []model.Safe

// pagedLines describes who was paged and the result. Until somebody has answered, it
// lists the people to call by hand.
func pagedLines(r *model.Room, now time.Time, call contacts, w int, th *theme.Theme) []draw.Line {
	pages := r.PageViews()
	if len(pages) == 0 {
		return onCallLines(now, call, w, th)
	}
	out := []draw.Line{nil, th.Heading(model.Lit("Paged"))}
	for _, p := range pages {
		style := th.Warn
		switch _, failed := present.PageResult(r, &p); {
		case r.Drill:
			style = th.Dim
		case p.State == model.PageAcknowledged || p.State == model.PageOver:
			style = th.Good
		case failed:
			style = th.Bad
		}
		line := append(draw.Column(th.Accent, model.CleanLine(p.Purpose), 12), draw.T(style, present.Page(r, &p, now)))
		out = append(out, draw.Hanging(line, w)...)
		if call == nil || r.Drill || r.Status != model.Open || p.State == model.PageAcknowledged ||
			p.State == model.PageOver {
			continue
		}
		for _, s := range call(p.Purpose, now) {
			out = append(out, draw.Indent(draw.Rows(th.Dim, s, w-4), 4)...)
		}
	}
	return append(out, onCallLines(now, call, w, th)...)
}

// onCallLines lists all contacts, by purpose.
func onCallLines(now time.Time, call contacts, w int, th *theme.Theme) []draw.Line {
	if call == nil {
		return nil
	}
	list := call("", now)
	if len(list) == 0 {
		return nil
	}
	out := []draw.Line{nil, th.Heading(model.Lit("On call"))}
	for _, s := range list {
		out = append(out, draw.Rows(th.Plain, s, w)...)
	}
	return out
}
