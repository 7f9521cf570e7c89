package cli

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"warroom/model"
	"warroom/model/playbook"
)

// playbookCmd lists, shows and checks playbooks.
func (a *app) playbookCmd() *cobra.Command {
	c := &cobra.Command{
		Use:   "playbook list|show|check",
		Short: "List, show and check playbooks",
		RunE: func(_ *cobra.Command, args []string) error {
			return usage(model.Lit("write it as: warroom playbook list, show NAME or check FILE"))
		},
	}
	c.AddCommand(&cobra.Command{
		Use: "list", Short: "List the playbooks", Args: exactly(0, "playbook list"),
		RunE: func(*cobra.Command, []string) error { return a.listPlaybooks() },
	}, &cobra.Command{
		Use: "show NAME", Short: "Show a playbook line by line, with its sources", Args: exactly(1, "playbook show NAME"),
		RunE: func(_ *cobra.Command, args []string) error { return a.showPlaybook(args[0]) },
	}, &cobra.Command{
		Use: "check FILE", Short: "Check a playbook of your own", Args: exactly(1, "playbook check FILE"),
		RunE: func(_ *cobra.Command, args []string) error { return a.checkPlaybook(args[0]) },
	})
	return c
}

func (a *app) listPlaybooks() error {
	list, err := playbook.Names(a.cfg.Playbooks)
	if err != nil {
		return err
	}
	for _, i := range list {
		where := model.Lit("shipped")
		if !i.Shipped {
			where = model.Safef("%s", i.Path)
		}
		if i.Err != nil {
			where = model.Safef("BROKEN: %s", model.Sentence(i.Err))
		}
		if err := a.say(model.Safef("%-20s %s  (%s)", i.Name, i.Title, where)); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) showPlaybook(name string) error {
	p, err := playbook.Load(a.cfg.Playbooks, name)
	if err != nil {
		return err
	}
	for _, l := range playbook.Show(p) {
		if err := a.say(l); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) checkPlaybook(path string) error {
	err := playbook.Check(path)
	var f playbook.Faults
	if errors.As(err, &f) {
		for _, l := range f.Lines() {
			if err := a.say(l); err != nil {
				return err
			}
		}
		return errSaid
	}
	if err != nil {
		return err
	}
	return a.say(model.Safef("%s: no fault found", strings.TrimPrefix(path, "./")))
}
