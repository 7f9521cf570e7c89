package timeline

import (
	"slices"

	"warroom/model"
)

// byTime is the order of the lines by when things happened. Lines of the same time stay
// in log order.
type byTime struct {
	on    bool
	lines []*model.Line
	at    map[uint64]int // index by sequence
}

// order sorts the lines of a room by when they happened.
func (b *byTime) order(r *model.Room) {
	if !b.on {
		return
	}
	b.lines = slices.Clone(r.Lines())
	slices.SortStableFunc(b.lines, func(x, y *model.Line) int { return r.When(x).Compare(r.When(y)) })
	b.number(0)
}

// number records the index of each line from i on.
func (b *byTime) number(i int) {
	if i == 0 {
		b.at = make(map[uint64]int, len(b.lines))
	}
	for ; i < len(b.lines); i++ {
		b.at[b.lines[i].Seq] = i
	}
}

// grow inserts the lines of a room from index from on. It reports whether the indexes of
// other lines have changed.
func (b *byTime) grow(r *model.Room, from int) (moved bool) {
	for _, l := range r.Lines()[from:] {
		when, i := r.When(l), len(b.lines)
		for i > 0 && r.When(b.lines[i-1]).After(when) {
			i--
		}
		moved = moved || i < len(b.lines)
		b.lines = slices.Insert(b.lines, i, l)
		b.number(i)
		if i == 0 {
			b.number(0)
		}
	}
	return moved
}

// ToggleOrder switches between the order of recording and the order of events. It reports
// whether the latter is on.
func (t *Timeline) ToggleOrder() bool {
	t.setByTime(!t.set.time.on)
	return t.set.time.on
}

// setByTime sets the order: by when things happened, or by when they were recorded.
func (t *Timeline) setByTime(on bool) {
	t.set.time = byTime{on: on}
	t.set.time.order(t.set.room)
	t.near.forget()
	t.set.hits.begin(len(t.set.lines()))
	if t.sel != 0 {
		t.pick(t.set.index(t.sel))
	}
}
