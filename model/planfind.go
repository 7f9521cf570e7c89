package model

import (
	"slices"
	"strings"
)

// Severity returns the severity that a typed name means: an id or alias, without regard to
// case, or an id without its hyphens. It returns nil if there is none.
func (p *Plan) Severity(name string) *Severity {
	return find(p.orEmpty().Severities, name, func(s *Severity) (string, []string) {
		return s.ID, append([]string{joined(s.ID)}, s.Aliases...)
	})
}

// severityOf returns the severity that an entry states: an id or alias, without regard to case,
// or nil if there is none. What people may type can change, but not what an entry means. The
// other methods look names up in the same way.
func (p *Plan) severityOf(name string) *Severity {
	return find(p.orEmpty().Severities, name, func(s *Severity) (string, []string) { return s.ID, s.Aliases })
}

// Role returns the role with an id or alias, or nil.
func (p *Plan) Role(name string) *RoleDef {
	return find(p.orEmpty().Roles, name, func(d *RoleDef) (string, []string) { return d.ID, d.Aliases })
}

// Phase returns the phase with an id or alias, or nil.
func (p *Plan) Phase(name string) *PhaseDef {
	return find(p.orEmpty().Phases, name, func(d *PhaseDef) (string, []string) { return d.ID, d.Aliases })
}

// Clock returns the clock with an id, or nil.
func (p *Plan) Clock(name string) *ClockDef {
	return find(p.orEmpty().Clocks, name, func(d *ClockDef) (string, []string) { return d.ID, nil })
}

// KindDef returns the kind of incident with an id, or nil.
func (p *Plan) KindDef(name string) *KindDef {
	return find(p.orEmpty().Kinds, name, func(d *KindDef) (string, []string) { return d.ID, nil })
}

// Item returns the item with an id, or nil.
func (p *Plan) Item(name string) *ItemDef {
	return find(p.orEmpty().Items, name, func(d *ItemDef) (string, []string) { return d.ID, nil })
}

// Condition returns the condition with an id, or nil.
func (p *Plan) Condition(name string) *Condition {
	return find(p.orEmpty().Conditions, name, func(d *Condition) (string, []string) { return d.ID, nil })
}

// Group returns the group with an id, or nil.
func (p *Plan) Group(name string) *GroupDef {
	return find(p.orEmpty().Groups, name, func(d *GroupDef) (string, []string) { return d.ID, nil })
}

// Audience returns the audience with an id, or nil.
func (p *Plan) Audience(name string) *Audience {
	return find(p.orEmpty().Audiences, name, func(d *Audience) (string, []string) { return d.ID, nil })
}

// orEmpty returns p, or an empty plan if p is nil.
func (p *Plan) orEmpty() *Plan {
	if p == nil {
		return &Plan{}
	}
	return p
}

// find looks up a name among ids and aliases.
func find[T any](list []T, name string, names func(*T) (string, []string)) *T {
	for i := range list {
		id, also := names(&list[i])
		if strings.EqualFold(id, name) ||
			slices.ContainsFunc(also, func(a string) bool { return strings.EqualFold(a, name) }) {
			return &list[i]
		}
	}
	return nil
}

func (p *Plan) kindIDs() string { return ids(p.Kinds, func(d KindDef) string { return d.ID }) }
func (p *Plan) severityIDs() string {
	return ids(p.Severities, func(d Severity) string { return d.ID })
}
func (p *Plan) roleIDs() string     { return ids(p.Roles, func(d RoleDef) string { return d.ID }) }
func (p *Plan) phaseIDs() string    { return ids(p.Phases, func(d PhaseDef) string { return d.ID }) }
func (p *Plan) clockIDs() string    { return ids(p.Clocks, func(d ClockDef) string { return d.ID }) }
func (p *Plan) audienceIDs() string { return ids(p.Audiences, func(d Audience) string { return d.ID }) }
func (p *Plan) conditionIDs() string {
	return ids(p.Conditions, func(d Condition) string { return d.ID })
}

func ids[T any](list []T, id func(T) string) string {
	s := make([]string, len(list))
	for i, v := range list {
		s[i] = id(v)
	}
	return strings.Join(s, ", ")
}

// criteriaHint lists the criteria of the severity, for a refusal.
func (s *Severity) criteriaHint() string {
	if len(s.Criteria) == 0 {
		return "REASON"
	}
	return ids(s.Criteria, func(c Criterion) string { return c.ID })
}
