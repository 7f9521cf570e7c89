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

// part returns a part of the review by its id.
func (d *Report) part(id string) Part {
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
	for _, name := range []string{model.MilestoneFirst, model.MilestoneDetected, model.MilestoneContained, model.MilestoneRestored} {
		if _, ok := r.Milestones[name]; !ok {
			add(model.Safef("The time of %s is not known.", momentWords(name)), model.Safef(":milestone %s @TIME", name))
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
	if d.Items.Open > 0 {
		add(model.Safef("%d of %d items of the checklist are open.", d.Items.Open, d.Items.All), model.Safe{})
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

// Exposure is whether data of people got out.
type Exposure struct {
	Level    model.Safe `json:"level"`
	Subjects model.Safe `json:"subjects"`
	Regimes  []string   `json:"regimes"`
	Aware    *time.Time `json:"aware"`
	By       model.Safe `json:"by"`
	At       time.Time  `json:"at"`
}

func exposureOf(r *model.Room) *Exposure {
	x := r.Exposure
	if x == nil {
		return nil
	}
	return &Exposure{model.CleanLine(x.Level), model.CleanLine(x.Subjects), append([]string{}, x.Regimes...), maybe(x.Aware), model.CleanLine(x.By), x.At}
}

// Notice is that somebody was told.
type Notice struct {
	Audience model.Safe `json:"audience"`
	Who      model.Safe `json:"who"`
	How      model.Safe `json:"how"`
	By       model.Safe `json:"by"`
	At       time.Time  `json:"at"`
	Entry    uint64     `json:"entry"`
}

func noticesOf(r *model.Room) []Notice {
	out := make([]Notice, 0, len(r.Notices))
	for _, n := range r.Notices {
		label := model.CleanLine(n.Audience)
		if a := r.Plan.Audience(n.Audience); a != nil {
			label = model.CleanLine(a.Label)
		}
		out = append(out, Notice{label, model.CleanLine(n.Who), model.CleanLine(n.How), model.CleanLine(n.By), n.At, n.Seq})
	}
	return out
}
