package model

import (
	"encoding/json"
	"slices"
)

// Profile says what of a record is for whom. What is left out of it stands in an
// export as its hash, so that the rest is still proven to be a true part of the
// record. A message is shown whole or not at all: who wrote it is in the bytes that
// they signed.
type Profile struct {
	Name      string
	For       string   // whom it is for, and what they get
	Kinds     []Kind   // what is shown; nil: everything
	Audiences []string // whose updates and notices are; nil: everybody's
	Names     bool     // a report names people
	Audit     bool     // and has the plan's numbers and controls
}

// outside is what anybody may be told who was affected: how bad it was, how it went
// on, and what was told to them.
var outside = []Kind{KindSeverityChanged, KindPhaseEntered, KindPhaseLeft, KindMilestoneSet, KindIncidentResolved, KindIncidentReopened, KindIncidentClosed,
	KindUpdateSent, KindNoticeGiven}

// Profiles are all there are. The first is the whole record.
var Profiles = []Profile{
	{Name: "internal", For: "the company itself: the whole record", Names: true, Audit: true},
	{Name: "regulator", For: "authorities and auditors: everything but working notes, hypotheses, asks and pages", Names: true, Audit: true,
		Kinds: slices.Concat(outside, []Kind{KindIncidentDeclared, KindPlanAdopted, KindIncidentRenamed, KindKindChanged, KindExposureAssessed, KindConditionAnswered,
			KindRoleAssumed, KindRoleRenounced, KindHandoffAccepted, KindItemAdded, KindItemDone, KindItemSkipped, KindItemReopened,
			KindClockArmed, KindClockRetimed, KindClockSnoozed, KindClockMet, KindClockWaived, KindActionTaken, KindDecisionMade, KindFindingRecorded,
			KindEvidenceNoted, KindEvidenceStarted, KindEvidenceCollected, KindEvidenceCustody, KindCommunication, KindFollowupAdded, KindFollowupDone,
			KindReviewWritten, KindAlertReceived, KindAlertJudged, KindChannelJudged, KindDeliveryRecorded, KindEntryRedacted, KindLogResumed, KindLobbyOpened,
			KindKeyAdmitted, KindKeyStruck, KindRightChanged, KindRoomRestricted})},
	{Name: "customer", For: "customers: severity, phases and milestones, whether data got out, and what they were told",
		Kinds: append(slices.Clip(outside), KindExposureAssessed), Audiences: []string{"customers", "customer", "public", "status-page"}},
	{Name: "public", For: "everybody: severity, phases and milestones, and what the public was told",
		Kinds: outside, Audiences: []string{"public", "status-page"}},
}

// ProfileOf finds a profile by its name.
func ProfileOf(name string) (*Profile, error) {
	for i := range Profiles {
		if Profiles[i].Name == name {
			return &Profiles[i], nil
		}
	}
	return nil, Refuse(NotFound, "there is no profile %s; there are: %s", quoted(name), ids(Profiles, func(p Profile) string { return p.Name }))
}

// IsWhole says whether a profile leaves nothing out.
func (p *Profile) IsWhole() bool { return p.Kinds == nil }

// Has says whether messages of a kind are in a profile.
func (p *Profile) Has(k Kind) bool { return p.Kinds == nil || slices.Contains(p.Kinds, k) }

// Shows says whether a message is. One that does not check, or was redacted, is
// shown in the whole record alone.
func (p *Profile) Shows(e *Event) bool {
	switch {
	case p.IsWhole():
		return true
	case e.Fault != "" || e.Redacted || !p.Has(e.Kind):
		return false
	case e.Kind != KindUpdateSent && e.Kind != KindNoticeGiven:
		return true
	}
	var to struct {
		Audience string `json:"audience"`
	}
	return json.Unmarshal(e.Body, &to) == nil && p.Addresses(to.Audience)
}

// Addresses says whether what was told to an audience is in a profile.
func (p *Profile) Addresses(audience string) bool {
	return p.Audiences == nil || slices.Contains(p.Audiences, audience)
}
