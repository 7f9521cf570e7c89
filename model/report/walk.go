package report

import (
	"reflect"

	"warroom/model"
)

// walk records, while a log is folded, which entry did what. The final room does not
// contain that.
type walk struct {
	room  *model.Room
	items map[string]uint64 // the entry that set an item's state

	undone []undoneOdd // contradictions of milestones that a reopening removed
}

// undoneOdd is a contradiction with a resolution or closing that was taken back.
type undoneOdd struct {
	model.Contradiction
	reopened uint64 // the entry that took it back
}

// walked folds a log and records what each event did to items.
func walked(events []*model.Event) *walk {
	w := &walk{room: model.NewRoom(), items: map[string]uint64{}}
	for _, e := range events {
		prev := w.room
		w.room = model.Apply(prev, e)
		w.itemsOf(prev, e)
		w.oddOfRun(prev, e)
	}
	return w
}

// oddOfRun records the contradictions with the milestones that a reopening removes.
func (w *walk) oddOfRun(prev *model.Room, e *model.Event) {
	if e.Kind != model.KindIncidentReopened || len(w.room.Milestones) == len(prev.Milestones) {
		return
	}
	for _, c := range prev.Contradictions() {
		_, first := w.room.Milestones[c.First]
		_, then := w.room.Milestones[c.Then]
		if !first || !then {
			w.undone = append(w.undone, undoneOdd{Contradiction: c, reopened: e.Seq})
		}
	}
}

// itemsOf records the entry that set an item's state.
func (w *walk) itemsOf(prev *model.Room, e *model.Event) {
	switch e.Kind {
	case model.KindItemDone, model.KindItemSkipped, model.KindItemBlocked, model.KindItemStarted,
		model.KindItemReopened,
		model.KindAssetAdded, model.KindAssetState, model.KindItemExcepted,
		model.KindPageAsked, model.KindPageAnswered, model.KindDeliveryRecorded:
	default:
		return
	}
	for i := range w.room.Items {
		is := &w.room.Items[i]
		if before := prev.ItemByID(is.ID); before != nil && !reflect.DeepEqual(before, is) {
			w.items[is.ID] = e.Seq
		}
	}
}
