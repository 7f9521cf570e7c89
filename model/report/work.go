package report

import (
	"time"

	"warroom/model"
)

// Item is a checklist item that a review asks about.
type Item struct {
	N     int             `json:"n"`
	Phase model.Safe      `json:"phase"`
	Text  model.Safe      `json:"text"`
	State model.ItemState `json:"state"`
	By    model.Safe      `json:"by"`
	At    *time.Time      `json:"at"`      // recorded
	Done  *time.Time      `json:"done_at"` // when that was, as reported by By
	Entry uint64          `json:"entry"`
	Why   model.Safe      `json:"why"`
	Class model.Safe      `json:"class,omitzero"` // class of evidence
}

// Checklist is the outcome of the checklist, with deviations from the plan.
type Checklist struct {
	All     int    `json:"all"`
	Done    int    `json:"done"`
	Skipped int    `json:"skipped"` // or not needed
	Open    int    `json:"open"`
	Left    []Item `json:"left"`           // the open items
	Odd     []Item `json:"not_as_planned"` // overridden, skipped, blocked
}

func (w *walk) item(it *model.Item, why model.Safe) Item {
	return Item{N: it.N, Phase: phaseWords(w.room, it.Phase), Text: model.CleanLine(it.Text), State: it.State,
		By: model.CleanLine(it.By), At: maybe(it.At), Done: maybe(it.DoneAt), Entry: w.items[it.ID], Why: why}
}

func (w *walk) checklist() Checklist {
	r := w.room
	c := Checklist{All: len(r.Items), Left: []Item{}, Odd: []Item{}}
	for i := range r.Items {
		it := &r.Items[i]
		switch {
		case it.State == model.ItemDone && r.StaleWhy(it).IsEmpty():
			c.Done++
		case r.Settled(it):
			c.Skipped++
		default:
			c.Open++
			c.Left = append(c.Left, w.item(it, joined("; ", r.StaleWhy(it), model.CleanLine(it.Reason))))
		}
		switch {
		case !r.SelfChecked(it).IsEmpty() && it.Override == "":
			c.Odd = append(c.Odd, w.item(it, r.SelfChecked(it)))
		case it.Override != "":
			c.Odd = append(c.Odd, w.item(it, overrideWords(it)))
		case it.State == model.ItemSkipped || it.State == model.ItemBlocked:
			c.Odd = append(c.Odd, w.item(it, model.CleanLine(it.Reason)))
		}
	}
	return c
}

// overrideWords describes an item that was done out of order, with the second person who
// confirmed that.
func overrideWords(it *model.Item) model.Safe {
	if it.SecondBy != "" {
		return model.Safef("against the plan's order: %s; confirmed by %s", it.Override, it.SecondBy)
	}
	return model.Safef("against the plan's order: %s", it.Override)
}

// Evidence is the evidence of the room.
type Evidence struct {
	Items []Item `json:"items"` // items of the plan that have a class
	Notes []Line `json:"notes"` // notes about evidence

	Collected []EvidenceItem `json:"pieces"` // the evidence register with custody
}

// EvidenceItem is an entry of the evidence register.
type EvidenceItem struct {
	N       string     `json:"n"` // E3
	Class   model.Safe `json:"class"`
	Name    model.Safe `json:"name"`
	State   model.Safe `json:"state"`
	SHA256  string     `json:"sha256"` // "" while it is incomplete
	Size    int64      `json:"size"`
	Host    model.Safe `json:"host"`
	Source  model.Safe `json:"source"`
	Command model.Safe `json:"command"`
	Note    model.Safe `json:"note"`
	By      model.Safe `json:"by"`
	At      time.Time  `json:"at"`
	Entry   uint64     `json:"entry"`
	Offset  int64      `json:"offset_ms"`
	Holder  model.Safe `json:"holder"`
	Custody []Custody  `json:"custody"`
}

// Custody is one step in the custody of an evidence item.
type Custody struct {
	Act    string     `json:"act"`
	By     model.Safe `json:"by"`
	To     model.Safe `json:"to"`
	At     time.Time  `json:"at"`
	Entry  uint64     `json:"entry"`
	Reason model.Safe `json:"reason"`
}

