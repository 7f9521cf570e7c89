package present

import (
	"time"

	"warroom/model"
)

// askLines describes the open asks, and the polls.
func askLines(r *model.Room, now time.Time) []model.Safe {
	var out []model.Safe
	for _, a := range r.OpenAsks() {
		out = append(out, askLine(r, &a, now))
	}
	for i := range r.Polls {
		p := &r.Polls[i]
		s := model.Safef("poll %d by %s: %s; %s", p.N, p.By, model.CleanLine(p.Text), p.Outcome(now))
		if p.State(now) == model.PollOpen {
			s = model.Safef("%s, ends in %s", s, model.Span(p.EndsAt.Sub(now)))
		}
		for _, o := range p.Objections {
			s = model.Safef("%s; %s: %s", s, o.By, model.CleanLine(o.Reason))
		}
		out = append(out, s)
	}
	return out
}

func askLine(r *model.Room, a *model.Ask, now time.Time) model.Safe {
	left := a.Due.Sub(now)
	s := model.Safef("ask %d to %s by %s: %s; %s", a.N, r.AskTo(a), a.From, model.CleanLine(a.Text),
		string(a.State(now)))
	if left <= 0 {
		return model.Safef("%s by %s", s, model.Span(left))
	}
	return model.Safef("%s, due in %s", s, model.Span(left))
}
