package screen

import "sync"

// strip is one row of cells. One that is shared never changes again: the
// screens of a process that show the same row show the same strip.
type strip struct {
	cells  []cell
	shared bool
}

// stock is the strips of one width: what every screen begins with, and those
// that are free.
type stock struct {
	width   int
	blank   *strip // shared
	unknown *strip // shared; equal to nothing that can be wanted
	free    sync.Pool
}

// stock returns the strips of a width.
func (t *Table) stock(width int) *stock {
	t.mu.Lock()
	defer t.mu.Unlock()
	k := t.stocks[width]
	if k == nil {
		k = &stock{width: width, unknown: &strip{make([]cell, width), true}, blank: &strip{make([]cell, width), true}}
		for i := range k.blank.cells {
			k.blank.cells[i] = blank
		}
		t.stocks[width] = k
	}
	return k
}

// take returns a strip of one's own, with whatever was in it.
func (k *stock) take() *strip {
	if p, _ := k.free.Get().(*strip); p != nil {
		return p
	}
	return &strip{cells: make([]cell, k.width)}
}

// release takes a strip that its screen shows and draws on no more.
func (k *stock) release(p *strip) {
	if p != nil && !p.shared && len(p.cells) == k.width {
		k.free.Put(p)
	}
}

// settle makes a drawn row what a terminal shows of it: a wide cell covers its
// neighbour, and one that does not fit is a blank.
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

// shows says whether a terminal that shows one row shows what is wanted. Two
// shared strips are taken as they are: the same, or not.
func (p *strip) shows(want *strip) bool {
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

// freeze makes a strip one that never changes again.
func (p *strip) freeze() *strip {
	p.shared = true
	return p
}
