package model

import "time"

// Validation is that somebody found out that the alert is real and how severe it
// is: two facts.
type Validation struct {
	Severity string    `json:"severity,omitempty"` // that was verified; "": only that it is real
	By       string    `json:"by"`
	At       time.Time `json:"at"` // by the word of By
	Seq      uint64    `json:"seq"`
}

// validates reports whether checking an item of the plan validates the alert.
func (r *Room) validates(item string) bool {
	d := r.Plan.Item(item)
	return d != nil && d.Milestone == MilestoneValidated
}

// validate records both facts.
func (r *Room) validate(severity string, e *Event) {
	r.Validated = &Validation{Severity: severity, By: e.By, At: e.At, Seq: e.Seq}
}

// stillSevere refuses a validation of a severity that the room no longer has.
func (r *Room) stillSevere(severity string) error {
	if r.Rules < 2 || severity == "" || severity == r.Severity {
		return nil
	}
	return Refuse(Conflict, "the severity is %s now, not %s; validate that one", r.Severity, severity)
}
