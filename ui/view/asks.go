package view

import (
	"slices"
	"time"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/present"
	"warroom/ui/theme"
)

// askRow returns one ask in a row: its time left, whom it is for, and its text.
func askRow(r *model.Room, a *model.Ask, now time.Time, w int, th *theme.Theme) draw.Line {
	style := th.Plain
	switch {
	case !now.Before(a.Due):
		style = th.Bad
	case !a.Acked:
		style = th.Mark
	}
	say := model.Safef("@ ask %d  %s  %s  ", a.N, r.AskTo(a), present.AskDue(a, now).Short)
	if a.Acked {
		say = model.Safef("%s%s  ", say, present.AskSeen)
	}
	return draw.L(draw.T(style, say), draw.T(th.Plain, model.CleanLine(a.Text))).Clip(w)
}

// pollRow returns one open poll in a row.
func pollRow(p *model.Poll, now time.Time, w int, th *theme.Theme) draw.Line {
	style := th.Mark
	say := model.Safef("? poll %d  %s  ", p.N, present.PollEnds(p, now))
	if s := present.PollObjections(p); !s.IsEmpty() {
		style = th.Warn
		say = model.Safef("%s%s  ", say, s)
	}
	return draw.L(draw.T(style, say), draw.T(th.Plain, model.CleanLine(p.Text))).Clip(w)
}

// AskLines returns the open asks and polls in at most h rows, the earliest due first,
// with the number of those that do not fit.
func AskLines(r *model.Room, now time.Time, w, h int, th *theme.Theme) []draw.Line {
	var out []draw.Line
	asks := r.OpenAsks()
	for i := range asks {
		out = append(out, askRow(r, &asks[i], now, w, th))
	}
	open := r.OpenPolls(now)
	for i := range open {
		out = append(out, pollRow(&open[i], now, w, th))
	}
	if len(out) > h && h > 0 {
		more := model.Safef("  and %s: F2", present.Plural(len(out)-h+1, "more ask or poll", "more asks and polls"))
		return append(out[:h-1], draw.L(draw.T(th.Dim, more)))
	}
	return out[:min(len(out), max(0, h))]
}

// AskPage returns all open asks and all polls, for the page of clocks.
func AskPage(r *model.Room, now time.Time, w int, zone *time.Location, th *theme.Theme) []draw.Line {
	var out []draw.Line
	at := func(t time.Time) model.Safe { return model.DaySecond(t, now.In(zone)) }
	asks := r.OpenAsks()
	for i := range asks {
		a := &asks[i]
		out = append(out, askRow(r, a, now, w, th))
		fact := model.Safef("asked by %s at %s, due %s: :answer %d TEXT", a.From, at(a.At), at(a.Due), a.N)
		out = append(out, draw.Indent(draw.Rows(th.Dim, fact, w-6), 6)...)
	}
	for i := range slices.Backward(r.Polls) {
		p := &r.Polls[i]
		if p.State(now) == model.PollOpen && r.Status != model.Closed {
			out = append(out, pollRow(p, now, w, th))
		} else {
			out = append(out,
				draw.L(draw.T(th.Dim, model.Safef("? poll %d  %s", p.N, model.CleanLine(p.Text)))).Clip(w))
		}
		fact := model.Safef("by %s at %s: %s", p.By, at(p.At), present.PollOutcome(r, p, now))
		out = append(out, draw.Indent(draw.Rows(th.Dim, fact, w-6), 6)...)
		for _, o := range p.Objections {
			out = append(out, draw.Indent(draw.Rows(th.Warn, present.Objection(o), w-6), 6)...)
		}
	}
	if len(out) == 0 {
		return nil
	}
	return append(append(out, nil), th.Heading(model.Lit("Clocks")))
}

// asksInRow returns a summary of the open asks and polls, for a row that it shares with
// clocks.
func asksInRow(r *model.Room, now time.Time, th *theme.Theme) draw.Line {
	asks, open := r.OpenAsks(), r.OpenPolls(now)
	if len(asks)+len(open) == 0 {
		return nil
	}
	if len(asks) == 0 {
		ends := present.PollEnds(&open[0], now)
		return draw.L(draw.T(th.Mark, model.Safef("? poll %d %s%s", open[0].N, ends, more(len(open)-1))))
	}
	a := &asks[0]
	style := th.Mark
	if !now.Before(a.Due) {
		style = th.Bad
	}
	to := model.CleanLine(a.Role)
	if a.Role == "" {
		to = model.CleanLine(a.To)
	}
	others := more(len(asks) + len(open) - 1)
	return draw.L(draw.T(style, model.Safef("@ ask %d %s %s%s", a.N, to, present.AskDue(a, now).Short, others)))
}
