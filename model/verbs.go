package model

import (
	"slices"
	"strconv"
	"strings"
)

// verbDef is one command of the composer.
type verbDef struct {
	name  lit
	args  lit
	help  lit
	slots []slot
	parse func(*args) (Body, error)
	also  []string
}

// verbs is the table of commands, in the order of help.
var verbs = []verbDef{
	{"sev", "LEVEL [CRITERION] [REASON]", "set the severity; its clocks start and move", []slot{severities, criteria}, parseSev, []string{"severity"}},
	{"phase", "[+|leave] PHASE", "enter a phase; with + the one before goes on", []slot{phases}, parsePhase, nil},
	{"role", "ROLE @WHO [for SYSTEM] [NAME, JOB]", "give a role to a person", []slot{roles, people}, parseRole, nil},
	{"renounce", "ROLE [@WHO]", "give a role up", []slot{roles, people}, parseRenounce, nil},
	{"handoff", "ROLE @WHO [BRIEF]", "offer a role; it passes when it is accepted", []slot{roles, people}, parseHandoff, nil},
	{"accept", "[ROLE]", "take the role that is offered to you", []slot{roles}, answerHandoff(KindHandoffAccepted), nil},
	{"decline", "[ROLE] [REASON]", "do not take it", []slot{roles}, answerHandoff(KindHandoffDeclined), nil},
	{"withdraw", "[ROLE]", "take your offer of a role back", []slot{roles}, answerHandoff(KindHandoffWithdrawn), nil},
	{"check", "N [NOTE | override REASON]", "a checklist item is done", []slot{items}, parseCheck, nil},
	{"skip", "N REASON", "a checklist item is not needed, and why", []slot{items}, parseMove(KindItemSkipped), nil},
	{"block", "N REASON", "a checklist item cannot go on, and why", []slot{items}, parseMove(KindItemBlocked), nil},
	{"start", "N", "you are on a checklist item", []slot{items}, parseMove(KindItemStarted), nil},
	{"uncheck", "N REASON", "open a checklist item again", nil, parseMove(KindItemReopened), nil},
	{"assign", "N @WHO", "a checklist item is for a person", []slot{items, people}, parseAssign, nil},
	{"item", "PHASE [@WHO] TEXT", "add a line to the checklist", []slot{phases, people}, parseItem, nil},
	{"if", "CONDITION yes|no [WHY]", "answer a condition of the checklist", []slot{conditions, yesNo}, parseIf, nil},
	{"update", "[AUDIENCE] CONDITIONS [| ACTIONS [| NEEDS]]", "send an update; its clock starts again", []slot{audiences}, parseUpdate, nil},
	{"notify", "AUDIENCE|CLOCK WHO[, HOW]", "somebody was told", []slot{lawAndAudiences, people}, parseNotify, nil},
	{"snooze", "[CLOCK] LENGTH REASON", "put a clock off, with a reason", []slot{clocks}, parseSnooze, nil},
	{"clock", "arm|move|met|waive CLOCK [TIME] [REASON]", "run a clock by hand", []slot{clockActs, clocks}, parseClock, nil},
	{"exposure", "none|suspected|confirmed [~N] [REGIME...] [@TIME] [WHY]", "did data of people get out; starts the clocks of law",
		[]slot{words3("none", "suspected", "confirmed")}, parseExposure, nil},
	{"milestone", "NAME [@TIME] [REASON]", "when something was reached", []slot{milestones}, parseMilestone, nil},
	{"ask", "@WHO LENGTH TEXT", "ask one person, in a time box", []slot{people}, parseAsk, nil},
	{"ack", "[N]", "you are on an ask", nil, parseReply(KindAskAcked), nil},
	{"answer", "[N] TEXT", "answer an ask", nil, parseReply(KindAskAnswered), nil},
	{"todo", "[N|done N] [@WHO] [due DATE] [detect|prevent|correct] TEXT", "work for after the incident", nil, parseTodo, nil},
	{"decision", "TEXT", "a decision; also !TEXT", nil, parseEntry(KindDecisionMade), nil},
	{"hyp", "TEXT", "a hypothesis; also ?TEXT", nil, parseEntry(KindHypothesisOpened), nil},
	{"finding", "TEXT", "a fact that was found", nil, parseEntry(KindFindingRecorded), nil},
	{"action", "TEXT", "something that was done", nil, parseEntry(KindActionTaken), nil},
	{"evidence", "TEXT", "a word on evidence: what, where, who has it", nil, parseEntry(KindEvidenceNoted), nil},
	{"comms", "TEXT", "a word on a communication", nil, parseEntry(KindCommunication), nil},
	{"note", "TEXT", "a note, as plain text is", nil, parseEntry(KindEntryNoted), nil},
	{"amend", "N [TIME] TEXT", "a newer text or time of an entry; the old one stays readable", nil, parseAmend, nil},
	{"retract", "N REASON", "take an entry back; it stays readable", nil, parseRetract, nil},
	{"pin", "N", "mark an entry as important", nil, parsePin(false), nil},
	{"unpin", "N", "take the mark away", nil, parsePin(true), nil},
	{"link", "SYSTEM ADDRESS [TITLE]", "a record elsewhere: tracker, ticket", nil, parseLink, nil},
	{"kind", "KIND", "what kind of incident; its items are added", []slot{kinds}, parseKind, nil},
	{"rename", "TITLE", "another title", nil, parseRename, nil},
	{"resolve", "[TEXT]", "the incident is over; watching begins", nil, parseResolve, nil},
	{"reopen", "REASON", "it came back, or was not over", nil, parseReopen, []string{"recur"}},
	{"close", "[override REASON]", "nothing is left to do", nil, parseClose, nil},
	{"admit", "@WHO watch|write|command", "let somebody in who knocks", []slot{knockers, words3("watch", "write", "command")}, parseAdmit, nil},
	{"right", "@WHO watch|write|command", "change what a person may do", []slot{people, words3("watch", "write", "command")}, parseRight, nil},
	{"strike", "@WHO [REASON]", "end every key of a person", []slot{people}, parseStrike, nil},
}

