package view

import (
	"slices"
	"strings"
	"time"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/theme"
)

// AlertRow returns one alert in a row of w cells: its number, its state, its severity,
// its text and its location.
func AlertRow(r *model.Room, a *model.RoomAlert, now time.Time, th *theme.Theme, w int) draw.Line {
	line := draw.L(draw.T(th.Dim, model.Safef(" %3d  ", a.N)))
	what, style := alertState(r, a, now), th.Plain
	switch c := r.AlertClock(a, now); {
	case a.Moved != "" || a.Settled() || a.Verdict != "":
		style = th.Dim
	case r.Status == model.Closed:
	case c.State == model.ClockOverdue:
		style = th.Bad
	case c.State == model.ClockWarning:
		style = th.Warn
	}
	line = append(line, draw.Column(style, what, 14)...)
	line = append(line, draw.Column(th.Level(alertRank(a.Alert.Severity)), model.CleanLine(a.Alert.Severity), 8)...)
	return append(line, alertText(a, th, w-line.Width())...)
}

// alertText returns the text and the location of an alert in w cells. It shortens the
// text first, and the location from the front, because the end of a path identifies the
// file.
func alertText(a *model.RoomAlert, th *theme.Theme, w int) draw.Line {
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
		return draw.L(draw.T(th.Bad, live), draw.T(th.Plain, what))
	}
	left := w - draw.Width(live)
	location := cutFront(where, max(left/2, left-draw.Width(what)-1))
	room := left - draw.Width(location) - 1
	if draw.Width(what) > room {
		what = model.Safef("%s%s",
			cutBack(model.Safef("%s: %s", a.Alert.Source, a.Alert.What()), room-draw.Width(count)), count)
	}
	return draw.L(draw.T(th.Bad, live), draw.T(th.Plain, what), draw.T(th.Dim, model.Safef(" %s", location)))
}

// cutFront shortens a text to w cells by removing its beginning.
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

// cutBack shortens a text to w cells by removing its end.
func cutBack(s model.Safe, w int) model.Safe {
	for to := s.Len(); draw.Width(s) > w && to > 0; to-- {
		if head := s.Slice(0, to); draw.Width(head) < w {
			return model.Safef("%s…", head)
		}
	}
	return s
}

// alertRank returns the rank of a plan for the severity of an alert.
func alertRank(severity string) int {
	if i := slices.Index(model.AlertSeverities, severity); i >= 0 && i < 3 {
		return i + 1
	}
	return 9
}

// alertState returns the state of an alert in a word or two: the time left, or the
// result.
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

// AlertFacts returns the sentences about one alert.
func AlertFacts(r *model.Room, a *model.RoomAlert, zone *time.Location) []model.Safe {
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
	add(true, model.Safef("severity: %s according to its source, read as %s; confidence "+
		"%s", raw, al.Severity, al.Confidence))
	add(a.Groups > 1, model.Safef("%d groups of findings in one alert", a.Groups))
	for i := range min(len(a.Rules), 5) {
		q := a.Rules[i]
		add(true, model.Safef("  %s  %s, %s", q.Severity, q.Rule, Plural(q.Findings, "finding", "findings")))
	}
	if h := r.AlertHint(al); !h.IsEmpty() {
		add(true, h)
	}
	add(al.State != "" || !a.Over.IsZero(), stateFact(a, zone))
	add(a.Before != "", model.Safef("judged %s before it was seen again", strings.ReplaceAll(a.Before, "_", " ")))
	add(al.Validity != "" || al.Public, validFact(al))
	add(al.Account != "", model.Safef("account %s", al.Account))
	add(al.ARN != "", model.Safef("identity %s", al.ARN))
	add(al.Rotate != "", model.Safef("how to rotate it: %s", al.Rotate))
	add(al.Description != "", model.CleanLine(al.Description))
	add(al.Link != "", model.CleanLine(al.Link))
	add(true, model.Safef("received %s from %s", a.At.In(zone).Format("2 Jan 15:04:05"), a.By))
	add(a.Verdict != "", model.Safef("judged %s by %s: %s", a.VerdictWords(), a.JudgedBy, a.Why))
	add(a.Moved != "", model.Safef("moved to %s by %s", a.Moved, a.SettledBy))
	add(a.Closed != "", model.Safef("closed by %s: %s", a.SettledBy, a.Closed))
	return out
}

// stateFact describes the state of an alert at its source.
func stateFact(a *model.RoomAlert, zone *time.Location) model.Safe {
	s := model.Safef("from its source: %s", a.Alert.State)
	if a.Alert.State == "" {
		s = model.Lit("resolved at its source")
	}
	if !a.Over.IsZero() {
		s = model.Safef("%s, resolved there since %s", s, a.Over.In(zone).Format("2 Jan 15:04:05"))
	}
	return s
}

// validFact describes whether a secret works, and whether it is public.
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

// LobbyRows returns the rows of the lobby in place of the panes.
func LobbyRows(r *model.Room, now time.Time, w, h int, th *theme.Theme) []draw.Line {
	open := r.OpenAlerts()
	style := th.Bold
	if _, oldest := r.Unjudged(); oldest != nil && r.AlertClock(oldest, now).State == model.ClockOverdue {
		style = th.Bad
	}
	out := []draw.Line{draw.L(draw.T(style, model.Safef(" %s", r.LobbyLine(now))))}
	for i, a := range open {
		if len(out) >= h-1 && i < len(open)-1 {
			return append(out, draw.L(draw.T(th.Dim, model.Safef("      and %d more: F9", len(open)-i))))
		}
		out = append(out, AlertRow(r, a, now, th, w).Clip(w))
	}
	return out
}
