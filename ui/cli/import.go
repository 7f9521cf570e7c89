package cli

import (
	"context"
	"errors"
	"os"

	"github.com/spf13/cobra"

	"warroom/model"
	"warroom/model/record"
)

// importCmd makes a room of a record.
func (a *app) importCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "import FILE",
		Short: "Make a room of an export, byte for byte; prints its new id",
		Args:  exactly(1, "import FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			b, done, err := openBag(args[0])
			defer done()
			if errors.Is(err, os.ErrNotExist) {
				return model.Refuse(model.NotFound, "there is no file %s", args[0])
			}
			if err != nil {
				return err
			}
			return a.withKeeper(cmd.Context(), func(ctx context.Context, k record.Keeper) error {
				short, err := k.Import(ctx, b)
				if err != nil {
					return err
				}
				return a.say(model.CleanLine(short))
			})
		},
	}
}
