package cli

import (
	"path/filepath"
	"time"

	"warroom/model"
	"warroom/ui/present"
	"warroom/ui/state"
)

// visits returns the store of how far rooms were read, which the full screen also uses.
func (a *plainRoom) visits() *state.Store {
	dir := filepath.Join(a.cfg.Data, "state", a.stateName())
	return state.Open(dir, a.box, func(err error) { a.printErr(model.Sentence(err)) })
}

// stateName returns the name of the directory with the state of the person.
func (a *plainRoom) stateName() string {
	if a.guestName != "" {
		return "ssh-" + a.guestName
	}
	return a.s.Who().Handle
}

// newSinceVisit describes what is new in a room since the last visit; empty if nothing is, or
// if there was no visit.
func newSinceVisit(visits *state.Store, v *model.View, me string, now time.Time) model.Safe {
	last, been := visits.LoadSeen(v.Room.ID)
	if !been {
		return model.Safe{}
	}
	return present.CatchUp(v.Room, last.Seq, last.At.In(now.Location()), me)
}
