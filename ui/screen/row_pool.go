package screen

import (
	"sync"
	"sync/atomic"
)

// cellRow is one row of cells. A shared one never changes again: all screens of a process
// that show the same row use the same cellRow.
type cellRow struct {
	cells  []cell
	shared bool
	id     uint64                  // of a shared row that was drawn for several screens; 0: none
	sent   atomic.Pointer[sentRow] // the last bytes that changed another shared row to this one
}

// rowIDs is the number of ids that were given to rows.
var rowIDs atomic.Uint64

func newRowID() uint64 { return rowIDs.Add(1) }

// rowPool has the rows of one width: the initial rows of every screen, and free ones.
type rowPool struct {
	width   int
	blank   *cellRow // shared
	unknown *cellRow // shared; differs from everything that can be drawn
	free    sync.Pool
}

// rowPool returns the pool for a width.
func (t *Table) rowPool(width int) *rowPool {
	t.mu.Lock()
	defer t.mu.Unlock()
	k := t.rowPools[width]
	if k == nil {
		k = &rowPool{width: width, unknown: &cellRow{cells: make([]cell, width), shared: true, id: newRowID()},
			blank: &cellRow{cells: make([]cell, width), shared: true, id: newRowID()}}
		for i := range k.blank.cells {
			k.blank.cells[i] = blank
		}
		t.rowPools[width] = k
	}
	return k
}

// take returns a row that is not shared, with arbitrary content.
func (k *rowPool) take() *cellRow {
	if p, _ := k.free.Get().(*cellRow); p != nil {
		return p
	}
	return &cellRow{cells: make([]cell, k.width)}
}

// release returns a row that its screen does not use any more.
func (k *rowPool) release(p *cellRow) {
	if p != nil && !p.shared && len(p.cells) == k.width {
		k.free.Put(p)
	}
}

// settle changes a drawn row to the one that a terminal shows: a wide cell covers its
// neighbour, and one that does not fit is blank.
func settle(row []cell) {
	for x := 0; x < len(row); x++ {
		if c := row[x]; c.width() == 2 {
			if x+1 == len(row) {
				row[x] = mk(' ', c.style(), 1)
			} else {
				row[x+1] = tail(c.style())
				x++
			}
		}
	}
}

// shows reports whether a terminal that shows p also shows want. Two shared rows are
// compared by identity.
func (p *cellRow) shows(want *cellRow) bool {
	if p == want || p.shared && want.shared {
		return p == want
	}
	for x := 0; x < len(want.cells); x++ {
		c := want.cells[x]
		if c.width() == 2 && x+1 == len(want.cells) {
			c = mk(' ', c.style(), 1)
		}
		if p.cells[x] != c {
			return false
		}
		if c.width() == 2 {
			if x++; p.cells[x] != tail(c.style()) {
				return false
			}
		}
	}
	return true
}

// freeze makes a row shared: it never changes again. One that is shared already is not
// written, because other terminals may be reading it.
func (p *cellRow) freeze() *cellRow {
	if !p.shared {
		p.shared = true
	}
	return p
}
