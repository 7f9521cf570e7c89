package roomlist

import (
	"context"
	"time"

	"warroom/model"
)

// notifyStale shows a note about rooms without a recent entry, after other remarks.
func (l *List) notifyStale(rooms []model.RoomInfo, first ...model.Safe) {
	if s := model.StaleLine(rooms, l.shell.Clock.Now()); !s.IsEmpty() {
		first = append(first, s)
	}
	if len(first) > 0 {
		l.shell.Notes.Show(model.JoinSafe(model.Lit("; "), first...))
	}
}

// roomCache is the list of rooms for lines that name another room.
type roomCache struct {
	list []model.RoomInfo
	at   time.Time // when it was read; zero: not yet
	busy bool
}

// roomsFor is how long a list is used before it is read again.
const roomsFor = 10 * time.Second

// Named returns another room that this person may see, or nil if there is no such room.
// It reads the list in a job, and returns [model.Unreachable] until that is done.
func (l *List) Named(short string) (*model.Room, error) {
	if now := l.shell.Clock.Local(); !l.cache.busy && (l.cache.at.IsZero() || now.Sub(l.cache.at) > roomsFor) {
		l.cache.busy = true
		l.shell.Jobs.Start(func(ctx context.Context) func() {
			list, err := l.env.Rooms.List(ctx)
			return func() {
				l.cache.busy = false
				if err != nil {
					l.shell.Notes.Fail(err)
					return
				}
				l.cache.list, l.cache.at = list, l.shell.Clock.Local()
			}
		})
	}
	if l.cache.at.IsZero() {
		return nil, model.Refuse(model.Unreachable, "the list of rooms is being read; press Enter again in a moment")
	}
	for _, i := range l.cache.list {
		if i.Short == short {
			return i.Room, nil
		}
	}
	return nil, nil
}
