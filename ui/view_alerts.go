package ui

import (
	"slices"
	"time"

	"warroom/model"
	"warroom/ui/draw"
)

// alertRow is one alert: its number, how its time stands, and what it says.
func alertRow(r *model.Room, a *model.RoomAlert, now time.Time, th *theme) draw.Line {
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
	say := model.Safef("%s: %s", a.Alert.Source, a.Alert.What())
	if a.Findings > 1 {
		say = model.Safef("%s (%d findings)", say, a.Findings)
	}
	return append(line, draw.T(th.plain, say))
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
	add(al.Description != "", model.CleanLine(al.Description))
	add(al.Link != "", model.CleanLine(al.Link))
	add(true, model.Safef("received %s, brought by %s", a.At.In(zone).Format("2 Jan 15:04:05"), a.By))
	add(a.Verdict != "", model.Safef("judged %s by %s: %s", a.VerdictWords(), a.JudgedBy, a.Why))
	add(a.Moved != "", model.Safef("in %s since %s moved it", a.Moved, a.SettledBy))
	add(a.Closed != "", model.Safef("closed by %s: %s", a.SettledBy, a.Closed))
	return out
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
		out = append(out, alertRow(r, a, now, th).Clip(w))
	}
	return out
}
