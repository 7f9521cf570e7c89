package replica

import (
	"strconv"

	"warroom/feed/hubapi"
	"warroom/feed/subjects"
)

// hereSubject returns the subject for publishing that a person is in the room.
func (ro *Roster) hereSubject(handle, key string) string {
	f := ro.f
	conn := f.env.Conn
	if conn.ByHub.Load() {
		id, err := conn.NC.GetClientID()
		if err != nil {
			id = 0
		}
		return hubapi.Ask(hubapi.VerbHere, handle, strconv.FormatUint(id, 10), f.Short, key)
	}
	return subjects.Of(f.Short, f.CurrentSubjectKind(subjects.Presence), handle, key)
}

// CurrentSubjectKind returns the kind of subject that the room uses: a restricted room
// uses private ones.
func (f *Follower) CurrentSubjectKind(subjectKind string) string {
	if f.View().Room.IsRestricted() {
		return hubapi.Private(subjectKind)
	}
	return subjectKind
}
