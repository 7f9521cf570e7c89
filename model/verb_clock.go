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
