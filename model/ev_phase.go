package model

import (
	"slices"
	"strings"
	"time"
)

// The kinds about phases, status and milestones.
const (
	KindPhaseEntered Kind = "phase.entered"
	KindPhaseLeft    Kind = "phase.left"
	KindMilestoneSet Kind = "milestone.set"
)

var _ = register(
	func() Body { return new(PhaseEntered) }, func() Body { return new(PhaseLeft) }, func() Body { return new(MilestoneSet) },
)

// PhaseSpan is a phase from when it was entered until it was left.
type PhaseSpan struct {
	Phase string    `json:"phase"`
	From  time.Time `json:"from"`
	Until time.Time `json:"until,omitzero"`
	By    string    `json:"by"`
}

// LevelSpan is a severity from when it was set until the next one.
type LevelSpan struct {
	Severity  string    `json:"severity"`
	Criterion string    `json:"criterion,omitempty"`
	Reason    string    `json:"reason,omitempty"`
	From      time.Time `json:"from"`
	Until     time.Time `json:"until,omitzero"`
	By        string    `json:"by"`
}

// StatusSpan is a status from when it was recorded until the next one.
type StatusSpan struct {
	Status Status    `json:"status"`
	From   time.Time `json:"from"` // recorded
	Until  time.Time `json:"until,omitzero"`
	At     time.Time `json:"at"` // when it happened, by the word of By
	By     string    `json:"by"`
	Seq    uint64    `json:"seq"`
	Reason string    `json:"reason,omitempty"`
}

// enterStatus ends the current status and begins another.
func (r *Room) enterStatus(s Status, reason string, e *Event) {
	r.Status = s
	if n := len(r.States); n > 0 {
		last := r.States[n-1]
		last.Until = e.RecordedAt
		r.States = set(r.States, n-1, last)
	}
	r.States = push(r.States, StatusSpan{Status: s, From: e.RecordedAt, At: e.At, By: e.By, Seq: e.Seq, Reason: reason})
}

// endLevel ends the severity that holds.
func (r *Room) endLevel(at time.Time) {
	n := len(r.Levels)
	if n == 0 || !r.Levels[n-1].Until.IsZero() {
		return
	}
	last := r.Levels[n-1]
	last.Until = at
	r.Levels = set(r.Levels, n-1, last)
}

