package model

import (
	"slices"
	"strings"
)

// Profile selects the messages of a record that an audience receives. A partial
// export has the hashes of the others, which proves that the messages are part of
// the record. A message is exported completely or not at all, since its author
// signed all of its bytes.
type Profile struct {
	Name         string
	For          string   // whom it is for, and what they receive
	Kinds        []Kind   // the kinds it contains; if nil, all
	Audiences    []string // audiences whose updates and notices it contains; if nil, all
	Blameless    bool     // its report has roles in place of people
	HideFreeText bool     // messages with free text are left out, except updates and notices to Audiences
}

// outside lists the kinds that anybody who was affected may see: severity, progress,
// and what was sent to them.
var outside = []Kind{KindSeverityChanged, KindPhaseEntered, KindPhaseLeft, KindMilestoneSet, KindIncidentResolved,
	KindIncidentReopened, KindIncidentClosed,
	KindUpdateSent, KindUpdateDrafted, KindUpdateApproved, KindNoticeGiven}

// audited lists the kinds for an auditor: everything but working notes, hypotheses,
// asks and pages.
var audited = slices.Concat(outside,
	[]Kind{KindIncidentDeclared, KindPlanAdopted, KindIncidentRenamed, KindKindChanged, KindExposureAssessed,
		KindConditionAnswered,
		KindRoleAssumed, KindRoleRenounced, KindHandoffAccepted, KindItemAdded, KindItemDone, KindItemSkipped,
		KindItemReopened,
		KindClockArmed, KindClockRetimed, KindClockSnoozed, KindClockMet, KindClockWaived, KindActionTaken,
		KindDecisionMade, KindFindingRecorded,
		KindEvidenceNoted, KindEvidenceStarted, KindEvidenceCollected, KindEvidenceCustody, KindCommunication,
		KindFollowupAdded, KindFollowupDone,
		// Work, polls and command.
		KindFollowupDropped, KindPollOpened, KindPollObjected, KindPollClosed, KindRoleConfirmed, KindRoleCombined,
		KindGateOverridden, KindOverrideWithdrawn, KindItemAssigned, KindItemStarted, KindItemBlocked, KindItemDue,
		KindClockPaced,
		KindReviewWritten, KindAlertReceived, KindAlertUpdated, KindAlertJudged, KindChannelJudged,
		KindDeliveryRecorded, KindEntryRedacted, KindLogResumed, KindLobbyOpened,
		KindKeyAdmitted, KindKeyRevoked, KindRightChanged, KindRoomRestricted, KindTimeCorrected, KindExportMade,
		KindAssetAdded, KindAssetState, KindItemExcepted, KindIOCAdded, KindIOCBlocked,
		KindImpactStarted, KindImpactEnded, KindAdversaryObserved, KindIncidentDrill,
		KindPointAnswered, KindIncidentUnlinked})

// Profiles lists all profiles. The first is the whole record.
var Profiles = []Profile{
	{Name: "internal", For: "the company itself: the whole record"},
	{Name: "leadership",
		For:   "company leadership: everything but working notes, hypotheses, asks and pages; the report names roles",
		Kinds: audited, Blameless: true},
	{Name: "compliance",
		For: "compliance officers: everything but working notes, hypotheses, asks and pages; the report names " +
			"people",
		Kinds: audited},
	{Name: "regulator",
		For: "authorities and auditors: everything but working notes, hypotheses, asks and pages; the report " +
			"names roles",
		Kinds: audited, Blameless: true},
	{Name: "customer", For: "customers: severity, phases and milestones, whether data was exposed, and the " +
		"updates to them",
		Kinds:     append(slices.Clip(outside), KindExposureAssessed),
		Audiences: []string{"customers", "customer", "public", "status-page"}, HideFreeText: true, Blameless: true},
	{Name: "public", For: "everybody: severity, phases and milestones, and the updates to the public",
		Kinds: outside, Audiences: []string{"public", "status-page"}, HideFreeText: true, Blameless: true},
}

// ProfileOf returns the profile with a name. It returns an error that lists the
// names if there is none.
func ProfileOf(name string) (*Profile, error) {
	for i := range Profiles {
		if Profiles[i].Name == name {
			return &Profiles[i], nil
		}
	}
	return nil, Refuse(NotFound, "there is no profile %s; the profiles are %s", quoted(name),
		ids(Profiles, func(p Profile) string { return p.Name }))
}

// IsWhole reports whether the profile contains every message.
func (p *Profile) IsWhole() bool { return p.Kinds == nil }

// Has reports whether the profile contains messages of a kind.
func (p *Profile) Has(k Kind) bool { return p.Kinds == nil || slices.Contains(p.Kinds, k) }

// Shown reports, by sequence, which events of a log the profile contains. events is
// the complete log in order. Events that do not check, have no effect, or are
// redacted are only in the whole record. Amendments and retractions are shown if
// their entry is.
func (p *Profile) Shown(events []*Event) map[uint64]bool {
	out, r := map[uint64]bool{}, NewRoom()
	for _, e := range events {
		r = Apply(r, e)
		_, rejected := r.Refusal(e.Seq)
		out[e.Seq] = p.IsWhole() || !rejected && e.Fault == "" && !e.Redacted && p.shows(e, r, out)
	}
	for i := range r.Drafts { // one that was not sent is a working note
		d := &r.Drafts[i]
		out[d.Seq] = out[d.Seq] && (p.IsWhole() || d.ApprovedBy != "")
	}
	for i := range r.Notices { // a retracted one was not given, and the reason is not for its audience
		if n := &r.Notices[i]; n.Undone != nil && p.HideFreeText {
			out[n.Seq], out[n.Undone.Seq] = false, false
		}
	}
	return out
}

// shows reports whether the profile contains an event; r is the room after it, and before
// the result for the earlier ones.
func (p *Profile) shows(e *Event, r *Room, before map[uint64]bool) bool {
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
		return p.Has(e.Kind) && p.Addresses(b.Audience)
	case *UpdateDrafted:
		return p.Has(e.Kind) && p.Addresses(b.Audience)
	case *UpdateApproved:
		i := r.draft(b.Draft)
		return p.Has(e.Kind) && i >= 0 && p.Addresses(r.Drafts[i].Audience) && !(p.HideFreeText && hasWords(b))
	case *NoticeGiven:
		return p.Has(e.Kind) && p.Addresses(b.Audience)
	case *NoticeRetracted:
		return before[b.Seq]
	}
	return p.Has(e.Kind) && !(p.HideFreeText && hasWords(b))
}

// hasWords reports whether a body contains free text.
func hasWords(b Body) bool {
	w, ok := b.(worded)
	return ok && slices.ContainsFunc(w.free(), func(s *string) bool { return strings.TrimSpace(*s) != "" })
}

// Addresses reports whether the profile contains updates and notices to an audience.
func (p *Profile) Addresses(audience string) bool {
	return p.Audiences == nil || slices.Contains(p.Audiences, audience)
}
