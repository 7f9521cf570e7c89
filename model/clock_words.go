package model

import "time"

// At formats a time in the time zone of one reader.
type At func(time.Time) Safe

// Took formats a length of time with its units, for readers of a report.
func Took(d time.Duration) Safe {
	s := int64(d.Abs() / time.Second)
	day, h, m := s/86400, s/3600%24, s/60%60
	switch {
	case s >= 2*86400 && h == 0:
		return Safef("%d days", day)
	case s >= 2*86400:
		return Safef("%d days %d h", day, h)
	case s >= 3600 && m == 0:
		return Safef("%d h", s/3600)
	case s >= 3600:
		return Safef("%d h %02d min", s/3600, m)
	case s >= 60 && s%60 == 0:
		return Safef("%d min", m)
	case s >= 60:
		return Safef("%d min %02d s", m, s%60)
	}
	return Safef("%d s", s)
}

// MissedBefore reports whether a clock that is snoozed was due, and not met, before it was
// snoozed.
func (v *ClockView) MissedBefore() bool {
	if v.State != ClockSnoozed {
		return false
	}
	for _, c := range v.Run.Changes {
		if c.What == ChangeSnoozed && c.Due.Equal(v.Run.DueAt) && c.At.After(c.PrevDue) {
			return true
		}
	}
	return v.Def != nil && v.Def.Every == 0 && !v.Run.MissedAt.IsZero()
}

// SnoozeWord returns the word for the state of a clock that is snoozed: a miss stays one.
func (v *ClockView) SnoozeWord() Safe {
	if v.MissedBefore() {
		return Lit("MISSED, snoozed")
	}
	return Lit("snoozed")
}

// wordGap is the difference between the reported and the recorded time from which
// both are written.
const wordGap = time.Minute

// TimesDiffer reports whether a reported time and the time of the record differ by
// at least a minute.
func TimesDiffer(done, recorded time.Time) bool { return recorded.Sub(done).Abs() >= wordGap }

// BothTimes formats when something was done: the reported time, followed by the
// recorded time if they differ.
func BothTimes(done, recorded time.Time, by string, at At) Safe {
	if !TimesDiffer(done, recorded) {
		return at(recorded)
	}
	return Safef("%s as reported by %s, recorded %s", at(done), by, at(recorded))
}

// Words describes the outcome of a run in one line.
func (v *RunView) Words(d *ClockDef, at At) Safe {
	c := &v.Run
	s := Safef("from %s", at(c.From))
	if c.From.IsZero() {
		s = Lit("not started")
	}
	if TimesDiffer(c.From, c.BeganAt) && !c.BeganAt.IsZero() {
		s = Safef("%s, run started %s", s, at(c.BeganAt))
	}
	if d.Every > 0 {
		s = Safef("%s%s", s, v.ended(at))
		if !v.Due.IsZero() {
			s = Safef("%s, due %s", s, at(v.Due))
		}
		if c.OnTime+c.Late+v.Missed > 0 {
			s = Safef("%s: %s", s, Cadence(c.OnTime, c.Late, v.ByWord, v.Missed, time.Duration(c.Worst)))
		}
		return v.changes(s, at)
	}
	if !v.Due.IsZero() && !c.From.IsZero() {
		s = Safef("%s, due %s", s, at(c.due()))
	}
	s = Safef("%s%s", s, v.ended(at))
	if late := v.lateness(d); !late.IsEmpty() {
		s = Safef("%s, %s", s, late)
	}
	return v.changes(s, at)
}

// changes appends what changed the due time of the run, and that what met it was taken back.
func (v *RunView) changes(s Safe, at At) Safe {
	if !v.Undone.IsEmpty() {
		s = Safef("%s; %s", s, v.Undone)
	}
	for _, c := range v.Run.Changes {
		if c.What == ChangeSnoozed {
			continue // listed as a gap, see ClockGap
		}
		if c.What == ChangeCorrected {
			s = v.corrected(s, &c, at)
			continue
		}
		s = Safef("%s; %s at %s by %s, now due %s, previously %s", s, c.words(), at(c.At), c.By, at(c.Due),
			at(c.PrevDue))
		s = becauseOf(s, c.Reason)
	}
	return s
}

