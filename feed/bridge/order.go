package bridge

import (
	"slices"
	"time"

	"warroom/model"
)

// orderTries is the number of attempts after which a duty that still fails no longer holds up
// those that follow it.
const orderTries = 10

// ordered returns the keys of the duties that have to wait for an earlier one of the same order,
// and of those that are retried before their delay is over, because a new one waits for them.
func ordered(room *model.Room, left []todo, now time.Time) (waits, early map[string]bool) {
	var first map[order]todo
	waits, early = map[string]bool{}, map[string]bool{}
	for _, t := range slices.SortedStableFunc(slices.Values(left), func(a, b todo) int {
		return a.Since.Compare(b.Since)
	}) {
		o := order{l: t.l, name: t.Order}
		switch f, is := first[o]; {
		case t.Order == "" || t.over(now):
		case is:
			waits[t.Key] = true
			early[f.Key] = early[f.Key] || f.failed && !t.begun && t.tries == 0
		case !isStuck(room, t):
			if first == nil {
				first = map[order]todo{}
			}
			first[o] = t
		}
	}
	return waits, early
}

// order identifies duties that are delivered in their order.
type order struct {
	l    *deliveryQueue
	name string
}

// isStuck reports whether a duty failed while the service took something else from the room, or
// too often.
func isStuck(room *model.Room, t todo) bool {
	w, _ := room.Delivery(t.Key)
	if w.State != model.DeliveryFailed && w.State != model.DeliverySending {
		return false
	}
	return w.Attempt >= orderTries || w.State == model.DeliveryFailed &&
		slices.ContainsFunc(room.Deliveries, func(d model.Delivery) bool {
			return d.Bridge == w.Bridge && d.State == model.DeliverySent && d.At.After(w.Begun) && d.At.Before(w.At)
		})
}
