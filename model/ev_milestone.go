package model

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// KindMilestoneSet is the kind of events about milestones.
const KindMilestoneSet Kind = "milestone.set"

var _ = register(bodyOf[MilestoneSet](KindMilestoneSet))

// The milestones. All but reviewed are named after the times of an incident in STIX
// 1.2.
const (
	MilestoneCompromise   = "initial_compromise"
	MilestoneFirst        = "first_malicious_action"
	MilestoneExfiltration = "first_data_exfiltration"
	MilestoneDetected     = "detected"
	MilestoneValidated    = "validated"
	MilestoneDeclared     = "declared"
	MilestoneContained    = "contained"
	MilestoneEradicated   = "eradicated"
	MilestoneRestored     = "restored"
	MilestoneResolved     = "resolved"
	MilestoneClosed       = "closed"
	MilestoneReviewed     = "reviewed"
)

// MilestoneNames are the milestones in the order of an incident.
var MilestoneNames = []string{MilestoneCompromise, MilestoneFirst, MilestoneExfiltration, MilestoneDetected,
	MilestoneValidated, MilestoneDeclared,
	MilestoneContained, MilestoneEradicated, MilestoneRestored, MilestoneResolved, MilestoneClosed, MilestoneReviewed}

// milestoneOrder lists pairs of milestones in which the first cannot be later than
// the second.
var milestoneOrder = [][2]string{
	{MilestoneCompromise, MilestoneDetected}, {MilestoneFirst, MilestoneDetected}, {MilestoneCompromise,
		MilestoneExfiltration},
	{MilestoneFirst, MilestoneExfiltration}, {MilestoneCompromise, MilestoneContained}, {MilestoneFirst,
		MilestoneContained},
	{MilestoneExfiltration, MilestoneContained},
	{MilestoneDetected, MilestoneValidated}, {MilestoneDetected, MilestoneDeclared}, {MilestoneDetected,
		MilestoneContained},
	{MilestoneDetected, MilestoneEradicated}, {MilestoneDetected, MilestoneRestored}, {MilestoneContained,
		MilestoneEradicated},
	{MilestoneDetected, MilestoneResolved}, {MilestoneDeclared, MilestoneResolved}, {MilestoneDeclared,
		MilestoneClosed},
	{MilestoneContained, MilestoneResolved}, {MilestoneEradicated, MilestoneResolved}, {MilestoneRestored,
		MilestoneResolved},
	{MilestoneResolved, MilestoneClosed}, {MilestoneResolved, MilestoneReviewed}, {MilestoneDetected,
		MilestoneReviewed},
}

// Milestone is the time at which a step of the incident was reached, for the report.
type Milestone struct {
	At  time.Time `json:"at"` // as reported by By
	By  string    `json:"by"`
	Seq uint64    `json:"seq"`

	RecordedAt time.Time `json:"recorded_at"`
	NA         bool      `json:"not_applicable,omitempty"`
	Reason     string    `json:"reason,omitempty"`
	Until      time.Time `json:"until,omitzero"` // end of a range that begins at At; zero: a single time
}

// latest returns the latest possible time of the milestone.
func (m Milestone) latest() time.Time {
	if m.Until.IsZero() {
		return m.At
	}
	return m.Until
}

// Contradiction is a pair of milestones whose times are in an impossible order.
type Contradiction struct {
	First, Then string // First is later than Then
	FirstAt     time.Time
	ThenAt      time.Time
}

// Words describes the contradiction.
func (c Contradiction) Words(at At) Safe {
	return Safef("%s (%s) is after %s (%s)", MilestoneWords(c.First), at(c.FirstAt), MilestoneWords(c.Then),
		at(c.ThenAt))
}

// MilestoneWords returns the name of a milestone as it is displayed.
func MilestoneWords(name string) Safe { return CleanLine(strings.ReplaceAll(name, "_", " ")) }

// Contradictions returns the pairs of milestones in an impossible order.
func (r *Room) Contradictions() []Contradiction { return contradictions(r.Milestones, "") }

// contradictions returns those that involve one milestone, or all if name is "".
func contradictions(m map[string]Milestone, name string) []Contradiction {
	var out []Contradiction
	for _, p := range milestoneOrder {
		a, ok := m[p[0]]
		b, ok2 := m[p[1]]
		if ok && ok2 && !a.NA && !b.NA && a.At.After(b.latest()) && (name == "" || name == p[0] || name == p[1]) {
			out = append(out, Contradiction{First: p[0], Then: p[1], FirstAt: a.At, ThenAt: b.At})
		}
	}
	return out
}

// MilestoneSet sets or corrects the time of a milestone, or records that it does not
// apply.
type MilestoneSet struct {
	Name   string `json:"name"`
	Reason string `json:"reason,omitempty"` // required to change a time that was set, or to contradict another
	NA     bool   `json:"not_applicable,omitempty"`

	// Of a validation: the severity that was verified, in addition to the alert
	// being real.
	Severity string `json:"severity,omitempty"`

	SeverityOnly bool       `json:"severity_only,omitempty"` // it only verifies the severity of an existing validation
	Until        *time.Time `json:"until,omitempty"`         // end of a range that begins at the event's time
}

