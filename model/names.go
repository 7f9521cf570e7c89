package model

import (
	"slices"
	"strings"
	"unicode"
)

// Names of the plan as people type them: in commands the beginning of any word of a name is
// enough where it fits one thing only. Events carry ids.

// named is something of the plan by what people call it.
type named struct {
	id    string
	words []string // aliases and the label
}

// meant returns the id of the one that a typed name fits: its id, alias or label in any
// case, else without hyphens, else the beginning of one of them, else the beginning of a word
// in one. It is "" where none fits, or several do equally well, which are returned.
func meant(typed string, list []named) (id string, several []string) {
	low := strings.ToLower(typed)
	telling := len(low) > 1 || low != "" && unicode.IsDigit(rune(low[0]))
	for _, fits := range []func(name string) bool{
		func(name string) bool { return strings.EqualFold(name, typed) },
		func(name string) bool { return typed != "" && strings.EqualFold(joined(name), joined(typed)) },
		func(name string) bool { return telling && strings.HasPrefix(strings.ToLower(name), low) },
		func(name string) bool { return telling && hasWord(name, low) },
	} {
		var ids []string
		for _, n := range list {
			if fits(n.id) || slices.ContainsFunc(n.words, fits) {
				ids = append(ids, n.id)
			}
		}
		if len(ids) == 1 {
			return ids[0], nil
		}
		if len(ids) > 1 {
			return "", ids
		}
	}
	return "", nil
}

// joined returns a name without what joins its parts: "SEV1" for "SEV-1".
func joined(name string) string { return strings.NewReplacer("-", "", "_", "", " ", "").Replace(name) }

// named consumes a word and returns the id of the thing that it names; what is the noun for
// errors.
func (a *args) named(what lit, list []named) (string, error) {
	w := a.word()
	id, several := meant(w, list)
	switch {
	case id != "":
		return id, nil
	case w == "":
		return "", Refuse(Invalid, "name the %s: %s", Lit(what), idsOf(list))
	case len(several) > 0:
		return "", Refuse(Invalid, "%s matches more than one %s: %s", quoted(w), Lit(what), strings.Join(several, ", "))
	}
	return "", Refuse(NotFound, "there is no %s %s in the plan; it has: %s", Lit(what), quoted(w), idsOf(list))
}

func idsOf(list []named) string { return ids(list, func(n named) string { return n.id }) }

func namesOf[T any](list []T, name func(*T) named) []named {
	out := make([]named, len(list))
	for i := range list {
		out[i] = name(&list[i])
	}
	return out
}

func (p *Plan) roleNames() []named {
	return namesOf(p.orEmpty().Roles,
		func(d *RoleDef) named { return named{id: d.ID, words: append([]string{d.Label}, d.Aliases...)} })
}

func (p *Plan) severityNames() []named {
	return namesOf(p.orEmpty().Severities,
		func(s *Severity) named { return named{id: s.ID, words: append([]string{s.Label}, s.Aliases...)} })
}

func (p *Plan) phaseNames() []named {
	return namesOf(p.orEmpty().Phases,
		func(d *PhaseDef) named { return named{id: d.ID, words: append([]string{d.Label}, d.Aliases...)} })
}

func (p *Plan) clockNames() []named {
	return namesOf(p.orEmpty().Clocks,
		func(d *ClockDef) named { return named{id: d.ID, words: []string{d.Label}} })
}

func (p *Plan) kindNames() []named {
	return namesOf(p.orEmpty().Kinds,
		func(d *KindDef) named { return named{id: d.ID, words: []string{d.Label}} })
}

func (p *Plan) conditionNames() []named {
	return namesOf(p.orEmpty().Conditions,
		func(d *Condition) named { return named{id: d.ID, words: nil} })
}
