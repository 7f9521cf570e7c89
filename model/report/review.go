package report

import (
	"strings"
	"time"

	"warroom/model"
)

// Part is one part of the review that people write.
type Part struct {
	ID    string       `json:"id"`
	Title model.Safe   `json:"title"`
	Empty bool         `json:"empty"`
	Text  []model.Safe `json:"text"` // its lines
	By    model.Safe   `json:"by"`
	At    *time.Time   `json:"at"`
	Entry uint64       `json:"entry"`
}

func partsOf(r *model.Room) []Part {
	titles := map[string]model.Safe{model.ReviewSummary: model.Lit("Summary"), model.ReviewCause: model.Lit("Root cause"),
		model.ReviewRadius: model.Lit("Blast radius"), model.ReviewDetection: model.Lit("Detection efficacy")}
	out := make([]Part, 0, len(model.ReviewParts))
	for _, id := range model.ReviewParts {
		p := Part{ID: id, Title: titles[id], Empty: true, Text: []model.Safe{}}
		if was, ok := r.Review[id]; ok {
			p.Empty, p.By, p.At, p.Entry = false, model.CleanLine(was.By), maybe(was.At), was.Seq
			p.Text = model.Clean(strings.TrimSpace(was.Text)).Lines()
		}
		out = append(out, p)
	}
	return out
}

// written returns a part of the review by its id.
func (d *Report) written(id string) Part {
	for _, p := range d.Parts {
		if p.ID == id {
			return p
		}
	}
	return Part{ID: id, Empty: true}
}

// Gap is something that a review should say and this one does not.
type Gap struct {
	What model.Safe `json:"what"`
	Do   model.Safe `json:"do"` // what fills it
}

// gaps lists what is missing, what people have to write first.
func (d *Report) gaps(r *model.Room) []Gap {
	out := []Gap{}
	add := func(what, do model.Safe) { out = append(out, Gap{what, do}) }
	if r.Plan == nil {
		add(model.Lit("The room has no plan."), model.Safe{})
		return out
	}
	for _, p := range d.Parts {
		if p.Empty {
			add(model.Safef("%s is not written.", p.Title), model.Safef(":review %s TEXT", p.ID))
		}
	}
	for _, left := range r.ReviewLeft()[len(emptyParts(d)):] {
		add(model.Safef("The review is not complete: %s.", left), model.Safe{})
	}
	for _, c := range d.Odd {
		add(model.Safef("%s: both cannot be so.", c.Words), model.Safef(":milestone %s @TIME REASON", c.First))
	}
	for _, name := range []string{model.MilestoneCompromise, model.MilestoneFirst, model.MilestoneExfiltration, model.MilestoneDetected, model.MilestoneContained, model.MilestoneRestored} {
		if _, ok := r.Milestones[name]; !ok {
			add(model.Safef("The time of %s is not known.", momentWords(name)), model.Safef(":milestone %s @TIME, or n/a WHY", name))
		}
	}
	if r.Exposure == nil {
		add(model.Lit("Nobody assessed whether data of people got out."), model.Lit(":exposure none|suspected|confirmed WHY"))
	}
	for _, a := range d.Alerts {
		if a.Verdict.IsEmpty() {
			add(model.Safef("Alert %d is not judged.", a.N), model.Safe{})
		}
	}
	for _, def := range r.Plan.Roles {
		if def.Mandatory && !held(r, def.ID) {
			add(model.Safef("Nobody was %s.", def.Label), model.Safe{})
		}
	}
	if len(r.Followups) == 0 {
		add(model.Lit("There are no follow-ups."), model.Lit("TODO: TEXT @OWNER due DATE prevent"))
	}
	for _, f := range d.Followups {
		if len(f.Lacks) > 0 {
			add(model.Safef("Follow-up %d has no %s.", f.N, strings.Join(f.Lacks, ", no ")), model.Safef(":todo %d @OWNER due DATE detect|prevent|correct", f.N))
		}
	}
	for _, it := range r.StaleItems() {
		add(model.Safef("Item %d is stale: %s.", it.N, r.StaleWhy(it)), model.Safef(":check %d", it.N))
	}
	if d.Items.Open > 0 {
		add(model.Safef("%d of %d items of the checklist are open.", d.Items.Open, d.Items.All), model.Safe{})
	}
	return out
}

// emptyParts are the parts of the review that nobody wrote.
func emptyParts(d *Report) (out []Part) {
	for _, p := range d.Parts {
		if p.Empty {
			out = append(out, p)
		}
	}
	return out
}

func held(r *model.Room, role string) bool {
	for _, a := range r.Roles {
		if a.Role == role {
			return true
		}
	}
	return false
}

// Exposure is whether data of people got out, as it was assessed at a time.
type Exposure struct {
	Level      model.Safe   `json:"level"`
	Subjects   model.Safe   `json:"subjects"`
	Regimes    []string     `json:"regimes"`
	Categories []model.Safe `json:"categories"`
	Aware      *time.Time   `json:"aware"` // the earliest
	Why        model.Safe   `json:"why"`
	By         model.Safe   `json:"by"`
	At         time.Time    `json:"at"`
	Entry      uint64       `json:"entry"`
}

func exposureOf(r *model.Room) *Exposure {
	if r.Exposure == nil {
		return nil
	}
	x := exposure(r.Exposure)
	return &x
}

func exposure(x *model.Exposure) Exposure {
	out := Exposure{Level: model.CleanLine(x.Level), Subjects: model.CleanLine(x.Subjects), Regimes: append([]string{}, x.Regimes...), Categories: []model.Safe{},
		Why: model.CleanLine(x.Why), By: model.CleanLine(x.By), At: x.At, Entry: x.Seq}
	for _, c := range x.Categories {
		out.Categories = append(out.Categories, model.CleanLine(c))
	}
	if x.Level != model.ExposureNone {
		out.Aware = maybe(x.Aware)
	}
	return out
}

func assessedOf(r *model.Room) []Exposure {
	out := make([]Exposure, 0, len(r.Assessments))
	for i := range r.Assessments {
		out = append(out, exposure(&r.Assessments[i]))
	}
	return out
}

// Aware is since when somebody was aware of the exposure, by their word.
type Aware struct {
	At       time.Time  `json:"at"`
	By       model.Safe `json:"by"`
	Entry    uint64     `json:"entry"`
	Earliest bool       `json:"earliest"` // this one counts
}

func awareOf(r *model.Room) []Aware {
	out := make([]Aware, 0, len(r.Awareness))
	first := -1
	for i, a := range r.Awareness {
		if first < 0 || a.At.Before(r.Awareness[first].At) {
			first = i
		}
		out = append(out, Aware{At: a.At, By: model.CleanLine(a.By), Entry: a.Seq})
	}
	if first >= 0 {
		out[first].Earliest = true
	}
	return out
}
