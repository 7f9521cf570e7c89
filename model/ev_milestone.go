package model

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// KindMilestoneSet is the kind about milestones.
const KindMilestoneSet Kind = "milestone.set"

var _ = register(func() Body { return new(MilestoneSet) })

// The milestones, named as STIX 1.2 names an incident's times, and reviewed.
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

// milestoneOrder are pairs of milestones of which the first cannot come after
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

// Milestone is when something that everybody asks for later was reached.
type Milestone struct {
	At  time.Time `json:"at"` // by the word of By
	By  string    `json:"by"`
	Seq uint64    `json:"seq"`

	RecordedAt time.Time `json:"recorded_at"`
	NA         bool      `json:"not_applicable,omitempty"`
	Reason     string    `json:"reason,omitempty"`
}

// Contradiction is two milestones in an order in which they cannot have been.
type Contradiction struct {
	First, Then string // First is later than Then
	FirstAt     time.Time
	ThenAt      time.Time
}

// Words say so.
func (c Contradiction) Words(at At) Safe {
	return Safef("%s (%s) is after %s (%s)", MilestoneWords(c.First), at(c.FirstAt), MilestoneWords(c.Then),
		at(c.ThenAt))
}

// MilestoneWords is the name of a milestone for people.
func MilestoneWords(name string) Safe { return CleanLine(strings.ReplaceAll(name, "_", " ")) }

// Contradictions returns the milestones that cannot have been in the order that
// their times have.
func (r *Room) Contradictions() []Contradiction { return contradictions(r.Milestones, "") }

// contradictions returns those of one milestone, or of all where name is "".
func contradictions(m map[string]Milestone, name string) []Contradiction {
	var out []Contradiction
	for _, p := range milestoneOrder {
		a, ok := m[p[0]]
		b, ok2 := m[p[1]]
		if ok && ok2 && !a.NA && !b.NA && a.At.After(b.At) && (name == "" || name == p[0] || name == p[1]) {
			out = append(out, Contradiction{First: p[0], Then: p[1], FirstAt: a.At, ThenAt: b.At})
		}
	}
	return out
}

// MilestoneSet says when a milestone was reached, corrects it, or says that it
// does not apply.
type MilestoneSet struct {
	Name   string `json:"name"`
	Reason string `json:"reason,omitempty"` // must be there where it moves one that was set, or contradicts another
	NA     bool   `json:"not_applicable,omitempty"`

	Severity string `json:"severity,omitempty"` // of a validation: the severity that was verified, beside the alert being real
}

// Kind names the kind.
func (*MilestoneSet) Kind() Kind               { return KindMilestoneSet }
func (*MilestoneSet) need(*Room, *Event) Power { return PowerClocks }

func (b *MilestoneSet) free() []*string { return []*string{&b.Reason} }

func (b *MilestoneSet) check(r *Room, e *Event) error {
	if !slices.Contains(MilestoneNames, b.Name) {
		return Refuse(NotFound, "there is no milestone %s; there are: %s", b.Name, ids(MilestoneNames,
			func(s string) string { return s }))
	}
	was, ok := r.Milestones[b.Name]
	doing := b.Name == MilestoneResolved || b.Name == MilestoneClosed
	switch {
	case doing && !ok:
		return Refuse(Invalid, "%s is set by doing it; when it is, its time can be moved with a reason", b.Name)
	case b.NA && (doing || b.Name == MilestoneDeclared):
		return Refuse(Invalid, "%s was reached by doing it", b.Name)
	case b.NA && strings.TrimSpace(b.Reason) == "":
		return Refuse(Invalid, "say why: :milestone %s n/a REASON", b.Name)
	case ok && !b.NA && !was.NA && was.At.Equal(e.At):
		return Refuse(Conflict, "%s is set to that time already", b.Name)
	case ok && b.NA && was.NA:
		return Refuse(Conflict, "%s is not applicable already, by %s", b.Name, was.By)
	case ok && b.Reason == "":
		return Refuse(Invalid, "%s was set to %s; say why it moves: :milestone %s @TIME REASON", b.Name,
			Stamp(was.At), b.Name)
	}
	if err := b.stricter(r, e); err != nil {
		return err
	}
	if err := r.stillSevere(b.Severity); err != nil {
		return err
	}
	return longText("reason", b.Reason, true)
}

