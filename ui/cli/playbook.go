package cli

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"warroom/model"
	"warroom/model/playbook"
)

// playbookCmd lists, shows, checks and writes playbooks.
func playbookCmd(a *app) *cobra.Command {
	c := &cobra.Command{
		Use:   "playbook list|show|check|new",
		Short: "List, show, check and write playbooks",
		Args:  noCommandArgs,
		RunE: func(*cobra.Command, []string) error {
			return usage(model.Lit("write it as: warroom playbook list, show NAME, check FILE or new NAME"))
		},
	}
	c.AddCommand(&cobra.Command{
		Use: "list", Short: "List the playbooks", Args: exactly(0, "playbook list"),
		RunE: func(*cobra.Command, []string) error { return playbooks{a}.list() },
	}, &cobra.Command{
		Use: "show NAME", Short: "Show a playbook line by line, with its sources",
		Args: exactly(1, "playbook show NAME"),
		RunE: func(_ *cobra.Command, args []string) error { return playbooks{a}.show(args[0]) },
	}, &cobra.Command{
		Use: "check FILE", Short: "Check your own playbook", Args: exactly(1, "playbook check FILE"),
		RunE: func(_ *cobra.Command, args []string) error { return playbooks{a}.check(args[0]) },
	}, &cobra.Command{
		Use: "new NAME", Short: "Write a small playbook with comments, to start from",
		Args: exactly(1, "playbook new NAME"),
		RunE: func(_ *cobra.Command, args []string) error { return playbooks{a}.write(args[0]) },
	})
	return c
}

// playbooks lists, shows, checks and writes playbooks.
type playbooks struct{ *app }

func (a playbooks) list() error {
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
		if err := a.print(model.Safef("%-20s %s  (%s)", i.Name, i.Title, where)); err != nil {
			return err
		}
	}
	return nil
}

// write writes a new playbook into the directory of playbooks and prints its path.
func (a playbooks) write(name string) error {
	path, err := playbook.New(a.cfg.Playbooks, name)
	if err != nil {
		return err
	}
	return a.print(model.Safef("%s", path))
}

func (a playbooks) show(name string) error {
	p, err := playbook.Load(a.cfg.Playbooks, name)
	if err != nil {
		return err
	}
	for _, l := range playbook.Show(p) {
		if err := a.print(l); err != nil {
			return err
		}
	}
	return nil
}

func (a playbooks) check(path string) error {
	path, err := playbook.Find(a.cfg.Playbooks, path)
	if err != nil {
		return err
	}
	err = playbook.Check(path)
	var f playbook.Faults
	if errors.As(err, &f) {
		for _, l := range f.Lines() {
			if err := a.print(l); err != nil {
				return err
			}
		}
		return errReported
	}
	if err != nil {
		return err
	}
	return a.print(model.Safef("%s: no fault found", strings.TrimPrefix(path, "./")))
}
