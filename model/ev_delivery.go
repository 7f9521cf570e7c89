package model

import (
	"slices"
	"strings"
	"time"
)

// KindDeliveryRecorded is the kind about what a bridge did.
const KindDeliveryRecorded Kind = "delivery.recorded"

var _ = register(func() Body { return new(DeliveryRecorded) })

// DeliveryState is how far a duty is.
type DeliveryState string

// The states of a delivery.
const (
	DeliverySending DeliveryState = "sending"  // somebody has taken it on
	DeliverySent    DeliveryState = "sent"     // the service has it
	DeliveryFailed  DeliveryState = "failed"   // it is tried again
	DeliveryGivenUp DeliveryState = "given-up" // it is not
	DeliveryCut     DeliveryState = "cut"      // its channel is compromised: nothing left
)

var deliveryStates = []DeliveryState{DeliverySending, DeliverySent, DeliveryFailed, DeliveryGivenUp, DeliveryCut}

// DeliveryLease is how long a delivery belongs to who took it on. After that
// another may take it: whoever had it has died, or cannot reach the log.
const DeliveryLease = time.Minute

// The bounds of one delivery.
const (
	maxDuty       = 200
	maxBridge     = 32
	maxDelivery   = 600  // bytes of a text in it
	maxDeliveries = 5000 // in a room
)

// DeliveryRecorded says what became of a duty: something that has to leave the
// room by a bridge. The duties themselves are in no event: they follow from the
// room and from the configuration of whoever hosts.
type DeliveryRecorded struct {
	Duty    string        `json:"duty"`   // its key: what it is, and of what; the same at every host
	Bridge  string        `json:"bridge"` // which way it goes
	What    string        `json:"what,omitempty"`
	State   DeliveryState `json:"state"`
	Attempt int           `json:"attempt,omitempty"`
	Ref     string        `json:"ref,omitempty"`    // id or address at the service
	Detail  string        `json:"detail,omitempty"` // what the service said
	Next    *time.Time    `json:"next,omitempty"`   // when it is tried again
	Link    string        `json:"link,omitempty"`   // where people find it, which the room keeps
}

// Kind names the kind.
func (*DeliveryRecorded) Kind() Kind               { return KindDeliveryRecorded }
func (*DeliveryRecorded) need(*Room, *Event) Power { return PowerAuthority }

func (b *DeliveryRecorded) free() []*string { return []*string{&b.What, &b.Detail} }

// quiet keeps from the timeline that something is on its way.
func (b *DeliveryRecorded) quiet() bool { return b.State == DeliverySending }

func (b *DeliveryRecorded) check(r *Room, e *Event) error {
	switch {
	case r.Drill:
		return Refuse(Conflict, "this is a drill: nothing leaves it")
	case !ValidHandle(b.Bridge):
		return Refuse(Invalid, "the delivery names no bridge")
	case !slices.Contains(deliveryStates, b.State) || b.Attempt < 0 || b.Attempt > 1<<20:
		return Refuse(Invalid, "the delivery has no state that there is")
	case b.State == DeliverySending && r.ChannelCut(b.Bridge):
		return Refuse(Forbidden, "%s is compromised: nothing goes over it", b.Bridge)
	case len(b.What)+len(b.Ref)+len(b.Detail) > maxDelivery:
		return Refuse(Invalid, "the delivery has more in it than a delivery may have")
	}
	if err := oneLine("duty", b.Duty, maxDuty); err != nil {
		return err
	}
	if b.Link != LinkOr(b.Link, "") {
		return Refuse(Invalid, "the delivery has a link that is none")
	}
	if err := validText("delivery", b.What+b.Ref+b.Detail); err != nil {
		return err
	}
	return b.order(r, e)
}

// order refuses what another was faster with: of all who see the same duty one
// delivers it.
func (b *DeliveryRecorded) order(r *Room, e *Event) error {
	d, ok := r.Delivery(b.Duty)
	switch {
	case !ok && len(r.Deliveries) >= maxDeliveries:
		return Refuse(Conflict, "the room has %d deliveries; no more fit", maxDeliveries)
	case !ok:
		return nil
	case d.State == DeliveryCut && b.State == DeliveryCut:
		return Refuse(Conflict, "that is known already")
	case d.State == DeliverySent:
		return Refuse(Conflict, "it was delivered already, at %s", Stamp(d.At))
	case b.State == DeliverySent || d.Key == e.Key:
		return nil
	case d.Busy(e.RecordedAt):
		return Refuse(Conflict, "another has it in hand, until %s", Stamp(d.until()))
	case b.State == DeliveryFailed:
		return Refuse(Conflict, "it was not this one's to deliver")
	}
	return nil
}

func (b *DeliveryRecorded) apply(r *Room, e *Event) {
	i := slices.IndexFunc(r.Deliveries, func(d Delivery) bool { return d.Duty == b.Duty })
	d := Delivery{Duty: b.Duty, Bridge: b.Bridge, Begun: e.RecordedAt}
	if i >= 0 {
		d = r.Deliveries[i]
	}
	d.State, d.At, d.Seq, d.Key, d.By, d.Attempt, d.Detail, d.Next = b.State, e.RecordedAt, e.Seq, e.Key, e.By, b.Attempt, b.Detail, time.Time{}
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
	if i < 0 {
		r.Deliveries = push(r.Deliveries, d)
		return
	}
	r.Deliveries = set(r.Deliveries, i, d)
}

