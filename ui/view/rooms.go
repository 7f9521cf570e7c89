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
	line := append(draw.Blanks(1), draw.Column(th.Accent, model.CleanLine(info.Short), 8)...)
	r := info.Room
	if r == nil {
		return append(line, draw.T(th.Dim, model.Lit("cannot be read")))
	}
	style := th.Plain
	if r.Status != model.Open {
		style = th.Dim
	}
	line = append(line, draw.Column(style, model.CleanLine(r.Severity), 6)...)
	line = append(line, draw.Column(style, model.CleanLine(string(r.Status)), 8)...)
	if w >= 72 {
		line = append(line, draw.Column(style, present.Phases(r), 12)...)
	}
	if info.Restricted || r.IsRestricted() {
		line = append(line, draw.T(th.Bad, model.Lit("RESTRICTED ")))
	}
	title := model.CleanLine(r.Title)
	if r.Drill {
		title = model.Safef("DRILL %s", title)
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
	style := th.Dim
	if n, oldest := lobby.Unjudged(); n > 0 {
		style = th.Warn
		if lobby.AlertClock(oldest, now).State == model.ClockOverdue {
			style = th.Bad
		}
	}
	return draw.Spread(w, draw.L(draw.T(style, model.Safef(" %s", lobby.LobbyLine(now)))),
		draw.L(draw.T(th.Dim, model.Lit("  F9 ")))).Clip(w)
}
