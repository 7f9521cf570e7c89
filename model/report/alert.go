package report

import (
	"fmt"
	"time"

	"warroom/model"
)

// Alert is a claim that came into the room, and what it was judged to be.
type Alert struct {
	N         int        `json:"n"`
	Entry     uint64     `json:"entry"`
	At        time.Time  `json:"at"`
	FirstSeen *time.Time `json:"first_seen"` // by its source
	Source    model.Safe `json:"source"`
	Rule      model.Safe `json:"rule"`
	Title     model.Safe `json:"title"`
	Severity  model.Safe `json:"severity"`
	Findings  int        `json:"findings"`
	Verdict   model.Safe `json:"verdict"` // "" while nobody has judged it
	Why       model.Safe `json:"why"`
	JudgedBy  model.Safe `json:"judged_by"`
	JudgedAt  *time.Time `json:"judged_at"`
}

func alertsOf(r *model.Room) []Alert {
	out := make([]Alert, 0, len(r.Alerts))
	for _, a := range r.Alerts {
		out = append(out, Alert{a.N, a.Seq, a.At, maybe(a.Alert.FirstSeen), model.CleanLine(a.Alert.Source), model.CleanLine(a.Alert.Rule), model.CleanLine(a.Alert.Title),
			model.CleanLine(a.Alert.Severity), a.Findings, a.VerdictWords(), model.CleanLine(a.Why), model.CleanLine(a.JudgedBy), maybe(a.JudgedAt)})
	}
	return out
}

// alerts is what was claimed, by whom, and what became of it.
func (w *writer) alerts() {
	if len(w.d.Alerts) == 0 {
		w.f("No alert is in the record.\n\n")
		return
	}
	var rows [][]string
	for _, a := range w.d.Alerts {
		verdict := "**not judged**"
		if !a.Verdict.IsEmpty() {
			verdict = fmt.Sprintf("%s, by %s", plain(a.Verdict), plain(a.JudgedBy))
		}
		rows = append(rows, []string{entry(a.Entry), w.maybe(a.FirstSeen, "-"), w.at(a.At), plain(a.Source), plain(a.Severity), orDash(plain(joined(": ", a.Rule, a.Title))), fmt.Sprint(a.Findings), verdict, orDash(plain(a.Why))})
	}
	w.table([]string{"Entry", "First seen by its source", "Came in", "Source", "Severity", "What", "Findings", "Verdict", "Why"}, rows)
}

// Validated is that somebody found out two things: that the alert is real, and how
// severe it is.
type Validated struct {
	Real     bool       `json:"real"`
	Severity model.Safe `json:"severity"` // "": it was not verified
	By       model.Safe `json:"by"`
	At       time.Time  `json:"at"`
	Entry    uint64     `json:"entry"`
}

func validatedOf(r *model.Room) *Validated {
	v := r.Validated
	if v == nil {
		return nil
	}
	return &Validated{Real: true, Severity: model.CleanLine(v.Severity), By: model.CleanLine(v.By), At: v.At.UTC(), Entry: v.Seq}
}

// validation says both facts, and which of them nobody has found out.
func (w *writer) validation() {
	v := w.d.Validated
	if v == nil {
		w.f("- the alert is real: **nobody said so**\n- its severity: **not verified**\n")
		return
	}
	w.f("- the alert is real: by %s, entry %d, %s\n", plain(v.By), v.Entry, w.at(v.At))
	if v.Severity.IsEmpty() {
		w.f("- its severity: **not verified**\n")
		return
	}
	w.f("- its severity: %s, verified by %s, entry %d\n", plain(v.Severity), plain(v.By), v.Entry)
}
