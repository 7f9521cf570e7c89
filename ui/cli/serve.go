package cli

import (
	"context"

	"github.com/spf13/cobra"

	"warroom/model"
)

// serveCmd hosts the hub without a screen.
func (a *app) serveCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Host the hub without a screen, until it is ended",
		Long: "Host the embedded hub of the data directory without a screen. Terminals of\n" +
			"this user on this machine join it by themselves.",
		Args: exactly(0, "serve"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if a.cfg.Server != "" {
				return usage(model.Safef("serve hosts the embedded hub, but the server %s is configured; leave --server out", a.cfg.Server))
			}
			return a.withHub(cmd.Context(), "hub", func(ctx context.Context, h Hub) error {
				l := h.Link()
				if l.Hosting {
					a.tell(model.Safef("hosting the hub of %s; end it with Ctrl-C", a.cfg.Data))
				} else {
					a.tell(model.Safef("another process hosts the hub of %s; this one takes over when it leaves", a.cfg.Data))
				}
				<-ctx.Done()
				a.tell(model.Lit("the hub is closed"))
				return nil
			})
		},
	}
}
