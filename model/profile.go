package model

import (
	"slices"
	"strings"
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
	Blameless bool     // in its report roles stand for people
	Quiet     bool     // words are shown where they were written for these audiences, and nothing else that has any
}

// outside is what anybody may be told who was affected: how bad it was, how it went
// on, and what was told to them.
var outside = []Kind{KindSeverityChanged, KindPhaseEntered, KindPhaseLeft, KindMilestoneSet, KindIncidentResolved, KindIncidentReopened, KindIncidentClosed,
	KindUpdateSent, KindNoticeGiven}

// audited is what an auditor may ask for: everything but working notes,
// hypotheses, asks and pages.
var audited = slices.Concat(outside, []Kind{KindIncidentDeclared, KindPlanAdopted, KindIncidentRenamed, KindKindChanged, KindExposureAssessed, KindConditionAnswered,
	KindRoleAssumed, KindRoleRenounced, KindHandoffAccepted, KindItemAdded, KindItemDone, KindItemSkipped, KindItemReopened,
	KindClockArmed, KindClockRetimed, KindClockSnoozed, KindClockMet, KindClockWaived, KindActionTaken, KindDecisionMade, KindFindingRecorded,
	KindEvidenceNoted, KindEvidenceStarted, KindEvidenceCollected, KindEvidenceCustody, KindCommunication, KindFollowupAdded, KindFollowupDone,
	KindReviewWritten, KindAlertReceived, KindAlertUpdated, KindAlertJudged, KindChannelJudged, KindDeliveryRecorded, KindEntryRedacted, KindLogResumed, KindLobbyOpened,
	KindKeyAdmitted, KindKeyStruck, KindRightChanged, KindRoomRestricted, KindTimeCorrected, KindExportMade})

// Profiles are all there are. The first is the whole record.
var Profiles = []Profile{
	{Name: "internal", For: "the company itself: the whole record"},
	{Name: "leadership", For: "the leadership of the company: everything but working notes, hypotheses, asks and pages; the report names roles",
		Kinds: audited, Blameless: true},
	{Name: "compliance", For: "compliance officers: everything but working notes, hypotheses, asks and pages; the report names people", Kinds: audited},
	{Name: "regulator", For: "authorities and auditors: everything but working notes, hypotheses, asks and pages; the report names roles",
		Kinds: audited, Blameless: true},
	{Name: "customer", For: "customers: severity, phases and milestones, whether data got out, and what they were told",
		Kinds: append(slices.Clip(outside), KindExposureAssessed), Audiences: []string{"customers", "customer", "public", "status-page"}, Quiet: true, Blameless: true},
	{Name: "public", For: "everybody: severity, phases and milestones, and what the public was told",
		Kinds: outside, Audiences: []string{"public", "status-page"}, Quiet: true, Blameless: true},
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

// Shown says of each event of a log, all of it and in order, whether it is in a
// profile. One that does not check, had no effect, or was redacted is in the whole
// record alone. What happened to an entry later is shown where the entry is.
func (p *Profile) Shown(events []*Event) map[uint64]bool {
	out, r := map[uint64]bool{}, NewRoom()
	for _, e := range events {
		r = Apply(r, e)
		_, void := r.Refusal(e.Seq)
		out[e.Seq] = p.IsWhole() || !void && e.Fault == "" && !e.Redacted && p.shows(e, out)
	}
	return out
}

// shows decides about one event; before are those in front of it.
func (p *Profile) shows(e *Event, before map[uint64]bool) bool {
	b, err := e.DecodeBody()
	if err != nil {
		return false
	}
	switch b := b.(type) {
	case *EntryAmended:
		return before[b.Seq]
	case *EntryRetracted:
		return before[b.Seq]
	case *UpdateSent:
		return p.Has(e.Kind) && p.addresses(b.Audience)
	case *NoticeGiven:
		return p.Has(e.Kind) && p.addresses(b.Audience)
	}
	return p.Has(e.Kind) && !(p.Quiet && hasWords(b))
}

// hasWords says whether somebody wrote something in their own words.
func hasWords(b Body) bool {
	w, ok := b.(worded)
	return ok && slices.ContainsFunc(w.free(), func(s *string) bool { return strings.TrimSpace(*s) != "" })
}

// addresses says whether what was told to an audience is in a profile.
func (p *Profile) addresses(audience string) bool {
	return p.Audiences == nil || slices.Contains(p.Audiences, audience)
}
