package present

import (
	"time"

	"warroom/model"
)

// AskDue describes until when an ask has to be answered.
func AskDue(a *model.Ask, now time.Time) Wording {
	left := a.Due.Sub(now)
	if left <= 0 {
		return overdue(left)
	}
	return dueIn(left)
}

// AskSeen is the word for an ask that was acknowledged.
var AskSeen = model.Lit("seen")

// Ask describes an open ask in one sentence.
func Ask(r *model.Room, a *model.Ask, now time.Time) model.Safe {
	s := model.Safef("ask %d to %s by %s: %s; ", a.N, r.AskTo(a), a.From, model.CleanLine(a.Text))
	if a.Acked {
		s = model.Safef("%s%s, ", s, AskSeen)
	}
	return model.Safef("%s%s", s, AskDue(a, now).Full)
}

// PollEnds describes when an open poll ends.
func PollEnds(p *model.Poll, now time.Time) model.Safe {
	return model.Safef("ends in %s", model.Span(p.EndsAt.Sub(now)))
}

// PollObjections counts the objections to a poll; empty if there are none.
func PollObjections(p *model.Poll) model.Safe {
	if len(p.Objections) == 0 {
		return model.Safe{}
	}
	return Plural(len(p.Objections), "objection", "objections")
}

// Objection describes one objection to a poll.
func Objection(o model.Objection) model.Safe {
	return model.Safef("%s objects: %s", o.By, model.CleanLine(o.Reason))
}

// PollOutcome describes what is decided, and the command that is possible.
func PollOutcome(r *model.Room, p *model.Poll, now time.Time) model.Safe {
	s := r.PollOutcome(p, now)
	if r.Status == model.Closed {
		return s
	}
	switch r.PollState(p, now) {
	case model.PollOpen:
		return model.Safef("%s; :object %d REASON", s, p.N)
	case model.PollObjects, model.PollLapsed:
		return model.Safef("%s; :poll %d proceeds|changed|dropped REASON", s, p.N)
	default:
		return s
	}
}

// Poll describes a poll in one sentence.
func Poll(r *model.Room, p *model.Poll, now time.Time) model.Safe {
	s := model.Safef("poll %d by %s: %s; ", p.N, p.By, model.CleanLine(p.Text))
	if p.State(now) == model.PollOpen && r.Status != model.Closed {
		s = model.Safef("%s%s, ", s, PollEnds(p, now))
	}
	s = model.Safef("%s%s", s, PollOutcome(r, p, now))
	for _, o := range p.Objections {
		s = model.Safef("%s; %s", s, Objection(o))
	}
	return s
}

// Asks describes the open asks, and the polls.
func Asks(r *model.Room, now time.Time) []model.Safe {
	var out []model.Safe
	for _, a := range r.OpenAsks() {
		out = append(out, Ask(r, &a, now))
	}
	for i := range r.Polls {
		out = append(out, Poll(r, &r.Polls[i], now))
	}
	return out
}
