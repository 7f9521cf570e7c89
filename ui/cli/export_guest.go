package cli

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"warroom/model"
	"warroom/model/backend"
)

// exportGuestCmd is the export command for a guest. It writes to stdout, because a guest
// may not write files on this machine.
func exportGuestCmd(a *app) *cobra.Command {
	var profile string
	var entry uint64
	c := &cobra.Command{
		Use:   "export ROOM",
		Short: "Export the record of a room to stdout: ssh HOST export ROOM > FILE",
		Long: "Write the record of a room to stdout as a BagIt bag in a ZIP. It has the SHA-256 sums of\n" +
			"the evidence but not its bytes; read each piece with evidence get, which is logged.\n" +
			"Check it on your own machine, with warroom verify FILE or as its README explains.",
		Args: exactly(1, "export ROOM > FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := profileOf(profile)
			if err != nil {
				return err
			}
			entryOnly := cmd.Flags().Changed("entry")
			if !p.IsWhole() && entryOnly {
				return usage(errEntryAndProfile)
			}
			if err := checkEntry(cmd, entry); err != nil {
				return err
			}
			return a.withHub(cmd.Context(), "cli", func(ctx context.Context, h backend.Hub) error {
				verifying.Lock()
				defer verifying.Unlock()
				agent := "warroom " + Version
				short, err := readRoom(ctx, a, h, args)
				if err != nil {
					return err
				}
				return exports{a}.writeStdout(func(w io.Writer) error {
					if err := (exports{a}).noteExport(ctx, h, short, exportOf(p, entry), entry); err != nil {
						return err
					}
					switch {
					case !p.IsWhole():
						return h.ExportSubset(ctx, short, agent, p, w)
					case entryOnly:
						return h.ExportEntry(ctx, short, agent, entry, w)
					}
					return h.ExportBare(ctx, short, agent, w)
				})
			})
		},
	}
	c.Flags().Uint64Var(&entry, "entry", 0, "only the entry of this `NUMBER`, with a proof that it is in the log")
	c.Flags().StringVar(&profile, "profile", model.Profiles[0].Name, profileHelp()+othersAsHashes)
	return c
}
