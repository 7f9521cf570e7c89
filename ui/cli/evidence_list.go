package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"warroom/model"
)

// evidenceListCmd lists the register.
func (a *app) evidenceListCmd() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "list [ROOM] [PIECE]",
		Short: "List the evidence of a room, or one piece with its custody",
		RunE: func(cmd *cobra.Command, args []string) error {
			room, rest := roomBefore(args)
			n := 0
			if len(rest) == 1 {
				var err error
				if n, err = model.PieceNumber(rest[0]); err != nil {
					return err
				}
			}
			if len(rest) > 1 {
				return usage(model.Lit("write it as: warroom evidence list ROOM, or evidence list ROOM E3"))
			}
			return a.withBlobs(cmd.Context(), room, func(_ context.Context, _ model.Blobs, s model.Seat) error {
				return a.sayEvidence(s.Latest().Room, n, asJSON)
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return c
}

// sayEvidence prints the register, or of one piece everything.
func (a *app) sayEvidence(r *model.Room, n int, asJSON bool) error {
	if n > 0 && r.Piece(n) == nil {
		return model.NoPiece(r, n)
	}
	rows := evidenceRows(r)
	switch {
	case asJSON && n > 0:
		return a.sayJSON(rows[n-1])
	case asJSON:
		return a.sayJSON(rows)
	case n > 0:
		for _, l := range model.PieceLines(r.Piece(n), a.zone()) {
			if err := a.say(l); err != nil {
				return err
			}
		}
		return nil
	case len(rows) == 0:
		a.tell(model.Lit("the room has no evidence yet; warroom evidence add takes it"))
		return nil
	}
	for i := range r.Evidence {
		p := &r.Evidence[i]
		size := model.Lit("-")
		if p.Whole() {
			size = model.Bytes(p.Size)
		}
		for _, l := range []model.Safe{
			model.Safef("E%-3d %-8s %-10s %9s  %-10s %s  %s", p.N, p.Class, p.State(), size, p.Holder, p.RecordedAt.In(a.zone()).Format("2006-01-02 15:04"), p.Name),
			model.Safef("     sha256 %s", p.SHA256),
		} {
			if l.String() == "     sha256 " {
				continue
			}
			if err := a.say(l); err != nil {
				return err
			}
		}
	}
	return nil
}

// evidenceRow is a piece in JSON.
type evidenceRow struct {
	N          string              `json:"n"` // E3
	ID         string              `json:"id"`
	Class      string              `json:"class"`
	Name       string              `json:"name"`
	State      string              `json:"state"`
	Whole      bool                `json:"whole"`
	SHA256     string              `json:"sha256"`
	Size       int64               `json:"size"`
	Host       string              `json:"host"`
	Source     string              `json:"source"`
	Command    string              `json:"command"`
	Note       string              `json:"note"`
	By         string              `json:"by"`
	At         time.Time           `json:"at"`
	RecordedAt time.Time           `json:"recorded_at"`
	OffsetMS   int64               `json:"offset_ms"`
	Holder     string              `json:"holder"`
	Sealed     bool                `json:"sealed"`
	Released   bool                `json:"released"`
	Offer      *model.CustodyOffer `json:"offer"`
	Custody    []model.CustodyStep `json:"custody"`
}

func evidenceRows(r *model.Room) []evidenceRow {
	out := []evidenceRow{}
	for i := range r.Evidence {
		p := &r.Evidence[i]
		out = append(out, evidenceRow{N: model.Safef("E%d", p.N).String(), ID: p.ID, Class: p.Class, Name: p.Name, State: p.State().String(), Whole: p.Whole(),
			SHA256: p.SHA256, Size: p.Size, Host: p.Host, Source: p.Source, Command: p.Command, Note: p.Note, By: p.By, At: p.At, RecordedAt: p.RecordedAt,
			OffsetMS: p.Offset, Holder: p.Holder, Sealed: p.Sealed, Released: p.Released, Offer: p.Offer, Custody: append([]model.CustodyStep{}, p.Custody...)})
	}
	return out
}