// stricter are the checks of rooms that state rules 2.
func (b *MilestoneSet) stricter(r *Room, e *Event) error {
	if r.Rules < 2 || b.NA {
		return nil
	}
	if b.Name == MilestoneDeclared {
		return Refuse(Invalid, "the room was declared at %s, which is a fact of the record; when it was known before: :milestone detected @TIME", Stamp(r.DeclaredAt))
	}
	if b.Name == MilestoneReviewed && r.reviewLacks() {
		return Refuse(Conflict, "the review is not written: %s; write each with :review PART TEXT",
			strings.Join(r.unwritten(), ", "))
	}
	n := with(r.Milestones, b.Name, Milestone{At: e.At})
	if odd := contradictions(n, b.Name); len(odd) > 0 && strings.TrimSpace(b.Reason) == "" {
		return Refuse(Invalid, "%s; correct one of them, or give a reason and both stay in the report: :milestone %s @TIME REASON", odd[0].Words(Stamp), b.Name)
	}
	return nil
}

func (b *MilestoneSet) apply(r *Room, e *Event) {
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
	m.Reason = b.Reason
	r.Milestones = with(r.Milestones, b.Name, m)
	if b.Name == MilestoneDetected {
		r.moveStart(StartAlert, e.At, b.Reason, e)
	}
}

func (b *MilestoneSet) line(r *Room, e *Event) Safe {
	s := Safef("%s at %s", MilestoneWords(b.Name), Stamp(e.At))
	if b.NA {
		s = Safef("%s is not applicable", MilestoneWords(b.Name))
	}
	if was, ok := r.Milestones[b.Name]; ok {
		s = Safef("%s, was %s", s, was.words())
	}
	if b.Severity != "" {
		s = Safef("%s: the alert is real, the severity is %s", s, b.Severity)
	}
	return because(s, b.Reason)
}

// words are when it was reached.
func (m Milestone) words() Safe {
	if m.NA {
		return Lit("not applicable")
	}
	return Stamp(m.At)
}

// reach sets a milestone and meets the clocks that wait for it.
func (r *Room) reach(name string, at time.Time, e *Event) {
	if name == MilestoneReviewed && r.reviewLacks() {
		return // it was held, and is not complete
	}
	r.Milestones = with(r.Milestones, name, Milestone{At: at, By: e.By, Seq: e.Seq, RecordedAt: e.RecordedAt})
	for i, c := range r.Clocks {
		switch d := r.Plan.Clock(c.ID); {
		case d == nil || d.MetBy != name:
		case c.MetAt.IsZero():
			r.meet(i, e)
		case d.Every == 0: // its time is corrected
			c.DoneAt = at
			r.Clocks = set(r.Clocks, i, c)
		}
	}
}

// alertAt is when the alert was received: as somebody said, else the declaration.
func (r *Room) alertAt() time.Time {
	if m, ok := r.Milestones[MilestoneDetected]; ok && !m.NA {
		return m.At
	}
	return r.DeclaredAt
}

// Measure is a time between two milestones.
type Measure struct {
	Name     Safe
	From, To string
	Took     time.Duration
}

// measures are the times between milestones that people ask for.
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

// MilestoneAt is when a milestone was reached; zero where that is not known. The
// declaration is a fact of the record.
func (r *Room) MilestoneAt(name string) time.Time {
	if name == MilestoneDeclared {
		return r.DeclaredAt
	}
	if m, ok := r.Milestones[name]; ok && !m.NA {
		return m.At
	}
	return time.Time{}
}

// Measures returns the times between milestones that are set. Where somebody
// knows of the compromise and not of the first act, detection counts from that.
func (r *Room) Measures() []Measure {
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
