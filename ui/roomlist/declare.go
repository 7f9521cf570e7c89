package roomlist

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/model/secretscan"
	"warroom/ui/keymap"
	"warroom/ui/lineedit"
	"warroom/ui/present"
)

// titleAbout describes what a title is.
var titleAbout = model.Lit("what you know so far, in a few words")

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

// DeclarePage is the form that declares an incident.
type DeclarePage struct {
	opened time.Time // the hub's time
	l      *List
	plans  []PlanChoice
	plan   *model.Plan
	form
	title, detected lineedit.Editor
	named           lineedit.Editor // handles that may see the room; if empty, everybody
	at              int             // the selected row
	busy            bool
	known           map[string]bool  // rooms that existed when it was opened; if nil, not read yet
	others          []model.RoomInfo // declared since
	rooms           []model.RoomInfo // all rooms, as last read
	alike           struct {         // the result of similar, until the title or the rooms change
		title string
		line  model.Safe
	}
}

// form is the selection, as indexes into the plan.
type form struct {
	plan                   int
	level, criterion, kind int // 0: none; a severity is required
	drill                  bool
}

// OpenDeclare opens the form. It reads the playbooks in a job.
func (l *List) OpenDeclare() {
	if l.env.Plans == nil || l.env.Plan == nil {
		l.shell.Notes.Show(model.Lit("you cannot declare an incident here; use warroom declare in a shell"))
		return
	}
	if p := l.form; p != nil { // a form that was not submitted keeps its text
		p.opened, p.known = l.shell.Clock.Now(), nil
		l.shell.Open(p)
		l.refresh.next = 0
		return
	}
	p := &DeclarePage{l: l, opened: l.shell.Clock.Now(), at: rowTitle, title: lineedit.Editor{Max: model.MaxTitle},
		detected: lineedit.Editor{Max: 40}, named: lineedit.Editor{Max: 1000}}
	if o, ok := l.shell.Top().(*Page); ok && o.loaded {
		p.take(o.rooms)
	}
	l.form = p
	l.shell.Open(p)
	if p.known == nil {
		l.refresh.next = 0 // read the rooms now
	}
	l.shell.Jobs.Start(func(context.Context) func() {
		plans, err := l.env.Plans()
		return func() {
			if err != nil {
				l.shell.Notes.Fail(err)
				return
			}
			p.plans = plans
			first := func(c PlanChoice) bool { return c.Name == l.env.Playbook }
			if !slices.ContainsFunc(plans, first) && l.env.Playbook != "" { // a file, for example
				p.plans = append(slices.Clone(plans),
					PlanChoice{Name: l.env.Playbook, Title: model.Lit("from the configuration")})
			}
			p.form.plan = max(0, slices.IndexFunc(p.plans, first))
			p.load()
		}
	})
}

// formSlack is the maximum age, when the form opens, of a room that the list does not have
// yet.
const formSlack = time.Minute

// take looks for rooms that others declared while the form is filled in.
func (p *DeclarePage) take(rooms []model.RoomInfo) {
	first := p.known == nil
	if first {
		p.known = map[string]bool{}
	}
	p.rooms, p.others = rooms, nil
	p.alike.title, p.alike.line = "", model.Safe{}
	for _, r := range rooms {
		switch {
		case first && (r.Room == nil || !r.Room.DeclaredAt.After(p.opened)):
			p.known[r.Short] = true
		case !p.known[r.Short] && r.Room != nil && r.Room.DeclaredBy != "" &&
			r.Room.DeclaredAt.After(p.opened.Add(-formSlack)): // else an old one that was opened again
			p.others = append(p.others, r)
		}
	}
}

// load reads the selected playbook in a job.
func (p *DeclarePage) load() {
	if len(p.plans) == 0 {
		p.l.shell.Notes.Fail(model.Refuse(model.NotFound,
			"there is no playbook; warroom playbook list prints where playbooks are read from"))
		return
	}
	name := p.plans[p.form.plan].Name
	p.l.shell.Jobs.Start(func(context.Context) func() {
		plan, err := p.l.env.Plan(name)
		return func() {
			if err != nil {
				p.plan = nil
				p.l.shell.Notes.Fail(err)
				return
			}
			if p.plans[p.form.plan].Name == name {
				p.adopt(plan)
			}
		}
	})
}

// adopt switches to another plan. It keeps the selections that the new plan has too.
func (p *DeclarePage) adopt(plan *model.Plan) {
	old, f := p.plan, &p.form
	p.plan = plan
	if old == nil {
		f.level, f.criterion, f.kind = 0, 0, 0
		return
	}
	var level, kind, criterion string
	if f.level > 0 {
		level = old.Severities[f.level-1].ID
	}
	if f.kind > 0 {
		kind = old.Kinds[f.kind-1].ID
	}
	if f.criterion > 0 {
		criterion = old.Severities[f.level-1].Criteria[f.criterion-1].ID
	}
	f.level = 1 + slices.IndexFunc(plan.Severities, func(s model.Severity) bool { return s.ID == level })
	f.kind = 1 + slices.IndexFunc(plan.Kinds, func(k model.KindDef) bool { return k.ID == kind })
	f.criterion = 0
	if s := p.severity(); s != nil {
		f.criterion = 1 + slices.IndexFunc(s.Criteria, func(c model.Criterion) bool { return c.ID == criterion })
	}
}

// severity returns the selected severity, or nil.
func (p *DeclarePage) severity() *model.Severity {
	if p.plan == nil || p.level < 1 || p.level > len(p.plan.Severities) {
		return nil
	}
	return &p.plan.Severities[p.level-1]
}

