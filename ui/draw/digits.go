package draw

import (
	"strings"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
)

// BigRows is the height of a big digit in rows.
const BigRows = 5

// digits are the shapes of the wall's digits and letters.
var digits = map[rune][BigRows]string{
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
	'A': {"####", "#  #", "####", "#  #", "#  #"},
	'B': {"### ", "#  #", "### ", "#  #", "### "},
	'F': {"####", "#   ", "### ", "#   ", "#   "},
	'G': {"####", "#   ", "# ##", "#  #", "####"},
	'H': {"#  #", "#  #", "####", "#  #", "#  #"},
	'I': {"###", " # ", " # ", " # ", "###"},
	'J': {"  ##", "   #", "   #", "#  #", "####"},
	'K': {"#  #", "# # ", "##  ", "# # ", "#  #"},
	'M': {"#   #", "## ##", "# # #", "#   #", "#   #"},
	'N': {"#   #", "##  #", "# # #", "#  ##", "#   #"},
	'P': {"####", "#  #", "####", "#   ", "#   "},
	'Q': {"####", "#  #", "#  #", "# ##", "####"},
	'T': {"#####", "  #  ", "  #  ", "  #  ", "  #  "},
	'U': {"#  #", "#  #", "#  #", "#  #", "####"},
	'W': {"#   #", "#   #", "# # #", "## ##", "#   #"},
	'X': {"#   #", " # # ", "  #  ", " # # ", "#   #"},
	'Y': {"#   #", " # # ", "  #  ", "  #  ", "  #  "},
	'Z': {"####", "  # ", " #  ", "#   ", "####"},
}

// CanBeBig reports whether every character of a text has a large shape.
func CanBeBig(text string) bool {
	for _, r := range text {
		if _, ok := digits[r]; !ok {
			return false
		}
	}
	return true
}

// BigWidth returns the width of a text in big digits of a size, in cells.
func BigWidth(text string, scale int) int {
	n := 0
	for _, r := range text {
		n += len(digits[r][0])*scale + scale
	}
	return max(0, n-scale)
}

// BigLines returns the rows of a text in big digits. Each cell of a digit is scale cells
// wide and high.
func BigLines(text string, scale int, style tcell.Style, ascii bool) []Line {
	ink := "█"
	if ascii {
		ink = "#"
	}
	var out []Line
	for row := range BigRows {
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
		line := L(T(style, model.CleanLine(b.String())))
		for range max(1, scale/2) {
			out = append(out, line)
		}
	}
	return out
}

// BigTime returns the rows of a time of minutes and seconds. The seconds have the size
// secs, or are plain digits if secs is 0: they change constantly, and on a wall over SSH
// they are most of the traffic.
func BigTime(text string, scale, secs int, style tcell.Style, ascii bool) []Line {
	front, back, ok := cutSeconds(text)
	if !ok || secs == scale {
		return BigLines(text, scale, style, ascii)
	}
	out := BigLines(front, scale, style, ascii)
	small := []Line{L(T(style, model.CleanLine(back)))}
	if secs > 0 {
		small = BigLines(back, secs, style, ascii)
	}
	for i, l := range small {
		row := len(out) - len(small) + i
		out[row] = append(append(out[row][:len(out[row]):len(out[row])], T(style, Spaces(max(1, secs)))), l...)
	}
	return out
}

// BigTimeWidth returns the width of BigTime in cells.
func BigTimeWidth(text string, scale, secs int) int {
	front, back, ok := cutSeconds(text)
	if !ok || secs == scale {
		return BigWidth(text, scale)
	}
	if secs == 0 {
		return BigWidth(front, scale) + 1 + Width(model.CleanLine(back))
	}
	return BigWidth(front, scale) + secs + BigWidth(back, secs)
}

// cutSeconds splits a time before the colon of its seconds. A time in days has none.
func cutSeconds(text string) (front, back string, ok bool) {
	i := strings.LastIndexByte(text, ':')
	if i < 0 || strings.Contains(text, "d") {
		return text, "", false
	}
	return text[:i], text[i:], true
}
