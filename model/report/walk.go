package report

import "warroom/model"

// walk is what is seen on the way through a log and is not in the room at its
// end: which entry did what.
type walk struct {
	room  *model.Room
	items map[string]uint64 // the entry that an item's state is from
}

// walked folds a log and keeps what each event did to items.
func walked(events []*model.Event) *walk {
	w := &walk{room: model.NewRoom(), items: map[string]uint64{}}
	for _, e := range events {
		was := w.room
		w.room = model.Apply(was, e)
		w.itemsOf(was, e)
	}
	return w
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
