package model

import (
	"slices"
	"strings"
)

// Commands about time: updates, notices, clocks, exposure and milestones.

func parseUpdate(a *args) (Body, error) {
	b, first := &UpdateSent{Audience: "responders"}, a.peek()
	if d := a.Room.Plan.Audience(a.peek()); d != nil {
		a.word()
		b.Audience = d.ID
	} else if near := a.Room.Plan.nearAudience(a.peek()); near != "" {
		return nil, Refuse(NotFound,
			"there is no audience %s; did you mean %s? To update the responders: :update responders "+
				"...", quoted(a.peek()),
			near)
	} else if w := a.words(); len(w) > 1 && (w[0] == "to" || w[0] == "for") && a.Room.Plan.Audience(w[1]) != nil {
		return nil, Refuse(Invalid, "to update %[1]s: :update %[1]s ...; to update the responders: :update "+
			"responders %[2]s %[3]s ...", w[1],
			w[0], w[1])
	}
	named := a.Room.Plan.Audience(first) != nil
	a.as("audience", CleanLine(b.Audience))
	text, isDraft := cutDraft(strings.TrimSpace(a.remaining))
	a.remaining = ""
	if err := a.misreadUpdate(text, b.Audience, named, isDraft); err != nil {
		return nil, err
	}
	parts := strings.SplitN(text, "|", 3)
	for len(parts) < 3 {
		parts = append(parts, "")
	}
	label := func(s, l string) string {
		s = strings.TrimSpace(s)
		return strings.TrimSpace(strings.TrimPrefix(s, l))
	}
	b.Conditions, b.Actions, b.Needs = label(parts[0], "conditions:"), label(parts[1], "actions:"),
		label(parts[2], "needs:")
	a.as("conditions", CleanLine(b.Conditions))
	a.as("actions", CleanLine(b.Actions))
	a.as("needs", CleanLine(b.Needs))
	switch {
	case isDraft && b.Conditions+b.Actions+b.Needs == "":
		b = a.Room.DraftUpdate(b.Audience, a.Now)
	case b.Conditions == "":
		return nil, Refuse(Invalid, "describe the situation: :update %s CONDITIONS | ACTIONS | NEEDS; or draft the "+
			"update from the log with :update %s draft, and send it with :approve", b.Audience, b.Audience)
	}
	if isDraft { // also for those who may send it
		draft := UpdateDrafted(*b)
		return &draft, nil
	}
	return a.asUpdate(b), nil
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
		return nil, Refuse(NotFound, "name the audience that was notified (%s) or the legal deadline",
			a.Room.Plan.audienceIDs())
	}
	a.as("audience", CleanLine(a.Room.Plan.Audience(b.Audience).Label))
	if err := a.timed(false); err != nil {
		return nil, err
	}
	if isPerson(a.peek()) {
		b.Who = a.person()
		b.Means = a.textAs("how")
	} else {
		who, means, _ := strings.Cut(a.remaining, ",")
		b.Who, b.Means = strings.TrimSpace(who), strings.TrimSpace(means)
		a.remaining = ""
		a.as("person", CleanLine(b.Who))
		a.as("how", CleanLine(b.Means))
	}
	if b.Who == "" {
		return nil, Refuse(Invalid, "name the person, and how they were notified: :notify %s @mei phone", w)
	}
	for _, x := range strings.Fields(b.Who + " " + b.Means) {
		if x = strings.Trim(x, ",;"); len(x) > 1 && agoForm.MatchString(x) {
			return nil, Refuse(Invalid, "%s is a time, not part of WHO or HOW; write it before the command, as in "+
				"%s :notify %s WHO, HOW", quoted(x), x, w)
		}
	}
	return b, nil
}

func parseSnooze(a *args) (Body, error) {
	b := &ClockSnoozedBody{}
	clock := func() {
		if d := a.Room.Plan.Clock(a.peek()); d != nil && b.Clock == "" {
			a.word()
			b.Clock = d.ID
		}
	}
	clock()
	if b.Clock == "" && !isSpan(a.peek()) {
		if err := a.snoozed(b); err != nil {
			return nil, err
		}
	}
	var err error
	if b.For, err = a.span(); err != nil {
		return nil, err
	}
	clock()
	if v := a.Room.ClockViews(a.Now); b.Clock == "" && len(v) > 0 {
		b.Clock = v[0].Def.ID
	}
	if d := a.Room.Plan.Clock(b.Clock); d != nil {
		a.as("clock", CleanLine(d.Label))
	}
	b.Reason = a.reason()
	return b, nil
}