// Scope returns the key scope of the page.
func (p *DeclarePage) Scope() keymap.Scope { return keymap.InForm }

func (p *DeclarePage) field() *lineedit.Editor {
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

// Key handles text and editing keys.
func (p *DeclarePage) Key(ev *tcell.EventKey) {
	f := p.field()
	if f == nil {
		if n := int(ev.Rune() - '0'); ev.Key() == tcell.KeyRune && p.at == rowLevel && p.plan != nil && n >= 1 &&
			n <= len(p.plan.Severities) {
			p.level, p.criterion = n, 0
		} else if ev.Key() == tcell.KeyLeft {
			p.choose(-1)
		} else if ev.Key() == tcell.KeyRight || ev.Key() == tcell.KeyRune && ev.Rune() == ' ' {
			p.choose(1)
		}
		return
	}
	switch {
	case !lineedit.IsText(ev):
		f.Key(ev)
	case !f.Insert(string(ev.Rune())):
		p.l.shell.Notes.Show(model.Safef("this field holds %d characters", f.Max))
	}
}

// Paste inserts a pasted text into the selected field, as one line.
func (p *DeclarePage) Paste(text string) {
	if f := p.field(); f != nil {
		t := lineedit.OneLine(text)
		if !f.Insert(t) {
			p.l.shell.Notes.Show(model.Safef("this field holds %d characters; the paste has %d", f.Max,
				utf8.RuneCountInString(t)))
		}
	}
}

// Move moves the selection down by n rows.
func (p *DeclarePage) Move(n int) { p.at = (p.at + n + formRows) % formRows }

// choose selects the nth next choice of the selected row.
func (p *DeclarePage) choose(n int) {
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
		turn(&p.level, len(p.plan.Severities)+1)
		p.criterion = 0
	case p.at == rowCriterion:
		if s := p.severity(); s != nil {
			turn(&p.criterion, len(s.Criteria)+1)
		}
	case p.at == rowKind:
		turn(&p.kind, len(p.plan.Kinds)+1)
	}
}

// declaration returns the declaration in the form, or an error with the row of the
// mistake selected.
func (p *DeclarePage) declaration() (model.Declaration, error) {
	if p.plan == nil {
		return model.Declaration{}, model.Refuse(model.Conflict, "the playbook is still being read")
	}
	title := strings.TrimSpace(p.title.Text)
	if title == "" {
		p.at = rowTitle
		return model.Declaration{},
			model.Refuse(model.Invalid, "%s: %s", present.NoTitle, titleAbout)
	}
	if safe := secretscan.Hide(title); safe != title {
		p.at = rowTitle
		p.title.Set(safe)
		return model.Declaration{},
			model.Refuse(model.Invalid,
				"what looks like a secret in the title was replaced by a fingerprint, as a title cannot be "+
					"redacted: declare again, or change the title")
	}
	level := p.severity()
	if level == nil {
		p.at = rowLevel
		return model.Declaration{}, model.Refuse(model.Invalid, "%s", present.NoSeverity(p.plan))
	}
	d := model.Declaration{Title: title, Severity: level.ID, Drill: p.drill, Plan: p.plan}
	if p.criterion > 0 {
		d.Criterion = level.Criteria[p.criterion-1].ID
	}
	if p.kind > 0 {
		d.Kind = p.plan.Kinds[p.kind-1].ID
	}
	var err error
	if d.Detected, err = p.detectedAt(); err != nil {
		p.at = rowDetected
		return d, err
	}
	if d.Restricted, err = model.People(p.named.Text); err != nil {
		p.at = rowNamed
	}
	return d, err
}

// dayTimeForm matches the beginning of a time of day, perhaps with a day before it.
var dayTimeForm = regexp.MustCompile(`^@((yesterday|today|\d{4}-\d\d-\d\d)[ T] *)?\d{1,2}:\d\d`)

// detectedAt parses the time of the alert like the composer: 14:32, -12m, yesterday
// 23:10. It returns the zero time for an empty field. Each error has the accepted forms.
func (p *DeclarePage) detectedAt() (time.Time, error) {
	s := strings.TrimSpace(p.detected.Text)
	if s == "" {
		return time.Time{}, nil
	}
	if s[0] != '-' && s[0] != '@' {
		s = "@" + s
	}
	now := p.l.shell.Clock.Now()
	forms := model.Safef("14:32, -12m, yesterday 23:10 or %s 23:10", now.AddDate(0, 0, -1).Format(time.DateOnly))
	at, rest, err := model.LeadingTime(s+" x", now, p.l.shell.Clock.Zone())
	switch {
	case err == nil && (at.IsZero() || strings.TrimSpace(rest) != "x"), err != nil && !dayTimeForm.MatchString(s):
		return time.Time{}, model.Refuse(model.Invalid, "%s is not a time; write %s", p.detected.Text, forms)
	case err != nil:
		return time.Time{}, model.Refuse(model.Invalid, "%s (write %s)", model.Sentence(err), forms)
	}
	return at, nil
}

// declare declares the incident in a job and enters its room.
func (p *DeclarePage) declare() {
	if p.busy {
		return
	}
	d, err := p.declaration()
	if err != nil {
		p.l.shell.Notes.Fail(err)
		return
	}
	p.busy = true
	p.l.shell.Jobs.Start(func(ctx context.Context) func() {
		short, err := p.l.env.Rooms.Declare(ctx, d)
		return func() {
			p.busy = false
			if err != nil {
				p.l.shell.Notes.Fail(err) // the form stays open
				return
			}
			p.l.form = nil
			p.l.env.Enter(short, "")
		}
	})
}
