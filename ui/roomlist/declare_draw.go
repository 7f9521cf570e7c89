package roomlist

import (
	"slices"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/lineedit"
	"warroom/ui/present"
)

// Draw draws the form.
func (p *DeclarePage) Draw(s tcell.Screen, r draw.Rect) {
	p.l.shell.DrawBottom(s, r)
	r = p.l.shell.DrawFrame(s, r, model.Lit("Declare an incident"))
	lines, row, col := p.lines(r.W)
	top := max(0, min(row-r.H/2, len(lines)-r.H)) // keep the selected row visible
	for i := range min(r.H, len(lines)-top) {
		draw.Put(s, r.X, r.Y+i, r.W, lines[top+i].Clip(r.W))
	}
	updates := p.updateLines(r.W)
	for i, l := range updates {
		draw.Fill(s, r.X, r.Y+r.H-len(updates)+i, r.W, 1, p.l.shell.Theme.Plain)
		draw.Put(s, r.X, r.Y+r.H-len(updates)+i, r.W, l.Clip(r.W))
	}
	if p.field() != nil {
		s.ShowCursor(r.X+col, r.Y+row-top)
	}
}

// updateLines returns a note about the rooms that others declared while the form is open.
func (p *DeclarePage) updateLines(w int) []draw.Line {
	if len(p.others) == 0 || p.busy {
		return nil
	}
	o := p.others[0]
	more := model.Safe{}
	if n := len(p.others) - 1; n > 0 {
		more = model.Safef("and %s joined", present.Plural(n, "other", "others"))
	}
	hint := model.Lit("Esc opens the list")
	if p.l.shell.Room != nil {
		hint = model.Lit("Esc, then F5, opens the list")
	}
	message := model.Safef("%s declared %s %s ago%s; %s: %s", o.Room.DeclaredBy, o.Short,
		present.Brief(p.l.shell.Clock.Now().Sub(o.Room.DeclaredAt)), more, hint, o.Room.Title)
	return draw.Limit(draw.Rows(p.l.shell.Theme.Mark, message, w), 2)
}

const formLabel = 12

// formText collects the rows of the form.
type formText struct {
	p        *DeclarePage
	w        int
	out      []draw.Line
	row, col int // position of the cursor
}

// add adds a row with a label.
func (f *formText) add(i int, label model.Safe, value draw.Line) {
	th := f.p.l.shell.Theme
	left := draw.Blanks(2)
	if i == f.p.at {
		left, f.row = draw.L(draw.T(th.Accent, model.Lit("> "))), len(f.out)
	}
	f.out = append(f.out, append(append(left, draw.Column(th.Dim, label, formLabel)...), value...))
}

// field adds a row with a text field. empty is shown in an empty field.
func (f *formText) field(i int, label model.Safe, e *lineedit.Editor, empty model.Safe) {
	rows, r, c := e.Rows(f.w-2-formLabel-2, f.p.l.shell.Theme.Bold)
	value := rows[0]
	if i == f.p.at {
		value = rows[r] // the row with the cursor
	} else if len(rows) > 1 {
		value = append(value[:len(value):len(value)], draw.T(f.p.l.shell.Theme.Dim, model.Lit("…")))
	}
	if e.Text == "" {
		value = draw.L(draw.T(f.p.l.shell.Theme.Dim, empty))
	}
	if i == f.p.at {
		f.col = 2 + formLabel + 1 + c
	}
	f.add(i, label, value)
}

// lines returns the rows of the form and the position of the cursor.
func (p *DeclarePage) lines(w int) (out []draw.Line, row, col int) {
	th := p.l.shell.Theme
	f := &formText{p: p, w: w}
	f.add(rowPlan, model.Lit("playbook"), p.pick(rowPlan, p.planWords()))
	if p.plan == nil {
		return append(f.out, nil, draw.L(draw.T(th.Dim, model.Lit("  reading the playbook ...")))), 0, 0
	}
	f.add(rowLevel, model.Lit("severity"), p.pick(rowLevel, p.levelWords()))
	f.out = append(f.out, p.levelRows(w)...)
	f.add(rowCriterion, model.Lit("criterion"), p.pick(rowCriterion, p.criterionWords()))
	f.add(rowKind, model.Lit("kind"), p.pick(rowKind, p.kindWords()))
	f.field(rowTitle, model.Lit("title"), &p.title, titleAbout)
	if s := p.similar(); !s.IsEmpty() {
		f.out = append(f.out, draw.Indent(draw.Limit(draw.Rows(th.Warn, s, w-15), 2), 15)...)
	}
	f.field(rowDetected, model.Lit("detected"), &p.detected,
		model.Lit("14:32, -12m, yesterday 23:10; blank if unknown"))
	if at, err := p.detectedAt(); err != nil {
		f.out = append(f.out,
			draw.Indent(draw.Rows(th.Warn, model.Sentence(err), w-15), 15)...)
	} else if !at.IsZero() {
		f.out = append(f.out, append(draw.Blanks(15), draw.T(th.Dim, model.Safef("= %s", model.FormatTime(at)))))
	}
	f.field(rowNamed, model.Lit("restrict to"), &p.named,
		model.Lit("blank for all, @bo @cy for them and you"))
	f.out = append(f.out, p.namedRows(w)...)
	yes := model.Lit("no")
	if p.drill {
		yes = model.Lit("yes; every screen shows DRILL")
	}
	f.add(rowDrill, model.Lit("drill"), p.pick(rowDrill, yes))
	f.out = append(f.out, nil)
	label, style := model.Lit(" Declare "), th.Bold
	if p.busy {
		label = model.Lit(" declaring ... ")
	}
	if p.at == rowDo {
		style = th.Sel
	}
	f.add(rowDo, model.Safe{}, draw.L(draw.T(style, label)))
	return f.out, f.row, f.col
}

