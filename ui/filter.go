package ui

import (
	"slices"
	"sort"
	"strings"
	"time"

	"warroom/model"
)

// filter says which lines of a timeline are shown. The zero value shows all.
type filter struct {
	kinds         []string // words or kinds, any of them
	who           []string
	words         []string // folded, all of them
	after, before time.Time
	pinned        bool
}

// parseFilter reads: kind:decision who:ana after:14:00 before: pinned: text "a phrase".
func parseFilter(s string, now time.Time, zone *time.Location) (filter, error) {
	var f filter
	for _, w := range fields(s) {
		key, val, ok := strings.Cut(w, ":")
		var err error
		switch {
		case ok && key == "kind":
			f.kinds = append(f.kinds, splitList(val)...)
		case ok && (key == "who" || key == "by"):
			f.who = append(f.who, splitList(strings.ReplaceAll(val, "@", ""))...)
		case ok && key == "pinned":
			f.pinned = true
		case ok && key == "after" && val != "":
			f.after, err = filterTime(val, now, zone)
		case ok && key == "before" && val != "":
			f.before, err = filterTime(val, now, zone)
		case ok && (key == "after" || key == "before"):
		default:
			f.words = append(f.words, folded(w))
		}
		if err != nil {
			return f, err
		}
	}
	return f, nil
}

// fields are the words of a filter; "words in quotes" are one.
func fields(s string) []string {
	quoted := false
	out := strings.FieldsFunc(s, func(r rune) bool {
		if r == '"' {
			quoted = !quoted
		}
		return r == ' ' && !quoted
	})
	for i := range out {
		out[i] = strings.Trim(out[i], "\"")
	}
	return slices.DeleteFunc(out, func(w string) bool { return w == "" })
}

func splitList(s string) []string {
	return slices.DeleteFunc(strings.Split(strings.ToLower(s), ","), func(p string) bool { return p == "" })
}

// filterTime reads 14:00, 2026-11-20 or 2026-11-20T14:00 in the viewer's zone;
// a bare time is the last one that was.
func filterTime(s string, now time.Time, zone *time.Location) (time.Time, error) {
	now = now.In(zone)
	for _, form := range []string{"15:04", "15:04:05"} {
		if t, err := time.Parse(form, s); err == nil {
			at := time.Date(now.Year(), now.Month(), now.Day(), t.Hour(), t.Minute(), t.Second(), 0, zone)
			if at.After(now) {
				at = at.AddDate(0, 0, -1)
			}
			return at, nil
		}
	}
	for _, form := range []string{time.DateOnly, "2006-01-02T15:04", time.RFC3339} {
		if t, err := time.ParseInLocation(form, s, zone); err == nil {
			return t, nil
		}
	}
	return time.Time{}, model.Refuse(model.Invalid, "%s is no time; write 14:00, 2026-11-20 or 2026-11-20T14:00", s)
}

func (f *filter) isEmpty() bool {
	return len(f.kinds)+len(f.who)+len(f.words) == 0 && f.after.IsZero() && f.before.IsZero() && !f.pinned
}

// match says whether a line is shown.
func (f *filter) match(r *model.Room, l *model.Line) bool {
	m := r.Marks[l.Seq]
	at, amended := l.At, len(m.Amended) > 0
	if amended || len(m.Corrected) > 0 {
		at = r.When(l)
	}
	switch {
	case len(f.who) > 0 && !slices.Contains(f.who, l.By),
		!f.after.IsZero() && at.Before(f.after),
		!f.before.IsZero() && !at.Before(f.before),
		f.pinned && !r.Marks[l.Seq].Pinned,
		len(f.kinds) > 0 && !f.isKind(l, at):
		return false
	}
	if len(f.words) == 0 {
		return true
	}
	text := l.Text
	if amended {
		text = r.Text(l)
	}
	for _, w := range f.words {
		if !containsFold(text.String(), w) && !containsFold(l.By, w) {
			return false
		}
	}
	return true
}

func (f *filter) isKind(l *model.Line, at time.Time) bool {
	word := l.Word().String()
	return slices.ContainsFunc(f.kinds, func(k string) bool {
		return k == word || k == string(l.Kind) || k == "refused" && !l.Refused.IsEmpty() || k == "backdated" && backdated(l, at)
	})
}

// scanStep is how many lines one frame looks through for a filter.
const scanStep = 20000

// hits are the lines that a filter shows. They are found from the newest line
// backwards, a step a frame, so that a long room never makes a key wait.
type hits struct {
	older  []int32 // descending
	newer  []int32 // ascending, all above older
	lo, hi int     // lines lo to hi were looked at
}

// begin starts over before line n.
func (h *hits) begin(n int) { *h = hits{older: h.older[:0], newer: h.newer[:0], lo: n, hi: n} }

// scan looks at the lines that came since, and a step of those before. It says
// whether there are more.
func (h *hits) scan(r *model.Room, lines []*model.Line, f *filter) bool {
	for ; h.hi < len(lines); h.hi++ {
		if f.match(r, lines[h.hi]) {
			h.newer = append(h.newer, int32(h.hi))
		}
	}
	for end := max(0, h.lo-scanStep); h.lo > end; {
		h.lo--
		if f.match(r, lines[h.lo]) {
			h.older = append(h.older, int32(h.lo))
		}
	}
	return h.lo > 0
}

// before is the newest hit below line i, -1 where there is none.
func (h *hits) before(i int) int {
	if n := sort.Search(len(h.newer), func(k int) bool { return int(h.newer[k]) >= i }); n > 0 {
		return int(h.newer[n-1])
	}
	if n := sort.Search(len(h.older), func(k int) bool { return int(h.older[k]) < i }); n < len(h.older) {
		return int(h.older[n])
	}
	return -1
}

// after is the oldest hit above line i, -1 where there is none.
func (h *hits) after(i int) int {
	if n := sort.Search(len(h.older), func(k int) bool { return int(h.older[k]) <= i }); n > 0 {
		return int(h.older[n-1])
	}
	if n := sort.Search(len(h.newer), func(k int) bool { return int(h.newer[k]) > i }); n < len(h.newer) {
		return int(h.newer[n])
	}
	return -1
}

func (h *hits) count() int { return len(h.older) + len(h.newer) }
