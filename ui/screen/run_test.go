package screen

import (
	"testing"

	"github.com/gdamore/tcell/v2"
)

func TestRunIsItsCells(t *testing.T) {
	styles := []tcell.Style{tcell.StyleDefault, tcell.StyleDefault.Bold(true),
		tcell.StyleDefault.Foreground(tcell.ColorRed).Background(tcell.ColorNone)}
	for _, x := range []int{-30, -3, -1, 0, 5, 8, 10, 11} {
		for _, y := range []int{-1, 0, 2, 3} {
			for i, st := range styles {
				var got, want Screen
				for _, s := range []*Screen{&got, &want} {
					s.encoder = newEncoder(paper{10, 3}, NewTable(), nil, nil, Options{})
					s.Size()
					s.Put(9, 0, "世", tcell.StyleDefault.Background(tcell.ColorBlue))
				}
				const text = "a run ~ "
				got.PutRun(x, y, text, st)
				for k := range len(text) {
					want.SetContent(x+k, y, rune(text[k]), nil, st)
				}
				for row := range 3 {
					for col := range 10 {
						if g, w := got.at(col, row), want.at(col, row); g != w {
							t.Errorf("run at %d,%d in style %d, cell %d,%d: got %x, want %x", x, y, i, col, row, g, w)
						}
					}
				}
			}
		}
	}
}
