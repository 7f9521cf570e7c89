package view

import (
	"strings"
	"time"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/present"
	"warroom/ui/theme"
)

// WallCards returns a card for each room that is not closed, the worst first, in at most
// h rows, with the number of those that do not fit.
func WallCards(list []model.Overview, now time.Time, w, h int, th *theme.Theme) []draw.Line {
	var open []model.Overview
	for _, o := range list {
		if o.Room != nil && o.Room.Status != model.Closed {
			open = append(open, o)
		}
	}
	if len(open) == 0 {
		return []draw.Line{nil, draw.L(draw.T(th.Bold, present.NoOpenRoom.Short))}
	}
	large := len(open)
	if h/((len(open)+cardColumns(w)-1)/cardColumns(w)) < minLargeCard {
		large = 0
	}
	for ; ; large-- { // fewer large figures rather than fewer incidents
		if out, left := cardRows(open, large, now, w, h, th); left == 0 || large == 0 {
			return out
		}
	}
}

// minLargeCard is the number of rows that a card with large figures needs.
const minLargeCard = 11

// cardColumns returns how many cards are side by side.
func cardColumns(w int) int {
	if w >= 100 {
		return 2
	}
	return 1
}

// cardRows returns the cards of rooms in at most h rows, and how many of them do not fit, which the
// last row counts. The first cards, large of them, have large figures.
func cardRows(open []model.Overview, large int, now time.Time, w, h int, th *theme.Theme) ([]draw.Line, int) {
	columns, gap := cardColumns(w), 3
	cw := (w - gap*(columns-1)) / columns
	var out []draw.Line
	for at := 0; at < len(open); at += columns {
		var cards [][]draw.Line
		for i := at; i < min(at+columns, len(open)); i++ {
			cards = append(cards, wallCard(&open[i], now, cw, i < large, th))
		}
		rows := besides(cards, cw, gap)
		last := 0
		if at+columns < len(open) {
			last = 1 // a row for the count
		}
		if len(out)+len(rows)+last > h && at > 0 {
			left := len(open) - at
			count := model.Safef("+%s", present.Plural(left, "more incident", "more incidents"))
			return append(draw.Limit(out, h-1), draw.L(draw.T(th.Warn, count))), left
		}
		out = append(out, rows...)
	}
	return draw.Limit(out, h), max(0, len(out)-h)
}

// besides puts blocks of w cells side by side.
func besides(blocks [][]draw.Line, w, gap int) []draw.Line {
	n := 0
	for _, b := range blocks {
		n = max(n, len(b))
	}
	out := make([]draw.Line, n)
	for i := range n {
		for k, b := range blocks {
			var l draw.Line
			if i < len(b) {
				l = b[i].Clip(w)
			}
			if k > 0 {
				out[i] = append(out[i], draw.Blanks(gap)...)
			}
			out[i] = append(append(out[i], l...), draw.Blanks(w-l.Width())...)
		}
	}
	return out
}

// wallCard returns the card of a room: severity, phase, commander, and the clocks, the first in
// large figures if large is set.
func wallCard(o *model.Overview, now time.Time, w int, large bool, th *theme.Theme) []draw.Line {
	r := o.Room
	head := append(draw.L(draw.T(th.Level(rankOf(r)), model.Safef(" %s ", r.Severity)), draw.T(th.Plain,
		model.Lit(" "))), marks(r, th)...)
	head = append(head, draw.T(th.Bold, model.Safef("%s  ", strings.ToUpper(present.Stage(r).String()))))
	out := []draw.Line{draw.L(draw.T(th.Dim, draw.Rule(w, th.ASCII))),
		draw.Spread(w, head, draw.L(draw.T(th.Accent, model.Safef("%s  ", o.Short)), draw.T(th.Bold,
			present.IncidentAge(r, now).Short))),
		draw.L(draw.T(th.Bold, model.CleanLine(r.Title)))}
	who := draw.L(draw.T(th.Bad, o.NoCommander()))
	if len(o.Commander) > 0 {
		who = draw.L(draw.T(th.Dim, model.Lit("commander ")), draw.T(th.Accent, model.JoinSafe(model.Lit(", "),
			o.CommanderNames()...)))
	}
	out = append(out, who)
	clocks := wallClocks(r, now)
	if len(clocks) == 0 {
		out = append(out, draw.L(draw.T(th.Dim, present.NoClock)))
	}
	if len(clocks) > 0 && large {
		out = append(out, wallClock(&clocks[0], now, 1, plainSeconds, w, th)...)
		clocks = clocks[1:]
	}
	if len(clocks) > 0 {
		due, _ := clocksSideBySide(clocks, w, true, th)
		out = append(out, due)
	}
	if o.Asks > 0 {
		out = append(out, draw.L(draw.T(th.Bad, model.Safef("! %s", o.LateAsks()))))
	}
	return out
}
