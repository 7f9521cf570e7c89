package present

import (
	"time"

	"warroom/model"
)

// alertLines describes the alerts of a room.
func alertLines(r *model.Room, now time.Time) []model.Safe {
	var out []model.Safe
	for i := range r.Alerts {
		out = append(out, alertLine(r, &r.Alerts[i], now))
	}
	return out
}

func alertLine(r *model.Room, a *model.RoomAlert, now time.Time) model.Safe {
	s := model.Safef("alert %d: %s  %s: %s", a.N, a.Alert.Severity, a.Alert.Source, a.Alert.What())
	if a.Alert.Kind == "secret" && a.Alert.Confidence == "verified" {
		s = model.Safef("alert %d: %s LIVE  %s: %s", a.N, a.Alert.Severity, a.Alert.Source, a.Alert.What())
	}
	if a.Findings > 1 {
		s = model.Safef("%s, %d findings", s, a.Findings)
	}
	switch {
	case a.Verdict == "" && a.Moved != "":
	case a.Verdict == "" && !a.Over.IsZero():
		s = model.Safef("%s; resolved at its source", s)
	case a.Verdict == "":
		s = model.Safef("%s; not judged%s", s, alertLeft(r, a, now))
	default:
		s = model.Safef("%s; %s, by %s: %s", s, a.VerdictWords(), a.JudgedBy, a.Why)
	}
	switch {
	case a.Moved != "":
		s = model.Safef("%s; in %s, by %s", s, a.Moved, a.SettledBy)
	case a.Closed != "":
		s = model.Safef("%s; closed by %s: %s", s, a.SettledBy, a.Closed)
	}
	if where := a.Alert.Where(); !where.IsEmpty() {
		s = model.Safef("%s; in %s", s, where)
	}
	return s
}

// alertLeft describes the time left to judge an alert.
func alertLeft(r *model.Room, a *model.RoomAlert, now time.Time) model.Safe {
	switch c := r.AlertClock(a, now); {
	case r.Status == model.Closed:
		return model.Safe{}
	case c.State == model.ClockOverdue:
		return model.Safef(", OVERDUE by %s", model.Span(c.Remaining))
	default:
		return model.Safef(", due in %s", model.Span(c.Remaining))
	}
}

// lobbyLines describes the lobby: the open alerts with suggestions, then the newest
// settled ones.
func lobbyLines(v *model.View, now time.Time) []model.Safe {
	r := v.Room
	out := []model.Safe{r.LobbyLine(now)}
	for _, a := range r.OpenAlerts() {
		out = append(out, alertLine(r, a, now))
		if h := r.AlertHint(&a.Alert); !h.IsEmpty() {
			out = append(out, model.Safef("  %s", h))
		}
	}
	const shown = 20
	settled := 0
	for i := len(r.Alerts) - 1; i >= 0 && settled < shown; i-- {
		if r.Alerts[i].Settled() {
			if settled == 0 {
				out = append(out, model.Lit("Done:"))
			}
			out, settled = append(out, alertLine(r, &r.Alerts[i], now)), settled+1
		}
	}
	return append(out, model.Safef("%d entries; state hash %s", r.Seq, r.StateHash()))
}
