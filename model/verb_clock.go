package model

import (
	"slices"
	"strings"
)

// Commands about time: updates, notices, clocks, exposure and milestones.

func parseUpdate(a *args) (Body, error) {
	b := &UpdateSent{Audience: "responders"}
	if d := a.Room.Plan.Audience(a.peek()); d != nil {
		a.word()
		b.Audience = d.ID
	} else if near := a.Room.Plan.nearAudience(a.peek()); near != "" {
		return nil, Refuse(NotFound, "there is no audience %s; did you mean %s? To the responders: :update responders ...", quoted(a.peek()), near)
	}
	a.as("audience", CleanLine(b.Audience))
	text := strings.TrimSpace(a.rest)
	a.rest = ""
	parts := strings.SplitN(text, "|", 3)
	for len(parts) < 3 {
		parts = append(parts, "")
	}
	label := func(s, l string) string {
		s = strings.TrimSpace(s)
		return strings.TrimSpace(strings.TrimPrefix(s, l))
	}
	b.Conditions, b.Actions, b.Needs = label(parts[0], "conditions:"), label(parts[1], "actions:"), label(parts[2], "needs:")
	a.as("conditions", CleanLine(b.Conditions))
	a.as("actions", CleanLine(b.Actions))
	a.as("needs", CleanLine(b.Needs))
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
	a.as("audience", CleanLine(a.Room.Plan.Audience(b.Audience).Label))
	if err := a.timed(false); err != nil {
		return nil, err
	}
	if isPerson(a.peek()) {
		b.Who = a.person()
		b.How = a.textAs("how")
	} else {
		who, how, _ := strings.Cut(a.rest, ",")
		b.Who, b.How = strings.TrimSpace(who), strings.TrimSpace(how)
		a.rest = ""
		a.as("who", CleanLine(b.Who))
		a.as("how", CleanLine(b.How))
	}
	if b.Who == "" {
		return nil, Refuse(Invalid, "say who was told and how: :notify %s @mei phone", w)
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

func parseClock(a *args) (Body, error) {
	act := a.word()
	if !slices.Contains([]string{"arm", "move", "met", "waive"}, act) {
		return nil, Refuse(Invalid, "say :clock arm, move, met or waive")
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
			return nil, Refuse(Invalid, "say to when: :clock move %s @14:37 REASON", d.ID)
		}
	}
	k := map[string]Kind{"arm": KindClockArmed, "move": KindClockRetimed}[act]
	return &ClockMoved{Clock: d.ID, Start: at.UTC(), Reason: a.reason(), kind: k}, nil
}

// nearAudience is the audience that a word was most likely meant for, "" where it
// is like none.
func (p *Plan) nearAudience(w string) string {
	w = strings.ToLower(w)
	for _, d := range p.Audiences {
		if len(w) >= 5 && w != d.ID && nearly(w, d.ID) {
			return d.ID
		}
	}
	return ""
}

// nearly reports whether two words differ by two letters or fewer.
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
	} else if err := a.timed(true); err != nil {
		return nil, err
	}
	if b.Name == MilestoneValidated && !b.NA {
		var err error
		if b.Severity, err = a.verified(); err != nil {
			return nil, err
		}
	}
	b.Reason = a.reason()
	return b, nil
}

// milestoneAliases are short names of milestones.
var milestoneAliases = map[string]string{"compromise": MilestoneCompromise, "first": MilestoneFirst, "exfiltration": MilestoneExfiltration}
