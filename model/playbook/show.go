package playbook

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"strings"

	"warroom/model"
)

// Show returns the plan as plain text: what it requires, in the order of work, and where
// each part comes from.
func Show(p *model.Plan) []model.Safe {
	s := &shower{plan: p, letters: map[string]string{}}
	s.gather()
	s.head()
	s.severities()
	s.roles()
	s.items()
	s.clocks()
	s.audiences()
	s.radar()
	s.controls()
	s.lists()
	return s.lines
}

// shower collects the lines of a plan.
type shower struct {
	plan    *model.Plan
	lines   []model.Safe
	letters map[string]string // a letter per document, to keep sources short
	files   []string
}

func (s *shower) add(l model.Safe) { s.lines = append(s.lines, l) }

func (s *shower) heading(l model.Safe) {
	s.add(model.Safe{})
	s.add(l)
}

// entry adds a line with an id, a text and the source on the right.
func (s *shower) entry(id string, words model.Safe, from string) {
	src := s.source(from)
	if src.IsEmpty() {
		s.add(model.Safef("  %-16s %s", id, words))
		return
	}
	s.add(model.Safef("  %-16s %-56s  %s", id, words, src))
}

// more adds a continuation line for the entry above it.
func (s *shower) more(parts ...model.Safe) {
	parts = slices.DeleteFunc(parts, model.Safe.IsEmpty)
	if len(parts) > 0 {
		s.add(model.Safef("  %-16s %s", "", model.JoinSafe(model.Lit("; "), parts...)))
	}
}

// gather assigns a letter to every source document, in the order of names.
func (s *shower) gather() {
	set := map[string]bool{}
	for _, from := range sources(s.plan) {
		for part := range sourceRefs(from) {
			if file, _, ok := cutLine(part); ok {
				set[file] = true
			}
		}
	}
	s.files = slices.Sorted(maps.Keys(set))
	for i, f := range s.files {
		if i < 26 {
			s.letters[f] = string(rune('A' + i))
		}
	}
}

// sourceRefs returns the sources in a "from": "incident response plan, line 12",
// with further ones after semicolons, or in the form of older plans "file:12", with
// further ones after commas.
func sourceRefs(from string) iter.Seq[string] {
	if strings.Contains(from, ", line ") {
		return strings.SplitSeq(from, "; ")
	}
	return strings.SplitSeq(from, ", ")
}

// cutLine splits "incident response plan, line 12", or "file:12" as in older plans.
func cutLine(from string) (file, line string, ok bool) {
	for _, sep := range []string{", line ", ":"} {
		i := strings.LastIndex(from, sep)
		if i > 0 && from[i+len(sep):] != "" && strings.Trim(from[i+len(sep):], "0123456789") == "" {
			return from[:i], from[i+len(sep):], true
		}
	}
	return "", "", false
}

// source returns the abbreviated source, "[A:26, B:7]".
func (s *shower) source(from string) model.Safe {
	if from == "" {
		return model.Safe{}
	}
	var short []string
	for part := range sourceRefs(from) {
		if file, line, ok := cutLine(part); ok {
			part = cmp.Or(s.letters[file], file) + ":" + line
		}
		short = append(short, part)
	}
	return model.Safef("[%s]", strings.Join(short, ", "))
}

// sources returns every "from" of a plan.
func sources(p *model.Plan) []string {
	var all []string
	each(&all, p.Kinds, func(v model.KindDef) string { return v.From })
	each(&all, p.Severities, func(v model.Severity) string { return v.From })
	for _, s := range p.Severities {
		each(&all, s.Criteria, func(v model.Criterion) string { return v.From })
	}
	each(&all, p.Roles, func(v model.RoleDef) string { return v.From })
	each(&all, p.Phases, func(v model.PhaseDef) string { return v.From })
	each(&all, p.Items, func(v model.ItemDef) string { return v.From })
	each(&all, p.Conditions, func(v model.Condition) string { return v.From })
	each(&all, p.Groups, func(v model.GroupDef) string { return v.From })
	each(&all, p.Clocks, func(v model.ClockDef) string { return v.From })
	each(&all, p.Audiences, func(v model.Audience) string { return v.From })
	each(&all, p.Controls, func(v model.Control) string { return v.From })
	each(&all, p.Triggers, func(v model.Trigger) string { return v.From })
	each(&all, p.Artifacts, func(v model.Artifact) string { return v.From })
	return all
}

func each[T any](all *[]string, list []T, from func(T) string) {
	for _, v := range list {
		if f := from(v); f != "" {
			*all = append(*all, f)
		}
	}
}

func (s *shower) head() {
	p := s.plan
	s.add(model.Safef("%s: %s", p.Name, p.Title))
	if p.Source != "" {
		s.add(model.Safef("Source: %s.", p.Source))
	}
	if p.Notice != "" {
		s.add(model.CleanLine(p.Notice))
	}
	for _, f := range s.files {
		if l := s.letters[f]; l != "" {
			s.add(model.Safef("[%s:n] is line n of %s.", l, f))
		}
	}
}

func (s *shower) severities() {
	s.heading(model.Lit("SEVERITIES"))
	for _, v := range s.plan.Severities {
		words := model.CleanLine(v.Label)
		if len(v.Aliases) > 0 {
			words = model.Safef("%s, also called %s", v.Label, strings.Join(v.Aliases, ", "))
		}
		s.entry(v.ID, words, v.From)
		s.more(model.CleanLine(v.Definition))
		for _, c := range v.Criteria {
			s.entry("", model.Safef("- %s", c.Text), c.From)
		}
	}
}