// followDuty is what stands in the key of a duty before the id of a follow-up.
const followDuty = "/follow-up/"

// link keeps where people find what was made: at its follow-up, or in the room.
func (b *DeliveryRecorded) link(r *Room, e *Event) {
	if b.Link == "" {
		return
	}
	if _, id, ok := strings.Cut(b.Duty, followDuty); ok {
		if i := r.followup(id); i >= 0 && !slices.Contains(r.Followups[i].Tickets, b.Link) {
			f := r.Followups[i]
			f.Tickets = push(f.Tickets, b.Link)
			r.Followups = set(r.Followups, i, f)
		}
		return
	}
	if !slices.ContainsFunc(r.Links, func(l LinkedTo) bool { return l.URL == b.Link }) {
		r.Links = push(r.Links, LinkedTo{System: b.Bridge, URL: b.Link, Title: b.What, By: e.By, At: e.At})
	}
}

// LinkOr returns an address that people can follow, or else something instead.
func LinkOr(s, instead string) string {
	if (strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://")) && len(s) <= maxDelivery && !strings.ContainsAny(s, " \n\r\t") && CleanLine(s).String() == s {
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

// words say a state to people.
func (s DeliveryState) words() Safe {
	switch s {
	case DeliverySending:
		return Lit("on its way")
	case DeliverySent:
		return Lit("delivered")
	case DeliveryFailed:
		return Lit("not delivered, it is tried again")
	case DeliveryGivenUp:
		return Lit("not delivered, given up")
	}
	return Lit("not sent, the channel is compromised")
}

// Words say a state to people.
func (s DeliveryState) Words() Safe { return s.words() }

// Delivery is what the log says of one duty.
type Delivery struct {
	Duty    string        `json:"duty"`
	Bridge  string        `json:"bridge"`
	What    string        `json:"what,omitempty"`
	State   DeliveryState `json:"state"`
	Attempt int           `json:"attempt,omitempty"`
	Begun   time.Time     `json:"begun"` // when it was taken on first
	At      time.Time     `json:"at"`    // when the state was recorded
	Seq     uint64        `json:"seq"`
	Key     string        `json:"key"` // who has it in hand
	By      string        `json:"by"`
	Ref     string        `json:"ref,omitempty"`
	Detail  string        `json:"detail,omitempty"`
	Next    time.Time     `json:"next,omitzero"`
}

// Over says whether nobody has to do anything about it any more.
func (d Delivery) Over() bool { return d.State != DeliverySending && d.State != DeliveryFailed }

// Busy says whether a delivery belongs to who took it on, at a time.
func (d Delivery) Busy(now time.Time) bool { return !d.Over() && now.Before(d.until()) }

func (d Delivery) until() time.Time {
	if d.Next.After(d.At) {
		return d.Next.Add(DeliveryLease)
	}
	return d.At.Add(DeliveryLease)
}

// Delivery returns what became of a duty.
func (r *Room) Delivery(duty string) (Delivery, bool) {
	for i := len(r.Deliveries) - 1; i >= 0; i-- {
		if r.Deliveries[i].Duty == duty {
			return r.Deliveries[i], true
		}
	}
	return Delivery{}, false
}

// BridgeTrouble is a bridge that does not do its work in a room.
type BridgeTrouble struct {
	Bridge  string
	Since   time.Time // when the oldest of what did not go out was taken on
	Waiting int       // what did not go out
	Detail  string    // of the newest failure
	Next    time.Time // when it is tried again
	GivenUp bool      // some of it is not tried again
}

// troubleFor is how long a delivery that was given up is called to mind.
const troubleFor = 10 * time.Minute

// BridgeTroubles are the bridges by which something did not go out, by name.
func (r *Room) BridgeTroubles(now time.Time) []BridgeTrouble {
	var out []BridgeTrouble
	for _, d := range r.Deliveries {
		late := d.State == DeliverySending && now.Sub(d.At) > DeliveryLease
		if given := d.State == DeliveryGivenUp && now.Sub(d.At) < troubleFor; d.State != DeliveryFailed && !late && !given {
			continue
		}
		i := slices.IndexFunc(out, func(t BridgeTrouble) bool { return t.Bridge == d.Bridge })
		if i < 0 {
			i, out = len(out), append(out, BridgeTrouble{Bridge: d.Bridge, Since: d.Begun})
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
	slices.SortFunc(out, func(a, b BridgeTrouble) int { return strings.Compare(a.Bridge, b.Bridge) })
	return out
}

// Words say the trouble in one sentence.
func (t BridgeTrouble) Words(zone *time.Location) Safe {
	s := Safef("%s: %d not delivered since %s", t.Bridge, t.Waiting, t.Since.In(zone).Format("15:04"))
	if t.Detail != "" {
		s = Safef("%s: %s", s, CleanLine(t.Detail))
	}
	switch {
	case !t.Next.IsZero():
		return Safef("%s; tried again at %s", s, t.Next.In(zone).Format("15:04"))
	case t.GivenUp:
		return Safef("%s; not tried again", s)
	}
	return s
}
