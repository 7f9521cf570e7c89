package model

import (
	"slices"
	"strings"
	"time"
)

// updateDuty precedes the id of an update in the key of a duty.
const updateDuty = "/update/"

// Way is the state of delivering an update by one bridge.
type Way struct {
	Bridge   string
	All      int // number of addresses
	Sent     int
	Failed   int       // not delivered, will be retried
	Lost     int       // given up
	Cut      int       // the channel is compromised
	Tries    int       // attempts for the address that took most
	Next     time.Time // next retry
	Detail   string    // detail of the newest failure
	Expected bool      // nothing is recorded yet, but the update before used this bridge
}

// Ways returns the bridges that deliver an update, by name. A bridge without a
// recorded delivery is expected if it delivered the previous update to the same
// audience.
func (r *Room) Ways(d *Dispatch) []Way {
	out := r.waysOf(d.ID)
	for i := len(r.Dispatches) - 1; i >= 0; i-- {
		b := &r.Dispatches[i]
		if b.Audience != d.Audience || b.Seq >= d.Seq {
			continue
		}
		for _, w := range r.waysOf(b.ID) {
			if !slices.ContainsFunc(out, func(o Way) bool { return o.Bridge == w.Bridge }) {
				out = append(out, Way{Bridge: w.Bridge, All: w.All, Expected: true})
			}
		}
		break
	}
	slices.SortFunc(out, func(a, b Way) int { return strings.Compare(a.Bridge, b.Bridge) })
	return out
}

func (r *Room) waysOf(id string) []Way {
	var out []Way
	for i := range r.Deliveries {
		d := &r.Deliveries[i]
		if _, rest, ok := strings.Cut(d.Duty, updateDuty); !ok || !strings.HasPrefix(rest, id) {
			continue
		}
		n := slices.IndexFunc(out, func(w Way) bool { return w.Bridge == d.Bridge })
		if n < 0 {
			n, out = len(out), append(out, Way{Bridge: d.Bridge})
		}
		out[n].count(d)
	}
	return out
}

func (w *Way) count(d *Delivery) {
	w.All++
	w.Tries = max(w.Tries, d.Attempt)
	switch d.State {
	case DeliverySent:
		w.Sent++
		return
	case DeliveryFailed:
		w.Failed++
		if w.Next.IsZero() || d.Next.Before(w.Next) {
			w.Next = d.Next
		}
	case DeliveryGivenUp:
		w.Lost++
	case DeliveryCut:
		w.Cut++
	}
	if d.Detail != "" {
		w.Detail = d.Detail
	}
}

// Words describes the state: "slack sent", "mail 1 of 2 sent, failed, tried again
// 14:05".
func (w Way) Words(zone *time.Location) Safe {
	s := Safef("%s", w.Bridge)
	add := func(on bool, t Safe) {
		if on {
			s = JoinSafe(Lit(" "), s, t)
		}
	}
	add(w.All > 1 && w.Sent < w.All && !w.Expected, Safef("%d of %d sent", w.Sent, w.All))
	switch {
	case w.Expected:
		add(true, Lit("queued"))
	case w.Cut > 0:
		add(true, Lit("CUT"))
	case w.Lost > 0:
		add(true, Lit("FAILED, given up"))
	case w.Failed > 0:
		add(true, Safef("failed, again at %s", w.Next.In(zone).Format("15:04:05")))
	case w.Sent < w.All:
		add(true, Lit("on its way"))
	case w.Tries > 1:
		add(true, Safef("sent, try %d", w.Tries))
	default:
		add(true, Lit("sent"))
	}
	return s
}

// DispatchOf returns the update that a line records, or nil if it is not one.
func (r *Room) DispatchOf(l *Line) *Dispatch {
	if l.Kind != KindUpdateSent && l.Kind != KindUpdateApproved {
		return nil
	}
	i, ok := slices.BinarySearchFunc(r.Dispatches, l.Seq,
		func(d Dispatch, seq uint64) int { return int(int64(d.Seq) - int64(seq)) })
	if !ok {
		return nil
	}
	return &r.Dispatches[i]
}

// WayWords describes how an update is delivered by all its bridges: "[slack sent,
// mail queued]".
func (r *Room) WayWords(l *Line, zone *time.Location) Safe {
	d := r.DispatchOf(l)
	if d == nil || len(r.Deliveries) == 0 {
		return Safe{}
	}
	var out []Safe
	for _, w := range r.Ways(d) {
		out = append(out, w.Words(zone))
	}
	if len(out) == 0 {
		return Safe{}
	}
	return Safef("[%s]", JoinSafe(Lit(", "), out...))
}
