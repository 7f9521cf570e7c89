package ui

import (
	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/draw"
)

// maxAhead is how many keys are kept while a room opens.
const maxAhead = 8192

// waitPage says what is being waited for. Who knows where they are going types
// at once: what is typed ahead of a room is kept for its composer.
type waitPage struct {
	a     *app
	what  model.Safe
	ahead []typedAhead
}

// typedAhead is a key, or a paste where there is none.
type typedAhead struct {
	key   *tcell.EventKey
	paste string
}

func (p *waitPage) scope() scope           { return inWait }
func (p *waitPage) key(ev *tcell.EventKey) { p.keep(typedAhead{key: ev}) }
func (p *waitPage) paste(text string)      { p.keep(typedAhead{paste: text}) }
func (p *waitPage) keep(what typedAhead) {
	if len(p.ahead) < maxAhead {
		p.ahead = append(p.ahead, what)
	}
}

func (p *waitPage) draw(s tcell.Screen, r rect) {
	draw.Put(s, r.x+2, r.y+1, r.w-4, draw.L(draw.T(p.a.th.dim, p.what)))
	row := r.y + 3
	if len(p.ahead) > 0 {
		draw.Put(s, r.x+2, row, r.w-4, draw.L(draw.T(p.a.th.dim, model.Lit("what you type goes into the room as soon as it is open"))))
		row += 2
	}
	for i, l := range p.a.noteRows(r.w - 4) {
		draw.Put(s, r.x+2, row+i, r.w-4, l)
	}
	p.a.bottom(s, r)
}

// typed hands on what was typed before the room was open. A draft that was
// kept is not mixed with it.
func (a *app) typed(ahead []typedAhead) {
	if len(ahead) == 0 {
		return
	}
	if draft := a.in.comp.text; draft != "" {
		a.in.comp.history.add(draft)
		a.in.comp.set("")
		defer a.tell(model.Lit("the draft you left here is one line up (Up)"))
	}
	for _, t := range ahead {
		if t.key == nil {
			a.top().paste(t.paste)
			continue
		}
		a.onKey(t.key)
	}
}
