package cli

import (
	"context"

	"github.com/spf13/cobra"

	"warroom/model"
	"warroom/ui/cli/jsonform"
	"warroom/ui/present"
)

// evidenceListCmd lists the register of evidence.
func evidenceListCmd(a *app) *cobra.Command {
	e := evidence{a}
	var asJSON bool
	c := &cobra.Command{
		Use:   "list [ROOM] [ITEM]",
		Short: "List the evidence of a room, or one item with its custody",
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
				return e.printEvidence(s.Latest(), n, asJSON)
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return c
}

// printEvidence prints the register and the notes about evidence, or everything about one
// item.
func (a evidence) printEvidence(v *model.View, n int, asJSON bool) error {
	r := v.Room
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
		return printLines(a.app, present.EvidenceItem(r.EvidenceItem(n), a.zone()))
	}
	if none := present.NoEvidence(r).Full; !none.IsEmpty() {
		a.printErr(model.Safef("%s; add a file with: warroom evidence add %s FILE", none, v.Short))
	}
	var out []model.Safe
	for i := range r.Evidence {
		out = append(out, present.EvidenceRows(&r.Evidence[i], a.zone())...)
	}
	if notes := present.EvidenceNotes(r); len(notes) > 0 {
		out = append(append(out, model.Safef("%s:", present.EvidenceNotesTitle)), notes...)
	}
	return printLines(a.app, out)
}