func parseEntry(k Kind) func(*args) (Body, error) {
	return func(a *args) (Body, error) {
		t := a.text()
		return NewEntry(k, t), longText("text", t, false)
	}
}

func parseSev(a *args) (Body, error) {
	s := a.Room.Plan.Severity(a.word())
	if s == nil {
		return nil, Refuse(NotFound, "say which severity: %s", a.Room.Plan.severityIDs())
	}
	b := &SeverityChanged{To: s.ID}
	if w := a.peek(); slices.ContainsFunc(s.Criteria, func(c Criterion) bool { return c.ID == w }) {
		b.Criterion = a.word()
	}
	b.Reason = strings.TrimPrefix(a.text(), "because ")
	return b, nil
}

func parsePhase(a *args) (Body, error) {
	w := a.word()
	leave := w == "leave"
	if leave {
		w = a.word()
	}
	name, overlap := strings.CutPrefix(w, "+")
	d := a.Room.Plan.Phase(name)
	if d == nil {
		d = a.Room.phaseByPrefix(name)
	}
	switch {
	case d == nil:
		return nil, Refuse(NotFound, "say which phase: %s", a.Room.Plan.phaseIDs())
	case leave:
		return &PhaseLeft{Phase: d.ID}, nil
	}
	return &PhaseEntered{Phase: d.ID, Overlap: overlap}, nil
}

func (r *Room) phaseByPrefix(name string) *PhaseDef {
	for i := range r.Plan.Phases {
		if name != "" && strings.HasPrefix(r.Plan.Phases[i].ID, strings.ToLower(name)) {
			return &r.Plan.Phases[i]
		}
	}
	return nil
}

// role takes a role's name and returns its id.
func (a *args) role() (string, error) {
	w := a.word()
	d := a.Room.Plan.Role(w)
	if d == nil {
		return "", Refuse(NotFound, "the plan knows no role %s; it has: %s", quoted(w), a.Room.Plan.roleIDs())
	}
	return d.ID, nil
}

func parseRole(a *args) (Body, error) {
	role, err := a.role()
	if err != nil {
		return nil, err
	}
	b := &RoleAssumed{Role: role, Person: a.person()}
	if b.Person == "" {
		return nil, Refuse(Invalid, "say who: :role %s @%s", role, a.Who.Handle)
	}
	if a.peek() == "for" {
		a.word()
		b.Scope = a.word()
	}
	name, job, _ := strings.Cut(a.text(), ",")
	b.Name, b.Job = strings.TrimSpace(name), strings.TrimSpace(job)
	return b, nil
}

func parseRenounce(a *args) (Body, error) {
	role, err := a.role()
	if err != nil {
		return nil, err
	}
	who := a.person()
	if who == "" {
		who = a.Who.Handle
	}
	return &RoleRenounced{Role: role, Person: who}, nil
}

