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

// A change of what many terminals show, such as a new line of a room, is compared and encoded
// once: the first terminal that changes from some shared rows to others leaves the bytes with
// the former, and any other that shows these can send the same bytes. It need not even draw
// first, see [Screen.Advance].

// maxSentFrames is the max number of kinds of terminals that one change is encoded for.
const maxSentFrames = 8

// sentFrame is what was sent to change rows to others. It is not modified.
type sentFrame struct {
	to     uint64 // id of the others: a reference would keep all later rows, as long as one terminal shows the first
	from   frameState
	bytes  []byte // they begin with an absolute position of the cursor, if they move it at all
	tx, ty int    // of the cursor afterwards
	style  int    // afterwards
	other  *sentFrame
	n      int // of these and those linked from it
}

// frameState is everything that the bytes depend on besides the rows.
type frameState struct {
	sgrEnc *sgrEncoder
	base   look
	ascii  bool
	style  int
}

func frameStateOf(s *encoder) frameState {
	return frameState{sgrEnc: s.sgrEnc, base: s.base, ascii: s.opts.ASCII, style: s.style}
}

// sentTo returns what a terminal in the same state has sent to change these rows to others, or
// nil.
func (p *sharedRows) sentTo(to *sharedRows, from frameState) *sentFrame {
	for f := p.next.Load(); f != nil && f.to == to.id; f = f.other {
		if f.from == from {
			return f
		}
	}
	return nil
}

// addSent stores what was sent to change these rows.
func (p *sharedRows) addSent(f *sentFrame) {
	f.n = 1
	if last := p.next.Load(); last != nil && last.to == f.to && last.n < maxSentFrames {
		f.other, f.n = last, last.n+1
	}
	p.next.Store(f)
}

// Advance changes rows that the terminal shows, which begin in its first row, to others, as
// another screen of the Table has changed them, and sends the bytes that the other one sent. It
// does nothing and returns false if no other screen has made this change, or if the terminal
// shows something else there. The next draw corrects what differs.
func (s *Screen) Advance(from, to Rows) bool {
	p, ok := from.(*sharedRows)
	next, is := to.(*sharedRows)
	if !ok || !is || s.whole == nil || s.whole != p || s.full || !s.live.Load() {
		return false
	}
	f := p.sentTo(next, frameStateOf(&s.encoder))
	if w, h := s.termSize(); f == nil || w != s.w || h != s.h {
		return false
	}
	s.mu.Lock()
	out := s.out
	s.mu.Unlock()
	if !out.ready() {
		return false
	}
	begin(&s.encoder)
	replayFrame(&s.encoder, f, next)
	out.show(finish(&s.encoder))
	return true
}

// replayFrame sends what another screen has sent to change the rows of whole to others.
func replayFrame(s *encoder, f *sentFrame, to *sharedRows) {
	s.buf = append(s.buf, f.bytes...)
	s.tx, s.ty, s.style = f.tx, f.ty, f.style
	copy(s.front, to.rows)
	s.whole, s.region = to, region{}
}

// sendRows sends the changes of all rows: as another screen has sent them, or for others.
func sendRows(s *encoder) {
	from, to := s.whole, s.drawn
	s.whole, s.drawn = nil, nil
	if from == nil || to == nil || from == to || s.full || !onlyChanges(s, from, to) {
		encodeRows(s)
		s.whole = shown(s, to, from)
		return
	}
	before := frameStateOf(s)
	if f := from.sentTo(to, before); f != nil {
		replayFrame(s, f, to)
		for y, row := range s.back {
			s.pool.release(row)
			s.back[y] = nil
		}
		return
	}
	s.tx = -1 // others have the cursor somewhere else
	begun := len(s.buf)
	encodeRows(s)
	if s.whole = shown(s, to, nil); s.whole != nil {
		from.addSent(&sentFrame{to: to.id, from: before, bytes: slices.Clone(s.buf[begun:]), tx: s.tx, ty: s.ty,
			style: s.style})
	}
}

// onlyChanges reports whether nothing was drawn besides the change of the first rows, which
// are shared, to others.
func onlyChanges(s *encoder, from, to *sharedRows) bool {
	n := len(to.rows)
	if len(from.rows) != n || n >= s.h {
		return false
	}
	for y, row := range to.rows {
		if s.back[y] != row {
			return false // something was drawn over it
		}
	}
	for y := n; y < s.h; y++ {
		if back := s.back[y]; back != nil && !s.front[y].shows(back) {
			return false
		}
	}
	return true
}

// shown returns the first of the given rows that the terminal shows from its first row on, or
// nil.
func shown(s *encoder, candidates ...*sharedRows) *sharedRows {
	for _, p := range candidates {
		if p != nil && p.shownBy(s) {
			return p
		}
	}
	return nil
}

// shownBy reports whether a terminal shows the rows from its first row on.
func (p *sharedRows) shownBy(s *encoder) bool {
	if p.w != s.w || len(p.rows) >= s.h {
		return false
	}
	for y, row := range p.rows {
		if s.front[y] != row || s.back[y] != nil {
			return false
		}
	}
	return true
}

// encodeRows sends the changes of all rows, compared one by one.
func encodeRows(s *encoder) {
	if s.full {
		s.erase()
	}
	s.scroll()
	for y := range s.h {
		s.showRow(y)
	}
	s.sendDigits()
}
