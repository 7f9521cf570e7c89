package draw

import (
	"github.com/gdamore/tcell/v2"

	"warroom/model"
)

// Frame is the border of a box.
type Frame struct {
	ASCII             bool        // draw with + - | only
	Style, TitleStyle tcell.Style // of the border; of title spans without one
}

// strokes are the parts of a border.
type strokes struct{ nw, ne, sw, se, row, col rune }

func (f Frame) strokes() strokes {
	if f.ASCII {
		return strokes{nw: '+', ne: '+', sw: '+', se: '+', row: '-', col: '|'}
	}
	return strokes{nw: '┌', ne: '┐', sw: '└', se: '┘', row: '─', col: '│'}
}

// Draw draws the border with a title, as in "┌ Clocks ───┐", and leaves the inside
// unchanged. A box of less than two cells in either direction is not drawn; a title that
// does not fit is clipped.
func (f Frame) Draw(s tcell.Screen, x, y, w, h int, title Line) {
	if w < 2 || h < 2 {
		return
	}
	k := f.strokes()
	right, bottom := x+w-1, y+h-1
	for col := x + 1; col < right; col++ {
		s.SetContent(col, y, k.row, nil, f.Style)
		s.SetContent(col, bottom, k.row, nil, f.Style)
	}
	for row := y + 1; row < bottom; row++ {
		s.SetContent(x, row, k.col, nil, f.Style)
		s.SetContent(right, row, k.col, nil, f.Style)
	}
	s.SetContent(x, y, k.nw, nil, f.Style)
	s.SetContent(right, y, k.ne, nil, f.Style)
	s.SetContent(x, bottom, k.sw, nil, f.Style)
	s.SetContent(right, bottom, k.se, nil, f.Style)
	Put(s, x+1, y, w-2, f.title(title.Clip(w-4)))
}

// title returns the line between two blanks, or nothing.
func (f Frame) title(l Line) Line {
	if l.Width() == 0 {
		return nil
	}
	out := Line{T(f.TitleStyle, model.Lit(" "))}
	for _, s := range l {
		if s.Style == tcell.StyleDefault {
			s.Style = f.TitleStyle
		}
		out = append(out, s)
	}
	return append(out, T(f.TitleStyle, model.Lit(" ")))
}

// Bar returns a progress bar of w cells. It is full only when fraction reaches 1.
func Bar(w int, fraction float64, ascii bool) model.Safe {
	full, empty := "█", "░"
	if ascii {
		full, empty = "#", "."
	}
	n := 0
	if w = max(0, w); fraction > 0 { // false for NaN
		n = int(min(fraction, 1)*float64(w) + 1e-9)
	}
	return model.JoinSafe(model.Safe{}, repeat(full, n), repeat(empty, w-n))
}
