package screen

import (
	"strconv"
	"sync/atomic"
	"unicode/utf8"

	"github.com/gdamore/tcell/v2"
)

const (
	syncOn    = "\x1b[?2026h"
	syncOff   = "\x1b[?2026l"
	smallFrom = 256 // a smaller frame does not use the two above
	maxGap    = 4   // up to this many unchanged cells are rewritten instead of skipped
)

// encoder encodes the difference between the drawn cells and those that the terminal shows.
// It belongs to the goroutine that draws.
type encoder struct {
	frameBuffer
	terminalState
	opts     Options
	sgrEnc   *sgrEncoder
	fallback map[rune]string
	formed   atomic.Bool // the shape of the cursor was changed
	canCopy  bool        // the terminal reported that it accepts clipboard writes
}

func newEncoder(t Terminal, table *Table, p *sgrEncoder, fallback map[rune]string, o Options) encoder {
	return encoder{
		frameBuffer:   frameBuffer{term: t, table: table, full: true},
		terminalState: terminalState{tx: -1, style: -1, curX: -1, curY: -1},
		opts:          o, sgrEnc: p, fallback: fallback,
	}
}

// terminalState is the state of the terminal between two frames.
type terminalState struct {
	buf    []byte
	opened int      // bytes of buf that begin a large frame
	late   []digits // sent last
	sgrs   []string // by style
	tx, ty int      // position of the terminal's cursor; tx -1: not known
	style  int      // the current style, if -1, not known
	shown  bool     // the cursor is visible

	curX, curY int // requested position of the cursor
	curStyle   tcell.CursorStyle
	curColor   tcell.Color
	sentStyle  tcell.CursorStyle
	sentColor  tcell.Color
}

// Show sends what has changed, in one write. While the last frame is being written, nothing
// is sent, but a Wake follows as soon as it is written: a slow client gets fewer frames,
// always of the newest state.
func (s *Screen) Show() {
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

// Sync sends every cell again.
func (s *Screen) Sync() {
	s.full = true
	s.Show()
}

// encode updates front to the drawn cells and returns the bytes that update the terminal.
func (s *encoder) encode() []byte {
	begin(s)
	sendRows(s)
	return finish(s)
}

// begin begins a frame, with sequences that prevent a large one from flickering.
func begin(s *encoder) {
	if cap(s.buf) > maxReusedBuffer {
		s.buf = nil
	}
	s.buf = s.buf[:0]
	if s.sgrEnc.xt {
		s.buf = append(s.buf, syncOn...)
	} else if s.shown {
		s.buf = append(s.buf, s.sgrEnc.ti.HideCursor...)
	}
	s.opened = len(s.buf)
}

// finish ends a frame with the cursor, and returns its bytes. A small one needs no such
// sequences.
func finish(s *encoder) []byte {
	s.cursor()
	if len(s.buf)-s.opened < smallFrom {
		return s.buf[s.opened:]
	}
	closing(s, s.opened > 0)
	return s.buf
}

// closing ends a frame.
func closing(s *encoder, opened bool) {
	if s.sgrEnc.xt {
		s.buf = append(s.buf, syncOff...)
	} else if opened && s.shown {
		s.buf = append(s.buf, s.sgrEnc.ti.ShowCursor...)
	}
}

// erase clears the terminal, so that blank cells need not be sent.
func (s *encoder) erase() {
	s.buf = append(s.buf, s.sgrEnc.ti.AttrOff...)
	s.tx, s.style, s.full = -1, -1, false
	known := s.pool.unknown
	if s.base == (look{}) {
		known = s.pool.blank
		s.style = 0
	}
	s.buf = append(s.buf, s.sgrEnc.ti.Clear...)
	for y, p := range s.front {
		if s.back[y] == nil {
			s.back[y] = p.freeze()
		}
		if s.back[y] != p {
			s.pool.release(p)
		}
		s.front[y] = known
	}
}

// showRow sends the changes of one row. If a wide cell hides something that was drawn,
// front cannot replace back, which is then kept.
func (s *encoder) showRow(y int) {
	back := s.back[y]
	if back == nil {
		return
	}
	switch {
	case back == s.front[y]:
	case replay(s, y, back):
	case s.digitsOnly(y, back.cells):
		if !back.shared {
			copy(s.sent(y), back.cells)
		}
	case !record(s, y, back):
		return
	}
	s.back[y] = nil
	if !back.shared {
		s.pool.release(back)
		return
	}
	if s.front[y] != back {
		s.pool.release(s.front[y])
		s.front[y] = back
	}
}

func (s *encoder) compare(y int, back []cell) (exact bool) {
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
		if s.sgrEnc.corner && y == s.h-1 && x == s.w-1 && x > 0 && front[x-1].width() == 1 {
			s.corner(c)
		} else {
			s.send(x, y, c)
		}
		front = s.front[y].cells
	}
	return exact
}

