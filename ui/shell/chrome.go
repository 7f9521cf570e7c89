package shell

import (
	"time"
	"unique"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/keymap"
	"warroom/ui/shared"
	"warroom/ui/theme"
	"warroom/ui/view"
)

// DrawBottom draws the keys of the top page in the last row.
func (s *Shell) DrawBottom(scr tcell.Screen, r draw.Rect) {
	in := s.Top().Scope()
	k := keysKey{in: in, now: s.o.Keys.Variant(in), th: s.Theme}
	last := &s.bottom
	if last.boxed == nil || last.key != k {
		last.key, last.boxed, last.rows = k, unique.Make(k), nil
	}
	r = draw.Rect{X: r.X, Y: r.Y + r.H - 1, W: r.W, H: 1}
	if !last.draw(scr, r, nil) {
		s.paintBottom(scr, r)
	}
}

// paintBottom draws the keys for the first time.
func (s *Shell) paintBottom(scr tcell.Screen, r draw.Rect) {
	s.bottom.paint(scr, r, nil, func(scr tcell.Screen, r draw.Rect) {
		draw.Put(scr, r.X, r.Y, r.W, s.o.Keys.Line(s.bottom.key.in, r.W, s.Theme))
	})
}

// DrawHeader draws the first row of a room.
func (s *Shell) DrawHeader(scr tcell.Screen, r draw.Rect) {
	p := regionHeader
	if s.Moved {
		p = regionMovedHeader
	}
	r.H = 1
	if last := s.region(p); !last.draw(scr, r, s.seenNow()) {
		s.paintHeader(scr, r, last)
	}
}

// paintHeader draws the first row of a room in a state that no terminal has shown yet.
func (s *Shell) paintHeader(scr tcell.Screen, r draw.Rect, last *lastRows[regionKey]) {
	v, k, moved := s.Room, s.seenNow(), s.Moved
	last.paint(scr, r, k, func(scr tcell.Screen, r draw.Rect) {
		draw.Put(scr, r.X, r.Y, r.W, view.HeaderLine(v, k.Now, r.W, moved, k.Theme))
	})
}

// Painter paints the state of a room, at the time to show.
type Painter interface {
	PaintPanes(s tcell.Screen, r draw.Rect, now time.Time, th *theme.Theme)
}

// DrawPanes draws the state of the room. With wide, p paints another layout, which may have the
// same size.
func (s *Shell) DrawPanes(scr tcell.Screen, r draw.Rect, wide bool, p Painter) {
	at := regionPanes
	if wide {
		at = regionWidePanes
	}
	if last := s.region(at); !last.draw(scr, r, s.seenNow()) {
		s.paintPanes(scr, r, last, p)
	}
}

// paintPanes draws the state of the room if no terminal has shown it yet.
func (s *Shell) paintPanes(scr tcell.Screen, r draw.Rect, last *lastRows[regionKey], p Painter) {
	k := s.seenNow()
	last.paint(scr, r, k, func(scr tcell.Screen, r draw.Rect) { p.PaintPanes(scr, r, k.Now, k.Theme) })
}

// derivedKey identifies a value that is computed from a room for a size.
type derivedKey struct {
	what string
	at   regionKey
	w, h int
}

// derived is a value that was computed from the visible state of a room.
type derived struct {
	key   derivedKey
	boxed any // a [unique.Handle] of key, which is looked up faster; nil: none
	of    *shared.Visible
	value any
}

// Derived returns the result of compute for the present state of the room, which is
// computed once for all terminals that show the same state.
func (s *Shell) Derived(what string, w, h int, compute func() any) any {
	k, now := derivedKey{what: what, at: s.at(regionPanes), w: w, h: h}, s.seenNow()
	d := s.derivedOf(k)
	if d.of != now {
		d.of, d.value = now, s.o.Shared.Derived(d.boxed, now, compute)
	}
	return d.value
}

// derivedOf returns the last value with a key, or makes space for it.
func (s *Shell) derivedOf(k derivedKey) *derived {
	for i := range s.derived {
		if d := &s.derived[i]; d.boxed != nil && d.key == k {
			return d
		}
	}
	s.parted = true
	d := &s.derived[s.nextDerived%len(s.derived)]
	s.nextDerived++
	*d = derived{key: k, boxed: unique.Make(k)}
	return d
}

// frameColumns are the columns that the frame of a page takes: a line and a blank on each side.
const frameColumns = 4

// frameRows returns how many rows DrawFrame leaves for a page.
func (s *Shell) frameRows(r draw.Rect) int {
	h := r.H - len(s.Notes.Rows(r.W-2, s.Theme)) - 3 // the keys and two lines of the frame
	if s.Room != nil {
		h--
	}
	return h
}

