package model

import (
	"strings"
	"time"
)

// correction returns the newest correction of the start of a run that kept its start, or nil.
func (c *ClockRun) correction() *ClockChange {
	if n := len(c.Changes); n > 0 && c.Changes[n-1].What == ChangeCorrected {
		return &c.Changes[n-1]
	}
	return nil
}

// countsFrom returns the start that counts by what is known now: the corrected one, if there
// is one.
func (c *ClockRun) countsFrom() time.Time {
	if x := c.correction(); x != nil {
		return x.Start
	}
	return c.From
}

// metAsCorrected reports whether a legal clock was met too late by the awareness from which
// its run counts, and in time by the corrected one.
func (c *ClockRun) metAsCorrected(d *ClockDef) bool {
	x := c.correction()
	return d.Start == StartExposure && x != nil && !c.MetAt.IsZero() && c.MetAt.After(c.due()) &&
		!c.MetAt.After(x.Due)
}

// CountsFrom returns the start from which the verdict on the run counts.
func (v *RunView) CountsFrom() time.Time {
	if v.Verdict == VerdictCorrected {
		return v.Run.countsFrom()
	}
	return v.Run.From
}

// dueFor returns the due time from which a verdict on the run counts.
func (c *ClockRun) dueFor(d *ClockDef) time.Time {
	if c.metAsCorrected(d) {
		return c.correction().Due
	}
	return c.due()
}

// setAside reports whether a later run has the verdict in place of run i: run i was missed by
// an awareness that was corrected, or was met by a notice that was retracted.
func (h *ClockHistory) setAside(i int) bool {
	return h.missedAsFirst(i) || h.Def.Law && h.Def.Every == 0 && i < len(h.Runs)-1 && h.Runs[i].retracted
}

// missedAsFirst reports whether run i was missed by an awareness that was corrected, so that
// the verdict is that of the run from the corrected awareness.
func (h *ClockHistory) missedAsFirst(i int) bool {
	v := &h.Runs[i]
	return h.Def.Start == StartExposure && i < len(h.Runs)-1 && v.Verdict == VerdictMissed &&
		v.Run.StoodBy == string(byCorrection) && v.Run.correction() != nil
}

// weighCorrections adjusts the verdict for runs that were missed by an awareness that was
// corrected: what was met from the corrected one is "met as corrected", and the reason
// states the correction.
func (h *ClockHistory) weighCorrections() {
	for i := range h.Runs {
		v := &h.Runs[i]
		x := v.Run.correction()
		if !h.missedAsFirst(i) && v.Verdict != VerdictCorrected || !h.Run.countsFrom().After(v.Run.From) {
			continue // or the correction was taken back
		}
		if h.Verdict == VerdictMet {
			h.Verdict = VerdictCorrected
		}
		why := Safef("%s corrected the awareness in entry %d, from %s to %s", x.By, x.Seq, FormatTime(v.Run.From),
			FormatTime(x.Start))
		why = Safef("%s; by the first time it was missed", becauseOf(why, x.Reason))
		if !h.Why.IsEmpty() {
			why = Safef("%s; %s", h.Why, why)
		}
		h.Why = why
	}
}

// becauseOf appends the reason of a change, which may begin with the word itself.
func becauseOf(s Safe, reason string) Safe {
	if reason = strings.TrimPrefix(strings.TrimSpace(reason), becauseWord); reason == "" {
		return s
	}
	return Safef("%s, because %s", s, CleanLine(reason))
}

// corrected appends a correction of the start of the run, and what follows from it.
func (v *RunView) corrected(s Safe, x *ClockChange, at At) Safe {
	s = becauseOf(Safef("%s; %s corrected its start to %s at %s", s, x.By, at(x.Start), at(x.At)), x.Reason)
	met := Lateness(v.Run.MetAt.Sub(x.Due))
	switch {
	case v.Run.MetAt.IsZero():
		return Safef("%s; by that start it is due %s", s, at(x.Due))
	case TimesDiffer(v.Run.DoneAt, v.Run.MetAt):
		return Safef("%s; by that start it was due %s and met %s by the record, %s as reported", s, at(x.Due), met,
			Lateness(v.Run.DoneAt.Sub(x.Due)))
	}
	return Safef("%s; by that start it was due %s and met %s", s, at(x.Due), met)
}
