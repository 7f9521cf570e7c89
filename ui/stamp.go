package ui

import (
	"time"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
)

// stamper is a screen that can show rows which were drawn for another screen of
// the same process, and that can have rows moved by the terminal.
type stamper interface {
	Stamp(y, skip, n int, key, state any, w, h int, paint func(tcell.Screen))
	MayScroll(y, h int)
}

// stamp shows rows that many terminals show alike. What they depend on, besides
// the size, has to be in the key or in the state, of which one is kept. Paint
// draws them, here or on a sheet.
func (a *app) stamp(s tcell.Screen, r rect, key, state any, paint func(tcell.Screen, rect)) {
	if a.sheets == nil || r.x != 0 || r.h <= 0 {
		paint(s, r)
		return
	}
	a.sheets.Stamp(r.y, 0, r.h, key, state, r.w, r.h, func(s tcell.Screen) { paint(s, rect{0, 0, r.w, r.h}) })
}

// seenKey is what is to be seen of a view, and when: two terminals with the same
// one show the same of it. Waiting lines and who knocks are not in it.
type seenKey struct {
	room       *model.Room
	short      string
	link       model.Link
	proof      model.Proof
	here, left people
	now        time.Time
	th         *theme
}

// people tells one list of people from another. Lists never change.
type people struct {
	first *model.Presence
	n     int
}

func listed(list []model.Presence) people {
	if len(list) == 0 {
		return people{}
	}
	return people{&list[0], len(list)}
}

// seenAs is a seenKey as it is handed on, which costs memory once while it is
// the same.
type seenAs struct {
	seenKey
	any any
}

// seenNow is what the room shows at this moment.
func (a *app) seenNow() *seenAs {
	v, s := a.in.view, &a.in.seen
	k := seenKey{v.Room, v.Short, v.Link, v.Proof, listed(v.Here), listed(v.Left), a.second(), a.th}
	if s.any == nil || s.seenKey != k {
		*s = seenAs{k, k}
	}
	return s
}

// second is the hub's time as the screen shows it: that of the newest full
// second, so that digits change when the second does and at no other time, on
// all terminals alike.
func (a *app) second() time.Time {
	t := a.o.Clock.Now().Truncate(time.Second).In(a.zone())
	if a.in != nil {
		t = t.Add(a.in.view.Offset)
	}
	return t
}

// shownAt is where a state of a room is shown: what of it, by which theme, in
// which zone.
type shownAt struct {
	part part
	room string // its ULID
	th   *theme
	zone *time.Location
}

// part is what of a room is shown.
type part int

const (
	partHeader part = iota
	partMoved       // the header that says that the hub has moved
	partPanes
)

// at is the key of a part of the room one is in.
func (a *app) at(p part) shownAt { return shownAt{p, a.in.view.Room.ID, a.th, a.zone()} }

// keysKey is a bottom line.
type keysKey struct {
	in  scope
	now uint // which of the keys that come and go are there
	th  *theme
}
