package model

import (
	"slices"
	"strings"
	"time"
)

// KindTimeCorrected is the kind that corrects when something happened.
const KindTimeCorrected Kind = "time.corrected"

var _ = register(func() Body { return new(TimeCorrected) })

// timed are the kinds whose author gives a time that the report is made of.
// Entries have :amend.
var timed = []Kind{KindNoticeGiven, KindUpdateSent, KindClockMet, KindMilestoneSet, KindExposureAssessed,
	KindItemDone, KindIncidentResolved, KindIncidentClosed,
	KindClockArmed, KindClockRetimed}

// TimeCorrected corrects the time that the author of an event gave, with a
// reason. The record of when it was stored stays as it is.
type TimeCorrected struct {
	Of     string    `json:"of"` // ULID of the event
	Seq    uint64    `json:"seq"`
	When   time.Time `json:"when"`
	Reason string    `json:"reason"`
}

// Kind names the kind.
func (*TimeCorrected) Kind() Kind { return KindTimeCorrected }

func (b *TimeCorrected) free() []*string { return []*string{&b.Reason} }

// need lets everybody correct their own word.
func (b *TimeCorrected) need(r *Room, e *Event) Power {
	l := r.Line(b.Seq)
	switch {
	case l == nil || l.By == e.By:
		return ""
	case l.Kind == KindExposureAssessed && r.Has(e.By, e.Key, PowerExposure):
		return PowerExposure
	}
	return PowerAmend
}

func (b *TimeCorrected) check(r *Room, e *Event) error {
	l := r.Line(b.Seq)
	switch {
	case l == nil && b.Seq > 0 && b.Seq <= uint64(r.Older()):
	case l == nil:
		return Refuse(NotFound, "there is no entry %d; the newest is %d", b.Seq, r.Seq)
	case l.ID != b.Of:
		return Refuse(Invalid, "entry %d is another one", b.Seq)
	case l.IsEntry():
		return Refuse(Invalid, "entry %d is text; :amend %d @TIME TEXT corrects it", b.Seq, b.Seq)
	case !slices.Contains(timed, l.Kind):
		return Refuse(Invalid, "entry %d (%s) has no time of its own that could be corrected", b.Seq, l.Word())
	case !l.Refused.IsEmpty():
		return Refuse(Conflict, "entry %d has no effect", b.Seq)
	case b.When.After(l.RecordedAt.Add(Skew)):
		return Refuse(Invalid, "%s is after entry %d was recorded, %s", Stamp(b.When), b.Seq, Stamp(l.RecordedAt))
	}
	if l != nil && (l.Kind == KindClockArmed || l.Kind == KindClockRetimed) && !r.claimedBy(b.Seq) {
		return Refuse(Invalid, "entry %d moved a clock of the plan; :clock move moves it again", b.Seq)
	}
	if b.When.After(e.RecordedAt.Add(Skew)) {
		return Refuse(Invalid, "%s is in the future", Stamp(b.When))
	}
	if strings.TrimSpace(b.Reason) == "" {
		return Refuse(Invalid, "say why: :time %d @TIME REASON", b.Seq)
	}
	return longText("reason", b.Reason, false)
}

func (b *TimeCorrected) apply(r *Room, e *Event) {
	at := b.When.UTC()
	m := r.Marks[b.Seq]
	m.Corrected = push(m.Corrected, Correction{At: at, By: e.By, Seq: e.Seq, Reason: b.Reason})
	r.Marks = with(r.Marks, b.Seq, m)
	for i, n := range r.Notices {
		if n.Seq == b.Seq {
			n.At = at
			r.Notices = set(r.Notices, i, n)
		}
	}
	for i, d := range r.Dispatches {
		if d.Seq == b.Seq {
			d.At = at
			r.Dispatches = set(r.Dispatches, i, d)
			if u := r.Updates[d.Audience]; u.Seq == b.Seq {
				u.At = at
				r.Updates = with(r.Updates, d.Audience, u)
			}
		}
	}
	for name, was := range r.Milestones {
		if was.Seq == b.Seq && name != MilestoneDeclared {
			was.At = at
			r.Milestones = with(r.Milestones, name, was)
			if name == MilestoneDetected {
				r.moveStart(StartAlert, at, b.Reason, e)
			}
		}
	}
	for i, s := range r.States {
		if s.Seq == b.Seq {
			s.At = at
			r.States = set(r.States, i, s)
		}
	}
	r.correctClocks(b, e)
}

// claimedBy reports whether an entry claims since when somebody was aware.
func (r *Room) claimedBy(seq uint64) bool {
	return slices.ContainsFunc(r.Awareness, func(a AwareClaim) bool { return a.Seq == seq })
}

// correctClocks gives the runs that an event met, or started, its corrected time.
func (r *Room) correctClocks(b *TimeCorrected, e *Event) {
	at := b.When.UTC()
	for i, c := range r.Clocks {
		n := c.corrected(b.Seq, at)
		for k, p := range c.Past {
			n.Past = set(n.Past, k, p.corrected(b.Seq, at))
		}
		r.Clocks = set(r.Clocks, i, n)
	}
	for i, a := range r.Awareness {
		if a.Seq == b.Seq {
			a.At = at
			r.Awareness = set(r.Awareness, i, a)
			r.countFromAwareness(b.Reason, e)
		}
	}
}

// corrected is the run in which what an entry met was done at another time.
func (c ClockRun) corrected(seq uint64, at time.Time) ClockRun {
	if c.EndSeq == seq && !c.MetAt.IsZero() {
		c.DoneAt = at
	}
	for i, m := range c.Times.Rows() {
		if m.Seq == seq {
			m.Done = at
			c.Times = c.Times.with(i, m)
		}
	}
	return c
}

func (b *TimeCorrected) line(r *Room, _ *Event) Safe {
	s := Safef("%d  at %s", b.Seq, Stamp(b.When))
	if l := r.Line(b.Seq); l != nil {
		s = Safef("%d  (%s) at %s, was %s", b.Seq, l.Word(), Stamp(b.When), Stamp(r.When(l)))
	}
	return because(s, b.Reason)
}

// Correction is another time of an event.
type Correction struct {
	At     time.Time `json:"at"`
	By     string    `json:"by"`
	Seq    uint64    `json:"seq"`
	Reason string    `json:"reason"`
}
