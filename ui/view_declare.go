package ui

import (
	"slices"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/draw"
)

// draw shows the form.
func (p *declarePage) draw(s tcell.Screen, r rect) {
	p.a.bottom(s, r)
	r = p.a.frame(s, r, model.Lit("Declare an incident"))
	lines, row, col := p.lines(r.w)
	for i := range min(r.h, len(lines)) {
		draw.Put(s, r.x, r.y+i, r.w, lines[i].Clip(r.w))
	}
	news := p.newsLines(r.w)
	for i, l := range news {
		draw.Fill(s, r.x, r.y+r.h-len(news)+i, r.w, 1, p.a.th.plain)
		draw.Put(s, r.x, r.y+r.h-len(news)+i, r.w, l.Clip(r.w))
	}
	if p.field() != nil {
		s.ShowCursor(r.x+col, r.y+row)
	}
}

// newsLines say who declared what while the form is filled in.
func (p *declarePage) newsLines(w int) []draw.Line {
	if len(p.others) == 0 || p.busy {
		return nil
	}
	o := p.others[0]
	more := model.Safe{}
	if n := len(p.others) - 1; n > 0 {
		more = model.Safef(" and %s came", plural(n, "other", "others"))
	}
	how := model.Lit("Esc opens the list")
	if p.a.in != nil {
		how = model.Lit("Esc, then F5, opens the list")
	}
	say := model.Safef("%s declared %s %s ago%s; %s: %s", o.Room.DeclaredBy, o.Short, short(p.a.now().Sub(o.Room.DeclaredAt)), more, how, o.Room.Title)
	return limit(wrapped(p.a.th.mark, say, w), 2)
}

const formLabel = 12

// formText is the form of the form as it is being made.
type formText struct {
	p        *declarePage
	out      []draw.Line
	row, col int // the cursor
}

// add adds a row with a label.
func (f *formText) add(i int, label model.Safe, value draw.Line) {
	th := f.p.a.th
	left := blanks(2)
	if i == f.p.at {
		left = draw.L(draw.T(th.accent, model.Lit("> ")))
	}
	f.out = append(f.out, append(append(left, column(th.dim, label, formLabel)...), value...))
}

// field adds a row that is typed in. Empty says what belongs there.
func (f *formText) field(i int, label model.Safe, e *editor, empty model.Safe) {
	rows, _, c := e.rows(1<<16, f.p.a.th.bold)
	value := rows[0]
	if e.text == "" {
		value = draw.L(draw.T(f.p.a.th.dim, empty))
	}
	if i == f.p.at {
		f.row, f.col = len(f.out), 2+formLabel+1+c
	}
	f.add(i, label, value)
}

// lines are the rows of the form, and where the cursor of its field is.
func (p *declarePage) lines(w int) (out []draw.Line, row, col int) {
	th := p.a.th
	f := &formText{p: p}
	f.add(rowPlan, model.Lit("playbook"), p.pick(rowPlan, p.planWords()))
	if p.plan == nil {
		return append(f.out, nil, draw.L(draw.T(th.dim, model.Lit("  reading the playbook ...")))), 0, 0
	}
	f.add(rowLevel, model.Lit("severity"), p.pick(rowLevel, p.levelWords()))
	f.out = append(f.out, p.levelRows(w)...)
	f.add(rowCriterion, model.Lit("because of"), p.pick(rowCriterion, p.criterionWords()))
	f.add(rowKind, model.Lit("kind"), p.pick(rowKind, p.kindWords()))
	f.field(rowTitle, model.Lit("title"), &p.title, model.Lit("what is known to be wrong, in a few words"))
	f.field(rowDetected, model.Lit("detected"), &p.detected, model.Lit("14:32, -12m, yesterday 23:10; empty: not known"))
	if at, err := p.detectedAt(); err != nil {
		f.out = append(f.out, indented(wrapped(th.warn, model.Safef("not yet: %s", model.Sentence(err)), w-15), 15)...)
	} else if !at.IsZero() {
		f.out = append(f.out, append(blanks(15), draw.T(th.dim, model.Safef("= %s", model.Stamp(at)))))
	}
	f.field(rowNamed, model.Lit("only for"), &p.named, model.Lit("everybody here; or @bo @cy: RESTRICTED to them and you"))
	f.out = append(f.out, p.namedRows(w)...)
	yes := model.Lit("no")
	if p.drill {
		yes = model.Lit("yes, and every screen says so")
	}
	f.add(rowDrill, model.Lit("drill"), p.pick(rowDrill, yes))
	f.out = append(f.out, nil)
	say, style := model.Lit(" Declare "), th.bold
	if p.busy {
		say = model.Lit(" declaring ... ")
	}
	if p.at == rowDo {
		style = th.sel.Bold(true)
	}
	f.add(rowDo, model.Safe{}, draw.L(draw.T(style, say)))
	return f.out, f.row, f.col
}

// namedRows say who would see the room, the declarer first, or why that cannot
// be read.
func (p *declarePage) namedRows(w int) []draw.Line {
	list, err := model.People(p.named.text)
	switch {
	case err != nil:
		return indented(wrapped(p.a.th.warn, model.Safef("not yet: %s", model.Sentence(err)), w-15), 15)
	case len(list) == 0:
		return nil
	}
	list = append([]string{p.a.o.Handle}, list...)
	var who []model.Safe
	for i, h := range list {
		if !slices.Contains(list[:i], h) {
			who = append(who, model.Safef("@%s", h))
		}
	}
	return indented(wrapped(p.a.th.dim, model.Safef("= %s", model.JoinSafe(model.Lit(" "), who...)), w-15), 15)
}

// pick shows a choice with arrows where it has the keys.
func (p *declarePage) pick(i int, s model.Safe) draw.Line {
	th := p.a.th
	if i != p.at {
		return draw.L(draw.T(th.bold, s))
	}
	return draw.L(draw.T(th.accent, model.Lit("< ")), draw.T(th.bold, s), draw.T(th.accent, model.Lit(" >")))
}

func (p *declarePage) planWords() model.Safe {
	if len(p.plans) == 0 {
		return model.Lit("...")
	}
	c := p.plans[p.form.plan]
	return model.Safef("%s: %s", c.Name, c.Title)
}

func (p *declarePage) levelWords() model.Safe {
	s := p.plan.Severities[p.level]
	out := model.Safef("%s %s", s.ID, s.Label)
	for _, a := range s.Aliases {
		out = model.Safef("%s, %s", out, a)
	}
	return out
}

// levelRows say what the severity means, with its criteria.
func (p *declarePage) levelRows(w int) []draw.Line {
	th := p.a.th
	s := p.plan.Severities[p.level]
	out := indented(wrapped(th.dim, model.Clean(s.Definition), w-15), 15)
	for i, c := range s.Criteria {
		mark, style := model.Lit("-"), th.dim
		if i+1 == p.criterion {
			mark, style = model.Lit(">"), th.accent
		}
		out = append(out, append(blanks(15), draw.T(style, model.Safef("%s %s", mark, c.Text))))
	}
	return out
}

func (p *declarePage) criterionWords() model.Safe {
	if p.criterion == 0 {
		return model.Lit("not said")
	}
	return model.CleanLine(p.plan.Severities[p.level].Criteria[p.criterion-1].Text)
}

func (p *declarePage) kindWords() model.Safe {
	if p.kind == 0 {
		return model.Lit("not known yet")
	}
	return model.CleanLine(p.plan.Kinds[p.kind-1].Label)
}
