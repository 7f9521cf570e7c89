package roomlist

import (
	"slices"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/keymap"
	"warroom/ui/view"
)

// WallPage shows every open room as a card on a wall display, below the alerts that wait in
// the lobby. It takes no input. If only one room is open and no alert waits, that room is
// shown instead, until that changes.
type WallPage struct {
	l     *List
	rooms []model.RoomInfo
	lobby *model.Room // nil: there is none, or it cannot be seen
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
	top := 1
	if row := view.WallLobbyRow(p.lobby, now, r.W-2, th); row != nil {
		draw.Put(s, r.X+1, r.Y+top, r.W-2, row)
		top++
	}
	for i, l := range view.WallCards(model.Overviews(p.rooms, now), now, r.W-4, r.H-1-top, th) {
		draw.Put(s, r.X+2, r.Y+top+i, r.W-4, l.Clip(r.W-4))
	}
}

// take shows what was read, or enters the only open room.
func (p *WallPage) take(rooms []model.RoomInfo, lobby *model.Room) {
	p.rooms = rooms
	if lobby != nil {
		p.lobby = lobby
	}
	if only := OnlyOpen(rooms); only != "" && !alertsWait(p.lobby) {
		p.l.onWall = only
		p.l.env.Enter(only, "")
	}
}

// leaveOnly leaves the room that the wall display shows as the only open one, if an alert
// waits, another room is open, or the room is closed. One that was resolved is shown on.
func (l *List) leaveOnly(rooms []model.RoomInfo, lobby *model.Room) {
	isClosed := slices.ContainsFunc(rooms, func(r model.RoomInfo) bool {
		return r.Short == l.onWall && r.Room != nil && r.Room.Status == model.Closed
	})
	isOther := func(r model.RoomInfo) bool { return r.Short != l.onWall }
	if alertsWait(lobby) || isClosed || slices.ContainsFunc(openRooms(rooms), isOther) {
		l.onWall = ""
		l.env.Leave()
	}
}

// alertsWait reports whether alerts wait in a lobby.
func alertsWait(lobby *model.Room) bool { return lobby != nil && len(lobby.OpenAlerts()) > 0 }

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
