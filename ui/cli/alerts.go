package cli

import (
	"strings"
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
}

func alertRows(r *model.Room) []alertRow {
	out := make([]alertRow, len(r.Alerts))
	for i := range r.Alerts {
		a := &r.Alerts[i]
		out[i] = alertRow{N: a.N, ID: a.ID, Seq: a.Seq, At: a.At, By: a.By, Findings: a.Findings, New: a.New, Groups: max(a.Groups, 1), Rules: a.Rules,
			Verdict: a.Verdict, Why: a.Why, JudgedBy: a.JudgedBy, Suggests: r.AlertHint(&a.Alert), Alert: a.Alert}
	}
	return out
}

// alertLines says how the alerts of a room stand, in words.
func alertLines(r *model.Room) []model.Safe {
	var out []model.Safe
	for i := range r.Alerts {
		a := &r.Alerts[i]
		s := model.Safef("alert %d: %s  %s: %s", a.N, a.Alert.Severity, a.Alert.Source, a.Alert.What())
		if a.Findings > 1 {
			s = model.Safef("%s, %d findings", s, a.Findings)
		}
		if a.Verdict == "" {
			s = model.Safef("%s; not judged", s)
		} else {
			s = model.Safef("%s; %s, by %s: %s", s, strings.ReplaceAll(a.Verdict, "_", " "), a.JudgedBy, a.Why)
		}
		out = append(out, s)
	}
	return out
}
