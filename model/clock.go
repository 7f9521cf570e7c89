package model

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// ClockRun is what the log says of one clock of the plan. How it stands at a
// moment is for [Room.ClockViews] to say.
type ClockRun struct {
	ID      string    `json:"id"`
	From    time.Time `json:"from,omitzero"` // its start event; zero: not started
	Last    time.Time `json:"last,omitzero"` // of a repeating clock: start of the period that runs
	DueAt   time.Time `json:"due,omitzero"`
	MetAt   time.Time `json:"met,omitzero"`
	MetBy   string    `json:"met_by,omitempty"`
	Waived  string    `json:"waived,omitempty"`   // why
	StoodAt time.Time `json:"stood,omitzero"`     // stopped by the room
	StoodBy string    `json:"stood_by,omitempty"` // by what: "the resolution"
	Snoozed time.Time `json:"snoozed,omitzero"`   // until when
	Why     string    `json:"why,omitempty"`      // reason of the newest snooze or move
	OnTime  int       `json:"on_time,omitempty"`  // of a repeating clock: times met in time
	Late    int       `json:"late,omitempty"`
	Worst   Duration  `json:"worst,omitempty"` // the latest it was met after its due time

	StartedAt time.Time `json:"started,omitzero"` // when it began to run, which is not before it was known to
}

// ClockState is how a clock stands at a moment.
type ClockState string

// The states of a clock.
const (
	ClockNotStarted ClockState = "not_started"
	ClockRunning    ClockState = "running"
	ClockWarning    ClockState = "warning" // a third of its time is left
	ClockOverdue    ClockState = "overdue"
	ClockMet        ClockState = "met"
	ClockMissed     ClockState = "missed" // met too late, or stopped when it was overdue
	ClockWaived     ClockState = "waived"
	ClockSnoozed    ClockState = "snoozed"
	ClockStopped    ClockState = "stopped" // of an alert: its source is done with it
)

// ClockView is a clock at a moment.
type ClockView struct {
	N         int // its number: the place in the plan, from 1
	Def       *ClockDef
	Run       ClockRun
	State     ClockState
	Remaining time.Duration // to its due time; negative when overdue; how late or early where it was met
	Fraction  float64       // of its time that has passed, 0 to 1
	Start     Safe          // its start event in words
	Needs     Safe          // what a clock that is not started waits for
}

// Waits says why a clock does not run: what it needs to start, or what stopped
// it.
func (v ClockView) Waits() Safe {
	if v.Run.StoodBy != "" {
		return Safef("stopped by %s", v.Run.StoodBy)
	}
	return Safef("not started: needs %s", v.Needs)
}

// Length returns how long a clock runs at a severity.
func (d *ClockDef) Length(severity string) time.Duration {
	if v, ok := d.BySeverity[severity]; ok {
		return time.Duration(v)
	}
	return time.Duration(max(d.After, d.Every, d.AtLeast))
}

// ClockViews returns the clocks as they stand at now, the hub's time: overdue
// first, then by what is due next, then what waits, then what is over.
func (r *Room) ClockViews(now time.Time) []ClockView {
	if r.Plan == nil {
		return nil
	}
	out := make([]ClockView, 0, len(r.Clocks))
	for i, c := range r.Clocks {
		if d := r.Plan.Clock(c.ID); d != nil {
			v := r.view(d, c, now)
			v.N = i + 1
			out = append(out, v)
		}
	}
	slices.SortStableFunc(out, func(a, b ClockView) int {
		return cmp.Or(cmp.Compare(a.State.rank(), b.State.rank()), cmp.Compare(a.Remaining, b.Remaining))
	})
	return out
}

// rank is the order of the screen.
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

func (r *Room) view(d *ClockDef, c ClockRun, now time.Time) ClockView {
	v := ClockView{Def: d, Run: c}
	v.Start, v.Needs = r.startWords(d)
	length := d.Length(r.Severity)
	switch {
	case c.Waived != "":
		v.State = ClockWaived
	case !c.MetAt.IsZero():
		v.State, v.Remaining = ClockMet, c.DueAt.Sub(c.MetAt)
		if v.Remaining < 0 {
			v.State = ClockMissed
		}
	case !c.StoodAt.IsZero():
		v.State, v.Needs = ClockNotStarted, Safe{}
		if c.StoodAt.After(c.DueAt) && d.AtLeast == 0 {
			v.State, v.Remaining = ClockMissed, c.DueAt.Sub(c.StoodAt)
		}
	case c.StartedAt.IsZero():
		v.State = ClockNotStarted
	default:
		v.Remaining = c.DueAt.Sub(now)
		v.State = running(d, c, v.Remaining, length, now)
		v.Fraction = min(1, max(0, 1-float64(v.Remaining)/float64(max(1, c.DueAt.Sub(c.Last)))))
	}
	return v
}

