package state

import (
	"time"

	"warroom/model"
)

// Visits are the rooms with a draft, and the room that was visited last.
type Visits struct {
	Drafts map[string]bool
	Last   string // short id
}

// VisitsTo reads the visits from disk. It must not be called in the loop.
func (s *Store) VisitsTo(rooms []model.RoomInfo) Visits {
	v := Visits{Drafts: map[string]bool{}}
	names := s.names()
	var newest time.Time
	for _, r := range rooms {
		if r.Room == nil {
			continue
		}
		v.Drafts[r.Short] = names[fileFor("draft", r.Room.ID)]
		if !names[fileFor("seen", r.Room.ID)] {
			continue
		}
		if s, ok := s.LoadSeen(r.Room.ID); ok && s.At.After(newest) {
			newest, v.Last = s.At, r.Short
		}
	}
	return v
}
