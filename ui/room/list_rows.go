package room

import (
	"github.com/gdamore/tcell/v2"

	"warroom/ui/draw"
)

// listRows draws the rows of a list, so that those of the selected element are visible.
type listRows struct {
	top int
	cut bool // there are more rows than fit
}

// More reports whether there are more rows than fit.
func (l *listRows) More() bool { return l.cut }

// draw draws rows in a rectangle. Those from from to to are of the selected element.
func (l *listRows) draw(s tcell.Screen, r draw.Rect, rows []draw.Line, from, to int) {
	l.cut = len(rows) > r.H
	l.top = max(0, min(l.top, from-1, len(rows)-1))
	if to > l.top+r.H {
		l.top = min(to-r.H, from)
	}
	for i := range min(r.H, len(rows)-l.top) {
		draw.Put(s, r.X, r.Y+i, r.W, rows[l.top+i].Clip(r.W))
	}
}
