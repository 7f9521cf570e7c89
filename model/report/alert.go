package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"warroom/model"
)

// Alert is an alert that came into the room, with its verdict.
type Alert struct {
	N         int        `json:"n"`
	Entry     uint64     `json:"entry"`
	At        time.Time  `json:"at"`
	FirstSeen *time.Time `json:"first_seen"` // according to its source
	Source    model.Safe `json:"source"`
	Rule      model.Safe `json:"rule"`
	Title     model.Safe `json:"title"`
	Severity  model.Safe `json:"severity"`
	Findings  int        `json:"findings"`
	Verdict   model.Safe `json:"verdict"` // "" until it is judged
	Why       model.Safe `json:"why"`
	JudgedBy  model.Safe `json:"judged_by"`
	StatedBy  model.Safe `json:"stated_by"` // who wrote that, if not the judge
	JudgedAt  *time.Time `json:"judged_at"`
	Before    model.Safe `json:"judged_before"` // the verdict before it returned; "" if it did not, or had none
	OverAt    *time.Time `json:"over_at"`       // when its source had closed all of its findings
	Rules     []Rule     `json:"rules"`         // of its findings, the worst first, if there are several

	Also model.Safe `json:"-"` // the rules other than Rule, in words
}

// Rule is a rule of a scanner, and how many findings of an alert it has.
type Rule struct {
	Rule     model.Safe `json:"rule"`
	Severity model.Safe `json:"severity"`
	Findings int        `json:"findings"`
}

// judge returns who judged the alert, with whoever states that.
func (a *Alert) judge() model.Safe {
	one := model.RoomAlert{JudgedBy: a.JudgedBy.String(), StatedBy: a.StatedBy.String()}
	return one.Judge()
}

func alertsOf(r *model.Room) []Alert {
	out := make([]Alert, 0, len(r.Alerts))
	for i := range r.Alerts {
		a := &r.Alerts[i]
		row := Alert{N: a.N, Entry: a.Seq, At: a.At, FirstSeen: maybe(a.Alert.FirstSeen),
			Source: model.CleanLine(a.Alert.Source), Rule: model.CleanLine(a.Alert.Rule),
			Title:    model.CleanLine(a.Alert.Title),
			Severity: model.CleanLine(a.Alert.Severity), Findings: a.Findings, Verdict: a.VerdictWords(),
			Why: model.CleanLine(a.Why), JudgedBy: model.CleanLine(a.JudgedBy), StatedBy: model.CleanLine(a.StatedBy),
			JudgedAt: maybe(a.JudgedAt),
			Before:   model.VerdictWords(a.Before), OverAt: maybe(a.Over), Rules: []Rule{}, Also: a.OtherRules()}
		if a.Verdict == "" { // what was judged before it returned is not its verdict
			row.Why, row.JudgedBy, row.StatedBy, row.JudgedAt = model.Safe{}, model.Safe{}, model.Safe{}, nil
		}
		for _, q := range a.Rules {
			row.Rules = append(row.Rules, Rule{Rule: model.CleanLine(q.Rule), Severity: model.CleanLine(q.Severity),
				Findings: q.Findings})
		}
		out = append(out, row)
	}
	return out
}

// alerts writes what was reported, by whom, and with which result.
func (w *writer) alerts() {
	if len(w.d.Alerts) == 0 {
		w.f("The record has no alerts.\n\n")
		return
	}
	var rows [][]string
	for _, a := range w.d.Alerts {
		verdict := "**not judged**"
		if !a.Verdict.IsEmpty() {
			verdict = fmt.Sprintf("%s, by %s", plain(a.Verdict), plain(a.judge()))
		}
		if !a.Before.IsEmpty() {
			verdict += fmt.Sprintf("; %s before it was seen again", plain(a.Before))
		}
		if a.OverAt != nil {
			verdict += "; resolved at its source " + w.at(*a.OverAt)
		}
		what := joined(": ", a.Rule, a.Title)
		if !a.Also.IsEmpty() {
			what = joined("; ", what, a.Also)
		}
		rows = append(rows,
			[]string{entry(a.Entry), w.maybe(a.FirstSeen, "-"), w.at(a.At), plain(a.Source), plain(a.Severity),
				orDash(plain(what)), fmt.Sprint(a.Findings), verdict, orDash(plain(a.Why))})
	}
	w.table([]string{"Entry", "First seen by its source", "Received", "Source", "Severity", "What", "Findings",
		"Verdict", "Why"}, rows)
}

