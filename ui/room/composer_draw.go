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
	if c.Text == "" {
		c.drawEmpty(s, draw.Rect{X: r.X, Y: r.Y + r.H - 1, W: r.W, H: 1},
			emptyKey{prompt: prompt, focused: focused, th: th})
		return 2
	}
	prompt, w := fitted(prompt, r.W)
	rows, row, col := c.Rows(r.W-w-1, th.Plain)
	from := max(0, min(row-composerRows+1, len(rows)-composerRows))
	rows = rows[from:min(len(rows), from+composerRows)]
	y := r.Y + r.H - len(rows)
	draw.Put(s, r.X, y, r.W, draw.L(draw.T(promptStyle(focused, th), prompt)))
	for i, l := range rows {
		draw.Put(s, r.X+w, y+i, r.W-w, l)
	}
	if focused {
		s.ShowCursor(r.X+w+col, y+row-from)
	}
	return len(rows) + 1
}

// fitted returns the prompt, or a short one if it is wider than half of w, and its width.
func fitted(prompt model.Safe, w int) (model.Safe, int) {
	if n := draw.Width(prompt); n <= w/2 {
		return prompt, n
	}
	return model.Lit(" > "), 3
}

func promptStyle(focused bool, th *theme.Theme) tcell.Style {
	if focused {
		return th.Bold
	}
	return th.Dim
}

// emptyKey is what an empty composer depends on.
type emptyKey struct {
	prompt  model.Safe
	focused bool
	th      *theme.Theme
}

// drawEmpty draws the composer without text in one row.
func (c *composer) drawEmpty(s tcell.Screen, at draw.Rect, k emptyKey) {
	if !c.promptRow.Draw(s, at, k) {
		c.paintEmpty(s, at, k)
	}
	if k.focused {
		s.ShowCursor(at.X+c.promptWidth, at.Y)
	}
}

// paintEmpty draws it when it has changed.
func (c *composer) paintEmpty(s tcell.Screen, at draw.Rect, k emptyKey) {
	prompt, w := fitted(k.prompt, at.W)
	c.promptWidth = w
	c.promptRow.Paint(s, at, k, func(s tcell.Screen, r draw.Rect) {
		draw.Put(s, r.X, r.Y, r.W, draw.L(draw.T(promptStyle(k.focused, k.th), prompt)))
	})
}
