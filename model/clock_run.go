package model

import (
	"slices"
	"sync/atomic"
	"time"
)

// ClockRun is one run of a clock of the plan, from its start until it was met,
// waived or stopped. Earlier runs are in Past. [Room.ClockViews] computes the state
// of the current run at a moment, [Room.ClockHistories] that of all runs.
type ClockRun struct {
	ID      string    `json:"id"`
	N       int       `json:"n,omitempty"`   // number of this run, from 1; if 0, none has started
	From    time.Time `json:"from,omitzero"` // time of its start event; zero: not started
	Last    time.Time `json:"last,omitzero"` // of a repeating clock: start of the current period
	DueAt   time.Time `json:"due,omitzero"`  //
	MetAt   time.Time `json:"met,omitzero"`  // when it was recorded as met
	DoneAt  time.Time `json:"done,omitzero"` // when it was met, as reported by MetBy
	MetBy   string    `json:"met_by,omitempty"`
	Waived  string    `json:"waived,omitempty"`   // the reason for waiving it
	StoodAt time.Time `json:"stood,omitzero"`     // when an event in the room stopped it
	StoodBy string    `json:"stood_by,omitempty"` // what stopped it: "the resolution"
	Snoozed time.Time `json:"snoozed,omitzero"`   // snoozed until
	Why     string    `json:"why,omitempty"`      // reason of the newest snooze or move
	OnTime  int       `json:"on_time,omitempty"`  // of a repeating clock: how often it was met in time
	Late    int       `json:"late,omitempty"`
	Missed  int       `json:"missed,omitempty"` // of a repeating clock: periods in which it was not met
	Worst   Duration  `json:"worst,omitempty"`  // the longest time from a due time until it was met

	Pace Duration `json:"pace,omitempty"` // of a repeating clock: length set by :cadence, in place of the plan's

	StartedAt time.Time `json:"started,omitzero"` // when it began to run

	BeganAt  time.Time `json:"began,omitzero"`      // when its start was recorded
	StartSeq uint64    `json:"start_seq,omitempty"` // sequence of the entry that started it
	StartBy  string    `json:"start_by,omitempty"`
	EndSeq   uint64    `json:"end_seq,omitempty"` // sequence of the entry that met, waived or stopped it
	EndBy    string    `json:"end_by,omitempty"`
	WaivedAt time.Time `json:"waived_at,omitzero"`
	// The due time that had passed when the clock was postponed, waived or stopped.
	MissedAt time.Time     `json:"missed_at,omitzero"`
	Changes  []ClockChange `json:"changes,omitempty"` // postponements and other changes of its due time
	Times    chain[Met]    `json:"times,omitzero"`    // of a repeating clock: each time it was met
	Past     []ClockRun    `json:"past,omitempty"`

	changes *atomic.Int64 // see grown
}

// Met is one time that a repeating clock was met.
type Met struct {
	Seq  uint64    `json:"seq"`
	By   string    `json:"by"`
	Done time.Time `json:"done"` // as reported by By
	At   time.Time `json:"at"`   // by the record
	Due  time.Time `json:"due"`
}

// What a [ClockChange] changed.
const (
	ChangeMoved   = "moved"   // its start
	ChangeSnoozed = "snoozed" // its due time, by a snooze
	ChangeLength  = "length"  // its length, by another severity
	ChangePaced   = "paced"   // how often it is due

	// ChangeCorrected is a later start of a run that was missed, or had ended. It does
	// not change the run; Due is when it would have been due.
	ChangeCorrected = "corrected"
)

// ClockChange is one change of the due time of a run.
type ClockChange struct {
	What    string    `json:"what"`
	Seq     uint64    `json:"seq"`
	By      string    `json:"by"`
	At      time.Time `json:"at"`
	PrevDue time.Time `json:"was"`            // the due time before
	Due     time.Time `json:"due"`            // the due time after
	Start   time.Time `json:"start,omitzero"` // of a correction: the later start
	Reason  string    `json:"reason,omitempty"`
}

