package ui

import (
	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/draw"
)

// draw shows the form.
func (p *declarePage) draw(s tcell.Screen, r rect) {
	r = p.a.frame(s, r, model.Lit("Declare an incident"))
	lines, row, col := p.lines(r.w)
	for i := range min(r.h, len(lines)) {
		draw.Put(s, r.x, r.y+i, r.w, lines[i].Clip(r.w))
	}
	if p.field() != nil {
		s.ShowCursor(r.x+col, r.y+row)
	}
}

const formLabel = 12

// lines are the rows of the form, and where the cursor of its field is.
func (p *declarePage) lines(w int) (out []draw.Line, row, col int) {
	th := p.a.th
	add := func(i int, label model.Safe, value draw.Line) {
		l := append(column(th.dim, label, formLabel), value...)
		if i == p.at {
			l = append(draw.L(draw.T(th.accent, model.Lit("> "))), l...)
		} else {
			l = append(blanks(2), l...)
		}
		out = append(out, l)
	}
	text := func(i int, label model.Safe, e *editor, empty model.Safe) {
		rows, _, c := e.rows(1<<16, th.bold)
		value := rows[0]
		if e.text == "" && i != p.at {
			value = draw.L(draw.T(th.dim, empty))
		}
		if i == p.at {
			row, col = len(out), 2+formLabel+1+c
			if e.text == "" {
				value = draw.L(draw.T(th.dim, empty))
			}
		}
		add(i, label, value)
	}
	add(rowPlan, model.Lit("playbook"), p.pick(rowPlan, p.planWords()))
	if p.plan == nil {
		out = append(out, nil, draw.L(draw.T(th.dim, model.Lit("  reading the playbook ..."))))
		return out, 0, 0
	}
	add(rowLevel, model.Lit("severity"), p.pick(rowLevel, p.levelWords()))
	out = append(out, p.levelRows(w)...)
	add(rowCriterion, model.Lit("because of"), p.pick(rowCriterion, p.criterionWords()))
	add(rowKind, model.Lit("kind"), p.pick(rowKind, p.kindWords()))
	text(rowTitle, model.Lit("title"), &p.title, model.Lit("what is known to be wrong, in a few words"))
	text(rowDetected, model.Lit("detected"), &p.detected, model.Lit("14:32, -12m, yesterday 23:10; empty: not known"))
	if at, err := p.detectedAt(); err != nil {
		out = append(out, indented(wrapped(th.warn, model.Safef("not yet: %s", model.Sentence(err)), w-15), 15)...)
	} else if !at.IsZero() {
		out = append(out, append(blanks(15), draw.T(th.dim, model.Safef("= %s", model.Stamp(at)))))
	}
	yes := model.Lit("no")
	if p.drill {
		yes = model.Lit("yes, and every screen says so")
	}
	add(rowDrill, model.Lit("drill"), p.pick(rowDrill, yes))
	out = append(out, nil)
	say := model.Lit(" Declare ")
	if p.busy {
		say = model.Lit(" declaring ... ")
	}
	style := th.bold
	if p.at == rowDo {
		style = th.sel.Bold(true)
	}
	add(rowDo, model.Safe{}, draw.L(draw.T(style, say)))
	return out, row, col
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
