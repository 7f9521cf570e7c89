package model

import (
	"cmp"
	"slices"
	"strings"
)

// The short id of a related room is its name on the hub where the relation was recorded. A room
// that was imported names others by numbers that may be of other rooms on the reader's hub.

// Name returns what the related room is called on the hub of the reader, see [Room.RelatedHere].
func (x *Related) Name() string {
	switch {
	case x.Here != "":
		return x.Here
	case x.Elsewhere:
		return x.Room + " on another hub"
	}
	return x.Room
}

// IDHere returns the short id of the related room on the hub of the reader, or its ULID if that hub
// does not have it.
func (x *Related) IDHere() string {
	if x.Elsewhere {
		return x.RoomID
	}
	return cmp.Or(x.Here, x.Room)
}

// named sets what the related room is called on the hub that has these rooms. isAll reports
// whether the list is complete.
func (x *Related) named(rooms []RoomInfo, isAll bool) {
	i := slices.IndexFunc(rooms, func(i RoomInfo) bool { return i.Room != nil && i.Room.ID == x.RoomID })
	if i >= 0 {
		x.Here = rooms[i].Short
		return
	}
	x.Elsewhere = isAll ||
		slices.ContainsFunc(rooms, func(i RoomInfo) bool { return strings.EqualFold(i.Short, x.Room) })
}

// RelatedHere returns the room for a reader whose hub has these rooms: it names related rooms as
// that hub does, and those that the hub does not have as rooms on another hub. isAll reports
// whether the list is complete; if it is not, a room that is missing keeps its number. The result
// is for display: its state hash is not that of the log.
func (r *Room) RelatedHere(rooms []RoomInfo, isAll bool) *Room {
	if len(r.Related)+len(r.Unrelated) == 0 {
		return r
	}
	n := r.alike()
	n.Related, n.Unrelated = slices.Clone(r.Related), slices.Clone(r.Unrelated)
	for i := range n.Related {
		n.Related[i].named(rooms, isAll)
	}
	for i := range n.Unrelated {
		n.Unrelated[i].named(rooms, isAll)
	}
	return n
}
