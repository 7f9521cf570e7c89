package model

import (
	"slices"
	"strings"
	"time"
)

// Member is a key that was admitted to the room.
type Member struct {
	Handle  string `json:"handle"`
	Right   Right  `json:"right"`
	Via     string `json:"via,omitempty"`
	Name    string `json:"name,omitempty"` // name of the person
	Job     string `json:"job,omitempty"`  // job title
	Hub     bool   `json:"hub,omitempty"`  // a key of the hub, see hubMay
	Revoked bool   `json:"struck,omitempty"`

	Came  Right     `json:"came,omitempty"` // right with which it was admitted
	Since time.Time `json:"since,omitzero"` // when it was admitted
}

// local reports whether a key was admitted on the hub's own machine, where all keys
// belong to one user, who sees every room.
func (m Member) local() bool { return isLocalOrigin(m.Via) }

func isLocalOrigin(origin string) bool {
	switch origin {
	case "socket", "key file", "tui", "cli", "hub":
		return true
	}
	return false
}

// Member returns the member with a key, and whether there is one.
func (r *Room) Member(key string) (Member, bool) {
	m, ok := r.Members[key]
	return m, ok
}

// Knows reports whether a key was ever admitted. The client asks to admit a key that
// was not before it decides anything.
func (r *Room) Knows(key string) bool {
	_, ok := r.Members[key]
	return ok
}

// needer is a body that needs a power in addition to the right to write.
type needer interface {
	// need returns the power, or "" if the right to write is enough.
	need(r *Room, e *Event) Power
}

// afterClose lists the kinds, besides entries, that a closed room accepts.
var afterClose = []Kind{KindIncidentReopened, KindEntryAmended, KindEntryRetracted, KindEntryPinned, KindFollowupAdded,
	KindFollowupDone, KindFollowupDropped,
	KindIncidentLinked, KindMilestoneSet, KindNoticeGiven, KindNoticeRetracted,
	KindKeyAdmitted, KindKeyRevoked, KindRightChanged,
	KindRoomRestricted, KindClockMet, KindClockWaived,
	KindClockRetimed, KindItemDone, KindItemSkipped, KindGateOverridden, KindUpdateSent, KindUpdateDrafted,
	KindUpdateApproved, KindUpdateWithdrawn, KindOverrideWithdrawn, KindLogResumed,
	KindReviewWritten, KindAlertJudged, KindAlertUpdated, KindChannelJudged,
	KindEvidenceStarted, KindEvidenceCollected, KindEvidenceCustody,
	KindDeliveryRecorded, KindPageAnswered, KindEntryRedacted, KindRoleConfirmed, KindTimeCorrected,
	KindHypothesisSupported, KindHypothesisEliminated, KindExportMade,
	KindIncidentDrill, KindAssetState, KindIOCAdded, KindIOCBlocked, KindImpactEnded,
	KindIncidentUnlinked,
}

// hubMay lists the kinds that the hub's own key may write: admissions, alerts that
// arrived at the hub with the files they were read from, the results of bridges, and the
// exports of people who may not write.
var hubMay = []Kind{KindKeyAdmitted, KindKeyRevoked, KindRightChanged, KindAlertReceived, KindAlertUpdated,
	KindDeliveryRecorded, KindPageAnswered, KindEntryNoted,
	KindEvidenceStarted, KindEvidenceCollected, KindIncidentLinked, KindIncidentUnlinked, KindExportMade}

// allowed is the check of an event. Its author makes it before the event is sent,
// and every reader makes it at the event's position in the log.
func allowed(r *Room, e *Event, b Body) error {
	if e.Kind.Begins() {
		return b.check(r, e)
	}
	if r.ID == "" {
		return Refuse(Conflict, "the room has not been declared yet")
	}
	if e.Room != "" && e.Room != r.ID {
		return Refuse(Invalid, "the event belongs to another room")
	}
	if err := r.mayWrite(e); err != nil {
		return err
	}
	if err := r.checkLobbyKind(e.Kind); err != nil {
		return err
	}
	if r.Plan == nil && e.Kind != KindPlanAdopted && e.Kind != KindKeyAdmitted {
		return Refuse(Conflict, "the room has no plan yet; the person who declared it has to finish: open it as %s",
			r.DeclaredBy)
	}
	if n, ok := b.(needer); ok {
		if p := n.need(r, e); p != "" && !r.Has(e.By, e.Key, p) {
			return r.lacks(e, p)
		}
	}
	if r.Status == Closed && !e.Kind.IsEntry() && !slices.Contains(afterClose, e.Kind) {
		return Refuse(Conflict, "the room is closed; :reopen REASON reopens it")
	}
	if err := b.check(r, e); err != nil {
		return err
	}
	return r.checkLegalClocks(e, b)
}

