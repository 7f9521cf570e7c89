package room

import (
	"github.com/gdamore/tcell/v2"

	"warroom/ui/draw"
	"warroom/ui/keymap"
	"warroom/ui/view"
)

// NewWall returns the wall display of a room.
func NewWall(p *Page) *Wall { return &Wall{p} }

// Wall is the display of a room on a wall. It takes no input.
type Wall struct{ p *Page }

// Scope returns the key scope of the page.
func (p *Wall) Scope() keymap.Scope { return keymap.InWall }

// Key does nothing. All keys of the page are in the key table.
func (p *Wall) Key(*tcell.EventKey) {}

// Paste does nothing.
func (p *Wall) Paste(string) {}

// Draw draws the page.
func (p *Wall) Draw(s tcell.Screen, r draw.Rect) {
	v, now, th := p.p.view, p.p.shell.Clock.Now(), p.p.shell.Theme
	head := view.WallHeader(v, now, r.W, th)
	for i, l := range head {
		draw.Put(s, r.X, r.Y+i, r.W, l.Clip(r.W))
	}
	p.p.shell.DrawBottom(s, r)
	for i, l := range view.WallRows(v, now, r.W-4, r.H-1-len(head), th) {
		draw.Put(s, r.X+2, r.Y+len(head)+i, r.W-4, l.Clip(r.W-4))
	}
}
