package report

import (
	"strings"
	"time"

	"warroom/model"
)

// Span is a severity or a phase, from when it began until it ended.
type Span struct {
	ID     string     `json:"id"`
	Label  model.Safe `json:"label"`
	Reason model.Safe `json:"reason"`
	By     model.Safe `json:"by"`
	From   time.Time  `json:"from"`
	Until  *time.Time `json:"until"` // null: it goes on
	TookS  int64      `json:"took_s"`
}

func spanOf(id string, label, reason model.Safe, by string, from, until, now time.Time) Span {
	s := Span{id, label, reason, model.CleanLine(by), from, maybe(until), 0}
	if until.IsZero() {
		until = now
	}
	s.TookS = seconds(until.Sub(from))
	return s
}

// levelsOf are the severities. The last one ends where the room was closed.
func levelsOf(r *model.Room, now time.Time) []Span {
	out := make([]Span, 0, len(r.Levels))
	end := closedAt(r)
	for _, l := range r.Levels {
		label, why := model.CleanLine(l.Severity), criterionOf(r, l.Severity, l.Criterion)
		if s := r.Plan.Severity(l.Severity); s != nil && s.Label != "" {
			label = model.Safef("%s %s", s.ID, s.Label)
		}
		if reason := model.CleanLine(strings.TrimSpace(l.Reason)); !reason.IsEmpty() {
			why = joined("; ", why, reason)
		}
		until := l.Until
		if until.IsZero() {
			until = end
		}
		out = append(out, spanOf(l.Severity, label, why, l.By, l.From, until, now))
	}
	return out
}

// worstOf is the worst severity that the room had.
func worstOf(r *model.Room) string {
	worst, rank := r.Severity, -1
	for _, l := range r.Levels {
		if s := r.Plan.Severity(l.Severity); s != nil && (rank < 0 || s.Rank < rank) {
			worst, rank = l.Severity, s.Rank
		}
	}
	return worst
}

func phasesOf(r *model.Room, now time.Time) []Span {
	out := make([]Span, 0, len(r.Phases))
	end := closedAt(r)
	for _, p := range r.Phases {
		label := model.CleanLine(p.Phase)
		if d := r.Plan.Phase(p.Phase); d != nil {
			label = model.CleanLine(d.Label)
		}
		until := p.Until
		if until.IsZero() {
			until = end
		}
		out = append(out, spanOf(p.Phase, label, model.Safe{}, p.By, p.From, until, now))
	}
	return out
}

// closedAt is when the room was closed; zero while it is not.
func closedAt(r *model.Room) time.Time {
	if r.Status != model.Closed {
		return time.Time{}
	}
	return r.Milestones[model.MilestoneClosed].At
}

// Holder is a person who held a role for a time.
type Holder struct {
	Role   string     `json:"role"`
	Label  model.Safe `json:"label"`
	Person model.Safe `json:"person"` // with name, job and what it was about
	Handle model.Safe `json:"handle"`
	By     model.Safe `json:"by"` // who said so
	From   time.Time  `json:"from"`
	Until  *time.Time `json:"until"` // null: still
	TookS  int64      `json:"took_s"`
}

// rolesOf is who held which role, by the plan's order of roles and then by
// time.
func rolesOf(r *model.Room, now time.Time) []Holder {
	out := []Holder{}
	if r.Plan == nil {
		return out
	}
	for _, d := range r.Plan.Roles {
		for _, a := range r.Roles {
			if a.Role != d.ID {
				continue
			}
			h := Holder{d.ID, model.CleanLine(d.Label), a.Who(), model.CleanLine(a.Person), model.CleanLine(a.By), a.From, maybe(a.Until), 0}
			until := a.Until
			if until.IsZero() {
				until = now
			}
			h.TookS = seconds(until.Sub(a.From))
			out = append(out, h)
		}
	}
	return out
}

// Milestone is when something that everybody asks for was reached.
type Milestone struct {
	ID    string     `json:"id"`
	At    *time.Time `json:"at"` // null: not known
	By    model.Safe `json:"by"`
	Entry uint64     `json:"entry"`
}

func milestonesOf(r *model.Room) []Milestone {
	out := make([]Milestone, 0, len(model.MilestoneNames))
	for _, id := range model.MilestoneNames {
		m := r.Milestones[id]
		out = append(out, Milestone{id, maybe(m.At), model.CleanLine(m.By), m.Seq})
	}
	return out
}

// milestoneWords is a milestone's name for people.
func milestoneWords(id string) model.Safe {
	if id == model.MilestoneFirst {
		return model.Lit("the first malicious action")
	}
	return model.CleanLine(id)
}

// momentWords names a milestone as something that has a time.
func momentWords(id string) model.Safe {
	switch id {
	case model.MilestoneFirst:
		return milestoneWords(id)
	case model.MilestoneDetected:
		return model.Lit("the detection")
	case model.MilestoneContained:
		return model.Lit("the containment")
	case model.MilestoneRestored:
		return model.Lit("the restoration")
	}
	return model.CleanLine(id)
}

// Measure is the time between two milestones.
type Measure struct {
	Name  model.Safe `json:"name"`
	From  string     `json:"from"`
	To    string     `json:"to"`
	TookS int64      `json:"took_s"`
}

func measuresOf(r *model.Room) []Measure {
	out := []Measure{}
	for _, m := range r.Measures() {
		out = append(out, Measure{m.Name, m.From, m.To, seconds(m.Took)})
	}
	return out
}

// joined puts words between what is not empty.
func joined(sep string, parts ...model.Safe) model.Safe {
	var out []model.Safe
	for _, p := range parts {
		if !p.IsEmpty() {
			out = append(out, p)
		}
	}
	return model.JoinSafe(model.CleanLine(sep), out...)
}
