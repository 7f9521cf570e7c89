package model

import (
	"strings"
	"time"
)

// The kinds of events about clocks. There is no event for a clock that runs out:
// every reader computes it.
const (
	KindClockArmed   Kind = "clock.armed"
	KindClockRetimed Kind = "clock.retimed"
	KindClockSnoozed Kind = "clock.snoozed"
	KindClockMet     Kind = "clock.met"
	KindClockWaived  Kind = "clock.waived"
)

var _ = register(
	shared(func(k Kind) Body { return &ClockMoved{kind: k} }, KindClockArmed, KindClockRetimed),
	bodyOf[ClockSnoozedBody](KindClockSnoozed),
	shared(func(k Kind) Body { return &ClockEnded{kind: k} }, KindClockMet, KindClockWaived),
)

// clockNeed returns the power that is needed to change a clock. A legal clock may also be
// changed by a person who may assess exposure.
func clockNeed(r *Room, e *Event, id string) Power {
	if d := r.Plan.Clock(id); d != nil && d.Law && r.Has(e.By, e.Key, PowerExposure) {
		return PowerExposure
	}
	return PowerClocks
}

// lawNeed returns the power that waiving or delaying a clock takes, which for a
// legal clock is a sensitive one.
func lawNeed(r *Room, e *Event, id string) Power {
	if d := r.Plan.Clock(id); d != nil && d.Law && r.Rules >= confirmedRules {
		return PowerLaw
	}
	return clockNeed(r, e, id)
}

func (r *Room) runOf(id string) (*ClockDef, ClockRun, error) {
	d := r.Plan.Clock(id)
	if d == nil {
		return nil, ClockRun{}, Refuse(NotFound, "the plan has no clock %s; it has: %s", id, r.Plan.clockIDs())
	}
	return d, r.Clocks[r.clockIndex(d.ID)], nil
}

// ClockMoved starts a clock by hand (clock.armed) or changes its start
// (clock.retimed).
type ClockMoved struct {
	Clock  string    `json:"clock"`
	Start  time.Time `json:"start"` // its new start
	Reason string    `json:"reason,omitempty"`
	kind   Kind
}

func (b *ClockMoved) ownKind() Kind { return b.kind }
func (b *ClockMoved) need(r *Room, e *Event) Power {
	if _, c, err := r.runOf(b.Clock); err == nil && b.kind == KindClockRetimed && b.Start.After(c.StartedAt) {
		return lawNeed(r, e, b.Clock)
	}
	return clockNeed(r, e, b.Clock)
}

func (b *ClockMoved) free() []*string { return []*string{&b.Reason} }

func (b *ClockMoved) check(r *Room, e *Event) error {
	d, c, err := r.runOf(b.Clock)
	if err != nil {
		return err
	}
	runs := c.Runs()
	switch {
	case b.Start.After(e.RecordedAt.Add(Skew)):
		return Refuse(Invalid, "%s is in the future; a clock starts at a time in the past", FormatTime(b.Start))
	case b.kind == KindClockArmed && runs:
		return Refuse(Conflict, "%s is already running; move its start with :clock move %s @TIME "+
			"REASON", d.Label, d.ID)
	case b.kind == KindClockArmed && d.AtLeast > 0 && r.Status == Open:
		return Refuse(Conflict, "%s starts when the incident is resolved", d.Label)
	case b.kind == KindClockRetimed && !runs:
		return Refuse(Conflict, "%s is not running; start it with :clock arm %s @TIME", d.Label, d.ID)
	case r.Rules >= 2 && b.kind == KindClockRetimed && d.Start == StartExposure && !b.Start.Before(c.From):
		return Refuse(Conflict,
			"%s counts from the earliest awareness, %s; a later one does not move it. If that time is wrong, "+
				"correct it: :time %d @TIME REASON",
			d.Label, FormatTime(c.From), r.awareClaim().Seq)
	case b.kind == KindClockRetimed && strings.TrimSpace(b.Reason) == "":
		return Refuse(Invalid, "give a reason: :clock move %s @TIME REASON", d.ID)
	}
	return longText("reason", b.Reason, true)
}

func (b *ClockMoved) apply(r *Room, e *Event) {
	d := r.Plan.Clock(b.Clock)
	i := r.clockIndex(d.ID)
	if d.Start == StartExposure {
		r.moveAware(i, b, e)
	} else if b.kind == KindClockRetimed {
		r.move(i, b.Start.UTC(), b.Reason, e)
	} else {
		r.start(i, b.Start.UTC(), e)
	}
	c := r.Clocks[i]
	c.Why = b.Reason
	r.Clocks = set(r, r.Clocks, i, c)
}

// moveAware changes the start of a clock that counts from awareness. All such clocks
// share the earliest time of awareness: an earlier time moves every one of them, a
// later time moves none.
func (r *Room) moveAware(i int, b *ClockMoved, e *Event) {
	r.claimAware(b.Start, b.Reason, e)
	if c := r.Clocks[i]; !c.Runs() {
		r.start(i, r.awareSince(), e)
	}
	r.countFromAwareness(b.Reason, e)
}

func (b *ClockMoved) line(r *Room, e *Event) Safe {
	d, c, _ := r.runOf(b.Clock)
	if b.kind == KindClockRetimed && d.Every == 0 && r.keepsStart(d, &c, b.Start, e.RecordedAt) {
		return because(Safef("%s: its start is corrected to %s; it was missed and still counts from %s", d.Label,
			FormatTime(b.Start), FormatTime(c.From)), b.Reason)
	}
	s := Safef("%s runs from %s", d.Label, FormatTime(b.Start))
	if b.kind == KindClockRetimed {
		s = Safef("%s, was %s", s, FormatTime(c.From))
	}
	return because(s, b.Reason)
}