// due returns the due time that counts: one that had passed remains, whatever
// changed later.
func (c *ClockRun) due() time.Time {
	if !c.MissedAt.IsZero() && c.MissedAt.Before(c.DueAt) {
		return c.MissedAt
	}
	return c.DueAt
}

// Runs reports whether the run has started and not ended.
func (c *ClockRun) Runs() bool {
	return !c.StartedAt.IsZero() && c.StoodAt.IsZero() && c.MetAt.IsZero() && c.Waived == ""
}

// paused reports whether the run is a deadline that a change of severity stopped. It
// resumes, from its first start, when its severity is set again.
func (c *ClockRun) paused(d *ClockDef) bool {
	return d.After > 0 && d.Start == StartSeverity && !c.StoodAt.IsZero() && c.StoodBy == string(bySeverity) &&
		c.MetAt.IsZero() && c.Waived == ""
}

// bySeverity is the reason of a stop by a severity for which the clock does not run.
const bySeverity lit = "another severity"

// byCorrection is the reason of a stop by a later time of awareness.
const byCorrection lit = "a correction of its start"

// byRestart is the reason of a stop by another start of the same clock.
const byRestart lit = "a new start"

// byClosing is the reason of a stop by the closing of the room.
const byClosing lit = "the closing"

// cutShort reports whether closing the room ended a clock of AtLeast before its time
// was over.
func (c *ClockRun) cutShort(d *ClockDef) bool {
	return d.AtLeast > 0 && c.StoodBy == string(byClosing) && c.StoodAt.Before(c.DueAt)
}

// lapse records a missed due time if it had passed at the given time, when the run
// was postponed, waived or stopped.
func (c *ClockRun) lapse(d *ClockDef, severity string, at time.Time) {
	if d.AtLeast > 0 || c.DueAt.IsZero() || !at.After(c.DueAt) {
		return
	}
	if d.Every > 0 {
		c.Missed += 1 + periods(at.Sub(c.DueAt), c.length(d, severity))
		return
	}
	if c.MissedAt.IsZero() {
		c.MissedAt = c.DueAt
	}
}

// periods returns the number of whole periods of the given length in d.
func periods(d, length time.Duration) int { return int(d / max(length, time.Second)) }

// begin starts the clocks of a start event. Clocks that run or are over do not
// change, except that a resolution always starts a new run. A deadline that was
// stopped before it was met counts from its first start.
func (r *Room) begin(start string, at time.Time, e *Event) {
	for i, c := range r.Clocks {
		d := r.Plan.Clock(c.ID)
		if d == nil || d.Start != start || !d.applies(r.Severity) || c.Waived != "" && start != StartResolved ||
			r.DuplicateOf() != nil && !d.Law && r.Rules >= rulesRuns {
			continue
		}
		over := !c.MetAt.IsZero() && d.Every == 0
		if start != StartResolved && (over || c.Runs()) {
			continue
		}
		from := at
		if d.After > 0 && !c.StoodAt.IsZero() && (start == StartSeverity || start == StartAlert) {
			from = c.From
		}
		r.start(i, from, e)
	}
}

// start begins a new run of clock i that counts from the given time, and moves the
// current run to Past.
func (r *Room) start(i int, from time.Time, e *Event) {
	if r.Rules >= rulesRuns {
		r.standOne(i, byRestart, e)
	}
	c := r.Clocks[i]
	past := c.Past
	if c.N > 0 {
		prev := c
		prev.Past = nil
		past = push(past, prev)
	}
	length := c.length(r.Plan.Clock(c.ID), r.Severity)
	r.Clocks = set(r, r.Clocks, i, ClockRun{ID: c.ID, N: len(past) + 1, From: from, StartedAt: from, Last: from,
		DueAt: from.Add(length), Pace: c.Pace,
		BeganAt: e.RecordedAt, StartSeq: e.Seq, StartBy: e.By, Past: past})
}

