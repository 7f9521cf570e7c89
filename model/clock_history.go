package model

import (
	"strings"
	"time"
)

// Verdict is how a number of the plan was kept.
type Verdict string

// The verdicts.
const (
	VerdictMet          Verdict = "met"
	VerdictPartly       Verdict = "met in part"   // and waived or snoozed for a time
	VerdictMissed       Verdict = "missed"        //
	VerdictRecordedLate Verdict = "recorded late" // in time by the word of its author, late by the record
	VerdictWaived       Verdict = "waived"
	VerdictRunning      Verdict = "running" // its time is not over
	VerdictStopped      Verdict = "stopped" // before its time was over, by what happened in the room
	VerdictNotStarted   Verdict = "not started"
	VerdictNotNeeded    Verdict = "not needed"   // what starts it did not happen, or somebody decided that
	VerdictNotAssessed  Verdict = "not assessed" // nobody decided whether it is needed
)

// RunView is one run of a clock at a moment.
type RunView struct {
	Run      ClockRun // without the runs before it
	State    ClockState
	Verdict  Verdict
	Due      time.Time     // that counts; zero: none is due any more
	Until    time.Time     // when it was met, waived or stopped, by the record; zero: it runs
	Late     time.Duration // after its due time, by the record; negative: before
	WordLate time.Duration // the same by the word of whom it was met by
	Missed   int           // of a repeating clock, with what is overdue now
	ByWord   int           // of what was late by the record, what was in time by word
}

// The stretches in which a clock did not count.
const (
	GapWaived  = "waived"
	GapSnoozed = "snoozed"
	GapStopped = "stopped"
)

// ClockGap is a stretch in which a clock was waived, snoozed or stopped.
type ClockGap struct {
	What   string
	From   time.Time
	Until  time.Time // zero: it goes on
	By     string
	Seq    uint64
	Reason Safe
}

// Length is how long it was, up to now where it goes on.
func (g ClockGap) Length(now time.Time) time.Duration {
	if g.Until.IsZero() {
		return now.Sub(g.From)
	}
	return g.Until.Sub(g.From)
}

// ClockHistory is all that the log has of one clock. Every list of clocks that
// shows more than how they stand is made of it.
type ClockHistory struct {
	ClockView           // as it stands
	Runs      []RunView // the oldest first
	Gaps      []ClockGap
	Verdict   Verdict // over all runs
	Decides   int     // the run that the verdict is from; -1: none has started
	Why       Safe
	OnTime    int // of a repeating clock, over all runs
	LateN     int
	Missed    int
	ByWord    int
	Worst     time.Duration
}

// Times are all times that a repeating clock was met, the oldest first.
func (h *ClockHistory) Times() []Met {
	var out []Met
	for i := range h.Runs {
		out = append(out, h.Runs[i].Run.Times.Rows()...)
	}
	return out
}

// Decisive is the run that the verdict is from, nil where none has started.
func (h *ClockHistory) Decisive() *RunView {
	if h.Decides < 0 {
		return nil
	}
	return &h.Runs[h.Decides]
}

// ClockHistories returns the clocks with all their runs at now, the hub's time,
// in the plan's order.
func (r *Room) ClockHistories(now time.Time) []ClockHistory {
	if r.Plan == nil {
		return nil
	}
	out := make([]ClockHistory, 0, len(r.Clocks))
	for i, c := range r.Clocks {
		if d := r.Plan.Clock(c.ID); d != nil {
			h := r.history(d, c, now)
			h.N = i + 1
			out = append(out, h)
		}
	}
	return out
}

