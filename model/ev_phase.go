package model

import (
	"slices"
	"strings"
	"time"
)

// The kinds of events about phases.
const (
	KindPhaseEntered Kind = "phase.entered"
	KindPhaseLeft    Kind = "phase.left"
)

var _ = register(
	bodyOf[PhaseEntered](KindPhaseEntered), bodyOf[PhaseLeft](KindPhaseLeft),
)

// PhaseSpan is the time from when a phase was entered until it was left.
type PhaseSpan struct {
	Phase string    `json:"phase"`
	From  time.Time `json:"from"`
	Until time.Time `json:"until,omitzero"`
	By    string    `json:"by"`
}

// LevelSpan is the time from when a severity was set until the next one was.
type LevelSpan struct {
	Severity  string    `json:"severity"`
	Criterion string    `json:"criterion,omitempty"`
	Reason    string    `json:"reason,omitempty"`
	From      time.Time `json:"from"`
	Until     time.Time `json:"until,omitzero"`
	By        string    `json:"by"`
}

// Resumed reports whether the severity was not set by a person but restored when a
// closed room was reopened.
func (r *Room) Resumed(l LevelSpan) bool {
	for i, s := range r.States {
		if i > 0 && s.Status == Open && s.From.Equal(l.From) && r.States[i-1].Status == Closed {
			return true
		}
	}
	return false
}

// StatusSpan is the time from when a status was recorded until the next one was.
type StatusSpan struct {
	Status Status    `json:"status"`
	From   time.Time `json:"from"` // recorded
	Until  time.Time `json:"until,omitzero"`
	At     time.Time `json:"at"` // when it happened, as reported by By
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
		r.States = set(r, r.States, n-1, last)
	}
	r.States = push(r.States, StatusSpan{Status: s, From: e.RecordedAt, At: e.At, By: e.By, Seq: e.Seq, Reason: reason})
}

// endLevel ends the current severity.
func (r *Room) endLevel(at time.Time) {
	n := len(r.Levels)
	if n == 0 || !r.Levels[n-1].Until.IsZero() {
		return
	}
	last := r.Levels[n-1]
	last.Until = at
	r.Levels = set(r, r.Levels, n-1, last)
}

// LinkedTo is a record elsewhere.
type LinkedTo struct {
	System string    `json:"system"`
	URL    string    `json:"url"`
	Title  string    `json:"title,omitempty"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
}

// PhaseEntered begins a phase. It ends the phases before it, unless Overlap is set.
type PhaseEntered struct {
	Phase   string `json:"phase"`
	Overlap bool   `json:"overlap,omitempty"`
}

func (*PhaseEntered) need(*Room, *Event) Power { return PowerClocks }

func (b *PhaseEntered) check(r *Room, _ *Event) error {
	d := r.Plan.Phase(b.Phase)
	if d == nil {
		return Refuse(NotFound, "the plan has no phase %s; it has: %s", b.Phase, r.Plan.phaseIDs())
	}
	if r.inPhase(d.ID) {
		return Refuse(Conflict, "the room is already in %s", d.Label)
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

// PhaseLeft ends a phase.
type PhaseLeft struct {
	Phase string `json:"phase"`
}

func (*PhaseLeft) need(*Room, *Event) Power { return PowerClocks }

func (b *PhaseLeft) check(r *Room, _ *Event) error {
	d := r.Plan.Phase(b.Phase)
	if d == nil {
		return Refuse(NotFound, "the plan has no phase %s; it has: %s", b.Phase, r.Plan.phaseIDs())
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

// PhaseLabels returns the labels of the open phases in the order in which they were
// entered. It returns nil if the room is closed.
func (r *Room) PhaseLabels() []Safe {
	var out []Safe
	for _, s := range r.Phases {
		if !s.Until.IsZero() {
			continue
		}
		label := CleanLine(s.Phase)
		if r.Plan != nil {
			if d := r.Plan.Phase(s.Phase); d != nil {
				label = CleanLine(d.Label)
			}
		}
		out = append(out, label)
	}
	return out
}

// leavePhases ends one phase, or all phases if id is "".
func (r *Room) leavePhases(at time.Time, id string) {
	r.Phases = slices.Clone(r.Phases)
	for i, s := range r.Phases {
		if s.Until.IsZero() && (id == "" || s.Phase == id) {
			r.Phases[i].Until = at
		}
	}
}

// enterPhase begins a phase and ends the others, unless they overlap. Under rules 2,
// a phase that is open continues; under older rules it begins again, unless it is
// the newest.
func (r *Room) enterPhase(id string, e *Event, overlap bool) {
	switch in := r.inPhase(id); {
	case in && r.Rules >= 2:
		if !overlap {
			for _, s := range r.Phases {
				if s.Until.IsZero() && s.Phase != id {
					r.leavePhases(e.RecordedAt, s.Phase)
				}
			}
		}
		r.Phase = id
		return
	case in && r.Phase == id:
		return
	}
	if !overlap {
		r.leavePhases(e.RecordedAt, "")
	}
	r.Phase, r.Phases = id, push(r.Phases, PhaseSpan{Phase: id, From: e.RecordedAt, By: e.By})
}
