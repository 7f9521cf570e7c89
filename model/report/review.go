package report

import (
	"strings"
	"time"

	"warroom/model"
)

// Section is one section of the review, which people write.
type Section struct {
	ID    string       `json:"id"`
	Title model.Safe   `json:"title"`
	Empty bool         `json:"empty"`
	Text  []model.Safe `json:"text"` // one element per line
	By    model.Safe   `json:"by"`
	At    *time.Time   `json:"at"`
	Entry uint64       `json:"entry"`
}

func sectionsOf(r *model.Room) []Section {
	titles := map[string]model.Safe{model.ReviewSummary: model.Lit("Summary"),
		model.ReviewCause:  model.Lit("Root cause"),
		model.ReviewRadius: model.Lit("Blast radius"), model.ReviewDetection: model.Lit("Detection efficacy")}
	out := make([]Section, 0, len(model.ReviewSections))
	for _, id := range model.ReviewSections {
		p := Section{ID: id, Title: titles[id], Empty: true, Text: []model.Safe{}}
		if section, ok := r.Review[id]; ok {
			p.Empty, p.By, p.At, p.Entry = false, model.CleanLine(section.By), maybe(section.At), section.Seq
			p.Text = model.Clean(strings.TrimSpace(section.Text)).Lines()
		}
		out = append(out, p)
	}
	return out
}

// written returns the section of an id.
func (d *Report) written(id string) Section {
	for _, p := range d.Sections {
		if p.ID == id {
			return p
		}
	}
	return Section{ID: id, Empty: true}
}

// Gap is something that is missing in a review.
type Gap struct {
	What model.Safe `json:"what"`
	Do   model.Safe `json:"do"` // how to fill it
}

// gaps returns what is missing, beginning with what people have to write.
func (d *Report) gaps(r *model.Room) []Gap {
	out := []Gap{}
	add := func(what, do model.Safe) { out = append(out, Gap{What: what, Do: do}) }
	if r.Plan == nil {
		add(model.Lit("The room has no plan."), model.Safe{})
		return out
	}
	for _, p := range d.Sections {
		if p.Empty {
			add(model.Safef("The %s is not written.", strings.ToLower(p.Title.String())),
				model.Safef(":review %s TEXT", p.ID))
		}
	}
	for _, left := range r.ReviewLeft()[len(emptySections(d)):] {
		add(model.Safef("The review is not complete: %s.", left), model.Safe{})
	}
	for _, c := range d.Odd {
		add(model.Safef("%s: both cannot be true.", c.Words), c.do)
	}
	for _, name := range []string{model.MilestoneCompromise, model.MilestoneFirst, model.MilestoneExfiltration,
		model.MilestoneDetected, model.MilestoneContained, model.MilestoneRestored} {
		if _, ok := r.Milestones[name]; !ok {
			add(model.Safef("The time of %s is not known.", momentWords(name)),
				model.Safef(":milestone %s @TIME, or n/a WHY", name))
		}
	}
	if v := d.Validated; v == nil || v.Severity.IsEmpty() {
		add(model.Lit("Nobody recorded that the severity was verified."), model.Safef(":milestone validated %s",
			r.Severity))
	}
	if r.Exposure == nil {
		add(model.Lit("Nobody assessed whether personal data was exposed."),
			model.Lit(":exposure none|suspected|confirmed WHY"))
	}
	return append(out, d.openWork(r)...)
}

// openWork returns the gaps in what people do: alerts, roles, follow-ups and the checklist.
func (d *Report) openWork(r *model.Room) []Gap {
	var out []Gap
	add := func(what, do model.Safe) { out = append(out, Gap{What: what, Do: do}) }
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
			add(model.Safef("Follow-up %d has no %s.", f.N, strings.Join(f.Lacks, " and no ")),
				model.Safef(":todo %d @OWNER due DATE detect|prevent|correct", f.N))
		}
	}
	for _, it := range r.StaleItems() {
		add(model.Safef("Item %d is stale: %s.", it.N, r.StaleWhy(it)), model.Safef(":check %d", it.N))
	}
	if d.Items.Open > 0 {
		verb := model.Lit("are")
		if d.Items.Open == 1 {
			verb = model.Lit("is")
		}
		add(model.Safef("%d of %d items of the checklist %s open.", d.Items.Open, d.Items.All, verb), model.Safe{})
	}
	return out
}

// emptySections returns the sections that nobody wrote.
func emptySections(d *Report) (out []Section) {
	for _, p := range d.Sections {
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

// Exposure is an assessment of whether personal data got out.
type Exposure struct {
	Level      model.Safe   `json:"level"`
	Subjects   model.Safe   `json:"subjects"`
	Regimes    []string     `json:"regimes"`
	Categories []model.Safe `json:"categories"`
	Aware      *time.Time   `json:"aware"`                     // the earliest
	Corrected  *time.Time   `json:"aware_corrected,omitempty"` // what its awareness was corrected to later
	Why        model.Safe   `json:"why"`
	By         model.Safe   `json:"by"`
	At         time.Time    `json:"at"`
	Entry      uint64       `json:"entry"`
}

func exposureOf(r *model.Room) *Exposure {
	if r.Exposure == nil {
		return nil
	}
	n := len(r.Assessments)
	x := exposure(r.Exposure, r.Assessments[:max(0, n-1)])
	return &x
}

// exposure returns an assessment. One of none has no people, no data and no reason of those
// before it.
func exposure(x *model.Exposure, before []model.Exposure) Exposure {
	out := Exposure{Level: model.CleanLine(x.Level), Subjects: model.CleanLine(x.Subjects),
		Regimes: append([]string{}, x.Regimes...), Categories: []model.Safe{},
		Why: model.CleanLine(x.Why), By: model.CleanLine(x.By), At: x.At, Entry: x.Seq}
	if x.Level == model.ExposureNone {
		out.Subjects = model.Safe{}
		if n := len(before); n > 0 && before[n-1].Why == x.Why {
			out.Why = model.Safe{}
		}
		return out
	}
	for _, c := range x.Categories {
		out.Categories = append(out.Categories, model.CleanLine(c))
	}
	out.Aware = maybe(x.Aware)
	return out
}

func assessedOf(r *model.Room) []Exposure {
	out := make([]Exposure, 0, len(r.Assessments))
	for i := range r.Assessments {
		x := exposure(&r.Assessments[i], r.Assessments[:i])
		if c := r.Marks[x.Entry].Corrected; len(c) > 0 && x.Aware != nil {
			x.Corrected = maybe(c[len(c)-1].At)
		}
		out = append(out, x)
	}
	return out
}

// Aware states since when somebody was aware of the exposure.
type Aware struct {
	At       time.Time  `json:"at"`
	By       model.Safe `json:"by"`
	Entry    uint64     `json:"entry"`
	Earliest bool       `json:"earliest"` // the one that counts
	OfEntry  bool       `json:"of_entry"` // it is the time of the entry itself
}

func awareOf(r *model.Room) []Aware {
	out := make([]Aware, 0, len(r.Awareness))
	first := -1
	for i, a := range r.Awareness {
		if first < 0 || a.At.Before(r.Awareness[first].At) {
			first = i
		}
		l := r.Line(a.Seq)
		out = append(out, Aware{At: a.At, By: model.CleanLine(a.By), Entry: a.Seq,
			OfEntry: l != nil && l.RecordedAt.Equal(a.At)})
	}
	if first >= 0 {
		out[first].Earliest = true
	}
	return out
}
