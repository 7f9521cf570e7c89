package screen

import "strconv"

// region is a range of rows of the screen that may move.
type region struct{ y, h int }

// MayScroll declares before a Show that the rows from y to y+h may have moved up or down
// together. If the terminal supports it, it moves them itself, and only new rows are sent.
func (s *frameBuffer) MayScroll(y, h int) { s.region = region{y: y, h: h} }

// scroll moves a region whose rows have moved, in front and on the terminal, before the
// rows are compared.
func (s *encoder) scroll() {
	r := s.region
	s.region = region{}
	if !s.sgrEnc.scrolls || r.y < 0 || r.h < 3 || r.y+r.h > s.h {
		return
	}
	if !s.touched(r) {
		return
	}
	by := s.moved(r)
	if by == 0 {
		return
	}
	for y := r.y; y < r.y+r.h; y++ {
		if s.back[y] == nil {
			s.back[y] = s.front[y].freeze()
		}
	}
	s.shift(r, by)
	s.pick(0)
	s.margins(r.y, r.y+r.h)
	if s.tx = -1; by > 0 {
		s.move(0, r.y+r.h-1)
		for range by {
			s.buf = append(s.buf, "\x1bD"...)
		}
	} else {
		s.move(0, r.y)
		for range -by {
			s.buf = append(s.buf, "\x1bM"...)
		}
	}
	s.buf = append(s.buf, "\x1b[r"...)
	s.tx = -1
}

// margins sets the rows between which the terminal scrolls.
func (s *encoder) margins(from, to int) {
	s.buf = append(s.buf, "\x1b["...)
	s.buf = strconv.AppendInt(s.buf, int64(from+1), 10)
	s.buf = append(s.buf, ';')
	s.buf = strconv.AppendInt(s.buf, int64(to), 10)
	s.buf = append(s.buf, 'r')
}

// touched reports whether a row of a region may have changed.
func (s *encoder) touched(r region) bool {
	for y := r.y; y < r.y+r.h; y++ {
		if p := s.back[y]; p != nil && p != s.front[y] {
			return true
		}
	}
	return false
}

// moved returns by how many rows the drawing of a region has moved up (positive) or down,
// or 0 if moving would save less than two rows.
func (s *encoder) moved(r region) int {
	best, maxAlike := 0, s.alike(r, 0)+1
	for by := 1; by < r.h; by++ {
		for _, d := range [2]int{by, -by} {
			if n := s.alike(r, d); n > maxAlike {
				best, maxAlike = d, n
			}
		}
		if maxAlike > r.h-by-1 {
			break // no larger step can save more
		}
	}
	return best
}

// alike counts the rows that would be right after moving by a number of rows. Blank rows do
// not count, because they are cheap.
func (s *encoder) alike(r region, by int) int {
	n := 0
	for y := max(r.y, r.y-by); y < min(r.y+r.h, r.y+r.h-by); y++ {
		want := s.back[y]
		if want == nil {
			want = s.front[y]
		}
		if want != s.pool.blank && s.front[y+by].shows(want) {
			n++
		}
	}
	return n
}

// shift moves the rows of a region of front up by the given number, or down if it is
// negative, and fills the rows left empty.
func (s *encoder) shift(r region, by int) {
	rows := s.front[r.y : r.y+r.h]
	bare := s.pool.unknown
	if s.base == (look{}) {
		bare = s.pool.blank
	}
	gone := rows[:max(by, 0)]
	if by < 0 {
		gone = rows[r.h+by:]
	}
	for _, p := range gone {
		s.pool.release(p)
	}
	if by > 0 {
		copy(rows, rows[by:])
		rows = rows[r.h-by:]
	} else {
		copy(rows[-by:], rows)
		rows = rows[:-by]
	}
	for i := range rows {
		rows[i] = bare
	}
}
