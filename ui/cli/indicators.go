package cli

import (
	"context"

	"github.com/spf13/cobra"

	"warroom/model"
	"warroom/model/stix"
	"warroom/ui/cli/jsonform"
	"warroom/ui/present"
)

// indicatorsCmd writes the indicators of a room.
func indicatorsCmd(a *app) *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:   "indicators [ROOM]",
		Short: "Write the indicators of a room: as text, CSV or STIX 2.1",
		Long: "Write the indicators of a room to stdout. In text they are defanged; in CSV, JSON and\nSTIX 2.1 they " +
			"have the values that tools need.",
		Args: maxArgs(1, "indicators [ROOM]"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withReadSession(cmd.Context(), args, func(_ context.Context, s model.RoomSession) error {
				return writeIndicators(a, s.Latest(), format)
			})
		},
	}
	choiceFlag(c.Flags(), &format, "format", "text", "`FORMAT`: text, csv, stix or json", "text", "csv", "stix", "json")
	return c
}

func writeIndicators(a *app, v *model.View, format string) error {
	if v.Link.State == model.Offline {
		a.printErr(model.Safef("%s; this is from the copy on this machine, up to entry %d",
			present.HubSilent(v.Link), v.Room.Seq))
	}
	switch format {
	case "csv":
		return stix.WriteCSV(a.Stdout, v.Room)
	case "stix":
		return stix.WriteJSON(a.Stdout, v.Room)
	case "json":
		return a.printJSON(jsonform.Indicators(v.Room))
	}
	if len(v.Room.Indicators) == 0 {
		a.printErr(model.Lit("there are no indicators yet; add one with :ioc ip VALUE in the room"))
	}
	for _, l := range present.Indicators(v.Room, a.zone()) {
		if err := a.print(l); err != nil {
			return err
		}
	}
	return nil
}