func (r *Room) history(d *ClockDef, c ClockRun, now time.Time) ClockHistory {
	h := ClockHistory{ClockView: r.view(d, c, now), Decides: -1}
	if c.N > 0 {
		last := c
		last.Past = nil
		for _, run := range append(c.Past[:len(c.Past):len(c.Past)], last) {
			h.Runs = append(h.Runs, r.runView(d, run, now))
		}
	}
	for i := range h.Runs {
		v := &h.Runs[i]
		h.OnTime, h.LateN = h.OnTime+v.Run.OnTime, h.LateN+v.Run.Late
		h.Missed, h.ByWord = h.Missed+v.Missed, h.ByWord+v.ByWord
		h.Worst = max(h.Worst, time.Duration(v.Run.Worst))
	}
	h.gaps(r.over())
	h.decide(r)
	return h
}

// runView is one run at a moment.
func (r *Room) runView(d *ClockDef, c ClockRun, now time.Time) RunView {
	cv := r.view(d, c, now)
	v := RunView{Run: c, State: cv.State, Due: c.due(), Missed: c.Missed}
	switch {
	case !c.MetAt.IsZero():
		v.Until, v.Late, v.WordLate = c.MetAt, c.MetAt.Sub(v.Due), c.DoneAt.Sub(v.Due)
	case c.Waived != "":
		v.Until, v.Late = c.WaivedAt, c.WaivedAt.Sub(v.Due)
	case !c.StoodAt.IsZero():
		v.Until, v.Late = c.StoodAt, c.StoodAt.Sub(v.Due)
	default:
		v.Late = now.Sub(v.Due)
		if d.AtLeast > 0 && v.Late >= 0 {
			v.Until, v.Late = c.DueAt, 0
		}
	}
	if d.Every > 0 {
		v.cadence(d, r.Severity)
		return v
	}
	v.Verdict = v.verdict(d)
	return v
}

// verdict is that of a deadline, or of what has to run for a time.
func (v *RunView) verdict(d *ClockDef) Verdict {
	c := &v.Run
	switch {
	case v.State == ClockMet:
		return VerdictMet
	case !c.MetAt.IsZero() && v.WordLate <= 0:
		return VerdictRecordedLate
	case v.State == ClockMissed || v.State == ClockOverdue || !c.MissedAt.IsZero():
		return VerdictMissed
	case v.State == ClockWaived:
		return VerdictWaived
	case !c.StoodAt.IsZero():
		return VerdictStopped
	}
	return VerdictRunning
}

// cadence counts what a run of a repeating clock has with what is overdue now.
func (v *RunView) cadence(d *ClockDef, severity string) {
	c := &v.Run
	for _, m := range c.Times.Rows() {
		if m.At.After(m.Due) && !m.Done.After(m.Due) {
			v.ByWord++
		}
	}
	if v.State == ClockOverdue {
		v.Missed += 1 + periods(v.Late, d.Length(severity))
	}
	if !v.Until.IsZero() {
		v.Due = time.Time{}
	}
	switch {
	case v.Missed > 0 || c.Late > v.ByWord:
		v.Verdict = VerdictMissed
	case c.Late > 0:
		v.Verdict = VerdictRecordedLate
	case c.OnTime > 0:
		v.Verdict = VerdictMet
	case c.Waived != "":
		v.Verdict = VerdictWaived
	case !c.StoodAt.IsZero():
		v.Verdict = VerdictStopped
	default:
		v.Verdict = VerdictRunning
	}
}

// over is when the room was closed, by the record; zero while it is not.
func (r *Room) over() time.Time {
	if n := len(r.States); n > 0 && r.Status == Closed {
		return r.States[n-1].From
	}
	return time.Time{}
}

// gaps lists the stretches in which the clock was waived, snoozed or stopped. None
// goes on in a closed room, and what stopped and did not start again is over.
func (h *ClockHistory) gaps(closed time.Time) {
	for i := range h.Runs {
		v := &h.Runs[i]
		c := &v.Run
		for k, s := range c.Changes {
			if s.What != ChangeSnoozed {
				continue
			}
			until := s.Due
			if k+1 < len(c.Changes) && c.Changes[k+1].What == ChangeSnoozed && c.Changes[k+1].At.Before(until) {
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
				h.Gaps = append(h.Gaps, c.gap(GapStopped, c.StoodAt, next, Safef("by %s", c.StoodBy)))
			}
		}
	}
}