func parseHandoff(a *args) (Body, error) {
	role, err := a.role()
	if err != nil {
		return nil, err
	}
	b := &HandoffOffered{Role: role, To: a.person()}
	b.Brief = a.text()
	if b.To == "" {
		return nil, Refuse(Invalid, "say to whom: :handoff %s @bo", role)
	}
	return b, nil
}

func answerHandoff(k Kind) func(*args) (Body, error) {
	return func(a *args) (Body, error) {
		b := &HandoffEnded{kind: k}
		if d := a.Room.Plan.Role(a.peek()); d != nil {
			a.word()
			b.Role = d.ID
		}
		for _, h := range a.Room.Handoffs {
			if mine := h.To == a.Who.Handle || k == KindHandoffWithdrawn && h.From == a.Who.Handle; b.Role == "" && mine {
				b.Role = h.Role
			}
		}
		if b.Role == "" {
			return nil, Refuse(Conflict, "no handoff waits for you")
		}
		b.Reason = a.text()
		return b, nil
	}
}

func parseCheck(a *args) (Body, error) {
	id, err := a.item()
	if err != nil {
		return nil, err
	}
	why, ok, err := a.override()
	if ok {
		return &ItemDoneBody{Item: id, Override: why}, err
	}
	return &ItemDoneBody{Item: id, Note: a.text()}, nil
}

func parseMove(k Kind) func(*args) (Body, error) {
	return func(a *args) (Body, error) {
		id, err := a.item()
		return &ItemMoved{Item: id, Reason: a.text(), kind: k}, err
	}
}

func parseAssign(a *args) (Body, error) {
	id, err := a.item()
	return &ItemAssigned{Item: id, Owner: a.person()}, err
}

func parseItem(a *args) (Body, error) {
	b := &ItemAdded{Phase: a.word()}
	if d := a.Room.Plan.Phase(b.Phase); d == nil {
		return nil, Refuse(NotFound, "say for which phase: %s", a.Room.Plan.phaseIDs())
	}
	if strings.HasPrefix(a.peek(), "@") {
		b.Owner = a.person()
	}
	b.Text = a.text()
	return b, nil
}

func parseIf(a *args) (Body, error) {
	b := &ConditionAnswered{Condition: a.word()}
	switch w := strings.ToLower(a.word()); w {
	case "yes", "y":
		b.Yes = true
	case "no", "n":
	default:
		return nil, Refuse(Invalid, "answer with yes or no, as in :if CONDITION yes; the plan has: %s", a.Room.Plan.conditionIDs())
	}
	b.Why = a.text()
	return b, nil
}

func parseUpdate(a *args) (Body, error) {
	b := &UpdateSent{Audience: "responders"}
	if d := a.Room.Plan.Audience(a.peek()); d != nil {
		a.word()
		b.Audience = d.ID
	}
	parts := strings.SplitN(a.text(), "|", 3)
	for len(parts) < 3 {
		parts = append(parts, "")
	}
	label := func(s, l string) string {
		s = strings.TrimSpace(s)
		return strings.TrimSpace(strings.TrimPrefix(s, l))
	}
	b.Conditions, b.Actions, b.Needs = label(parts[0], "conditions:"), label(parts[1], "actions:"), label(parts[2], "needs:")
	if b.Conditions == "" {
		return nil, Refuse(Invalid, "say how it stands: :update %s CONDITIONS | ACTIONS | NEEDS", b.Audience)
	}
	return b, nil
}

func parseNotify(a *args) (Body, error) {
	w := a.word()
	b := &NoticeGiven{}
	d := a.Room.Plan.Clock(w)
	switch {
	case d != nil && d.Law:
		b.Audience, b.Clock = d.Audience, d.ID
	case a.Room.Plan.Audience(w) != nil:
		b.Audience = a.Room.Plan.Audience(w).ID
	default:
		return nil, Refuse(NotFound, "say whom: %s, or a clock of law", a.Room.Plan.audienceIDs())
	}
	if strings.HasPrefix(a.peek(), "@") {
		b.Who = strings.TrimSuffix(a.person(), ",")
		b.How = a.text()
	} else {
		who, how, _ := strings.Cut(a.text(), ",")
		b.Who, b.How = strings.TrimSpace(who), strings.TrimSpace(how)
	}
	if b.Who == "" {
		return nil, Refuse(Invalid, "say who was told and how: :notify %s @mei phone", w)
	}
	return b, nil
}

