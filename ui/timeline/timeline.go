package timeline

import (
	"time"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/theme"
	"warroom/ui/view"
)

// Timeline shows the lines of a room. It reads only the visible ones, however long the
// log is, and new lines do not move them unless it follows the newest line.
type Timeline struct {
	th   *theme.Theme
	me   string
	set  lineSet
	cols view.Columns

	follow bool   // the newest line is at the bottom
	top    uint64 // otherwise: sequence of the line at the top,
	skip   int    // and how many of its rows are above the screen
	unread int    // lines added below the screen since then
	sel    uint64 // sequence of the selected line; if 0, none
	height int    // as last drawn

	unseen newLines

	alike alike

	cache *Cache
	near  near
}

// New returns an empty timeline for a person. It follows the newest line.
func New(th *theme.Theme, me string, c *Cache) *Timeline {
	t := &Timeline{th: th, me: me, unseen: newLines{me: me}, set: lineSet{room: model.NewRoom()}, follow: true,
		cache: c, cols: view.ColumnsFor(80, 0, time.UTC)} // a key may come before the first draw
	t.near = near{set: &t.set, size: nearSize}
	return t
}

// Take shows a newer state of the room.
func (t *Timeline) Take(r *model.Room) {
	old, now := t.set.room.Lines(), r.Lines()
	if r == t.set.room && len(old) > 0 { // something else has changed, such as who is here
		return
	}
	same := continues(now, old)
	t.set.room = r
	t.set.taken++
	if !same { // another fold of the room
		t.set.time.order(r)
		t.set.hits.begin(len(now))
		t.alike = countAlike(t.set.room.Lines(), &t.unseen)
		return
	}
	t.set.reorder(r, len(old))
	for _, l := range now[len(old):] {
		t.alike.add(l, &t.unseen)
		if l.Kind == model.KindEntryPinned || l.Kind == model.KindEntryAmended || l.Kind == model.KindTimeCorrected {
			t.set.hits.begin(len(now)) // an older line may match now
		}
		if t.follow {
			continue
		}
		if !t.set.hidden(l) && (t.set.f.isEmpty() || t.set.f.match(r, l)) {
			t.unread++
		}
	}
}

// SetFilter sets the filter and scrolls to the newest line.
func (t *Timeline) SetFilter(f Filter) {
	t.set.f = f
	t.near.forget()
	t.set.hits.begin(len(t.set.lines()))
	t.Bottom()
}

// MarkNew puts a divider before the first line after seq that is new to the person. since is
// the time shown in it.
func (t *Timeline) MarkNew(seq uint64, since string) {
	t.unseen.away, t.unseen.since = seq, since
	t.alike = countAlike(t.set.room.Lines(), &t.unseen)
	t.near.forget()
}

// HasNew reports whether there is such a divider.
func (t *Timeline) HasNew() bool { return t.unseen.away > 0 }

// ToNew scrolls to the first new line and selects it. It reports whether there is one.
func (t *Timeline) ToNew() bool {
	if t.unseen.away == 0 {
		return false
	}
	lines := t.set.lines()
	for i := t.set.next(-1); i >= 0; i = t.set.next(i) {
		if t.unseen.has(lines[i]) {
			t.hold(rowPos{i: i, row: 0})
			t.pick(i)
			return true
		}
	}
	return false
}

// Filtered reports whether a filter is set.
func (t *Timeline) Filtered() bool { return !t.set.f.isEmpty() }

// Shows reports whether the filter selects a line.
func (t *Timeline) Shows(l *model.Line) bool { return t.set.f.match(t.set.room, l) }

// Found returns the number of lines found so far, and whether the search is still
// running.
func (t *Timeline) Found() (n int, looking bool) { return t.set.hits.count(), t.set.hits.lo > 0 }

// Columns returns the columns of the last layout.
func (t *Timeline) Columns() view.Columns { return t.cols }

// Scan continues the search of the filter and reports whether there are more lines.
func (t *Timeline) Scan() bool {
	if t.set.f.isEmpty() {
		return false
	}
	t.near.forget() // the line before a line may be another one now
	return t.set.hits.scan(t.set.room, t.set.lines(), &t.set.f)
}

