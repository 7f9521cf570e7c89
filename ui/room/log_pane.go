package room

import (
	"slices"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/lineedit"
	"warroom/ui/present"
	"warroom/ui/shell"
	"warroom/ui/theme"
	"warroom/ui/timeline"
)

// logPane is the timeline of a room with its filter line.
type logPane struct {
	tl     *timeline.Timeline
	search lineedit.Editor
	bad    model.Safe // why the filter is invalid
	at     draw.Rect  // where the timeline was drawn

	clock *shell.Clock
	th    *theme.Theme
}

// setFilter sets the filter.
func (l *logPane) setFilter(text string) {
	l.search.Set(text)
	l.apply()
}

// apply applies the text of the filter line.
func (l *logPane) apply() {
	f, err := timeline.ParseFilter(l.search.Text, l.clock.Now(), l.clock.Zone())
	l.bad = model.Safe{}
	if err != nil {
		l.bad = model.Sentence(err)
	}
	l.tl.Deselect()
	l.tl.SetFilter(f)
}

// showAll removes the filter.
func (l *logPane) showAll() {
	if l.search.Text != "" {
		l.setFilter("")
	}
}

// key handles a key of the filter line. It reports whether it has handled it.
func (l *logPane) key(ev *tcell.EventKey) bool {
	prev := l.search.Text
	if lineedit.IsText(ev) {
		l.search.Insert(string(ev.Rune()))
	} else if !l.search.Key(ev) {
		return false
	}
	if l.search.Text != prev {
		l.apply()
	}
	return true
}

// paste inserts a pasted text into the filter line.
func (l *logPane) paste(text string) {
	if l.search.Insert(lineedit.OneLine(text)) {
		l.apply()
	}
}

// onlyPinned cycles through pinned lines, decisions, and all lines.
func (l *logPane) onlyPinned() {
	l.setFilter(map[string]string{"": "pinned:", "pinned:": "kind:decision"}[l.search.Text])
}

// laneFilters are the filters that nextLane cycles through.
var laneFilters = []string{"lane:attacker", "lane:us", ""}

// nextLane switches to the next lane filter and returns its description.
func (l *logPane) nextLane() model.Safe {
	i := slices.Index(laneFilters, l.search.Text)
	l.setFilter(laneFilters[(i+1)%len(laneFilters)])
	return map[string]model.Safe{"lane:attacker": model.Lit("what the attacker did"),
		"lane:us": model.Lit("what we did"), "": model.Lit("both lanes")}[l.search.Text]
}

// toggleOrder switches between the two orders of the timeline and returns the new one.
func (l *logPane) toggleOrder() model.Safe {
	if l.tl.ToggleOrder() {
		return model.Lit("ordered by when it happened")
	}
	return model.Lit("ordered by when it was recorded")
}

// selectAt selects the line at a row of the screen. selected reports whether there is
// one, and below whether the row is below the timeline.
func (l *logPane) selectAt(y int) (selected, below bool) {
	if y >= l.at.Y && y < l.at.Y+l.at.H && l.tl.SelectAt(y-l.at.Y) {
		return true, false
	}
	return false, y >= l.at.Y+l.at.H
}

// positionRow returns a row with the number of new lines below, if the timeline is
// scrolled back.
func (l *logPane) positionRow(w int) []draw.Line {
	if l.tl.Follows() {
		return nil
	}
	message := model.Lit("scrolled back; Ctrl-End goes to the newest ")
	if n := l.tl.NewBelow(); n > 0 {
		message = model.Safef("%d new below ", n)
	}
	return []draw.Line{draw.Spread(w, nil, draw.L(draw.T(l.th.Mark, message)))}
}

// draw draws the timeline.
func (l *logPane) draw(s tcell.Screen, r draw.Rect) {
	l.tl.Layout(r.W, r.H, l.clock.Zone())
	l.tl.Draw(s, draw.CacheOf(s), r.X, r.Y, r.W, r.H)
	l.at = r
}

// drawFilter draws the filter line, with the cursor if it is focused.
func (l *logPane) drawFilter(s tcell.Screen, r draw.Rect, focused bool) {
	th := l.th
	rows, row, col := l.search.Rows(r.W/2, th.Bold)
	found, looking := l.tl.Found()
	message := present.Plural(found, "line", "lines")
	style := th.Dim
	switch {
	case !l.bad.IsEmpty():
		message, style = l.bad, th.Bad
	case l.search.Text == "":
		message = model.Lit("kind:decision who:ana after:14:00 before:15:00 pinned: words")
	case looking:
		message = model.Safef("%s, looking ...", message)
	}
	left := append(draw.L(draw.T(th.Accent, model.Lit(" /"))), rows[row]...)
	draw.Put(s, r.X, r.Y, r.W, draw.Spread(r.W, left, draw.L(draw.T(style, model.Safef("  %s ", message)))))
	if focused {
		s.ShowCursor(r.X+2+col, r.Y)
	}
}
