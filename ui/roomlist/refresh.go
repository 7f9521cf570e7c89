package roomlist

import (
	"cmp"
	"context"
	"slices"

	"warroom/model"
)

// refreshState is when the list of rooms is read again, in beats of the pump.
type refreshState struct {
	next int64
	busy bool
}

// refreshEvery is the minimum number of beats between two reads. A slow read is repeated
// less often, to limit the load on the hub.
const refreshEvery = 2

// Beat reads the list again, if it is due.
func (l *List) Beat() {
	if n := l.shell.Seconds(); n >= l.refresh.next {
		l.reread()
	}
}

// reread reads the rooms in a job, if a page shows them or the wall display shows the only
// open one.
func (l *List) reread() {
	_, list := l.shell.Bottom().(*Page)
	form, _ := l.shell.Top().(*DeclarePage)
	_, wall := l.shell.Bottom().(*WallPage)
	if l.refresh.busy || !list && !wall && form == nil && l.onWall == "" {
		return
	}
	began := l.shell.Seconds()
	l.refresh.busy = true
	l.shell.Jobs.Start(func(ctx context.Context) func() {
		rooms, more, err := l.read(ctx)
		lobby := l.readLobby(ctx)
		return func() {
			now := l.shell.Seconds()
			l.refresh = refreshState{next: now + max(refreshEvery, 10*(now-began))}
			if err != nil {
				return // the header shows the state of the link
			}
			if p, ok := l.shell.Bottom().(*Page); ok {
				p.take(rooms, more)
				if lobby != nil {
					p.lobby = lobby
				}
				l.readOlder(p)
			}
			if p, ok := l.shell.Bottom().(*WallPage); ok {
				p.take(rooms, lobby)
			} else if l.onWall != "" {
				l.leaveOnly(rooms, lobby)
			}
			if p, ok := l.shell.Top().(*DeclarePage); ok {
				p.take(rooms)
			}
		}
	})
}

// closedRead is the number of closed rooms that are read before the list is shown, and in
// each later reading. The older ones are read once, in the background.
const closedRead = 100

// read reads the rooms for a job, open ones first, and how many older closed ones there
// are.
func (l *List) read(ctx context.Context) ([]model.RoomInfo, int, error) {
	rooms, more, err := l.env.Rooms.Recent(ctx, closedRead)
	sortRooms(rooms)
	return rooms, more, err
}

// readOlder reads the closed rooms that the list does not have yet, if there are any.
func (l *List) readOlder(p *Page) {
	if p.more == 0 || p.older || p.reading {
		return
	}
	p.reading = true
	l.shell.Jobs.Start(func(ctx context.Context) func() {
		rooms, err := l.env.Rooms.List(ctx)
		return func() {
			p.reading = false
			if err != nil {
				return // the first row shows the state of the link; the next reading tries again
			}
			p.takeOlder(rooms)
		}
	})
}

// sortRooms sorts open rooms before resolved ones, and closed ones last. Otherwise it
// keeps the order.
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
