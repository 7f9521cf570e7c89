package shell

import (
	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/keymap"
)

// TextPage is a scrollable page of text. Its lines are made for each frame, so it shows
// the present state of the room.
type TextPage struct {
	Finder
	Shell *Shell
	Title model.Safe
	Lines func(w int) []draw.Line
	top   int
	h     int
	n     int
}

// More reports whether there are more rows than fit.
func (p *TextPage) More() bool { return p.n > p.h }

// Scope returns the key scope of the page.
func (p *TextPage) Scope() keymap.Scope { return p.ScopeOr(keymap.InPage) }

// Draw draws the page.
func (p *TextPage) Draw(s tcell.Screen, r draw.Rect) {
	lines := p.rows(p.Lines(r.W - frameColumns))
	p.n = len(lines)
	if p.h == 0 {
		p.h = p.Shell.frameRows(r)
	}
	p.top = max(0, min(p.top, p.n-p.h))
	title := p.Finder.Title(p.Title)
	if p.n > p.h {
		title = model.Safef("%s: rows %d to %d of %d", title, p.top+1, min(p.n, p.top+p.h), p.n)
	}
	full := r
	r = p.Shell.DrawFrame(s, r, title)
	p.h = r.H
	p.top = max(0, min(p.top, p.n-p.h))
	for i := range min(r.H, p.n-p.top) {
		draw.Put(s, r.X, r.Y+i, r.W, lines[p.top+i].Clip(r.W))
	}
	p.Shell.DrawBottom(s, full)
}

// Move scrolls by rows.
func (p *TextPage) Move(n int) { p.top = max(0, min(p.top+n, p.n-p.h)) }

// Turn scrolls by pages, less one row of overlap.
func (p *TextPage) Turn(n int) { p.Move(n * max(1, p.h-1)) }

// OpenText opens a page of text, or closes it if it is open.
func (s *Shell) OpenText(title model.Safe, lines func(w int) []draw.Line) {
	s.Toggle(&TextPage{Shell: s, Title: title, Lines: lines}, func(o Page) bool {
		t, ok := o.(*TextPage)
		return ok && t.Title == title
	})
}