// DrawFrame draws the frame of a page over a room: the header, a title and the newest
// note. It leaves the last row to the keys, and returns the inner rectangle.
func (s *Shell) DrawFrame(scr tcell.Screen, r draw.Rect, title model.Safe) draw.Rect {
	if s.Room != nil {
		s.DrawHeader(scr, r)
		r.Y, r.H = r.Y+1, r.H-1
	}
	r.H-- // for the keys
	notes := s.Notes.Rows(r.W-2, s.Theme)
	r.H -= len(notes)
	for i, l := range notes {
		draw.Put(scr, r.X+1, r.Y+r.H+i, r.W-2, l)
	}
	f := draw.Frame{ASCII: s.Theme.ASCII, Style: s.Theme.Dim, TitleStyle: s.Theme.Bold}
	f.Draw(scr, r.X, r.Y, r.W, r.H, draw.L(draw.T(s.Theme.Bold, title)))
	return draw.Rect{X: r.X + frameColumns/2, Y: r.Y + 1, W: r.W - frameColumns, H: r.H - 2}
}

// seenNow returns the visible state of the room at this moment.
func (s *Shell) seenNow() *shared.Visible { return s.seen(s.Room) }

// seen returns the visible state of a view at this moment.
func (s *Shell) seen(v *model.View) *shared.Visible {
	k := shared.Visible{Room: v.Room, Short: v.Short, Link: v.Link, Proof: v.Proof, Here: shared.PeopleOf(v.Here),
		Left: shared.PeopleOf(v.Left), Now: s.Clock.Second(), Theme: s.Theme}
	if s.lastSeen == nil || *s.lastSeen != k {
		s.lastSeen = s.o.Shared.Visible(&k)
	}
	return s.lastSeen
}

// regionKey identifies a region of a room, with theme and zone.
type regionKey struct {
	region region
	room   string // ULID
	th     *theme.Theme
	zone   *time.Location
}

// lastRows are rows that many terminals show alike, as this one has drawn them last. Besides
// the size, they depend only on the key and on a state. What only the first terminal needs to
// draw them is made in functions of their own, because it would be allocated for each draw.
type lastRows[K comparable] struct {
	key   K
	boxed any // a [unique.Handle] of key, which is looked up faster; nil: none
	of    *shared.Visible
	w, h  int
	rows  draw.SharedRows // if nil, none
}

// draw draws the rows if a terminal has drawn them in this state, and reports whether one
// has.
func (l *lastRows[K]) draw(scr tcell.Screen, r draw.Rect, of *shared.Visible) bool {
	cache := draw.CacheOf(scr)
	if cache == nil || r.X != 0 || r.H <= 0 {
		return false
	}
	if l.rows == nil || l.of != of || l.w != r.W || l.h != r.H {
		l.of, l.w, l.h = of, r.W, r.H
		l.rows = cache.FindRows(l.boxed, of, r.W, r.H)
	}
	if l.rows == nil {
		return false
	}
	cache.DrawRows(r.Y, 0, r.H, l.rows)
	return true
}

// paint draws the rows with f, for all terminals.
func (l *lastRows[K]) paint(scr tcell.Screen, r draw.Rect, of *shared.Visible, f func(tcell.Screen, draw.Rect)) {
	cache := draw.CacheOf(scr)
	if cache == nil || r.X != 0 || r.H <= 0 {
		f(scr, r)
		return
	}
	l.rows = cache.CachedRows(l.boxed, of, r.W, r.H,
		func(scr tcell.Screen) { f(scr, draw.Rect{X: 0, Y: 0, W: r.W, H: r.H}) })
	cache.DrawRows(r.Y, 0, r.H, l.rows)
}

// region is a part of the screen of a room.
type region int

const (
	regionHeader      region = iota
	regionMovedHeader        // the header after the hub has moved
	regionPanes
	regionWidePanes
	numRegions
	regionOfPage // of a [RoomRows]
)

// at returns the key of a region of the open room.
func (s *Shell) at(p region) regionKey {
	return regionKey{region: p, room: s.Room.Room.ID, th: s.Theme, zone: s.Clock.Zone()}
}

// region returns the last rows of a region of the open room.
func (s *Shell) region(p region) *lastRows[regionKey] {
	s.parted = true
	last := &s.regions[p]
	if k := s.at(p); last.boxed == nil || last.key != k {
		*last = lastRows[regionKey]{key: k, boxed: unique.Make(k)}
	}
	return last
}

// keysKey identifies a bottom line.
type keysKey struct {
	in  keymap.Scope
	now uint // bit set of the optional keys that are available
	th  *theme.Theme
}
