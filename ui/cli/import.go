package cli

import (
	"context"
	"errors"
	"os"

	"github.com/spf13/cobra"

	"warroom/model"
	"warroom/model/backend"
	"warroom/model/bundle"
)

// importCmd creates a room from a record.
func importCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "import FILE",
		Short: "Import an export as a room; prints its new short id",
		Long: "Import an export as a room, byte for byte, and print its new short id. An export that\n" +
			"does not verify is refused. What is not proven in it is printed.",
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
			v := b.Verify(bundle.VerifyOptions{})
			if !v.Sound() {
				return bundle.Tampered{Safe: model.Safef("the export does not verify: %s; nothing was imported",
					v.Bad[0])}
			}
			return a.withHub(cmd.Context(), "cli", func(ctx context.Context, h backend.Hub) error {
				short, err := h.Import(ctx, b)
				if err != nil {
					return err
				}
				for _, s := range v.Lacks {
					a.printErr(model.Safef("not proven: %s", s))
				}
				return a.printResult(model.CleanLine(short), model.Safef("the export was imported as %s", short))
			})
		},
	}
}
