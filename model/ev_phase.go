package model

import (
	"slices"
	"strings"
	"time"
)

// The kinds about phases.
const (
	KindPhaseEntered Kind = "phase.entered"
	KindPhaseLeft    Kind = "phase.left"
)

var _ = register(
	func() Body { return new(PhaseEntered) }, func() Body { return new(PhaseLeft) },
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
