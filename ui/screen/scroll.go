package screen

import "strconv"

// region is a part of the screen, of its whole width, in which rows may move.
type region struct{ y, h int }

// MayScroll says before a Show that the rows from y to y+h may have moved up
// or down together. Where the terminal can, it then moves them itself, and only
// what is new is sent.
func (s *Screen) MayScroll(y, h int) { s.region = region{y, h} }

// scroll moves a region that was found to have moved, in front and on the
// terminal, before the rows are compared.
func (s *Screen) scroll() {
	r := s.region
	s.region = region{}
	if !s.pen.scrolls || r.y < 0 || r.h < 3 || r.y+r.h > s.h {
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
func (s *Screen) margins(from, to int) {
	s.buf = append(s.buf, "\x1b["...)
	s.buf = strconv.AppendInt(s.buf, int64(from+1), 10)
	s.buf = append(s.buf, ';')
	s.buf = strconv.AppendInt(s.buf, int64(to), 10)
	s.buf = append(s.buf, 'r')
}

// touched says whether a row of a region may have changed.
func (s *Screen) touched(r region) bool {
	for y := r.y; y < r.y+r.h; y++ {
		if p := s.back[y]; p != nil && p != s.front[y] {
			return true
		}
	}
	return false
}

// moved is by how many rows what is wanted in a region lies above what is
// shown, or below it; 0 where moving would save less than two rows.
func (s *Screen) moved(r region) int {
	best, most := 0, s.alike(r, 0)+1
	for by := 1; by < r.h; by++ {
		for _, d := range [2]int{by, -by} {
			if n := s.alike(r, d); n > most {
				best, most = d, n
			}
		}
		if most > r.h-by-1 {
			break // no larger step can keep more
		}
	}
	return best
}

// alike counts the rows that are shown already, moved by so many rows. Blank
// ones do not count: they cost nothing.
func (s *Screen) alike(r region, by int) int {
	n := 0
	for y := max(r.y, r.y-by); y < min(r.y+r.h, r.y+r.h-by); y++ {
		want := s.back[y]
		if want == nil {
			want = s.front[y]
		}
		if want != s.stock.blank && s.front[y+by].shows(want) {
			n++
		}
	}
	return n
}

// shift moves rows in front.
func (s *Screen) shift(r region, by int) {
	rows := s.front[r.y : r.y+r.h]
	bare := s.stock.unknown
	if s.base == (look{}) {
		bare = s.stock.blank
	}
	gone := rows[:max(by, 0)]
	if by < 0 {
		gone = rows[r.h+by:]
	}
	for _, p := range gone {
		s.stock.release(p)
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
