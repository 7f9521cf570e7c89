package screen

import (
	"errors"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/gdamore/tcell/v2"
)

// maxCachedCells is the max number of cells in one generation of the cache, with one state of
// each key: 1 MiB.
const maxCachedCells = 1 << 17

// rowCache has rows that were drawn once for all screens of a Table. It has two
// generations: when the younger is full, the older is dropped, and rows that are used again
// move to the younger.
type rowCache struct {
	mu         sync.RWMutex
	young, old map[rowKey]keyRows
	size       int // cells in young, of one state of each key
}

type rowKey struct {
	what any
	w, h int
}

// keyRows are the rows of a key: in its newest state, and in the one before, because screens
// do not change to a new state at the same time.
type keyRows [2]cachedRows

type cachedRows struct {
	state any
	rows  *sharedRows // if nil, none
}

// in returns the rows in a state, or nil.
func (k *keyRows) in(state any) *sharedRows {
	for i := range k {
		if k[i].rows != nil && k[i].state == state {
			return k[i].rows
		}
	}
	return nil
}

// Rows are rows that several screens may show, with the width of those screens.
type Rows = interface {
	Width() int
	Moves() (y, h int)
}

// sharedRows are rows of one width that several screens may show. They are not modified.
type sharedRows struct {
	w     int
	rows  []*cellRow
	moves region // declared by MayScroll when they were painted
	id    uint64
	next  atomic.Pointer[sentFrame] // the last change to others
}

// Width implements [Rows].
func (p *sharedRows) Width() int { return p.w }

// Moves implements [Rows].
func (p *sharedRows) Moves() (y, h int) { return p.moves.y, p.moves.h }

// CachesRows reports that CachedRows, FindRows, DrawRows and MayScroll have an effect.
func (s *frameBuffer) CachesRows() bool { return true }

// CachedRows returns the h rows that key stands for, over the whole width w of the screen.
// If no screen of the Table has drawn them in this state, it calls paint, which must draw
// them on a screen of w by h. Everything that the rows depend on, besides the size, must be
// in key or state. Both must be comparable. Two states of each key are cached. The style under
// the right half of a wide cell is not kept; it is that of the cell. If w is not the width
// of the screen, because it has just changed, CachedRows returns nil, and there will be
// another draw. Without a key they are not cached.
func (s *Screen) CachedRows(key, state any, w, h int, paint func(tcell.Screen)) Rows {
	if s.Size(); w != s.w {
		return nil
	}
	if key == nil {
		return painted(s, h, paint)
	}
	k := rowKey{what: key, w: w, h: h}
	rows := s.table.cached(k, state)
	if rows == nil {
		rows = painted(s, h, paint)
		rows.rows = s.table.reused(k, rows.rows)
		rows = s.table.intern(k, state, rows)
	}
	return rows
}

// FindRows returns the rows that CachedRows returns, if a screen has drawn them, or nil. It
// needs no function that draws them.
func (s *Screen) FindRows(key, state any, w, h int) Rows {
	if s.Size(); w != s.w {
		return nil
	}
	if rows := s.table.cached(rowKey{what: key, w: w, h: h}, state); rows != nil {
		return rows
	}
	return nil
}

// DrawRows shows n rows at y, beginning with the row skip. If these are all of them, it
// declares what was declared by MayScroll when they were painted. Rows of another width, and
// nil, are not shown.
func (s *frameBuffer) DrawRows(y, skip, n int, rows Rows) {
	p, ok := rows.(*sharedRows)
	if !ok || p.w != s.w {
		return
	}
	if p.moves.h > 0 && skip == 0 && n == len(p.rows) {
		s.MayScroll(y+p.moves.y, p.moves.h)
	}
	if y == 0 && skip == 0 && n == len(p.rows) && n > 0 {
		s.drawn = p
	}
	for i := range n {
		if at := y + i; at >= 0 && at < s.h && skip+i >= 0 && skip+i < len(p.rows) {
			s.pool.release(s.back[at])
			s.back[at] = p.rows[skip+i]
		}
	}
}

// cached returns the rows of a key in a state, or nil.
func (t *Table) cached(k rowKey, state any) *sharedRows {
	p := &t.rowCache
	p.mu.RLock()
	got, young := p.young[k]
	if !young {
		got = p.old[k]
	}
	p.mu.RUnlock()
	rows := got.in(state)
	if rows != nil && !young {
		return t.intern(k, state, rows)
	}
	return rows
}

// reused replaces those of painted rows that look like the rows of the newest state of a key
// by these, which then need not be compared again.
func (t *Table) reused(k rowKey, painted []*cellRow) []*cellRow {
	p := &t.rowCache
	p.mu.RLock()
	got, young := p.young[k]
	if !young {
		got = p.old[k]
	}
	p.mu.RUnlock()
	if before := got[0].rows; before != nil {
		for i, row := range painted {
			if slices.Equal(row.cells, before.rows[i].cells) {
				painted[i] = before.rows[i]
			}
		}
	}
	return painted
}

// intern stores rows under a key and returns the stored ones, because another screen may
// have been faster.
func (t *Table) intern(k rowKey, state any, rows *sharedRows) *sharedRows {
	p := &t.rowCache
	p.mu.Lock()
	defer p.mu.Unlock()
	existing, ok := p.young[k]
	if rows := existing.in(state); rows != nil {
		return rows
	}
	if !ok {
		p.size += k.w * max(1, k.h)
	}
	if p.size > maxCachedCells || p.young == nil {
		p.old, p.young, p.size = p.young, map[rowKey]keyRows{}, k.w*max(1, k.h)
	}
	p.young[k] = keyRows{{state: state, rows: rows}, existing[0]}
	return rows
}

// painted draws rows on a separate screen.
func painted(s *Screen, h int, paint func(tcell.Screen)) *sharedRows {
	if h <= 0 {
		return &sharedRows{w: s.w}
	}
	scratch := &Screen{encoder: newEncoder(paper{w: s.w, h: h}, s.table, s.sgrEnc, s.fallback, Options{})}
	scratch.Size()
	paint(scratch)
	for _, p := range scratch.back {
		if !p.shared {
			settle(p.cells)
			p.shared, p.id = true, newRowID()
		}
	}
	return &sharedRows{w: s.w, rows: scratch.back, moves: scratch.region, id: newRowID()}
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
