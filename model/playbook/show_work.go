package playbook

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"warroom/model"
)

// items shows the checklist by phase, with consecutive numbers.
func (s *shower) items() {
	for _, ph := range s.plan.Phases {
		title := model.CleanLine(strings.ToUpper(ph.Label))
		if ph.Objective != "" {
			title = model.Safef("%s: %s", title, ph.Objective)
		}
		if src := s.source(ph.From); !src.IsEmpty() {
			title = model.Safef("%s  %s", title, src)
		}
		s.heading(title)
		none := true
		for i, it := range s.plan.Items {
			if it.Phase == ph.ID {
				s.item(i, it)
				none = false
			}
		}
		if none {
			s.add(model.Lit("  nothing on the checklist"))
		}
	}
}

func (s *shower) item(i int, it model.ItemDef) {
	s.add(model.Safef("  %3d %-60s  %s", i+1, it.Text, s.source(it.From)))
	var parts []model.Safe
	add := func(ok bool, l model.Safe) {
		if ok {
			parts = append(parts, l)
		}
	}
	add(it.Urgent, model.Lit("at once"))
	add(len(it.Kinds) > 0, model.Safef("only for %s", strings.Join(it.Kinds, ", ")))
	add(it.If != "", s.condition(it.If))
	add(it.Group != "", s.group(it.Group))
	add(it.Role != "" && !it.OnlyRole, model.Safef("by %s", it.Role))
	add(it.OnlyRole, model.Safef("only by %s", it.Role))
	add(len(it.Needs) > 0, model.Safef("after %s", s.needs(it.Needs)))
	add(it.Preserves != "", model.Safef("secures evidence: %s", it.Preserves))
	add(it.Contains != "", model.Safef("done when every %s is contained", it.Contains))
	add(it.Destroys, model.Lit("destroys evidence"))
	add(len(it.Evidence) > 0, model.Safef("only with evidence in the register: %s", strings.Join(it.Evidence, ", ")))
	add(it.TwoPeople, model.Lit("an override takes two people"))
	add(len(it.ScanAfter) > 0, model.Safef("with a file ingested after %s", s.needs(it.ScanAfter)))
	add(len(it.Independent) > 0, model.Safef("by somebody other than %s", s.needs(it.Independent)))
	add(it.IfDone != "", model.Safef("if %s was done", s.needs([]string{it.IfDone})))
	add(it.FollowUp != "", model.Lit("resolving adds it as a follow-up"))
	add(it.Meets != "", model.Safef("meets the clock %s", it.Meets))
	add(it.Milestone != "", model.Safef("reaches %s", it.Milestone))
	add(it.Ref != "", model.Safef("see %s", it.Ref))
	if len(parts) > 0 {
		s.add(model.Safef("      %s", model.JoinSafe(model.Lit("; "), parts...)))
	}
}

func (s *shower) condition(id string) model.Safe {
	for _, c := range s.plan.Conditions {
		if c.ID == id && c.Exposure {
			return model.Safef("%s (known from the exposure)", c.Text)
		}
		if c.ID == id {
			return model.Safef("%s (asked)", c.Text)
		}
	}
	return model.CleanLine(id)
}

func (s *shower) group(id string) model.Safe {
	return model.Safef("one of %s is enough", s.members(id))
}

// members returns the numbers of a group's items.
func (s *shower) members(id string) string {
	return s.numbers(func(it model.ItemDef) bool { return it.Group == id })
}

// needs returns the numbers of the items that must be done first.
func (s *shower) needs(ids []string) string {
	var all []string
	if n := s.numbers(func(it model.ItemDef) bool { return slices.Contains(ids, it.ID) }); n != "" {
		all = append(all, n)
	}
	for _, g := range s.plan.Groups {
		if slices.Contains(ids, g.ID) {
			all = append(all, "one of "+s.members(g.ID))
		}
	}
	return strings.Join(all, " and ")
}

// numbers returns the numbers of the wanted items, as "5, 18-21".
func (s *shower) numbers(want func(model.ItemDef) bool) string {
	var all []string
	for i := 0; i < len(s.plan.Items); i++ {
		if !want(s.plan.Items[i]) {
			continue
		}
		j := i
		for j+1 < len(s.plan.Items) && want(s.plan.Items[j+1]) {
			j++
		}
		all = append(all, span(i+1, j+1))
		i = j
	}
	return strings.Join(all, ", ")
}

func span(a, b int) string {
	switch b - a {
	case 0:
		return strconv.Itoa(a)
	case 1:
		return fmt.Sprintf("%d, %d", a, b)
	}
	return fmt.Sprintf("%d-%d", a, b)
}

// clocks shows each clock with its length, its start and what meets it.
func (s *shower) clocks() {
	if len(s.plan.Clocks) == 0 {
		return
	}
	s.heading(model.Lit("CLOCKS"))
	for _, c := range s.plan.Clocks {
		s.entry(c.Label, model.Safef("%s from %s", lengths(c), start(c)), c.From)
		var mark, met model.Safe
		owner := model.Lit("no fixed owner")
		if c.Law {
			mark = model.Lit("set by law, not by the plan")
		}
		if c.Audience != "" {
			met = model.Safef("met by notifying %s", s.audience(c.Audience))
		}
		if c.MetBy != "" {
			met = model.JoinSafe(model.Lit(" or "),
				slices.DeleteFunc([]model.Safe{met, model.Safef("met when %s", c.MetBy)}, model.Safe.IsEmpty)...)
		}
		if c.AtLeast > 0 {
			met = model.Lit("the room cannot be closed before it ends")
		}
		if c.Owner != "" {
			owner = model.Safef("owner %s", c.Owner)
		}
		s.more(mark, met, owner)
	}
}

func (s *shower) audience(id string) model.Safe {
	for _, a := range s.plan.Audiences {
		if a.ID == id && a.Channel != "" {
			return model.Safef("%s in %s", a.Label, a.Channel)
		}
		if a.ID == id {
			return model.CleanLine(a.Label)
		}
	}
	return model.CleanLine(id)
}

// lengths returns "30m", "every 15m (SEV-1 5m)" or "at least 24h".
func lengths(c model.ClockDef) model.Safe {
	l := model.CleanLine(c.After.String())
	switch {
	case c.Every > 0:
		l = model.Safef("every %s", c.Every.String())
	case c.AtLeast > 0:
		l = model.Safef("at least %s", c.AtLeast.String())
	}
	var other []string
	for _, id := range slices.Sorted(maps.Keys(c.BySeverity)) {
		other = append(other, id+" "+c.BySeverity[id].String())
	}
	if len(other) > 0 {
		l = model.Safef("%s (%s)", l, strings.Join(other, ", "))
	}
	return l
}

// start describes the event that starts a clock.
func start(c model.ClockDef) model.Safe {
	words := model.CleanLine(c.Start)
	for _, s := range model.ClockStarts {
		if s.ID == c.Start {
			words = model.Lit(s.From)
		}
	}
	switch {
	case c.Start == model.StartSeverity:
		words = model.Safef("%s being set", strings.Join(c.Severities, " or "))
	case len(c.Severities) > 0:
		words = model.Safef("%s, only at %s", words, strings.Join(c.Severities, " or "))
	}
	return words
}