// LinkedTo is a record elsewhere.
type LinkedTo struct {
	System string    `json:"system"`
	URL    string    `json:"url"`
	Title  string    `json:"title,omitempty"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
}

// PhaseEntered says that a phase of the work began. The phases before it end,
// unless Overlap says that they go on.
type PhaseEntered struct {
	Phase   string `json:"phase"`
	Overlap bool   `json:"overlap,omitempty"`
}

// Kind names the kind.
func (*PhaseEntered) Kind() Kind               { return KindPhaseEntered }
func (*PhaseEntered) need(*Room, *Event) Power { return PowerClocks }

func (b *PhaseEntered) check(r *Room, _ *Event) error {
	d := r.Plan.Phase(b.Phase)
	if d == nil {
		return Refuse(NotFound, "the plan knows no phase %s; it has: %s", b.Phase, r.Plan.phaseIDs())
	}
	if r.inPhase(d.ID) {
		return Refuse(Conflict, "the room is in %s already", d.Label)
	}
	return nil
}

func (b *PhaseEntered) apply(r *Room, e *Event) { r.enterPhase(r.Plan.Phase(b.Phase).ID, e, b.Overlap) }

func (b *PhaseEntered) line(r *Room, _ *Event) Safe {
	d := r.Plan.Phase(b.Phase)
	if b.Overlap {
		var on []string
		for _, s := range r.Phases {
			if p := r.Plan.Phase(s.Phase); p != nil && s.Until.IsZero() {
				on = append(on, p.Label)
			}
		}
		switch len(on) {
		case 0:
			return Safef("%s begins", d.Label)
		case 1:
			return Safef("%s begins, %s continues", d.Label, on[0])
		}
		return Safef("%s begins, %s continue", d.Label, strings.Join(on, " and "))
	}
	if d.Objective != "" {
		return Safef("%s: %s", d.Label, d.Objective)
	}
	return Safef("%s", d.Label)
}

// PhaseLeft says that a phase of the work ended.
type PhaseLeft struct {
	Phase string `json:"phase"`
}

// Kind names the kind.
func (*PhaseLeft) Kind() Kind               { return KindPhaseLeft }
func (*PhaseLeft) need(*Room, *Event) Power { return PowerClocks }

func (b *PhaseLeft) check(r *Room, _ *Event) error {
	d := r.Plan.Phase(b.Phase)
	if d == nil {
		return Refuse(NotFound, "the plan knows no phase %s; it has: %s", b.Phase, r.Plan.phaseIDs())
	}
	if !r.inPhase(d.ID) {
		return Refuse(Conflict, "the room is not in %s", d.Label)
	}
	return nil
}

func (b *PhaseLeft) apply(r *Room, e *Event) {
	r.leavePhases(e.RecordedAt, r.Plan.Phase(b.Phase).ID)
	r.Phase = ""
	for _, s := range r.Phases {
		if s.Until.IsZero() {
			r.Phase = s.Phase
		}
	}
}

func (b *PhaseLeft) line(r *Room, _ *Event) Safe {
	return Safef("%s left", r.Plan.Phase(b.Phase).Label)
}

func (r *Room) inPhase(id string) bool {
	return slices.ContainsFunc(r.Phases, func(s PhaseSpan) bool { return s.Phase == id && s.Until.IsZero() })
}

// leavePhases ends one phase, or all where id is "".
func (r *Room) leavePhases(at time.Time, id string) {
	r.Phases = slices.Clone(r.Phases)
	for i, s := range r.Phases {
		if s.Until.IsZero() && (id == "" || s.Phase == id) {
			r.Phases[i].Until = at
		}
	}
}

func (r *Room) enterPhase(id string, e *Event, overlap bool) {
	if r.inPhase(id) && r.Phase == id {
		return
	}
	if !overlap {
		r.leavePhases(e.RecordedAt, "")
	}
	r.Phase, r.Phases = id, push(r.Phases, PhaseSpan{Phase: id, From: e.RecordedAt, By: e.By})
}

// The milestones, named as STIX 1.2 names an incident's times, and reviewed.
const (
	MilestoneFirst      = "first_malicious_action"
	MilestoneDetected   = "detected"
	MilestoneValidated  = "validated"
	MilestoneDeclared   = "declared"
	MilestoneContained  = "contained"
	MilestoneEradicated = "eradicated"
	MilestoneRestored   = "restored"
	MilestoneResolved   = "resolved"
	MilestoneClosed     = "closed"
	MilestoneReviewed   = "reviewed"
)

// MilestoneNames are the milestones in the order of an incident.
var MilestoneNames = []string{MilestoneFirst, MilestoneDetected, MilestoneValidated, MilestoneDeclared, MilestoneContained,
	MilestoneEradicated, MilestoneRestored, MilestoneResolved, MilestoneClosed, MilestoneReviewed}

// Milestone is when something that everybody asks for later was reached.
type Milestone struct {
	At  time.Time `json:"at"`
	By  string    `json:"by"`
	Seq uint64    `json:"seq"`
}

// MilestoneSet says when a milestone was reached, or corrects it.
type MilestoneSet struct {
	Name   string `json:"name"`
	Reason string `json:"reason,omitempty"` // must be there where it moves one that was set
}

// Kind names the kind.
func (*MilestoneSet) Kind() Kind               { return KindMilestoneSet }
func (*MilestoneSet) need(*Room, *Event) Power { return PowerClocks }

func (b *MilestoneSet) free() []*string { return []*string{&b.Reason} }

func (b *MilestoneSet) check(r *Room, e *Event) error {
	if !slices.Contains(MilestoneNames, b.Name) {
		return Refuse(NotFound, "there is no milestone %s; there are: %s", b.Name, ids(MilestoneNames, func(s string) string { return s }))
	}
	was, ok := r.Milestones[b.Name]
	switch b.Name {
	case MilestoneResolved, MilestoneClosed:
		if !ok {
			return Refuse(Invalid, "%s is set by doing it; when it is, its time can be moved with a reason", b.Name)
		}
	}
	if ok {
		if was.At.Equal(e.At) {
			return Refuse(Conflict, "%s is set to that time already", b.Name)
		}
		if b.Reason == "" {
			return Refuse(Invalid, "%s was set to %s; say why it moves: :milestone %s @TIME REASON", b.Name, Stamp(was.At), b.Name)
		}
	}
	return longText("reason", b.Reason, true)
}

func (b *MilestoneSet) apply(r *Room, e *Event) {
	r.reach(b.Name, e.At, e)
	if b.Name == MilestoneDetected {
		r.moveStart(StartAlert, e.At, b.Reason, e)
	}
}

func (b *MilestoneSet) line(r *Room, e *Event) Safe {
	s := Safef("%s at %s", b.Name, Stamp(e.At))
	if was, ok := r.Milestones[b.Name]; ok {
		s = Safef("%s, was %s", s, Stamp(was.At))
	}
	return because(s, b.Reason)
}

// reach sets a milestone and meets the clocks that wait for it.
func (r *Room) reach(name string, at time.Time, e *Event) {
	r.Milestones = with(r.Milestones, name, Milestone{At: at, By: e.By, Seq: e.Seq})
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

// alertAt is when the alert was received: as told, else the declaration.
func (r *Room) alertAt() time.Time {
	if m, ok := r.Milestones[MilestoneDetected]; ok {
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

// Measures returns the times between milestones that are set.
func (r *Room) Measures() []Measure {
	var out []Measure
	for _, m := range []struct {
		name     lit
		from, to string
	}{
		{"time to detect", MilestoneFirst, MilestoneDetected}, {"time to validate", MilestoneDetected, MilestoneValidated},
		{"time to declare", MilestoneDetected, MilestoneDeclared}, {"time to contain", MilestoneDeclared, MilestoneContained},
		{"time to eradicate", MilestoneDeclared, MilestoneEradicated}, {"time to restore", MilestoneDeclared, MilestoneRestored},
		{"time to resolve", MilestoneDeclared, MilestoneResolved}, {"time to review", MilestoneResolved, MilestoneReviewed},
	} {
		a, ok := r.Milestones[m.from]
		b, ok2 := r.Milestones[m.to]
		if ok && ok2 && !b.At.Before(a.At) {
			out = append(out, Measure{Name: Lit(m.name), From: m.from, To: m.to, Took: b.At.Sub(a.At)})
		}
	}
	return out
}
