package playbook

import (
	"fmt"
	"slices"
	"time"

	"warroom/model"
)

// plan converts the file to a plan. The lists have the order of the file, so that indexes
// are valid in paths.
func (r *reader) plan(name string, f *file) *model.Plan {
	p := &model.Plan{Name: name, Title: f.Title, Source: f.Source, Notice: f.Notice, AnswerOpen: f.AnswerOpen,
		StoreReport: f.StoreReport, Radar: r.radar(f.Radar)}
	for _, k := range f.Kinds {
		p.Kinds = append(p.Kinds, model.KindDef(k))
	}
	for _, s := range f.Severities {
		p.Severities = append(p.Severities, severity(s))
	}
	for i, s := range f.Roles {
		d := role(s)
		d.DeputyOf, d.SilentAfter = s.DeputyOf, r.length(s.SilentAfter, fmt.Sprintf("roles[%d].silent-after", i))
		p.Roles = append(p.Roles, d)
	}
	for _, s := range f.Phases {
		p.Phases = append(p.Phases, model.PhaseDef(s))
	}
	for _, i := range f.Items {
		p.Items = append(p.Items, model.ItemDef(i))
	}
	awaitEvidence(p.Items)
	for _, c := range f.Conditions {
		p.Conditions = append(p.Conditions, model.Condition(c))
	}
	for _, g := range f.Groups {
		p.Groups = append(p.Groups, model.GroupDef(g))
	}
	for i, c := range f.Clocks {
		p.Clocks = append(p.Clocks, r.clock(c, fmt.Sprintf("clocks[%d]", i)))
	}
	for _, a := range f.Audiences {
		p.Audiences = append(p.Audiences, model.Audience(a))
	}
	for _, c := range f.Controls {
		p.Controls = append(p.Controls, model.Control(c))
	}
	for _, t := range f.Triggers {
		p.Triggers = append(p.Triggers, model.Trigger(t))
	}
	for _, a := range f.Artifacts {
		p.Artifacts = append(p.Artifacts, model.Artifact(a))
	}
	return p
}

// awaitEvidence lets an item that destroys evidence, and names no classes, wait for those
// that the items of the plan preserve: checking such an item off is not evidence. An item
// that preserves evidence only under a condition, or for another kind of incident, comes
// before it while it applies.
func awaitEvidence(items []model.ItemDef) {
	for i := range items {
		d := &items[i]
		if !d.Destroys || len(d.Evidence) > 0 {
			continue
		}
		for _, p := range items {
			always := p.If == "" && p.IfDone == "" && covers(p.Kinds, d.Kinds)
			switch {
			case p.ID == d.ID || !slices.Contains(model.EvidenceClasses, p.Preserves):
			case !always && !slices.Contains(d.Needs, p.ID):
				d.Needs = append(d.Needs, p.ID)
			case always && !slices.Contains(d.Evidence, p.Preserves):
				d.Evidence = append(d.Evidence, p.Preserves)
			}
		}
	}
}

// covers reports whether an item for the kinds in all applies wherever one for the kinds in
// some does. No kinds stand for every kind.
func covers(all, some []string) bool {
	return len(all) == 0 ||
		len(some) > 0 && !slices.ContainsFunc(some, func(k string) bool { return !slices.Contains(all, k) })
}

func severity(s fileSeverity) model.Severity {
	v := model.Severity{ID: s.ID, Aliases: s.Aliases, Label: s.Label, Rank: s.Rank, Definition: s.Definition,
		From: s.From}
	for _, c := range s.Criteria {
		v.Criteria = append(v.Criteria, model.Criterion(c))
	}
	return v
}

func role(s fileRole) model.RoleDef {
	v := model.RoleDef{ID: s.ID, Aliases: s.Aliases, Label: s.Label, Short: s.Short, Duties: s.Duties,
		Mandatory: s.Mandatory,
		Many:      s.Many, From: s.From}
	for _, p := range s.Powers {
		v.Powers = append(v.Powers, model.Power(p))
	}
	return v
}

// radar returns the limits of the silence radar, or nil if the plan has none.
func (r *reader) radar(f fileRadar) *model.Radar {
	at := func(key, s string) model.Duration { return r.length(s, "radar."+key) }
	m := model.Radar{NoEntry: at("no-entry", f.NoEntry), RoleEmpty: at("role-empty", f.RoleEmpty),
		RoleSilent: at("role-silent", f.RoleSilent), AskOverdue: at("ask-overdue", f.AskOverdue),
		UrgentIdle: at("urgent-idle", f.UrgentIdle), ItemSilent: at("item-silent", f.ItemSilent),
		ItemBlocked: at("item-blocked", f.ItemBlocked), PageSilent: at("page-silent", f.PageSilent),
		UpdateSoon: at("update-soon", f.UpdateSoon), DraftWaits: at("draft-waits", f.DraftWaits),
		Age: at("age", f.Age)}
	if m == (model.Radar{}) {
		return nil
	}
	return &m
}

// clock returns a clock. It reports a fault unless the clock has exactly one length.
func (r *reader) clock(c fileClock, path string) model.ClockDef {
	v := model.ClockDef{
		ID: c.ID, Label: c.Label, Start: c.Start, Severities: c.Severities, Audience: c.Audience,
		Owner: c.Owner, Law: c.Law, Regime: c.Regime, MetBy: c.MetBy, From: c.From,
	}
	v.After = r.length(c.After, path+".after")
	v.Every = r.length(c.Every, path+".every")
	v.AtLeast = r.length(c.AtLeast, path+".at-least")
	given := ""
	for _, key := range []string{"after", "every", "at-least"} {
		_, ok := r.places[path+"."+key]
		switch {
		case ok && given != "":
			r.fault(path+"."+key,
				model.Safef("the clock %q has two lengths, %q and %q; keep one of them", c.ID, given, key))
		case ok:
			given = key
		}
	}
	if given == "" && !r.odd[path] {
		r.fault(path, model.Safef("the clock %q has no length; write one of: after, every, at-least", c.ID))
	}
	for id, s := range c.BySeverity {
		if v.BySeverity == nil {
			v.BySeverity = map[string]model.Duration{}
		}
		v.BySeverity[id] = r.length(s, path+".by-severity."+id)
	}
	if c.AtLeast != "" && len(c.BySeverity) > 0 {
		r.fault(path+".by-severity",
			model.Safef("the clock %q runs at least that long, whatever the severity; use after or every, or leave "+
				"this out", c.ID))
	}
	return v
}

// length parses "15m", "72h", "1h30m" or "7d". It returns 0 for "".
func (r *reader) length(s, path string) model.Duration {
	if s == "" && r.silent(path) {
		return 0
	}
	d, err := model.ParseLength(s)
	switch {
	case err != nil:
		r.fault(path, model.Safef("%q is not a length of time; write it like \"15m\", \"72h\", \"1h30m\" or \"7d\"", s))
	case d <= 0:
		r.fault(path, model.Safef("the length %q is not above zero; write one like \"15m\"", s))
	case d < time.Second:
		r.fault(path, model.Safef("the length %q is shorter than a second; write one like \"15m\"", s))
	case d > maxLength:
		r.fault(path, model.Safef("the length %q is longer than ten years; write a shorter one", s))
	}
	return model.Duration(d)
}

// maxLength limits due dates to what calendars and JSON can represent.
const maxLength = 10 * 366 * 24 * time.Hour
