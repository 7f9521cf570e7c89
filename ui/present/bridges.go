package present

import (
	"time"

	"warroom/model"
)

// PageResult describes what became of a page, and whether it did not go out.
func PageResult(r *model.Room, p *model.Page) (words model.Safe, failed bool) {
	d, ok := r.Delivery(p.Duty())
	switch {
	case r.Drill:
		return model.Lit("drill: nobody is called"), false
	case p.State != "" || !ok || d.State == model.DeliverySent:
		return p.Words(), false
	case d.Detail != "":
		return model.Safef("%s: %s", d.State.Words(), model.CleanLine(d.Detail)), true
	}
	return d.State.Words(), true
}

// Page describes a page: when, by whom, and what became of it.
func Page(r *model.Room, p *model.Page, now time.Time) model.Safe {
	words, _ := PageResult(r, p)
	return model.Safef("paged %s by %s: %s", Ago(now.Sub(p.At)), p.By, words)
}

// bridgeLines describes the pages and the problems of the bridges of a room.
func bridgeLines(v *model.View, now time.Time, zone *time.Location) []model.Safe {
	var out []model.Safe
	for _, p := range v.Room.PageViews() {
		out = append(out, model.Safef("%s: %s", p.Purpose, Page(v.Room, &p, now)))
	}
	for _, t := range v.Room.BridgeProblems(now) {
		out = append(out, model.Safef("BRIDGE %s", t.Words(zone)))
	}
	return out
}
