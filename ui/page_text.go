package ui

import (
	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/draw"
)

// textPage is a page of lines that can be scrolled. Its lines are made anew for
// every frame, so it shows the room as it is.
type textPage struct {
	a     *app
	title model.Safe
	lines func(w int) []draw.Line
	top   int
	h     int
	n     int
}

// isMore says whether the page on top has more rows than it shows.
func (a *app) isMore() bool {
	p, ok := a.top().(interface{ more() bool })
	return ok && p.more()
}

func (p *textPage) more() bool { return p.n > p.h }

func (p *textPage) scope() scope { return inPage }

func (p *textPage) draw(s tcell.Screen, r rect) {
	title := p.title
	if p.n > p.h && p.h > 0 {
		title = model.Safef("%s %d%%", title, min(100, 100*(p.top+p.h)/p.n))
	}
	full := r
	r = p.a.frame(s, r, title)
	lines := p.lines(r.w)
	p.n, p.h = len(lines), r.h
	p.top = max(0, min(p.top, p.n-p.h))
	for i := range min(r.h, p.n-p.top) {
		draw.Put(s, r.x, r.y+i, r.w, lines[p.top+i].Clip(r.w))
	}
	p.a.bottom(s, full)
}

func (p *textPage) key(*tcell.EventKey) {}
func (p *textPage) paste(string)        {}

// move scrolls by rows.
func (p *textPage) move(n int) { p.top = max(0, min(p.top+n, p.n-p.h)) }

// turn scrolls by pages, less a row to go on reading from.
func (p *textPage) turn(n int) { p.move(n * max(1, p.h-1)) }

// mover is a page with something to move in.
type mover interface {
	move(n int)
	turn(n int) // by pages
}

func pageKeys() []binding {
	move := func(n int) func(*app) {
		return func(a *app) {
			if m, ok := a.top().(mover); ok {
				m.move(n)
			}
		}
	}
	turn := func(n int) func(*app) {
		return func(a *app) {
			if m, ok := a.top().(mover); ok {
				m.turn(n)
			}
		}
	}
	return []binding{
		{in: inPage | inItems | inAlerts, on: append(k(tcell.KeyUp), letter('k')...), key: model.Lit("Up, Down, k, j"), name: model.Lit("move"), help: model.Lit("move by a row"), do: move(-1)},
		{in: inPage | inItems | inAlerts, on: append(k(tcell.KeyDown), letter('j')...), do: move(1)},
		{in: inPage | inItems | inAlerts, on: append(k(tcell.KeyPgUp), letter('b')...), key: model.Lit("PgUp, PgDn"), name: model.Lit("more"), help: model.Lit("move by a page"), do: turn(-1), first: true, when: (*app).isMore},
		{in: inPage | inItems | inAlerts, on: append(k(tcell.KeyPgDn), letter(' ')...), do: turn(1)},
		{in: inPage | inItems | inAlerts, on: append(k(tcell.KeyHome), letter('g')...), key: model.Lit("Home, End"), help: model.Lit("the first row, the last"), do: move(-1 << 20)},
		{in: inPage | inItems | inAlerts, on: append(k(tcell.KeyEnd), letter('G')...), do: move(1 << 20)},
		{in: inVerify, on: letter('y'), key: model.Lit("y"), name: model.Lit("copy"), help: model.Lit("copy the newest checkpoint to the clipboard of your terminal"), do: (*app).copyPoint, not: (*app).noPoint, first: true},
		{in: inPage | inItems | inAlerts, on: letter('q'), key: model.Lit("q"), help: model.Lit("close the page"), do: (*app).goBack},
		{in: inItems, on: k(tcell.KeyEnter), key: model.Lit("Enter"), name: model.Lit("check"), help: model.Lit("begin to check the item; you send it"), do: itemAct(":check %d "), first: true},
		{in: inItems, on: letter('s'), key: model.Lit("s"), name: model.Lit("start"), help: model.Lit("begin to start the item"), do: itemAct(":start %d"), first: true},
		{in: inItems, on: letter('-'), key: model.Lit("-"), name: model.Lit("skip"), help: model.Lit("begin to skip the item; it asks for a reason"), do: itemAct(":skip %d "), first: true},
		{in: inItems, on: letter('!'), key: model.Lit("!"), name: model.Lit("block"), help: model.Lit("begin to block the item; it asks for a reason"), do: itemAct(":block %d "), first: true},
		{in: inRedact, on: letter('y'), key: model.Lit("y"), name: model.Lit("redact"), help: model.Lit("take its text out, for good"), do: (*app).redact, first: true},
		{in: inPaste, on: letter('1'), key: model.Lit("1"), name: model.Lit("one note"), help: model.Lit("put the paste into the composer as one note"), do: (*app).pasteOne, not: (*app).notOne, first: true},
		{in: inPaste, on: letter('n'), key: model.Lit("n"), name: model.Lit("a note a line"), help: model.Lit("send every line of the paste as a note of its own"), do: (*app).pasteMany, not: (*app).notMany, first: true},
		{in: inPaste, on: letter('s'), key: model.Lit("s"), name: model.Lit("save"), help: model.Lit("save the paste to a file"), do: (*app).pasteSave, first: true},
	}
}

// over opens a page over the room, or closes it where it is open.
func (a *app) over(p page, same func(page) bool) {
	if same(a.top()) {
		a.closePage()
		return
	}
	if len(a.pages) > 1 && a.top().scope()&(inPage|inItems|inAlerts) != 0 {
		a.closePage()
	}
	a.open(p)
}

func (a *app) openText(title model.Safe, lines func(w int) []draw.Line) {
	p := &textPage{a: a, title: title, lines: lines}
	a.over(p, func(o page) bool {
		t, ok := o.(*textPage)
		return ok && t.title == title
	})
}

func (a *app) openClocks() {
	a.openText(model.Lit("Clocks"), func(w int) []draw.Line {
		return clockPage(a.in.view.Room, a.now(), w, a.zone(), a.th)
	})
}

func (a *app) openPeople() {
	a.openText(model.Lit("Roles and people"), func(w int) []draw.Line {
		return peoplePage(a.in.view, a.now(), a.o.Contacts, w, a.th)
	})
}

func (a *app) openHelp() {
	a.openText(model.Lit("Help"), func(w int) []draw.Line { return helpLines(a.keys, w, a.th) })
}

// openDetail shows all about the selected line.
func (a *app) openDetail() {
	seq := a.in.tl.sel
	a.openText(model.Safef("Line %d", seq), func(w int) []draw.Line {
		return detailLines(a.in.view.Room, seq, w, a.zone(), a.th)
	})
}