// sent returns a row of front for writing.
func (s *encoder) sent(y int) []cell {
	p := s.front[y]
	if p.shared {
		own := s.pool.take()
		copy(own.cells, p.cells)
		s.front[y], p = own, own
	}
	return p.cells
}

// send writes one cell and updates its neighbour: a terminal that loses one half of a wide
// cell blanks the other.
func (s *encoder) send(x, y int, c cell) {
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

// put writes one cell and tracks the cursor.
func (s *encoder) put(x, y int, c cell) {
	w := c.width()
	s.move(x, y)
	if n := int(c.style()); n != s.style && (c.glyph() != ' ' || s.style < 0 ||
		!s.sgrEnc.sameBlank(s.look(s.style), s.look(n))) {
		s.pick(c.style())
	}
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

// settleWidth blanks both columns first, because not all terminals treat the cell as wide.
func (s *encoder) settleWidth(x, w int) {
	if w == 2 && x+w < s.w {
		s.buf = append(s.buf, "  \b\b"...)
	}
}

// corner writes the last cell of the screen on a terminal that would scroll: it writes the
// cell one column to the left, and then inserts the previous one.
func (s *encoder) corner(c cell) {
	x, y := s.w-1, s.h-1
	before := s.sent(y)[x-1]
	s.send(x-1, y, c)
	s.tx = -1
	s.move(x-1, y)
	s.buf = append(s.buf, s.sgrEnc.ti.InsertChar...)
	s.send(x-1, y, before)
	s.sent(y)[x] = c
	s.tx = -1
}

// pick sets the style.
func (s *encoder) pick(style uint16) {
	if s.style == int(style) {
		return
	}
	if s.style >= 0 && s.look(s.style) == s.look(int(style)) { // the base, which has a number of its own
		s.style = int(style)
		return
	}
	for len(s.sgrs) <= int(style) {
		s.sgrs = append(s.sgrs, "")
	}
	if s.sgrs[style] == "" {
		s.sgrs[style] = s.sgrEnc.sgr(s.look(int(style)))
	}
	before := len(s.buf)
	if s.style >= 0 && s.sgrEnc.answers {
		s.buf = s.sgrEnc.appendChange(s.buf, s.look(s.style), s.look(int(style)))
	}
	if n := len(s.buf) - before; n == 0 || n > len(s.sgrs[style]) {
		s.buf = append(s.buf[:before], s.sgrs[style]...)
	}
	s.style = int(style)
}

// look returns a style.
func (s *frameBuffer) look(style int) look {
	if style == 0 {
		return s.base
	}
	return s.table.look(uint16(style))
}

// move moves the cursor to x, y with the shortest known sequence.
func (s *encoder) move(x, y int) {
	if s.tx == x && s.ty == y {
		return
	}
	if s.tx >= 0 && s.ty == y && s.sgrEnc.ansi && (x == 0 || x > s.tx) {
		s.moveInRow(x, y)
	} else if back := s.tx - x; s.tx >= 0 && y == s.ty+1 && back >= 0 && back <= digitRun && s.sgrEnc.scrolls {
		s.buf = append(s.buf, "\x1bD\b\b\b"[:2+back]...)
	} else if s.sgrEnc.ansi {
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
		s.buf = append(s.buf, s.sgrEnc.ti.TGoto(x, y)...)
	}
	s.tx, s.ty = x, y
}

func (s *encoder) moveInRow(x, y int) {
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

// same reports whether the cells are plain and have the current style.
func (s *encoder) same(cells []cell) bool {
	for _, c := range cells {
		if c.width() != 1 || int(c.style()) != s.style || !plain(rune(c.glyph())) {
			return false
		}
	}
	return true
}
