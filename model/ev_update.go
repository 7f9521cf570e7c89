package model

import "time"

// The kinds of updates and notices that were sent.
const (
	KindUpdateSent  Kind = "update.sent"
	KindNoticeGiven Kind = "notice.given"
)

var _ = register(
	bodyOf[UpdateSent](KindUpdateSent), bodyOf[NoticeGiven](KindNoticeGiven),
)

// LastUpdate is the newest update to one audience.
type LastUpdate struct {
	At       time.Time `json:"at"`
	By       string    `json:"by"`
	Seq      uint64    `json:"seq"`
	Count    int       `json:"count"`
	Severity string    `json:"severity"` // severity at that time
}

// Dispatch is one update as it was sent, for the bridges that deliver it.
type Dispatch struct {
	ID         string    `json:"id"`
	N          int       `json:"n"` // number of the update to its audience, from 1
	Seq        uint64    `json:"seq"`
	Audience   string    `json:"audience"`
	Conditions string    `json:"conditions"`
	Actions    string    `json:"actions,omitempty"`
	Needs      string    `json:"needs,omitempty"`
	By         string    `json:"by"`
	At         time.Time `json:"at"`
	RecordedAt time.Time `json:"recorded_at"`
	Severity   string    `json:"severity"` // severity at that time

	ApprovedBy string `json:"approved_by,omitempty"` // who approved the draft by By
}

// Notice records that somebody was notified.
type Notice struct {
	Audience string    `json:"audience"`
	Clock    string    `json:"clock,omitempty"` // the legal clock that it is for
	Who      string    `json:"who"`
	Means    string    `json:"how,omitempty"`
	At       time.Time `json:"at"` // when they were notified, as reported by By
	By       string    `json:"by"`
	Seq      uint64    `json:"seq"`

	RecordedAt time.Time `json:"recorded_at"`
	Undone     *Undone   `json:"undone,omitempty"` // it was retracted: nobody was notified
}

// UpdateSent is an update to an audience: conditions, actions, needs.
type UpdateSent struct {
	Audience   string `json:"audience"`
	Conditions string `json:"conditions"`
	Actions    string `json:"actions,omitempty"`
	Needs      string `json:"needs,omitempty"`
}

func (*UpdateSent) need(*Room, *Event) Power { return PowerUpdates }

func (b *UpdateSent) free() []*string { return []*string{&b.Conditions, &b.Actions, &b.Needs} }

func (b *UpdateSent) check(r *Room, e *Event) error {
	if err := b.checkText(r); err != nil {
		return err
	}
	if d := r.Plan.Audience(b.Audience); d.Approval && !r.mayApprove(e.By, e.Key) {
		return Refuse(Forbidden,
			"an update to %s needs the approval of %s first: :update %s TEXT drafts it, :approve N sends it",
			d.Label, r.approver(), d.ID)
	}
	return nil
}

// checkText refuses an audience that the plan does not have, and a text that is too
// long.
func (b *UpdateSent) checkText(r *Room) error {
	if r.Plan.Audience(b.Audience) == nil {
		return Refuse(NotFound, "the plan has no audience %s; it has: %s", b.Audience, r.Plan.audienceIDs())
	}
	if err := longText("update", b.Conditions, false); err != nil {
		return err
	}
	return longText("update", b.Actions+b.Needs, true)
}

// impact describes that sending takes no further step.
func (b *UpdateSent) impact(r *Room) Safe {
	return b.unapproved(r, Safef("the update is sent to %s at once", r.audienceLabel(b.Audience)))
}

// impactBy is impact where the receivers of the audience are known; if empty, there are none.
func (b *UpdateSent) impactBy(r *Room, receivers Safe) Safe {
	label := r.audienceLabel(b.Audience)
	switch {
	case r.Drill:
		return b.unapproved(r, Safef("the update to %s is only recorded: nothing is sent from a drill", label))
	case receivers.IsEmpty():
		return b.unapproved(r, Safef("the update to %s is only recorded: no bridge is configured for them", label))
	}
	return b.unapproved(r, Safef("the update is sent to %s at once: %s", label, receivers))
}

