package draw

import (
	"unicode"

	"github.com/gdamore/tcell/v2"
	"github.com/rivo/uniseg"
)

// Put draws the line at x, y in at most w cells. Runes without a cell and those that a
// terminal would interpret are dropped, even if they passed earlier checks. A wide cluster
// is drawn completely or not at all.
func Put(s tcell.Screen, x, y, w int, l Line) {
	put(s, x, y, w, l)
}

// PutAll is Put, and fills the remaining cells with blanks in the style of the last span.
func PutAll(s tcell.Screen, x, y, w int, l Line) {
	used := put(s, x, y, w, l)
	Fill(s, x+used, y, w-used, 1, l.lastStyle())
}

// runScreen is a screen that draws a run of printable ASCII faster than its cells.
type runScreen interface {
	PutRun(x, y int, text string, style tcell.Style)
}

// Fill makes the cells of a rectangle blank.
func Fill(s tcell.Screen, x, y, w, h int, style tcell.Style) {
	sw, sh := s.Size()
	if fast, ok := s.(runScreen); ok {
		for row := max(0, y); row < min(y+h, sh); row++ {
			for col := max(0, x); col < min(x+w, sw); col += len(manyBlanks) {
				fast.PutRun(col, row, manyBlanks[:min(len(manyBlanks), x+w-col)], style)
			}
		}
		return
	}
	for row := max(0, y); row < min(y+h, sh); row++ {
		for col := max(0, x); col < min(x+w, sw); col++ {
			s.SetContent(col, row, ' ', nil, style)
		}
	}
}

// put draws and returns the number of cells used.
func put(s tcell.Screen, x, y, w int, l Line) int {
	sw, _ := s.Size()
	w = min(w, sw-x)
	used := 0
	fast, ok := s.(runScreen)
	for _, span := range l {
		for rest := span.Text.String(); rest != ""; {
			if n := min(plainRun(rest), w-used); ok && n > 1 {
				fast.PutRun(x+used, y, rest[:n], span.Style)
				used, rest = used+n, rest[n:]
				continue
			}
			c, cells := cluster(rest)
			rest = rest[len(c):]
			if len(c) > 1 || !isPlain(c[0]) {
				c, cells = cleanCluster(c, cells)
			}
			if cells == 0 {
				continue
			}
			if used+cells > w {
				return used
			}
			putCluster(s, x+used, y, cells, c, span.Style)
			used += cells
		}
	}
	return used
}

// plainRun returns how many bytes at the beginning are printable ASCII with a cell of their
// own: what follows does not combine with the last of them.
func plainRun(s string) int {
	for i := range len(s) {
		if !isPlain(s[i]) {
			return max(0, i-1)
		}
	}
	return len(s)
}

// putCluster draws one cluster. The cells that a wide one covers are blanked, so that they
// have no old content.
func putCluster(s tcell.Screen, x, y, cells int, c string, style tcell.Style) {
	for i := 1; i < cells; i++ {
		s.SetContent(x+i, y, ' ', nil, style)
	}
	if len(c) == 1 {
		s.SetContent(x, y, rune(c[0]), nil, style)
		return
	}
	runes := []rune(c)
	s.SetContent(x, y, runes[0], runes[1:], style)
}

// cleanCluster is the second check: it removes runes that a cell may not have.
func cleanCluster(c string, cells int) (string, int) {
	clean := make([]rune, 0, 8)
	dropped := false
	for _, r := range c {
		if isForbidden(r) {
			dropped = true
			continue
		}
		clean = append(clean, r)
	}
	if !dropped {
		return c, cells
	}
	c = string(clean)
	return c, uniseg.StringWidth(c)
}

// isForbidden reports whether a cell may not have r. A joiner may occur within a cluster;
// alone it has no width and is dropped for that reason.
func isForbidden(r rune) bool {
	return r != 0x200C && r != 0x200D && !unicode.IsGraphic(r)
}