// change changes the due time of the current run of clock i.
func (r *Room) change(i int, what string, due time.Time, reason string, e *Event) {
	c := r.Clocks[i]
	if due.Equal(c.DueAt) {
		return
	}
	if due.After(c.DueAt) && c.Runs() {
		c.lapse(r.Plan.Clock(c.ID), r.Severity, e.RecordedAt)
	}
	c.Changes, c.changes = grown(r, c.Changes, c.changes, ClockChange{What: what, Seq: e.Seq, By: e.By,
		At:      e.RecordedAt,
		PrevDue: c.DueAt, Due: due, Reason: reason})
	c.DueAt = due
	r.Clocks = set(r, r.Clocks, i, c)
}

// move changes the start of the current run of clock i. A later start does not change a
// run that was missed or has ended, see [Room.startsLater]; an earlier one counts.
func (r *Room) move(i int, from time.Time, reason string, e *Event) {
	d := r.Plan.Clock(r.Clocks[i].ID)
	if r.Clocks[i].From.IsZero() { // it was met before its start was known
		c := r.Clocks[i]
		c.DueAt = from.Add(c.length(d, r.Severity))
		r.Clocks = set(r, r.Clocks, i, c)
	}
	if r.startsLater(i, from, reason, e) {
		return
	}
	c := r.Clocks[i]
	r.change(i, ChangeMoved, from.Add(c.length(d, r.Severity)), reason, e)
	c = r.Clocks[i]
	c.From, c.StartedAt, c.Last = from, from, from
	if end := latest(c.WaivedAt, c.StoodAt); r.Rules >= rulesRuns && d.After > 0 && c.MetAt.IsZero() &&
		c.MissedAt.IsZero() && !end.IsZero() && end.After(c.DueAt) {
		c.MissedAt = c.DueAt
	}
	r.Clocks = set(r, r.Clocks, i, c)
}

// startsLater records a later start of a deadline that was missed or has ended, beside its
// run. A deadline of law that still runs also begins a run from the later start, because
// that is what the law counts from if the correction is right. Of a repeating clock that
// was due before, only the current period changes. It returns false if the start has to be
// moved.
func (r *Room) startsLater(i int, from time.Time, reason string, e *Event) bool {
	c, d := r.Clocks[i], r.Plan.Clock(r.Clocks[i].ID)
	if !r.keepsStart(d, &c, from, e.RecordedAt) {
		return false
	}
	due := from.Add(c.length(d, r.Severity))
	if d.Every > 0 {
		r.change(i, ChangeMoved, due, reason, e)
		c = r.Clocks[i]
		c.Last = from
		r.Clocks = set(r, r.Clocks, i, c)
		return true
	}
	if x := c.correction(); x != nil && x.Start.Equal(from) {
		return true
	}
	if c.Runs() {
		c.lapse(d, r.Severity, e.RecordedAt)
	}
	c.Changes, c.changes = grown(r, c.Changes, c.changes, ClockChange{What: ChangeCorrected, Seq: e.Seq, By: e.By,
		At: e.RecordedAt, PrevDue: c.due(), Due: due, Start: from, Reason: reason})
	r.Clocks = set(r, r.Clocks, i, c)
	if d.Law && c.Runs() {
		r.standOne(i, byCorrection, e)
		r.start(i, from, e)
	}
	return true
}

// keepsStart reports whether a run keeps its start although it is corrected to another
// time: the other one is later, and by then the run was missed or had ended; or a correction
// is taken back.
func (r *Room) keepsStart(d *ClockDef, c *ClockRun, from, now time.Time) bool {
	switch {
	case from.Equal(c.From) && c.correction() != nil:
		return true
	case r.Rules < rulesRuns || !from.After(c.From) || c.From.IsZero() || d.AtLeast > 0:
		return false
	case d.Every > 0:
		return c.OnTime+c.Late+c.Missed > 0 || now.After(c.DueAt)
	}
	return !c.Runs() || !c.MissedAt.IsZero() || now.After(c.DueAt)
}

