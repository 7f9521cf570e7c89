package present

import (
	"strings"

	"warroom/model"
)

// ListedRoom is the facts about a room in a list.
type ListedRoom struct {
	Short, Severity, Status, Phases, Title model.Safe
	Restricted, Drill                      model.Safe // marks; empty if they do not apply
}

// Unreadable is the state of a room that cannot be read.
var Unreadable = model.Lit("cannot be read")

// The marks of a room.
var (
	RestrictedMark = model.Lit("RESTRICTED")
	DrillMark      = model.Lit("DRILL")
)

// Restricted names the only people who may see a room.
func Restricted(r *model.Room) model.Safe {
	return model.Safef("%s: only %s may see this room", RestrictedMark, strings.Join(r.Restricted, ", "))
}

// Listed describes a room in a list. It reports whether the room can be read.
func Listed(i model.RoomInfo) (f ListedRoom, ok bool) {
	f.Short = model.CleanLine(i.Short)
	r := i.Room
	if r == nil {
		f.Status = Unreadable
		return f, false
	}
	f.Severity, f.Status, f.Phases = model.CleanLine(r.Severity), model.CleanLine(string(r.Status)), Phases(r)
	f.Title = model.CleanLine(r.Title)
	if i.Restricted || r.IsRestricted() {
		f.Restricted = RestrictedMark
	}
	if r.Drill {
		f.Drill = DrillMark
	}
	return f, true
}
