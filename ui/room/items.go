package room

import (
	"fmt"
	"slices"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/keymap"
	"warroom/ui/present"
	"warroom/ui/shell"
	"warroom/ui/view"
)

// ItemsPage is the whole checklist by phase, with one item selected.
type ItemsPage struct {
	shell.Finder
	listRows
	p   *Page
	sel string // id of the item
}

func openItems(p *Page) {
	r := p.view.Room
	if r.Lobby { // it has no checklist
		OpenAlerts(p)
		return
	}
	g := &ItemsPage{p: p}
	for _, it := range view.PhaseItems(r, r.Phase, 0) {
		if !r.Settled(it) {
			g.sel = it.ID
			break
		}
	}
	p.shell.Toggle(g, func(o shell.Page) bool { _, ok := o.(*ItemsPage); return ok })
}

// Scope returns the key scope of the page.
func (g *ItemsPage) Scope() keymap.Scope { return g.ScopeOr(keymap.InItems) }

// order returns the items in the order of the page.
func (g *ItemsPage) order() []*model.Item {
	r := g.p.view.Room
	var out []*model.Item
	if r.Plan == nil {
		return nil
	}
	for i := range r.Plan.Phases {
		out = append(out, view.PhaseItems(r, r.Plan.Phases[i].ID, 1<<20)...)
	}
	if g.Active() {
		out = slices.DeleteFunc(out, func(it *model.Item) bool {
			return !g.Matches(fmt.Sprintf("%d %s @%s %s", it.N, it.Text, it.Owner, it.State))
		})
	}
	return out
}

func itemID(it *model.Item) string { return it.ID }

func (g *ItemsPage) at(list []*model.Item) int { return shell.IndexOf(list, g.sel, itemID) }

// Move moves the selection down by n items.
func (g *ItemsPage) Move(n int) { g.sel = shell.Moved(g.order(), g.sel, n, itemID) }

// Turn moves the selection by ten items per page, because an item takes several rows.
func (g *ItemsPage) Turn(n int) { g.Move(10 * n) }

func (g *ItemsPage) selected() *model.Item {
	list := g.order()
	if len(list) == 0 {
		return nil
	}
	return list[g.at(list)]
}

// Draw draws the page.
func (g *ItemsPage) Draw(s tcell.Screen, r draw.Rect) {
	full := r
	r = g.p.shell.DrawFrame(s, r, g.Title(model.Lit("Checklist")))
	rows, from, to := g.rows(r.W)
	g.draw(s, r, rows, from, to)
	g.p.shell.DrawBottom(s, full)
}

// rows returns all rows of the page, and the range of those of the selected item.
func (g *ItemsPage) rows(w int) (out []draw.Line, from, to int) {
	room, th := g.p.view.Room, g.p.shell.Theme
	phase, group := "", ""
	if h := room.KindHint(); !h.IsEmpty() {
		out = append(draw.Rows(th.Warn, h, w), nil)
	}
	chosen := g.selected()
	if chosen == nil {
		return append(out, draw.L(draw.T(th.Dim, model.Lit("no items match; Esc shows everything")))), 0, 0
	}
	for _, it := range g.order() {
		if it.Phase != phase {
			if phase != "" {
				out = append(out, nil)
			}
			phase, group = it.Phase, ""
			out = append(out, draw.Fold(g.phaseRow(phase), w, 2)...)
		}
		if g := room.Def(it).Group; g != group {
			if group = g; g != "" {
				out = append(out, draw.Indent(draw.Rows(th.Dim, present.GroupWords(room, g), w-2), 2)...)
			}
		}
		line := view.FullItemLine(room, it, g.p.shell.Clock.Now(), th)
		if it != chosen {
			out = append(out, draw.Fold(append(draw.Blanks(2), line...), w, 8)...)
			continue
		}
		from = len(out)
		for i, l := range draw.Rows(th.Plain, draw.PlainText(line), w-8) { // unabridged
			out = append(out, draw.Reversed(append(draw.Blanks(2+6*min(i, 1)), l...), w))
		}
		for _, f := range present.ItemFacts(room, it, g.p.shell.Clock.Zone()) {
			out = append(out, draw.Indent(draw.Rows(th.Dim, f, w-8), 8)...)
		}
		to = len(out)
	}
	return out, from, to
}

func (g *ItemsPage) phaseRow(phase string) draw.Line {
	room, th := g.p.view.Room, g.p.shell.Theme
	line := draw.L(draw.T(th.Bold, present.PhaseProgress(room, phase)))
	if phase == room.Phase {
		line = append(line, draw.T(th.Accent, model.Lit("  now")))
	}
	if d := room.Plan.Phase(phase); d != nil && d.Objective != "" {
		line = append(line, draw.T(th.Dim, model.Safef("  %s", d.Objective)))
	}
	return line
}

// itemAct returns a function that begins a command about the selected item in the
// composer.
func itemAct(form string) func(*ItemsPage) {
	return func(g *ItemsPage) {
		if it := g.selected(); it != nil {
			g.p.prefill(fmt.Sprintf(form, it.N))
		}
	}
}

// itemNow returns a function that sends a command about the selected item. The page and
// the composer stay as they are.
func itemNow(form string) func(*ItemsPage) {
	return func(g *ItemsPage) {
		if it := g.selected(); it != nil {
			g.sel = it.ID
			g.p.run(fmt.Sprintf(form, it.N))
		}
	}
}

// tick checks the selected item or, if it is done, begins to uncheck it.
func (g *ItemsPage) tick() {
	it := g.selected()
	switch {
	case it == nil:
	case it.State == model.ItemDone:
		itemAct(":uncheck %d ")(g)
	default:
		itemNow(":check %d")(g)
	}
}

// ItemKeys returns the keys of the checklist.
func ItemKeys() []keymap.Binding[*ItemsPage] {
	return []keymap.Binding[*ItemsPage]{
		{In: keymap.InItems, On: keymap.Runes(' '), Key: model.Lit("Space"), Name: model.Lit("tick"),
			Help: model.Lit("tick the item at once; to reopen one that is done, give a reason"),
			Do:   (*ItemsPage).tick, First: true},
		{In: keymap.InItems, On: keymap.Keys(tcell.KeyEnter), Key: model.Lit("Enter"), Name: model.Lit("result"),
			Help: model.Lit("tick the item with a result: write it and press Enter"), Do: itemAct(":check %d "),
			First: true},
		{In: keymap.InItems, On: keymap.Runes('s'), Key: model.Lit("s"), Name: model.Lit("start"),
			Help: model.Lit("start the item at once"), Do: itemNow(":start %d"), First: true},
		{In: keymap.InItems, On: keymap.Runes('b'), Key: model.Lit("b"), Name: model.Lit("block"),
			Help: model.Lit("block the item: write the reason and press Enter"), Do: itemAct(":block %d "),
			First: true},
		{In: keymap.InItems, On: keymap.Runes('a'), Key: model.Lit("a"), Name: model.Lit("assign"),
			Help: model.Lit("assign the item: name a person and press Enter"), Do: itemAct(":assign %d @"),
			First: true},
		{In: keymap.InItems, On: keymap.Runes('-'), Key: model.Lit("-"), Name: model.Lit("skip"),
			Help: model.Lit("skip the item: write the reason and press Enter"), Do: itemAct(":skip %d "),
			First: true},
	}
}