// Layout sets the size. Rows are wrapped again when the width changes.
func (t *Timeline) Layout(width, height int, zone *time.Location) {
	c := view.ColumnsFor(width, t.set.room.Seq, zone)
	if c != t.cols {
		t.cols = c
		t.near.forget()
	}
	t.height = height
	t.near.size = max(nearSize, height+1)
}

// state returns what the rows of line i depend on.
func (t *Timeline) state(i int) view.LineState {
	rows := t.set.lines()
	l := rows[i]
	m := t.set.room.Marks[l.Seq]
	st := view.LineState{Cols: t.cols, When: l.At, Amended: len(m.Amended), Gone: m.Retracted != "", Pinned: m.Pinned,
		RoomName: names(l, t.me), Why: m.Retracted}
	st.Ways = t.set.room.WayWords(l, t.cols.Zone)
	if st.Amended > 0 {
		st.When, st.Text, st.By = t.set.room.When(l), t.set.room.Text(l), m.Amended[st.Amended-1].By
	}
	if len(m.Corrected) > 0 {
		st.When = t.set.room.When(l)
	}
	if d := t.set.room.Redaction(l.Seq); d != nil {
		st.Taken = d.By + ": " + d.Reason
	}
	if t.unseen.beginsAt(i, &t.set, &t.near) {
		st.Since = t.unseen.since
	}
	for j := i + 1; j < len(rows) && rows[j].Repeat && st.Repeats < 999; j++ {
		st.Repeats++
	}
	p := t.near.prev(i)
	st.Day = p < 0 || !view.SameDay(rows[p].RecordedAt.In(t.cols.Zone), l.RecordedAt.In(t.cols.Zone))
	if t.set.time.on {
		st.Happened = true
		st.Day = p < 0 || !view.SameDay(t.set.room.When(rows[p]).In(t.cols.Zone), st.When.In(t.cols.Zone))
	}
	return st
}

// rows returns the rows of line i.
func (t *Timeline) rows(i int) []draw.Line { return t.shown(i).rows }

// shown returns the cached rows of line i.
func (t *Timeline) shown(i int) *shown {
	n := t.near.take(i)
	if n.shown == nil || n.stale {
		k := shownKey{line: t.set.lines()[i], st: t.state(i), th: t.th}
		if n.shown == nil || n.shown.key != k {
			n.shown, n.cells = t.cache.rows(t.set.room, k), nil
		}
		n.stale = false
	}
	return n.shown
}

// rowPos is a row: a line, and the number of its rows before it.
type rowPos struct{ i, row int }

// atTop returns the row at the top of the screen, and how many rows of a screen of n rows are
// empty above it, because a short timeline is aligned to the bottom.
func (t *Timeline) atTop(n int) (p rowPos, empty int) {
	if t.follow {
		return t.fromBottom(n)
	}
	return t.start(), 0
}

// start returns the row at the top of the screen.
func (t *Timeline) start() rowPos {
	if t.follow {
		p, _ := t.fromBottom(t.height)
		return p
	}
	i := t.set.index(t.top)
	if i < 0 || !t.set.f.isEmpty() && t.set.next(i-1) != i {
		if i = t.set.prev(i + 1); i < 0 {
			i = t.set.next(-1)
		}
		return rowPos{i: i, row: 0}
	}
	for i > 0 && t.set.hidden(t.set.lines()[i]) {
		i--
	}
	return rowPos{i: i, row: min(t.skip, len(t.rows(i))-1)}
}

// fromBottom returns the row from which n rows reach the end, and how many rows are
// missing, if there are fewer.
func (t *Timeline) fromBottom(n int) (p rowPos, missing int) {
	i := t.near.last()
	if i < 0 {
		return rowPos{i: -1, row: 0}, n
	}
	for {
		rows := len(t.rows(i))
		if rows >= n {
			return rowPos{i: i, row: rows - n}, 0
		}
		n -= rows
		p := t.near.prev(i)
		if p < 0 {
			return rowPos{i: i, row: 0}, n
		}
		i = p
	}
}