// running is the state of a clock that was started and is not over.
func running(d *ClockDef, c ClockRun, left, length time.Duration, now time.Time) ClockState {
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

// startWords says what starts a clock, and what is missing while it is not
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
			needs = Safef("exposure under %s; it was assessed for %s", strings.ToUpper(d.Regime), strings.ToUpper(strings.Join(x.Regimes, ", ")))
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

// begin starts the clocks of a start event at a time. Clocks that run or are
// over go on as they are, but those of a resolution, which always starts them
// anew.
func (r *Room) begin(start string, at time.Time) {
	for i, c := range r.Clocks {
		d := r.Plan.Clock(c.ID)
		if d == nil || d.Start != start || !d.applies(r.Severity) || c.Waived != "" && start != StartResolved {
			continue
		}
		over := !c.MetAt.IsZero() && d.Every == 0
		runs := !c.StartedAt.IsZero() && c.StoodAt.IsZero()
		if start != StartResolved && (over || runs) {
			continue
		}
		r.start(i, at)
	}
}

// start starts clock i at a time.
func (r *Room) start(i int, at time.Time) {
	c := r.Clocks[i]
	length := r.Plan.Clock(c.ID).Length(r.Severity)
	r.Clocks = set(r.Clocks, i, ClockRun{ID: c.ID, From: at, StartedAt: at, Last: at, DueAt: at.Add(length),
		OnTime: c.OnTime, Late: c.Late, Worst: c.Worst})
}

// stand stops the clocks of a start event.
func (r *Room) stand(start string, by lit, at time.Time) {
	for i, c := range r.Clocks {
		if d := r.Plan.Clock(c.ID); d != nil && d.Start == start {
			r.standOne(i, by, at)
		}
	}
}

func (r *Room) standOne(i int, by lit, at time.Time) {
	c := r.Clocks[i]
	if c.StartedAt.IsZero() || !c.MetAt.IsZero() || !c.StoodAt.IsZero() || c.Waived != "" {
		return
	}
	c.StoodAt, c.StoodBy = at, string(by)
	r.Clocks = set(r.Clocks, i, c)
}

// relevel brings the clocks in line with a severity that was set at a time:
// those of the new level start, those of another stop, and lengths that
// depend on it change.
func (r *Room) relevel(at time.Time) {
	for i, c := range r.Clocks {
		d := r.Plan.Clock(c.ID)
		switch {
		case d == nil:
		case !d.applies(r.Severity):
			r.standOne(i, "another severity", at)
		case len(d.BySeverity) > 0 && !c.StartedAt.IsZero() && c.StoodAt.IsZero() && c.MetAt.IsZero():
			c.DueAt = c.Last.Add(d.Length(r.Severity))
			r.Clocks = set(r.Clocks, i, c)
		}
	}
	r.begin(StartSeverity, at)
	if r.Status == Open {
		r.begin(StartDeclared, at)
	}
}

// applies says whether a clock runs at a severity.
func (d *ClockDef) applies(severity string) bool {
	return len(d.Severities) == 0 || slices.Contains(d.Severities, severity)
}

// moveStart moves the start of the clocks of a start event that were not met.
func (r *Room) moveStart(start string, at time.Time) {
	for i, c := range r.Clocks {
		if d := r.Plan.Clock(c.ID); d != nil && d.Start == start && c.MetAt.IsZero() && c.StoodAt.IsZero() && c.Waived == "" {
			r.start(i, at)
		}
	}
}

// meet says that clock i was met at the event's place in the log. A repeating
// clock runs on.
func (r *Room) meet(i int, e *Event) {
	c, d := r.Clocks[i], r.Plan.Clock(r.Clocks[i].ID)
	if d.Every == 0 {
		c.MetAt, c.MetBy = e.RecordedAt, e.By
		if c.StartedAt.IsZero() {
			c.StartedAt, c.Last, c.DueAt = e.RecordedAt, e.RecordedAt, e.RecordedAt
		}
		r.Clocks = set(r.Clocks, i, c)
		return
	}
	if c.StartedAt.IsZero() || !c.StoodAt.IsZero() {
		return
	}
	if late := e.RecordedAt.Sub(c.DueAt); late > 0 {
		c.Late, c.Worst = c.Late+1, max(c.Worst, Duration(late))
	} else {
		c.OnTime++
	}
	c.Last, c.MetBy, c.Snoozed = e.RecordedAt, e.By, time.Time{}
	c.DueAt = c.Last.Add(d.Length(r.Severity))
	r.Clocks = set(r.Clocks, i, c)
}

func (r *Room) clockIndex(id string) int {
	if id == "" {
		return -1
	}
	return slices.IndexFunc(r.Clocks, func(c ClockRun) bool { return c.ID == id })
}
