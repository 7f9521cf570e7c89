package ui

import (
	"strings"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/draw"
)

// The lower end of a room: what is typed, and what it would do.

// key takes what is no command: text, and the keys of an editor.
func (p *place) key(ev *tcell.EventKey) {
	switch p.mode {
	case inFilter:
		p.filterKey(ev)
	case inWrite:
		if isText(ev) {
			p.typing(string(ev.Rune()))
			return
		}
		if p.comp.key(ev) {
			p.comp.settle()
			p.changed()
		}
	case inLog:
		if isText(ev) {
			p.a.tell(model.Lit("the timeline has the keys: Tab or Esc goes back to the composer, F1 lists them"))
		}
	}
}

func (p *place) filterKey(ev *tcell.EventKey) {
	was := p.search.text
	if isText(ev) {
		p.search.insert(string(ev.Rune()))
	} else if !p.search.key(ev) {
		switch ev.Key() {
		case tcell.KeyUp, tcell.KeyTab:
			p.a.toLog()
		}
		return
	}
	if p.search.text != was {
		p.applyFilter()
	}
}

// paste takes pasted text. Several lines are asked about.
func (p *place) paste(text string) {
	text, _ = model.ValidText(text)
	if p.mode == inFilter {
		if t := firstLine(text); p.search.insert(t) {
			p.applyFilter()
		}
		return
	}
	p.mode = inWrite
	switch {
	case len(text)+len(p.comp.text) > maxLine:
		p.tooLong(text)
	case len(trimEnd(text)) > 0 && firstLine(trimEnd(text)) != trimEnd(text):
		p.a.open(newPastePage(p, trimEnd(text)))
	default:
		p.typing(trimEnd(text))
	}
}

func firstLine(s string) string {
	for i := range len(s) {
		if s[i] == '\n' || s[i] == '\r' {
			return s[:i]
		}
	}
	return s
}

// decide says at once why an act may not be. Whether somebody who was never let
// in may come in is for the seat to find out.
func (p *place) decide(act model.Act) error {
	if !p.view.Room.Knows(p.seat.Who().Key) {
		return nil
	}
	return model.Decide(p.view.Room, p.seat.Who(), act, p.a.now())
}

// composerRows is how many rows the composer may take.
const composerRows = 4

// drawComposer shows the composer above the bottom line, and returns how many
// rows it took with the row of hints over it.
func (p *place) drawComposer(s tcell.Screen, r rect) int {
	th, prompt := p.a.th, p.prompt()
	w := draw.Width(prompt)
	if w > r.w/2 {
		prompt, w = model.Lit(" > "), 3
	}
	rows, row, col := p.comp.rows(r.w-w-1, th.plain)
	from := max(0, min(row-composerRows+1, len(rows)-composerRows))
	rows = rows[from:min(len(rows), from+composerRows)]
	y := r.y + r.h - len(rows)
	style := th.bold
	if p.mode != inWrite {
		style = th.dim
	}
	draw.Put(s, r.x, y, r.w, draw.L(draw.T(style, prompt)))
	for i, l := range rows {
		draw.Put(s, r.x+w, y+i, r.w-w, l)
	}
	if p.mode == inWrite {
		s.ShowCursor(r.x+w+col, y+row-from)
	}
	return len(rows) + 1
}

// hintRows are the completions and what the line would do, in as many rows as
// the timeline r can spare.
func (p *place) hintRows(r rect) []draw.Line {
	lines := p.hintLines(r.w-2, max(1, min(6, r.h)))
	if p.mode == inWrite && p.a.say.text.IsEmpty() && !p.isWhole() {
		lines = append(p.choiceLines(r.w-2, min(6, r.h/2)), lines...)
	}
	return lines
}

// drawHint shows the hint under the timeline. Where somebody reads further up it
// grows over the timeline, so that nothing they read moves. r is the timeline;
// the hint's first row of its own is below it.
func (p *place) drawHint(s tcell.Screen, r rect, lines []draw.Line) {
	y := r.y + r.h + 1 - len(lines)
	for i, l := range lines {
		draw.Fill(s, r.x, y+i, r.w, 1, p.a.th.plain)
		draw.Put(s, r.x+1, y+i, r.w-2, l.Clip(r.w-2))
	}
}

