package model

// words has the word for each kind, as the timeline shows it.
var words = map[Kind]lit{
	KindIncidentDeclared: "declared", KindPlanAdopted: "plan", KindIncidentRenamed: "renamed", KindKindChanged: "kind",
	KindSeverityChanged: "severity", KindIncidentResolved: "resolved", KindIncidentReopened: "reopened",
	KindIncidentClosed: "closed", KindPointAnswered: "left open", KindIncidentUnlinked: "link",
	KindIncidentLinked: "link", KindPhaseEntered: "phase", KindPhaseLeft: "phase", KindMilestoneSet: "milestone",
	KindRoleAssumed: "role", KindRoleConfirmed: "role", KindRoleRenounced: "role", KindRoleCombined: "role",
	KindHandoffOffered: "handoff", KindHandoffAccepted: "handoff",
	KindHandoffDeclined: "handoff", KindHandoffWithdrawn: "handoff",
	KindItemAdded: "item", KindItemAssigned: "assign", KindItemStarted: "start", KindItemDone: "check",
	KindItemSkipped: "skip",
	KindItemBlocked: "block", KindItemReopened: "uncheck", KindItemDue: "due", KindConditionAnswered: "condition",
	KindGateOverridden: "override", KindOverrideWithdrawn: "override",
	KindClockArmed: "clock", KindClockRetimed: "clock", KindClockSnoozed: "snooze", KindClockMet: "met",
	KindClockWaived: "waived", KindClockPaced: "cadence",
	KindUpdateSent: "update", KindUpdateDrafted: "draft", KindUpdateApproved: "update",
	KindUpdateWithdrawn: "draft",
	KindNoticeGiven:     "notify", KindNoticeRetracted: "retract", KindExposureAssessed: "exposure",
	KindEntryNoted: "note", KindActionTaken: "action", KindDecisionMade: "decision", KindFindingRecorded: "finding",
	KindHypothesisOpened: "hypothesis", KindEvidenceNoted: "evidence", KindCommunication: "comms",
	KindEntryAmended: "amend", KindEntryRetracted: "retract", KindEntryPinned: "pin", KindEntryRedacted: "redact",
	KindFollowupAdded: "follow-up", KindFollowupDone: "follow-up", KindFollowupDropped: "follow-up", KindAskMade: "ask",
	KindAskAcked: "ack", KindAskAnswered: "answer",
	KindPollOpened: "poll", KindPollObjected: "objection", KindPollClosed: "poll",
	KindReviewWritten:   "review",
	KindEvidenceStarted: "evidence", KindEvidenceCollected: "evidence", KindEvidenceCustody: "custody",
	KindAlertReceived: "alert", KindAlertUpdated: "alert", KindAlertJudged: "judged",
	KindLobbyOpened: "opened", KindAlertMoved: "moved", KindAlertClosed: "closed",
	KindDeliveryRecorded: "delivery", KindPageAsked: "page", KindPageAnswered: "page",
	KindLogResumed:  "restored",
	KindKeyAdmitted: "admitted", KindKeyRevoked: "revoked", KindRightChanged: "right", KindRoomRestricted: "restrict",
	KindChannelJudged: "channel",
	KindTimeCorrected: "time", KindHypothesisSupported: "hypothesis", KindHypothesisEliminated: "hypothesis",
	KindExportMade: "export",

	KindAssetAdded: "asset", KindAssetState: "asset", KindItemExcepted: "except", KindIOCAdded: "indicator",
	KindIOCBlocked:    "blocked",
	KindImpactStarted: "impact", KindImpactEnded: "impact", KindAdversaryObserved: "attacker",
	KindIncidentDrill: "drill",
}

// Word returns the word for a kind as displayed, or the kind itself if it is not
// known.
func (k Kind) Word() Safe {
	if w, ok := words[k]; ok {
		return Lit(w)
	}
	return CleanLine(string(k))
}

// plurals has the plural names of the kinds that plans map to controls.
var plurals = map[Kind]lit{
	KindAlertReceived: "alerts received", KindAlertJudged: "alerts judged", KindPlanAdopted: "response plan adopted",
	KindExposureAssessed: "exposure assessed", KindNoticeGiven: "notices given",
	KindIncidentDeclared: "incident declared",
	KindRoleAssumed:      "roles assumed", KindItemDone: "items done", KindUpdateSent: "updates sent",
	KindUpdateDrafted: "updates drafted", KindUpdateApproved: "updates approved",
	KindDecisionMade:      "decisions made",
	KindEvidenceCollected: "evidence collected", KindEvidenceNoted: "remarks on evidence",
	KindEvidenceCustody: "steps of custody",
	KindReviewWritten:   "review written", KindIncidentResolved: "incident resolved", KindIncidentClosed: "room " +
		"closed",
	KindSeverityChanged: "severity changed", KindPhaseEntered: "phases entered", KindMilestoneSet: "milestones set",
	KindFollowupAdded: "follow-ups added", KindFollowupDone: "follow-ups done",
	KindFollowupDropped: "follow-ups dropped", KindKeyAdmitted: "people let in", KindKeyRevoked: "people removed",
	KindRightChanged: "rights changed", KindRoomRestricted: "room restricted", KindEntryRedacted: "text redacted",
	KindExportMade:  "exports made",
	KindActionTaken: "actions taken", KindFindingRecorded: "findings recorded",
	KindHypothesisOpened: "hypotheses opened", KindEntryNoted: "notes",
	KindClockMet: "clocks met", KindClockWaived: "clocks waived", KindClockPaced: "cadences changed",
	KindChannelJudged: "channels judged",

	KindAssetAdded: "assets added", KindAssetState: "states of assets", KindIOCAdded: "indicators added",
	KindIOCBlocked:    "indicators blocked",
	KindImpactStarted: "starts of impact", KindImpactEnded: "ends of impact",
	KindAdversaryObserved: "actions of the attacker",
}

// Plural returns the plural name of a kind, for lists.
func (k Kind) Plural() Safe {
	if w, ok := plurals[k]; ok {
		return Lit(w)
	}
	return k.Word()
}
