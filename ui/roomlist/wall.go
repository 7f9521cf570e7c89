package roomlist

import (
	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/keymap"
	"warroom/ui/view"
)

// WallPage shows every open room as a card on a wall display. It takes no input. If only
// one room is open, that room is shown instead.
type WallPage struct {
	l     *List
	rooms []model.RoomInfo
}

// Scope returns the key scope of the page.
func (p *WallPage) Scope() keymap.Scope { return keymap.InWall }

// Key does nothing. All keys of the page are in the key table.
func (p *WallPage) Key(*tcell.EventKey) {}

// Paste does nothing.
func (p *WallPage) Paste(string) {}

// Draw draws the page.
func (p *WallPage) Draw(s tcell.Screen, r draw.Rect) {
	sh, th := p.l.shell, p.l.shell.Theme
	now := sh.Clock.Now()
	link := p.l.env.Rooms.Link()
	right := draw.L(draw.T(th.Dim, model.Safef("%s  ", link.Where)), view.LinkSpan(link, now, false, false, th),
		draw.T(th.Plain, model.Lit(" ")))
	draw.Put(s, r.X, r.Y, r.W, draw.Spread(r.W, draw.L(draw.T(th.Bold, model.Lit("  Open incidents"))), right))
	sh.DrawBottom(s, r)
	for i, l := range view.WallCards(model.Overviews(p.rooms, now), now, r.W-4, r.H-2, th) {
		draw.Put(s, r.X+2, r.Y+1+i, r.W-4, l.Clip(r.W-4))
	}
}

// take shows the rooms that were read, or enters the only open room.
func (p *WallPage) take(rooms []model.RoomInfo) {
	p.rooms = rooms
	if open := openRooms(rooms); len(open) == 1 {
		p.l.env.Enter(open[0].Short, "")
	}
}

// openRooms returns the rooms whose incident is open.
func openRooms(rooms []model.RoomInfo) []model.RoomInfo {
	var open []model.RoomInfo
	for _, r := range rooms {
		if r.Room != nil && r.Room.Status == model.Open {
			open = append(open, r)
		}
	}
	return open
}