// mayWrite refuses a key that was not admitted, was revoked, or may only watch.
func (r *Room) mayWrite(e *Event) error {
	m, ok := r.Members[e.Key]
	switch {
	case !ok:
		return Refuse(Forbidden,
			`the key of %s is not admitted to this room; somebody with the right "command" can admit it: :admit %s `+
				"write", e.By,
			e.By)
	case m.Handle != e.By:
		return Refuse(Forbidden, "this key belongs to %s, not to %s", m.Handle, e.By)
	case m.Revoked:
		return Refuse(Forbidden, "this key of %s was revoked in the room; ask the Commander to admit a new one", e.By)
	case m.Hub && !slices.Contains(hubMay, e.Kind) && !(r.Lobby && e.Kind == KindPlanAdopted):
		return Refuse(Forbidden, "the hub's own key may only admit and revoke keys, add alerts and record what "+
			"bridges and readers did")
	case !m.local() && !r.Names(e.By):
		return Refuse(Forbidden, "the room is restricted and %s is not on the list", e.By)
	case m.Right == Watch:
		return Refuse(Forbidden, `%s may only watch here; somebody with the right "command" can change that: :right `+
			"%s write", e.By,
			e.By)
	}
	return nil
}

// Has reports whether a person with this key has a power, by the right "command" or by
// a role that they currently hold.
func (r *Room) Has(handle, key string, p Power) bool {
	if m, ok := r.Members[key]; !ok || m.Right == Watch || m.Revoked {
		return false
	} else if m.Right == Command {
		return true
	}
	if r.Plan == nil {
		return false
	}
	for _, a := range r.Roles {
		if a.Person != handle || !a.Until.IsZero() || a.Unconfirmed && slices.Contains(sensitivePowers, p) {
			continue
		}
		if d := r.Plan.Role(a.Role); d != nil && d.gives(p) {
			return true
		}
	}
	return false
}

// PersonHas reports whether a person has a power with any of their keys.
func (r *Room) PersonHas(handle string, p Power) bool {
	for key, m := range r.Members {
		if m.Handle == handle && !m.Hub && r.Has(handle, key, p) {
			return true
		}
	}
	return false
}

// gives reports whether the role has a power. PowerTrust and PowerLaw are newer than
// some plans: other powers include them.
func (d *RoleDef) gives(p Power) bool {
	switch has := func(p Power) bool { return slices.Contains(d.Powers, p) }; {
	case has(p), has(PowerAll):
		return true
	case p == PowerTrust:
		return has(PowerExposure)
	case p == PowerLaw:
		return has(PowerClocks) || has(PowerExposure)
	}
	return false
}

// lacks returns the refusal for a person without a power. It names the roles that
// have the power, and their holders.
func (r *Room) lacks(e *Event, p Power) error {
	if err := r.unconfirmedFor(e, p); err != nil {
		return err
	}
	var roles []string
	if r.Plan != nil {
		for _, d := range r.Plan.Roles {
			if !d.gives(p) {
				continue
			}
			s := d.Label
			if h := r.Holders(d.ID); len(h) > 0 {
				s += " (" + strings.Join(h, ", ") + ")"
			}
			roles = append(roles, s)
		}
	}
	return Refuse(Forbidden, "%s may not do that (%s); it needs the right \"command\" or one of these roles: %s", e.By,
		p.does(), strings.Join(roles, ", "))
}

// does describes a power.
func (p Power) does() Safe {
	switch p {
	case PowerAmend:
		return Lit("changing entries of others")
	case PowerUpdates:
		return Lit("sending updates and notices")
	case PowerClocks:
		return Lit("running clocks, phases and milestones")
	case PowerExposure:
		return Lit("assessing exposure")
	case PowerTrust:
		return Lit("judging channels")
	case PowerRedact:
		return Lit("redacting text")
	case PowerLaw:
		return Lit("waiving legal deadlines or starting them later")
	}
	return Lit("a decision of the commander")
}

// Decide returns nil if the person may do the act in the room as it is, or a refusal
// that states why not and what to do. now is the hub's time.
func Decide(r *Room, who Actor, a Act, now time.Time) error {
	if err := notFuture(a.At, now); err != nil {
		return err
	}
	e := &Event{V: Version, Room: r.ID, Key: who.Key, Kind: KindOf(a.Body), At: a.At, By: who.Handle, Via: who.Via,
		RecordedAt: now}
	if e.At.IsZero() {
		e.At = now
	}
	return allowed(r, e, a.Body)
}

// ValidHandle reports whether s is a valid handle: [a-z0-9_-]{1,32}.
func ValidHandle(s string) bool {
	if len(s) < 1 || len(s) > 32 {
		return false
	}
	for i := range len(s) {
		if !handleByte(s[i]) {
			return false
		}
	}
	return true
}

// ValidRoomID reports whether s has the form of a room's id, a ULID. Files are named by it, so
// nothing else may become the id of a room.
func ValidRoomID(s string) bool {
	if len(s) != 26 {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}

// IsSelf reports whether a handle means the person who types, so that nobody can have it.
func IsSelf(handle string) bool { return handle == "me" }

func handleByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '_' || c == '-'
}
