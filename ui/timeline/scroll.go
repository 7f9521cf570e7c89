package timeline

import (
	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/draw"
)

// hold stops following the newest line and keeps p at the top of the screen.
func (t *Timeline) hold(p rowPos) {
	if p.i < 0 {
		return
	}
	t.follow, t.top, t.skip = false, t.set.lines()[p.i].Seq, p.row
}

// Bottom scrolls to the newest line and follows it.
func (t *Timeline) Bottom() { t.follow, t.unread, t.skip = true, 0, 0 }

// home scrolls to the oldest line.
func (t *Timeline) home() {
	if i := t.set.next(-1); i >= 0 {
		t.hold(rowPos{i: i, row: 0})
	}
}

// Scroll scrolls by n rows; up if n is negative.
func (t *Timeline) Scroll(n int) {
	p := t.start()
	if p.i < 0 || t.height == 0 { // nothing has been drawn yet
		return
	}
	for n < 0 {
		if p.row >= -n {
			p.row += n
			break
		}
		n += p.row
		up := t.set.prev(p.i)
		if up < 0 {
			p.row = 0
			break
		}
		n++
		p = rowPos{i: up, row: len(t.rows(up)) - 1}
	}
	for n > 0 {
		rows := len(t.rows(p.i))
		if p.row+n < rows {
			p.row += n
			break
		}
		down := t.set.next(p.i)
		if down < 0 {
			p.row = rows - 1
			break
		}
		n -= rows - p.row
		p = rowPos{i: down, row: 0}
	}
	t.settle(p)
}

// Follows reports whether the newest line stays at the bottom of the screen.
func (t *Timeline) Follows() bool { return t.follow }

// NewBelow returns how many lines were added below the screen since it was scrolled back.
func (t *Timeline) NewBelow() int { return t.unread }

// Page scrolls by n screens, less one row of overlap.
func (t *Timeline) Page(n int) { t.Scroll(n * (t.height - 1)) }

// Oldest scrolls to the oldest line, and selects it if selected is set.
func (t *Timeline) Oldest(selected bool) {
	if selected {
		t.sel = 0
	}
	t.home()
	if selected {
		t.pick(t.set.next(-1))
	}
}

// Newest scrolls to the newest line and follows it, and selects it if selected is set.
func (t *Timeline) Newest(selected bool) {
	t.Bottom()
	if selected {
		t.pick(t.set.last())
	}
}

// Deselect clears the selection.
func (t *Timeline) Deselect() { t.sel = 0 }

// SelectAny selects the newest line, unless a line is selected.
func (t *Timeline) SelectAny() {
	if t.sel == 0 {
		t.Move(-1)
	}
}

// SelectAt selects the line at a row of the drawn rectangle. It reports whether there is
// one.
func (t *Timeline) SelectAt(row int) bool {
	i := t.at(row)
	if i >= 0 {
		t.pick(i)
	}
	return i >= 0
}

// settle sets the top row, and follows the newest line if the end is visible.
func (t *Timeline) settle(p rowPos) {
	end, _ := t.fromBottom(t.height)
	if p.i > end.i || p.i == end.i && p.row >= end.row {
		t.Bottom()
		return
	}
	t.hold(p)
}

// Move moves the selection down by n lines; up if n is negative.
func (t *Timeline) Move(n int) {
	i := t.set.index(t.sel)
	if t.sel == 0 || i < 0 {
		i = len(t.set.lines())
	}
	for ; n < 0; n++ {
		if p := t.set.prev(i); p >= 0 {
			i = p
		}
	}
	for ; n > 0; n-- {
		if p := t.set.next(i); p >= 0 {
			i = p
		}
	}
	t.pick(i)
}

