package model

import (
	"regexp"
	"slices"
	"strings"
)

// A time, clock, person or severity within a text was probably meant as an argument,
// if the usage has one. The line is then refused with a question before it is
// stored.

var (
	// timeFirst matches a time at the beginning of a text.
	timeFirst = regexp.MustCompile(
		`(?i)^((?:at |since )?@?\d{1,2}:\d{2}(?::\d{2})?(?:z|[+-]\d{2}:?\d{2})?|@[-+]?\d\S*|@(?:yesterday|today)|` +
			`-\d+[dhms]\S*|\d+ ?(?:s|m|min|h|d|minutes?|hours?|days?) ago)(?:[\s,;.]|$)`)
	// dayFirst matches a day at the beginning of a reason.
	dayFirst = regexp.MustCompile(`(?i)^(yesterday|last night)(?:[\s,;.]|$)`)
	// timeInside matches a time with @ within a text.
	timeInside = regexp.MustCompile(`(?:^|\s)(@(?:\d{1,2}:\d{2}|[-+]\d)\S*)`)
	// timeAnywhere matches a time or a day with @ within a text.
	timeAnywhere = regexp.MustCompile(
		`(?:^|\s)(@(?:\d{1,2}:\d{2}|[-+]\d|\d{4}-\d{2}-\d{2}|(?:yesterday|today)(?:[\s,;.]|$))\S*)`)
	// likeSeverity matches a word in the form of a severity.
	likeSeverity = regexp.MustCompile(`(?i)^(sev|p)-?\d$`)
	// afterUpdate matches a time at the beginning of an update, which is when it was
	// sent.
	afterUpdate = regexp.MustCompile(`^(@(?:[-+]?\d\S*|yesterday|today)|-\d+[dhms]\S*)(?:\s|$)`)
)

// texts are the arguments that are free text.
var texts = []lit{"reason", "note", "text", "person", "means", "conditions"}

// stray refuses a text with a time, clock, person or severity that may have been
// meant as an argument.
func (a *args) stray(b Body) error {
	switch b := b.(type) {
	case *UpdateSent:
		if m := afterUpdate.FindStringSubmatch(b.Conditions); m != nil && a.at.IsZero() {
			return a.strayTime(m[1], "update")
		}
		return nil
	case *TimeCorrected:
		return a.contradicts(b)
	case *NoticeGiven:
		if err := a.early(b); err != nil {
			return err
		}
	case *ClockSnoozedBody:
		return a.strayClock(b.Reason)
	case *KeyRevoked:
		if w := firstWord(b.Reason); isPerson(w) && ValidHandle(strings.ToLower(w[1:])) {
			return Refuse(Invalid,
				"one line is for one person; %s is in the reason: begin the reason with another word, or write a line "+
					"for each person", quoted(w))
		}
		return nil
	case *ItemDoneBody:
		if w := firstWord(b.Note); b.Severity == "" && a.Room.validates(b.Item) && likeSeverity.MatchString(w) {
			return Refuse(NotFound, "the plan has no severity %s; it has: %s", quoted(w), a.Room.Plan.severityIDs())
		}
	case *ClockEnded:
		if b.kind == KindClockWaived {
			return a.strayClock(b.Reason)
		}
	case *ExposureAssessed:
		if b.Aware != nil {
			return nil
		}
	case *IncidentResolved, *IncidentClosed, *MilestoneSet:
	default:
		return nil
	}
	if m, ok := b.(*MilestoneSet); ok && m.NA || !a.at.IsZero() {
		return nil
	}
	return a.strayTimes(b)
}

// unreadTime refuses a time that was not read as one, wherever it stands in the line.
func (a *args) unreadTime(v *verbDef) error {
	for _, p := range a.parsed {
		if p.Name == Lit("due") {
			continue // it shows the word that was read, with its time
		}
		if m := timeAnywhere.FindStringSubmatch(p.Value.String()); m != nil {
			return Refuse(Invalid, "%s is in the %s, and a time is not text: write it before the command, as in "+
				"@%s :%s, or leave out the @; :%s %s", quoted(m[1]), p.Name, a.Now.In(a.Zone).Format("15:04"),
				Lit(v.name), Lit(v.name), Lit(v.args))
		}
	}
	return nil
}

// strayTimes searches the texts of a line for a time.
func (a *args) strayTimes(b Body) error {
	_, since := b.(*ExposureAssessed)
	_, reached := b.(*MilestoneSet)
	for _, p := range a.parsed {
		i := slices.IndexFunc(texts, func(t lit) bool { return p.Name == Lit(t) })
		if i < 0 {
			continue
		}
		text := strings.TrimSpace(p.Value.String())
		m := timeFirst.FindStringSubmatch(text)
		if m == nil && (since || reached) {
			m = dayFirst.FindStringSubmatch(text)
		}
		if m == nil {
			m = timeInside.FindStringSubmatch(text)
		}
		if m != nil {
			part := texts[i]
			if part == "person" {
				part = "name"
			}
			return a.strayTime(m[1], part)
		}
	}
	return nil
}

func (a *args) strayTime(w string, part lit) error {
	if timeWord(w) && !dayWord(w) && !hourForm.MatchString(w[1:]) {
		if _, _, err := LeadingTime(w, a.Now, a.Zone); err != nil {
			return err
		}
	}
	return Refuse(Invalid, "%s is in the %s: if it is the time, write it before the command, as in @%s :...; if "+
		"it is text, begin with another word and leave out the @", quoted(w), Lit(part),
		a.Now.In(a.Zone).Format("15:04"))
}

// strayClock refuses a reason that begins with the name of another clock.
func (a *args) strayClock(reason string) error {
	w := strings.TrimRight(firstWord(reason), ",;")
	if d := a.Room.Plan.Clock(w); d != nil && w != "" {
		return Refuse(Invalid,
			"one line is for one clock; %s is in the reason: begin the reason with another word, or write a line for "+
				"each clock",
			quoted(w))
	}
	return nil
}

// StaysText returns a remark if the first word of a note looks like a time but is
// not one, or empty text otherwise.
func StaysText(line string, a Act) Safe {
	w, _, _ := strings.Cut(line, " ")
	if a.Body == nil || !KindOf(a.Body).IsEntry() || !a.At.IsZero() || !looksLikeTime(w) {
		return Safe{}
	}
	return Safef("%s is not a time and stays text; write -12m, @14:32 or @yesterday 23:10", w)
}
