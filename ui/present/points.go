package present

import (
	"strings"
	"time"

	"warroom/model"
)

// PointWords describes what is open, with the reason if it has one.
func PointWords(p *model.OpenPoint) model.Safe {
	s := p.Words()
	kind, _, _ := strings.Cut(p.ID, " ")
	if t := p.Text.String(); !strings.EqualFold(t, p.ID) && (!strings.HasPrefix(t, kind+" ") || kind == "clock") {
		s = model.Safef("%s: %s", model.CleanLine(p.ID), s)
	}
	if a := p.Answer; a != nil {
		s = model.Safef("%s; left open by %s: %s", s, a.By, model.CleanLine(a.Reason))
	}
	return s
}

// Points lists what resolving or closing would leave open, and how to give a reason.
func Points(r *model.Room, now time.Time) []model.Safe {
	verb := model.Lit(":resolve")
	if r.Status != model.Open {
		verb = model.Lit(":close")
	}
	var out []model.Safe
	list := r.Points(r.Status != model.Open, now)
	for i := range list {
		out = append(out, PointWords(&list[i]))
	}
	if left := r.PointsLeft(r.Status != model.Open, now); len(left) > 0 {
		out = append(out, model.Safef("to give a reason for one: %s answer %s REASON; for all of them: %s override "+
			"REASON",
			verb, model.CleanLine(left[0].ID), verb))
	}
	return out
}

// pointLines names the points without a reason by their ids, and those with one by the reason.
func pointLines(r *model.Room, now time.Time) []model.Safe {
	closes := r.Status != model.Open
	verb := model.Lit("To resolve")
	if closes {
		verb = model.Lit("To close")
	}
	var out []model.Safe
	var left []model.OpenPoint
	list := r.Points(closes, now)
	for i := range list {
		if list[i].Answer != nil {
			out = append(out, PointWords(&list[i]))
			continue
		}
		left = append(left, list[i])
	}
	if len(left) > 0 {
		out = append(out, model.Safef("%s, finish each of these or give a reason for it: %s", verb,
			model.PointGroups(left)))
	}
	return out
}
