package cli

import (
	"context"
	"slices"
	"strings"

	"warroom/model"
	"warroom/model/playbook"
)

// checkOverdue checks that each clock in on_overdue is in a playbook: a misspelled name
// would page nobody, unnoticed.
func (a doctor) checkOverdue() []finding {
	if len(a.cfg.PagerDuty.Overdue) == 0 {
		return nil
	}
	list, err := playbook.Names(a.cfg.Playbooks)
	if err != nil {
		return nil // another check reports it
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
			out = append(out,
				finding{what: model.Safef("pagerduty: on_overdue names the clock %s, which no playbook has", id),
					do: model.Safef("correct it in [pagerduty]; the clocks are %s", strings.Join(have, ", "))})
		}
	}
	return out
}

// checkBridges checks the configured services and the permissions there.
func (a doctor) checkBridges(ctx context.Context) []finding {
	if a.CheckBridges == nil {
		return nil
	}
	var out []finding
	for _, f := range a.CheckBridges(ctx, a.cfg.Data, a.bridges()) {
		out = append(out, finding{ok: f.OK, what: f.What, do: f.Do})
	}
	return append(out, a.checkOverdue()...)
}
