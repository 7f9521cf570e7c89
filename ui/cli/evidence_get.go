package cli

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"warroom/model"
)

// evidenceGetCmd gets a piece out.
func (a *app) evidenceGetCmd() *cobra.Command {
	var out, why string
	c := &cobra.Command{
		Use:   "get [ROOM] PIECE [-o FILE]",
		Short: "Get a piece of evidence out; that is an access, and in the log first",
		Args:  atLeast(1, "evidence get ROOM E3 -o FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			room, rest := roomBefore(args)
			if len(rest) != 1 {
				return usage(model.Lit("write it as: warroom evidence get ROOM E3 -o FILE"))
			}
			n, err := model.PieceNumber(rest[0])
			switch {
			case err != nil:
				return err
			case out == "" && a.Terminal:
				return usage(model.Safef("a piece of evidence is no text for a terminal; give -o FILE, or write it as: warroom evidence get %s E%d > FILE", room, n))
			case out != "" && a.visitor:
				return usage(model.Lit("-o would write on the server; write it as: ssh HOST evidence get ROOM E3 > FILE"))
			}
			return a.withBlobs(cmd.Context(), room, func(ctx context.Context, b model.Blobs, s model.Seat) error {
				return a.getOut(ctx, b, s, n, why, out)
			})
		},
	}
	c.Flags().StringVarP(&out, "output", "o", "", "`FILE` to write; else stdout")
	c.Flags().StringVar(&why, "reason", "", "`TEXT`: why it is got out; a sealed piece needs one")
	return c
}

func (a *app) getOut(ctx context.Context, b model.Blobs, s model.Seat, n int, why, out string) error {
	size, name := int64(0), ""
	if p := s.Latest().Room.Piece(n); p != nil {
		size, name = p.Size, p.Name
	}
	bar := a.meter(name, size)
	var p model.Piece
	fetch := func(w io.Writer) (err error) {
		p, err = b.Fetch(ctx, s.Latest().Short, n, why, w, bar.at)
		bar.end()
		return err
	}
	err := error(nil)
	if out == "" {
		err = fetch(a.Stdout)
	} else {
		err = writeStream(out, fetch)
	}
	if err == nil {
		a.tell(model.Safef("E%d, %s, sha256 %s, as it was collected", n, model.Bytes(p.Size), p.SHA256))
	}
	return err
}
