package model

import (
	"strings"
	"time"
)

// A notice for a deadline of law that was given before anybody was aware contradicts the
// start of the deadline. It is asked about before it is stored, as a milestone is.

// EarlyNotice is a notice that was given before its clock began.
type EarlyNotice struct {
	Clock *ClockDef
	At    time.Time // when it was given, as reported
	From  time.Time // the earliest start of the clock
	Seq   uint64
}

// Words describes the contradiction.
func (n EarlyNotice) Words(at At) Safe {
	return Safef("the notice for %s (%s) is before the clock began (%s)", n.Clock.Label, at(n.At), at(n.From))
}

// EarlyNotices returns the notices that were given before their clocks began.
func (r *Room) EarlyNotices() []EarlyNotice {
	var out []EarlyNotice
	for _, n := range r.Standing() {
		if d, from := r.beganAfter(n.Clock, n.At); d != nil {
			out = append(out, EarlyNotice{Clock: d, At: n.At, From: from, Seq: n.Seq})
		}
	}
	return out
}

// beganAfter returns a clock and its earliest start if that is after a time. Times are
// typed to the minute.
func (r *Room) beganAfter(id string, at time.Time) (*ClockDef, time.Time) {
	i := r.clockIndex(id)
	if i < 0 || r.Clocks[i].N == 0 {
		return nil, time.Time{}
	}
	from := r.Clocks[i].From
	for _, p := range r.Clocks[i].Past {
		if !p.From.IsZero() && p.From.Before(from) {
			from = p.From
		}
	}
	if from.IsZero() || !at.Before(from.Truncate(time.Minute)) {
		return nil, time.Time{}
	}
	return r.Plan.Clock(id), from
}

// becauseWord begins the reason of a notice that contradicts the start of its clock.
const becauseWord = "because "

// early refuses a notice that was given before its clock began, unless it has a reason.
func (a *args) early(b *NoticeGiven) error {
	if a.at.IsZero() {
		return nil
	}
	d, from := a.Room.beganAfter(b.Clock, a.at)
	_, why, _ := strings.Cut(b.Means, becauseWord)
	if d == nil || strings.TrimSpace(why) != "" {
		return nil
	}
	n := EarlyNotice{Clock: d, At: a.at, From: from}
	return Refuse(Invalid, "%s; correct one of them, or give a reason to keep both in the report: :notify %s @TIME "+
		"WHO, HOW, because REASON", n.Words(FormatTime), d.ID)
}
