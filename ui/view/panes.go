package view

import (
	"time"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/present"
	"warroom/ui/theme"
)

// DrawPanes draws the panes side by side.
func DrawPanes(s tcell.Screen, r draw.Rect, v *model.View, now time.Time, th *theme.Theme) {
	cols := paneWidths(r.W)
	for i, w := range cols {
		title, lines := paneLines(v, now, i, len(cols), w-4, r.H-2, th)
		drawPane(s, draw.Rect{X: r.X, Y: r.Y, W: w, H: r.H}, title, lines, th)
		r.X += w
	}
}

// PanesHeight returns the height of the panes: no more than their content needs, and at
// most h.
func PanesHeight(v *model.View, now time.Time, w, h int, th *theme.Theme) int {
	n := 0
	cols := paneWidths(w)
	for i, w := range cols {
		_, lines := paneLines(v, now, i, len(cols), w-4, h-2, th)
		n = max(n, len(lines))
	}
	return min(h, n+2)
}

// paneWidths returns the widths of the panes: four if they fit, otherwise three.
func paneWidths(w int) []int {
	shares := []int{36, 34, 30}
	switch {
	case w >= 150:
		shares = []int{26, 34, 22, 18}
	case w >= 110:
		shares = []int{34, 35, 31}
	}
	out := make([]int, len(shares))
	sum, used := 0, 0
	for i, n := range shares {
		sum += n
		out[i] = w*sum/100 - used
		used += out[i]
	}
	return out
}

// paneLines returns the title and the rows of pane i of n.
func paneLines(v *model.View, now time.Time, i, n, w, h int, th *theme.Theme) (model.Safe, []draw.Line) {
	switch {
	case i == 0:
		clocks := v.Room.ClockViews(now)
		asks := AskLines(v.Room, now, w, max(1, h-1-max(3, countLive(clocks))), th)
		return model.Lit("Clocks"), append(clockLines(clocks, now, w, h-len(asks), th), asks...)
	case i == 1:
		return present.PhaseProgress(v.Room, v.Room.Phase), itemLines(v.Room, now, w, h, th)
	case i == 3:
		title := model.Safef("%d here", here(v))
		if v.Link.State == model.Offline {
			title = model.Lit("Here, as last seen")
		}
		return title, peopleLines(v, now, w, th)
	}
	if n == 3 {
		return model.Lit("Roles"), append(rolePane(v.Room, now, w, h-1, th), peopleInOne(v, w, th))
	}
	return model.Lit("Roles"), rolePane(v.Room, now, w, h, th)
}

func drawPane(s tcell.Screen, r draw.Rect, title model.Safe, lines []draw.Line, th *theme.Theme) {
	f := draw.Frame{ASCII: th.ASCII, Style: th.Dim, TitleStyle: th.Bold}
	f.Draw(s, r.X, r.Y, r.W, r.H, draw.L(draw.T(th.Bold, title)))
	for i, l := range lines {
		if i >= r.H-2 {
			return
		}
		draw.Put(s, r.X+2, r.Y+1+i, r.W-4, l.Clip(r.W-4))
	}
}

// peopleInOne returns the people who are here, in one row.
func peopleInOne(v *model.View, w int, th *theme.Theme) draw.Line {
	line := draw.L(draw.T(th.Dim, model.Lit("here: ")))
	seen := map[string]bool{}
	for i, full := 0, line.Width(); i < len(v.Here) && full <= w; i++ { // the others would be cut off
		p := &v.Here[i]
		if seen[p.Handle] {
			continue
		}
		seen[p.Handle] = true
		n := len(line)
		line = append(line, draw.T(th.Accent, model.CleanLine(p.Handle)))
		if p.Typing {
			line = append(line, draw.T(th.Dim, model.Lit(" (typing)")))
		}
		line = append(line, draw.T(th.Plain, model.Lit(" ")))
		full += line[n:].Width()
	}
	return line.Clip(w)
}
