package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"warroom/model"
	"warroom/model/backend"
)

// onCallCmd prints whom to call.
func onCallCmd(a *app) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "oncall [PURPOSE]",
		Short: "Print whom to call, from PagerDuty's latest answer and the configuration",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usage(model.Lit("write it as: warroom oncall [PURPOSE]"))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			purpose := strings.Join(args, "")
			if a.cfg.AtRest.IsEmpty() { // nothing has to be decrypted: it works without the hub
				return printOnCall(a, purpose, asJSON)
			}
			return a.withHub(cmd.Context(), "cli",
				func(context.Context, backend.Hub) error { return printOnCall(a, purpose, asJSON) })
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return c
}

func printOnCall(a *app, purpose string, asJSON bool) error {
	if purpose != "" && len(contactsFor(a, purpose, a.Clock.Now())) == 0 {
		return model.Refuse(model.NotFound, "%s", noContact(a, purpose))
	}
	if asJSON {
		out := []model.Contacts{}
		for _, c := range a.known() {
			if purpose != "" {
				c.List = c.For(purpose)
			}
			if len(c.List) > 0 {
				out = append(out, c)
			}
		}
		return a.printJSON(out)
	}
	lines := contactsFor(a, purpose, a.Clock.Now())
	if len(lines) == 0 {
		a.printErr(model.Lit("there are no contacts; add some under [[contact]] in the configuration, or connect " +
			"PagerDuty as in docs/bridges.md"))
		return nil
	}
	for _, l := range lines {
		if err := a.print(l); err != nil {
			return err
		}
	}
	return nil
}
