package model

import (
	"strings"
	"time"
)

// KindClockPaced is the kind of a change to how often a repeating clock is due.
const KindClockPaced Kind = "clock.paced"

var _ = register(bodyOf[ClockPaced](KindClockPaced))

// maxPace is the longest period that can be set.
const maxPace = 7 * 24 * time.Hour

// ClockPaced changes how often a repeating clock is due. The change takes effect
// from its position in the log on; earlier periods are not judged again.
type ClockPaced struct {
	Clock  string   `json:"clock"`
	Every  Duration `json:"every"`
	Reason string   `json:"reason"`
}

func (b *ClockPaced) need(r *Room, e *Event) Power { return clockNeed(r, e, b.Clock) }

func (b *ClockPaced) free() []*string { return []*string{&b.Reason} }

func (b *ClockPaced) check(r *Room, _ *Event) error {
	d, c, err := r.runOf(b.Clock)
	switch {
	case err != nil:
		return err
	case d.Every == 0:
		return Refuse(Conflict, "%s is due once and has no cadence; change its due time with :clock move or "+
			":snooze", d.Label)
	case b.Every < Duration(time.Minute) || b.Every > Duration(maxPace):
		return Refuse(Invalid, "a cadence is between 1m and %s, not %s: :cadence %s 30m REASON", Duration(maxPace),
			b.Every, d.ID)
	case c.length(d, r.Severity) == time.Duration(b.Every):
		return Refuse(Conflict, "%s is already due every %s", d.Label, b.Every)
	case strings.TrimSpace(b.Reason) == "":
		return Refuse(Invalid, "give a reason: :cadence %s %s REASON", d.ID, b.Every)
	}
	return longText("reason", b.Reason, false)
}

func (b *ClockPaced) apply(r *Room, e *Event) {
	i := r.clockIndex(r.Plan.Clock(b.Clock).ID)
	if r.Clocks[i].Runs() {
		r.change(i, ChangePaced, e.RecordedAt.Add(time.Duration(b.Every)), b.Reason, e)
	}
	c := r.Clocks[i]
	c.Pace, c.Why = b.Every, b.Reason
	if c.Runs() {
		c.Last, c.Snoozed = e.RecordedAt, time.Time{}
	}
	r.Clocks = set(r, r.Clocks, i, c)
}

func (b *ClockPaced) line(r *Room, _ *Event) Safe {
	d, c, _ := r.runOf(b.Clock)
	return because(Safef("%s every %s, was every %s", d.Label, b.Every, Duration(c.length(d, r.Severity))), b.Reason)
}

// length returns the length of a run at a severity: the one that was set for it, or
// the plan's.
func (c *ClockRun) length(d *ClockDef, severity string) time.Duration {
	if c.Pace > 0 {
		return time.Duration(c.Pace)
	}
	return d.Length(severity)
}

// endsSnooze reports whether the change ends a snooze before it.
func (c *ClockChange) endsSnooze() bool { return c.What == ChangeSnoozed || c.What == ChangePaced }

// unpace resets clock i to the plan's lengths, since a severity has its own.
func (r *Room) unpace(i int) {
	if c := r.Clocks[i]; c.Pace > 0 {
		c.Pace = 0
		r.Clocks = set(r, r.Clocks, i, c)
	}
}

// Cadence returns how often the clock is due at a severity, or 0 if it does not
// repeat.
func (v *ClockView) Cadence(severity string) time.Duration {
	if v.Def.Every == 0 {
		return 0
	}
	return v.Run.length(v.Def, severity)
}

// CadenceWords describes how often a repeating clock is due, with the plan's value
// if that was changed: "every 30m (plan: 15m)".
func (v *ClockView) CadenceWords(severity string) Safe {
	s := Safef("every %s", Duration(v.Cadence(severity)))
	if v.Run.Pace > 0 {
		s = Safef("%s (plan: %s)", s, Duration(v.Def.Length(severity)))
	}
	return s
}

func parseCadence(a *args) (Body, error) {
	d, err := a.clock()
	if err != nil {
		return nil, err
	}
	w := a.word()
	if w == "" {
		return nil, Refuse(Invalid, "give a length of time: :cadence %s 30m REASON", d.ID)
	}
	every, err := ParseLength(w)
	if err != nil {
		return nil, Refuse(Invalid, "%s is not a length of time; write 30m or 1h: :cadence %s 30m REASON", quoted(w),
			d.ID)
	}
	a.as("every", Safef("%s", Duration(every)))
	return &ClockPaced{Clock: d.ID, Every: Duration(every), Reason: a.reason()}, nil
}

// repeating lists the repeating clocks.
func repeating(c Ctx, _ []string) []option {
	var out []option
	for _, d := range c.Room.Plan.Clocks {
		if d.Every > 0 {
			out = append(out, option{word: d.ID, help: CleanLine(d.Label)})
		}
	}
	return out
}