// gap is a stretch that begins with the end of the run.
func (c *ClockRun) gap(what string, from, until time.Time, reason Safe) ClockGap {
	if until.Before(from) { // it was waived in a closed room
		until = time.Time{}
	}
	return ClockGap{What: what, From: from, Until: until, By: c.EndBy, Seq: c.EndSeq, Reason: reason}
}

// decide is the verdict over all runs: what was missed once stays missed, what
// was recorded late once stays so, else it is as the newest run has it.
func (h *ClockHistory) decide(r *Room) {
	n := len(h.Runs)
	if n == 0 {
		h.Verdict, h.Why = r.unstarted(h.Def, h.ClockView)
		return
	}
	h.Decides, h.Verdict = n-1, h.Runs[n-1].Verdict
	for _, bad := range []Verdict{VerdictRecordedLate, VerdictMissed} {
		for i := range h.Runs {
			if h.Runs[i].Verdict == bad {
				h.Decides, h.Verdict = i, bad
			}
		}
	}
	if h.Def.Every > 0 {
		h.together()
	}
	v := h.Decisive()
	switch c := &v.Run; {
	case v.Verdict == VerdictMissed && c.cutShort(h.Def):
		h.Why = Safef("the room was closed %s before it was over", Took(c.DueAt.Sub(c.StoodAt)))
	case v.State == ClockOverdue && h.Def.Every > 0:
		h.Why = Safef("overdue by %s", Took(v.Late))
	case v.State == ClockOverdue:
		h.Why = Lit("nothing has met it")
	case c.Waived != "":
		h.Why = CleanLine(c.Waived)
	case v.Verdict == VerdictMissed && c.MetAt.IsZero() && c.StoodBy != "" && v.Late > 0:
		h.Why = Safef("nothing met it; stopped by %s", c.StoodBy)
	case c.StoodBy != "" && c.MetAt.IsZero():
		h.Why = Safef("stopped by %s", c.StoodBy)
	default:
		h.Why = CleanLine(c.Why)
	}
}

// together is the verdict of a repeating clock that was not missed: where it was
// waived or snoozed for a time, it was met in part.
func (h *ClockHistory) together() {
	if h.Verdict == VerdictMissed || h.Verdict == VerdictRecordedLate {
		return
	}
	out := h.OnTime == 0
	for _, g := range h.Gaps {
		if g.What != GapStopped && !out {
			h.Verdict = VerdictPartly
			return
		}
	}
	if !out {
		h.Verdict = VerdictMet
	}
}

// unstarted is the verdict of a clock that never ran, and why.
func (r *Room) unstarted(d *ClockDef, v ClockView) (Verdict, Safe) {
	x := r.Exposure
	switch {
	case d.Start == StartExposure && x == nil:
		return VerdictNotAssessed, Lit("nobody assessed whether data of people got out")
	case d.Start == StartExposure && x.Level == ExposureNone:
		return VerdictNotNeeded, because(Safef("exposure was assessed as none by %s", x.By), x.Why)
	case d.Start == StartExposure:
		return VerdictNotAssessed, Safef("exposure was assessed for %s only",
			strings.ToUpper(strings.Join(x.Regimes, ", ")))
	case !d.applies(r.Severity):
		return VerdictNotNeeded, Safef("needs %s", v.Needs)
	}
	return VerdictNotStarted, Safef("needs %s", v.Needs)
}

// Differs reports whether the verdict over all runs is another one than the
// state of the newest run tells.
func (h *ClockHistory) Differs() bool {
	switch h.Verdict {
	case VerdictMet:
		return h.State != ClockMet && h.Def.Every == 0
	case VerdictMissed:
		return h.State != ClockMissed && h.State != ClockOverdue
	case VerdictRecordedLate, VerdictPartly:
		return true
	}
	return false
}
