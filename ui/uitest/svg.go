package uitest

import (
	"fmt"
	"html"
	"strings"

	"github.com/gdamore/tcell/v2"
	"github.com/rivo/uniseg"
)

// cell is one character of a screen as it looks.
type cell struct {
	text     string
	fg, bg   string // #rrggbb
	bold     bool
	x, width int
}

// The size of a character in the picture, and the colors of a terminal that sets none.
const (
	cellW, cellH         = 8.4, 18
	defaultFg, defaultBg = "#d0d0d0", "#101418"
)

// SVG returns the screen as a picture: text that can be selected, in the colors of the
// cells. The same screen gives the same bytes.
func (t *Term) SVG(title string) string {
	t.tb.Helper()
	t.Frame()
	rows := make(chan [][]cell, 1)
	t.Screen.onShow(func() { rows <- t.Screen.rows() })
	t.Frame()
	return svg(title, <-rows)
}

// rows reads the cells; the loop calls it.
func (s *Screen) rows() [][]cell {
	cells, w, h := s.GetContents()
	out := make([][]cell, h)
	for y := range h {
		for x := 0; x < w; {
			c := cells[y*w+x]
			text := string(c.Runes)
			n := max(1, uniseg.StringWidth(text))
			fg, bg, attr := c.Style.Decompose()
			k := cell{text: text, fg: colour(fg, defaultFg), bg: colour(bg, defaultBg), bold: attr&tcell.AttrBold != 0,
				x:     x,
				width: n}
			if attr&tcell.AttrReverse != 0 {
				k.fg, k.bg = k.bg, k.fg
			}
			out[y] = append(out[y], k)
			x += n
		}
	}
	return out
}

func colour(c tcell.Color, none string) string {
	if hex := c.Hex(); c.Valid() && hex >= 0 {
		return fmt.Sprintf("#%06x", hex)
	}
	return none
}

func svg(title string, rows [][]cell) string {
	columns := 0
	for _, r := range rows {
		for _, c := range r {
			columns = max(columns, c.x+c.width)
		}
	}
	var b strings.Builder
	w, h := float64(columns)*cellW+16, float64(len(rows))*cellH+16
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.1f %.1f" role="img">`+"\n", w, h)
	fmt.Fprintf(&b, "<title>%s</title>\n", html.EscapeString(title))
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" rx="6" fill="%s"/>`+"\n", defaultBg)
	fmt.Fprint(&b, `<g font-family="ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace" font-size="14">`+"\n")
	for y, r := range rows {
		for i := 0; i < len(r); {
			j, text, width := i, "", 0
			for ; j < len(r) && r[j].fg == r[i].fg && r[j].bg == r[i].bg && r[j].bold == r[i].bold; j++ {
				text += r[j].text
				width += r[j].width
			}
			run(&b, r[i], text, y, width)
			i = j
		}
	}
	return b.String() + "</g>\n</svg>\n"
}

// run draws characters that look alike.
func run(b *strings.Builder, c cell, text string, y, width int) {
	x, top := 8+float64(c.x)*cellW, 8+float64(y)*cellH
	if c.bg != defaultBg {
		fmt.Fprintf(b, `<rect x="%.1f" y="%.0f" width="%.1f" height="%d" fill="%s"/>`+"\n", x, top,
			float64(width)*cellW, cellH, c.bg)
	}
	blank := strings.TrimRight(text, " ")
	if strings.TrimSpace(text) == "" {
		return
	}
	length := float64(width-(len(text)-len(blank))) * cellW
	weight := ""
	if c.bold {
		weight = ` font-weight="bold"`
	}
	blank = strings.ReplaceAll(blank, " ", "\u00a0") // a browser collapses other spaces
	fmt.Fprintf(b, `<text x="%.1f" y="%.0f" fill="%s"%s textLength="%.1f" lengthAdjust="spacingAndGlyphs">`+
		"%s</text>\n", x, top+13.5, c.fg, weight, length, html.EscapeString(blank))
}
