package cli

import (
	"context"

	"github.com/spf13/cobra"

	"warroom/model"
	"warroom/ui/cli/jsonform"
)

// evidenceListCmd lists the register of evidence.
func evidenceListCmd(a *app) *cobra.Command {
	e := evidence{a}
	var asJSON bool
	c := &cobra.Command{
		Use:   "list [ROOM] [PIECE]",
		Short: "List the evidence of a room, or one piece with its custody",
		RunE: func(cmd *cobra.Command, args []string) error {
			room, rest := e.roomBefore(args)
			n := 0
			if len(rest) == 1 {
				var err error
				if n, err = model.ParseEvidenceNumber(rest[0]); err != nil {
					return usageIfInvalid(err)
				}
			}
			if len(rest) > 1 {
				return usage(model.Lit("write it as: warroom evidence list ROOM, or evidence list ROOM E3"))
			}
			return e.withBlobs(cmd.Context(), room, func(_ context.Context, _ model.Blobs, s model.RoomSession) error {
				return e.printEvidence(s.Latest().Room, n, asJSON)
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return c
}

// printEvidence prints the register, or everything about one item.
func (a evidence) printEvidence(r *model.Room, n int, asJSON bool) error {
	if n > 0 && r.EvidenceItem(n) == nil {
		return model.EvidenceNotFound(r, n)
	}
	rows := jsonform.Evidence(r)
	switch {
	case asJSON && n > 0:
		return a.printJSON(rows[n-1])
	case asJSON:
		return a.printJSON(rows)
	case n > 0:
		for _, l := range model.DescribeEvidence(r.EvidenceItem(n), a.zone()) {
			if err := a.print(l); err != nil {
				return err
			}
		}
		return nil
	case len(rows) == 0:
		a.printErr(model.Lit("the room has no evidence yet; add some with warroom evidence add"))
		return nil
	}
	for i := range r.Evidence {
		p := &r.Evidence[i]
		size := model.Lit("-")
		if p.Whole() {
			size = model.Bytes(p.Size)
		}
		for _, l := range []model.Safe{
			model.Safef("E%-3d %-8s %-10s %9s  %-10s %s  %s", p.N, p.Class, p.State(), size, p.Holder,
				p.RecordedAt.In(a.zone()).Format("2006-01-02 15:04"), p.Name),
			model.Safef("     sha256 %s", p.SHA256),
		} {
			if l.String() == "     sha256 " {
				continue
			}
			if err := a.print(l); err != nil {
				return err
			}
		}
	}
	return nil
}
