package timeline

import "warroom/ui/draw"

// nearSize is how many lines at least keep their rows: those on the screen.
const nearSize = 16

// near is what is known of the lines on the screen. Between two visible lines may be any
// number of hidden ones, which are not to be searched for each frame.
type near struct {
	set    *lineSet
	lines  []nearby // by index modulo its length
	newest int32    // the last visible line and 2; if 0, not known
}

// nearby is a line with its rows, and the visible lines before and after it.
type nearby struct {
	i          int32 // its index and 1; if 0, none
	prev, next int32 // their indexes and 2; if 0, not known
	*shown           // nil: not known
	stale      bool  // shown may be of another state
	picked     bool  // cells are those of the selected line

	cells draw.SharedRows // of shown on the screen; if nil, not known
}

// forget drops everything.
func (k *near) forget() {
	k.newest = 0
	clear(k.lines)
}

// forgetRows drops what lines that were added may change: the state of rows, and what comes
// after the newest line.
func (k *near) forgetRows() {
	k.newest = 0
	for i := range k.lines {
		n := &k.lines[i]
		if n.stale = true; n.next == 1 {
			n.next = 0
		}
	}
}

// forgetLast drops what comes after the newest line, and the state of that line if it may be
// repeated now.
func (k *near) forgetLast(repeated bool) {
	k.newest = 0
	for i := range k.lines {
		if n := &k.lines[i]; n.next <= 1 {
			n.stale, n.next = n.stale || repeated, 0
		}
	}
}

// grow makes space for n lines.
func (k *near) grow(n int) {
	for len(k.lines) < n {
		k.lines = make([]nearby, 2*len(k.lines))
	}
}

// take returns the record of line i, and makes an empty one if there is none.
func (k *near) take(i int) *nearby {
	n := &k.lines[i%len(k.lines)]
	if n.i != int32(i)+1 {
		*n = nearby{i: int32(i) + 1}
	}
	return n
}

// known returns what is known of line i, or nil.
func (k *near) known(i int) *nearby {
	if n := &k.lines[i%len(k.lines)]; n.i == int32(i)+1 {
		return n
	}
	return nil
}

// cellsOf returns the rows of line i as they are on a screen of width w.
func (k *near) cellsOf(i int, rows rowsKey, rowCache draw.RowCache, w int) draw.SharedRows {
	n := k.take(i)
	if n.cells == nil || n.picked != rows.picked || n.cells.Width() != w {
		n.picked, n.cells = rows.picked, rows.cells(rowCache, w)
	}
	return n.cells
}

// next returns the visible line after line i, or -1.
func (k *near) next(i int) int {
	n := k.known(i)
	if n == nil {
		return k.set.next(i)
	}
	if n.next == 0 {
		n.next = int32(k.set.next(i)) + 2
	}
	return int(n.next) - 2
}

// prev returns the visible line before line i, or -1.
func (k *near) prev(i int) int {
	n := k.known(i)
	if n == nil {
		return k.set.prev(i)
	}
	if n.prev == 0 {
		n.prev = int32(k.set.prev(i)) + 2
	}
	return int(n.prev) - 2
}

// last returns the newest visible line, or -1.
func (k *near) last() int {
	if k.newest == 0 {
		k.newest = int32(k.set.last()) + 2
	}
	return int(k.newest) - 2
}
