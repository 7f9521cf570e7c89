package ui

import (
	"time"

	"github.com/gdamore/tcell/v2"
	"github.com/rivo/tview"

	"warroom/model"
	"warroom/ui/draw"
)

// A room from top to bottom: header, attention, panes (or two rows of them),
// timeline, waiting lines, hint, composer, keys.

// draw shows the room.
func (p *place) draw(s tcell.Screen, r rect) {
	a, th := p.a, p.a.th
	now := a.second()
	a.header(s, r, p.moved)
	r.y, r.h = r.y+1, r.h-1
	a.bottom(s, r)
	r.h--
	r.h -= p.drawComposer(s, r)
	if l := attention(p.view, a.o.Handle, now, th); l != nil {
		draw.Put(s, r.x, r.y, r.w, l.Clip(r.w))
		r.y, r.h = r.y+1, r.h-1
	}
	n := p.drawPanes(s, r)
	r.y, r.h = r.y+n, r.h-n
	hint := p.hintRows(r)
	log := r
	if p.tl.follow {
		log.h -= max(0, len(hint)-1) // the newest line stays in sight above it
	}
	p.drawLog(s, log)
	p.drawHint(s, r, hint)
	if p.tl.scan() {
		a.pump.wake() // goes on filtering with the next frame
	}
}

// drawPanes shows the state of the room and returns how many rows it took.
func (p *place) drawPanes(s tcell.Screen, r rect) int {
	v, k := p.view, p.a.seenNow()
	wide, h := r.w >= 96 && r.h >= 22, 3
	if wide {
		h = min(max(7, r.h/3), 20)
	}
	r.h = h
	p.a.stamp(s, r, p.a.at(partPanes), k.any, func(s tcell.Screen, r rect) {
		if wide {
			drawPanes(s, r, v, k.now, k.th)
			return
		}
		draw.Put(s, r.x, r.y, r.w, nextClocks(v.Room, k.now, r.w, k.th).Clip(r.w))
		draw.Put(s, r.x, r.y+1, r.w, nextItem(v.Room, k.now, r.w, k.th))
		draw.Put(s, r.x, r.y+2, r.w, draw.L(draw.T(k.th.dim, rule(r.w, k.th))))
	})
	return h
}

// drawPanes shows the panes side by side.
func drawPanes(s tcell.Screen, r rect, v *model.View, now time.Time, th *theme) {
	cols := paneWidths(r.w)
	for i, w := range cols {
		title, lines := paneLines(v, now, i, len(cols), w-4, r.h-2, th)
		drawPane(s, rect{r.x, r.y, w, r.h}, title, lines, th)
		r.x += w
	}
}

// paneWidths are the widths of the panes: four where they fit, else three.
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

// paneLines are the title and the rows of pane i of n.
func paneLines(v *model.View, now time.Time, i, n, w, h int, th *theme) (model.Safe, []draw.Line) {
	switch {
	case i == 0:
		return model.Lit("Clocks"), clockLines(v.Room, now, w, h, th)
	case i == 1:
		return checklistTitle(v.Room, v.Room.Phase), itemLines(v.Room, now, w, h, th)
	case i == 3:
		return model.Safef("%d here", here(v)), peopleLines(v, now, w, th)
	}
	lines := roleLines(v.Room, now, w, th)
	if n == 3 && len(lines) < h {
		lines = append(lines, peopleInOne(v, w, th))
	}
	return model.Lit("Roles"), lines
}

func drawPane(s tcell.Screen, r rect, title model.Safe, lines []draw.Line, th *theme) {
	f := draw.Frame{ASCII: th.ascii, Style: th.dim, TitleStyle: th.bold}
	f.Draw(s, r.x, r.y, r.w, r.h, draw.L(draw.T(th.bold, title)))
	for i, l := range lines {
		if i >= r.h-2 {
			return
		}
		draw.Put(s, r.x+2, r.y+1+i, r.w-4, l.Clip(r.w-4))
	}
}

// peopleInOne is who is here, in one row.
func peopleInOne(v *model.View, w int, th *theme) draw.Line {
	line := draw.L(draw.T(th.dim, model.Lit("here: ")))
	for _, p := range distinct(v.Here) {
		line = append(line, draw.T(th.accent, model.CleanLine(p.Handle)))
		if p.Typing {
			line = append(line, draw.T(th.dim, model.Lit(" (typing)")))
		}
		line = append(line, draw.T(th.plain, model.Lit(" ")))
	}
	return line.Clip(w)
}

