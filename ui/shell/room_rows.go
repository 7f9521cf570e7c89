package shell

import (
	"unique"

	"github.com/gdamore/tcell/v2"

	"warroom/ui/draw"
)

// RoomRows are rows of the open room which all terminals show alike that show the same state
// of the room: whatever else they depend on, such as who is at the terminal, has to be in the
// key. They begin at the left edge of the screen.
type RoomRows[K comparable] struct{ last lastRows[roomKey[K]] }

type roomKey[K comparable] struct {
	at  regionKey
	key K
}

// Draw draws the rows of a key if a terminal has drawn them in this state, and reports whether
// one has. The rows from y to y+h, in the rectangle, may have moved together.
func (r *RoomRows[K]) Draw(s *Shell, scr tcell.Screen, at draw.Rect, key K) (y, h int, drawn bool) {
	k := roomKey[K]{at: s.at(regionOfPage), key: key}
	if r.last.boxed == nil || r.last.key != k {
		r.set(k)
	}
	if !r.last.draw(scr, at, s.seenNow()) {
		return 0, 0, false
	}
	if s.parted { // else each terminal would keep the room as it was at another time in memory
		s.regions, s.derived, s.parted = [numRegions]lastRows[regionKey]{}, [4]derived{}, false
	}
	y, h = r.last.rows.Moves()
	return y, h, true
}

// set begins with another key.
func (r *RoomRows[K]) set(k roomKey[K]) { r.last = lastRows[roomKey[K]]{key: k, boxed: unique.Make(k)} }

// Paint draws the rows of the key of the last Draw with f, for all terminals.
func (r *RoomRows[K]) Paint(s *Shell, scr tcell.Screen, at draw.Rect, f func(tcell.Screen, draw.Rect)) {
	r.last.paint(scr, at, s.seenNow(), f)
}
