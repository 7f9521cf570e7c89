package shell

import (
	"time"

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
	s.drawCached(scr, draw.Rect{X: r.X, Y: r.Y + r.H - 1, W: r.W, H: 1},
		keysKey{in: in, now: s.o.Keys.Variant(in), th: s.Theme}, nil, func(scr tcell.Screen, r draw.Rect) {
			draw.Put(scr, r.X, r.Y, r.W, s.o.Keys.Line(in, r.W, s.Theme))
		})
}

// DrawHeader draws the first row of a room.
func (s *Shell) DrawHeader(scr tcell.Screen, r draw.Rect) {
	v, p, moved := s.Room, regionHeader, s.Moved
	if moved {
		p = regionMovedHeader
	}
	s.drawRegion(scr, draw.Rect{X: r.X, Y: r.Y, W: r.W, H: 1}, p, func(scr tcell.Screen, r draw.Rect, k *shared.Visible) {
		draw.Put(scr, r.X, r.Y, r.W, view.HeaderLine(v, k.Now, r.W, moved, k.Theme))
	})
}

// DrawPanes draws the state of the room with paint, which is called with the time to
// show.
func (s *Shell) DrawPanes(scr tcell.Screen, r draw.Rect, paint func(tcell.Screen, draw.Rect, time.Time, *theme.Theme)) {
	s.drawRegion(scr, r, regionPanes, func(scr tcell.Screen, r draw.Rect, k *shared.Visible) {
		paint(scr, r, k.Now, k.Theme)
	})
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
	of    *shared.Visible
	value any
}

// Derived returns the result of compute for the present state of the room, which is
// computed once for all terminals that show the same state.
func (s *Shell) Derived(what string, w, h int, compute func() any) any {
	k, now := derivedKey{what: what, at: s.at(regionPanes), w: w, h: h}, s.seenNow()
	for i := range s.derived {
		if d := &s.derived[i]; d.of == now && d.key == k {
			return d.value
		}
	}
	value := s.o.Shared.Derived(k, now, compute)
	s.derived[s.nextDerived%len(s.derived)] = derived{key: k, of: now, value: value}
	s.nextDerived++
	return value
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

// drawCached draws rows that many terminals show alike. Besides the size, they may depend
// only on key and state; one result per key is cached. paint draws them.
func (s *Shell) drawCached(scr tcell.Screen, r draw.Rect, key, state any, paint func(tcell.Screen, draw.Rect)) {
	if s.RowCache == nil || r.X != 0 || r.H <= 0 {
		paint(scr, r)
		return
	}
	rows := s.RowCache.CachedRows(key, state, r.W, r.H,
		func(scr tcell.Screen) { paint(scr, draw.Rect{X: 0, Y: 0, W: r.W, H: r.H}) })
	s.RowCache.DrawRows(r.Y, 0, r.H, rows)
}

// seenNow returns the visible state of the room at this moment.
func (s *Shell) seenNow() *shared.Visible {
	v := s.Room
	k := shared.Visible{Room: v.Room, Short: v.Short, Link: v.Link, Proof: v.Proof, Here: shared.PeopleOf(v.Here),
		Left: shared.PeopleOf(v.Left), Now: s.Clock.Second(), Theme: s.Theme}
	if s.seen == nil || *s.seen != k {
		s.seen = s.o.Shared.Visible(&k)
	}
	return s.seen
}

// regionKey identifies a region of a room, with theme and zone.
type regionKey struct {
	region region
	room   string // ULID
	th     *theme.Theme
	zone   *time.Location
}

// regionRows are the rows of a region as they were drawn last.
type regionRows struct {
	key  regionKey
	of   *shared.Visible
	w, h int
	rows draw.SharedRows // if nil, none
}

// drawRegion draws a region of the room with paint, once for all terminals that show the
// same state.
func (s *Shell) drawRegion(scr tcell.Screen, r draw.Rect, p region,
	paint func(tcell.Screen, draw.Rect, *shared.Visible)) {
	now := s.seenNow()
	if s.RowCache == nil || r.X != 0 || r.H <= 0 {
		paint(scr, r, now)
		return
	}
	last, k := &s.regions[p], s.at(p)
	if last.rows == nil || last.of != now || last.key != k || last.w != r.W || last.h != r.H {
		*last = regionRows{key: k, of: now, w: r.W, h: r.H, rows: s.RowCache.CachedRows(k, now, r.W, r.H,
			func(scr tcell.Screen) { paint(scr, draw.Rect{X: 0, Y: 0, W: r.W, H: r.H}, now) })}
	}
	s.RowCache.DrawRows(r.Y, 0, r.H, last.rows)
}

// region is a part of the screen of a room.
type region int

const (
	regionHeader      region = iota
	regionMovedHeader        // the header after the hub has moved
	regionPanes
	numRegions
)

// at returns the key of a region of the open room.
func (s *Shell) at(p region) regionKey {
	return regionKey{region: p, room: s.Room.Room.ID, th: s.Theme, zone: s.Clock.Zone()}
}

// keysKey identifies a bottom line.
type keysKey struct {
	in  keymap.Scope
	now uint // bit set of the optional keys that are available
	th  *theme.Theme
}
