package model

import (
	"slices"
	"strings"
	"time"
)

// KindDeliveryRecorded is the kind of the result of a bridge's work.
const KindDeliveryRecorded Kind = "delivery.recorded"

var _ = register(bodyOf[DeliveryRecorded](KindDeliveryRecorded))

// DeliveryState is the state of a delivery.
type DeliveryState string

// The states of a delivery.
const (
	DeliverySending DeliveryState = "sending"  // claimed by a process
	DeliverySent    DeliveryState = "sent"     // accepted by the service
	DeliveryFailed  DeliveryState = "failed"   // will be retried
	DeliveryGivenUp DeliveryState = "given-up" // will not be retried
	DeliveryCut     DeliveryState = "cut"      // not sent, since its channel is compromised
)

var deliveryStates = []DeliveryState{DeliverySending, DeliverySent, DeliveryFailed, DeliveryGivenUp, DeliveryCut}

// DeliveryLease is how long a delivery is reserved for the process that claimed it.
// After that another process may claim it, since the first one may have crashed or
// lost the log.
const DeliveryLease = time.Minute

// Limits on deliveries.
const (
	maxDuty       = 200
	maxBridge     = 32
	maxDelivery   = 600  // bytes of text in one delivery
	maxDeliveries = 5000 // in a room
)

// DeliveryRecorded records the state of a duty: something that a bridge has to
// deliver out of the room. No event records duties themselves; they follow from the
// room and from the configuration of the process that hosts the hub.
type DeliveryRecorded struct {
	Duty    string        `json:"duty"`   // key of the duty, the same at every host
	Bridge  string        `json:"bridge"` // name of the bridge
	What    string        `json:"what,omitempty"`
	State   DeliveryState `json:"state"`
	Attempt int           `json:"attempt,omitempty"`
	Ref     string        `json:"ref,omitempty"`    // id or address at the service
	Detail  string        `json:"detail,omitempty"` // response of the service
	Next    *time.Time    `json:"next,omitempty"`   // when it will be retried
	Link    string        `json:"link,omitempty"`   // address for people, which the room keeps
}

func (*DeliveryRecorded) need(*Room, *Event) Power { return PowerAuthority }

func (b *DeliveryRecorded) free() []*string { return []*string{&b.What, &b.Detail} }

// hidden keeps claimed deliveries out of the timeline.
func (b *DeliveryRecorded) hidden() bool { return b.State == DeliverySending }

func (b *DeliveryRecorded) check(r *Room, e *Event) error {
	switch {
	case r.Drill:
		return Refuse(Conflict, "this is a drill: nothing is sent")
	case !ValidHandle(b.Bridge):
		return Refuse(Invalid, "the delivery names no bridge")
	case !slices.Contains(deliveryStates, b.State) || b.Attempt < 0 || b.Attempt > 1<<20:
		return Refuse(Invalid, "the delivery has an unknown state")
	case b.State == DeliverySending && r.ChannelCut(b.Bridge):
		return Refuse(Forbidden, "%s is compromised and not used", b.Bridge)
	case len(b.What)+len(b.Ref)+len(b.Detail) > maxDelivery:
		return Refuse(Invalid, "a field of the delivery is longer than its limit")
	}
	if err := oneLine("duty", b.Duty, maxDuty); err != nil {
		return err
	}
	if b.Link != LinkOr(b.Link, "") {
		return Refuse(Invalid, "the link of the delivery is not a web address")
	}
	if err := validText("delivery", b.What+b.Ref+b.Detail); err != nil {
		return err
	}
	return b.order(r, e)
}

