package model

import "time"

var _ = register(bodyOf[ItemDue](KindItemDue))

// maxDue is how far in the future a due time may be.
const maxDue = 366 * 24 * time.Hour

// ItemDue sets when an item is due. The newest counts; the zero time removes the due
// time.
type ItemDue struct {
	Item   string    `json:"item"`
	Due    time.Time `json:"due,omitzero"`
	Reason string    `json:"reason,omitempty"`
}

func (b *ItemDue) free() []*string { return []*string{&b.Reason} }

func (b *ItemDue) check(r *Room, e *Event) error {
	if err := r.hasItem(b.Item); err != nil {
		return err
	}
	it := r.ItemByID(b.Item)
	switch {
	case r.Settled(it):
		return Refuse(Conflict, "item %d is %s, so nothing is due", it.N, string(it.State))
	case b.Due.IsZero() && it.Due.IsZero():
		return Refuse(Conflict, "item %d has no due time to remove", it.N)
	case !b.Due.IsZero() && !b.Due.After(e.RecordedAt):
		return Refuse(Invalid, "%s is in the past; give a time in the future, as in :due %d 45m", FormatTime(b.Due),
			it.N)
	case b.Due.Sub(e.RecordedAt) > maxDue:
		return Refuse(Invalid, "%s is more than a year ahead; an item is due during the incident", FormatTime(b.Due))
	case b.Due.Equal(it.Due):
		return Refuse(Conflict, "item %d is already due then", it.N)
	}
	return longText("reason", b.Reason, true)
}

func (b *ItemDue) apply(r *Room, _ *Event) {
	r.changeItem(b.Item, func(it *Item) { it.Due = b.Due.UTC() })
}

func (b *ItemDue) line(r *Room, _ *Event) Safe {
	it := r.ItemByID(b.Item)
	if b.Due.IsZero() {
		return because(Safef("%d  %s: due time removed", it.N, it.Text), b.Reason)
	}
	return because(Safef("%d  %s: due %s", it.N, it.Text, FormatTime(b.Due)), b.Reason)
}

// ItemOverdue reports whether an item is open past its due time.
func (r *Room) ItemOverdue(it *Item, now time.Time) bool {
	return !it.Due.IsZero() && !now.Before(it.Due) && !r.Settled(it)
}
