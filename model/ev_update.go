package model

import "time"

// The kinds about what went out, and what it was about.
const (
	KindUpdateSent  Kind = "update.sent"
	KindNoticeGiven Kind = "notice.given"
)

var _ = register(
	func() Body { return new(UpdateSent) }, func() Body { return new(NoticeGiven) },
)

// LastUpdate is the newest update to one audience.
type LastUpdate struct {
	At       time.Time `json:"at"`
	By       string    `json:"by"`
	Seq      uint64    `json:"seq"`
	Count    int       `json:"count"`
	Severity string    `json:"severity"` // as it stood then
}

// Dispatch is one update as it was sent, for what carries it to its audience.
type Dispatch struct {
	ID         string    `json:"id"`
	N          int       `json:"n"` // of its audience, from 1
	Seq        uint64    `json:"seq"`
	Audience   string    `json:"audience"`
	Conditions string    `json:"conditions"`
	Actions    string    `json:"actions,omitempty"`
	Needs      string    `json:"needs,omitempty"`
	By         string    `json:"by"`
	At         time.Time `json:"at"`
	RecordedAt time.Time `json:"recorded_at"`
	Severity   string    `json:"severity"` // as it stood then
}

// Notice is that somebody was told.
type Notice struct {
	Audience string    `json:"audience"`
	Clock    string    `json:"clock,omitempty"` // of law, that it was for
	Who      string    `json:"who"`
	How      string    `json:"how,omitempty"`
	At       time.Time `json:"at"` // when they were told, by the word of By
	By       string    `json:"by"`
	Seq      uint64    `json:"seq"`

	RecordedAt time.Time `json:"recorded_at"`
}

// UpdateSent is an update to an audience: conditions, actions, needs.
type UpdateSent struct {
	Audience   string `json:"audience"`
	Conditions string `json:"conditions"`
	Actions    string `json:"actions,omitempty"`
	Needs      string `json:"needs,omitempty"`
}

// Kind names the kind.
func (*UpdateSent) Kind() Kind               { return KindUpdateSent }
func (*UpdateSent) need(*Room, *Event) Power { return PowerUpdates }

func (b *UpdateSent) free() []*string { return []*string{&b.Conditions, &b.Actions, &b.Needs} }

func (b *UpdateSent) check(r *Room, _ *Event) error {
	if r.Plan.Audience(b.Audience) == nil {
		return Refuse(NotFound, "the plan knows no audience %s; it has: %s", b.Audience, r.Plan.audienceIDs())
	}
	if err := longText("update", b.Conditions, false); err != nil {
		return err
	}
	return longText("update", b.Actions+b.Needs, true)
}

func (b *UpdateSent) apply(r *Room, e *Event) {
	id := r.Plan.Audience(b.Audience).ID
	r.Updates = with(r.Updates, id, LastUpdate{At: e.At, By: e.By, Seq: e.Seq, Count: r.Updates[id].Count + 1, Severity: r.Severity})
	r.Dispatches = push(r.Dispatches, Dispatch{ID: e.ID, N: r.Updates[id].Count, Seq: e.Seq, Audience: id, Conditions: b.Conditions, Actions: b.Actions, Needs: b.Needs,
		By: e.By, At: e.At, RecordedAt: e.RecordedAt, Severity: r.Severity})
	r.meetAudience(id, e)
}

// meetAudience meets the clocks of the plan, not of law, that run for an
// audience, or that run on when their severity is set again.
func (r *Room) meetAudience(id string, e *Event) {
	for i, c := range r.Clocks {
		d := r.Plan.Clock(c.ID)
		if d != nil && d.Audience == id && !d.Law && (c.runs() || c.paused(d)) {
			r.meet(i, e)
		}
	}
}

func (b *UpdateSent) line(r *Room, _ *Event) Safe {
	s := Safef("to %s: %s", r.Plan.Audience(b.Audience).Label, Clean(b.Conditions))
	if b.Actions != "" {
		s = Safef("%s | actions: %s", s, Clean(b.Actions))
	}
	if b.Needs != "" {
		s = Safef("%s | needs: %s", s, Clean(b.Needs))
	}
	return s
}

// NoticeGiven says who was told, and how.
type NoticeGiven struct {
	Audience string `json:"audience"`
	Clock    string `json:"clock,omitempty"` // the clock of law that it meets
	Who      string `json:"who"`
	How      string `json:"how,omitempty"`
}

// Kind names the kind.
func (*NoticeGiven) Kind() Kind { return KindNoticeGiven }

func (b *NoticeGiven) free() []*string { return []*string{&b.Who, &b.How} }

func (b *NoticeGiven) need(r *Room, e *Event) Power {
	if r.Has(e.By, e.Key, PowerExposure) && b.Clock != "" {
		return PowerExposure
	}
	return PowerUpdates
}

func (b *NoticeGiven) check(r *Room, _ *Event) error {
	if r.Plan.Audience(b.Audience) == nil {
		return Refuse(NotFound, "the plan knows no audience %s; it has: %s", b.Audience, r.Plan.audienceIDs())
	}
	if b.Clock != "" && r.Plan.Clock(b.Clock) == nil {
		return Refuse(NotFound, "the plan knows no clock %s; it has: %s", b.Clock, r.Plan.clockIDs())
	}
	if err := oneLine("name of who was told", b.Who, 200); err != nil {
		return err
	}
	return longText("way", b.How, true)
}

func (b *NoticeGiven) apply(r *Room, e *Event) {
	id := r.Plan.Audience(b.Audience).ID
	r.Notices = push(r.Notices, Notice{Audience: id, Clock: b.Clock, Who: b.Who, How: b.How, At: e.At, By: e.By, Seq: e.Seq, RecordedAt: e.RecordedAt})
	if i := r.clockIndex(b.Clock); i >= 0 {
		if r.Clocks[i].MetAt.IsZero() && r.Clocks[i].Waived == "" {
			r.meet(i, e)
		}
		return
	}
	r.meetAudience(id, e)
}

func (b *NoticeGiven) line(r *Room, _ *Event) Safe {
	s := Safef("%s: %s", r.Plan.Audience(b.Audience).Label, b.Who)
	if d := r.Plan.Clock(b.Clock); d != nil {
		s = Safef("%s: %s", d.Label, b.Who)
	}
	if b.How != "" {
		s = Safef("%s, %s", s, b.How)
	}
	return s
}