// order refuses a delivery that another process has claimed or completed.
func (b *DeliveryRecorded) order(r *Room, e *Event) error {
	d, ok := r.Delivery(b.Duty)
	switch {
	case !ok && len(r.Deliveries) >= maxDeliveries:
		return Refuse(Conflict, "the room has %d deliveries, which is the limit", maxDeliveries)
	case !ok:
		return nil
	case d.State == DeliveryCut && b.State == DeliveryCut:
		return Refuse(Conflict, "the delivery is already recorded")
	case d.State == DeliverySent:
		return Refuse(Conflict, "it was already delivered, at %s", FormatTime(d.At))
	case b.State == DeliverySent || d.Key == e.Key:
		return nil
	case d.Busy(e.RecordedAt):
		return Refuse(Conflict, "another process has reserved this delivery until %s", FormatTime(d.until()))
	case b.State == DeliveryFailed:
		return Refuse(Conflict, "another process is responsible for this delivery")
	}
	return nil
}

func (b *DeliveryRecorded) apply(r *Room, e *Event) {
	i := slices.IndexFunc(r.Deliveries, func(d Delivery) bool { return d.Duty == b.Duty })
	d := Delivery{Duty: b.Duty, Bridge: b.Bridge, Begun: e.RecordedAt}
	if i >= 0 {
		d = r.Deliveries[i]
	}
	d.State, d.At, d.Seq, d.Key, d.By, d.Attempt, d.Detail, d.Next = b.State, e.RecordedAt, e.Seq, e.Key, e.By,
		b.Attempt, b.Detail, time.Time{}
	if b.Next != nil {
		d.Next = b.Next.UTC()
	}
	if b.Ref != "" {
		d.Ref = b.Ref
	}
	if b.What != "" {
		d.What = b.What
	}
	b.link(r, e)
	if page, ok := strings.CutPrefix(b.Duty, "page/"); ok && b.State == DeliverySent && r.Rules >= rulesPages {
		purpose, _, _ := strings.Cut(page, "/")
		r.finishPaging(purpose, e)
	}
	if i < 0 {
		r.Deliveries = push(r.Deliveries, d)
		return
	}
	r.Deliveries = set(r, r.Deliveries, i, d)
}

// followDuty precedes the id of a follow-up in the key of a duty.
const followDuty = "/follow-up/"

// link stores the address of what was created, at its follow-up or in the room.
func (b *DeliveryRecorded) link(r *Room, e *Event) {
	if b.Link == "" {
		return
	}
	if _, id, ok := strings.Cut(b.Duty, followDuty); ok {
		if i := r.followup(id); i >= 0 && !slices.Contains(r.Followups[i].Tickets, b.Link) {
			f := r.Followups[i]
			f.Tickets = push(f.Tickets, b.Link)
			r.Followups = set(r, r.Followups, i, f)
		}
		return
	}
	if !slices.ContainsFunc(r.Links, func(l LinkedTo) bool { return l.URL == b.Link }) {
		r.Links = push(r.Links, LinkedTo{System: b.Bridge, URL: b.Link, Title: b.What, By: e.By, At: e.At})
	}
}

