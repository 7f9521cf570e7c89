package ui

import (
	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/draw"
)

// hold lets the newest line go: what is on the screen stays.
func (t *timeline) hold(p spot) {
	if p.i < 0 {
		return
	}
	t.follow, t.top, t.skip = false, t.lines()[p.i].Seq, p.row
}

// bottom goes to the newest line and stays there.
func (t *timeline) bottom() { t.follow, t.fresh, t.skip = true, 0, 0 }

// home goes to the oldest line.
func (t *timeline) home() {
	if i := t.next(-1); i >= 0 {
		t.hold(spot{i, 0})
	}
}

// scroll moves by n rows, up where n is negative.
func (t *timeline) scroll(n int) {
	p := t.start()
	if p.i < 0 || t.height == 0 { // nothing was drawn yet
		return
	}
	for n < 0 {
		if p.row >= -n {
			p.row += n
			break
		}
		n += p.row
		up := t.prev(p.i)
		if up < 0 {
			p.row = 0
			break
		}
		n++
		p = spot{up, len(t.rows(up)) - 1}
	}
	for n > 0 {
		rows := len(t.rows(p.i))
		if p.row+n < rows {
			p.row += n
			break
		}
		down := t.next(p.i)
		if down < 0 {
			p.row = rows - 1
			break
		}
		n -= rows - p.row
		p = spot{down, 0}
	}
	t.settle(p)
}

// settle takes a new top row, and follows again where the end is in sight.
func (t *timeline) settle(p spot) {
	end := t.fromBottom(t.height)
	if p.i > end.i || p.i == end.i && p.row >= end.row {
		t.bottom()
		return
	}
	t.hold(p)
}

// move selects the next line, or the one before.
func (t *timeline) move(n int) {
	i := t.index(t.sel)
	if t.sel == 0 || i < 0 {
		i = len(t.lines())
	}
	for ; n < 0; n++ {
		if p := t.prev(i); p >= 0 {
			i = p
		}
	}
	for ; n > 0; n-- {
		if p := t.next(i); p >= 0 {
			i = p
		}
	}
	t.pick(i)
}

// pick selects line i and brings it onto the screen.
func (t *timeline) pick(i int) {
	if i < 0 || i >= len(t.lines()) {
		t.sel = 0
		return
	}
	t.sel = t.lines()[i].Seq
	p := t.start()
	if i < p.i || i == p.i && p.row > 0 {
		t.hold(spot{i, 0})
		return
	}
	used := -p.row
	for k := p.i; k >= 0 && k <= i; k = t.next(k) {
		used += len(t.rows(k))
		if used > t.height {
			t.scroll(t.overshoot(p, i))
			return
		}
	}
}

// overshoot is how many rows lie between the bottom of the screen and the end
// of line i, at most so that its beginning stays in sight.
func (t *timeline) overshoot(p spot, i int) int {
	used := -p.row
	for k := p.i; k >= 0 && k < i && used < 10000; k = t.next(k) {
		used += len(t.rows(k))
	}
	return min(used, used+len(t.rows(i))-t.height)
}

// selected is the line that is selected, nil where none is.
func (t *timeline) selected() *model.Line {
	if t.sel == 0 {
		return nil
	}
	return t.room.Line(t.sel)
}

// rowsKey is a line of the timeline on a sheet.
type rowsKey struct {
	*shown
	picked bool
}

// draw shows the timeline in a rectangle, on sheets where there are any.
func (t *timeline) draw(s tcell.Screen, sheets stamper, x, y, w, h int) {
	p := t.start()
	if p.i < 0 {
		draw.Put(s, x+1, y+h-1, w-1, draw.L(draw.T(t.th.dim, t.nothing())))
		return
	}
	if sheets != nil {
		sheets.MayScroll(y, h)
	}
	if t.follow { // a short timeline stands on the ground
		y, h = t.ground(p, y, h)
	}
	row := 0
	for i, skip := p.i, p.row; i >= 0 && row < h; i, skip = t.next(i), 0 {
		k := rowsKey{t.shown(i), t.lines()[i].Seq == t.sel}
		n := min(len(k.rows)-skip, h-row)
		if sheets != nil && x == 0 {
			sheets.Stamp(y+row, skip, n, k.any(), nil, w, len(k.rows), func(s tcell.Screen) { k.draw(s, 0, 0, w, 0, len(k.rows)) })
		} else {
			k.draw(s, x, y+row, w, skip, n)
		}
		row += max(0, n)
	}
}

// any is the key for a sheet. A pointer needs no memory to become one.
func (k rowsKey) any() any {
	if k.picked {
		return k
	}
	return k.shown
}

// draw shows n rows of a line, from the row skip on.
func (k rowsKey) draw(s tcell.Screen, x, y, w, skip, n int) {
	for i := range n {
		l := k.rows[skip+i]
		if k.picked {
			l = reversed(l, w)
		}
		draw.Put(s, x, y+i, w, l)
	}
}

// ground moves the rectangle down where the timeline does not fill it.
func (t *timeline) ground(p spot, y, h int) (int, int) {
	used := -p.row
	for i := p.i; i >= 0 && used < h; i = t.next(i) {
		used += len(t.rows(i))
	}
	if used >= h {
		return y, h
	}
	return y + h - used, used
}

func (t *timeline) nothing() model.Safe {
	if t.f.isEmpty() {
		return model.Lit("nothing was said yet")
	}
	if t.hits.lo > 0 {
		return model.Lit("looking ...")
	}
	return model.Lit("no line is like that")
}

// at is the line at a row of the screen, -1 where none is.
func (t *timeline) at(row int) int {
	p := t.start()
	if p.i < 0 {
		return -1
	}
	if t.follow {
		top, _ := t.ground(p, 0, t.height)
		row -= top
	}
	used := -p.row
	for i := p.i; i >= 0 && row >= 0; i = t.next(i) {
		if used += len(t.rows(i)); row < used {
			return i
		}
	}
	return -1
}
