package timeline

import (
	"slices"
	"sort"
	"strings"
	"time"

	"warroom/model"
	"warroom/ui/fold"
	"warroom/ui/present"
)

// Filter selects lines of a timeline. The zero value selects all.
type Filter struct {
	kinds         []string // words or kinds; one must match
	who           []string
	words         []string // folded; all must match
	after, before time.Time
	pinned        bool
	lanes         []string // one must match
}

// ParseFilter parses a filter such as: kind:decision who:ana after:14:00 before:15:00
// pinned: text "a phrase". It returns [model.Invalid] for an invalid time.
func ParseFilter(s string, now time.Time, zone *time.Location) (Filter, error) {
	var f Filter
	for _, w := range fields(s) {
		key, val, ok := strings.Cut(w, ":")
		var err error
		switch {
		case ok && key == "kind":
			f.kinds = append(f.kinds, splitList(val)...)
		case ok && (key == "who" || key == "by"):
			f.who = append(f.who, splitList(strings.ReplaceAll(val, "@", ""))...)
		case ok && key == "lane":
			f.lanes = append(f.lanes, splitList(val)...)
		case ok && key == "pinned":
			f.pinned = true
		case ok && key == "after" && val != "":
			f.after, err = filterTime(val, now, zone)
		case ok && key == "before" && val != "":
			f.before, err = filterTime(val, now, zone)
		case ok && (key == "after" || key == "before"):
		default:
			f.words = append(f.words, fold.Text(w))
		}
		if err != nil {
			return f, err
		}
	}
	return f, nil
}

// fields splits a filter into words. A phrase in quotes is one word.
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

// filterTime parses 14:00, 2026-11-20 or 2026-11-20T14:00 in the viewer's zone. A time
// without a date is the most recent one.
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
	return time.Time{}, model.Refuse(model.Invalid, "%s is not a time; write 14:00, 2026-11-20 or 2026-11-20T14:00", s)
}

func (f *Filter) isEmpty() bool {
	return len(f.kinds)+len(f.who)+len(f.words)+len(f.lanes) == 0 && f.after.IsZero() && f.before.IsZero() && !f.pinned
}

// match reports whether the filter selects a line.
func (f *Filter) match(r *model.Room, l *model.Line) bool {
	m := r.Marks[l.Seq]
	at, amended := l.At, len(m.Amended) > 0
	if amended || len(m.Corrected) > 0 {
		at = r.When(l)
	}
	switch {
	case len(f.who) > 0 && !slices.Contains(f.who, l.By),
		!f.after.IsZero() && at.Before(f.after),
		!f.before.IsZero() && !at.Before(f.before),
		len(f.lanes) > 0 && !slices.Contains(f.lanes, string(l.Kind.Lane())),
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
		if !fold.Contains(text.String(), w) && !fold.Contains(l.By, w) {
			return false
		}
	}
	return true
}

func (f *Filter) isKind(l *model.Line, at time.Time) bool {
	word := l.Word().String()
	return slices.ContainsFunc(f.kinds, func(k string) bool {
		return k == word || k == string(l.Kind) || k == "refused" && !l.Refused.IsEmpty() || k == "backdated" &&
			present.Backdated(l, at)
	})
}

// scanStep is how many lines one frame filters.
const scanStep = 20000

// hits are the lines that a filter selects. They are found from the newest line
// backwards, one step per frame, so that a long log does not delay a key.
type hits struct {
	older  []int32 // descending
	newer  []int32 // ascending, all above older
	lo, hi int     // lines lo to hi were filtered
}

// begin starts over before line n.
func (h *hits) begin(n int) { *h = hits{older: h.older[:0], newer: h.newer[:0], lo: n, hi: n} }

// scan filters the lines that are new, and one step of the older ones. It reports whether
// there are more.
func (h *hits) scan(r *model.Room, lines []*model.Line, f *Filter) bool {
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

// before returns the newest hit before line i, or -1.
func (h *hits) before(i int) int {
	if n := sort.Search(len(h.newer), func(k int) bool { return int(h.newer[k]) >= i }); n > 0 {
		return int(h.newer[n-1])
	}
	if n := sort.Search(len(h.older), func(k int) bool { return int(h.older[k]) < i }); n < len(h.older) {
		return int(h.older[n])
	}
	return -1
}

// after returns the oldest hit after line i, or -1.
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