// ranged refuses a range that ends before it begins.
func (b *MilestoneSet) ranged(e *Event) error {
	switch {
	case b.Until == nil:
		return nil
	case b.NA || b.Name == MilestoneResolved || b.Name == MilestoneClosed || b.Name == MilestoneDeclared:
		return Refuse(Invalid, "%s has one time, not a range", b.Name)
	case !b.Until.After(e.At):
		return Refuse(Invalid, "the range ends at %s, which is not after its beginning, %s", FormatTime(*b.Until),
			FormatTime(e.At))
	}
	return notFuture(*b.Until, e.RecordedAt)
}

func (*MilestoneSet) need(*Room, *Event) Power { return PowerClocks }

func (b *MilestoneSet) free() []*string { return []*string{&b.Reason} }

func (b *MilestoneSet) check(r *Room, e *Event) error {
	if !slices.Contains(MilestoneNames, b.Name) {
		if b.Name == "" {
			return Refuse(Invalid, "name the milestone: %s", strings.Join(MilestoneNames, ", "))
		}
		return Refuse(NotFound, "there is no milestone %s; the milestones are %s", quoted(b.Name),
			strings.Join(MilestoneNames, ", "))
	}
	if b.SeverityOnly {
		return b.checkSeverity(r)
	}
	prev, ok := r.Milestones[b.Name]
	doing := b.Name == MilestoneResolved || b.Name == MilestoneClosed
	switch {
	case doing && !ok:
		return Refuse(Invalid, "%s is set when it happens; after that, its time can be corrected with a reason", b.Name)
	case b.NA && (doing || b.Name == MilestoneDeclared):
		return Refuse(Invalid, "%s applies to every room, so it cannot be n/a", b.Name)
	case b.NA && strings.TrimSpace(b.Reason) == "":
		return Refuse(Invalid, "give a reason: :milestone %s n/a REASON", b.Name)
	case ok && !b.NA && !prev.NA && prev.At.Equal(e.At) && prev.Until.IsZero() == (b.Until == nil) &&
		(b.Until == nil || prev.Until.Equal(*b.Until)):
		return Refuse(Conflict, "%s is already set to that time", b.Name)
	case ok && b.NA && prev.NA:
		return Refuse(Conflict, "%s is already not applicable, by %s", b.Name, prev.By)
	case ok && b.Reason == "":
		return Refuse(Invalid, "%s was set to %s; give a reason to change it: :milestone %s @TIME REASON", b.Name,
			FormatTime(prev.At), b.Name)
	}
	if err := b.ranged(e); err != nil {
		return err
	}
	if err := b.stricter(r, e); err != nil {
		return err
	}
	if err := r.stillSevere(b.Severity); err != nil {
		return err
	}
	return longText("reason", b.Reason, true)
}

// checkSeverity checks an event that verifies the severity of an existing
// validation.
func (b *MilestoneSet) checkSeverity(r *Room) error {
	switch {
	case b.Name != MilestoneValidated || b.NA || b.Severity == "":
		return Refuse(Invalid, "the alert is already validated; to verify the severity as well: :milestone "+
			"validated %s", r.Severity)
	case r.Validated == nil:
		return Refuse(Conflict, "nobody has validated the alert yet; :milestone validated %s does both", r.Severity)
	case r.Validated.Severity == b.Severity:
		return Refuse(Conflict, "%s was already verified, by %s", b.Severity, r.Validated.verifiedBy())
	}
	if err := r.stillSevere(b.Severity); err != nil {
		return err
	}
	return longText("reason", b.Reason, true)
}

// stricter makes the checks of rules 2.
func (b *MilestoneSet) stricter(r *Room, e *Event) error {
	if r.Rules < 2 || b.NA {
		return nil
	}
	if b.Name == MilestoneDeclared {
		return Refuse(Invalid,
			"the room was declared at %s, which the record proves; if the incident was detected earlier, record "+
				"that with :milestone detected @TIME", FormatTime(r.DeclaredAt))
	}
	if b.Name == MilestoneReviewed && r.reviewLacks() {
		return Refuse(Conflict, "the review still lacks %s; write each section with :review SECTION TEXT",
			strings.Join(r.UnwrittenSections(), ", "))
	}
	n := with(r.Milestones, b.Name, b.milestone(e))
	if odd := contradictions(n, b.Name); len(odd) > 0 && strings.TrimSpace(b.Reason) == "" {
		return Refuse(Invalid,
			"%s; correct one of them, or give a reason to keep both in the report: :milestone %s @TIME REASON",
			odd[0].Words(FormatTime), b.Name)
	}
	return nil
}

