package model

import "time"

// At writes a time for one reader, in their zone.
type At func(time.Time) Safe

// Took is a length of time with its units, for people who were not there.
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

// wordGap is from how far apart on the time when something happened and the time
// when it was recorded are both written.
const wordGap = time.Minute

// Apart reports whether the time that somebody gave and the time of the record
// are far enough apart to be told apart.
func Apart(done, recorded time.Time) bool { return recorded.Sub(done).Abs() >= wordGap }

// BothTimes writes when something was done: once where the word and the record
// agree, else both.
func BothTimes(done, recorded time.Time, by string, at At) Safe {
	if !Apart(done, recorded) {
		return at(recorded)
	}
	return Safef("%s by %s's word, recorded %s", at(done), by, at(recorded))
}

// Words are what became of a run, in one line for every reader.
func (v *RunView) Words(d *ClockDef, at At) Safe {
	c := &v.Run
	s := Safef("from %s", at(c.From))
	if c.From.IsZero() {
		s = Lit("from nothing known")
	}
	if Apart(c.From, c.BeganAt) && !c.BeganAt.IsZero() {
		s = Safef("%s, begun %s", s, at(c.BeganAt))
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
		s = Safef("%s, due %s", s, at(v.Due))
	}
	s = Safef("%s%s", s, v.ended(at))
	if late := v.lateness(d); !late.IsEmpty() {
		s = Safef("%s, %s", s, late)
	}
	return v.changes(s, at)
}

// changes adds what moved the run or put it off.
func (v *RunView) changes(s Safe, at At) Safe {
	for _, c := range v.Run.Changes {
		if c.What == ChangeSnoozed {
			continue // a stretch of its own, see ClockGap
		}
		what := map[string]Safe{ChangeMoved: Lit("moved"), ChangeLength: Lit("another length")}[c.What]
		s = Safef("%s; %s %s by %s, due %s, was %s", s, what, at(c.At), c.By, at(c.Due), at(c.Was))
		if c.Reason != "" {
			s = Safef("%s, because %s", s, CleanLine(c.Reason))
		}
	}
	return s
}

// ended is how the run ended: ", met ...", empty while it runs.
func (v *RunView) ended(at At) Safe {
	c := &v.Run
	switch {
	case !c.MetAt.IsZero() && c.MetBy == "":
		return Safef(", over %s", at(c.MetAt))
	case !c.MetAt.IsZero() && Apart(c.DoneAt, c.MetAt):
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

// lateness is how far from its due time the run ended.
func (v *RunView) lateness(d *ClockDef) Safe {
	switch {
	case d.AtLeast > 0 && v.Verdict == VerdictMissed:
		return Safef("%s too early", Took(v.Late))
	case d.AtLeast > 0 || v.Run.From.IsZero():
		return Safe{}
	case v.Verdict == VerdictRecordedLate:
		return Safef("%s late by the record, %s by that word", Took(v.Late), Lateness(v.WordLate))
	case !v.Run.MetAt.IsZero():
		return Lateness(v.Late)
	case v.State == ClockOverdue:
		return Safef("overdue by %s", Took(v.Late))
	case v.Verdict == VerdictMissed:
		return Safef("overdue by %s then", Took(v.Late))
	}
	return Safe{}
}

// Lateness is how far from its due time something came.
func Lateness(d time.Duration) Safe {
	switch d = d.Truncate(time.Second); {
	case d > 0:
		return Safef("%s late", Took(d))
	case d < 0:
		return Safef("%s before its time", Took(d))
	}
	return Lit("on the second")
}

// Cadence is how what is due again and again was kept.
func Cadence(onTime, late, byWord, missed int, worst time.Duration) Safe {
	s := Safef("%d on time, %d late, %d missed", onTime, late, missed)
	if byWord > 0 {
		s = Safef("%s; %d of the late ones in time by their authors' word", s, byWord)
	}
	if worst > 0 {
		s = Safef("%s, at worst %s", s, Lateness(worst))
	}
	return s
}

// Words are a stretch in which a clock did not count, in one line for every
// reader.
func (g *ClockGap) Words(now time.Time, at At) Safe {
	s := Safef("%s %s to %s, %s, by %s", Lit(gapWords[g.What]), at(g.From), at(g.Until), Took(g.Length(now)), g.By)
	if g.Until.IsZero() {
		s = Safef("%s since %s, %s by now, by %s", Lit(gapWords[g.What]), at(g.From), Took(g.Length(now)), g.By)
	}
	return Safef("%s: %s", s, g.Reason)
}

var gapWords = map[string]lit{GapWaived: "waived", GapSnoozed: "snoozed", GapStopped: "stopped"}
