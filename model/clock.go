package model

import (
	"cmp"
	"slices"
	"sort"
	"strings"
	"time"
)

// ClockState is the state of a clock at a moment.
type ClockState string

// The states of a clock.
const (
	ClockNotStarted ClockState = "not_started"
	ClockRunning    ClockState = "running"
	ClockWarning    ClockState = "warning" // a third of its time or less is left
	ClockOverdue    ClockState = "overdue"
	ClockMet        ClockState = "met"
	ClockMissed     ClockState = "missed" // met too late, or stopped after it was overdue
	ClockWaived     ClockState = "waived"
	ClockSnoozed    ClockState = "snoozed"
	ClockStopped    ClockState = "stopped" // of an alert: its source closed it; of a room: it is a duplicate
)

// ClockView is a clock and its state at a moment.
type ClockView struct {
	N         int // its number: the position in the plan, from 1
	Def       *ClockDef
	Run       ClockRun
	State     ClockState
	Remaining time.Duration // until it is due; negative: overdue; once met, how early or late that was
	Fraction  float64       // fraction of its time that has passed, 0 to 1
	Start     Safe          // its start event in words
	Needs     Safe          // what the clock waits for, if it has not started
	Undone    Safe          // that the item that met it was reopened; empty if it was not
}

// Waits returns why the clock does not run: what it needs to start, or what stopped
// it.
func (v ClockView) Waits() Safe {
	if v.State == ClockStopped {
		return v.Needs
	}
	if v.Run.StoodBy == string(bySeverity) {
		return Safef("stopped: %s", v.Needs)
	}
	if v.Run.StoodBy != "" {
		return Safef("stopped by %s", v.Run.StoodBy)
	}
	return Safef("not started: needs %s", v.Needs)
}

// Since returns from when the clock counts at now: when a repeating clock was last
// met, or else its start event.
func (v ClockView) Since(now time.Time) Safe {
	n := len(v.Run.Times.rows)
	if v.Def.Every == 0 || n == 0 {
		return Safef("from %s", v.Start)
	}
	last := Span(now.Sub(v.Run.Times.rows[n-1].At))
	if v.Def.Audience == "" {
		return Safef("last met %s ago", last)
	}
	return Safef("last sent %s ago", last)
}

// Length returns the length of the clock at a severity.
func (d *ClockDef) Length(severity string) time.Duration {
	if v, ok := d.BySeverity[severity]; ok {
		return time.Duration(v)
	}
	return time.Duration(max(d.After, d.Every, d.AtLeast))
}

// ClockViews returns the clocks at now, the hub's time: overdue ones first, then
// running ones by due time, then those that wait, then those that are over.
func (r *Room) ClockViews(now time.Time) []ClockView {
	if r.Plan == nil {
		return nil
	}
	all := make([]ClockView, 0, len(r.Clocks))
	for i := range r.Clocks {
		if d := r.Plan.Clock(r.Clocks[i].ID); d != nil {
			all = append(all, ClockView{N: i + 1})
			r.view(d, &r.Clocks[i], now, &all[len(all)-1])
		}
	}
	sort.Stable(byUrgency(all))
	return all
}

// byUrgency sorts clocks. Unlike package slices, package sort moves no views over the
// stack, where each terminal would need the space for them.
type byUrgency []ClockView

// Len, Less and Swap implement sort.Interface.
func (v byUrgency) Len() int      { return len(v) }
func (v byUrgency) Swap(i, j int) { v[i], v[j] = v[j], v[i] }
func (v byUrgency) Less(i, j int) bool {
	a, b := &v[i], &v[j]
	return cmp.Or(cmp.Compare(a.State.rank(), b.State.rank()), cmp.Compare(a.Remaining, b.Remaining)) < 0
}

// rank returns the position of the state in the order of the screen.
func (s ClockState) rank() int {
	switch s {
	case ClockOverdue:
		return 0
	case ClockRunning, ClockWarning, ClockSnoozed:
		return 1
	case ClockNotStarted:
		return 2
	}
	return 3
}

