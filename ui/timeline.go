package ui

import (
	"slices"
	"time"

	"warroom/model"
	"warroom/ui/draw"
)

// nearSize is how many lines a timeline remembers the rows of: those it shows.
const nearSize = 64

// timeline shows the lines of a room. It reads only those that are on the
// screen, whatever the length of the log, and what arrives never moves what is
// being read.
type timeline struct {
	th   *theme
	me   string
	room *model.Room
	cols columns

	f      filter
	hits   hits
	follow bool   // the newest line is at the bottom
	top    uint64 // else: the line at the top, by sequence,
	skip   int    // and how many of its rows are above the edge
	fresh  int    // lines that came since then and are below
	sel    uint64 // selected line; 0: none
	height int    // as last drawn

	shared *Shared
	near   [nearSize]nearby
}

// nearby is a line whose rows were asked for, by its index.
type nearby struct {
	i int32
	*shown
}

func newTimeline(th *theme, me string, s *Shared) *timeline {
	return &timeline{th: th, me: me, room: model.NewRoom(), follow: true, shared: s,
		cols: columnsFor(80, 0, time.UTC)} // keys may come before anything is drawn
}

// forget is called when rows may be others.
func (t *timeline) forget() { clear(t.near[:]) }

func (t *timeline) lines() []*model.Line { return t.room.Lines() }

// take shows a newer room.
func (t *timeline) take(r *model.Room) {
	old, now := t.lines(), r.Lines()
	same := len(now) >= len(old) && (len(old) == 0 || now[len(old)-1] == old[len(old)-1])
	t.room = r
	t.forget()
	if !same { // folded anew
		t.hits.begin(len(now))
		return
	}
	if len(old) == 0 {
		return
	}
	for _, l := range now[len(old):] {
		if l.Kind == model.KindEntryPinned || l.Kind == model.KindEntryAmended || l.Kind == model.KindTimeCorrected {
			t.hits.begin(len(now)) // an older line may be shown now
		}
		if t.follow {
			continue
		}
		if !hidden(l) && (t.f.isEmpty() || t.f.match(r, l)) {
			t.fresh++
		}
	}
}

// setFilter shows only some lines. The line at the top stays near.
func (t *timeline) setFilter(f filter) {
	t.f = f
	t.forget()
	t.hits.begin(len(t.lines()))
	t.bottom()
}

// scan goes on filtering and says whether there is more to do.
func (t *timeline) scan() bool {
	if t.f.isEmpty() {
		return false
	}
	t.forget() // the line before one may be another now
	return t.hits.scan(t.room, t.lines(), &t.f)
}

// layout sets the size. Rows are wrapped anew when the width changes.
func (t *timeline) layout(width, height int, zone *time.Location) {
	c := columnsFor(width, t.room.Seq, zone)
	if c != t.cols {
		t.cols = c
		t.forget()
	}
	t.height = height
}

// shown says whether line i is to be seen at all.
func (t *timeline) prev(i int) int {
	if !t.f.isEmpty() {
		return t.visible(t.hits.before(i), t.hits.before)
	}
	return t.visible(i-1, func(i int) int { return i - 1 })
}

func (t *timeline) next(i int) int {
	last := len(t.lines())
	step := func(i int) int {
		if i+1 < last {
			return i + 1
		}
		return -1
	}
	if !t.f.isEmpty() {
		step = t.hits.after
	}
	return t.visible(step(i), step)
}

// hidden says whether a line is passed over: it repeats the one before, or is of
// the machinery.
func hidden(l *model.Line) bool { return l.Repeat || l.Quiet }

// visible passes over lines that are not shown.
func (t *timeline) visible(i int, step func(int) int) int {
	rows := t.lines()
	for i > 0 && hidden(rows[i]) {
		i = step(i)
	}
	return i
}

func (t *timeline) last() int { return t.prev(len(t.lines())) }

// index is the place of a sequence, or of the line before it.
func (t *timeline) index(seq uint64) int {
	i, ok := slices.BinarySearchFunc(t.lines(), seq, func(l *model.Line, s uint64) int {
		switch {
		case l.Seq < s:
			return -1
		case l.Seq > s:
			return 1
		}
		return 0
	})
	if ok {
		return i
	}
	return i - 1
}

// state is what the rows of line i depend on.
func (t *timeline) state(i int) lineState {
	rows := t.lines()
	l := rows[i]
	m := t.room.Marks[l.Seq]
	st := lineState{cols: t.cols, when: l.At, amended: len(m.Amended), gone: m.Retracted != "", pinned: m.Pinned,
		named: l.By != t.me && l.IsEntry() && l.Mentions(t.me), why: m.Retracted}
	st.ways = t.room.WayWords(l, t.cols.zone)
	if st.amended > 0 {
		st.when, st.text, st.by = t.room.When(l), t.room.Text(l), m.Amended[st.amended-1].By
	}
	if len(m.Corrected) > 0 {
		st.when = t.room.When(l)
	}
	if d := t.room.Redaction(l.Seq); d != nil {
		st.taken = d.By + ": " + d.Reason
	}
	for j := i + 1; j < len(rows) && rows[j].Repeat && st.repeats < 999; j++ {
		st.repeats++
	}
	p := t.prev(i)
	st.day = p < 0 || !sameDay(rows[p].RecordedAt.In(t.cols.zone), l.RecordedAt.In(t.cols.zone))
	return st
}

func sameDay(a, b time.Time) bool { return a.YearDay() == b.YearDay() && a.Year() == b.Year() }

// rows are the rows of line i.
func (t *timeline) rows(i int) []draw.Line { return t.shown(i).rows }

// shown is line i as it is shown.
func (t *timeline) shown(i int) *shown {
	n := &t.near[i%nearSize]
	if n.shown == nil || n.i != int32(i) {
		*n = nearby{int32(i), t.shared.rows(t.room, shownKey{t.lines()[i], t.state(i), t.th})}
	}
	return n.shown
}

// spot is a row: a line and how many of its rows are before it.
type spot struct{ i, row int }

// start is the row at the top of the screen.
func (t *timeline) start() spot {
	if t.follow {
		return t.fromBottom(t.height)
	}
	i := t.index(t.top)
	if i < 0 || !t.f.isEmpty() && t.next(i-1) != i {
		if i = t.prev(i + 1); i < 0 {
			i = t.next(-1)
		}
		return spot{i, 0}
	}
	for i > 0 && hidden(t.lines()[i]) {
		i--
	}
	return spot{i, min(t.skip, len(t.rows(i))-1)}
}

// fromBottom is the row from which n rows reach the end.
func (t *timeline) fromBottom(n int) spot {
	i := t.last()
	if i < 0 {
		return spot{-1, 0}
	}
	for {
		rows := len(t.rows(i))
		if rows >= n {
			return spot{i, rows - n}
		}
		n -= rows
		p := t.prev(i)
		if p < 0 {
			return spot{i, 0}
		}
		i = p
	}
}
