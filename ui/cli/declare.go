package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"warroom/model"
	"warroom/model/backend"
	"warroom/ui/present"
)

// declareCmd declares a room.
func declareCmd(a *app) *cobra.Command {
	var d model.Declaration
	var plan, detected, restricted string
	var insist bool
	c := textCommand(&cobra.Command{
		Use:   "declare --severity LEVEL [flags] TITLE...",
		Short: "Declare an incident; prints the room's id",
		Args:  atLeast(1, "declare --severity SEV-1 TITLE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			d.Title = strings.Join(args, " ")
			p, err := a.plan(plan)
			if err != nil {
				return err
			}
			d.Plan = p
			if !insist {
				a.hidden(&d.Title, &d.Reason)
			}
			if d.Detected, err = timeFlag(a, "detected", detected); err != nil {
				return err
			}
			if d.Restricted, err = peopleFlag("restricted", restricted); err != nil {
				return err
			}
			return declare(cmd.Context(), a, d)
		},
	})
	f := c.Flags()
	f.StringVar(&d.Severity, "severity", "", "`LEVEL`, such as SEV-1 or P0")
	f.StringVar(&plan, "playbook", "", "`NAME` of the playbook")
	f.StringVar(&d.Kind, "kind", "", "`KIND` of incident, such as credential_leak")
	f.StringVar(&d.Criterion, "criterion", "", "`ID` of the criterion of the severity")
	f.StringVar(&d.Reason, "reason", "", "`TEXT`: the reason for this severity")
	f.StringVar(&detected, "detected", "", "`TIME` of the alert: -12m, 14:32, 'yesterday 23:10'")
	f.StringVar(&restricted, "restricted", "", "only you and these people may see the room or know that it "+
		"exists: `@WHO,@WHO`")
	f.BoolVar(&insist, "insist", false, "store the title and the reason unchanged, even if something in them looks "+
		"like a secret")
	f.BoolVar(&d.Drill, "drill", false, "an exercise")
	return c
}

func declare(ctx context.Context, a *app, d model.Declaration) error {
	if err := checkDeclaration(&d); err != nil {
		return err
	}
	return a.withHub(ctx, "cli", func(ctx context.Context, h backend.Hub) error {
		short, err := declareOn(ctx, a, h, d)
		if err != nil {
			return err
		}
		return a.printResult(model.Safef("%s", short), model.Safef("%s is declared", short))
	})
}

// declareOn declares a room on a hub, and reports what its author may have forgotten. It
// returns the short id of the room.
func declareOn(ctx context.Context, a *app, h backend.Hub, d model.Declaration) (string, error) {
	wait, cancel := context.WithTimeout(ctx, storeWait)
	defer cancel()
	printSimilarTitles(wait, a, h, d.Title)
	short, err := h.Declare(wait, d)
	if err != nil {
		return "", err
	}
	if d.Kind == "" && len(d.Plan.Kinds) > 0 {
		a.printErr(model.Safef("no kind of incident was given; once you know it, add its checklist items "+
			"with: warroom do %s ':kind KIND'", short))
	}
	if no := unpaged(a, d.Plan); len(no) > 0 && !d.Drill {
		a.printErr(model.Safef("on_overdue in [pagerduty] names the clock %s, which the playbook does not "+
			"have; nobody is paged for it", strings.Join(no, ", ")))
	}
	return short, nil
}

// printSimilarTitles prints the open rooms with a similar title before a room is
// declared.
func printSimilarTitles(ctx context.Context, a *app, h backend.Hub, title string) {
	rooms, _, err := h.Recent(ctx, 0) // closed ones are not compared
	if err != nil {
		return // declaring fails with the same reason
	}
	if s := model.SimilarTitlesLine(model.SimilarTitles(title, rooms)); !s.IsEmpty() {
		a.printErr(model.Safef("%s; this declares a new room anyway", s))
	}
}

// checkDeclaration validates a declaration before anything is stored.
func checkDeclaration(d *model.Declaration) error {
	title, n := model.ValidText(d.Title)
	if n > 0 {
		return model.Refuse(model.Invalid, "the title has %d bytes that are not UTF-8; write it in UTF-8", n)
	}
	d.Title = strings.TrimSpace(title)
	s := d.Plan.Severity(d.Severity)
	switch {
	case d.Severity == "":
		return usage(model.Safef("%s; give it with --severity", present.NoSeverity(d.Plan)))
	case s == nil:
		return usage(model.Safef("the playbook %s has no severity %s; it has: %s", d.Plan.Name, d.Severity,
			levels(d.Plan)))
	case d.Kind != "" && d.Plan.KindDef(d.Kind) == nil:
		var ids []string
		for _, k := range d.Plan.Kinds {
			ids = append(ids, k.ID)
		}
		return usage(model.Safef("the playbook %s has no kind %s; it has: %s", d.Plan.Name, d.Kind,
			strings.Join(ids, ", ")))
	}
	d.Severity = s.ID
	if d.Criterion != "" {
		for _, c := range s.Criteria {
			if c.ID == d.Criterion {
				return nil
			}
		}
		return usage(model.Safef("%s has no criterion %s; see warroom playbook show %s", s.ID, d.Criterion,
			d.Plan.Name))
	}
	return nil
}

// levels lists the severities of a plan.
func levels(p *model.Plan) model.Safe {
	return model.JoinSafe(model.Lit(", "), present.Severities(p)...)
}

// pagingClocks returns the clocks of a plan for whose end somebody can be paged.
func pagingClocks(p *model.Plan) []string {
	var out []string
	for i := range p.Clocks {
		if p.Clocks[i].AtLeast == 0 {
			out = append(out, p.Clocks[i].ID)
		}
	}
	return out
}

// unpaged returns the clocks in on_overdue that a plan does not have.
func unpaged(a *app, p *model.Plan) []string {
	have := pagingClocks(p)
	return slices.DeleteFunc(slices.Clone(a.cfg.PagerDuty.Overdue),
		func(id string) bool { return slices.Contains(have, id) })
}
