package report

import (
	"time"

	"warroom/model"
)

// Point is something that was left open when the incident was resolved or closed, with the
// reason.
type Point struct {
	Point   string     `json:"point"` // "item 5"
	Text    model.Safe `json:"text"`
	Reason  model.Safe `json:"reason"`
	By      model.Safe `json:"by"`
	At      time.Time  `json:"at"`
	Entry   uint64     `json:"entry"`
	Same    bool       `json:"same"`     // the reason was given for everything that was open
	EndedAt *time.Time `json:"ended_at"` // when it was reopened
}

func pointsOf(r *model.Room) []Point {
	out := make([]Point, 0, len(r.PointAnswers))
	for _, a := range r.PointAnswers {
		out = append(out, Point{Point: a.Point, Text: model.CleanLine(a.Text), Reason: model.CleanLine(a.Reason),
			By: model.CleanLine(a.By), At: a.At, Entry: a.Seq, Same: a.Same, EndedAt: maybe(a.EndedAt)})
	}
	return out
}

// points writes what was left open, each with its reason.
func (w *writer) points() {
	if len(w.d.Points) == 0 {
		return
	}
	w.f("## Left open with a reason\n\n")
	var rows [][]string
	for _, p := range w.d.Points {
		reason := plain(p.Reason)
		if p.Same {
			reason += " (one reason for everything that was open)"
		}
		if p.EndedAt != nil {
			reason += "; opened again " + w.at(*p.EndedAt)
		}
		rows = append(rows, []string{entry(p.Entry), w.at(p.At), plain(p.Text), plain(p.By), reason})
	}
	w.table([]string{"Entry", "At", "What", "By", "Reason"}, rows)
}

// Offer is an offer of a role to somebody, with its outcome.
type Offer struct {
	Role    model.Safe         `json:"role"`
	From    model.Safe         `json:"from"`
	To      model.Safe         `json:"to"`
	At      time.Time          `json:"at"`
	Entry   uint64             `json:"entry"`
	State   model.HandoffState `json:"state"`
	EndedAt *time.Time         `json:"ended_at"`
	EndedBy model.Safe         `json:"ended_by"`
	Reason  model.Safe         `json:"reason"`
}

func offersOf(r *model.Room) []Offer {
	out := []Offer{}
	for _, h := range r.AllHandoffs() {
		label := h.Role
		if d := r.Plan.Role(h.Role); d != nil {
			label = d.Label
		}
		out = append(out, Offer{Role: model.CleanLine(label), From: model.CleanLine(h.From), To: model.CleanLine(h.To),
			At: h.At, Entry: h.Seq, State: h.State(), EndedAt: maybe(h.EndedAt), EndedBy: model.CleanLine(h.EndedBy),
			Reason: model.CleanLine(h.Reason)})
	}
	return out
}

// offers writes the offers of roles, each with its outcome.
func (w *writer) offers() {
	var rows [][]string
	for _, o := range w.d.Offers {
		outcome := string(o.State)
		if o.EndedAt != nil {
			outcome += " by " + plain(o.EndedBy) + ", " + w.at(*o.EndedAt)
		}
		if !o.Reason.IsEmpty() {
			outcome += ": " + plain(o.Reason)
		}
		rows = append(rows, []string{entry(o.Entry), w.at(o.At), plain(o.Role), plain(o.From) + " to " + plain(o.To),
			outcome})
	}
	if len(rows) > 0 {
		w.f("Offers of roles:\n\n")
		w.table([]string{"Entry", "At", "Role", "Who", "Outcome"}, rows)
	}
}
