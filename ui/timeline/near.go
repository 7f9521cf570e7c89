package timeline

import (
	"slices"

	"warroom/model"
	"warroom/ui/draw"
)

// nearSize is how many lines at least keep their rows: those on the screen.
const nearSize = 16

// near is what is known of the lines on the screen. Between two visible lines may be any
// number of hidden ones, which are not to be searched for each frame.
type near struct {
	set    *lineSet
	lines  []nearby // by index modulo its length; empty while nothing is needed
	size   int      // how many lines are needed
	newest int32    // the last visible line and 2; if 0, not known
	taken  int      // of set, when all of this was known
	basis  basis    // of the room then
}

// basis is what a later state of a room is compared with. The state itself would keep all
// that belongs to it in memory.
type basis struct {
	lines      []*model.Line
	redactions int
	stale      bool
}

func basisOf(r *model.Room) basis {
	return basis{lines: r.Lines(), redactions: len(r.Redactions), stale: r.Stale()}
}

// continues reports whether lines begin with old ones, of which there is at least one.
func continues(lines, old []*model.Line) bool {
	n := len(old)
	return n > 0 && len(lines) >= n && lines[n-1] == old[n-1]
}

// onlyEntries reports whether all that distinguishes a state of a room from an earlier one, as
// far as the rows of earlier lines depend on it, are new entries: those change no other line,
// except that the last one may be repeated.
func (b *basis) onlyEntries(now basis) bool {
	added := now.lines[len(b.lines):]
	return len(added) > 0 && b.redactions == now.redactions && !b.stale && !now.stale &&
		!slices.ContainsFunc(added, func(l *model.Line) bool { return !l.IsEntry() })
}

// follow drops what may be different in the present state of the room. It is called when
// something is needed, and not for every state, because a timeline that looks like others is
// drawn without this.
func (k *near) follow() {
	if len(k.lines) < k.size {
		k.lines, k.newest = make([]nearby, 2*k.size), 0
		k.taken, k.basis = k.set.taken, basisOf(k.set.room)
	}
	if k.taken == k.set.taken {
		return
	}
	before, now := k.basis, basisOf(k.set.room)
	k.taken, k.basis = k.set.taken, now
	switch {
	case !continues(now.lines, before.lines) || !k.set.f.isEmpty() || k.set.time.on:
		k.forget()
	case before.onlyEntries(now):
		k.forgetLast(now.lines[len(before.lines)].Repeat)
	default:
		k.forgetRows()
	}
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

// release frees everything until something is needed again. Else each terminal would keep the
// rows of another time in memory.
func (k *near) release() { k.lines, k.basis, k.newest = nil, basis{}, 0 }

// take returns the record of line i, and makes an empty one if there is none.
func (k *near) take(i int) *nearby {
	k.follow()
	n := &k.lines[i%len(k.lines)]
	if n.i != int32(i)+1 {
		*n = nearby{i: int32(i) + 1}
	}
	return n
}

// known returns what is known of line i, or nil.
func (k *near) known(i int) *nearby {
	k.follow()
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
	k.follow()
	if k.newest == 0 {
		k.newest = int32(k.set.last()) + 2
	}
	return int(k.newest) - 2
}
