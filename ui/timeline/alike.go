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
	return t.follow && t.sel == 0 && t.set.f.isEmpty() && !t.set.time.on && t.alike >= min(h, maxAlike)
}

// LayoutAlike is [Timeline.Layout] for a timeline that is not drawn, because it looks like
// another one.
func (t *Timeline) LayoutAlike(width, height int, zone *time.Location) {
	t.near.release()
	t.Layout(width, height, zone)
}

// countAlike counts the newest lines that look alike for everybody.
func (t *Timeline) countAlike() {
	lines, n := t.set.room.Lines(), 0
	t.alike, t.divided = maxAlike, false
	for i := len(lines) - 1; i >= 0 && n < maxAlike; i-- {
		l := lines[i]
		switch {
		case t.namesViewer(l):
			t.alike = min(t.alike, n)
			return
		case t.unseen.has(l):
			t.alike, t.divided = n, true // the divider is before the first of these
		}
		if !isInternal(l) && !isAdmission(l) {
			n++
		}
	}
}

// countLine counts a line that was added.
func (t *Timeline) countLine(l *model.Line) {
	switch {
	case t.namesViewer(l):
		t.alike = 0
	case !t.divided && t.unseen.has(l): // the divider is before it
		t.alike, t.divided = 0, true
	case !isInternal(l) && !isAdmission(l) && t.alike < maxAlike:
		t.alike++
	}
}

// namesViewer reports whether somebody else mentions this person in a line.
func (t *Timeline) namesViewer(l *model.Line) bool {
	return l.By != t.me && l.IsEntry() && l.Mentions(t.me)
}
