package view

import (
	"slices"
	"time"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/present"
	"warroom/ui/theme"
)

// AlertRow returns one alert in a row of w cells: its number, its state, its severity,
// its text and its location.
func AlertRow(r *model.Room, a *model.RoomAlert, now time.Time, th *theme.Theme, w int) draw.Line {
	line := draw.L(draw.T(th.Dim, model.Safef(" %3d  ", a.N)))
	what, style := present.AlertState(r, a, now).Short, th.Plain
	switch c := r.AlertClock(a, now); {
	case a.Moved != "" || a.Settled() || a.Verdict != "":
		style = th.Dim
	case r.Status == model.Closed:
	case c.State == model.ClockOverdue:
		style = th.Bad
	case c.State == model.ClockWarning:
		style = th.Warn
	}
	line = append(line, draw.Column(style, what, 14)...)
	line = append(line, draw.Column(th.Level(alertRank(a.Alert.Severity)), model.CleanLine(a.Alert.Severity), 8)...)
	return append(line, alertText(a, th, w-line.Width())...)
}

// alertText returns the text and the location of an alert in w cells. It shortens the
// text first, and the location from the front, because the end of a path identifies the
// file.
func alertText(a *model.RoomAlert, th *theme.Theme, w int) draw.Line {
	var count model.Safe
	live := present.AlertLive(&a.Alert)
	if !live.IsEmpty() {
		live = model.Safef("%s ", live)
	}
	if a.Findings > 1 {
		count = model.Safef(" x%d", a.Findings)
		if n := len(a.Rules); n > 1 {
			more := model.Safe{}
			if n >= model.MaxAlertRules {
				more = model.Lit("+")
			}
			count = model.Safef(" x%d of %d%s rules", a.Findings, n, more)
		}
	}
	where := a.Alert.Where()
	what := model.Safef("%s: %s%s", a.Alert.Source, a.Alert.What(), count)
	if where.IsEmpty() || w < 24 {
		return draw.L(draw.T(th.Bad, live), draw.T(th.Plain, what))
	}
	left := w - draw.Width(live)
	location := cutFront(where, max(left/2, left-draw.Width(what)-1))
	room := left - draw.Width(location) - 1
	if draw.Width(what) > room {
		what = model.Safef("%s%s",
			cutBack(model.Safef("%s: %s", a.Alert.Source, a.Alert.What()), room-draw.Width(count)), count)
	}
	return draw.L(draw.T(th.Bad, live), draw.T(th.Plain, what), draw.T(th.Dim, model.Safef(" %s", location)))
}

// cutFront shortens a text to w cells by removing its beginning.
func cutFront(s model.Safe, w int) model.Safe {
	for from := 0; draw.Width(s) > w && from < s.Len(); {
		rest := s.Slice(from, s.Len())
		if draw.Width(rest) < w {
			return model.Safef("…%s", rest)
		}
		from++
	}
	return s
}

// cutBack shortens a text to w cells by removing its end.
func cutBack(s model.Safe, w int) model.Safe {
	for to := s.Len(); draw.Width(s) > w && to > 0; to-- {
		if head := s.Slice(0, to); draw.Width(head) < w {
			return model.Safef("%s…", head)
		}
	}
	return s
}

// alertRank returns the rank of a plan for the severity of an alert.
func alertRank(severity string) int {
	if i := slices.Index(model.AlertSeverities, severity); i >= 0 && i < 3 {
		return i + 1
	}
	return 9
}

// LobbyRows returns the rows of the lobby in place of the panes.
func LobbyRows(r *model.Room, now time.Time, w, h int, th *theme.Theme) []draw.Line {
	open := r.OpenAlerts()
	style := th.Bold
	if _, first := r.Unjudged(); first != nil && r.AlertClock(first, now).State == model.ClockOverdue {
		style = th.Bad
	}
	out := []draw.Line{draw.L(draw.T(style, model.Safef(" %s", r.LobbyLine(now))))}
	for i, a := range open {
		if len(out) >= h-1 && i < len(open)-1 {
			return append(out, draw.L(draw.T(th.Dim, model.Safef("      and %d more: F9", len(open)-i))))
		}
		out = append(out, AlertRow(r, a, now, th, w).Clip(w))
	}
	return out
}
