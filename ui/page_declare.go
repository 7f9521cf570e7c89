package ui

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/model/guard"
)

// The rows of the declare form.
const (
	rowPlan = iota
	rowLevel
	rowCriterion
	rowKind
	rowTitle
	rowDetected
	rowNamed
	rowDrill
	rowDo
	formRows
)

// declarePage is the form that declares an incident.
type declarePage struct {
	opened time.Time // by the hub's time
	a      *app
	plans  []PlanChoice
	plan   *model.Plan
	form
	title, detected editor
	named           editor // who may see the room, where not everybody may
	at              int    // row that has the keys
	busy            bool
	known           map[string]bool  // rooms that were there when it was opened; nil: not read yet
	others          []model.RoomInfo // declared since
}

// form is what was chosen, by its place in the plan.
type form struct {
	plan                   int
	level, criterion, kind int // criterion and kind: 0 is none
	drill                  bool
}

// openDeclare opens the form. The plans are read beside the loop.
func (a *app) openDeclare() {
	if a.o.Plans == nil || a.o.Plan == nil {
		a.tell(model.Lit("nothing can be declared here; warroom declare on a shell of your own does"))
		return
	}
	p := &declarePage{a: a, opened: a.now(), at: rowTitle, title: editor{max: model.MaxTitle}, detected: editor{max: 40}, named: editor{max: 1000}}
	if l, ok := a.top().(*listPage); ok && l.loaded {
		p.take(l.rooms)
	}
	a.open(p)
	if p.known == nil {
		a.fresh.next = 0 // now
	}
	a.jobs.start(func(context.Context) func() {
		plans, err := a.o.Plans()
		return func() {
			if err != nil {
				a.fail(err)
				return
			}
			p.plans = plans
			for i, c := range plans {
				if c.Name == "security" {
					p.form.plan = i
				}
			}
			p.load()
		}
	})
}

// take looks for rooms that others declared while the form is filled in.
func (p *declarePage) take(rooms []model.RoomInfo) {
	first := p.known == nil
	if first {
		p.known = map[string]bool{}
	}
	p.others = nil
	for _, r := range rooms {
		switch {
		case first && (r.Room == nil || !r.Room.DeclaredAt.After(p.opened)):
			p.known[r.Short] = true
		case !p.known[r.Short] && r.Room != nil && r.Room.DeclaredBy != "":
			p.others = append(p.others, r)
		}
	}
}

// load reads the plan that is chosen.
func (p *declarePage) load() {
	if len(p.plans) == 0 {
		p.a.fail(model.Refuse(model.NotFound, "there is no playbook; warroom playbook list says where they are looked for"))
		return
	}
	name := p.plans[p.form.plan].Name
	p.a.jobs.start(func(context.Context) func() {
		plan, err := p.a.o.Plan(name)
		return func() {
			if err != nil {
				p.plan = nil
				p.a.fail(err)
				return
			}
			if p.plans[p.form.plan].Name == name {
				p.plan = plan
				p.form.level, p.form.criterion, p.form.kind = 0, 0, 0
			}
		}
	})
}

func (p *declarePage) scope() scope { return inForm }

func (p *declarePage) field() *editor {
	switch p.at {
	case rowTitle:
		return &p.title
	case rowDetected:
		return &p.detected
	case rowNamed:
		return &p.named
	}
	return nil
}

func (p *declarePage) key(ev *tcell.EventKey) {
	f := p.field()
	if f == nil {
		if ev.Key() == tcell.KeyLeft {
			p.choose(-1)
		} else if ev.Key() == tcell.KeyRight || ev.Key() == tcell.KeyRune && ev.Rune() == ' ' {
			p.choose(1)
		}
		return
	}
	switch {
	case !isText(ev):
		f.key(ev)
	case !f.insert(string(ev.Rune())):
		p.a.tell(model.Safef("this holds %d characters", f.max))
	}
}

func (p *declarePage) paste(text string) {
	if f := p.field(); f != nil {
		t, _ := model.ValidText(strings.ReplaceAll(firstLine(text), "\t", " "))
		if !f.insert(t) {
			p.a.tell(model.Safef("this holds %d characters; the paste has %d", f.max, utf8.RuneCountInString(t)))
		}
	}
}

func (p *declarePage) move(n int) { p.at = (p.at + n + formRows) % formRows }

