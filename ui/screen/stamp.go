package screen

import (
	"errors"
	"sync"

	"github.com/gdamore/tcell/v2"
)

// mostStamped is how many cells one generation of stamps holds: 1 MiB.
const mostStamped = 1 << 17

// stamps are rows that were drawn once for all screens of a Table. They are
// kept in two generations: when the younger is full, the older goes, and what is
// used again is young again.
type stamps struct {
	mu         sync.RWMutex
	young, old map[stampKey]stamp
	size       int // cells in young
}

type stampKey struct {
	what any
	w, h int
}

type stamp struct {
	state any
	rows  []*strip
}

// Stamp shows rows that are the same on many screens: n rows, from the row skip
// on, of the h rows that key stands for, at y and over the whole width w of the
// screen. Paint draws them, at 0, 0 of a sheet of w by h; it is called where no
// screen of the Table has them in this state. Everything that the rows depend
// on, besides the size, has to be in the key or in the state. Both must be
// comparable. One state of a key is kept. What lies under the right half of a
// wide cell is not, it takes that cell's style.
func (s *Screen) Stamp(y, skip, n int, key, state any, w, h int, paint func(tcell.Screen)) {
	if s.Size(); w != s.w {
		return // another size came in the middle of a draw, and so will another draw
	}
	k := stampKey{key, w, h}
	rows, ok := s.table.stamped(k, state)
	if !ok {
		rows = s.table.keep(k, stamp{state, s.painted(h, paint)})
	}
	for i := range n {
		if at := y + i; at >= 0 && at < s.h && skip+i >= 0 && skip+i < len(rows) {
			s.stock.release(s.back[at])
			s.back[at] = rows[skip+i]
		}
	}
}

func (t *Table) stamped(k stampKey, state any) ([]*strip, bool) {
	p := &t.stamps
	p.mu.RLock()
	got, young := p.young[k]
	if !young {
		got = p.old[k]
	}
	p.mu.RUnlock()
	if got.rows == nil || got.state != state {
		return nil, false
	}
	if !young {
		return t.keep(k, got), true
	}
	return got.rows, true
}

// keep keeps rows under a key and returns those that are kept: another screen
// may have been faster.
func (t *Table) keep(k stampKey, got stamp) []*strip {
	p := &t.stamps
	p.mu.Lock()
	defer p.mu.Unlock()
	was, ok := p.young[k]
	if ok && was.state == got.state {
		return was.rows
	}
	if !ok {
		p.size += k.w * max(1, k.h)
	}
	if p.size > mostStamped || p.young == nil {
		p.old, p.young, p.size = p.young, map[stampKey]stamp{}, k.w*max(1, k.h)
	}
	p.young[k] = got
	return got.rows
}

// painted has rows drawn on a sheet of their own.
func (s *Screen) painted(h int, paint func(tcell.Screen)) []*strip {
	if h <= 0 {
		return nil
	}
	sheet := &Screen{term: paper{s.w, h}, table: s.table, pen: s.pen, fallback: s.fallback, glass: newGlass()}
	sheet.Size()
	paint(sheet)
	for _, p := range sheet.back {
		if !p.shared {
			settle(p.cells)
			p.shared = true
		}
	}
	return sheet.back
}

// paper is the terminal of a sheet: it has a size, and nobody reads it.
type paper struct{ w, h int }

var errPaper = errors.New("a sheet is no terminal")

// Read implements Terminal.
func (paper) Read([]byte) (int, error) { return 0, errPaper }

// Write implements Terminal.
func (paper) Write([]byte) (int, error) { return 0, errPaper }

// Close implements Terminal.
func (paper) Close() error { return nil }

// Size implements Terminal.
func (p paper) Size() (w, h int) { return p.w, p.h }
