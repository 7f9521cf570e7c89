package shell

import (
	"unique"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
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

// Advance shows the rows as they are in another view of the room, if another terminal has made
// the same change, and reports whether it has. A draw has to follow: it corrects what is
// different at this terminal.
func (r *RoomRows[K]) Advance(s *Shell, v *model.View) bool {
	l := &r.last
	cache := draw.CacheOf(s.Screen)
	if l.rows == nil || cache == nil {
		return false
	}
	of := s.seen(v)
	to := cache.FindRows(l.boxed, of, l.w, l.h)
	if to == nil || to == l.rows || !s.Screen.Advance(l.rows, to) {
		return false
	}
	l.rows, l.of = to, of
	return true
}

// set begins with another key.
func (r *RoomRows[K]) set(k roomKey[K]) { r.last = lastRows[roomKey[K]]{key: k, boxed: unique.Make(k)} }

// Paint draws the rows of the key of the last Draw with f, for all terminals.
func (r *RoomRows[K]) Paint(s *Shell, scr tcell.Screen, at draw.Rect, f func(tcell.Screen, draw.Rect)) {
	r.last.paint(scr, at, s.seenNow(), f)
}
