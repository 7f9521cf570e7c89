package room

import (
	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/theme"
)

// composerRows is the maximum height of the composer.
const composerRows = 4

// draw draws the composer at the bottom of a rectangle, with the cursor if it is focused.
// It returns its height, including the hint row above it.
func (c *composer) draw(s tcell.Screen, r draw.Rect, prompt model.Safe, focused bool, th *theme.Theme) int {
	w := draw.Width(prompt)
	if w > r.W/2 {
		prompt, w = model.Lit(" > "), 3
	}
	rows, row, col := c.Rows(r.W-w-1, th.Plain)
	from := max(0, min(row-composerRows+1, len(rows)-composerRows))
	rows = rows[from:min(len(rows), from+composerRows)]
	y := r.Y + r.H - len(rows)
	style := th.Bold
	if !focused {
		style = th.Dim
	}
	draw.Put(s, r.X, y, r.W, draw.L(draw.T(style, prompt)))
	for i, l := range rows {
		draw.Put(s, r.X+w, y+i, r.W-w, l)
	}
	if focused {
		s.ShowCursor(r.X+w+col, y+row-from)
	}
	return len(rows) + 1
}
