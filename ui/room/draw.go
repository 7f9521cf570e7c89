package room

import (
	"time"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/keymap"
	"warroom/ui/theme"
	"warroom/ui/view"
)

// A room from top to bottom: header, attention, panes (or two rows of them), timeline,
// waiting lines, hint, composer, keys.

// Draw draws the room.
func (p *Page) Draw(s tcell.Screen, r draw.Rect) {
	p.shell.DrawBottom(s, r)
	r.H--
	r.H -= p.comp.draw(s, r, p.prompted.of(p), p.mode == keymap.InWrite, p.shell.Theme)
	m := firstMatter(p)
	if !drawAlike(p, s, r, m) {
		drawUpper(p, s, r, m)
	}
	if p.log.tl.Scan() {
		p.shell.Redraw() // continue filtering with the next frame
	}
}

// drawUpper draws what is above the composer, and the hint, which is in the row below r.
func drawUpper(p *Page, s tcell.Screen, r draw.Rect, m matter) {
	p.shell.DrawHeader(s, r)
	r.Y, r.H = r.Y+1, r.H-1
	for _, l := range attention(p, m, r.W) {
		draw.Put(s, r.X, r.Y, r.W, l.Clip(r.W))
		r.Y, r.H = r.Y+1, r.H-1
	}
	n := p.drawPanes(s, r)
	r.Y, r.H = r.Y+n, r.H-n
	hint := hintRows(p, r)
	log := r
	if p.log.tl.Follows() {
		log.H -= max(0, len(hint)-1) // keeps the newest line visible above the hint
	}
	p.drawLog(s, log)
	drawHint(s, r, hint, p.shell.Theme)
}

// prompted is the prompt of the composer for a person with a right and roles.
type prompted struct {
	room  *model.Room
	watch bool
	roles []string
	text  model.Safe
}

// of returns the prompt in a page's state of the room.
func (k *prompted) of(p *Page) model.Safe {
	r, me := p.view.Room, p.env.Handle
	if k.room == r {
		return k.text
	}
	k.room = r
	m, _ := r.Member(p.session.Who().Key)
	if watch := m.Right == model.Watch; k.text.IsEmpty() || watch != k.watch || !r.HasRoles(me, k.roles) {
		k.watch, k.roles, k.text = watch, r.RolesOf(me), view.Prompt(r, p.session.Who(), me)
	}
	return k.text
}

// attention returns the rows that need the viewer's attention or, if there are none, the
// signals of the radar.
func attention(p *Page, m matter, w int) []draw.Line {
	now, th := p.shell.Clock.Second(), p.shell.Theme
	if m.waits {
		return view.MatterRows(m.first, p.view.Proof, w, th)
	}
	return p.shell.Derived("radar", w, 0, func() any {
		return view.RadarRows(p.view, now, w, th)
	}).([]draw.Line)
}

// drawPanes draws the state of the room and returns the number of rows.
func (p *Page) drawPanes(s tcell.Screen, r draw.Rect) int {
	v := p.view
	wide, h := r.W >= 96 && r.H >= 22, 3
	if wide {
		limit := min(max(7, r.H/3), 20)
		h = p.shell.Derived("height of the panes", r.W, limit, func() any {
			return view.PanesHeight(v, p.shell.Clock.Second(), r.W, limit, p.shell.Theme)
		}).(int)
	}
	if v.Room.Lobby {
		h = min(max(4, r.H/2), len(v.Room.OpenAlerts())+2)
	}
	r.H = h
	p.panes = panes{view: v, wide: wide}
	p.shell.DrawPanes(s, r, wide, &p.panes)
	p.panes.view = nil // it may be long until they are drawn here again
	return h
}

// panes paint the state of a room.
type panes struct {
	view *model.View
	wide bool // side by side
}

// PaintPanes implements [shell.Painter].
func (p *panes) PaintPanes(s tcell.Screen, r draw.Rect, now time.Time, th *theme.Theme) {
	v := p.view
	if v.Room.Lobby {
		for i, l := range view.LobbyRows(v.Room, now, r.W, r.H-1, th) {
			draw.Put(s, r.X, r.Y+i, r.W, l.Clip(r.W))
		}
		draw.Put(s, r.X, r.Y+r.H-1, r.W, draw.L(draw.T(th.Dim, draw.Rule(r.W, th.ASCII))))
		return
	}
	if p.wide {
		view.DrawPanes(s, r, v, now, th)
		return
	}
	draw.Put(s, r.X, r.Y, r.W, view.NextClocks(v.Room, now, r.W, th).Clip(r.W))
	draw.Put(s, r.X, r.Y+1, r.W, view.NextItem(v.Room, now, r.W, th))
	draw.Put(s, r.X, r.Y+2, r.W, draw.L(draw.T(th.Dim, draw.Rule(r.W, th.ASCII))))
}

// drawLog draws the timeline, the waiting lines below it, and how much is new.
func (p *Page) drawLog(s tcell.Screen, r draw.Rect) {
	th := p.shell.Theme
	if p.mode == keymap.InFilter || p.log.search.Text != "" {
		p.log.drawFilter(s, r, p.mode == keymap.InFilter)
		r.Y, r.H = r.Y+1, r.H-1
	}
	tail := p.out.rows(r.W, r.H, p.log.tl.Columns(), th)
	tail = append(tail, p.bells.rows(r.W, th)...)
	tail = append(tail, p.log.positionRow(r.W)...)
	h := max(1, r.H-len(tail))
	p.log.draw(s, draw.Rect{X: r.X, Y: r.Y, W: r.W, H: h})
	for i, l := range tail {
		draw.Put(s, r.X, r.Y+h+i, r.W, l.Clip(r.W))
	}
}
