package ui

import (
	"fmt"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/draw"
)

// itemsPage is the whole checklist by phase, with one item selected.
type itemsPage struct {
	a   *app
	sel string // id of the item
	top int
	cut bool // there are more rows than fit
}

func (p *itemsPage) more() bool { return p.cut }

func (a *app) openItems() {
	if a.in.view.Room.Lobby { // it has no checklist
		a.openAlerts()
		return
	}
	p := &itemsPage{a: a}
	for _, it := range phaseItems(a.in.view.Room, a.in.view.Room.Phase, 0) {
		if !a.in.view.Room.Settled(it) {
			p.sel = it.ID
			break
		}
	}
	a.over(p, func(o page) bool { _, ok := o.(*itemsPage); return ok })
}

func (p *itemsPage) scope() scope        { return inItems }
func (p *itemsPage) key(*tcell.EventKey) {}
func (p *itemsPage) paste(string)        {}

// order is the items as the page lists them.
func (p *itemsPage) order() []*model.Item {
	r := p.a.in.view.Room
	var out []*model.Item
	if r.Plan == nil {
		return nil
	}
	for i := range r.Plan.Phases {
		out = append(out, phaseItems(r, r.Plan.Phases[i].ID, 1<<20)...)
	}
	return out
}

func (p *itemsPage) at(list []*model.Item) int {
	for i, it := range list {
		if it.ID == p.sel {
			return i
		}
	}
	return 0
}

func (p *itemsPage) move(n int) {
	if list := p.order(); len(list) > 0 {
		p.sel = list[max(0, min(p.at(list)+n, len(list)-1))].ID
	}
}

// turn moves by ten items: they are of several rows.
func (p *itemsPage) turn(n int) { p.move(10 * n) }

func (p *itemsPage) selected() *model.Item {
	list := p.order()
	if len(list) == 0 {
		return nil
	}
	return list[p.at(list)]
}

func (p *itemsPage) draw(s tcell.Screen, r rect) {
	full := r
	r = p.a.frame(s, r, model.Lit("Checklist"))
	rows, from, to := p.rows(r.w)
	p.cut = len(rows) > r.h
	defer p.a.bottom(s, full)
	p.top = max(0, min(p.top, from-1, len(rows)-1))
	if to > p.top+r.h {
		p.top = min(to-r.h, from)
	}
	for i := range min(r.h, len(rows)-p.top) {
		draw.Put(s, r.x, r.y+i, r.w, rows[p.top+i].Clip(r.w))
	}
}

// rows are all rows of the page, and from where to where the selected item is.
func (p *itemsPage) rows(w int) (out []draw.Line, from, to int) {
	room, th := p.a.in.view.Room, p.a.th
	phase, group := "", ""
	if h := room.KindHint(); !h.IsEmpty() {
		out = append(wrapped(th.warn, h, w), nil)
	}
	chosen := p.selected()
	for _, it := range p.order() {
		if it.Phase != phase {
			if phase != "" {
				out = append(out, nil)
			}
			phase, group = it.Phase, ""
			out = append(out, p.phaseRow(phase))
		}
		if g := room.Def(it).Group; g != group {
			if group = g; g != "" {
				out = append(out, draw.L(draw.T(th.dim, model.Safef("  %s", groupWords(room, g)))))
			}
		}
		line := itemLine(room, it, p.a.now(), th)
		if it != chosen {
			out = append(out, append(blanks(2), line...))
			continue
		}
		from = len(out)
		for i, l := range wrapped(th.plain, plainText(line), w-8) { // all of it
			out = append(out, reversed(append(blanks(2+6*min(i, 1)), l...), w))
		}
		for _, f := range itemFacts(room, it, p.a.zone()) {
			out = append(out, indented(wrapped(th.dim, f, w-8), 8)...)
		}
		to = len(out)
	}
	return out, from, to
}

func (p *itemsPage) phaseRow(phase string) draw.Line {
	room, th := p.a.in.view.Room, p.a.th
	line := draw.L(draw.T(th.bold, checklistTitle(room, phase)))
	if phase == room.Phase {
		line = append(line, draw.T(th.accent, model.Lit("  now")))
	}
	if d := room.Plan.Phase(phase); d != nil && d.Objective != "" {
		line = append(line, draw.T(th.dim, model.Safef("  %s", d.Objective)))
	}
	return line
}

// itemAct begins a command about the selected item in the composer.
func itemAct(form string) func(*app) {
	return func(a *app) {
		p, ok := a.top().(*itemsPage)
		if !ok {
			return
		}
		if it := p.selected(); it != nil {
			a.in.prefill(fmt.Sprintf(form, it.N))
		}
	}
}
