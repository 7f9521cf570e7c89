package model

// words are the one word for each kind, as the timeline shows it.
var words = map[Kind]lit{
	KindIncidentDeclared: "declared", KindPlanAdopted: "plan", KindIncidentRenamed: "renamed", KindKindChanged: "kind",
	KindSeverityChanged: "severity", KindIncidentResolved: "resolved", KindIncidentReopened: "reopened", KindIncidentClosed: "closed",
	KindIncidentLinked: "link", KindPhaseEntered: "phase", KindPhaseLeft: "phase", KindMilestoneSet: "milestone",
	KindRoleAssumed: "role", KindRoleConfirmed: "role", KindRoleRenounced: "role", KindHandoffOffered: "handoff", KindHandoffAccepted: "handoff",
	KindHandoffDeclined: "handoff", KindHandoffWithdrawn: "handoff",
	KindItemAdded: "item", KindItemAssigned: "assign", KindItemStarted: "start", KindItemDone: "check", KindItemSkipped: "skip",
	KindItemBlocked: "block", KindItemReopened: "uncheck", KindConditionAnswered: "if",
	KindClockArmed: "clock", KindClockRetimed: "clock", KindClockSnoozed: "snooze", KindClockMet: "met", KindClockWaived: "waived",
	KindUpdateSent: "update", KindNoticeGiven: "notify", KindExposureAssessed: "exposure",
	KindEntryNoted: "note", KindActionTaken: "action", KindDecisionMade: "decision", KindFindingRecorded: "finding",
	KindHypothesisOpened: "hypothesis", KindEvidenceNoted: "evidence", KindCommunication: "comms",
	KindEntryAmended: "amend", KindEntryRetracted: "retract", KindEntryPinned: "pin", KindEntryRedacted: "redact",
	KindFollowupAdded: "follow-up", KindFollowupDone: "follow-up", KindAskMade: "ask", KindAskAcked: "ack", KindAskAnswered: "answer",
	KindReviewWritten:   "review",
	KindEvidenceStarted: "evidence", KindEvidenceCollected: "evidence", KindEvidenceCustody: "custody",
	KindAlertReceived: "alert", KindAlertUpdated: "alert", KindAlertJudged: "judged",
	KindLobbyOpened: "opened", KindAlertMoved: "moved", KindAlertClosed: "closed",
	KindDeliveryRecorded: "delivery", KindPageAsked: "page", KindPageAnswered: "page",
	KindLogResumed:  "restored",
	KindKeyAdmitted: "admitted", KindKeyStruck: "struck", KindRightChanged: "right", KindRoomRestricted: "restrict",
	KindChannelJudged: "channel",
	KindTimeCorrected: "time", KindHypothesisSupported: "hypothesis", KindHypothesisEliminated: "hypothesis", KindExportMade: "export",
}

// Word is the one word for a kind on the screen, the kind itself where it is
// not known.
func (k Kind) Word() Safe {
	if w, ok := words[k]; ok {
		return Lit(w)
	}
	return CleanLine(string(k))
}

// plurals are what events of a kind are called where they are listed, for the
// kinds that plans map to controls.
var plurals = map[Kind]lit{
	KindAlertReceived: "alerts received", KindAlertJudged: "alerts judged", KindPlanAdopted: "response plan adopted",
	KindExposureAssessed: "exposure assessed", KindNoticeGiven: "notices given", KindIncidentDeclared: "incident declared",
	KindRoleAssumed: "roles assumed", KindItemDone: "items done", KindUpdateSent: "updates sent", KindDecisionMade: "decisions made",
	KindEvidenceCollected: "evidence collected", KindEvidenceNoted: "words on evidence", KindEvidenceCustody: "steps of custody",
	KindReviewWritten: "review written", KindIncidentResolved: "incident resolved", KindIncidentClosed: "room closed",
	KindSeverityChanged: "severity changed", KindPhaseEntered: "phases entered", KindMilestoneSet: "milestones set",
	KindFollowupAdded: "follow-ups added", KindFollowupDone: "follow-ups done", KindKeyAdmitted: "people let in", KindKeyStruck: "people put out",
	KindRightChanged: "rights changed", KindRoomRestricted: "room restricted", KindEntryRedacted: "text redacted", KindExportMade: "exports made",
	KindActionTaken: "actions taken", KindFindingRecorded: "findings recorded", KindHypothesisOpened: "hypotheses opened", KindEntryNoted: "notes",
	KindClockMet: "clocks met", KindClockWaived: "clocks waived", KindChannelJudged: "channels judged",
}

// Plural is what events of a kind are called where they are listed.
func (k Kind) Plural() Safe {
	if w, ok := plurals[k]; ok {
		return Lit(w)
	}
	return k.Word()
}
