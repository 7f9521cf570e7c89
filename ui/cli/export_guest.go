package cli

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"warroom/model"
)

// handsOn is a hub that hands records on to guests: without the bytes of evidence,
// which are got out one by one, each with an access in the log.
type handsOn interface {
	ExportBare(ctx context.Context, short, agent string, w io.Writer) error
	ExportPart(ctx context.Context, short, agent string, p *model.Profile, w io.Writer) error
	ExportEntry(ctx context.Context, short, agent string, seq uint64, w io.Writer) error
}

// exportGuestCmd is export for a guest: to stdout, as no files of this machine are
// theirs.
func (a *app) exportGuestCmd() *cobra.Command {
	var profile string
	var entry uint64
	c := &cobra.Command{
		Use:   "export ROOM",
		Short: "Write the record of a room to stdout: ssh HOST export ROOM > FILE",
		Long: "Write the record of a room as a BagIt bag in a zip, to stdout. The bytes of evidence\n" +
			"are not in it, their SHA-256 are: evidence get gets each out, which the log has.\n" +
			"Check it on a machine of yours, with warroom verify FILE or as its README says.",
		Args: exactly(1, "export ROOM > FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := profileOf(profile)
			if err != nil {
				return err
			}
			alone := cmd.Flags().Changed("entry")
			if !p.IsWhole() && alone {
				return usage(errEntryAndProfile)
			}
			return a.withHub(cmd.Context(), "cli", func(ctx context.Context, h Hub) error {
				k, ok := h.(handsOn)
				if !ok {
					return model.Refuse(model.Internal, "this hub hands out no records")
				}
				verifying.Lock()
				defer verifying.Unlock()
				agent := "warroom " + Version
				a.handsOut(ctx, h, args[0], exportOf(p, entry))
				return a.exportOut(func(w io.Writer) error {
					switch {
					case !p.IsWhole():
						return k.ExportPart(ctx, args[0], agent, p, w)
					case alone:
						return k.ExportEntry(ctx, args[0], agent, entry, w)
					}
					return k.ExportBare(ctx, args[0], agent, w)
				})
			})
		},
	}
	c.Flags().Uint64Var(&entry, "entry", 0, "the entry of that `NUMBER` alone, with a proof that it lies in the log")
	c.Flags().StringVar(&profile, "profile", model.Profiles[0].Name, profileHelp())
	return c
}
