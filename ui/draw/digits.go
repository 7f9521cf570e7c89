package draw

import (
	"strings"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
)

// BigRows is how high a big digit is.
const BigRows = 5

// digits are the shapes of the wall's figures and letters.
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

// BigWidth is how many cells a text of figures takes at a size.
func BigWidth(text string, scale int) int {
	n := 0
	for _, r := range text {
		n += len(digits[r][0])*scale + scale
	}
	return max(0, n-scale)
}

// BigLines are figures in rows, each of its cells scale wide and high as well
// where scale is over 1.
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

// BigTime is a time of minutes and seconds in rows. Its seconds, which change all the time,
// have the size of secs, or are plain figures where secs is 0: on a wall over SSH they are
// most of what is sent.
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

// BigTimeWidth is how many cells BigTime takes.
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

// cutSeconds cuts a time before its seconds, with the colon. A time in days has none.
func cutSeconds(text string) (front, back string, ok bool) {
	i := strings.LastIndexByte(text, ':')
	if i < 0 || strings.Contains(text, "d") {
		return text, "", false
	}
	return text[:i], text[i:], true
}
