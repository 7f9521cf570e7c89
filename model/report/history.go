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
	Until  *time.Time `json:"until"`   // null: it goes on
	Done   *time.Time `json:"done_at"` // of a status: when it was, by the word of By
	Entry  uint64     `json:"entry"`   // of a status
	TookS  int64      `json:"took_s"`
}

func spanOf(id string, label, reason model.Safe, by string, from, until, now time.Time) Span {
	s := Span{ID: id, Label: label, Reason: reason, By: model.CleanLine(by), From: from, Until: maybe(until)}
	if until.IsZero() {
		until = now
	}
	s.TookS = seconds(until.Sub(from))
	return s
}

// levelsOf are the severities.
func levelsOf(r *model.Room, now time.Time) []Span {
	out := make([]Span, 0, len(r.Levels))
	for _, l := range r.Levels {
		label, why := model.CleanLine(l.Severity), criterionOf(r, l.Severity, l.Criterion)
		if s := r.Plan.Severity(l.Severity); s != nil && s.Label != "" {
			label = model.Safef("%s %s", s.ID, s.Label)
		}
		if reason := model.CleanLine(strings.TrimSpace(l.Reason)); !reason.IsEmpty() {
			why = joined("; ", why, reason)
		}
		out = append(out, spanOf(l.Severity, label, why, l.By, l.From, l.Until, now))
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
	for _, p := range r.Phases {
		out = append(out, spanOf(p.Phase, phaseWords(r, p.Phase), model.Safe{}, p.By, p.From, p.Until, now))
	}
	return out
}

// statusesOf are the statuses of the incident: each resolution, each reopening.
func statusesOf(r *model.Room, now time.Time) []Span {
	out := make([]Span, 0, len(r.States))
	for _, p := range r.States {
		s := spanOf(string(p.Status), model.CleanLine(string(p.Status)), model.CleanLine(p.Reason), p.By, p.From, p.Until, now)
		s.Done, s.Entry = maybe(p.At), p.Seq
		out = append(out, s)
	}
	return out
}

// closedAt is when the room was closed, by the record; zero while it is not.
func closedAt(r *model.Room) time.Time {
	if n := len(r.States); r.Status == model.Closed && n > 0 {
		return r.States[n-1].From
	}
	return time.Time{}
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
			h := Holder{Role: d.ID, Label: model.CleanLine(d.Label), Person: a.Who(), Handle: model.CleanLine(a.Person), By: model.CleanLine(a.By), From: a.From, Until: maybe(a.Until)}
			until := a.Until
			if until.IsZero() {
				until = now
				if end := closedAt(r); !end.IsZero() { // nobody works in a closed room
					until = end
				}
			}
			h.TookS = seconds(until.Sub(a.From))
			out = append(out, h)
		}
	}
	return out
}

// Milestone is when something that everybody asks for was reached.
type Milestone struct {
	ID       string     `json:"id"`
	Name     model.Safe `json:"name"`
	At       *time.Time `json:"at"`          // by the word of By; null: not known
	Recorded *time.Time `json:"recorded_at"` // when that was recorded
	By       model.Safe `json:"by"`
	Entry    uint64     `json:"entry"`
	NA       bool       `json:"not_applicable"`
	Reason   model.Safe `json:"reason"`
	Claim    *time.Time `json:"claimed_at,omitempty"` // of the declaration: another time that somebody gave
}

func milestonesOf(r *model.Room) []Milestone {
	out := make([]Milestone, 0, len(model.MilestoneNames))
	for _, id := range model.MilestoneNames {
		m, ok := r.Milestones[id]
		row := Milestone{ID: id, Name: model.MilestoneWords(id), At: maybe(r.MilestoneAt(id)), By: model.CleanLine(m.By), Entry: m.Seq, NA: m.NA, Reason: model.CleanLine(m.Reason)}
		if ok {
			row.Recorded = maybe(m.RecordedAt)
		}
		if !ok {
			row.Reason = undone(r, id)
		}
		if id == model.MilestoneDeclared && ok && !m.At.Equal(r.DeclaredAt) {
			row.Claim = maybe(m.At)
		}
		out = append(out, row)
	}
	return out
}

// undone says that an incident was resolved or closed, and reopened.
func undone(r *model.Room, id string) model.Safe {
	for i := len(r.States) - 1; i >= 0; i-- {
		if s := r.States[i]; string(s.Status) == id {
			return model.Safef("it was %s in entry %d, and reopened", id, s.Seq)
		}
	}
	return model.Safe{}
}

// Odd is two milestones in an order in which they cannot have been.
type Odd struct {
	First string     `json:"first"`
	Then  string     `json:"then"`
	Words model.Safe `json:"words"`
}

func oddOf(r *model.Room, at model.At) []Odd {
	out := []Odd{}
	for _, c := range r.Contradictions() {
		out = append(out, Odd{First: c.First, Then: c.Then, Words: c.Words(at)})
	}
	return out
}

// momentWords names a milestone as something that has a time.
func momentWords(id string) model.Safe {
	switch id {
	case model.MilestoneFirst:
		return model.Lit("the first malicious action")
	case model.MilestoneCompromise:
		return model.Lit("the initial compromise")
	case model.MilestoneExfiltration:
		return model.Lit("the first data exfiltration")
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
