package screen

import "slices"

// When a line is new, all terminals of a room change the same rows in the same way. The
// first one compares and encodes the cells; the others send the same bytes.

// sentRow is what was sent to change a row to another one. It is not modified.
type sentRow struct {
	from   sentState
	bytes  []byte
	tx, ty int // of the cursor afterwards
	style  int // afterwards
}

// sentState is everything that the bytes depend on besides the new row.
type sentState struct {
	row    uint64 // id of what the terminal showed: a pointer would keep all rows that ever were
	sgrEnc *sgrEncoder
	base   look
	ascii  bool
	y      int
	tx, ty int
	style  int
	bottom bool // it is the last row, whose last cell is special on some terminals
}

// stateOf returns the state before row y is changed.
func stateOf(s *encoder, y int) sentState {
	return sentState{row: s.front[y].id, sgrEnc: s.sgrEnc, base: s.base, ascii: s.opts.ASCII, y: y, tx: s.tx, ty: s.ty,
		style: s.style, bottom: y == s.h-1}
}

// replay sends what another screen has sent for the same change, and reports whether one
// has.
func replay(s *encoder, y int, back *cellRow) bool {
	if back.id == 0 || s.front[y].id == 0 {
		return false
	}
	p := back.sent.Load()
	if p == nil || p.from != stateOf(s, y) {
		return false
	}
	s.buf = append(s.buf, p.bytes...)
	s.tx, s.ty, s.style = p.tx, p.ty, p.style
	return true
}

// record compares and sends a row, and keeps what was sent for other screens. It reports
// whether the terminal then shows the row exactly.
func record(s *encoder, y int, back *cellRow) (exact bool) {
	from, begin := stateOf(s, y), len(s.buf)
	keep := back.id != 0 && from.row != 0
	if exact = s.compare(y, back.cells); exact && keep {
		back.sent.Store(&sentRow{from: from, bytes: slices.Clone(s.buf[begin:]), tx: s.tx, ty: s.ty, style: s.style})
	}
	return exact
}
