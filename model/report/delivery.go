package report

import (
	"fmt"
	"time"

	"warroom/model"
)

// Page records that somebody outside the room was paged.
type Page struct {
	Purpose    model.Safe `json:"purpose"`
	Entry      uint64     `json:"entry"`
	At         time.Time  `json:"at"`
	By         model.Safe `json:"by"`
	Reason     model.Safe `json:"reason"`
	State      model.Safe `json:"state"` // for people
	Who        model.Safe `json:"who"`
	AnsweredAt *time.Time `json:"answered_at"`
}

// Carried is a delivery by a bridge.
type Carried struct {
	Entry   uint64     `json:"entry"`
	Bridge  model.Safe `json:"bridge"`
	What    model.Safe `json:"what"`
	State   model.Safe `json:"state"`
	Begun   time.Time  `json:"begun"`
	At      time.Time  `json:"at"`
	Attempt int        `json:"attempts"`
	Ref     model.Safe `json:"ref"`
	Detail  model.Safe `json:"detail"`
}

func pagesOf(r *model.Room) []Page {
	out := []Page{}
	for _, p := range r.PageViews() {
		out = append(out,
			Page{Purpose: model.CleanLine(p.Purpose), Entry: p.Seq, At: p.At, By: model.CleanLine(p.By),
				Reason: model.CleanLine(p.Reason), State: p.Words(), Who: model.CleanLine(p.Who),
				AnsweredAt: maybe(p.AnsweredAt)})
	}
	return out
}

func deliveriesOf(r *model.Room) []Carried {
	out := []Carried{}
	for _, d := range r.Deliveries {
		what := d.What
		if what == "" {
			what = "not described"
		}
		out = append(out,
			Carried{Entry: d.Seq, Bridge: model.CleanLine(d.Bridge), What: model.CleanLine(what),
				State: d.State.Words(), Begun: d.Begun, At: d.At, Attempt: d.Attempt, Ref: model.CleanLine(d.Ref),
				Detail: model.CleanLine(d.Detail)})
	}
	return out
}

// sent writes who was paged and what bridges sent. It writes nothing if there was neither.
func (w *writer) sent() {
	if len(w.d.Pages)+len(w.d.Deliveries) == 0 {
		return
	}
	w.f("## Pages and messages\n\n")
	if len(w.d.Pages) > 0 {
		var rows [][]string
		for _, p := range w.d.Pages {
			rows = append(rows,
				[]string{entry(p.Entry), w.at(p.At), plain(p.Purpose), plain(p.By), orDash(plain(p.Reason)),
					plain(p.State), w.maybe(p.AnsweredAt, "-")})
		}
		w.table([]string{"Entry", "At", "Paged for", "By", "Why", "Answer", "Answered"}, rows)
	}
	if len(w.d.Deliveries) > 0 {
		var rows [][]string
		for _, d := range w.d.Deliveries {
			rows = append(rows,
				[]string{entry(d.Entry), w.at(d.Begun), plain(d.Bridge), plain(d.What), plain(d.State), w.at(d.At),
					fmt.Sprint(d.Attempt), orDash(plain(joined(": ", d.Detail, d.Ref)))})
		}
		w.table([]string{"Entry", "Begun", "By", "What", "State", "Since", "Attempts", "Response of the service"},
			rows)
	}
}