// stand stops the running clocks of a start event.
func (r *Room) stand(start string, by lit, e *Event) {
	for i, c := range r.Clocks {
		if d := r.Plan.Clock(c.ID); d != nil && d.Start == start {
			r.standOne(i, by, e)
		}
	}
}

// standOne stops the current run of clock i. A clock of AtLeast whose time is over
// is met instead.
func (r *Room) standOne(i int, by lit, e *Event) {
	c := r.Clocks[i]
	if !c.Runs() {
		return
	}
	d := r.Plan.Clock(c.ID)
	if d.AtLeast > 0 && !e.RecordedAt.Before(c.DueAt) {
		c.MetAt, c.DoneAt = c.DueAt, c.DueAt
	} else {
		c.lapse(d, r.Severity, e.RecordedAt)
		c.StoodAt, c.StoodBy, c.EndSeq, c.EndBy = e.RecordedAt, string(by), e.Seq, e.By
	}
	r.Clocks = set(r, r.Clocks, i, c)
}

// relevel adjusts the clocks to a new severity: it starts those of the new level,
// stops those of other levels, and changes lengths that depend on the level.
func (r *Room) relevel(e *Event) {
	for i, c := range r.Clocks {
		d := r.Plan.Clock(c.ID)
		switch {
		case d == nil:
		case !d.applies(r.Severity):
			r.standOne(i, bySeverity, e)
		case len(d.BySeverity) > 0 && c.Runs():
			r.change(i, ChangeLength, c.Last.Add(d.Length(r.Severity)), "", e)
			r.unpace(i)
		}
	}
	r.begin(StartSeverity, e.RecordedAt, e)
	if r.Status == Open {
		r.begin(StartDeclared, e.RecordedAt, e)
	}
}

// applies reports whether the clock runs at a severity.
func (d *ClockDef) applies(severity string) bool {
	return len(d.Severities) == 0 || slices.Contains(d.Severities, severity)
}

// startCounts reports whether a correction of its start applies to a run: it runs, or it
// began and has ended, which only an earlier start changes.
func (r *Room) startCounts(c *ClockRun) bool {
	return c.Runs() || r.Rules >= rulesRuns && !c.From.IsZero()
}

// moveStart changes the start of the clocks of a start event.
func (r *Room) moveStart(start string, at time.Time, reason string, e *Event) {
	for i := range r.Clocks {
		c := &r.Clocks[i]
		if d := r.Plan.Clock(c.ID); d != nil && d.Start == start && r.startCounts(c) && !c.countsFrom().Equal(at) {
			r.move(i, at, reason, e)
		}
	}
}

// meet records that event e met clock i. A repeating clock keeps running.
func (r *Room) meet(i int, e *Event) {
	c, d := r.Clocks[i], r.Plan.Clock(r.Clocks[i].ID)
	if d.Every == 0 {
		c.MetAt, c.DoneAt, c.MetBy, c.EndSeq, c.EndBy = e.RecordedAt, e.At, e.By, e.Seq, e.By
		if c.StartedAt.IsZero() {
			c.N, c.StartedAt, c.Last, c.DueAt = len(c.Past)+1, e.RecordedAt, e.RecordedAt, e.RecordedAt
		}
		r.Clocks = set(r, r.Clocks, i, c)
		return
	}
	if !c.Runs() {
		return
	}
	if late := e.RecordedAt.Sub(c.DueAt); late > 0 {
		c.Late, c.Worst = c.Late+1, max(c.Worst, Duration(late))
		c.Missed += periods(late, c.length(d, r.Severity))
	} else {
		c.OnTime++
	}
	c.Times = c.Times.push(Met{Seq: e.Seq, By: e.By, Done: e.At, At: e.RecordedAt, Due: c.DueAt})
	c.Last, c.MetBy, c.Snoozed = e.RecordedAt, e.By, time.Time{}
	c.DueAt = c.Last.Add(c.length(d, r.Severity))
	r.Clocks = set(r, r.Clocks, i, c)
}