// pick selects line i and scrolls it into view.
func (t *Timeline) pick(i int) {
	if i < 0 || i >= len(t.set.lines()) {
		t.sel = 0
		return
	}
	t.sel = t.set.lines()[i].Seq
	p := t.start()
	if i < p.i || i == p.i && p.row > 0 {
		t.hold(rowPos{i: i, row: 0})
		return
	}
	used := -p.row
	for k := p.i; k >= 0 && k <= i; k = t.set.next(k) {
		used += len(t.rows(k))
		if used > t.height {
			t.Scroll(t.overshoot(p, i))
			return
		}
	}
}

// overshoot returns how many rows to scroll so that line i is visible, but at most so far
// that its first row stays visible.
func (t *Timeline) overshoot(p rowPos, i int) int {
	used := -p.row
	for k := p.i; k >= 0 && k < i && used < 10000; k = t.set.next(k) {
		used += len(t.rows(k))
	}
	return min(used, used+len(t.rows(i))-t.height)
}

// Selected returns the selected line, or nil.
func (t *Timeline) Selected() *model.Line {
	if t.sel == 0 {
		return nil
	}
	return t.set.room.Line(t.sel)
}

// rowsKey identifies the rows of a line in a row cache.
type rowsKey struct {
	*shown
	picked bool
}

// Draw draws the timeline in a rectangle, with cached rows if rowCache is not nil.
func (t *Timeline) Draw(s tcell.Screen, rowCache draw.RowCache, x, y, w, h int) {
	p, row := t.atTop(h)
	if p.i < 0 {
		draw.Put(s, x+1, y+h-1, w-1, draw.L(draw.T(t.th.Dim, t.nothing())))
		return
	}
	if rowCache != nil {
		rowCache.MayScroll(y, h)
	}
	for i, skip := p.i, p.row; i >= 0 && row < h; i, skip = t.near.next(i), 0 {
		k := rowsKey{shown: t.shown(i), picked: t.set.lines()[i].Seq == t.sel}
		n := min(len(k.rows)-skip, h-row)
		if rowCache != nil && x == 0 {
			rowCache.DrawRows(y+row, skip, n, t.near.cellsOf(i, k, rowCache, w))
		} else {
			k.draw(s, x, y+row, w, skip, n)
		}
		row += max(0, n)
	}
}

// any returns the key for the row cache. Converting a pointer to an interface does not
// allocate.
func (k rowsKey) any() any {
	if k.picked {
		return k
	}
	return k.shown
}

// cells returns the rows as they are on the screen.
func (k rowsKey) cells(rowCache draw.RowCache, w int) draw.SharedRows {
	if rows := rowCache.FindRows(k.any(), nil, w, len(k.rows)); rows != nil {
		return rows
	}
	return k.painted(rowCache, w)
}

// painted draws the rows for the first time.
func (k rowsKey) painted(rowCache draw.RowCache, w int) draw.SharedRows {
	return rowCache.CachedRows(k.any(), nil, w, len(k.rows),
		func(s tcell.Screen) { k.draw(s, 0, 0, w, 0, len(k.rows)) })
}

// draw draws n rows of a line, from row skip on.
func (k rowsKey) draw(s tcell.Screen, x, y, w, skip, n int) {
	for i := range n {
		l := k.rows[skip+i]
		if k.picked {
			l = draw.Reversed(l, w)
		}
		draw.Put(s, x, y+i, w, l)
	}
}

func (t *Timeline) nothing() model.Safe {
	if t.set.f.isEmpty() {
		return model.Lit("no entries yet")
	}
	if t.set.hits.lo > 0 {
		return model.Lit("looking ...")
	}
	return model.Lit("no entries match this filter; Esc shows everything")
}

// at returns the line at a row of the screen, or -1.
func (t *Timeline) at(row int) int {
	p, empty := t.atTop(t.height)
	if p.i < 0 {
		return -1
	}
	row -= empty
	used := -p.row
	for i := p.i; i >= 0 && row >= 0; i = t.set.next(i) {
		if used += len(t.rows(i)); row < used {
			return i
		}
	}
	return -1
}
