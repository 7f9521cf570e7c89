package timeline

import (
	"slices"

	"warroom/model"
)

// lineSet is the visible lines of a room in display order. A line is identified by its
// index among all lines.
type lineSet struct {
	room  *model.Room
	taken int // how many states of the room were taken
	f     Filter
	hits  hits // of the filter
	time  byTime
}

// lines returns all lines of the room in display order.
func (s *lineSet) lines() []*model.Line {
	if s.time.on {
		return s.time.lines
	}
	return s.room.Lines()
}

// prev returns the visible line before line i, or -1.
func (s *lineSet) prev(i int) int {
	if !s.f.isEmpty() {
		return s.visible(s.hits.before(i), s.hits.before)
	}
	return s.visible(i-1, func(i int) int { return i - 1 })
}

// next returns the visible line after line i, or -1.
func (s *lineSet) next(i int) int {
	last := len(s.lines())
	step := func(i int) int {
		if i+1 < last {
			return i + 1
		}
		return -1
	}
	if !s.f.isEmpty() {
		step = s.hits.after
	}
	return s.visible(step(i), step)
}

// hidden reports whether a line is skipped: it repeats the previous one, is internal, or
// only admits a key, which the page of people shows. A filter can select admissions.
func (s *lineSet) hidden(l *model.Line) bool {
	return isInternal(l) || isAdmission(l) && s.f.isEmpty()
}

func isInternal(l *model.Line) bool { return l.Repeat || l.Hidden }

func isAdmission(l *model.Line) bool {
	return l.Kind == model.KindKeyAdmitted && l.Refused.IsEmpty() && !l.Fault
}

// visible skips hidden lines from i on.
func (s *lineSet) visible(i int, step func(int) int) int {
	rows := s.lines()
	for i > 0 && s.hidden(rows[i]) {
		i = step(i)
	}
	return i
}

// last returns the newest visible line, or -1.
func (s *lineSet) last() int { return s.prev(len(s.lines())) }

// index returns the index of a sequence, or of the line before it.
func (s *lineSet) index(seq uint64) int {
	if s.time.on {
		if i, ok := s.time.at[seq]; ok {
			return i
		}
		return len(s.lines()) - 1
	}
	i, ok := slices.BinarySearchFunc(s.lines(), seq, func(l *model.Line, s uint64) int {
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

// reorder inserts new lines into the order by time. It sorts all lines again if the time
// of a line was changed.
func (s *lineSet) reorder(r *model.Room, from int) {
	if !s.time.on {
		return
	}
	retimed := slices.ContainsFunc(r.Lines()[from:], func(l *model.Line) bool {
		return l.Kind == model.KindEntryAmended || l.Kind == model.KindTimeCorrected
	})
	if retimed {
		s.time.order(r)
	}
	if retimed || s.time.grow(r, from) {
		s.hits.begin(len(r.Lines()))
	}
}