func parseSnooze(a *args) (Body, error) {
	b := &ClockSnoozedBody{}
	if d := a.Room.Plan.Clock(a.peek()); d != nil {
		a.word()
		b.Clock = d.ID
	} else if v := a.Room.ClockViews(a.Now); len(v) > 0 {
		b.Clock = v[0].Def.ID
	}
	var err error
	if b.For, err = a.span(); err != nil {
		return nil, err
	}
	b.Reason = a.text()
	return b, nil
}

func parseClock(a *args) (Body, error) {
	act := a.word()
	if !slices.Contains([]string{"arm", "move", "met", "waive"}, act) {
		return nil, Refuse(Invalid, "say :clock arm, move, met or waive")
	}
	d, err := a.clock()
	if err != nil {
		return nil, err
	}
	if act == "met" || act == "waive" {
		k := map[string]Kind{"met": KindClockMet, "waive": KindClockWaived}[act]
		return &ClockEnded{Clock: d.ID, Reason: a.text(), kind: k}, nil
	}
	at, err := a.when()
	if err != nil {
		return nil, err
	}
	if at.IsZero() {
		if at = a.Now; act == "move" {
			return nil, Refuse(Invalid, "say to when: :clock move %s @14:37 REASON", d.ID)
		}
	}
	k := map[string]Kind{"arm": KindClockArmed, "move": KindClockRetimed}[act]
	return &ClockMoved{Clock: d.ID, Start: at.UTC(), Reason: a.text(), kind: k}, nil
}

func parseExposure(a *args) (Body, error) {
	b := &ExposureAssessed{Level: strings.ToLower(a.word())}
	if b.Level == "yes" {
		b.Level = ExposureConfirmed
	}
	for {
		w := a.peek()
		regime := slices.ContainsFunc(a.Room.Plan.Clocks, func(d ClockDef) bool { return d.Regime != "" && strings.EqualFold(d.Regime, w) })
		switch {
		case strings.HasPrefix(w, "~") && len(w) > 1:
			b.Subjects = a.word()
			continue
		case regime:
			b.Regimes = append(b.Regimes, strings.ToLower(a.word()))
			continue
		}
		break
	}
	at, err := a.when()
	if err != nil {
		return nil, err
	}
	if at.IsZero() {
		at = a.at // a time before the command says the same
	}
	if !at.IsZero() {
		at = at.UTC()
		b.Aware = &at
	}
	b.Why = a.text()
	return b, nil
}

func parseMilestone(a *args) (Body, error) {
	b := &MilestoneSet{Name: strings.ToLower(a.word())}
	at, err := a.when()
	if err != nil {
		return nil, err
	}
	if !at.IsZero() {
		a.at = at
	}
	b.Reason = a.text()
	return b, nil
}

func parseAsk(a *args) (Body, error) {
	b := &AskMade{To: a.person()}
	var err error
	if b.For, err = a.span(); err != nil {
		return nil, err
	}
	b.Text = a.text()
	return b, nil
}

func parseReply(k Kind) func(*args) (Body, error) {
	return func(a *args) (Body, error) {
		n, err := strconv.Atoi(a.peek())
		if err == nil {
			a.word()
		}
		for i := len(a.Room.Asks) - 1; i >= 0; i-- {
			q := a.Room.Asks[i]
			if n == q.N || n == 0 && q.To == a.Who.Handle && !q.Done {
				return &AskReply{Ask: q.ID, Text: a.text(), kind: k}, nil
			}
		}
		return nil, Refuse(NotFound, "no such ask waits; the room has %d", len(a.Room.Asks))
	}
}

func parseTodo(a *args) (Body, error) {
	if a.peek() == "done" {
		a.word()
		f, err := a.followup()
		return &FollowupDone{Of: f.ID}, err
	}
	b := &FollowupAdded{}
	if _, err := strconv.Atoi(a.peek()); err == nil {
		f, err := a.followup()
		if err != nil {
			return nil, err
		}
		*b = FollowupAdded{Of: f.ID, Title: f.Title, Owner: f.Owner, Due: f.Due, Type: f.Type}
	}
	for {
		switch w := a.peek(); {
		case strings.HasPrefix(w, "@"):
			b.Owner = a.person()
			continue
		case w == "due":
			a.word()
			due, err := DueDate(a.word(), a.Now, a.Zone)
			if err != nil {
				return nil, err
			}
			b.Due = due
			continue
		case slices.Contains(FollowupTypes, w):
			b.Type = a.word()
			continue
		}
		break
	}
	if t := b.trailing(a.text(), a); t != "" {
		b.Title = t
	}
	return b, nil
}

