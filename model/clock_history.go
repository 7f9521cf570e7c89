package model

import (
	"slices"
	"strings"
	"time"
)

// Verdict is how well a deadline of the plan was met.
type Verdict string

// The verdicts.
const (
	VerdictMet          Verdict = "met"
	VerdictPartly       Verdict = "met in part"      // and waived or snoozed for a time
	VerdictMissed       Verdict = "missed"           //
	VerdictRecordedLate Verdict = "recorded late"    // in time as its author reports, late by the record
	VerdictCorrected    Verdict = "met as corrected" // missed by an awareness that was corrected, met by the new one
	VerdictWaived       Verdict = "waived"
	VerdictRunning      Verdict = "running" // not due yet
	VerdictStopped      Verdict = "stopped" // stopped before it was due, by an event in the room
	VerdictNotStarted   Verdict = "not started"
	VerdictNotNeeded    Verdict = "not needed"   // its start event did not happen, or somebody decided so
	VerdictNotAssessed  Verdict = "not assessed" // nobody decided whether it applies
)

// RunView is one run of a clock as of a moment.
type RunView struct {
	Run      ClockRun // with Past empty
	State    ClockState
	Verdict  Verdict
	Due      time.Time     // the due time that counts; zero: none
	Until    time.Time     // when it was met, waived or stopped, by the record; zero: it runs
	Late     time.Duration // time after Due, by the record; negative: before
	WordLate time.Duration // the same by the time that the author reported
	Missed   int           // of a repeating clock: missed periods, including the one overdue now
	ByWord   int           // how many were late by the record, but in time as reported
	Undone   Safe          // that what met it was taken back; empty if it was not

	retracted bool // by a notice that was retracted
}

// ClockHistory is everything that the log contains about one clock.
type ClockHistory struct {
	ClockView           // the current state
	Runs      []RunView // the oldest first
	Gaps      []ClockGap
	Verdict   Verdict // over all runs
	Decides   int     // index of the run that the verdict comes from; if -1, no run has started
	Why       Safe
	OnTime    int // of a repeating clock, over all runs
	LateN     int
	Missed    int
	ByWord    int
	Worst     time.Duration
}

// Times returns all times at which a repeating clock was met, the oldest first.
func (h *ClockHistory) Times() []Met {
	var out []Met
	for i := range h.Runs {
		out = append(out, h.Runs[i].Run.Times.Rows()...)
	}
	return out
}

