package ui

import (
	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/draw"
)

// waitPage says what is being waited for.
type waitPage struct {
	a    *app
	what model.Safe
}

func (p *waitPage) scope() scope        { return inWait }
func (p *waitPage) key(*tcell.EventKey) {}
func (p *waitPage) paste(string)        {}

func (p *waitPage) draw(s tcell.Screen, r rect) {
	draw.Put(s, r.x+2, r.y+1, r.w-4, draw.L(draw.T(p.a.th.dim, p.what)))
	if !p.a.say.text.IsEmpty() {
		draw.Put(s, r.x+2, r.y+3, r.w-4, draw.L(p.a.noteSpan()).Clip(r.w-4))
	}
	p.a.bottom(s, r)
}
