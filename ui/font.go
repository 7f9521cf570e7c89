package ui

import (
	"strings"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/draw"
)

// digitRows is how high a big digit is.
const digitRows = 5

// digits are the shapes of the wall's figures, and of the letters in CLOSED and
// RESOLVED.
var digits = map[rune][digitRows]string{
	'0': {"####", "#  #", "#  #", "#  #", "####"},
	'1': {"  # ", " ## ", "  # ", "  # ", " ###"},
	'2': {"####", "   #", "####", "#   ", "####"},
	'3': {"####", "   #", " ###", "   #", "####"},
	'4': {"#  #", "#  #", "####", "   #", "   #"},
	'5': {"####", "#   ", "####", "   #", "####"},
	'6': {"####", "#   ", "####", "#  #", "####"},
	'7': {"####", "   #", "  # ", " #  ", " #  "},
	'8': {"####", "#  #", "####", "#  #", "####"},
	'9': {"####", "#  #", "####", "   #", "####"},
	':': {" ", "#", " ", "#", " "},
	'-': {"   ", "   ", "###", "   ", "   "},
	'+': {"   ", " # ", "###", " # ", "   "},
	'd': {"   #", "   #", "####", "#  #", "####"},
	' ': {" ", " ", " ", " ", " "},
	'C': {"####", "#   ", "#   ", "#   ", "####"},
	'D': {"### ", "#  #", "#  #", "#  #", "### "},
	'E': {"####", "#   ", "### ", "#   ", "####"},
	'L': {"#   ", "#   ", "#   ", "#   ", "####"},
	'O': {"####", "#  #", "#  #", "#  #", "####"},
	'R': {"### ", "#  #", "### ", "# # ", "#  #"},
	'S': {"####", "#   ", "####", "   #", "####"},
	'V': {"#   #", "#   #", " # # ", " # # ", "  #  "},
}

// bigWidth is how many cells a text of figures takes at a size.
func bigWidth(text string, scale int) int {
	n := 0
	for _, r := range text {
		n += len(digits[r][0])*scale + scale
	}
	return max(0, n-scale)
}

// bigLines are figures in rows, each of its cells scale wide and high as well
// where scale is over 1.
func bigLines(text string, scale int, style tcell.Style, ascii bool) []draw.Line {
	ink := "█"
	if ascii {
		ink = "#"
	}
	var out []draw.Line
	for row := range digitRows {
		var b strings.Builder
		for i, r := range []rune(text) {
			if i > 0 {
				b.WriteString(strings.Repeat(" ", scale))
			}
			for _, c := range digits[r][row] {
				cell := " "
				if c == '#' {
					cell = ink
				}
				b.WriteString(strings.Repeat(cell, scale))
			}
		}
		line := draw.L(draw.T(style, model.CleanLine(b.String())))
		for range max(1, scale/2) {
			out = append(out, line)
		}
	}
	return out
}