// Decisive returns the run that the verdict comes from, or nil if no run has
// started.
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
	h := ClockHistory{Decides: -1}
	r.view(d, &c, now, &h.ClockView)
	runs := c.Past[:len(c.Past):len(c.Past)]
	if c.N > 0 {
		last := c
		last.Past = nil
		runs = append(runs, last)
	}
	for _, run := range runs {
		h.Runs = append(h.Runs, r.runView(d, run, now))
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

// runView returns one run of a clock as of now.
func (r *Room) runView(d *ClockDef, c ClockRun, now time.Time) RunView {
	var cv ClockView
	r.view(d, &c, now, &cv)
	v := RunView{Run: c, State: cv.State, Due: c.dueFor(d), Missed: c.Missed}
	switch {
	case !c.MetAt.IsZero():
		v.Until, v.Late, v.WordLate = c.MetAt, c.MetAt.Sub(v.Due), c.DoneAt.Sub(v.Due)
		i := r.noticeAt(c.EndSeq)
		v.Undone, v.retracted = r.UndoneIn(c.EndSeq), i >= 0 && r.Notices[i].Undone != nil
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
	if v.Due.IsZero() { // nothing was due, such as for a clock that was waived before it started
		v.Late, v.WordLate = 0, 0
	}
	if d.Every > 0 {
		v.cadence(d, r.Severity)
		return v
	}
	v.Verdict = v.verdict(d)
	return v
}

// verdict returns the verdict of a clock that does not repeat.
func (v *RunView) verdict(d *ClockDef) Verdict {
	c := &v.Run
	switch {
	case c.metAsCorrected(d):
		return VerdictCorrected
	case v.State == ClockMet:
		return VerdictMet
	case !c.MetAt.IsZero() && v.WordLate <= 0:
		return VerdictRecordedLate
	case v.State == ClockMissed || v.State == ClockOverdue || !c.MissedAt.IsZero():
		return VerdictMissed
	case v.State == ClockWaived:
		return VerdictWaived
	case !c.StoodAt.IsZero() || v.State == ClockStopped:
		return VerdictStopped
	}
	return VerdictRunning
}

// cadence sets the verdict and the counts of a run of a repeating clock, including the
// period that is overdue now.
func (v *RunView) cadence(d *ClockDef, severity string) {
	c := &v.Run
	for _, m := range c.Times.Rows() {
		if m.At.After(m.Due) && !m.Done.After(m.Due) {
			v.ByWord++
		}
	}
	if v.State == ClockOverdue {
		v.Missed += 1 + periods(v.Late, c.length(d, severity))
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
	case !c.StoodAt.IsZero() || v.State == ClockStopped:
		v.Verdict = VerdictStopped
	default:
		v.Verdict = VerdictRunning
	}
}

// over returns when the room was closed, by the record, or the zero time if it is
// not.
func (r *Room) over() time.Time {
	if n := len(r.States); n > 0 && r.Status == Closed {
		return r.States[n-1].From
	}
	return time.Time{}
}

// AsOf returns now or, in a closed room, when it was closed: nobody could answer, object or
// work after that.
func (r *Room) AsOf(now time.Time) time.Time {
	if closed := r.over(); !closed.IsZero() && closed.Before(now) {
		return closed
	}
	return now
}

// decide sets the verdict over all runs. A missed run decides, except one that is set aside;
// then one that was recorded late, then the newest.
func (h *ClockHistory) decide(r *Room) {
	n := len(h.Runs)
	x := r.uncounted(n > 0)
	if h.Run.N == 0 && x != nil {
		h.Verdict, h.Why = VerdictNotNeeded, x.notCounted()
		return
	}
	if h.Run.N == 0 {
		h.Verdict, h.Why = r.unstarted(h.Def, h.ClockView)
		return
	}
	if x != nil {
		h.Decides, h.Verdict, h.Why = n-1, VerdictNotNeeded, x.notCounted()
		return
	}
	h.Decides, h.Verdict = n-1, h.Runs[n-1].Verdict
	for _, bad := range []Verdict{VerdictRecordedLate, VerdictMissed} {
		for i := range h.Runs {
			if h.Runs[i].Verdict == bad && !h.setAside(i) {
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
		h.Why = Lit("not met")
	case c.Waived != "":
		h.Why = CleanLine(c.Waived)
	case v.Verdict == VerdictMissed && c.MetAt.IsZero() && c.StoodBy != "" && v.Late > 0 && h.Def.Every == 0:
		h.Why = Safef("not met; stopped by %s", c.StoodBy)
	case c.StoodBy != "" && c.MetAt.IsZero():
		h.Why = Safef("stopped by %s", c.StoodBy)
	default:
		h.Why = c.changedWhy()
	}
	h.weighCorrections()
	if !v.Undone.IsEmpty() {
		h.Why = v.Undone
	}
	if left := r.ReviewLeft(); h.Verdict == VerdictMet && h.Def.MetBy == MilestoneReviewed && len(left) > 0 {
		h.Why = Safef("its four sections are written; %s", JoinSafe(Lit("; "), left...))
	}
}

// changedWhy returns the reason of the newest snooze or move, with what it was the reason
// for: it is not why the clock was met.
func (c *ClockRun) changedWhy() Safe {
	for _, x := range slices.Backward(c.Changes) {
		if c.Why != "" && x.Reason == c.Why {
			return Safef("%s: %s", x.words(), CleanLine(c.Why))
		}
	}
	return CleanLine(c.Why)
}

// together sets the verdict of a repeating clock that was never missed: met in part
// if it was waived or snoozed for a time.
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

// unstarted returns the verdict of a clock that never ran, and the reason.
func (r *Room) unstarted(d *ClockDef, v ClockView) (Verdict, Safe) {
	x := r.Exposure
	switch {
	case d.Start == StartExposure && x == nil:
		return VerdictNotAssessed, Lit("nobody assessed whether personal data was exposed")
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

// Differs reports whether the verdict over all runs differs from the state of the
// newest run.
func (h *ClockHistory) Differs() bool {
	switch h.Verdict {
	case VerdictMet:
		return h.State != ClockMet && h.Def.Every == 0
	case VerdictMissed:
		return h.State != ClockMissed && h.State != ClockOverdue
	case VerdictRecordedLate, VerdictPartly, VerdictCorrected:
		return true
	}
	return false
}