// unapproved appends to s that nobody else has to approve the update, if the plan wants that,
// and the internal names in it.
func (b *UpdateSent) unapproved(r *Room, s Safe) Safe {
	if d := r.Plan.Audience(b.Audience); d != nil && d.Approval {
		s = Safef("%s; nobody else approves it; `:update %s draft` makes a draft", s, d.ID)
	}
	return b.namesInside(r, s)
}

// audienceLabel returns the label of an audience, or its id if the plan does not have it.
func (r *Room) audienceLabel(id string) Safe {
	if d := r.Plan.Audience(id); d != nil {
		return CleanLine(d.Label)
	}
	return CleanLine(id)
}

func (b *UpdateSent) apply(r *Room, e *Event) {
	r.dispatch(b, e.By, "", e)
	for i := range r.Drafts {
		if d := r.Drafts[i]; d.Waits() && d.Audience == r.Plan.Audience(b.Audience).ID {
			d.Instead = e.Seq
			r.Drafts = set(r, r.Drafts, i, d)
		}
	}
}

// dispatch sends an update that somebody wrote and, if the plan requires it, that
// somebody else approved.
func (r *Room) dispatch(b *UpdateSent, by, approved string, e *Event) {
	id := r.Plan.Audience(b.Audience).ID
	r.Updates = with(r.Updates, id,
		LastUpdate{At: e.At, By: by, Seq: e.Seq, Count: r.Updates[id].Count + 1, Severity: r.Severity})
	r.Dispatches, r.owned.dispatches = grown(r, r.Dispatches, r.owned.dispatches,
		Dispatch{ID: e.ID, N: r.Updates[id].Count, Seq: e.Seq, Audience: id, Conditions: b.Conditions,
			Actions: b.Actions, Needs: b.Needs,
			By: by, At: e.At, RecordedAt: e.RecordedAt, Severity: r.Severity, ApprovedBy: approved})
	r.meetAudience(id, e)
}

// meetAudience meets the clocks of an audience, other than legal clocks, that run
// or that resume when their severity is set again.
func (r *Room) meetAudience(id string, e *Event) {
	for i, c := range r.Clocks {
		d := r.Plan.Clock(c.ID)
		if d != nil && d.Audience == id && !d.Law && (c.Runs() || c.paused(d)) {
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

// NoticeGiven records who was notified, and how.
type NoticeGiven struct {
	Audience string `json:"audience"`
	Clock    string `json:"clock,omitempty"` // the legal clock that it meets
	Who      string `json:"who"`
	Means    string `json:"how,omitempty"`
}

func (b *NoticeGiven) free() []*string { return []*string{&b.Who, &b.Means} }

func (b *NoticeGiven) need(r *Room, e *Event) Power {
	if r.Has(e.By, e.Key, PowerExposure) && b.Clock != "" {
		return PowerExposure
	}
	return PowerUpdates
}

func (b *NoticeGiven) check(r *Room, _ *Event) error {
	if r.Plan.Audience(b.Audience) == nil {
		return Refuse(NotFound, "the plan has no audience %s; it has: %s", b.Audience, r.Plan.audienceIDs())
	}
	if b.Clock != "" && r.Plan.Clock(b.Clock) == nil {
		return Refuse(NotFound, "the plan has no clock %s; it has: %s", b.Clock, r.Plan.clockIDs())
	}
	if err := oneLine("name of the person who was notified", b.Who, 200); err != nil {
		return err
	}
	return longText("way", b.Means, true)
}

func (b *NoticeGiven) apply(r *Room, e *Event) {
	id := r.Plan.Audience(b.Audience).ID
	r.Notices = push(r.Notices,
		Notice{Audience: id, Clock: b.Clock, Who: b.Who, Means: b.Means, At: e.At, By: e.By, Seq: e.Seq,
			RecordedAt: e.RecordedAt})
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
	if b.Means != "" {
		s = Safef("%s, %s", s, b.Means)
	}
	return s
}
