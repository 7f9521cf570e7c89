package model

import (
	"slices"
	"strings"
	"time"
)

// Member is a key that was let into the room.
type Member struct {
	Handle string `json:"handle"`
	Right  Right  `json:"right"`
	Via    string `json:"via,omitempty"`
	Name   string `json:"name,omitempty"` // person
	Job    string `json:"job,omitempty"`  // day-job title
	Hub    bool   `json:"hub,omitempty"`  // the hub's own key: see hubMay
	Struck bool   `json:"struck,omitempty"`

	Came  Right     `json:"came,omitempty"` // the right it came with
	Since time.Time `json:"since,omitzero"` // when it was let in
}

// local says whether a key came at the hub's own machine, where everybody is this
// user and sees every room.
func (m Member) local() bool { return localDoor(m.Via) }

func localDoor(door string) bool {
	switch door {
	case "socket", "key file", "tui", "cli", "hub":
		return true
	}
	return false
}

// Member returns what the room knows of a key.
func (r *Room) Member(key string) (Member, bool) {
	m, ok := r.Members[key]
	return m, ok
}

// Knows says whether a key was ever let in. One that was not is let in by the
// seat, before it decides.
func (r *Room) Knows(key string) bool {
	_, ok := r.Members[key]
	return ok
}

// needer is a body that needs more than the right to write.
type needer interface {
	// need returns the power it takes, "" where the right to write is enough.
	need(r *Room, e *Event) Power
}

// afterClose are the kinds that a closed room still takes, besides entries.
var afterClose = []Kind{KindIncidentReopened, KindEntryAmended, KindEntryRetracted, KindEntryPinned, KindFollowupAdded, KindFollowupDone,
	KindIncidentLinked, KindMilestoneSet, KindNoticeGiven, KindKeyAdmitted, KindKeyStruck, KindRightChanged, KindRoomRestricted, KindClockMet, KindClockWaived,
	KindClockRetimed, KindItemDone, KindItemSkipped, KindUpdateSent, KindLogResumed, KindReviewWritten, KindAlertJudged, KindAlertUpdated, KindChannelJudged,
	KindEvidenceStarted, KindEvidenceCollected, KindEvidenceCustody,
	KindDeliveryRecorded, KindPageAnswered, KindEntryRedacted, KindRoleConfirmed, KindTimeCorrected,
	KindHypothesisSupported, KindHypothesisEliminated, KindExportMade,
}

// hubMay are the kinds that the hub's own key may write: who comes in and out,
// the alerts that came by one of the hub's doors, and what bridges did.
var hubMay = []Kind{KindKeyAdmitted, KindKeyStruck, KindRightChanged, KindAlertReceived, KindAlertUpdated, KindDeliveryRecorded, KindPageAnswered, KindEntryNoted}

// allowed is the one check of an event: by its author before it is sent, and
// by every reader at its place in the log.
func allowed(r *Room, e *Event, b Body) error {
	if e.Kind.Begins() {
		return b.check(r, e)
	}
	if r.ID == "" {
		return Refuse(Conflict, "the room is not declared yet")
	}
	if e.Room != "" && e.Room != r.ID {
		return Refuse(Invalid, "the event is of another room")
	}
	if err := r.mayWrite(e); err != nil {
		return err
	}
	if err := r.inPlace(e.Kind); err != nil {
		return err
	}
	if r.Plan == nil && e.Kind != KindPlanAdopted && e.Kind != KindKeyAdmitted {
		return Refuse(Conflict, "the room has no plan yet; the one who declared it must finish that: open it as %s", r.DeclaredBy)
	}
	if n, ok := b.(needer); ok {
		if p := n.need(r, e); p != "" && !r.Has(e.By, e.Key, p) {
			return r.lacks(e, p)
		}
	}
	if r.Status == Closed && !e.Kind.IsEntry() && !slices.Contains(afterClose, e.Kind) {
		return Refuse(Conflict, "the room is closed; :reopen REASON opens it again")
	}
	return b.check(r, e)
}

// mayWrite refuses a key that was not let in, was struck, or only watches.
func (r *Room) mayWrite(e *Event) error {
	m, ok := r.Members[e.Key]
	switch {
	case !ok:
		return Refuse(Forbidden, "the key of %s is not admitted to this room; somebody with command can let it in: :admit %s write", e.By, e.By)
	case m.Handle != e.By:
		return Refuse(Forbidden, "this key belongs to %s, not to %s", m.Handle, e.By)
	case m.Struck:
		return Refuse(Forbidden, "this key of %s was struck from the room; ask the Commander for a new one", e.By)
	case m.Hub && !slices.Contains(hubMay, e.Kind) && !(r.Lobby && e.Kind == KindPlanAdopted):
		return Refuse(Forbidden, "the hub's own key only lets keys in and out, brings alerts and says what bridges did")
	case !m.local() && !r.Names(e.By):
		return Refuse(Forbidden, "the room is restricted and does not name %s", e.By)
	case m.Right == Watch:
		return Refuse(Forbidden, "%s may only watch here; somebody with command can change that: :right %s write", e.By, e.By)
	}
	return nil
}

// Has says whether a person at a key has a power: by the right command, or by
// a role that they hold now.
func (r *Room) Has(handle, key string, p Power) bool {
	if m, ok := r.Members[key]; !ok || m.Right == Watch || m.Struck {
		return false
	} else if m.Right == Command {
		return true
	}
	if r.Plan == nil {
		return false
	}
	for _, a := range r.Roles {
		if a.Person != handle || !a.Until.IsZero() || a.Unconfirmed && slices.Contains(gravePowers, p) {
			continue
		}
		if d := r.Plan.Role(a.Role); d != nil && d.gives(p) {
			return true
		}
	}
	return false
}

// PersonHas reports whether a person has a power at any of their keys.
func (r *Room) PersonHas(handle string, p Power) bool {
	for key, m := range r.Members {
		if m.Handle == handle && !m.Hub && r.Has(handle, key, p) {
			return true
		}
	}
	return false
}

// gives says whether a role has a power. Plans are older than trust: the role
// that assesses exposure judges channels.
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

// lacks words the refusal of somebody without a power: which roles have it and
// who holds them.
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
	return Refuse(Forbidden, "%s may not do that (%s); it takes the right \"command\" or one of these roles: %s", e.By, p.does(), strings.Join(roles, ", "))
}

// does says what a power is about.
func (p Power) does() Safe {
	switch p {
	case PowerAmend:
		return Lit("changing what others wrote")
	case PowerUpdates:
		return Lit("sending updates and notices")
	case PowerClocks:
		return Lit("running clocks, phases and milestones")
	case PowerExposure:
		return Lit("assessing exposure")
	case PowerTrust:
		return Lit("judging channels")
	case PowerRedact:
		return Lit("taking text out of the log")
	case PowerLaw:
		return Lit("waiving clocks of law and moving them to a later start")
	}
	return Lit("a matter of command")
}

// Decide says whether a person may do what they want in the room as it is:
// nil, or a refusal that says why and what to do. Now is the hub's time.
func Decide(r *Room, who Actor, a Act, now time.Time) error {
	if err := notFuture(a.At, now); err != nil {
		return err
	}
	e := &Event{V: Version, Room: r.ID, Key: who.Key, Kind: a.Body.Kind(), At: a.At, By: who.Handle, Via: who.Via, RecordedAt: now}
	if e.At.IsZero() {
		e.At = now
	}
	return allowed(r, e, a.Body)
}

// ValidHandle says whether s may name a person: [a-z0-9_-]{1,32}.
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

func handleByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '_' || c == '-'
}