// choose takes the next of what a row offers.
func (p *declarePage) choose(n int) {
	turn := func(i *int, of int) {
		if of > 0 {
			*i = (*i + n + of) % of
		}
	}
	switch {
	case p.at == rowDrill:
		p.drill = !p.drill
	case p.at == rowPlan && len(p.plans) > 0:
		turn(&p.form.plan, len(p.plans))
		p.load()
	case p.plan == nil:
	case p.at == rowLevel:
		turn(&p.level, len(p.plan.Severities))
		p.criterion = 0
	case p.at == rowCriterion:
		turn(&p.criterion, len(p.plan.Severities[p.level].Criteria)+1)
	case p.at == rowKind:
		turn(&p.kind, len(p.plan.Kinds)+1)
	}
}

// declaration is what the form says.
func (p *declarePage) declaration() (model.Declaration, error) {
	if p.plan == nil {
		return model.Declaration{}, model.Refuse(model.Conflict, "the playbook is not read yet")
	}
	title := strings.TrimSpace(p.title.text)
	if title == "" {
		p.at = rowTitle
		return model.Declaration{}, model.Refuse(model.Invalid, "give it a title: what is known to be wrong, in a few words")
	}
	if safe := guard.Hide(title); safe != title {
		p.at = rowTitle
		p.title.set(safe)
		return model.Declaration{}, model.Refuse(model.Invalid, "what looked like a secret in the title was replaced: a title is in every list, and cannot be redacted; declare again, or word it otherwise")
	}
	d := model.Declaration{Title: title, Severity: p.plan.Severities[p.level].ID, Drill: p.drill, Plan: p.plan}
	if p.criterion > 0 {
		d.Criterion = p.plan.Severities[p.level].Criteria[p.criterion-1].ID
	}
	if p.kind > 0 {
		d.Kind = p.plan.Kinds[p.kind-1].ID
	}
	var err error
	if d.Detected, err = p.detectedAt(); err != nil {
		p.at = rowDetected
		return d, err
	}
	if d.Restricted, err = model.People(p.named.text); err != nil {
		p.at = rowNamed
	}
	return d, err
}

// detectedAt reads the time of the alert as the composer reads times: 14:32,
// -12m, yesterday 23:10. Nothing means not known.
func (p *declarePage) detectedAt() (time.Time, error) {
	s := strings.TrimSpace(p.detected.text)
	if s == "" {
		return time.Time{}, nil
	}
	if s[0] != '-' && s[0] != '@' {
		s = "@" + s
	}
	at, rest, err := model.LeadingTime(s+" x", p.a.now(), p.a.zone())
	if err == nil && (at.IsZero() || strings.TrimSpace(rest) != "x") {
		err = model.Refuse(model.Invalid, "%s is no time; write 14:32, -12m or yesterday 23:10", p.detected.text)
	}
	return at, err
}

// declare declares the incident and enters its room.
func (p *declarePage) declare() {
	if p.busy {
		return
	}
	d, err := p.declaration()
	if err != nil {
		p.a.fail(err)
		return
	}
	p.busy = true
	p.a.jobs.start(func(ctx context.Context) func() {
		short, err := p.a.o.Rooms.Declare(ctx, d)
		return func() {
			p.busy = false
			if err != nil {
				p.a.fail(err) // the form stays as it is
				return
			}
			p.a.enter(short, "")
		}
	})
}

func formKeys() []binding {
	form := func(f func(*declarePage)) func(*app) {
		return func(a *app) {
			if p, ok := a.top().(*declarePage); ok {
				f(p)
			}
		}
	}
	next := form(func(p *declarePage) { p.move(1) })
	return []binding{
		{in: inForm, on: k(tcell.KeyTab, tcell.KeyDown), key: model.Lit("Tab, Down"), name: model.Lit("next"), help: model.Lit("the next row"), do: next, first: true},
		{in: inForm, on: k(tcell.KeyBacktab, tcell.KeyUp), key: model.Lit("Shift-Tab, Up"), help: model.Lit("the row before"), do: form(func(p *declarePage) { p.move(-1) })},
		{in: inForm, key: model.Lit("Left, Right"), name: model.Lit("choose"), help: model.Lit("choose in a row"), first: true},
		{in: inForm, on: k(tcell.KeyEnter), key: model.Lit("Enter"), name: model.Lit("next, declare"), help: model.Lit("the next row; on the last one: declare"), do: form(func(p *declarePage) {
			if p.at == rowDo {
				p.declare()
				return
			}
			p.move(1)
		}), first: true},
		{in: inForm, on: k(tcell.KeyCtrlD), key: model.Lit("Ctrl-D"), name: model.Lit("declare"), help: model.Lit("declare at once, from any row"), do: form((*declarePage).declare), first: true},
	}
}
