package model

import "time"

// Validation records that somebody verified that the alert is real, and how severe
// it is. The severity may be verified later, or never.
type Validation struct {
	Severity string    `json:"severity,omitempty"` // severity that was verified; if "", only that the alert is real
	By       string    `json:"by"`
	At       time.Time `json:"at"` // as reported by By
	Seq      uint64    `json:"seq"`

	// Of the severity, if another event than the validation verified it.
	SeverityBy  string    `json:"severity_by,omitempty"`
	SeverityAt  time.Time `json:"severity_at,omitzero"` // as reported by SeverityBy
	SeveritySeq uint64    `json:"severity_seq,omitempty"`
}

// validates reports whether checking off an item validates the alert.
func (r *Room) validates(item string) bool {
	d := r.Plan.Item(item)
	return d != nil && d.Milestone == MilestoneValidated
}

// validate records that the alert is real, and its severity if that is stated. A
// severity that was verified before is kept.
func (r *Room) validate(severity string, e *Event) {
	v := Validation{Severity: severity, By: e.By, At: e.At, Seq: e.Seq}
	if was := r.Validated; was != nil && severity == "" && was.Severity != "" {
		v.Severity = was.Severity
		v.SeverityBy, v.SeverityAt, v.SeveritySeq = was.Verified()
	}
	r.Validated = &v
}

// verify records the severity of an existing validation.
func (r *Room) verify(severity string, e *Event) {
	v := *r.Validated
	v.Severity, v.SeverityBy, v.SeverityAt, v.SeveritySeq = severity, e.By, e.At, e.Seq
	r.Validated = &v
}

// Verified returns who verified the severity, when, and in which entry. It returns
// zero values if nobody did.
func (v *Validation) Verified() (by string, at time.Time, seq uint64) {
	switch {
	case v.Severity == "":
		return "", time.Time{}, 0
	case v.SeveritySeq != 0:
		return v.SeverityBy, v.SeverityAt, v.SeveritySeq
	}
	return v.By, v.At, v.Seq
}

func (v *Validation) verifiedBy() string {
	by, _, _ := v.Verified()
	return by
}

// stillSevere refuses to validate a severity other than the current one.
func (r *Room) stillSevere(severity string) error {
	if r.Rules < 2 || severity == "" || severity == r.Severity {
		return nil
	}
	return Refuse(Conflict, "the severity is %s now, not %s; validate that one", r.Severity, severity)
}
