package report

import (
	"time"

	"warroom/model"
)

// Proposal is a claim to vacant command that a second person had to confirm.
type Proposal struct {
	Role    string     `json:"role"`
	Label   model.Safe `json:"label"`
	Person  model.Safe `json:"person"`
	Entry   uint64     `json:"entry"`
	At      time.Time  `json:"at"`
	Reason  model.Safe `json:"reason"`
	Ended   string     `json:"ended"` // confirmed, withdrawn, outlived, removed, closed; "": nobody answered
	EndedAt *time.Time `json:"ended_at"`
	By      model.Safe `json:"by"` // who confirmed or ended it, or who held the role then
}

// proposalsOf returns the last proposal of each person to take command.
func proposalsOf(r *model.Room) []Proposal {
	out := []Proposal{}
	for i := range r.Proposals {
		p := &r.Proposals[i]
		out = append(out, Proposal{Role: p.Role, Label: model.CleanLine(r.Plan.Role(p.Role).Label),
			Person: model.CleanLine(p.Person), Entry: p.Seq, At: p.At, Reason: model.CleanLine(p.Reason),
			Ended: string(p.Ended), EndedAt: maybe(p.EndedAt), By: model.CleanLine(p.By)})
	}
	return out
}

// proposals lists who proposed to take command, and what became of it.
func (w *writer) proposals() {
	var rows [][]string
	for _, p := range w.d.Proposals {
		end := "nobody confirmed it"
		switch model.ProposalEnd(p.Ended) {
		case model.ProposalConfirmed:
			end = "confirmed by " + plain(p.By)
		case model.ProposalWithdrawn:
			end = "taken back by " + plain(p.By)
		case model.ProposalOutlived:
			end = "the role went to " + plain(p.By)
		case model.ProposalRemoved:
			end = "its author was removed by " + plain(p.By)
		}
		if p.EndedAt != nil {
			end += ", " + w.at(*p.EndedAt)
		}
		rows = append(rows, []string{entry(p.Entry), w.at(p.At), plain(p.Person), plain(p.Label),
			orDash(plain(p.Reason)), end})
	}
	if len(rows) > 0 {
		w.f("Proposed while nobody held it, which needs a second person:\n\n")
		w.table([]string{"Entry", "At", "By", "Role", "Reason", "What became of it"}, rows)
	}
}
