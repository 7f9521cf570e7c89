package model

// words are the one word for each kind, as the timeline shows it.
var words = map[Kind]lit{
	KindIncidentDeclared: "declared", KindPlanAdopted: "plan", KindIncidentRenamed: "renamed", KindKindChanged: "kind",
	KindSeverityChanged: "severity", KindIncidentResolved: "resolved", KindIncidentReopened: "reopened", KindIncidentClosed: "closed",
	KindIncidentLinked: "link", KindPhaseEntered: "phase", KindPhaseLeft: "phase", KindMilestoneSet: "milestone",
	KindRoleAssumed: "role", KindRoleRenounced: "role", KindHandoffOffered: "handoff", KindHandoffAccepted: "handoff",
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
}

// Word is the one word for a kind on the screen, the kind itself where it is
// not known.
func (k Kind) Word() Safe {
	if w, ok := words[k]; ok {
		return Lit(w)
	}
	return CleanLine(string(k))
}
