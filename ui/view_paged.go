package ui

import (
	"time"

	"warroom/model"
	"warroom/ui/draw"
)

// contacts says whom to call for a purpose, "" for all; nil: nobody is known.
type contacts func(purpose string, now time.Time) []model.Safe

// pagedLines are who was called from outside and what came of it. While nobody
// has answered, they say whom to call by hand.
func pagedLines(r *model.Room, now time.Time, call contacts, w int, th *theme) []draw.Line {
	pages := r.PageViews()
	if len(pages) == 0 {
		return onCallLines(now, call, w, th)
	}
	out := []draw.Line{nil, heading(model.Lit("Paged"), th)}
	for _, p := range pages {
		style, say := th.warn, p.Words()
		switch d, ok := r.Delivery(p.Duty()); {
		case r.Drill:
			style, say = th.dim, model.Lit("a drill: nobody is called")
		case p.State == model.PageAcknowledged || p.State == model.PageOver:
			style = th.good
		case p.State == "" && ok && d.State != model.DeliverySent:
			style, say = th.bad, model.Safef("%s", d.State.Words())
			if d.Detail != "" {
				say = model.Safef("%s: %s", say, model.CleanLine(d.Detail))
			}
		}
		line := append(column(th.accent, model.CleanLine(p.Purpose), 12), draw.T(style, model.Safef("paged %s by %s: %s", ago(now.Sub(p.At)), p.By, say)))
		out = append(out, indentedTail(line, w)...)
		if call == nil || r.Drill || r.Status != model.Open || p.State == model.PageAcknowledged || p.State == model.PageOver {
			continue
		}
		for _, s := range call(p.Purpose, now) {
			out = append(out, indented(wrapped(th.dim, s, w-4), 4)...)
		}
	}
	return append(out, onCallLines(now, call, w, th)...)
}

// onCallLines are all whom one could call, by purpose.
func onCallLines(now time.Time, call contacts, w int, th *theme) []draw.Line {
	if call == nil {
		return nil
	}
	list := call("", now)
	if len(list) == 0 {
		return nil
	}
	out := []draw.Line{nil, heading(model.Lit("On call"), th)}
	for _, s := range list {
		out = append(out, wrapped(th.plain, s, w)...)
	}
	return out
}

// indentedTail is a line of two columns, its second one wrapped below itself.
func indentedTail(line draw.Line, w int) []draw.Line {
	head, tail := line[:len(line)-1], line[len(line)-1]
	rows := wrapped(tail.Style, tail.Text, max(w-draw.Line(head).Width(), 20))
	for i, l := range rows {
		if i == 0 {
			rows[i] = append(append(draw.Line{}, head...), l...)
		} else {
			rows[i] = indented([]draw.Line{l}, draw.Line(head).Width())[0]
		}
	}
	return rows
}
