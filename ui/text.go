package ui

import (
	"strings"
	"time"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/draw"
)

const (
	manyBlanks  = "                                                                                                    "
	manyStrokes = "────────────────────────────────────────────────────────────────────────────────────────────────────"
	manyDashes  = "----------------------------------------------------------------------------------------------------"
)

// spaces is n blanks.
func spaces(n int) model.Safe {
	if n <= len(manyBlanks) {
		return model.Lit(manyBlanks).Slice(0, max(0, n))
	}
	return model.Clean(strings.Repeat(" ", n))
}

func blanks(n int) draw.Line { return draw.L(draw.T(tcell.StyleDefault, spaces(n))) }

// rule is a stroke of n cells.
func rule(n int, th *theme) model.Safe {
	n = max(0, n)
	if th.ascii {
		if n <= len(manyDashes) {
			return model.Lit(manyDashes).Slice(0, n)
		}
		return model.Clean(strings.Repeat("-", n))
	}
	if size := len("─"); n*size <= len(manyStrokes) {
		return model.Lit(manyStrokes).Slice(0, n*size)
	}
	return model.Clean(strings.Repeat("─", n))
}

// spread puts right at the right end of a row of w cells. Left gives way.
func spread(w int, left, right draw.Line) draw.Line {
	room := w - right.Width()
	if room <= 0 {
		return right.Clip(w)
	}
	l := left.Clip(room)
	out := append(l[:len(l):len(l)], draw.T(tcell.StyleDefault, spaces(room-l.Width())))
	return append(out, right...)
}

// age writes how long ago in the largest unit that says enough.
func age(d time.Duration) model.Safe {
	switch {
	case d < time.Minute:
		return model.Lit("now")
	case d < time.Hour:
		return model.Safef("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return model.Safef("%d h %02d", int(d.Hours()), int(d.Minutes())%60)
	}
	return model.Safef("%d days", int(d.Hours()/24))
}

// short writes a length of time, also one of seconds.
func short(d time.Duration) model.Safe {
	if d < time.Minute {
		return model.Safef("%d s", int(max(0, d).Seconds()))
	}
	return age(d)
}

// plural is "1 entry" or "2 entries".
func plural(n int, one, many string) model.Safe {
	if n == 1 {
		return model.Safef("1 %s", one)
	}
	return model.Safef("%d %s", n, many)
}

// wrapped is text in one style, in rows of w cells.
func wrapped(style tcell.Style, s model.Safe, w int) []draw.Line {
	var out []draw.Line
	for _, t := range draw.Wrap(s, w) {
		out = append(out, draw.L(draw.T(style, t)))
	}
	return out
}

// plainText is what a row says, without its styles.
func plainText(l draw.Line) model.Safe {
	parts := make([]model.Safe, len(l))
	for i, s := range l {
		parts[i] = s.Text
	}
	return model.JoinSafe(model.Safe{}, parts...)
}

// reversed is a row as it looks when it is selected: all of it, to the edge.
func reversed(l draw.Line, w int) draw.Line {
	out := make(draw.Line, 0, len(l)+1)
	for _, s := range l {
		out = append(out, draw.T(s.Style.Reverse(true).Dim(false), s.Text))
	}
	return append(out, draw.T(tcell.StyleDefault.Reverse(true), spaces(w-l.Width())))
}
