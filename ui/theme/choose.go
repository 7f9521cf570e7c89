package theme

import (
	"math"
	"strconv"
	"strings"

	"github.com/gdamore/tcell/v2"
)

// minContrast is the minimum contrast of a text with its background, as defined by WCAG 2.
const minContrast = 4.5

// Choose returns the theme for a terminal with these default colors, which are unset if the
// terminal did not report them, and this value of COLORFGBG. If all of its colors are
// legible on the terminal's own background, the theme does not set one: a background adds
// bytes to every row that a guest receives over SSH.
func Choose(fg, bg tcell.Color, colorFGBG string) Name {
	if !bg.Valid() {
		return byColorFGBG(colorFGBG)
	}
	named, own := Dark, darkOwn
	if luminance(bg) > 0.18 { // white has more contrast with darker colors
		named, own = Light, lightOwn
	}
	if fg.Valid() && Contrast(fg, bg) >= minContrast && palettes[named].readOn(bg) {
		return own
	}
	return named
}

// byColorFGBG returns the theme for the value that some terminals put into the environment,
// such as "15;0": the numbers of the foreground and, last, of the background.
func byColorFGBG(value string) Name {
	f := strings.Split(value, ";")
	n, err := strconv.Atoi(f[len(f)-1])
	switch {
	case err != nil || len(f) < 2 || n < 0 || n > 15:
		return Terminal
	case n == 7 || n > 8:
		return Light
	}
	return Dark
}

// readOn reports whether all text colors are legible on a background.
func (c colors) readOn(bg tcell.Color) bool {
	for _, fg := range []int{c.dim, c.accent, c.good, c.warn, c.bad, c.mark} {
		if Contrast(tcell.PaletteColor(fg), bg) < minContrast {
			return false
		}
	}
	return true
}

// Contrast returns the contrast of two colors, from 1 to 21.
func Contrast(a, b tcell.Color) float64 {
	one, two := luminance(a), luminance(b)
	return (max(one, two) + 0.05) / (min(one, two) + 0.05)
}

func luminance(c tcell.Color) float64 {
	linear := func(v int32) float64 {
		s := float64(v) / 255
		if s <= 0.03928 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	r, g, b := c.RGB()
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}
