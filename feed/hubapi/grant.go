package hubapi

import (
	"slices"

	"warroom/model"
)

// Intake is the right of a login that no person has: a tool's, which sends alerts.
// No room knows it.
const Intake model.Right = "intake"

// Grant is what the server lets a login do. docs/cluster/people.conf has the same
// lists for a server that you run; a test compares them.
type Grant struct {
	Handle string
	Right  model.Right
	Rooms  []string // short ids; none: every room that is not restricted
	Conn   string   // number of the connection, "*" where the server does not check it
}

// rooms returns the token for the rooms of a grant.
func (g Grant) rooms() []string {
	if len(g.Rooms) == 0 {
		return []string{"*"}
	}
	return g.Rooms
}

// Stores returns the lanes in which a right may store.
func Stores(r model.Right) []string {
	if r == model.Watch {
		return []string{LaneSeal}
	}
	return []string{LaneSeal, LaneLog, LaneBlob}
}

// Reads returns the lanes that a right may read. Evidence is for those who may
// write.
func Reads(r model.Right) []string {
	if r == model.Watch {
		return []string{LaneLog, LaneSeal}
	}
	return []string{LaneLog, LaneSeal, LaneBlob}
}

// Publish returns the subjects to which the login may publish, with wildcards.
func (g Grant) Publish() (out []string) {
	if g.Right == Intake {
		return []string{IntakeRoot + g.Handle, IntakeRoot + g.Handle + ".*"}
	}
	ask := func(verb string, about ...string) { out = append(out, Ask(verb, g.Handle, about...)) }
	for _, verb := range []string{VerbWho, VerbHow, VerbList, VerbAccess, VerbOldRooms} {
		ask(verb)
	}
	if g.Right != model.Watch {
		ask(VerbEvidence)
		ask(VerbOldStore)
	}
	if g.Right != model.Watch && len(g.Rooms) == 0 {
		ask(VerbCreate)
		ask(VerbOldMake)
	}
	for _, short := range g.rooms() {
		ask(VerbTip, short)
		ask(VerbHere, g.Conn, short, "*")
		ask(VerbJoin, string(g.Right), short, "*")
		for _, lane := range Reads(g.Right) {
			ask(VerbGet, short, lane)
			ask(VerbRaw, short, lane)
		}
		for _, lane := range Stores(g.Right) {
			ask(VerbPut, short, lane, "*")
		}
	}
	return out
}

// Subscribe returns the subjects to which the login may subscribe.
func (g Grant) Subscribe() []string {
	out := []string{Inbox(g.Handle) + ".>"}
	if g.Right == Intake {
		return out
	}
	out = append(out, Health)
	for _, short := range g.rooms() {
		lanes := []string{LaneLive, LaneHere}
		if g.Right == model.Command { // who may admit somebody sees who asks
			lanes = append(lanes, LaneDoor, LaneGate)
		}
		for _, lane := range lanes {
			out = append(out, Root+short+"."+lane+".>")
		}
	}
	return out
}

// IntakeRoot begins the subjects to which tools send alerts:
// warroom.intake.HANDLE, or with the source behind it.
const IntakeRoot = Root + "intake."

// Reserved reports whether a handle would make the subjects of a tool ambiguous: it
// is the name of a lane.
func Reserved(handle string) bool {
	return slices.Contains([]string{LaneLog, LaneGone, LaneLive, LaneHere, LaneDoor, LaneGate, LaneSeal, LaneBlob, "hub"}, handle)
}
