package timeline

import (
	"time"

	"warroom/model"
)

// maxAlike is how many lines are counted: no screen shows more.
const maxAlike = 500

// IsAlike reports whether a screen of h rows looks the same for everybody who has opened this
// room with the same theme and zone: it shows the newest lines as recorded, and none that
// mentions this person, is selected, or has a divider before it.
func (t *Timeline) IsAlike(h int) bool {
	return t.follow && t.sel == 0 && t.set.f.isEmpty() && !t.set.time.on && t.alike.n >= min(h, maxAlike)
}

// LayoutAlike is [Timeline.Layout] for a timeline that is not drawn, because it looks like
// another one.
func LayoutAlike(t *Timeline, width, height int, zone *time.Location) {
	t.near.release()
	t.Layout(width, height, zone)
}

// alike counts the newest visible lines that look alike for everybody, up to maxAlike.
type alike struct {
	n       int
	divided bool // a line among them, or before them, has the divider
}

// countAlike counts the lines of a room.
func countAlike(lines []*model.Line, unseen *newLines) alike {
	a := alike{n: maxAlike}
	for i, n := len(lines)-1, 0; i >= 0 && n < maxAlike; i-- {
		l := lines[i]
		switch {
		case names(l, unseen.me):
			a.n = min(a.n, n)
			return a
		case unseen.has(l):
			a = alike{n: n, divided: true} // the divider is before the first of these
		}
		if !isInternal(l) && !isAdmission(l) {
			n++
		}
	}
	return a
}

// add counts a line that was added.
func (a *alike) add(l *model.Line, unseen *newLines) {
	switch {
	case names(l, unseen.me):
		a.n = 0
	case !a.divided && unseen.has(l): // the divider is before it
		*a = alike{divided: true}
	case !isInternal(l) && !isAdmission(l) && a.n < maxAlike:
		a.n++
	}
}

// names reports whether somebody else mentions a person in a line.
func names(l *model.Line, person string) bool {
	return l.By != person && l.IsEntry() && l.Mentions(person)
}
