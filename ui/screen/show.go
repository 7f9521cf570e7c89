package screen

import (
	"strconv"
	"unicode/utf8"

	"github.com/gdamore/tcell/v2"
)

const (
	syncOn    = "\x1b[?2026h"
	syncOff   = "\x1b[?2026l"
	smallFrom = 128 // a smaller frame does without the two above
	maxGap    = 4   // unchanged cells rather written again than jumped over
)

// wire is what is known of the terminal between two frames.
type wire struct {
	buf    []byte
	late   []digits // what is sent last
	sgrs   []string // by style
	tx, ty int      // where the terminal's cursor is; tx -1: not known
	style  int      // the style in force, -1: not known
	shown  bool     // the cursor is to be seen

	curX, curY int // where the cursor is wanted
	curStyle   tcell.CursorStyle
	curColor   tcell.Color
	sentStyle  tcell.CursorStyle
	sentColor  tcell.Color
}

// Show sends what has changed, in one write. While the last frame is on its
// way nothing is sent, but a Wake comes as soon as it has left: a slow client
// sees fewer frames, always of the newest state.
func (s *Screen) Show() {
	if s.skip {
		s.skip = false
		return
	}
	if s.w == 0 {
		s.Size()
	}
	if !s.live.Load() {
		return
	}
	s.mu.Lock()
	out := s.out
	s.mu.Unlock()
	if !out.ready() {
		return
	}
	if frame := s.encode(); len(frame) > 0 {
		out.show(frame)
	}
}

// Sync sends every cell anew.
func (s *Screen) Sync() {
	s.full = true
	s.Show()
}

// encode brings front to what is wanted and returns the bytes that do it.
func (s *Screen) encode() []byte {
	if cap(s.buf) > keepBuffer {
		s.buf = nil
	}
	s.buf = s.buf[:0]
	s.opening()
	opening := len(s.buf)
	if s.full {
		s.erase()
	}
	s.scroll()
	for y := range s.h {
		s.showRow(y)
	}
	s.sendDigits()
	s.cursor()
	if len(s.buf)-opening < smallFrom {
		return s.buf[opening:]
	}
	s.closing(opening > 0)
	return s.buf
}

// opening begins a frame with what keeps a large one from flickering.
func (s *Screen) opening() {
	if s.pen.xt {
		s.buf = append(s.buf, syncOn...)
	} else if s.shown {
		s.buf = append(s.buf, s.pen.ti.HideCursor...)
	}
}

// closing is its mirror.
func (s *Screen) closing(opened bool) {
	if s.pen.xt {
		s.buf = append(s.buf, syncOff...)
	} else if opened && s.shown {
		s.buf = append(s.buf, s.pen.ti.ShowCursor...)
	}
}

// erase clears the terminal, so that only what is not blank is sent.
func (s *Screen) erase() {
	s.buf = append(s.buf, s.pen.ti.AttrOff...)
	s.tx, s.style, s.full = -1, -1, false
	known := s.stock.unknown
	if s.base == (look{}) {
		known = s.stock.blank
		s.style = 0
	}
	s.buf = append(s.buf, s.pen.ti.Clear...)
	for y, p := range s.front {
		if s.back[y] == nil {
			s.back[y] = p.freeze()
		}
		if s.back[y] != p {
			s.stock.release(p)
		}
		s.front[y] = known
	}
}

// showRow sends the changes of one row. Where something drawn is hidden behind
// a wide cell, front cannot stand for back, which then stays.
func (s *Screen) showRow(y int) {
	back := s.back[y]
	if back == nil {
		return
	}
	switch {
	case back == s.front[y]:
	case s.digitsOnly(y, back.cells):
		if !back.shared {
			copy(s.sent(y), back.cells)
		}
	case !s.compare(y, back.cells):
		return
	}
	s.back[y] = nil
	if !back.shared {
		s.stock.release(back)
		return
	}
	if s.front[y] != back {
		s.stock.release(s.front[y])
		s.front[y] = back
	}
}

func (s *Screen) compare(y int, back []cell) (exact bool) {
	exact = true
	front := s.front[y].cells
	for x := 0; x < len(back); x++ {
		c := back[x]
		if c.width() == 2 {
			if x+1 == len(back) { // too wide to fit
				c, exact = mk(' ', c.style(), 1), false
			} else {
				exact = exact && (back[x+1] == mk(' ', c.style(), 1) || back[x+1] == tail(c.style()))
				if front[x] != c || front[x+1] != tail(c.style()) {
					s.send(x, y, c)
					front = s.front[y].cells
				}
				x++
				continue
			}
		}
		if front[x] == c {
			continue
		}
		if s.pen.corner && y == s.h-1 && x == s.w-1 && x > 0 && front[x-1].width() == 1 {
			s.corner(c)
		} else {
			s.send(x, y, c)
		}
		front = s.front[y].cells
	}
	return exact
}

