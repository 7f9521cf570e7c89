package model

import (
	"slices"
	"time"
)

// ClockRun is one run of a clock of the plan: from when it started until it was
// met, waived or stopped. The runs before it are in Past. How a run stands at a
// moment is for [Room.ClockViews] to compute, and all runs of all clocks for
// [Room.ClockHistories].
type ClockRun struct {
	ID      string    `json:"id"`
	N       int       `json:"n,omitempty"`   // of this run, from 1; 0: none has started
	From    time.Time `json:"from,omitzero"` // its start event; zero: not started
	Last    time.Time `json:"last,omitzero"` // of a repeating clock: start of the current period
	DueAt   time.Time `json:"due,omitzero"`  //
	MetAt   time.Time `json:"met,omitzero"`  // when it was recorded as met
	DoneAt  time.Time `json:"done,omitzero"` // when it was met, by the word of MetBy
	MetBy   string    `json:"met_by,omitempty"`
	Waived  string    `json:"waived,omitempty"`   // why
	StoodAt time.Time `json:"stood,omitzero"`     // stopped by the room
	StoodBy string    `json:"stood_by,omitempty"` // by what: "the resolution"
	Snoozed time.Time `json:"snoozed,omitzero"`   // until when
	Why     string    `json:"why,omitempty"`      // reason of the newest snooze or move
	OnTime  int       `json:"on_time,omitempty"`  // of a repeating clock: times met in time
	Late    int       `json:"late,omitempty"`
	Missed  int       `json:"missed,omitempty"` // of a repeating clock: periods with nothing in them
	Worst   Duration  `json:"worst,omitempty"`  // the latest it was met after its due time

	StartedAt time.Time `json:"started,omitzero"` // when it began to run, which is not before it was known to

	BeganAt  time.Time     `json:"began,omitzero"`      // when its start was recorded
	StartSeq uint64        `json:"start_seq,omitempty"` // the entry that started it
	StartBy  string        `json:"start_by,omitempty"`
	EndSeq   uint64        `json:"end_seq,omitempty"` // the entry that met, waived or stopped it
	EndBy    string        `json:"end_by,omitempty"`
	WaivedAt time.Time     `json:"waived_at,omitzero"`
	MissedAt time.Time     `json:"missed_at,omitzero"` // the due time that had passed when the clock was put off, waived or stopped
	Changes  []ClockChange `json:"changes,omitempty"`  // what moved or snoozed it
	Times    chain[Met]    `json:"times,omitzero"`     // of a repeating clock
	Past     []ClockRun    `json:"past,omitempty"`
}

// Met is one time that a repeating clock was met.
type Met struct {
	Seq  uint64    `json:"seq"`
	By   string    `json:"by"`
	Done time.Time `json:"done"` // by the word of By
	At   time.Time `json:"at"`   // recorded
	Due  time.Time `json:"due"`
}

// What a change did to a run.
const (
	ChangeMoved   = "moved"   // its start
	ChangeSnoozed = "snoozed" // its due time was put off
	ChangeLength  = "length"  // another severity gives it another length
)