// LinkOr returns s if it is an address that people can open, and instead otherwise.
func LinkOr(s, instead string) string {
	if (strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://")) && len(s) <= maxDelivery &&
		!strings.ContainsAny(s, " \n\r\t") && CleanLine(s).String() == s {
		return s
	}
	return instead
}

func (b *DeliveryRecorded) line(r *Room, _ *Event) Safe {
	what := b.What
	if d, ok := r.Delivery(b.Duty); ok && what == "" {
		what = d.What
	}
	if what == "" {
		what = b.Duty
	}
	s := Safef("%s: %s: %s", b.Bridge, CleanLine(what), b.State.words())
	if b.Detail != "" {
		s = Safef("%s: %s", s, CleanLine(b.Detail))
	}
	if b.Ref != "" {
		s = Safef("%s (%s)", s, CleanLine(b.Ref))
	}
	return s
}

// words formats the state.
func (s DeliveryState) words() Safe {
	switch s {
	case DeliverySending:
		return Lit("on its way")
	case DeliverySent:
		return Lit("delivered")
	case DeliveryFailed:
		return Lit("not delivered yet, will be retried")
	case DeliveryGivenUp:
		return Lit("not delivered, no further tries")
	}
	return Lit("not sent: the channel is compromised")
}

// Words formats the state for people.
func (s DeliveryState) Words() Safe { return s.words() }

// Delivery is the recorded state of one duty.
type Delivery struct {
	Duty    string        `json:"duty"`
	Bridge  string        `json:"bridge"`
	What    string        `json:"what,omitempty"`
	State   DeliveryState `json:"state"`
	Attempt int           `json:"attempt,omitempty"`
	Begun   time.Time     `json:"begun"` // when it was first claimed
	At      time.Time     `json:"at"`    // when the state was recorded
	Seq     uint64        `json:"seq"`
	Key     string        `json:"key"` // key of the process that claimed it
	By      string        `json:"by"`
	Ref     string        `json:"ref,omitempty"`
	Detail  string        `json:"detail,omitempty"`
	Next    time.Time     `json:"next,omitzero"`
}

// Over reports whether nothing more will be done about the delivery.
func (d Delivery) Over() bool { return d.State != DeliverySending && d.State != DeliveryFailed }

// Busy reports whether the delivery is reserved for the process that claimed it.
func (d Delivery) Busy(now time.Time) bool { return !d.Over() && now.Before(d.until()) }

func (d Delivery) until() time.Time {
	if d.Next.After(d.At) {
		return d.Next.Add(DeliveryLease)
	}
	return d.At.Add(DeliveryLease)
}

// Delivery returns the state of a duty, and whether one is recorded.
func (r *Room) Delivery(duty string) (Delivery, bool) {
	for i := len(r.Deliveries) - 1; i >= 0; i-- {
		if r.Deliveries[i].Duty == duty {
			return r.Deliveries[i], true
		}
	}
	return Delivery{}, false
}

// BridgeProblem is a bridge that failed to deliver something from a room.
type BridgeProblem struct {
	Bridge  string
	Since   time.Time // when the oldest failed delivery was first claimed
	Waiting int       // number of failed deliveries
	Detail  string    // detail of the newest failure
	Next    time.Time // next retry
	GivenUp bool      // some of them will not be retried
}

// problemWindow is how long an abandoned delivery is shown as a problem.
const problemWindow = 10 * time.Minute

// BridgeProblems returns the bridges with failed deliveries, by name.
func (r *Room) BridgeProblems(now time.Time) []BridgeProblem {
	var out []BridgeProblem
	for _, d := range r.Deliveries {
		late := d.State == DeliverySending && now.Sub(d.At) > DeliveryLease
		if given := d.State == DeliveryGivenUp && now.Sub(d.At) < problemWindow; d.State != DeliveryFailed && !late &&
			!given {
			continue
		}
		i := slices.IndexFunc(out, func(t BridgeProblem) bool { return t.Bridge == d.Bridge })
		if i < 0 {
			i, out = len(out), append(out, BridgeProblem{Bridge: d.Bridge, Since: d.Begun})
		}
		t := &out[i]
		t.Waiting++
		if d.Begun.Before(t.Since) {
			t.Since = d.Begun
		}
		if d.Detail != "" {
			t.Detail = d.Detail
		}
		if !d.Next.IsZero() && (t.Next.IsZero() || d.Next.Before(t.Next)) {
			t.Next = d.Next
		}
		t.GivenUp = t.GivenUp || d.State == DeliveryGivenUp
	}
	slices.SortFunc(out, func(a, b BridgeProblem) int { return strings.Compare(a.Bridge, b.Bridge) })
	return out
}

// Words describes the problem in one sentence.
func (t BridgeProblem) Words(zone *time.Location) Safe {
	s := Safef("%s: %d not delivered since %s", t.Bridge, t.Waiting, t.Since.In(zone).Format("15:04"))
	if t.Detail != "" {
		s = Safef("%s: %s", s, CleanLine(t.Detail))
	}
	switch {
	case !t.Next.IsZero():
		return Safef("%s; next try at %s", s, t.Next.In(zone).Format("15:04"))
	case t.GivenUp:
		return Safef("%s; no further tries", s)
	}
	return s
}
