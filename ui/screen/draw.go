package screen

import (
	"unicode/utf8"

	"github.com/gdamore/tcell/v2"
)

// frameBuffer has the cells of a screen: those that were drawn, and those that the terminal
// shows. It belongs to the goroutine that draws.
type frameBuffer struct {
	term  Terminal
	table *Table

	w, h  int
	back  []*cellRow // what was drawn, by row; if nil, the same as front
	front []*cellRow // what the terminal shows
	pool  *rowPool
	full  bool // the terminal's cells are not known
	base  look // replaces the default style

	region region // where rows may have moved

	drawn *sharedRows // drawn from the first row on, perhaps with something over it; if nil, none
	whole *sharedRows // what the terminal shows from the first row on; if nil, not known

	looks [4]look // the last styles that were looked up, with their ids
	ids   [4]uint16
	turn  uint8
}

func (s *frameBuffer) styleID(l look) uint16 {
	for i := range s.looks {
		if s.looks[i] == l {
			return s.ids[i]
		}
	}
	id := s.table.styleID(l)
	s.looks[s.turn&3], s.ids[s.turn&3] = l, id
	s.turn++
	return id
}

// Size returns the size of the screen, at most 500 by 200. A draw calls it first, and it
// adapts the buffers to the terminal.
func (s *frameBuffer) Size() (width, height int) {
	w, h := s.termSize()
	if w == s.w && h == s.h {
		return w, h
	}
	saved := make([][]cell, min(h, s.h))
	for y := range saved {
		saved[y] = s.row(y)
	}
	for y := range s.h {
		s.pool.release(s.front[y])
	}
	s.w, s.h, s.pool, s.full = w, h, s.table.rowPool(w), true
	s.drawn, s.whole = nil, nil
	s.back, s.front = make([]*cellRow, h), make([]*cellRow, h)
	for y := range h {
		s.front[y], s.back[y] = s.pool.unknown, s.pool.blank
		if y < len(saved) {
			copy(s.row(y), saved[y])
		}
	}
	return w, h
}

// row returns a row for drawing.
func (s *frameBuffer) row(y int) []cell {
	p := s.back[y]
	if p != nil && !p.shared {
		return p.cells
	}
	if p == nil {
		p = s.front[y]
	}
	own := s.pool.take()
	for x, c := range p.cells {
		if c&tailBit != 0 {
			c = mk(' ', c.style(), 1)
		}
		own.cells[x] = c
	}
	s.back[y] = own
	return own.cells
}

// at returns the cell that was drawn at a position, shown or not.
func (s *frameBuffer) at(x, y int) cell {
	p := s.back[y]
	if p == nil {
		p = s.front[y]
	}
	c := p.cells[x]
	if c&tailBit != 0 {
		c = mk(' ', c.style(), 1)
	}
	return c
}

// Clear fills the screen with blanks.
func (s *frameBuffer) Clear() { s.Fill(' ', tcell.StyleDefault) }

// Fill fills the screen with a narrow rune.
func (s *frameBuffer) Fill(r rune, st tcell.Style) {
	s.Size()
	s.drawn = nil
	l := lookOf(st)
	if r == ' ' && l == (look{}) {
		for y, p := range s.back {
			s.pool.release(p)
			s.back[y] = s.pool.blank
		}
		return
	}
	glyph := fillRune(r)
	for y := range s.h {
		for x := range s.w {
			s.set(x, y, glyph, 1, l)
		}
	}
}

func fillRune(r rune) uint32 {
	switch {
	case plain(r):
	case r == 0:
		r = ' '
	case isControl(r) || !utf8.ValidRune(r) || runeWidth(r) != 1:
		r = '?'
	}
	return uint32(r)
}

// set writes one cell of the drawing.
func (s *frameBuffer) set(x, y int, glyph uint32, width int, l look) {
	row := s.row(y)
	if l.fg == tcell.ColorNone || l.bg == tcell.ColorNone {
		old := s.table.look(row[x].style())
		if l.fg == tcell.ColorNone {
			l.fg = old.fg
		}
		if l.bg == tcell.ColorNone {
			l.bg = old.bg
		}
	}
	row[x] = mk(glyph, s.styleID(l), width)
}