// trailing takes owner, due date and type off the end of a follow-up's title.
func (b *FollowupAdded) trailing(title string, a *args) string {
	for {
		w := strings.Fields(title)
		n := len(w)
		switch {
		case n < 2:
			return title
		case b.Type == "" && slices.Contains(FollowupTypes, w[n-1]):
			b.Type, w = w[n-1], w[:n-1]
		case b.Owner == "" && w[n-1][0] == '@' && ValidHandle(strings.ToLower(w[n-1][1:])):
			b.Owner, w = strings.ToLower(w[n-1][1:]), w[:n-1]
		case b.Due == "" && w[n-2] == "due" && n > 2:
			due, err := DueDate(w[n-1], a.Now, a.Zone)
			if err != nil {
				return title
			}
			b.Due, w = due, w[:n-2]
		default:
			return title
		}
		title = strings.Join(w, " ")
	}
}

func (a *args) followup() (Followup, error) {
	n, err := a.number("follow-up")
	if err != nil {
		return Followup{}, err
	}
	if n > len(a.Room.Followups) {
		return Followup{}, Refuse(NotFound, "there is no follow-up %d; the room has %d", n, len(a.Room.Followups))
	}
	return a.Room.Followups[n-1], nil
}

func parseAmend(a *args) (Body, error) {
	l, err := a.entry()
	if err != nil {
		return nil, err
	}
	b := &EntryAmended{Entry: l.ID, Seq: l.Seq}
	at, rest, err := LeadingTime(strings.TrimLeft(a.rest, " "), a.Now, a.Zone)
	if err != nil {
		return nil, err
	}
	if !at.IsZero() {
		at = at.UTC()
		b.When, a.rest = &at, rest
	}
	if b.Text = a.text(); b.Text == "" && b.When != nil {
		b.Text = a.Room.Text(l).String()
	}
	return b, nil
}

func parseRetract(a *args) (Body, error) {
	l, err := a.entry()
	if err != nil {
		return nil, err
	}
	return &EntryRetracted{Entry: l.ID, Seq: l.Seq, Reason: a.text()}, nil
}

func parsePin(off bool) func(*args) (Body, error) {
	return func(a *args) (Body, error) {
		l, err := a.entry()
		if err != nil {
			return nil, err
		}
		return &EntryPinned{Entry: l.ID, Seq: l.Seq, Off: off}, nil
	}
}

func parseLink(a *args) (Body, error) {
	return &IncidentLinked{System: a.word(), URL: a.word(), Title: a.text()}, nil
}
func parseKind(a *args) (Body, error)    { return &KindChanged{To: strings.ToLower(a.word())}, nil }
func parseRename(a *args) (Body, error)  { return &IncidentRenamed{Title: a.text()}, nil }
func parseResolve(a *args) (Body, error) { return &IncidentResolved{Text: a.text()}, nil }
func parseReopen(a *args) (Body, error)  { return &IncidentReopened{Reason: a.text()}, nil }

func parseClose(a *args) (Body, error) {
	why, ok, err := a.override()
	if !ok && a.text() != "" {
		return nil, Refuse(Invalid, "write :close, or :close override REASON")
	}
	return &IncidentClosed{Override: why}, err
}

func parseAdmit(a *args) (Body, error) {
	h := a.person()
	for _, k := range a.Knocks {
		if k.Handle == h {
			return &KeyAdmitted{Key: k.Key, Handle: h, Right: Right(strings.ToLower(a.word())), Door: "person"}, nil
		}
	}
	return nil, Refuse(NotFound, "nobody called %s is at the door", quoted(h))
}

func parseRight(a *args) (Body, error) {
	return &RightChanged{Handle: a.person(), Right: Right(strings.ToLower(a.word()))}, nil
}

func parseStrike(a *args) (Body, error) {
	return &KeyStruck{Handle: a.person(), Reason: a.text()}, nil
}

func knockers(c Ctx, _ []string) []option {
	return from(c.Knocks, func(k Knock) (string, string) { return "@" + k.Handle, "key " + shortKey(k.Key) })
}