// hintLines say what the program has to say, else what the line would do, in at
// most n rows.
func (p *place) hintLines(w, n int) []draw.Line {
	th := p.a.th
	if !p.a.say.text.IsEmpty() {
		note := p.a.noteSpan()
		return limit(wrapped(note.Style, note.Text, w), n)
	}
	if p.mode != inWrite || p.comp.text == "" {
		if word := p.passing.now(p.a.now()); !word.IsEmpty() {
			return []draw.Line{draw.L(draw.T(th.dim, word)).Clip(w)}
		}
		return nil
	}
	if help, _, ok := ownCommand(p.comp.text); ok {
		return []draw.Line{draw.L(draw.T(th.dim, help))}
	}
	h := p.comp.hintAt(p.ctx())
	if p.comp.secret.IsEmpty() && len(p.comp.choices) > 0 && p.comp.chosen == 0 && h.Will.IsEmpty() && !strings.Contains(p.comp.text, " ") {
		return nil // a command that is still being typed
	}
	lines := hintLines(h, w, th)
	if !p.comp.secret.IsEmpty() {
		lines = append(wrapped(th.warn, p.comp.secret, w), lines...)
	}
	return limit(lines, n)
}

// isWhole says whether the line is a command's whole name, which the hint then
// tells all about.
func (p *place) isWhole() bool {
	c := &p.comp
	return len(c.choices) == 1 && c.chosen == 0 && c.choices[0].Line == c.text+" "
}

// hintLines are a hint in words: what it is, when, what it does to the clocks,
// or why it may not be.
func hintLines(h model.Hint, w int, th *theme) []draw.Line {
	var out []draw.Line
	if !h.Will.IsEmpty() {
		out = wrapped(th.accent, h.Will, w)
	}
	if !h.When.IsEmpty() {
		when := draw.L(draw.T(th.bold, model.Safef("  at %s", h.When)))
		if n := len(out); n > 0 && out[n-1].Width()+when.Width() <= w {
			out[n-1] = append(out[n-1], when...)
		} else {
			out = append(out, when)
		}
	}
	if !h.Refusal.IsEmpty() {
		return append(out, wrapped(th.warn, model.Safef("not yet: %s", h.Refusal), w)...)
	}
	if !h.Toll.IsEmpty() {
		out = append(out, wrapped(th.warn, h.Toll, w)...)
	}
	if s := model.PartWords(h.Parts); len(h.Parts) > 1 {
		out = append(out, wrapped(th.dim, model.Safef("read as: %s", s), w)...)
	}
	if len(h.Changes) > 0 {
		parts := make([]model.Safe, len(h.Changes))
		for i, c := range h.Changes {
			parts[i] = c.Text
		}
		out = append(out, wrapped(th.warn, model.Safef("clocks: %s", model.JoinSafe(model.Lit("; "), parts...)), w)...)
	}
	return out
}

// choiceLines are the completions, at most n rows.
func (p *place) choiceLines(w, n int) []draw.Line {
	th, c := p.a.th, &p.comp
	if len(c.choices) == 0 || n < 1 {
		return nil
	}
	from := max(0, min(c.chosen-n, len(c.choices)-n))
	wide := 0
	for _, ch := range c.choices {
		wide = max(wide, draw.Width(ch.Label))
	}
	var out []draw.Line
	for i := from; i < min(len(c.choices), from+n); i++ {
		ch := c.choices[i]
		l := column(th.accent, ch.Label, min(wide, w/2))
		l = append(l, draw.T(th.dim, model.Safef(" %s", ch.Help)))
		if i == from+n-1 && len(c.choices) > from+n {
			l = spread(w, l, draw.L(draw.T(th.dim, model.Safef("  %d more", len(c.choices)-from-n))))
		}
		if i == c.chosen-1 {
			l = reversed(l.Clip(w), w)
		}
		out = append(out, l)
	}
	return out
}

func limit(rows []draw.Line, n int) []draw.Line {
	if len(rows) > n {
		rows = rows[:n]
	}
	return rows
}
