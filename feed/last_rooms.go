package feed

import (
	"time"

	"warroom/feed/roomindex"
	"warroom/feed/roomstore"
	"warroom/model"
)

// LastRooms returns the rooms of a data directory as its hub knew them when it last ran, the
// newest first: all that were not closed, up to the given number of closed ones, and how many
// it leaves out. at is when the list was stored. It needs no running hub, so a screen can show
// it while one starts.
//
// Nobody is authenticated yet, and the logs have not been read, so restricted rooms are left
// out. at is zero if there is no list: no hub ran here, another version wrote it, or the data
// directory is encrypted.
func LastRooms(data string, closed int) (rooms []model.RoomInfo, more int, at time.Time) {
	s := roomstore.Store{Data: data}
	block, at := s.PeekIndex()
	all, err := roomindex.Read(block)
	if err != nil {
		return nil, 0, time.Time{}
	}
	roomindex.Sort(all)
	rows, more := roomindex.Recent(all, closed, func(r *roomindex.Row) bool {
		return !r.Access.Restricted && !r.Room.IsRestricted()
	})
	for _, r := range rows {
		rooms = append(rooms, r.Info())
	}
	return rooms, more, at
}
