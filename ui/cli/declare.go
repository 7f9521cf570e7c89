package cli

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"warroom/model"
	"warroom/model/playbook"
)

// declareCmd declares a room.
func (a *app) declareCmd() *cobra.Command {
	var d model.Declaration
	var plan, detected, restricted string
	var insist bool
	c := &cobra.Command{
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
			if d.Detected, err = a.timeFlag("detected", detected); err != nil {
				return err
			}
			if d.Restricted, err = peopleFlag("restricted", restricted); err != nil {
				return err
			}
			return a.declare(cmd.Context(), d)
		},
	}
	f := c.Flags()
	f.StringVar(&d.Severity, "severity", "", "`LEVEL`, as SEV-1 or P0")
	f.StringVar(&plan, "playbook", "", "`NAME` of the playbook")
	f.StringVar(&d.Kind, "kind", "", "`KIND` of incident, as credential_leak")
	f.StringVar(&d.Criterion, "criterion", "", "`ID` of the criterion of the severity")
	f.StringVar(&d.Reason, "reason", "", "`TEXT`: why this severity")
	f.StringVar(&detected, "detected", "", "`TIME` of the alert: -12m, 14:32, 'yesterday 23:10'")
	f.StringVar(&restricted, "restricted", "", "only these people may see it, or know of it: `@WHO,@WHO` and you")
	f.BoolVar(&insist, "insist", false, "keep the title and the reason as they are, also what looks like a secret")
	f.BoolVar(&d.Drill, "drill", false, "an exercise")
	return c
}

// peopleFlag reads the people given to a flag.
func peopleFlag(flag, s string) ([]string, error) {
	list, err := model.People(s)
	if err != nil {
		return nil, usage(model.Safef("--%s: %s", flag, model.Sentence(err)))
	}
	return list, nil
}

// plan loads the playbook of a name, or the configured one.
func (a *app) plan(name string) (*model.Plan, error) {
	if name == "" {
		name = a.cfg.Playbook
	}
	return playbook.Load(a.cfg.Playbooks, name)
}

func (a *app) declare(ctx context.Context, d model.Declaration) error {
	if err := checkDeclaration(&d); err != nil {
		return err
	}
	return a.withHub(ctx, "cli", func(ctx context.Context, h Hub) error {
		wait, cancel := context.WithTimeout(ctx, storeWait)
		defer cancel()
		short, err := h.Declare(wait, d)
		if err != nil {
			return err
		}
		if d.Kind == "" && len(d.Plan.Kinds) > 0 {
			a.tell(model.Safef("the kind of incident is not given; when it is known: warroom do %s ':kind KIND' adds its checklist items", short))
		}
		if no := a.unpaged(d.Plan); len(no) > 0 && !d.Drill {
			a.tell(model.Safef("the playbook has no clock %s, of which on_overdue in [pagerduty] says that it pages: it pages nobody", strings.Join(no, ", ")))
		}
		return a.say(model.Safef("%s", short))
	})
}

// checkDeclaration looks at what is declared before anything is stored.
func checkDeclaration(d *model.Declaration) error {
	title, n := model.ValidText(d.Title)
	if n > 0 {
		return model.Refuse(model.Invalid, "the title has %d bytes that are no UTF-8; write it in UTF-8", n)
	}
	d.Title = strings.TrimSpace(title)
	s := d.Plan.Severity(d.Severity)
	switch {
	case d.Severity == "":
		return usage(model.Safef("give the severity: --severity with one of %s", levels(d.Plan)))
	case s == nil:
		return usage(model.Safef("the playbook %s knows no severity %s; it has: %s", d.Plan.Name, d.Severity, levels(d.Plan)))
	case d.Kind != "" && d.Plan.KindDef(d.Kind) == nil:
		var ids []string
		for _, k := range d.Plan.Kinds {
			ids = append(ids, k.ID)
		}
		return usage(model.Safef("the playbook %s knows no kind %s; it has: %s", d.Plan.Name, d.Kind, strings.Join(ids, ", ")))
	}
	d.Severity = s.ID
	if d.Criterion != "" {
		for _, c := range s.Criteria {
			if c.ID == d.Criterion {
				return nil
			}
		}
		return usage(model.Safef("%s has no criterion %s; see warroom playbook show %s", s.ID, d.Criterion, d.Plan.Name))
	}
	return nil
}

func levels(p *model.Plan) string {
	var out []string
	for _, s := range p.Severities {
		id := s.ID
		if len(s.Aliases) > 0 {
			id += " (" + strings.Join(s.Aliases, ", ") + ")"
		}
		out = append(out, id)
	}
	return strings.Join(out, ", ")
}

// timeFlag reads a time given to a flag, as the composer does.
func (a *app) timeFlag(flag, s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if s[0] != '-' && s[0] != '@' {
		s = "@" + s
	}
	at, rest, err := model.LeadingTime(s, a.Clock.Now(), a.zone())
	if err != nil {
		return at, err
	}
	if at.IsZero() || rest != "" {
		return at, usage(model.Safef("--%s: %s is no time; write -12m, 14:32, 'yesterday 23:10' or '2026-11-20 23:10+03:00'", flag, strings.TrimPrefix(s, "@")))
	}
	return at, nil
}