// snoozed consumes a clock in front of a length, by its number or the beginning of its name.
func (a *args) snoozed(b *ClockSnoozedBody) error {
	if w := a.words(); len(w) < 2 || !isSpan(w[1]) {
		return nil
	}
	w := a.peek()
	d, err := a.clock()
	if err != nil && w != "" {
		return Refuse(NotFound, "%s is neither a clock nor a length of time; the clocks are: %s; write :snooze "+
			"CLOCK 10m "+
			"REASON", quoted(w), a.Room.Plan.clockIDs())
	}
	b.Clock = d.ID
	return nil
}

func parseClock(a *args) (Body, error) {
	act := a.word()
	if !slices.Contains([]string{"arm", "move", "met", "waive"}, act) {
		return nil, Refuse(Invalid, "choose what to do with the clock: :clock arm|move|met|waive CLOCK")
	}
	d, err := a.clock()
	if err != nil {
		return nil, err
	}
	if act == "met" {
		err := a.timed(true)
		return &ClockEnded{Clock: d.ID, Reason: a.reason(), kind: KindClockMet}, err
	}
	if act == "waive" {
		return &ClockEnded{Clock: d.ID, Reason: a.reason(), kind: KindClockWaived}, nil
	}
	at, err := a.when()
	if err == nil && at.IsZero() {
		at, err = a.lastTime(true)
	}
	if err != nil {
		return nil, err
	}
	if at.IsZero() {
		if at = a.Now; act == "move" {
			return nil, Refuse(Invalid, "give the new time: :clock move %s @14:37 REASON", d.ID)
		}
	}
	k := map[string]Kind{"arm": KindClockArmed, "move": KindClockRetimed}[act]
	return &ClockMoved{Clock: d.ID, Start: at.UTC(), Reason: a.reason(), kind: k}, nil
}

// nearAudience returns the audience that a word was probably meant for, because it
// is a misspelling or the beginning of its name, or "" if there is none.
func (p *Plan) nearAudience(w string) string {
	w = strings.ToLower(w)
	for _, d := range p.Audiences {
		if len(w) >= 5 && w != d.ID && nearly(w, d.ID) || len(w) >= 4 && w != d.ID && strings.HasPrefix(d.ID, w) {
			return d.ID
		}
	}
	return ""
}

// nearly reports whether two words differ in at most two letters.
func nearly(a, b string) bool {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		prev := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := prev
			if a[i] != b[j] {
				cost++
			}
			prev = row[j+1]
			row[j+1] = min(cost, row[j]+1, prev+1)
		}
	}
	return row[len(b)] <= 2
}

func parseMilestone(a *args) (Body, error) {
	b := &MilestoneSet{Name: strings.ReplaceAll(strings.ToLower(a.word()), "-", "_")}
	if n := milestoneAliases[b.Name]; n != "" {
		b.Name = n
	}
	a.as("milestone", MilestoneWords(b.Name))
	if w := strings.ToLower(a.peek()); w == "n/a" || w == "na" {
		a.word()
		b.NA = true
		a.as("time", Lit("not applicable"))
	} else if err := a.ranged(b); err != nil {
		return nil, err
	}
	if b.Name == MilestoneValidated && !b.NA {
		var err error
		if b.Severity, err = a.verified(); err != nil {
			return nil, err
		}
		if a.at.IsZero() && b.Until == nil {
			if err := a.timeNext(); err != nil {
				return nil, err
			}
		}
		_, set := a.Room.Milestones[b.Name]
		b.SeverityOnly = b.Severity != "" && set && a.Room.Validated != nil && a.at.IsZero()
	}
	b.Reason = a.reason()
	return b, nil
}

// ranged consumes a time, or "between 13:00 and 14:30".
func (a *args) ranged(b *MilestoneSet) error {
	if !strings.EqualFold(a.peek(), "between") {
		return a.timed(true)
	}
	a.word()
	from, err := a.when()
	if err != nil {
		return err
	}
	and := a.word()
	until, err := a.when()
	switch {
	case err != nil:
		return err
	case from.IsZero() || until.IsZero() || !strings.EqualFold(and, "and"):
		return Refuse(Invalid, "a range needs two times: :milestone %s between 13:00 and 14:30 [REASON]", b.Name)
	case !a.at.IsZero():
		return Refuse(Invalid, "a range has its own times; leave out the time before the command")
	}
	a.at, until = from, until.UTC()
	b.Until = &until
	return nil
}

// milestoneAliases maps short names to milestones.
var milestoneAliases = map[string]string{"compromise": MilestoneCompromise, "first": MilestoneFirst,
	"exfiltration": MilestoneExfiltration}