// ClockSnoozedBody postpones the due time of a clock, with a reason.
type ClockSnoozedBody struct {
	Clock  string   `json:"clock"`
	For    Duration `json:"for"`
	Reason string   `json:"reason"`
}

func (b *ClockSnoozedBody) need(r *Room, e *Event) Power { return clockNeed(r, e, b.Clock) }

func (b *ClockSnoozedBody) free() []*string { return []*string{&b.Reason} }

func (b *ClockSnoozedBody) check(r *Room, _ *Event) error {
	d, c, err := r.runOf(b.Clock)
	switch {
	case err != nil:
		return err
	case d.Law:
		return Refuse(Forbidden,
			"%s is a legal clock and cannot be snoozed; :clock move or :clock waive it with a reason", d.Label)
	case d.AtLeast > 0:
		return Refuse(Conflict, "%s has to run its full time; it cannot be snoozed", d.Label)
	case !c.Runs():
		return Refuse(Conflict, "%s is not running", d.Label)
	case b.For <= 0 || time.Duration(b.For) > 24*time.Hour:
		return Refuse(Invalid, "snooze for more than 0 and up to 24h, as in :snooze %s 10m REASON", d.ID)
	}
	return longText("reason", b.Reason, false)
}

func (b *ClockSnoozedBody) apply(r *Room, e *Event) {
	i := r.clockIndex(r.Plan.Clock(b.Clock).ID)
	c := r.Clocks[i]
	from := c.DueAt
	if e.RecordedAt.After(from) {
		from = e.RecordedAt
	}
	r.change(i, ChangeSnoozed, from.Add(time.Duration(b.For)), b.Reason, e)
	c = r.Clocks[i]
	c.Snoozed, c.Why = c.DueAt, b.Reason
	if d := r.Plan.Clock(c.ID); e.RecordedAt.Before(from) {
		c.Snoozed = c.DueAt.Add(-c.length(d, r.Severity) / 3)
	}
	r.Clocks = set(r, r.Clocks, i, c)
}

func (b *ClockSnoozedBody) line(r *Room, _ *Event) Safe {
	return because(Safef("%s postponed by %s", r.Plan.Clock(b.Clock).Label, b.For), b.Reason)
}

// ClockEnded records that a clock was met or waived.
type ClockEnded struct {
	Clock  string `json:"clock"`
	Reason string `json:"reason,omitempty"` // how it was met, or why it is waived
	kind   Kind
}

func (b *ClockEnded) ownKind() Kind { return b.kind }
func (b *ClockEnded) need(r *Room, e *Event) Power {
	if b.kind == KindClockWaived {
		if d := r.Plan.Clock(b.Clock); d != nil && r.Rules >= 2 && d.AtLeast > 0 && r.ownsClock(d, e.By) {
			return "" // the plan names the role that may do it
		}
		return lawNeed(r, e, b.Clock)
	}
	return clockNeed(r, e, b.Clock)
}

func (b *ClockEnded) free() []*string { return []*string{&b.Reason} }

func (b *ClockEnded) check(r *Room, e *Event) error {
	d, c, err := r.runOf(b.Clock)
	if err == nil && b.kind == KindClockWaived {
		err = r.mayWaive(d, e)
	}
	switch {
	case err != nil:
		return err
	case !c.MetAt.IsZero() || c.Waived != "":
		return Refuse(Conflict, "%s is already over", d.Label)
	case b.kind == KindClockMet && (!r.mayMeet(d, e) || d.Law && r.Rules >= strictRules && r.mayWaive(d, e) != nil):
		return Refuse(Forbidden, "%s is met by a notice: :notify %s WHO, HOW; only somebody who may waive it can "+
			"end it by hand", d.Label, d.ID)
	case b.kind == KindClockMet && d.MetBy == MilestoneReviewed && r.reviewLacks():
		return Refuse(Conflict, "the review still lacks %s; write each section with :review SECTION TEXT",
			strings.Join(r.UnwrittenSections(), ", "))
	case b.kind == KindClockMet && d.AtLeast > 0:
		return Refuse(Conflict, "%s is met once its time has passed; end it early with :clock waive %s "+
			"REASON", d.Label, d.ID)
	case b.kind == KindClockMet && (c.StartedAt.IsZero() || !c.StoodAt.IsZero()):
		return Refuse(Conflict, "%s is not running", d.Label)
	}
	return longText("reason", b.Reason, false)
}

func (b *ClockEnded) apply(r *Room, e *Event) {
	i := r.clockIndex(r.Plan.Clock(b.Clock).ID)
	if b.kind == KindClockMet {
		r.meet(i, e)
		return
	}
	c := r.Clocks[i]
	if c.Runs() {
		c.lapse(r.Plan.Clock(b.Clock), r.Severity, e.RecordedAt)
	}
	c.N = len(c.Past) + 1
	c.Waived, c.WaivedAt, c.EndSeq, c.EndBy = b.Reason, e.RecordedAt, e.Seq, e.By
	r.Clocks = set(r, r.Clocks, i, c)
}

func (b *ClockEnded) line(r *Room, _ *Event) Safe {
	return because(Safef("%s", r.Plan.Clock(b.Clock).Label), b.Reason)
}
