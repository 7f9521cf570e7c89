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
	for _, l := range attention(p.view, a.o.Handle, now, r.w, th) {
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
	if v.Room.Lobby {
		h = min(max(4, r.h/2), len(v.Room.OpenAlerts())+2)
	}
	r.h = h
	p.a.stamp(s, r, p.a.at(partPanes), k.any, func(s tcell.Screen, r rect) {
		if v.Room.Lobby {
			for i, l := range lobbyRows(v.Room, k.now, r.w, r.h-1, k.th) {
				draw.Put(s, r.x, r.y+i, r.w, l.Clip(r.w))
			}
			draw.Put(s, r.x, r.y+r.h-1, r.w, draw.L(draw.T(k.th.dim, rule(r.w, k.th))))
			return
		}
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
		title := model.Safef("%d here", here(v))
		if v.Link.State == model.Offline {
			title = model.Lit("Here, as last seen")
		}
		return title, peopleLines(v, now, w, th)
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
		tail = append(tail, p.toldRows(r.w)...)
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

// toldRows are what came while one was away, at the right where it fits in a row.
func (p *place) toldRows(w int) []draw.Line {
	th := p.a.th
	seen := draw.L(draw.T(th.warn, model.Lit("  (Esc: I have seen it) ")))
	if draw.Width(p.told)+seen.Width() <= w {
		return []draw.Line{spread(w, nil, append(draw.L(draw.T(th.warn, p.told)), seen...))}
	}
	return noted(th.warn, p.told, seen, w, 3)
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

// waits is one line that waits: what the outbox says of it, and what was typed.
type waits struct {
	model.Waiting
	typed string
}

// waiting are one's own lines that are not in the log yet.
func (p *place) waiting() []waits {
	var out []waits
	for _, wt := range p.view.Waiting {
		out = append(out, waits{wt, p.typed[wt.Draft.ID]})
	}
	for _, m := range p.mine {
		if m.id != "" && p.isWaiting(m.id) {
			continue
		}
		wt := model.Waiting{State: model.Pending, Draft: model.Draft{Made: m.made}}
		if !m.why.IsEmpty() {
			wt.State, wt.Why = model.Refused, m.why
		}
		out = append(out, waits{wt, m.line})
	}
	return out
}

// waitingLines are the lines that wait, in at most n rows: as many as fit, and
// how many more there are.
func (p *place) waitingLines(w, n int) []draw.Line {
	list := p.waiting()
	for shown := len(list); ; shown-- {
		out := waitingRows(list[:shown], w, p.tl.cols, p.a.th)
		if left := len(list) - shown; left > 0 {
			out = append(out, draw.L(draw.T(p.a.th.dim, model.Safef("   and %d more", left))))
		}
		if len(out) <= n || shown == 0 {
			return out
		}
	}
}

// waitingRows are lines that wait. A reason that several in a row have stands
// once, below the last of them.
func waitingRows(list []waits, w int, c columns, th *theme) []draw.Line {
	var out []draw.Line
	for i, wt := range list {
		line, left := waitingLine(wt, c, th)
		out = append(out, line.Clip(w))
		if wt.Why.IsEmpty() || i+1 < len(list) && list[i+1].Why == wt.Why {
			continue
		}
		_, style := waitingMark(wt.State, th)
		out = append(out, indented(wrapped(style, model.CleanLine(wt.Why.String()), w-left-1), left)...)
	}
	return out
}

func waitingMark(s model.WaitState, th *theme) (model.Safe, tcell.Style) {
	if s == model.Refused {
		return model.Lit("!"), th.bad
	}
	return model.Lit("~"), th.dim
}

// waitingLine is one line that waits: its state in a word, and what it says from
// column left on.
func waitingLine(wt waits, c columns, th *theme) (line draw.Line, left int) {
	mark, style := waitingMark(wt.State, th)
	line = draw.L(draw.T(style, mark))
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
	left = line.Width()
	return append(line, draw.T(th.plain, waitingText(wt.Waiting, wt.typed))), left
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
