package report

import (
	"time"

	"warroom/model"
)

// walk is what is seen on the way through a log and is not in the room at its
// end: which entry did what.
type walk struct {
	room  *model.Room
	marks map[string][]mark // of a clock, by id
	items map[string]uint64 // the entry that an item's state is from
}

// mark is what an entry did to a clock.
type mark struct {
	what   string // met, late, stopped, waived
	seq    uint64
	by     string
	at     time.Time
	due    time.Time
	length time.Duration
}

// off is how much later than due it was; negative: how much earlier.
func (m mark) off() time.Duration { return m.at.Sub(m.due) }

// walked folds a log and keeps what each event did to clocks and items.
func walked(events []*model.Event) *walk {
	w := &walk{room: model.NewRoom(), marks: map[string][]mark{}, items: map[string]uint64{}}
	for _, e := range events {
		was := w.room
		w.room = model.Apply(was, e)
		if len(was.Clocks) == len(w.room.Clocks) {
			w.clocks(was, e)
		}
		w.itemsOf(was, e)
	}
	return w
}

// clocks notes what changed between the room before and the one after an
// event.
func (w *walk) clocks(was *model.Room, e *model.Event) {
	for i, is := range w.room.Clocks {
		before := was.Clocks[i]
		m := mark{seq: e.Seq, by: e.By, at: w.room.RecordedAt, due: before.DueAt, length: w.room.Plan.Clock(is.ID).Length(was.Severity)}
		switch {
		case before.Waived == "" && is.Waived != "":
			m.what = "waived"
		case before.MetAt.IsZero() && !is.MetAt.IsZero():
			m.what, m.due = "met", is.DueAt
		case is.OnTime > before.OnTime:
			m.what = "met"
		case is.Late > before.Late:
			m.what = "late"
		case before.StoodAt.IsZero() && !is.StoodAt.IsZero():
			m.what = "stopped"
		default:
			continue
		}
		w.marks[is.ID] = append(w.marks[is.ID], m)
	}
}

// itemsOf notes the entry that gave an item its state.
func (w *walk) itemsOf(was *model.Room, e *model.Event) {
	switch e.Kind {
	case model.KindItemDone, model.KindItemSkipped, model.KindItemBlocked, model.KindItemStarted, model.KindItemReopened:
	default:
		return
	}
	for i := range w.room.Items {
		is := &w.room.Items[i]
		if before := was.ItemByID(is.ID); before != nil && *before != *is {
			w.items[is.ID] = e.Seq
		}
	}
}
