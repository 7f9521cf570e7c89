package room

import (
	"slices"
	"strings"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/keymap"
	"warroom/ui/present"
	"warroom/ui/shell"
)

// PointsPage lists what resolving or closing would leave open, with one point selected. Each
// is done, or gets a reason.
type PointsPage struct {
	shell.Finder
	listRows
	p      *Page
	closes bool   // for :close, not :resolve
	text   string // what the refused line had after the command
	sel    string // id of the point
}

func openPoints(p *Page) { showPoints(p, p.view.Room.Status != model.Open, "") }

func showPoints(p *Page, closes bool, text string) {
	g := &PointsPage{p: p, closes: closes, text: text}
	if left := p.view.Room.PointsLeft(closes, p.shell.Clock.Now()); len(left) > 0 {
		g.sel = left[0].ID
	}
	p.shell.Toggle(g, func(o shell.Page) bool { _, ok := o.(*PointsPage); return ok })
}

// asksPoints opens the list of open points if a line that resolves or closes is refused only
// because points have no reason. The line can be recalled with Up.
func asksPoints(p *Page, line string) bool {
	verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
	if verb != ":close" && verb != ":resolve" || strings.HasPrefix(rest, "override") ||
		strings.HasPrefix(rest, "answer") {
		return false
	}
	r := p.view.Room
	left := r.PointsLeft(verb == ":close", p.shell.Clock.Now())
	if len(left) == 0 || verb == ":resolve" && r.Status != model.Open || !r.Has(p.ctx().Who.Handle, p.ctx().Who.Key,
		model.PowerAll) {
		return false
	}
	p.comp.done(line)
	showPoints(p, verb == ":close", strings.TrimSpace(rest))
	p.shell.Notes.Show(model.Safef("%s without a reason: give each a reason, then send the line again with Esc, Up, "+
		"Enter",
		present.Plural(len(left), "open point", "open points")))
	return true
}

// Scope returns the key scope of the page.
func (g *PointsPage) Scope() keymap.Scope { return g.ScopeOr(keymap.InPoints) }

// list returns the points: those without a reason first.
func (g *PointsPage) list() []model.OpenPoint {
	all := g.p.view.Room.Points(g.closes, g.p.shell.Clock.Now())
	slices.SortStableFunc(all, func(a, b model.OpenPoint) int { return rank(a) - rank(b) })
	if g.Active() {
		all = slices.DeleteFunc(all, func(o model.OpenPoint) bool {
			return !g.Matches(present.PointWords(&o).String())
		})
	}
	return all
}

func rank(o model.OpenPoint) int {
	if o.Answer != nil {
		return 1
	}
	return 0
}

func pointID(o model.OpenPoint) string { return o.ID }

func (g *PointsPage) at(list []model.OpenPoint) int { return shell.IndexOf(list, g.sel, pointID) }

// Move moves the selection down by n points.
func (g *PointsPage) Move(n int) { g.sel = shell.Moved(g.list(), g.sel, n, pointID) }

// Turn moves the selection by pages.
func (g *PointsPage) Turn(n int) { g.Move(10 * n) }

// selected returns the selected point if it has no reason yet.
func (g *PointsPage) selected() *model.OpenPoint {
	list := g.list()
	if len(list) == 0 || list[g.at(list)].Answer != nil {
		return nil
	}
	return &list[g.at(list)]
}

// Draw draws the page.
func (g *PointsPage) Draw(s tcell.Screen, r draw.Rect) {
	full := r
	r = g.p.shell.DrawFrame(s, r, g.Title(model.Lit("Open points")))
	rows, from, to := g.rows(r.W)
	g.draw(s, r, rows, from, to)
	g.p.shell.DrawBottom(s, full)
}

// rows returns all rows of the page, and the range of those of the selected point.
func (g *PointsPage) rows(w int) (out []draw.Line, from, to int) {
	th, list := g.p.shell.Theme, g.list()
	if len(list) == 0 {
		return []draw.Line{draw.L(draw.T(th.Dim, model.Lit("nothing is open")))}, 0, 0
	}
	out = append(draw.Rows(th.Dim, model.Lit("Finish each, or leave it open with a reason."), w), nil)
	for i := range list {
		style := th.Plain
		if list[i].Answer != nil {
			style = th.Dim
		}
		rows := draw.Rows(style, present.PointWords(&list[i]), w-4)
		if i != g.at(list) {
			out = append(out, draw.Indent(rows, 2)...)
			continue
		}
		from = len(out)
		for _, l := range rows {
			out = append(out, draw.Reversed(append(draw.Blanks(2), l...), w))
		}
		to = len(out)
	}
	return out, from, to
}

func (g *PointsPage) verb() string {
	if g.closes {
		return ":close"
	}
	return ":resolve"
}

// reason begins the line with the reason of the selected point. The page opens again when the
// line was sent.
func (g *PointsPage) reason() {
	if o := g.selected(); o != nil {
		g.p.prefill(g.verb() + " answer " + o.ID + " ")
		g.p.points = g
	}
}

// same gives the selected point the last reason that this person gave.
func (g *PointsPage) same() {
	if o := g.selected(); o != nil {
		g.Move(1)
		g.p.run(g.verb() + " answer " + o.ID + " " + g.lastReason())
	}
}

// lastReason returns the last reason that this person gave for a point, or empty text.
func (g *PointsPage) lastReason() string {
	for _, a := range slices.Backward(g.p.view.Room.PointAnswers) {
		if a.By == g.p.ctx().Who.Handle && a.EndedAt.IsZero() {
			return a.Reason
		}
	}
	return ""
}

func (g *PointsPage) noSame() model.Safe {
	if g.lastReason() == "" {
		return model.Lit("give a first reason with Enter")
	}
	return model.Safe{}
}

// all begins the line with one reason for everything that is open: what the refused line had
// already, so that it is not lost.
func (g *PointsPage) all() { g.p.prefill(g.verb() + " override " + g.text) }

// backToPoints opens the list again after a reason that was begun there was sent.
func backToPoints(p *Page, act model.Act) {
	g := p.points
	p.points = nil
	if _, ok := act.Body.(*model.PointAnswered); ok && g != nil {
		g.Move(1)
		p.shell.Open(g)
	}
}

// PointKeys returns the keys of the list of open points.
func PointKeys() []keymap.Binding[*PointsPage] {
	return []keymap.Binding[*PointsPage]{
		{In: keymap.InPoints, On: keymap.Keys(tcell.KeyEnter), Key: model.Lit("Enter"), Name: model.Lit("reason"),
			Help: model.Lit("leave the point open: write the reason and press Enter"), Do: (*PointsPage).reason,
			First: true},
		{In: keymap.InPoints, On: keymap.Runes('s'), Key: model.Lit("s"), Name: model.Lit("same"),
			Help: model.Lit("leave the point open with the last reason that you gave"), Do: (*PointsPage).same,
			Not: (*PointsPage).noSame, First: true},
		{In: keymap.InPoints, On: keymap.Runes('a'), Key: model.Lit("a"), Name: model.Lit("all"),
			Help: model.Lit("resolve or close now, with one reason for everything that is open"),
			Do:   (*PointsPage).all, First: true},
	}
}