func (b *MilestoneSet) apply(r *Room, e *Event) {
	if b.SeverityOnly {
		r.verify(b.Severity, e)
		return
	}
	if b.NA {
		r.Milestones = with(r.Milestones, b.Name, Milestone{At: e.At, By: e.By, Seq: e.Seq,
			RecordedAt: e.RecordedAt, NA: true, Reason: b.Reason})
		return
	}
	if b.Name == MilestoneValidated {
		r.validate(b.Severity, e)
	}
	r.reach(b.Name, e.At, e)
	m := r.Milestones[b.Name]
	m.Reason, m.Until = b.Reason, b.milestone(e).Until
	r.Milestones = with(r.Milestones, b.Name, m)
	if b.Name == MilestoneDetected {
		r.moveStart(StartAlert, e.At, b.Reason, e)
	}
}

// milestone returns the milestone with the times of the event.
func (b *MilestoneSet) milestone(e *Event) Milestone {
	m := Milestone{At: e.At}
	if b.Until != nil {
		m.Until = b.Until.UTC()
	}
	return m
}

func (b *MilestoneSet) line(r *Room, e *Event) Safe {
	if b.SeverityOnly {
		return because(Safef("the severity is verified: %s", b.Severity), b.Reason)
	}
	s := Safef("%s at %s", MilestoneWords(b.Name), FormatTime(e.At))
	if b.Until != nil {
		s = Safef("%s %s", MilestoneWords(b.Name), b.milestone(e).words())
	}
	if b.NA {
		s = Safef("%s is not applicable", MilestoneWords(b.Name))
	}
	if prev, ok := r.Milestones[b.Name]; ok {
		s = Safef("%s, was %s", s, prev.words())
	}
	if b.Severity != "" {
		s = Safef("%s: the alert is real, the severity is %s", s, b.Severity)
	}
	return because(s, b.Reason)
}

// words formats the time or range.
func (m Milestone) words() Safe {
	if m.NA {
		return Lit("not applicable")
	}
	if !m.Until.IsZero() {
		return Safef("between %s and %s", FormatTime(m.At), FormatTime(m.Until))
	}
	return FormatTime(m.At)
}

// reach sets a milestone and meets the clocks that wait for it.
func (r *Room) reach(name string, at time.Time, e *Event) {
	if name == MilestoneReviewed && r.reviewLacks() {
		return // the review was held, but parts of it are missing
	}
	r.Milestones = with(r.Milestones, name, Milestone{At: at, By: e.By, Seq: e.Seq, RecordedAt: e.RecordedAt})
	for i, c := range r.Clocks {
		switch d := r.Plan.Clock(c.ID); {
		case d == nil || d.MetBy != name || c.MetAt.IsZero() && !r.mayMeet(d, e):
		case c.MetAt.IsZero():
			r.meet(i, e)
		case d.Every == 0: // a correction of its time
			c.DoneAt = at
			r.Clocks = set(r, r.Clocks, i, c)
		}
	}
}

// AlertAt returns when the alert was received: as set by a milestone, or else the
// time of the declaration.
func (r *Room) AlertAt() time.Time {
	if m, ok := r.Milestones[MilestoneDetected]; ok && !m.NA {
		return m.At
	}
	return r.DeclaredAt
}

// Measure is the time between two milestones.
type Measure struct {
	Name     Safe
	From, To string
	Took     time.Duration
}

// measures lists the pairs of milestones that reports measure.
var measures = []struct {
	name     lit
	from, to string
}{
	{"time to detect", MilestoneFirst, MilestoneDetected}, {"time to validate", MilestoneDetected,
		MilestoneValidated},
	{"time to declare", MilestoneDetected, MilestoneDeclared}, {"time to contain", MilestoneDeclared,
		MilestoneContained},
	{"time to eradicate", MilestoneDeclared, MilestoneEradicated}, {"time to restore", MilestoneDeclared,
		MilestoneRestored},
	{"time to resolve", MilestoneDeclared, MilestoneResolved}, {"time to review", MilestoneResolved,
		MilestoneReviewed},
}

// MilestoneAt returns when a milestone was reached, or the zero time if that is not
// known. The time of the declaration is taken from the record.
func (r *Room) MilestoneAt(name string) time.Time {
	if name == MilestoneDeclared {
		return r.DeclaredAt
	}
	if m, ok := r.Milestones[name]; ok && !m.NA {
		return m.At
	}
	return time.Time{}
}

// Measures returns the times between milestones that are set. If only the compromise
// is known, and not the attacker's first action, detection is measured from the
// compromise.
func (r *Room) Measures() []Measure {
	if r.DuplicateOf() != nil {
		return nil
	}
	var out []Measure
	for _, m := range measures {
		from := m.from
		if from == MilestoneFirst && r.MilestoneAt(from).IsZero() {
			from = MilestoneCompromise
		}
		a, b := r.MilestoneAt(from), r.MilestoneAt(m.to)
		if !a.IsZero() && !b.IsZero() && cmp.Compare(a.UnixMilli(), b.UnixMilli()) <= 0 {
			out = append(out, Measure{Name: Lit(m.name), From: from, To: m.to, Took: b.Sub(a)})
		}
	}
	return out
}