// collectedOf returns the evidence register of a room.
func collectedOf(r *model.Room) []EvidenceItem {
	out := make([]EvidenceItem, 0, len(r.Evidence))
	for i := range r.Evidence {
		p := &r.Evidence[i]
		row := EvidenceItem{N: model.Safef("E%d", p.N).String(), Class: model.CleanLine(p.Class),
			Name: model.CleanLine(p.Name), State: p.State(), SHA256: p.SHA256, Size: p.Size,
			Host: model.CleanLine(p.Host), Source: model.CleanLine(p.Source), Command: model.CleanLine(p.Command),
			Note: model.CleanLine(p.Note), By: model.CleanLine(p.By),
			At: p.RecordedAt, Entry: max(p.Seq, p.Done), Offset: p.Offset, Holder: model.CleanLine(p.Holder),
			Custody: []Custody{}}
		for _, s := range p.Custody {
			row.Custody = append(row.Custody,
				Custody{Act: s.Act, By: model.CleanLine(s.By), To: model.CleanLine(s.To), At: s.At, Entry: s.Seq,
					Reason: model.CleanLine(s.Reason)})
		}
		out = append(out, row)
	}
	return out
}

// evidence returns the items that preserve evidence, done or not.
func (w *walk) evidence() Evidence {
	x := Evidence{Items: []Item{}, Notes: []Line{}, Collected: collectedOf(w.room)}
	for i := range w.room.Items {
		it := &w.room.Items[i]
		if d := w.room.Def(it); d.Preserves != "" {
			row := w.item(it, model.CleanLine(it.Reason))
			row.Class = model.CleanLine(d.Preserves)
			x.Items = append(x.Items, row)
		}
	}
	for _, l := range w.room.Lines() {
		if l.Kind == model.KindEvidenceNoted && l.Refused.IsEmpty() {
			x.Notes = append(x.Notes, lineOf(w.room, l))
		}
	}
	return x
}

// Followup is work for after the incident.
type Followup struct {
	N     int        `json:"n"`
	Title model.Safe `json:"title"`
	Owner model.Safe `json:"owner"`
	Due   string     `json:"due"`
	Type  string     `json:"type"`
	Done  bool       `json:"done"`
	By    model.Safe `json:"by"`
	At    time.Time  `json:"at"`
	Lacks []string   `json:"lacks"`

	Dropped *Dropped `json:"dropped"` // null if it was not dropped
}

// Dropped records why a follow-up will not be done.
type Dropped struct {
	By     model.Safe `json:"by"`
	Reason model.Safe `json:"reason"`
}

func followupsOf(r *model.Room) []Followup {
	out := make([]Followup, 0, len(r.Followups))
	for _, f := range r.Followups {
		row := Followup{N: f.N, Title: model.CleanLine(f.Title), Owner: model.CleanLine(f.Owner), Due: f.Due,
			Type: f.Type,
			Done: f.Done, By: model.CleanLine(f.By), At: f.At, Lacks: []string{}}
		if f.DroppedBy != "" {
			row.Dropped = &Dropped{By: model.CleanLine(f.DroppedBy), Reason: model.CleanLine(f.Dropped)}
		}
		for _, m := range []struct{ name, is string }{{"owner", f.Owner}, {"due date", f.Due}, {"type", f.Type}} {
			if m.is == "" && f.IsOpen() {
				row.Lacks = append(row.Lacks, m.name)
			}
		}
		out = append(out, row)
	}
	return out
}

// Link is a reference to a record in another system.
type Link struct {
	System  model.Safe `json:"system"`
	Address model.Safe `json:"address"`
	Title   model.Safe `json:"title"`
	By      model.Safe `json:"by"`
	At      time.Time  `json:"at"`
}

func linksOf(r *model.Room) []Link {
	out := make([]Link, 0, len(r.Links))
	for _, l := range r.Links {
		out = append(out,
			Link{System: model.CleanLine(l.System), Address: model.CleanLine(l.URL), Title: model.CleanLine(l.Title),
				By: model.CleanLine(l.By), At: l.At})
	}
	return out
}

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
	EndedAt *time.Time `json:"ended_at"` // when it was reopened, or found done
	Done    bool       `json:"done"`     // it was done after all, and found so when the room was resolved or closed
}

func pointsOf(r *model.Room) []Point {
	out := make([]Point, 0, len(r.PointAnswers))
	for _, a := range r.PointAnswers {
		out = append(out, Point{Point: a.Point, Text: model.CleanLine(a.Text), Reason: model.CleanLine(a.Reason),
			By: model.CleanLine(a.By), At: a.At, Entry: a.Seq, Same: a.Same, EndedAt: maybe(a.EndedAt), Done: a.Done})
	}
	return out
}

// writePoints writes what was left open, each with its reason.
func writePoints(w *writer) {
	if len(w.d.Points) == 0 {
		return
	}
	w.f("## Left open with a reason\n\n")
	var rows [][]string
	for _, p := range w.d.Points {
		reason := plain(p.Reason)
		if p.Same {
			reason += " (one reason for all open points)"
		}
		switch {
		case p.Done:
			reason += "; done since, as of " + w.at(*p.EndedAt)
		case p.EndedAt != nil:
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

// writeOffers writes the offers of roles, each with its outcome.
func writeOffers(w *writer) {
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
