package model

// verbDef is one command of the composer.
type verbDef struct {
	name  lit
	args  lit
	help  lit
	slots []slot
	parse func(*args) (Body, error) // nil: the rest is a line of its own
	also  []string
}

// verbs is the table of commands, in the order of help.
var verbs = []verbDef{
	{"sev", "LEVEL [CRITERION] [REASON]", "set the severity; its clocks start and move", []slot{severities, criteria}, parseSev, []string{"severity"}},
	{"phase", "[+|leave] PHASE", "enter a phase; with + the one before continues", []slot{phases}, parsePhase, nil},
	{"role", "ROLE @WHO [for SYSTEM] [NAME, JOB]", "give a role to a person", []slot{roles, people}, parseRole, nil},
	{"renounce", "ROLE [@WHO]", "give a role up", []slot{roles, people}, parseRenounce, nil},
	{"confirm", "ROLE [@WHO]", "give somebody who took a role its powers, too", []slot{roles, people}, parseConfirm, nil},
	{"handoff", "ROLE @WHO [BRIEF]", "offer a role; it passes when it is accepted", []slot{roles, people}, parseHandoff, nil},
	{"accept", "[ROLE]", "take the role that is offered to you", []slot{roles}, answerHandoff(KindHandoffAccepted), nil},
	{"decline", "[ROLE] [REASON]", "do not take it", []slot{roles}, answerHandoff(KindHandoffDeclined), nil},
	{"withdraw", "[ROLE]", "take your offer of a role back", []slot{roles}, answerHandoff(KindHandoffWithdrawn), nil},
	{"check", "N [@TIME] [NOTE | override REASON]", "a checklist item is done", []slot{items}, parseCheck, nil},
	{"skip", "N REASON", "a checklist item is not needed, and why", []slot{items}, parseMove(KindItemSkipped), nil},
	{"block", "N REASON", "a checklist item cannot go on, and why", []slot{items}, parseMove(KindItemBlocked), nil},
	{"start", "N [NOTE]", "you are on a checklist item", []slot{items}, parseMove(KindItemStarted), nil},
	{"uncheck", "N REASON", "open a checklist item again", nil, parseMove(KindItemReopened), nil},
	{"assign", "N @WHO", "a checklist item is for a person", []slot{items, people}, parseAssign, nil},
	{"item", "PHASE [@WHO] TEXT", "add a line to the checklist", []slot{phases, people}, parseItem, nil},
	{"if", "CONDITION yes|no [WHY]", "answer a condition of the checklist", []slot{conditions, yesNo}, parseIf, nil},
	{"update", "[AUDIENCE] CONDITIONS [| ACTIONS [| NEEDS]]", "send an update; its clock starts again", []slot{audiences}, parseUpdate, nil},
	{"notify", "AUDIENCE|CLOCK [@TIME] WHO[, HOW]", "somebody was told", []slot{lawAndAudiences, people}, parseNotify, nil},
	{"snooze", "[CLOCK] LENGTH REASON", "put a clock off, with a reason", []slot{clocks}, parseSnooze, nil},
	{"clock", "arm|move|met|waive CLOCK [TIME] [REASON]", "run a clock by hand", []slot{clockActs, clocks}, parseClock, nil},
	{"exposure", "none|suspected|confirmed [~N] [REGIME...] [@TIME] [data:KIND,...] [WHY]", "did data of people get out; starts the clocks of law",
		[]slot{words3("none", "suspected", "confirmed")}, parseExposure, nil},
	{"milestone", "NAME [@TIME|n/a] [REASON]", "when something was reached, or that it does not apply", []slot{milestones}, parseMilestone, nil},
	{"page", "PURPOSE [REASON]", "call whoever is on call for it, as in :page security", []slot{purposes}, parsePage, nil},
	{"paged", "PURPOSE acknowledged|next|declined|over [WHO]", "what came of a page, where no bridge says it", []slot{purposes, wordsOf("acknowledged", "next", "declined", "over")}, parsePaged, nil},
	{"ask", "@WHO LENGTH TEXT", "ask one person, in a time box", []slot{people}, parseAsk, nil},
	{"ack", "[N] [NOTE]", "you are on an ask", nil, parseReply(KindAskAcked), nil},
	{"answer", "[N] TEXT", "answer an ask", nil, parseReply(KindAskAnswered), nil},
	{"todo", "[N|done N [NOTE]] [@WHO] [due DATE] [detect|prevent|correct] TEXT", "work for after the incident", nil, parseTodo, nil},
	{"review", "summary|cause|radius|detection TEXT", "a part of the review, for warroom report", []slot{reviewParts}, parseReview, nil},
	{"decision", "TEXT", "a decision; also !TEXT", nil, parseEntry(KindDecisionMade), nil},
	{"hyp", "TEXT | N supported|eliminated REASON", "a hypothesis, also ?TEXT; or what became of one", nil, parseHypothesis, nil},
	{"finding", "TEXT", "a fact that was found", nil, parseEntry(KindFindingRecorded), nil},
	{"action", "TEXT", "something that was done", nil, parseEntry(KindActionTaken), nil},
	{"evidence", "TEXT | FILE --class log [--host H]", "a word on evidence, or a file of this machine into evidence", nil, parseEvidence, nil},
	{"custody", "E3 transfer @WHO REASON | accept | decline | seal | release REASON", "what happens to a piece of evidence", []slot{pieces, custodyActsOf, people}, parseCustody, nil},
	{"comms", "TEXT", "a word on a communication", nil, parseEntry(KindCommunication), nil},
	{"insist", "LINE", "send the line as it is, also what looks like a secret", nil, nil, nil},
	{"note", "TEXT", "a note, as plain text is", nil, parseEntry(KindEntryNoted), nil},
	{"amend", "N [TIME] TEXT", "a newer text or time of an entry; the old one stays readable", nil, parseAmend, nil},
	{"time", "N @TIME REASON", "correct when something happened; the record of it stays", nil, parseTime, nil},
	{"retract", "N REASON", "take an entry back; it stays readable", nil, parseRetract, nil},
	{"redact", "N REASON", "take what an entry says out of the log for good; who, when and why stays", nil, parseRedact, nil},
	{"pin", "N", "mark an entry as important", nil, parsePin(false), nil},
	{"unpin", "N", "take the mark away", nil, parsePin(true), nil},
	{"alert", "WHO TEXT", "what the SOC, a vendor, a customer or a user reports: an alert, to be judged in time", []slot{reporterOptions}, parseReport, nil},
	{"judge", "ALERTS VERDICT REASON", "what an alert is: with-impact, without-impact, false-positive, benign, inconclusive", []slot{alerts, verdicts}, parseJudge, nil},
	{"link", "SYSTEM ADDRESS [TITLE]", "a record elsewhere: tracker, ticket", nil, parseLink, nil},
	{"kind", "KIND", "what kind of incident; its items are added", []slot{kinds}, parseKind, nil},
	{"rename", "TITLE", "another title", nil, parseRename, nil},
	{"resolve", "[TEXT]", "the incident is over; watching begins", nil, parseResolve, nil},
	{"reopen", "REASON", "it came back, or was not over", nil, parseReopen, []string{"recur"}},
	{"close", "[override REASON]", "nothing is left to do", nil, parseClose, nil},
	{"admit", "@WHO watch|write|command", "let somebody in who knocks", []slot{knockers, words3("watch", "write", "command")}, parseAdmit, nil},
	{"right", "@WHO watch|write|command", "change what a person may do", []slot{people, words3("watch", "write", "command")}, parseRight, nil},
	{"restrict", "[add|remove|off] @WHO... [REASON]", "only these people may see the room, or know of it",
		[]slot{restrictActs, people, people, people, people, people}, parseRestrict, nil},
	{"channel", "CHANNEL STATE REASON", "trusted, suspected or compromised, which cuts it both ways", []slot{channels, trusts}, parseChannel, nil},
	{"strike", "@WHO [REASON]", "end every key of a person", []slot{people}, parseStrike, nil},
}