// words describes what changed a run.
func (c *ClockChange) words() Safe {
	switch c.What {
	case ChangeLength:
		return Lit("length changed")
	case ChangePaced:
		return Lit("cadence changed")
	}
	return CleanLine(c.What)
}

// ended returns how the run ended: ", met ...", or empty text while it runs.
func (v *RunView) ended(at At) Safe {
	c := &v.Run
	switch {
	case !c.MetAt.IsZero() && c.MetBy == "":
		return Safef(", ended %s", at(c.MetAt))
	case !c.MetAt.IsZero() && TimesDiffer(c.DoneAt, c.MetAt):
		return Safef(", met %s", BothTimes(c.DoneAt, c.MetAt, c.MetBy, at))
	case !c.MetAt.IsZero():
		return Safef(", met %s by %s", at(c.MetAt), c.MetBy)
	case c.Waived != "":
		return Safef(", waived %s by %s", at(c.WaivedAt), c.EndBy)
	case !c.StoodAt.IsZero():
		return Safef(", stopped %s by %s", at(c.StoodAt), c.StoodBy)
	}
	return Safe{}
}

// lateness returns how long before or after its due time the run ended.
func (v *RunView) lateness(d *ClockDef) Safe {
	switch {
	case d.AtLeast > 0 && v.Verdict == VerdictMissed:
		return Safef("%s too early", Took(v.Late))
	case d.AtLeast > 0 || v.Run.From.IsZero():
		return Safe{}
	case v.Verdict == VerdictCorrected:
		return Lateness(v.Run.MetAt.Sub(v.Run.due()))
	case v.Verdict == VerdictRecordedLate:
		return Safef("%s late by the record, %s as reported", Took(v.Late), Lateness(v.WordLate))
	case v.Verdict == VerdictMissed && !v.Run.MetAt.IsZero() && TimesDiffer(v.Run.DoneAt, v.Run.MetAt):
		return Safef("%s as reported, %s by the record", Lateness(v.WordLate), Lateness(v.Late))
	case !v.Run.MetAt.IsZero():
		return Lateness(v.Late)
	case v.State == ClockOverdue || v.State == ClockSnoozed && v.Verdict == VerdictMissed:
		return Safef("overdue by %s", Took(v.Late))
	case v.Verdict == VerdictMissed:
		return Safef("overdue by %s then", Took(v.Late))
	}
	return Safe{}
}

// Lateness formats a time after (or, if negative, before) a due time.
func Lateness(d time.Duration) Safe {
	switch d = d.Truncate(time.Second); {
	case d > 0:
		return Safef("%s late", Took(d))
	case d < 0:
		return Safef("%s early", Took(d))
	}
	return Lit("exactly on time")
}

// Cadence describes how regularly a repeating clock was met.
func Cadence(onTime, late, byWord, missed int, worst time.Duration) Safe {
	s := Safef("%d on time, %d late, %d missed", onTime, late, missed)
	if byWord > 0 {
		s = Safef("%s; %d of the late ones on time as reported", s, byWord)
	}
	if worst > 0 {
		s = Safef("%s, at worst %s", s, Lateness(worst))
	}
	return s
}

// Words describes the gap in one line.
func (g *ClockGap) Words(now time.Time, at At) Safe {
	s := Safef("%s %s to %s, %s, by %s", Lit(gapWords[g.What]), at(g.From), at(g.Until), Took(g.Length(now)), g.By)
	if g.Until.IsZero() {
		s = Safef("%s since %s, %s by now, by %s", Lit(gapWords[g.What]), at(g.From), Took(g.Length(now)), g.By)
	}
	return Safef("%s: %s", s, g.Reason)
}

var gapWords = map[string]lit{GapWaived: "waived", GapSnoozed: "snoozed", GapStopped: "stopped"}