// Validated records two findings: whether the alert is real, and how severe it is.
type Validated struct {
	Real     bool       `json:"real"`
	Severity model.Safe `json:"severity"` // "" if it was not verified
	By       model.Safe `json:"by"`
	At       time.Time  `json:"at"`
	Entry    uint64     `json:"entry"`
	Undone   *Undone    `json:"undone"` // the item was reopened; null if not

	VerifiedBy model.Safe `json:"severity_by"` // who verified the severity; "" if nobody did
	VerifiedAt *time.Time `json:"severity_at"`
	VerifiedIn uint64     `json:"severity_entry"`
}

// Undone records that somebody took back what a checklist item had recorded.
type Undone struct {
	By     model.Safe `json:"by"`
	At     time.Time  `json:"at"` // recorded
	Entry  uint64     `json:"entry"`
	Reason model.Safe `json:"reason"`
}

func (w *walk) validated() *Validated {
	v := w.room.Validated
	if v == nil {
		return nil
	}
	out := &Validated{Real: true, Severity: model.CleanLine(v.Severity), By: model.CleanLine(v.By), At: v.At.UTC(),
		Entry: v.Seq}
	by, at, entry := v.Verified()
	out.VerifiedBy, out.VerifiedAt, out.VerifiedIn = model.CleanLine(by), maybe(at), entry
	for i := range w.room.Items {
		it := &w.room.Items[i]
		d := w.room.Def(it)
		if n := w.items[it.ID]; d.Milestone == model.MilestoneValidated && it.State != model.ItemDone && n > v.Seq {
			out.Undone = &Undone{By: model.CleanLine(it.By), At: it.At.UTC(), Entry: n,
				Reason: model.CleanLine(it.Reason)}
		}
	}
	return out
}

// validation writes both findings, or that nobody recorded them.
func (w *writer) validation() {
	v := w.d.Validated
	if v == nil {
		w.f("- the alert is real: **not recorded**%s\n- its severity: %s, **not verified**\n", judgedReal(w),
			severitySetBy(w))
		return
	}
	w.f("- the alert is real: by %s, entry %d, %s", plain(v.By), v.Entry, w.at(v.At))
	if u := v.Undone; u != nil {
		w.f("; **taken back** by %s, entry %d, %s: %s", plain(u.By), u.Entry, w.at(u.At), plain(u.Reason))
	}
	w.f("\n")
	switch {
	case v.Severity.IsEmpty():
		w.f("- its severity: %s, **not verified when the alert was validated**\n", severitySetBy(w))
	case v.Severity != w.d.Severity:
		w.f("- its severity: %s, verified by %s, entry %d, %s; **changed since**: %s\n", plain(v.Severity),
			plain(v.VerifiedBy), v.VerifiedIn, w.maybe(v.VerifiedAt, "-"), severitySetBy(w))
	default:
		w.f("- its severity: %s, verified by %s, entry %d, %s\n", plain(v.Severity), plain(v.VerifiedBy), v.VerifiedIn,
			w.maybe(v.VerifiedAt, "-"))
	}
}

// judgedReal names the alerts that somebody judged to be real, although nobody validated any.
func judgedReal(w *writer) (text string) {
	for _, a := range w.d.Alerts {
		if strings.HasPrefix(a.Verdict.String(), "true positive") {
			text += fmt.Sprintf("; alert %d was judged %s by %s", a.N, plain(a.Verdict), plain(a.judge()))
		}
	}
	return text
}

// severitySetBy returns the current severity, with who set it and when.
func severitySetBy(w *writer) string {
	for _, s := range slices.Backward(w.d.Severities) {
		if !s.Resumed {
			return fmt.Sprintf("%s, set by %s, %s", plain(w.d.Severity), plain(s.By), w.at(s.From))
		}
	}
	return plain(w.d.Severity)
}
