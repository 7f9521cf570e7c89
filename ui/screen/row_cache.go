package screen

import (
	"errors"
	"sync"

	"github.com/gdamore/tcell/v2"
)

// maxCachedCells is the max number of cells in one generation of the cache: 1 MiB.
const maxCachedCells = 1 << 17

// rowCache has rows that were drawn once for all screens of a Table. It has two
// generations: when the younger is full, the older is dropped, and rows that are used again
// move to the younger.
type rowCache struct {
	mu         sync.RWMutex
	young, old map[rowKey]cachedRows
	size       int // cells in young
}

type rowKey struct {
	what any
	w, h int
}

type cachedRows struct {
	state any
	rows  []*cellRow
}

// CachesRows reports that DrawCached and MayScroll have an effect.
func (s *frameBuffer) CachesRows() bool { return true }

// DrawCached shows rows that are the same on several screens: n rows, beginning with the
// row skip, of the h rows that key stands for, at y and over the whole width w of the
// screen. If no screen of the Table has drawn them in this state, it calls paint, which
// must draw them on a screen of w by h. Everything that the rows depend on, besides the
// size, must be in key or state. Both must be comparable. One state per key is cached. The
// style under the right half of a wide cell is not kept; it is that of the cell.
func (s *Screen) DrawCached(y, skip, n int, key, state any, w, h int, paint func(tcell.Screen)) {
	if s.Size(); w != s.w {
		return // the size changed during a draw, so there will be another draw
	}
	k := rowKey{what: key, w: w, h: h}
	rows, ok := s.table.cached(k, state)
	if !ok {
		rows = s.table.intern(k, cachedRows{state: state, rows: s.painted(h, paint)})
	}
	for i := range n {
		if at := y + i; at >= 0 && at < s.h && skip+i >= 0 && skip+i < len(rows) {
			s.pool.release(s.back[at])
			s.back[at] = rows[skip+i]
		}
	}
}

func (t *Table) cached(k rowKey, state any) ([]*cellRow, bool) {
	p := &t.rowCache
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
		return t.intern(k, got), true
	}
	return got.rows, true
}

// intern stores rows under a key and returns the stored ones, because another screen may
// have been faster.
func (t *Table) intern(k rowKey, got cachedRows) []*cellRow {
	p := &t.rowCache
	p.mu.Lock()
	defer p.mu.Unlock()
	existing, ok := p.young[k]
	if ok && existing.state == got.state {
		return existing.rows
	}
	if !ok {
		p.size += k.w * max(1, k.h)
	}
	if p.size > maxCachedCells || p.young == nil {
		p.old, p.young, p.size = p.young, map[rowKey]cachedRows{}, k.w*max(1, k.h)
	}
	p.young[k] = got
	return got.rows
}

// painted draws rows on a separate screen.
func (s *Screen) painted(h int, paint func(tcell.Screen)) []*cellRow {
	if h <= 0 {
		return nil
	}
	scratch := &Screen{encoder: newEncoder(paper{w: s.w, h: h}, s.table, s.sgrEnc, s.fallback, Options{})}
	scratch.Size()
	paint(scratch)
	for _, p := range scratch.back {
		if !p.shared {
			settle(p.cells)
			p.shared = true
		}
	}
	return scratch.back
}

// paper is the terminal of such a screen: it only has a size.
type paper struct{ w, h int }

var errPaper = errors.New("a row cache is not a terminal")

// Read implements Terminal.
func (paper) Read([]byte) (int, error) { return 0, errPaper }

// Write implements Terminal.
func (paper) Write([]byte) (int, error) { return 0, errPaper }

// Close implements Terminal.
func (paper) Close() error { return nil }

// Notify implements Terminal.
func (paper) Notify(func()) {}

// Modes implements Terminal.
func (paper) Modes() Moder { return nil }

// Size implements Terminal.
func (p paper) Size() (w, h int) { return p.w, p.h }
