package cli

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"warroom/model"
)

// evidenceGetCmd writes an item to a file or stdout.
func evidenceGetCmd(a *app) *cobra.Command {
	e := evidence{a}
	var out, why string
	c := &cobra.Command{
		Use:   "get ROOM PIECE [-o FILE]",
		Short: "Write a piece of evidence to a file; the access is logged first",
		Args:  atLeast(1, "evidence get ROOM E3 -o FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			room, rest := e.roomBefore(args)
			if len(rest) != 1 || room == "" { // the access is recorded in the room
				return usage(model.Lit("write it as: warroom evidence get ROOM E3 -o FILE"))
			}
			n, err := model.ParseEvidenceNumber(rest[0])
			switch {
			case err != nil:
				return usageIfInvalid(err)
			case isStdout(out) && a.Terminal:
				return usage(model.Safef("a piece of evidence is not written to a terminal; give -o FILE, or "+
					"write it as: warroom evidence get %s E%d > FILE", room, n))
			case !isStdout(out) && a.visitor:
				return usage(
					model.Lit("-o would write a file on the server; write it as: ssh HOST evidence get ROOM E3 > " +
						"FILE"))
			}
			return e.withBlobs(cmd.Context(), room,
				func(ctx context.Context, b model.Blobs, s model.RoomSession) error {
					return e.getOut(ctx, b, s, n, why, out)
				})
		},
	}
	c.Flags().StringVarP(&out, "output", "o", "", "`FILE` to write; - is stdout, and the default")
	c.Flags().StringVar(&why, "reason", "", "`TEXT`: why it is read; a sealed piece needs a reason")
	return c
}

// isStdout reports whether a file to write is stdout.
func isStdout(out string) bool { return out == "" || out == "-" }

func (a evidence) getOut(ctx context.Context, b model.Blobs, s model.RoomSession, n int, why, out string) error {
	size, name := int64(0), ""
	if p := s.Latest().Room.EvidenceItem(n); p != nil {
		size, name = p.Size, p.Name
	}
	bar := a.meter(name, size)
	var p model.EvidenceItem
	fetch := func(w io.Writer) (err error) {
		p, err = b.Fetch(ctx, s.Latest().Short, n, why, w, bar.at)
		bar.end()
		return err
	}
	err := error(nil)
	if isStdout(out) {
		err = fetch(a.Stdout)
	} else {
		err = writeStream(out, fetch)
	}
	if err == nil {
		a.printErr(model.Safef("E%d, %s, sha256 %s, as it was collected", n, model.Bytes(p.Size), p.SHA256))
	}
	return err
}