// similar returns a warning with the open rooms that have a similar title.
func (p *DeclarePage) similar() model.Safe {
	if t := p.title.Text; t != p.alike.title {
		p.alike.title, p.alike.line = t, model.SimilarTitlesLine(model.SimilarTitles(t, p.rooms))
	}
	return p.alike.line
}

// namedRows returns the people who would see the room, the declarer first, or an error.
func (p *DeclarePage) namedRows(w int) []draw.Line {
	list, err := model.People(p.named.Text)
	switch {
	case err != nil:
		return draw.Indent(draw.Rows(p.l.shell.Theme.Warn, model.Sentence(err), w-15), 15)
	case len(list) == 0:
		return nil
	}
	list = append([]string{p.l.env.Handle}, list...)
	var who []model.Safe
	for i, h := range list {
		if !slices.Contains(list[:i], h) {
			who = append(who, model.Safef("@%s", h))
		}
	}
	return draw.Indent(draw.Rows(p.l.shell.Theme.Dim, model.Safef("= %s", model.JoinSafe(model.Lit(" "), who...)),
		w-15),
		15)
}

// pick returns a choice, with arrows if its row is selected.
func (p *DeclarePage) pick(i int, s model.Safe) draw.Line {
	th := p.l.shell.Theme
	if i != p.at {
		return draw.L(draw.T(th.Bold, s))
	}
	return draw.L(draw.T(th.Accent, model.Lit("< ")), draw.T(th.Bold, s), draw.T(th.Accent, model.Lit(" >")))
}

func (p *DeclarePage) planWords() model.Safe {
	if len(p.plans) == 0 {
		return model.Lit("...")
	}
	c := p.plans[p.form.plan]
	return model.Safef("%s: %s", c.Name, c.Title)
}

func (p *DeclarePage) levelWords() model.Safe {
	if p.severity() == nil {
		return model.Lit("not chosen")
	}
	s := p.severity()
	out := model.Safef("%s %s", s.ID, s.Label)
	for _, a := range s.Aliases {
		out = model.Safef("%s, %s", out, a)
	}
	return out
}

// levelRows returns the definition and the criteria of the selected severity.
func (p *DeclarePage) levelRows(w int) []draw.Line {
	th := p.l.shell.Theme
	s := p.severity()
	if s == nil {
		return p.levelChoices(w)
	}
	out := p.consequences(s, w)
	out = append(out, draw.Indent(draw.Rows(th.Dim, model.Clean(s.Definition), w-15), 15)...)
	for i, c := range s.Criteria {
		mark, style := model.Lit("-"), th.Dim
		if i+1 == p.criterion {
			mark, style = model.Lit(">"), th.Accent
		}
		out = append(out, append(draw.Blanks(15), draw.T(style, model.Safef("%s %s", mark, c.Text))))
	}
	return out
}

// levelChoices returns all severities with their numbers and definitions.
func (p *DeclarePage) levelChoices(w int) []draw.Line {
	th := p.l.shell.Theme
	var out []draw.Line
	for i, s := range p.plan.Severities {
		name := draw.L(draw.T(th.Accent, model.Safef("%d  ", i+1)), draw.T(th.Bold, model.Safef("%s ", s.ID)))
		text := model.Safef("%s: %s", s.Label, s.Definition)
		if starts := p.starts(&p.plan.Severities[i]); !starts.IsEmpty() {
			text = model.Safef("%s %s", text, starts)
		}
		left := 15 + name.Width()
		if w < 70 {
			line := append(name, draw.T(th.Dim, text))
			out = append(out, append(draw.Blanks(15), line.Clip(w-15)...))
			continue
		}
		for k, l := range draw.Rows(th.Dim, text, w-left) {
			if k == 0 {
				out = append(out, append(append(draw.Blanks(15), name...), l...))
				continue
			}
			out = append(out, append(draw.Blanks(left), l...))
		}
	}
	return out
}

// consequences returns the deadlines that a severity starts.
func (p *DeclarePage) consequences(s *model.Severity, w int) []draw.Line {
	starts := p.starts(s)
	if starts.IsEmpty() {
		return nil
	}
	return draw.Indent(draw.Rows(p.l.shell.Theme.Warn, starts, w-15), 15)
}

// starts are the deadlines that a severity starts, in words.
func (p *DeclarePage) starts(s *model.Severity) model.Safe {
	var parts []model.Safe
	for i := range p.plan.Clocks {
		c := &p.plan.Clocks[i]
		switch {
		case len(c.Severities) > 0 && !slices.Contains(c.Severities, s.ID):
		case c.Start == model.StartSeverity && c.After > 0:
			parts = append(parts, model.Safef("%s within %s", c.Label, c.After))
		case c.Start == model.StartDeclared && c.Every > 0:
			parts = append(parts, model.Safef("%s every %s", c.Label, c.Every))
		}
	}
	if len(parts) == 0 {
		return model.Safe{}
	}
	return model.Safef("Starts: %s", model.JoinSafe(model.Lit(", "), parts...))
}

func (p *DeclarePage) criterionWords() model.Safe {
	if p.criterion == 0 {
		return model.Lit("(optional)")
	}
	return model.CleanLine(p.severity().Criteria[p.criterion-1].Text)
}

func (p *DeclarePage) kindWords() model.Safe {
	if p.kind == 0 {
		return model.Lit("(optional)")
	}
	return model.CleanLine(p.plan.Kinds[p.kind-1].Label)
}
