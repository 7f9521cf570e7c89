package ui

import (
	"slices"
	"strings"
	"time"

	"warroom/model"
	"warroom/ui/draw"
)

// alertRow is one alert in a row of some width: its number, how its time stands, what
// it says and where.
func alertRow(r *model.Room, a *model.RoomAlert, now time.Time, th *theme, w int) draw.Line {
	line := draw.L(draw.T(th.dim, model.Safef(" %3d  ", a.N)))
	what, style := alertState(r, a, now), th.plain
	switch c := r.AlertClock(a, now); {
	case a.Moved != "" || a.Settled() || a.Verdict != "":
		style = th.dim
	case r.Status == model.Closed:
	case c.State == model.ClockOverdue:
		style = th.bad
	case c.State == model.ClockWarning:
		style = th.warn
	}
	line = append(line, column(style, what, 14)...)
	line = append(line, column(th.level(alertRank(a.Alert.Severity)), model.CleanLine(a.Alert.Severity), 8)...)
	return append(line, alertSays(a, th, w-line.Width())...)
}

// alertSays is what an alert says and where, in a width: the place keeps its end, which
// tells files apart, and what is said gives way first.
func alertSays(a *model.RoomAlert, th *theme, w int) draw.Line {
	var count, live model.Safe
	if a.Findings > 1 {
		count = model.Safef(" x%d", a.Findings)
	}
	if a.Alert.Kind == "secret" && a.Alert.Confidence == "verified" {
		live = model.Lit("LIVE ")
	}
	where := a.Alert.Where()
	what := model.Safef("%s: %s%s", a.Alert.Source, a.Alert.What(), count)
	if where.IsEmpty() || w < 24 {
		return draw.L(draw.T(th.bad, live), draw.T(th.plain, what))
	}
	left := w - draw.Width(live)
	place := cutFront(where, max(left/2, left-draw.Width(what)-1))
	room := left - draw.Width(place) - 1
	if draw.Width(what) > room {
		what = model.Safef("%s%s", cutBack(model.Safef("%s: %s", a.Alert.Source, a.Alert.What()), room-draw.Width(count)), count)
	}
	return draw.L(draw.T(th.bad, live), draw.T(th.plain, what), draw.T(th.dim, model.Safef(" %s", place)))
}

// cutFront is the end of a text in a width.
func cutFront(s model.Safe, w int) model.Safe {
	for from := 0; draw.Width(s) > w && from < s.Len(); {
		rest := s.Slice(from, s.Len())
		if draw.Width(rest) < w {
			return model.Safef("…%s", rest)
		}
		from++
	}
	return s
}

// cutBack is the beginning of a text in a width.
func cutBack(s model.Safe, w int) model.Safe {
	for to := s.Len(); draw.Width(s) > w && to > 0; to-- {
		if head := s.Slice(0, to); draw.Width(head) < w {
			return model.Safef("%s…", head)
		}
	}
	return s
}

// alertRank is the severity of an alert as a rank of a plan.
func alertRank(severity string) int {
	if i := slices.Index(model.AlertSeverities, severity); i >= 0 && i < 3 {
		return i + 1
	}
	return 9
}

// alertState is the word on an alert in its row: what is left of its time, or
// what became of it.
func alertState(r *model.Room, a *model.RoomAlert, now time.Time) model.Safe {
	c := r.AlertClock(a, now)
	switch {
	case a.Moved != "":
		return model.Safef("in %s", a.Moved)
	case a.Closed != "":
		return model.Lit("closed")
	case a.Verdict != "":
		return shortVerdict(a.Verdict)
	case !a.Over.IsZero():
		return model.Lit("over")
	case r.Status == model.Closed:
		return model.Lit("not judged")
	case c.State == model.ClockOverdue:
		return model.Safef("OVERDUE %s", model.Span(c.Remaining))
	}
	return model.Safef("%s left", model.Span(c.Remaining))
}

