package hubapi

import (
	"slices"

	"warroom/model"
)

// Intake is the right of a login for a tool that sends alerts. People cannot have it, and
// it is not a right in a room.
const Intake model.Right = "intake"

// Grant has what determines a login's permissions on the server. docs/cluster/people.conf
// has the same lists for a server that you run; a test compares them.
type Grant struct {
	Handle string
	Right  model.Right
	Rooms  []string // short ids; if none, every room that is not restricted
	Conn   string   // number of the connection, "*" if the server does not check it
}

// rooms returns the tokens for the rooms of a grant.
func (g Grant) rooms() []string {
	if len(g.Rooms) == 0 {
		return []string{"*"}
	}
	return g.Rooms
}

// Stores returns the kinds of subjects in which a right may store messages.
func Stores(r model.Right) []string {
	if r == model.Watch {
		return []string{SubjectCheckpoints}
	}
	return []string{SubjectCheckpoints, SubjectLog, SubjectBlob}
}

// Reads returns the kinds of subjects that a right may read. Evidence requires the right to
// write.
func Reads(r model.Right) []string {
	if r == model.Watch {
		return []string{SubjectLog, SubjectCheckpoints}
	}
	return []string{SubjectLog, SubjectCheckpoints, SubjectBlob}
}

// Publish returns the subjects to which the login may publish, with wildcards.
func (g Grant) Publish() (out []string) {
	if g.Right == Intake {
		return []string{IntakeRoot + g.Handle, IntakeRoot + g.Handle + ".*"}
	}
	ask := func(verb string, about ...string) { out = append(out, Ask(verb, g.Handle, about...)) }
	for _, verb := range []string{VerbWho, VerbHealth, VerbList, VerbAccess, VerbExport, VerbOldRooms} {
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
		for _, subjectKind := range Reads(g.Right) {
			ask(VerbGet, short, subjectKind)
			ask(VerbRaw, short, subjectKind)
		}
		for _, subjectKind := range Stores(g.Right) {
			ask(VerbPut, short, subjectKind, "*")
		}
	}
	return out
}

// Subscribe returns the subjects to which the login may subscribe, with wildcards.
func (g Grant) Subscribe() []string {
	out := []string{Inbox(g.Handle) + ".>"}
	if g.Right == Intake {
		return out
	}
	out = append(out, Health)
	for _, short := range g.rooms() {
		subjectKinds := []string{SubjectLive, SubjectPresence}
		if g.Right == model.Command { // join requests are for those who may admit
			subjectKinds = append(subjectKinds, SubjectLocalJoin, SubjectLoginJoin)
		}
		for _, subjectKind := range subjectKinds {
			out = append(out, Root+short+"."+subjectKind+".>")
		}
	}
	return out
}

// IntakeRoot is the prefix of the subjects to which tools send alerts:
// warroom.intake.HANDLE, optionally followed by the source.
const IntakeRoot = Root + "intake."

// Reserved reports whether a handle would make the subjects of a tool ambiguous, because it
// is also a kind of subject.
func Reserved(handle string) bool {
	return slices.Contains([]string{SubjectLog, SubjectTombstones, SubjectLive, SubjectPresence, SubjectLocalJoin,
		SubjectLoginJoin, SubjectCheckpoints, SubjectBlob,
		"hub"}, handle)
}