func (s *shower) roles() {
	s.heading(model.Lit("ROLES"))
	for _, r := range s.plan.Roles {
		words := model.CleanLine(r.Label)
		if len(r.Aliases) > 0 {
			words = model.Safef("%s, also called %s", r.Label, strings.Join(r.Aliases, ", "))
		}
		if r.Mandatory {
			words = model.Safef("%s; mandatory", words)
		}
		if r.Many {
			words = model.Safef("%s; several may hold it", words)
		}
		if r.DeputyOf != "" {
			words = model.Safef("%s; deputy of %s", words, r.DeputyOf)
		}
		if r.SilentAfter > 0 {
			words = model.Safef("%s; shown as silent after %s", words, r.SilentAfter)
		}
		if r.Short != "" {
			words = model.Safef("%s; short name %s", words, r.Short)
		}
		s.entry(r.ID, words, r.From)
		for _, d := range r.Duties {
			s.more(model.Safef("- %s", d))
		}
		s.more(powers(r.Powers))
	}
}

// powers describes what a role may do.
func powers(all []model.Power) model.Safe {
	words := map[model.Power]model.Safe{
		model.PowerAll: model.Lit("everything"), model.PowerAmend: model.Lit("amend and pin the entries of others"),
		model.PowerUpdates:  model.Lit("send updates"),
		model.PowerClocks:   model.Lit("run clocks, phases and milestones"),
		model.PowerExposure: model.Lit("assess exposure"), model.PowerTrust: model.Lit("judge channels"),
		model.PowerRedact: model.Lit("redact what was written"),
	}
	if len(all) == 0 {
		return model.Safe{}
	}
	list := make([]model.Safe, len(all))
	for i, p := range all {
		list[i] = words[p]
		if list[i].IsEmpty() {
			list[i] = model.CleanLine(string(p))
		}
	}
	return model.Safef("may: %s", model.JoinSafe(model.Lit(", "), list...))
}

func (s *shower) audiences() {
	if len(s.plan.Audiences) == 0 {
		return
	}
	s.heading(model.Lit("AUDIENCES"))
	for _, a := range s.plan.Audiences {
		words := model.CleanLine(a.Label)
		if a.Channel != "" {
			words = model.Safef("%s, in %s", a.Label, a.Channel)
		}
		if a.Approval {
			words = model.Safef("%s; approved before it is sent", words)
		}
		if a.OnExposure {
			words = model.Safef("%s; prepared when exposure is suspected", words)
		}
		s.entry(a.ID, words, a.From)
		for _, t := range []struct{ what, text string }{{"conditions", a.Conditions}, {"actions", a.Actions},
			{"needs", a.Needs}} {
			if t.text != "" {
				s.more(model.Safef("%s: %s", t.what, t.text))
			}
		}
	}
}

// radar adds the time limits of the silence radar.
func (s *shower) radar() {
	x := s.plan.Radar
	if x == nil {
		return
	}
	s.heading(model.Lit("SILENCE RADAR"))
	for _, l := range []struct {
		limit model.Duration
		what  model.Safe
	}{
		{x.NoEntry, model.Lit("without an entry from anybody")},
		{x.RoleEmpty, model.Lit("of a mandatory role with nobody in it")},
		{x.RoleSilent, model.Lit("of silence from somebody whose role has open items")},
		{x.AskOverdue, model.Lit("after the deadline of an ask")},
		{x.UrgentIdle, model.Lit("of an urgent item that nobody has started")},
		{x.ItemSilent, model.Lit("of silence from the person who started an item")}, {x.ItemBlocked, model.Lit("of " +
			"a blocked item")},
		{x.PageSilent, model.Lit("of a page that nobody has acknowledged")},
		{x.UpdateSoon, model.Lit("before an update is due")},
		{x.DraftWaits, model.Lit("of a draft waiting for approval")},
		{x.Age, model.Lit("between two reminders of the age of the incident")},
	} {
		if l.limit > 0 {
			s.entry(l.limit.String(), l.what, "")
		}
	}
}

func (s *shower) controls() {
	if len(s.plan.Controls) == 0 {
		return
	}
	s.heading(model.Lit("CONTROLS, AND THE ENTRIES THAT ANSWER THEM"))
	for _, c := range s.plan.Controls {
		words := model.CleanLine(c.Text)
		if c.Requirement != "" {
			words = model.Safef("%s: %s", c.Requirement, c.Text)
		}
		s.entry(c.Framework, words, c.From)
		var tools, kinds model.Safe
		if len(c.Tools) > 0 {
			tools = model.Safef("with %s", strings.Join(c.Tools, ", "))
		}
		if len(c.Kinds) > 0 {
			kinds = model.Safef("answered by %s", strings.Join(c.Kinds, ", "))
		}
		s.more(tools, kinds)
	}
}

func (s *shower) lists() {
	show(s, model.Lit("KINDS OF INCIDENT"), s.plan.Kinds,
		func(v model.KindDef) [3]string { return [3]string{v.ID, v.Label, v.From} })
	show(s, model.Lit("ALERTS COME FROM"), s.plan.Triggers,
		func(v model.Trigger) [3]string { return [3]string{v.ID, v.Label, v.From} })
	show(s, model.Lit("WHAT MUST EXIST AT THE END"), s.plan.Artifacts,
		func(v model.Artifact) [3]string { return [3]string{v.ID, v.Label, v.From} })
}

func show[T any](s *shower, title model.Safe, list []T, of func(T) [3]string) {
	if len(list) == 0 {
		return
	}
	s.heading(title)
	for _, v := range list {
		t := of(v)
		s.entry(t[0], model.CleanLine(t[1]), t[2])
	}
}
