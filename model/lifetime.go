package model

import "time"

// Lifetime is the time from the declaration of an incident until it was resolved, or
// until its room was closed if it never was. Its age does not grow after that.
type Lifetime struct {
	From     time.Time
	Until    time.Time // zero: it is open
	Outcome  Status    // Open, Resolved, or Closed (never resolved)
	Reopened int       // how often
}

// Lifetime returns how long the incident lasted. If it was reopened, it lasts until
// its last resolution.
func (r *Room) Lifetime() Lifetime {
	l := Lifetime{From: r.DeclaredAt, Outcome: Open}
	for i, s := range r.States {
		if i > 0 && s.Status == Open {
			l.Reopened++
		}
	}
	if r.Status == Open {
		return l
	}
	if m, ok := r.Milestones[MilestoneResolved]; ok && !m.NA {
		l.Until, l.Outcome = m.At, Resolved
	} else if m, ok := r.Milestones[MilestoneClosed]; ok {
		l.Until, l.Outcome = m.At, Closed
	}
	if l.Until.Before(l.From) { // as somebody reported it, before the declaration
		l.Until = l.From
	}
	return l
}

// Age returns how long the incident lasted, or has lasted at now.
func (l Lifetime) Age(now time.Time) time.Duration {
	if !l.Until.IsZero() {
		now = l.Until
	}
	return max(0, now.Sub(l.From))
}

// Words describes how the incident ended: "resolved after 8 min", "closed after 2
// min, never resolved".
func (l Lifetime) Words(now time.Time) Safe {
	s := Safef("open for %s", Took(l.Age(now)))
	switch l.Outcome {
	case Resolved:
		s = Safef("resolved after %s", Took(l.Age(now)))
	case Closed:
		s = Safef("closed after %s, never resolved", Took(l.Age(now)))
	}
	switch {
	case l.Reopened == 1:
		s = Safef("%s; reopened once", s)
	case l.Reopened > 1:
		s = Safef("%s; reopened %d times", s, l.Reopened)
	}
	return s
}
