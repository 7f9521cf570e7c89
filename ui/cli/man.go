package cli

import (
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"warroom/model"
)

// manCmd writes manual pages from the help of the commands, for packages.
func manCmd() *cobra.Command {
	return &cobra.Command{
		Use:    "man DIR",
		Short:  "Write the manual pages into a directory",
		Hidden: true,
		Args:   exactly(1, "man DIR"),
		RunE: func(c *cobra.Command, args []string) error {
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return model.Refuse(model.Invalid, "the directory cannot be created: %s", err)
			}
			root := c.Root()
			root.DisableAutoGenTag = true // the same source yields the same pages on any day
			header := &doc.GenManHeader{Title: "WARROOM", Section: "1", Source: "warroom " + Version, Manual: "warroom"}
			if err := doc.GenManTree(root, header, args[0]); err != nil {
				return model.Refuse(model.Invalid, "the manual pages cannot be written: %s", err)
			}
			return nil
		},
	}
}
