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
		Long: "Make a room of an export, byte for byte, and print its new id. An export that does\n" +
			"not verify is refused; what could not be compared in it is named.",
		Args: exactly(1, "import FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			b, done, err := openBag(args[0])
			defer done()
			if errors.Is(err, os.ErrNotExist) {
				return model.Refuse(model.NotFound, "there is no file %s", args[0])
			}
			if err != nil {
				return err
			}
			v := b.Verify(record.Wish{})
			if !v.Sound() {
				return record.Tampered{Safe: model.Safef("the record does not verify: %s; nothing was imported", v.Bad[0])}
			}
			return a.withKeeper(cmd.Context(), func(ctx context.Context, k record.Keeper) error {
				short, err := k.Import(ctx, b)
				if err != nil {
					return err
				}
				for _, s := range v.Lacks {
					a.tell(model.Safef("not compared: %s", s))
				}
				return a.say(model.CleanLine(short))
			})
		},
	}
}
