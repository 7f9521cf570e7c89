package pagerduty

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/PagerDuty/go-pagerduty"

	"warroom/feed/bridge"
	"warroom/model"
)

// escalations returns the pages that nobody acknowledged within page-silent of the plan. The
// next level of the policy is paged, once for a page; from there on the policy continues.
func (b *Bridge) escalations(r *model.Room) []bridge.Duty {
	if b.c.Token == nil || r.Plan == nil || r.Plan.Radar == nil || r.Plan.Radar.PageSilent <= 0 {
		return nil
	}
	var out []bridge.Duty
	for _, d := range b.opened(r) {
		if strings.HasPrefix(d.Duty, "page/clock/") || r.Status != model.Open {
			continue
		}
		purpose := purposeOf(d.Duty)
		if p, ok := r.Page(purpose); ok && (p.Duty() != d.Duty || p.State != "" && p.State != model.PageRinging) {
			continue
		}
		t, _ := b.target(purpose)
		at := d.At.Add(time.Duration(r.Plan.Radar.PageSilent))
		out = append(out, bridge.Duty{Key: Name + "/next/" + strings.TrimPrefix(d.Duty, "page/"),
			What: "page the next person for " + purpose, Since: at, Until: at.Add(pageFor), Urgent: true,
			Content: task{do: (*Bridge).escalate, target: t, page: d.Duty}})
	}
	return out
}

// escalate pages the next level of the policy, unless somebody acknowledged the incident.
func (b *Bridge) escalate(c *call) (bridge.Result, error) {
	i, err := b.incident(c)
	if err != nil {
		return bridge.Result{}, err
	}
	if i.Status == "acknowledged" {
		return bridge.Result{Ref: i.ID, Detail: "not necessary: it was acknowledged"}, nil
	}
	level, who, err := nextLevel(Cached(b.c.Dir, b.c.Box).For(c.target.Purpose), i)
	if err != nil {
		return bridge.Result{}, bridge.Never(err)
	}
	from, err := b.from(c.ctx)
	if err != nil {
		return bridge.Result{}, err
	}
	err = b.callREST(c.ctx, func(ctx context.Context, cl *pagerduty.Client) error {
		done, err := cl.ManageIncidentsWithContext(ctx, from,
			[]pagerduty.ManageIncidentsOptions{{ID: i.ID, EscalationLevel: level}})
		if err == nil && len(done.Incidents) == 0 {
			err = unconfirmed{"incident"}
		}
		return err
	})
	if status(err) == http.StatusBadRequest {
		err = bridge.Never(fmt.Errorf("the policy has no level %d: %w", level, err))
	}
	return bridge.Result{Ref: i.ID, Detail: fmt.Sprintf("level %d%s", level, who)}, err
}

// nextLevel returns the level after that of the person who is paged now, and who is on call
// there. If the levels are not known, that is the second one.
func nextLevel(list []model.Contact, i *pagerduty.Incident) (level uint, who string, err error) {
	now := 0
	for _, c := range list {
		is := func(a pagerduty.Assignment) bool { return a.Assignee.Summary == c.Name }
		if slices.ContainsFunc(i.Assignments, is) {
			now = max(now, c.Level)
		}
	}
	now = max(now, 1)
	for _, c := range list {
		if c.Level > now {
			return uint(c.Level), ": " + c.Name, nil
		}
	}
	if len(list) > 0 {
		return 0, "", fmt.Errorf("PagerDuty has nobody on call above level %d; call somebody by other means", now)
	}
	return 2, "", nil
}
