package model

import "time"

// Stretch is the period of a status, severity, phase or assignment, by the record.
type Stretch struct {
	What   Safe // Status, Severity, Phase, or the label of a role
	Label  Safe // its value, or the holder of the role
	From   time.Time
	Until  time.Time // zero: it has not ended
	At     time.Time // of a status: when it happened, as reported by By
	By     Safe
	Reason Safe
}

// took returns how long a stretch lasted, or has lasted until now. What was open when the
// room was closed ended then.
func (r *Room) took(s Stretch, now time.Time) time.Duration {
	until := s.Until
	if until.IsZero() {
		until = now
		if end := r.over(); !end.IsZero() {
			until = end
		}
	}
	return max(0, until.Sub(s.From))
}

// Stretches returns the periods of the statuses, severities and phases.
func (r *Room) Stretches() []Stretch {
	var out []Stretch
	for _, s := range r.States {
		out = append(out, Stretch{What: Lit("Status"), Label: CleanLine(string(s.Status)), From: s.From,
			Until: s.Until, At: s.At,
			By: CleanLine(s.By), Reason: CleanLine(s.Reason)})
	}
	for _, s := range r.Levels {
		why := CleanLine(s.Reason)
		if r.Resumed(s) {
			why = Safef("as before, reopened: %s", why)
		}
		out = append(out, Stretch{What: Lit("Severity"), Label: CleanLine(s.Severity), From: s.From, Until: s.Until,
			By: CleanLine(s.By), Reason: why})
	}
	for _, s := range r.Phases {
		label := CleanLine(s.Phase)
		if d := r.Plan.Phase(s.Phase); d != nil {
			label = CleanLine(d.Label)
		}
		out = append(out, Stretch{What: Lit("Phase"), Label: label, From: s.From, Until: s.Until, By: CleanLine(s.By)})
	}
	return out
}

// RoleStretches returns the periods of the roles, in the order of the plan and then
// by time.
func (r *Room) RoleStretches() []Stretch {
	if r.Plan == nil {
		return nil
	}
	var out []Stretch
	for _, d := range r.Plan.Roles {
		for _, a := range r.Roles {
			if a.Role == d.ID {
				out = append(out, Stretch{What: CleanLine(d.Label), Label: a.Who(), From: a.From, Until: a.Until,
					By: CleanLine(a.By)})
			}
		}
	}
	return out
}

// StretchWords describes a stretch in one line: "Phase Triage: 14:00:00 UTC to
// 15:00:00 UTC, 1 h, by ana".
func (r *Room) StretchWords(s Stretch, now time.Time, at At) Safe {
	began := at(s.From)
	if !s.At.IsZero() {
		began = BothTimes(s.At, s.From, s.By.String(), at)
	}
	out := Safef("%s %s: since %s, by %s", s.What, s.Label, began, s.By)
	switch end := r.over(); {
	case !s.Until.IsZero():
		out = Safef("%s %s: %s to %s, %s, by %s", s.What, s.Label, began, at(s.Until), Took(r.took(s, now)), s.By)
	case end.After(s.From):
		out = Safef("%s %s: %s to the closing of the room, %s, by %s", s.What, s.Label, began, Took(r.took(s, now)),
			s.By)
	case end.IsZero():
		out = Safef("%s %s: since %s, %s, by %s", s.What, s.Label, began, Took(r.took(s, now)), s.By)
	}
	if !s.Reason.IsEmpty() {
		out = Safef("%s: %s", out, s.Reason)
	}
	return out
}