func (s *frameBuffer) inside(x, y int) bool {
	return x >= 0 && y >= 0 && x < s.w && y < s.h
}

// SetContent sets a cell to a rune and its combining marks.
func (s *frameBuffer) SetContent(x, y int, r rune, comb []rune, st tcell.Style) {
	if !s.inside(x, y) {
		return
	}
	if len(comb) > 0 || !utf8.ValidRune(r) {
		s.Put(x, y, string(r)+string(comb), st)
		return
	}
	glyph, width := uint32(r), 1
	if !plain(r) {
		switch width = runeWidth(r); {
		case r != 0 && isControl(r), width > 2:
			glyph, width = '?', 1
		case width == 0:
			glyph, width = ' ', 1
		}
	}
	s.set(x, y, glyph, width, lookOf(st))
}

// PutRun draws printable ASCII from x to the right, clipped to the screen. It looks up the
// style once, not for each cell.
func (s *frameBuffer) PutRun(x, y int, text string, st tcell.Style) {
	if cut := min(-x, len(text)); cut > 0 {
		x, text = 0, text[cut:]
	}
	if text == "" || !s.inside(x, y) {
		return
	}
	text = text[:min(len(text), s.w-x)]
	l := lookOf(st)
	if l.fg == tcell.ColorNone || l.bg == tcell.ColorNone {
		for i := range len(text) {
			s.set(x+i, y, uint32(text[i]), 1, l)
		}
		return
	}
	row, id := s.row(y)[x:], s.styleID(l)
	for i := range len(text) {
		row[i] = mk(uint32(text[i]), id, 1)
	}
}

// Put sets a cell to the first cluster of str, and returns the rest of str and the width of
// the cluster. A control rune is shown as '?'.
func (s *frameBuffer) Put(x, y int, str string, st tcell.Style) (string, int) {
	if !s.inside(x, y) {
		return str, 0
	}
	if len(str) > 0 && plain(rune(str[0])) && (len(str) == 1 || str[1] < utf8.RuneSelf) {
		s.set(x, y, uint32(str[0]), 1, lookOf(st))
		return str[1:], 1
	}
	cluster, rest, width := firstCluster(str)
	if width == 0 {
		s.set(x, y, ' ', 1, lookOf(st))
		return rest, 0
	}
	s.set(x, y, s.table.glyphOf(cluster), width, lookOf(st))
	return rest, width
}

// PutStr writes a line in the default style.
func (s *frameBuffer) PutStr(x, y int, str string) { s.PutStrStyled(x, y, str, tcell.StyleDefault) }

// PutStrStyled writes a line, clipped to the screen.
func (s *frameBuffer) PutStrStyled(x, y int, str string, st tcell.Style) {
	for str != "" && s.inside(x, y) {
		var width int
		if str, width = s.Put(x, y, str, st); width == 0 {
			return
		}
		x += width
	}
}

// SetCell is the old form of Put.
func (s *frameBuffer) SetCell(x, y int, st tcell.Style, ch ...rune) {
	if len(ch) == 0 {
		ch = []rune{' '}
	}
	s.Put(x, y, string(ch), st)
}

// Get returns what was drawn at a position, shown or not.
func (s *frameBuffer) Get(x, y int) (string, tcell.Style, int) {
	if !s.inside(x, y) {
		return "", tcell.StyleDefault, 0
	}
	c := s.at(x, y)
	return s.table.text(c.glyph()), s.table.look(c.style()).styled(), c.width()
}

// GetContent is the old form of Get.
func (s *frameBuffer) GetContent(x, y int) (rune, []rune, tcell.Style, int) {
	if !s.inside(x, y) {
		return 0, nil, tcell.StyleDefault, 0
	}
	c := s.at(x, y)
	st := s.table.look(c.style()).styled()
	if c.glyph()&clusterBit == 0 {
		return rune(c.glyph()), nil, st, c.width()
	}
	rs := []rune(s.table.cluster(c.glyph()))
	return rs[0], rs[1:], st, c.width()
}

// SetStyle sets the default style.
func (s *encoder) SetStyle(st tcell.Style) {
	if l := lookOf(st); l != s.base {
		s.base, s.sgrs, s.full = l, nil, true
	}
}
