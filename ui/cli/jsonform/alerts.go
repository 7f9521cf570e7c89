package jsonform

import (
	"time"

	"warroom/model"
)

// alertRow is an alert of a room in status --json.
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
	Verdict  string            `json:"verdict"` // "": not judged yet
	Why      string            `json:"why"`
	JudgedBy string            `json:"judged_by"`
	StatedBy string            `json:"stated_by,omitempty"` // who wrote that, if not the judge
	Suggests model.Safe        `json:"suggests"`
	Alert    model.Alert       `json:"alert"`

	State      model.ClockState `json:"state"` // of the time limit for judging it
	DueAt      time.Time        `json:"due_at"`
	RemainingS int64            `json:"remaining_s"`
	Origin     string           `json:"origin,omitempty"`  // id of its event in the lobby
	Moved      string           `json:"moved,omitempty"`   // in the lobby: the room it was moved to
	Closed     string           `json:"closed,omitempty"`  // in the lobby: the reason it was closed
	Over       *time.Time       `json:"over,omitempty"`    // when its source closed it
	Updated    *time.Time       `json:"updated,omitempty"` // when its source last changed it
	Before     string           `json:"before,omitempty"`  // verdict before it was reopened
}

func alertRows(r *model.Room, now time.Time) []alertRow {
	out := make([]alertRow, len(r.Alerts))
	for i := range r.Alerts {
		a := &r.Alerts[i]
		c := r.AlertClock(a, now)
		out[i] = alertRow{N: a.N, ID: a.ID, Seq: a.Seq, At: a.At, By: a.By, Findings: a.Findings, New: a.New,
			Groups: max(a.Groups, 1), Rules: a.Rules,
			Verdict: a.Verdict, Why: a.Why, JudgedBy: a.JudgedBy, StatedBy: a.StatedBy,
			Suggests: r.AlertHint(&a.Alert), Alert: a.Alert,
			State: c.State, DueAt: c.Due, RemainingS: int64(c.Remaining / time.Second), Origin: a.Origin,
			Moved: a.Moved, Closed: a.Closed, Before: a.Before}
		if a.Verdict == "" { // what was judged before it returned is in Before
			out[i].Why, out[i].JudgedBy = "", ""
		}
		if !a.Over.IsZero() {
			out[i].Over = &a.Over
		}
		if !a.UpdatedAt.IsZero() {
			out[i].Updated = &a.UpdatedAt
		}
	}
	return out
}