// drawLog shows the timeline, what waits below it, and how much is new.
func (p *place) drawLog(s tcell.Screen, r rect) {
	th := p.a.th
	if p.mode == inFilter || p.search.text != "" {
		p.drawFilter(s, r)
		r.y, r.h = r.y+1, r.h-1
	}
	tail := p.waitingLines(r.w, max(2, r.h/3))
	if id, i := p.refused(); id != "" || i >= 0 {
		tail = append(tail, spread(r.w, nil, draw.L(draw.T(th.dim, model.Lit("Ctrl-X takes a refused line away ")))))
	}
	if !p.told.IsEmpty() {
		tail = append(tail, spread(r.w, nil, draw.L(draw.T(th.warn, model.Safef("%s  (Esc: I have seen it) ", p.told)))))
	}
	if !p.tl.follow {
		say := model.Lit("scrolled back; Ctrl-End goes to the end ")
		if p.tl.fresh > 0 {
			say = model.Safef("%d new below ", p.tl.fresh)
		}
		tail = append(tail, spread(r.w, nil, draw.L(draw.T(th.mark, say))))
	}
	h := max(1, r.h-len(tail))
	p.tl.layout(r.w, h, p.a.zone())
	p.tl.draw(s, p.a.sheets, r.x, r.y, r.w, h)
	p.logAt = rect{r.x, r.y, r.w, h}
	for i, l := range tail {
		draw.Put(s, r.x, r.y+h+i, r.w, l.Clip(r.w))
	}
}

// drawFilter shows the filter line.
func (p *place) drawFilter(s tcell.Screen, r rect) {
	th := p.a.th
	rows, _, col := p.search.rows(r.w, th.bold)
	say := plural(p.tl.hits.count(), "line", "lines")
	style := th.dim
	switch {
	case !p.bad.IsEmpty():
		say, style = p.bad, th.bad
	case p.search.text == "":
		say = model.Lit("kind:decision who:ana after:14:00 before:15:00 pinned: words")
	case p.tl.hits.lo > 0:
		say = model.Safef("%s, looking ...", say)
	}
	left := append(draw.L(draw.T(th.accent, model.Lit(" /"))), rows[0]...)
	draw.Put(s, r.x, r.y, r.w, spread(r.w, left, draw.L(draw.T(style, model.Safef("  %s ", say)))))
	if p.mode == inFilter {
		s.ShowCursor(r.x+2+col, r.y)
	}
}

// waitingLines are one's own lines that are not in the log yet, at most n rows.
func (p *place) waitingLines(w, n int) []draw.Line {
	th := p.a.th
	var out []draw.Line
	for _, wt := range p.view.Waiting {
		out = append(out, waitingLine(wt, p.typed[wt.Draft.ID], w, p.tl.cols, th)...)
	}
	for _, m := range p.mine {
		if m.id != "" && p.isWaiting(m.id) {
			continue
		}
		wt := model.Waiting{State: model.Pending, Draft: model.Draft{Made: m.made}}
		if !m.why.IsEmpty() {
			wt.State, wt.Why = model.Refused, m.why
		}
		out = append(out, waitingLine(wt, m.line, w, p.tl.cols, th)...)
	}
	if len(out) > n {
		more := draw.L(draw.T(th.dim, model.Lit("   and more that wait")))
		out = append(out[:n-1:n-1], more)
	}
	return out
}

// waitingLine is one line that waits: its state in a word, what it says, and
// below it why it was refused.
func waitingLine(wt model.Waiting, typed string, w int, c columns, th *theme) []draw.Line {
	mark, style := model.Lit("~"), th.dim
	if wt.State == model.Refused {
		mark, style = model.Lit("!"), th.bad
	}
	line := draw.L(draw.T(style, mark))
	if c.seq > 0 {
		line = append(line, blanks(c.seq+1)...)
	}
	at := wt.Draft.At
	if at.IsZero() {
		at = wt.Draft.Made
	}
	zone := c.zone
	if zone == nil {
		zone = at.Location()
	}
	line = append(line, draw.T(th.dim, model.Safef("%s  ", at.In(zone).Format("15:04"))))
	line = append(line, column(style, model.CleanLine(string(wt.State)), max(8, c.name))...)
	left := line.Width()
	out := []draw.Line{append(line, draw.T(th.plain, waitingText(wt, typed))).Clip(w)}
	if !wt.Why.IsEmpty() {
		out = append(out, indented(wrapped(style, model.CleanLine(wt.Why.String()), w-left-1), left)...)
	}
	return out
}

// waitingText is what a waiting draft says: as it was typed here, else as it
// stands in the outbox.
func waitingText(wt model.Waiting, typed string) model.Safe {
	if typed != "" {
		return model.CleanLine(typed)
	}
	b, err := wt.Draft.Event("").DecodeBody()
	if e, ok := b.(*model.Entry); ok && err == nil {
		return model.CleanLine(e.Text)
	}
	return model.Safef("%s %s", wt.Draft.Kind.Word(), []byte(wt.Draft.Body))
}

// mouse scrolls by the wheel and selects by a click.
func (p *place) mouse(act tview.MouseAction, x, y int) bool {
	switch act {
	case tview.MouseScrollUp:
		p.tl.scroll(-3)
	case tview.MouseScrollDown:
		p.tl.scroll(3)
	case tview.MouseLeftDown:
		if i := p.tl.at(y - p.logAt.y); i >= 0 && y >= p.logAt.y && y < p.logAt.y+p.logAt.h {
			p.mode = inLog
			p.tl.pick(i)
		} else if y >= p.logAt.y+p.logAt.h {
			p.mode = inWrite
		}
	default:
		return false
	}
	return true
}
