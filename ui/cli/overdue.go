package cli

import (
	"slices"
	"strings"

	"warroom/model"
	"warroom/model/playbook"
)

// pagingClocks are the clocks of a plan that can run out with nobody there.
func pagingClocks(p *model.Plan) []string {
	var out []string
	for i := range p.Clocks {
		if p.Clocks[i].AtLeast == 0 {
			out = append(out, p.Clocks[i].ID)
		}
	}
	return out
}

// unpaged are the clocks of on_overdue that a plan does not have.
func (a *app) unpaged(p *model.Plan) []string {
	have := pagingClocks(p)
	return slices.DeleteFunc(slices.Clone(a.cfg.PagerDuty.Overdue), func(id string) bool { return slices.Contains(have, id) })
}

// checkOverdue looks whether on_overdue names clocks that some playbook has: a name
// with a slip in it would page nobody, and nobody would notice.
func (a *app) checkOverdue() []finding {
	if len(a.cfg.PagerDuty.Overdue) == 0 {
		return nil
	}
	list, err := playbook.Names(a.cfg.Playbooks)
	if err != nil {
		return nil // said elsewhere
	}
	var have []string
	for _, i := range list {
		if p, err := a.plan(i.Name); err == nil {
			have = append(have, pagingClocks(p)...)
		}
	}
	slices.Sort(have)
	have = slices.Compact(have)
	var out []finding
	for _, id := range a.cfg.PagerDuty.Overdue {
		if !slices.Contains(have, id) {
			out = append(out, finding{what: model.Safef("pagerduty: on_overdue names the clock %s, which no playbook has", id),
				do: model.Safef("correct it in [pagerduty]; there are %s", strings.Join(have, ", "))})
		}
	}
	return out
}