// sent is a row of front to write to.
func (s *Screen) sent(y int) []cell {
	p := s.front[y]
	if p.shared {
		own := s.stock.take()
		copy(own.cells, p.cells)
		s.front[y], p = own, own
	}
	return p.cells
}

// send writes one cell and notes what it does to its neighbour: a terminal
// that loses one half of a wide cell blanks the other.
func (s *Screen) send(x, y int, c cell) {
	row, w := s.sent(y), c.width()
	if e := x + w - 1; row[e].width() == 2 && x+w < s.w {
		row[e+1] = 0
	}
	s.put(x, y, c)
	row[x] = c
	if w == 2 {
		row[x+1] = tail(c.style())
	}
}

// put writes one cell and knows where the cursor is after it.
func (s *Screen) put(x, y int, c cell) {
	w := c.width()
	s.move(x, y)
	s.pick(c.style())
	glyph, known := c.glyph(), w == 1 || sure(c.glyph())
	switch {
	case s.opts.ASCII:
		s.buf = s.appendASCII(s.buf, c)
	case glyph&clusterBit != 0:
		known = false
		s.settleWidth(x, w)
		s.buf = append(s.buf, s.table.cluster(glyph)...)
	default:
		if !known {
			s.settleWidth(x, w)
		}
		s.buf = utf8.AppendRune(s.buf, rune(glyph))
	}
	if s.tx += w; !known || s.tx >= s.w {
		s.tx = -1
	}
}

// settleWidth blanks both columns first: not all terminals agree that what
// follows is wide.
func (s *Screen) settleWidth(x, w int) {
	if w == 2 && x+w < s.w {
		s.buf = append(s.buf, "  \b\b"...)
	}
}

// corner writes the last cell of the screen on a terminal that would scroll:
// one column early, then the column before is inserted.
func (s *Screen) corner(c cell) {
	x, y := s.w-1, s.h-1
	before := s.sent(y)[x-1]
	s.send(x-1, y, c)
	s.tx = -1
	s.move(x-1, y)
	s.buf = append(s.buf, s.pen.ti.InsertChar...)
	s.send(x-1, y, before)
	s.sent(y)[x] = c
	s.tx = -1
}

// pick sets the style.
func (s *Screen) pick(style uint16) {
	if s.style == int(style) {
		return
	}
	for len(s.sgrs) <= int(style) {
		s.sgrs = append(s.sgrs, "")
	}
	if s.sgrs[style] == "" {
		l := s.table.look(style)
		if style == 0 {
			l = s.base
		}
		s.sgrs[style] = s.pen.sgr(l)
	}
	s.buf = append(s.buf, s.sgrs[style]...)
	s.style = int(style)
}

// move puts the cursor at x, y by the shortest way known.
func (s *Screen) move(x, y int) {
	if s.tx == x && s.ty == y {
		return
	}
	if s.tx >= 0 && s.ty == y && s.pen.ansi && (x == 0 || x > s.tx) {
		s.moveInRow(x, y)
	} else if back := s.tx - x; s.tx >= 0 && y == s.ty+1 && back >= 0 && back <= digitRun && s.pen.scrolls {
		s.buf = append(s.buf, "\x1bD\b\b\b"[:2+back]...)
	} else if s.pen.ansi {
		s.buf = append(s.buf, "\x1b["...)
		if x > 0 || y > 0 {
			s.buf = strconv.AppendInt(s.buf, int64(y+1), 10)
		}
		if x > 0 {
			s.buf = append(s.buf, ';')
			s.buf = strconv.AppendInt(s.buf, int64(x+1), 10)
		}
		s.buf = append(s.buf, 'H')
	} else {
		s.buf = append(s.buf, s.pen.ti.TGoto(x, y)...)
	}
	s.tx, s.ty = x, y
}

func (s *Screen) moveInRow(x, y int) {
	if x == 0 {
		s.buf = append(s.buf, '\r')
		return
	}
	if gap := s.front[y].cells[s.tx:x]; len(gap) <= maxGap && s.same(gap) {
		for _, c := range gap {
			s.buf = append(s.buf, byte(c.glyph()))
		}
		return
	}
	s.buf = append(s.buf, "\x1b["...)
	if x-s.tx > 1 {
		s.buf = strconv.AppendInt(s.buf, int64(x-s.tx), 10)
	}
	s.buf = append(s.buf, 'C')
}

// same tells whether the cells are plain and of the style in force.
func (s *Screen) same(cells []cell) bool {
	for _, c := range cells {
		if c.width() != 1 || int(c.style()) != s.style || !plain(rune(c.glyph())) {
			return false
		}
	}
	return true
}