// ClockChange is what moved a run or put it off.
type ClockChange struct {
	What   string    `json:"what"`
	Seq    uint64    `json:"seq"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Was    time.Time `json:"was"` // the due time before
	Due    time.Time `json:"due"` // the due time after
	Reason string    `json:"reason,omitempty"`
}

// due is the due time that counts: one that had passed stays, whatever was moved
// later.
func (c *ClockRun) due() time.Time {
	if !c.MissedAt.IsZero() && c.MissedAt.Before(c.DueAt) {
		return c.MissedAt
	}
	return c.DueAt
}

// runs reports whether the run has started and not ended.
func (c *ClockRun) runs() bool {
	return !c.StartedAt.IsZero() && c.StoodAt.IsZero() && c.MetAt.IsZero() && c.Waived == ""
}

// paused reports whether the run is a deadline that another severity stopped: it
// goes on, from its first start, when its severity is set again.
func (c *ClockRun) paused(d *ClockDef) bool {
	return d.After > 0 && d.Start == StartSeverity && !c.StoodAt.IsZero() && c.StoodBy == string(bySeverity) &&
		c.MetAt.IsZero() && c.Waived == ""
}

// bySeverity is what stops a run whose severity no longer holds.
const bySeverity lit = "another severity"

// byClosing is what stops a run when the room is closed.
const byClosing lit = "the closing"

// cutShort reports whether what had to run for a time was ended by the closing of
// the room.
func (c *ClockRun) cutShort(d *ClockDef) bool {
	return d.AtLeast > 0 && c.StoodBy == string(byClosing) && c.StoodAt.Before(c.DueAt)
}

// lapse records that the due time had passed when something put the run off,
// waived it or stopped it at a time. What was missed stays missed.
func (c *ClockRun) lapse(d *ClockDef, severity string, at time.Time) {
	if d.AtLeast > 0 || c.DueAt.IsZero() || !at.After(c.DueAt) {
		return
	}
	if d.Every > 0 {
		c.Missed += 1 + periods(at.Sub(c.DueAt), d.Length(severity))
		return
	}
	if c.MissedAt.IsZero() {
		c.MissedAt = c.DueAt
	}
}

// periods is how many whole periods a time holds.
func periods(d, length time.Duration) int { return int(d / max(length, time.Second)) }

// begin starts the clocks of a start event at a time. Clocks that run or are
// over stay as they are, but those of a resolution, which always starts a new
// run. A deadline that was stopped and not met counts from its first start.
func (r *Room) begin(start string, at time.Time, e *Event) {
	for i, c := range r.Clocks {
		d := r.Plan.Clock(c.ID)
		if d == nil || d.Start != start || !d.applies(r.Severity) || c.Waived != "" && start != StartResolved {
			continue
		}
		over := !c.MetAt.IsZero() && d.Every == 0
		if start != StartResolved && (over || c.runs()) {
			continue
		}
		from := at
		if d.After > 0 && !c.StoodAt.IsZero() && (start == StartSeverity || start == StartAlert) {
			from = c.From
		}
		r.start(i, from, e)
	}
}

// start begins a new run of clock i that counts from a time. The run before it
// is kept.
func (r *Room) start(i int, from time.Time, e *Event) {
	c := r.Clocks[i]
	past := c.Past
	if c.N > 0 {
		was := c
		was.Past = nil
		past = push(past, was)
	}
	length := r.Plan.Clock(c.ID).Length(r.Severity)
	r.Clocks = set(r.Clocks, i, ClockRun{ID: c.ID, N: c.N + 1, From: from, StartedAt: from, Last: from,
		DueAt:   from.Add(length),
		BeganAt: e.RecordedAt, StartSeq: e.Seq, StartBy: e.By, Past: past})
}

// change applies a change of the due time to the current run of clock i.
func (r *Room) change(i int, what string, due time.Time, reason string, e *Event) {
	c := r.Clocks[i]
	if due.Equal(c.DueAt) {
		return
	}
	if due.After(c.DueAt) && c.runs() {
		c.lapse(r.Plan.Clock(c.ID), r.Severity, e.RecordedAt)
	}
	c.Changes = push(c.Changes, ClockChange{What: what, Seq: e.Seq, By: e.By, At: e.RecordedAt, Was: c.DueAt,
		Due: due, Reason: reason})
	c.DueAt = due
	r.Clocks = set(r.Clocks, i, c)
}

// move counts the current run of clock i from another start.
func (r *Room) move(i int, from time.Time, reason string, e *Event) {
	if r.Clocks[i].From.IsZero() { // it was met before anybody knew what it counts from
		c := r.Clocks[i]
		c.DueAt = from.Add(r.Plan.Clock(c.ID).Length(r.Severity))
		r.Clocks = set(r.Clocks, i, c)
	}
	r.change(i, ChangeMoved, from.Add(r.Plan.Clock(r.Clocks[i].ID).Length(r.Severity)), reason, e)
	c := r.Clocks[i]
	c.From, c.StartedAt, c.Last = from, from, from
	r.Clocks = set(r.Clocks, i, c)
}

// stand stops the clocks of a start event.
func (r *Room) stand(start string, by lit, e *Event) {
	for i, c := range r.Clocks {
		if d := r.Plan.Clock(c.ID); d != nil && d.Start == start {
			r.standOne(i, by, e)
		}
	}
}

// standOne stops the current run of clock i. One that had to run for a time and
// did is met.
func (r *Room) standOne(i int, by lit, e *Event) {
	c := r.Clocks[i]
	if !c.runs() {
		return
	}
	d := r.Plan.Clock(c.ID)
	if d.AtLeast > 0 && !e.RecordedAt.Before(c.DueAt) {
		c.MetAt, c.DoneAt = c.DueAt, c.DueAt
	} else {
		c.lapse(d, r.Severity, e.RecordedAt)
		c.StoodAt, c.StoodBy, c.EndSeq, c.EndBy = e.RecordedAt, string(by), e.Seq, e.By
	}
	r.Clocks = set(r.Clocks, i, c)
}

// relevel brings the clocks in line with a severity that was set: those of the
// new level start, those of another stop, and lengths that depend on it change.
func (r *Room) relevel(e *Event) {
	for i, c := range r.Clocks {
		d := r.Plan.Clock(c.ID)
		switch {
		case d == nil:
		case !d.applies(r.Severity):
			r.standOne(i, bySeverity, e)
		case len(d.BySeverity) > 0 && c.runs():
			r.change(i, ChangeLength, c.Last.Add(d.Length(r.Severity)), "", e)
		}
	}
	r.begin(StartSeverity, e.RecordedAt, e)
	if r.Status == Open {
		r.begin(StartDeclared, e.RecordedAt, e)
	}
}

// applies reports whether a clock runs at a severity.
func (d *ClockDef) applies(severity string) bool {
	return len(d.Severities) == 0 || slices.Contains(d.Severities, severity)
}

// moveStart moves the start of the clocks of a start event that run.
func (r *Room) moveStart(start string, at time.Time, reason string, e *Event) {
	for i := range r.Clocks {
		if d := r.Plan.Clock(r.Clocks[i].ID); d != nil && d.Start == start && r.Clocks[i].runs() {
			r.move(i, at, reason, e)
		}
	}
}

// meet records that clock i was met at the event's place in the log. A repeating
// clock runs on.
func (r *Room) meet(i int, e *Event) {
	c, d := r.Clocks[i], r.Plan.Clock(r.Clocks[i].ID)
	if d.Every == 0 {
		c.MetAt, c.DoneAt, c.MetBy, c.EndSeq, c.EndBy = e.RecordedAt, e.At, e.By, e.Seq, e.By
		if c.StartedAt.IsZero() {
			c.N, c.StartedAt, c.Last, c.DueAt = max(1, c.N), e.RecordedAt, e.RecordedAt, e.RecordedAt
		}
		r.Clocks = set(r.Clocks, i, c)
		return
	}
	if !c.runs() {
		return
	}
	if late := e.RecordedAt.Sub(c.DueAt); late > 0 {
		c.Late, c.Worst = c.Late+1, max(c.Worst, Duration(late))
		c.Missed += periods(late, d.Length(r.Severity))
	} else {
		c.OnTime++
	}
	c.Times = c.Times.push(Met{Seq: e.Seq, By: e.By, Done: e.At, At: e.RecordedAt, Due: c.DueAt})
	c.Last, c.MetBy, c.Snoozed = e.RecordedAt, e.By, time.Time{}
	c.DueAt = c.Last.Add(d.Length(r.Severity))
	r.Clocks = set(r.Clocks, i, c)
}
