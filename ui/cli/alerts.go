package cli

import (
	"time"

	"warroom/model"
)

// alertRow is an alert of a room as status --json has it.
type alertRow struct {
	N        int               `json:"n"`
	ID       string            `json:"id"`
	Seq      uint64            `json:"seq"`
	At       time.Time         `json:"at"`
	By       string            `json:"by"`
	Findings int               `json:"findings"`
	New      int               `json:"new"`
	Groups   int               `json:"groups"`
	Rules    []model.AlertRule `json:"rules,omitempty"`
	Verdict  string            `json:"verdict"` // "" until it is judged
	Why      string            `json:"why"`
	JudgedBy string            `json:"judged_by"`
	Suggests model.Safe        `json:"suggests"`
	Alert    model.Alert       `json:"alert"`

	State      model.ClockState `json:"state"` // of the time within which it is to be judged
	DueAt      time.Time        `json:"due_at"`
	RemainingS int64            `json:"remaining_s"`
	Origin     string           `json:"origin,omitempty"`  // its event in the lobby
	Moved      string           `json:"moved,omitempty"`   // in the lobby: the room it went to
	Closed     string           `json:"closed,omitempty"`  // in the lobby: why it was put away
	Over       *time.Time       `json:"over,omitempty"`    // when its source was done with it
	Updated    *time.Time       `json:"updated,omitempty"` // when its source changed it the last time
	Before     string           `json:"before,omitempty"`  // what it was judged before it came back
}

func alertRows(r *model.Room, now time.Time) []alertRow {
	out := make([]alertRow, len(r.Alerts))
	for i := range r.Alerts {
		a := &r.Alerts[i]
		c := r.AlertClock(a, now)
		out[i] = alertRow{N: a.N, ID: a.ID, Seq: a.Seq, At: a.At, By: a.By, Findings: a.Findings, New: a.New, Groups: max(a.Groups, 1), Rules: a.Rules,
			Verdict: a.Verdict, Why: a.Why, JudgedBy: a.JudgedBy, Suggests: r.AlertHint(&a.Alert), Alert: a.Alert,
			State: c.State, DueAt: c.Due, RemainingS: int64(c.Remaining / time.Second), Origin: a.Origin, Moved: a.Moved, Closed: a.Closed, Before: a.Before}
		if !a.Over.IsZero() {
			out[i].Over = &a.Over
		}
		if !a.UpdatedAt.IsZero() {
			out[i].Updated = &a.UpdatedAt
		}
	}
	return out
}

// alertLines says how the alerts of a room stand, in words.
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
		s = model.Safef("%s; over at its source", s)
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

// alertLeft is how long an alert may wait for somebody to judge it.
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

// lobbyLines is how the lobby stands: what is left to do, with what each alert
// suggests, and then what became of the newest of the others.
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
	return append(out, model.Safef("%d entries, state %s", r.Seq, r.StateHash()))
}
