package model

import (
	"slices"
	"strings"
	"time"
)

// KindTimeCorrected is the kind of a correction of when something happened.
const KindTimeCorrected Kind = "time.corrected"

var _ = register(bodyOf[TimeCorrected](KindTimeCorrected))

// timed lists the kinds whose author reports a time that the report uses. Entries
// have :amend.
var timed = []Kind{KindNoticeGiven, KindUpdateSent, KindClockMet, KindMilestoneSet, KindExposureAssessed,
	KindItemDone, KindIncidentResolved, KindIncidentClosed,
	KindClockArmed, KindClockRetimed, KindAssetAdded, KindAssetState,
	KindIOCAdded, KindIOCBlocked, KindImpactStarted, KindImpactEnded}

// TimeCorrected corrects the time that the author of an event reported, with a
// reason. The time of the record does not change.
type TimeCorrected struct {
	Of     string    `json:"of"` // ULID of the event
	Seq    uint64    `json:"seq"`
	When   time.Time `json:"when"`
	Reason string    `json:"reason"`
}

func (b *TimeCorrected) free() []*string { return []*string{&b.Reason} }

// need allows people to correct the times that they reported themselves.
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
		return Refuse(Invalid, "entry %d is not the entry that was meant; check the number", b.Seq)
	case l.IsEntry():
		return Refuse(Invalid, "entry %d is text; correct its time with :amend %d @TIME TEXT", b.Seq, b.Seq)
	case !slices.Contains(timed, l.Kind):
		return Refuse(Invalid, "entry %d (%s) has no time to correct", b.Seq, l.Word())
	case !l.Refused.IsEmpty():
		return Refuse(Conflict, "entry %d has no effect", b.Seq)
	case b.When.After(l.RecordedAt.Add(Skew)):
		return Refuse(Invalid, "%s is after entry %d was recorded, %s", FormatTime(b.When), b.Seq,
			FormatTime(l.RecordedAt))
	}
	if l != nil && (l.Kind == KindClockArmed || l.Kind == KindClockRetimed) && !r.claimedBy(b.Seq) {
		return Refuse(Invalid, "entry %d moved a clock; correct that with :clock move", b.Seq)
	}
	if b.When.After(e.RecordedAt.Add(Skew)) {
		return Refuse(Invalid, "%s is in the future", FormatTime(b.When))
	}
	if strings.TrimSpace(b.Reason) == "" {
		return Refuse(Invalid, "give a reason: :time %d @TIME REASON", b.Seq)
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
			r.Notices = set(r, r.Notices, i, n)
		}
	}
	for i, d := range r.Dispatches {
		if d.Seq == b.Seq {
			d.At = at
			r.Dispatches = set(r, r.Dispatches, i, d)
			if u := r.Updates[d.Audience]; u.Seq == b.Seq {
				u.At = at
				r.Updates = with(r.Updates, d.Audience, u)
			}
		}
	}
	for name, prev := range r.Milestones {
		if prev.Seq == b.Seq && name != MilestoneDeclared {
			prev.At, prev.Until = at, time.Time{}
			r.Milestones = with(r.Milestones, name, prev)
			if name == MilestoneDetected {
				r.moveStart(StartAlert, at, b.Reason, e)
			}
		}
	}
	r.correctValidation(b.Seq, at)
	for i, s := range r.States {
		if s.Seq == b.Seq {
			s.At = at
			r.States = set(r, r.States, i, s)
		}
	}
	r.correctItems(b)
	r.correctAssets(b)
	r.correctIndicators(b)
	r.correctImpacts(b)
	r.correctClocks(b, e)
}

// correctValidation changes the time in a validation that an entry recorded.
func (r *Room) correctValidation(seq uint64, at time.Time) {
	if r.Validated == nil || seq == 0 || r.Validated.Seq != seq && r.Validated.SeveritySeq != seq {
		return
	}
	v := *r.Validated
	if v.Seq == seq {
		v.At = at
	}
	if v.SeveritySeq == seq {
		v.SeverityAt = at
	}
	r.Validated = &v
}

// claimedBy reports whether an entry claims a time of awareness.
func (r *Room) claimedBy(seq uint64) bool {
	return slices.ContainsFunc(r.Awareness, func(a AwareClaim) bool { return a.Seq == seq })
}

// correctClocks changes the times of the runs that the corrected event met or
// started.
func (r *Room) correctClocks(b *TimeCorrected, e *Event) {
	at := b.When.UTC()
	for i, c := range r.Clocks {
		n := c.corrected(b.Seq, at)
		for k, p := range c.Past {
			n.Past = set(r, n.Past, k, p.corrected(b.Seq, at))
		}
		r.Clocks = set(r, r.Clocks, i, n)
	}
	for i, a := range r.Awareness {
		if a.Seq == b.Seq {
			a.At = at
			r.Awareness = set(r, r.Awareness, i, a)
			r.countFromAwareness(b.Reason, e)
		}
	}
}

// corrected returns the run with a new time at which the entry met it.
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
	s := Safef("%d  at %s", b.Seq, FormatTime(b.When))
	if l := r.Line(b.Seq); l != nil {
		prev := r.When(l)
		if i := slices.IndexFunc(r.Awareness, func(a AwareClaim) bool { return a.Seq == b.Seq }); i >= 0 {
			prev = r.Awareness[i].At
		}
		s = Safef("%d  (%s) at %s, was %s", b.Seq, l.Word(), FormatTime(b.When), FormatTime(prev))
	}
	return because(s, b.Reason)
}

// Correction is a corrected time of an event.
type Correction struct {
	At     time.Time `json:"at"`
	By     string    `json:"by"`
	Seq    uint64    `json:"seq"`
	Reason string    `json:"reason"`
}
