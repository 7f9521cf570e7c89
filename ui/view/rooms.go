package view

import (
	"time"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/present"
	"warroom/ui/theme"
)

// OverviewRow returns the summary of a room in the list.
func OverviewRow(o *model.Overview, now time.Time, w int, th *theme.Theme) draw.Line {
	style := th.Dim
	if o.Overdue+o.Asks > 0 || o.Stale || len(o.Commander) == 0 {
		style = th.Warn
	}
	return append(draw.Blanks(9), draw.T(style, o.Words(now))).Clip(w)
}

// RoomName returns the name of a room in the list.
func RoomName(i model.RoomInfo) string {
	if i.Room == nil {
		return i.Short
	}
	return i.Short + " " + i.Room.Title
}

// RoomLine returns one row of the list.
func RoomLine(info model.RoomInfo, mark model.Safe, now time.Time, w int, th *theme.Theme) draw.Line {
	f, ok := present.Listed(info)
	line := append(draw.Blanks(1), draw.Column(th.Accent, f.Short, 8)...)
	if !ok {
		return append(line, draw.T(th.Dim, f.Status))
	}
	style := th.Plain
	if info.Room.Status != model.Open {
		style = th.Dim
	}
	line = append(line, draw.Column(style, f.Severity, 6)...)
	line = append(line, draw.Column(style, f.Status, 8)...)
	if w >= 72 {
		line = append(line, draw.Column(style, f.Phases, 12)...)
	}
	if !f.Restricted.IsEmpty() {
		line = append(line, draw.T(th.Bad, model.Safef("%s ", f.Restricted)))
	}
	title := f.Title
	if !f.Drill.IsEmpty() {
		title = model.Safef("%s %s", f.Drill, title)
	}
	line = append(line, draw.T(style, title))
	right := draw.L(draw.T(th.Dim, model.Safef("  %s ", present.Age(now.Sub(info.LastAt)))))
	if !mark.IsEmpty() {
		right = append(draw.L(draw.T(th.Mark, model.Safef("  %s", mark))), right...)
	}
	return draw.Spread(w, line, right)
}

// LobbyRow returns the row of the lobby above the rooms, or nil if there is no lobby.
func LobbyRow(lobby *model.Room, now time.Time, w int, th *theme.Theme) draw.Line {
	if lobby == nil {
		return nil
	}
	return draw.Spread(w, lobbyText(lobby, now, th), draw.L(draw.T(th.Dim, model.Lit("  F9 ")))).Clip(w)
}

// WallLobbyRow returns the row of the lobby on the wall, or nil if no alert waits there.
func WallLobbyRow(lobby *model.Room, now time.Time, w int, th *theme.Theme) draw.Line {
	if lobby == nil || len(lobby.OpenAlerts()) == 0 {
		return nil
	}
	return lobbyText(lobby, now, th).Clip(w)
}

func lobbyText(lobby *model.Room, now time.Time, th *theme.Theme) draw.Line {
	style := th.Dim
	if n, first := lobby.Unjudged(); n > 0 {
		style = th.Warn
		if lobby.AlertClock(first, now).State == model.ClockOverdue {
			style = th.Bad
		}
	}
	return draw.L(draw.T(style, model.Safef(" %s", lobby.LobbyLine(now))))
}