// view sets v to a run of a clock as of now; its number stays. The due time of a deadline that
// was missed is the one that was missed, whatever moved it later, except while it is snoozed.
func (r *Room) view(d *ClockDef, c *ClockRun, now time.Time, v *ClockView) {
	v.Def, v.Run = d, *c
	if d.After > 0 && !(c.Runs() && now.Before(c.Snoozed)) {
		v.Run.DueAt = c.dueFor(d)
	}
	if c.metAsCorrected(d) {
		v.Run.From = c.countsFrom()
	}
	v.Start, v.Needs = r.startWords(d)
	switch x := r.uncounted(c.N > 0); {
	case x != nil:
		v.State, v.Needs = ClockStopped, x.notCounted()
	case !c.MetAt.IsZero():
		v.State, v.Remaining, v.Undone = ClockMet, c.dueFor(d).Sub(c.MetAt), r.UndoneIn(c.EndSeq)
		if v.Remaining < 0 {
			v.State = ClockMissed
		}
	case c.Waived != "":
		v.State = ClockWaived
		switch {
		case c.cutShort(d):
			v.State, v.Remaining = ClockMissed, c.StoodAt.Sub(c.DueAt)
		case !c.MissedAt.IsZero():
			v.State, v.Remaining = ClockMissed, c.due().Sub(c.WaivedAt)
		}
	case !c.StoodAt.IsZero():
		v.State, v.Needs = ClockNotStarted, Safe{}
		if c.StoodBy == string(bySeverity) {
			v.Needs = Safef("not required at %s", r.Severity)
		} else if x := r.DuplicateOf(); x != nil && c.StoodBy == string(byDuplicate) {
			v.State, v.Needs = ClockStopped, x.notCounted()
		}
		if c.cutShort(d) || d.AtLeast == 0 && c.StoodAt.After(c.due()) {
			v.State, v.Remaining = ClockMissed, -c.due().Sub(c.StoodAt).Abs()
		}
	case c.StartedAt.IsZero():
		v.State = ClockNotStarted
	default:
		r.viewLive(d, c, now, v)
	}
}

// viewLive sets v to a run that was started and is not over.
func (r *Room) viewLive(d *ClockDef, c *ClockRun, now time.Time, v *ClockView) {
	v.Remaining = v.Run.DueAt.Sub(now)
	v.State = running(d, c, v.Remaining, c.length(d, r.Severity), now)
	v.Fraction = min(1, max(0, 1-float64(v.Remaining)/float64(max(1, v.Run.DueAt.Sub(v.Run.Last)))))
}

// running returns the state of a clock that was started and is not over.
func running(d *ClockDef, c *ClockRun, left, length time.Duration, now time.Time) ClockState {
	switch {
	case d.AtLeast > 0 && left <= 0:
		return ClockMet
	case d.AtLeast > 0:
		return ClockRunning
	case left <= 0:
		return ClockOverdue
	case now.Before(c.Snoozed):
		return ClockSnoozed
	case left*3 <= length:
		return ClockWarning
	}
	return ClockRunning
}

// startWords describes what starts a clock, and what is missing while it has not
// started.
func (r *Room) startWords(d *ClockDef) (start, needs Safe) {
	for _, s := range ClockStarts {
		if s.ID == d.Start {
			start, needs = Lit(s.From), Lit(s.Needs)
		}
	}
	if d.Start == StartAlert {
		if _, ok := r.Milestones[MilestoneDetected]; !ok {
			start = Lit("the declaration (no alert time given)")
		}
	}
	if x := r.Exposure; d.Start == StartExposure && x != nil {
		needs = Safef("exposure, which was assessed as %s", x.Level)
		if x.Level != ExposureNone {
			needs = Safef("exposure under %s; it was assessed for %s", strings.ToUpper(d.Regime),
				strings.ToUpper(strings.Join(x.Regimes, ", ")))
		}
	}
	if len(d.Severities) > 0 {
		levels := ids(d.Severities, func(s string) string { return s })
		if d.Start == StartSeverity {
			start = Safef("%s being set", levels)
		}
		needs = Safef("severity %s", levels)
	}
	return start, needs
}

func (r *Room) clockIndex(id string) int {
	if id == "" {
		return -1
	}
	return slices.IndexFunc(r.Clocks, func(c ClockRun) bool { return c.ID == id })
}
