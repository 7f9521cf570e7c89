package ui

import (
	"cmp"
	"context"
	"slices"
	"time"

	"warroom/model"
)

// fresh is when the list of rooms is read again while it is looked at, counted
// in beats of the pump.
type fresh struct {
	next int64
	busy bool
}

// readAgain is how many beats lie between two readings. One that takes long is
// made seldom, so that looking at a list costs a hub little.
const readAgain = 2

// beat reads the list again while the list or the form is up.
func (a *app) beat() {
	if n := a.pump.beats.Load(); n >= a.fresh.next {
		a.readRooms()
	}
}

// readRooms reads the rooms beside the loop, where somebody looks at them.
func (a *app) readRooms() {
	_, list := a.pages[0].(*listPage)
	form, _ := a.top().(*declarePage)
	if a.fresh.busy || a.o.Wall || !list && form == nil {
		return
	}
	began := a.pump.beats.Load()
	a.fresh.busy = true
	a.jobs.start(func(ctx context.Context) func() {
		rooms, err := a.listRooms(ctx)
		lobby := a.readLobby(ctx)
		return func() {
			now := a.pump.beats.Load()
			a.fresh = fresh{next: now + max(readAgain, 10*(now-began))}
			if err != nil {
				return // the link says so in the first row
			}
			if p, ok := a.pages[0].(*listPage); ok {
				p.take(rooms)
				if lobby != nil {
					p.lobby = lobby
				}
			}
			if p, ok := a.top().(*declarePage); ok {
				p.take(rooms)
			}
		}
	})
}

// listRooms reads the rooms for a job, open ones first.
func (a *app) listRooms(ctx context.Context) ([]model.RoomInfo, error) {
	rooms, err := a.o.Rooms.List(ctx)
	sortRooms(rooms)
	return rooms, err
}

// sortRooms puts open rooms before resolved ones and closed ones last, and else
// leaves the order of the hub.
func sortRooms(rooms []model.RoomInfo) {
	rank := func(r model.RoomInfo) int {
		switch {
		case r.Room == nil:
			return 3
		case r.Room.Status == model.Resolved:
			return 1
		case r.Room.Status == model.Closed:
			return 2
		}
		return 0
	}
	slices.SortStableFunc(rooms, func(a, b model.RoomInfo) int { return cmp.Compare(rank(a), rank(b)) })
}

// take shows what was read. Selection and search stay; a room that is new is
// searched too.
func (p *listPage) take(rooms []model.RoomInfo) {
	known := map[string]bool{}
	for _, r := range p.rooms {
		known[r.Short] = true
	}
	added := slices.DeleteFunc(slices.Clone(rooms), func(r model.RoomInfo) bool { return known[r.Short] })
	p.rooms, p.loaded = rooms, true
	if p.sel == "" {
		p.sel = p.first()
	}
	if len(added) > 0 {
		p.searchAlso(added)
	}
}

// visits are what this terminal knows of the rooms: where a draft lies, and when one
// was there last.
type visits struct {
	drafts map[string]bool
	last   string // the room one was in last
}

// visitsTo looks at what is kept on disk. It is for jobs.
func (s *store) visitsTo(rooms []model.RoomInfo) visits {
	v := visits{drafts: map[string]bool{}}
	names := s.names()
	var newest time.Time
	for _, r := range rooms {
		if r.Room == nil {
			continue
		}
		v.drafts[r.Short] = names[fileFor("draft", r.Room.ID)]
		if !names[fileFor("seen", r.Room.ID)] {
			continue
		}
		if s, ok := s.loadSeen(r.Room.ID); ok && s.at.After(newest) {
			newest, v.last = s.at, r.Short
		}
	}
	return v
}

// first is the room where the cursor starts: where a draft lies, where one was
// last, the newest open one.
func (p *listPage) first() string {
	if p.visits.drafts[p.visits.last] {
		return p.visits.last
	}
	for _, r := range p.rooms {
		if p.visits.drafts[r.Short] {
			return r.Short
		}
	}
	if p.visits.last != "" || len(p.rooms) == 0 {
		return p.visits.last
	}
	return p.rooms[0].Short
}