func shortVerdict(v string) model.Safe {
	switch v {
	case model.Verdicts[0]:
		return model.Lit("true, impact")
	case model.Verdicts[1]:
		return model.Lit("true, no imp.")
	case model.Verdicts[2]:
		return model.Lit("false positive")
	}
	return model.CleanLine(v)
}

// alertFacts are the sentences about one alert.
func alertFacts(r *model.Room, a *model.RoomAlert, zone *time.Location) []model.Safe {
	var out []model.Safe
	add := func(on bool, s model.Safe) {
		if on {
			out = append(out, s)
		}
	}
	al := &a.Alert
	where := al.Where()
	add(!where.IsEmpty(), model.Safef("in %s", where))
	raw := model.CleanLine(al.SeverityRaw)
	if raw.IsEmpty() {
		raw = model.Lit("nothing")
	}
	add(true, model.Safef("severity: its source says %s, read as %s; confidence %s", raw, al.Severity, al.Confidence))
	add(a.Groups > 1, model.Safef("%d groups of findings, folded together", a.Groups))
	for i := range min(len(a.Rules), 5) {
		q := a.Rules[i]
		add(true, model.Safef("  %s  %s, %s", q.Severity, q.Rule, plural(q.Findings, "finding", "findings")))
	}
	if h := r.AlertHint(al); !h.IsEmpty() {
		add(true, h)
	}
	add(al.State != "" || !a.Over.IsZero(), stateFact(a, zone))
	add(a.Before != "", model.Safef("judged %s before it came back", strings.ReplaceAll(a.Before, "_", " ")))
	add(al.Validity != "" || al.Public, validFact(al))
	add(al.Account != "", model.Safef("account %s", al.Account))
	add(al.ARN != "", model.Safef("identity %s", al.ARN))
	add(al.Rotate != "", model.Safef("how to rotate it: %s", al.Rotate))
	add(al.Description != "", model.CleanLine(al.Description))
	add(al.Link != "", model.CleanLine(al.Link))
	add(true, model.Safef("received %s, brought by %s", a.At.In(zone).Format("2 Jan 15:04:05"), a.By))
	add(a.Verdict != "", model.Safef("judged %s by %s: %s", a.VerdictWords(), a.JudgedBy, a.Why))
	add(a.Moved != "", model.Safef("in %s since %s moved it", a.Moved, a.SettledBy))
	add(a.Closed != "", model.Safef("closed by %s: %s", a.SettledBy, a.Closed))
	return out
}

// stateFact is how an alert stands at its source.
func stateFact(a *model.RoomAlert, zone *time.Location) model.Safe {
	s := model.Safef("its source says: %s", a.Alert.State)
	if a.Alert.State == "" {
		s = model.Lit("its source is done with it")
	}
	if !a.Over.IsZero() {
		s = model.Safef("%s, over since %s", s, a.Over.In(zone).Format("2 Jan 15:04:05"))
	}
	return s
}

// validFact is whether a secret works, and who may have it.
func validFact(al *model.Alert) model.Safe {
	s := model.Safef("the secret is %s", al.Validity)
	if al.Validity == "" {
		s = model.Lit("the secret")
	}
	if al.Public {
		s = model.Safef("%s, publicly exposed", s)
	}
	return s
}

// lobbyRows are the state of the lobby in a room's panes.
func lobbyRows(r *model.Room, now time.Time, w, h int, th *theme) []draw.Line {
	open := r.OpenAlerts()
	style := th.bold
	if _, oldest := r.Unjudged(); oldest != nil && r.AlertClock(oldest, now).State == model.ClockOverdue {
		style = th.bad
	}
	out := []draw.Line{draw.L(draw.T(style, model.Safef(" %s", r.LobbyLine(now))))}
	for i, a := range open {
		if len(out) >= h-1 && i < len(open)-1 {
			return append(out, draw.L(draw.T(th.dim, model.Safef("      and %d more: F9", len(open)-i))))
		}
		out = append(out, alertRow(r, a, now, th, w).Clip(w))
	}
	return out
}
