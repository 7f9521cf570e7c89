package model

import "time"

// The kinds of gaps.
const (
	GapWaived  = "waived"
	GapSnoozed = "snoozed"
	GapStopped = "stopped"
)

// ClockGap is a period in which a clock was waived, snoozed or stopped.
type ClockGap struct {
	What   string
	From   time.Time
	Until  time.Time // zero: it has not ended
	By     string
	Seq    uint64
	Reason Safe
}

// Length returns how long the gap lasted, or has lasted until now.
func (g ClockGap) Length(now time.Time) time.Duration {
	if g.Until.IsZero() {
		return now.Sub(g.From)
	}
	return g.Until.Sub(g.From)
}

// gaps lists the periods in which the clock was waived, snoozed or stopped. A gap
// ends when the room is closed.
func (h *ClockHistory) gaps(closed time.Time) {
	for i := range h.Runs {
		v := &h.Runs[i]
		c := &v.Run
		for k, s := range c.Changes {
			if s.What != ChangeSnoozed {
				continue
			}
			until := s.Due
			if k+1 < len(c.Changes) && c.Changes[k+1].endsSnooze() && c.Changes[k+1].At.Before(until) {
				until = c.Changes[k+1].At
			}
			for _, m := range c.Times.Rows() {
				if m.At.After(s.At) && m.At.Before(until) {
					until = m.At
				}
			}
			if !v.Until.IsZero() && v.Until.Before(until) {
				until = v.Until
			}
			h.Gaps = append(h.Gaps, ClockGap{What: GapSnoozed, From: s.At, Until: until, By: s.By, Seq: s.Seq,
				Reason: CleanLine(s.Reason)})
		}
		next := closed
		if i+1 < len(h.Runs) {
			next = h.Runs[i+1].Run.BeganAt
		}
		switch {
		case c.Waived != "" && c.MetAt.IsZero():
			h.Gaps = append(h.Gaps, c.gap(GapWaived, c.WaivedAt, next, CleanLine(c.Waived)))
		case c.Waived != "":
			h.Gaps = append(h.Gaps, c.gap(GapWaived, c.WaivedAt, c.MetAt, CleanLine(c.Waived)))
		case !c.StoodAt.IsZero():
			if !c.MetAt.IsZero() {
				next = c.MetAt
			}
			if i+1 < len(h.Runs) || !c.MetAt.IsZero() {
				h.Gaps = append(h.Gaps, c.gap(GapStopped, c.StoodAt, next, CleanLine(c.StoodBy)))
			}
		}
	}
}

// gap returns a gap that begins with the end of the run.
func (c *ClockRun) gap(what string, from, until time.Time, reason Safe) ClockGap {
	if until.Before(from) { // waived after the room was closed
		until = time.Time{}
	}
	return ClockGap{What: what, From: from, Until: until, By: c.EndBy, Seq: c.EndSeq, Reason: reason}
}
