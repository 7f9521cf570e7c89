package room

import (
	"github.com/gdamore/tcell/v2"

	"warroom/ui/draw"
	"warroom/ui/keymap"
	"warroom/ui/present"
	"warroom/ui/shell"
	"warroom/ui/timeline"
)

// matter is the most important matter that waits for this person, if one waits.
type matter struct {
	first present.Matter
	waits bool
}

func firstMatter(p *Page) (m matter) {
	m.first, m.waits = present.FirstMatter(p.view, p.env.Handle, p.shell.Clock.Second())
	return m
}

// alikeKey is what the part above the composer depends on, besides the state of the room, at a
// terminal that looksAlike.
type alikeKey struct {
	matter matter
	moved  bool // the hub moved to this process
}

// alike is the part above the composer as most terminals show it, without the hint: nothing is
// selected or filtered there, and no line waits. It is drawn once for all of them.
type alike = shell.RoomRows[alikeKey]

// looksAlike reports whether all that distinguishes what is drawn above the composer from other
// terminals that show the same room is in an alikeKey. r is its rectangle, below which is a row
// for the hint.
func looksAlike(p *Page, r draw.Rect, hint []draw.Line) bool {
	return p.mode == keymap.InWrite && len(hint) <= 1 && p.log.search.Text == "" &&
		len(p.out.lines)+len(p.view.Waiting) == 0 && p.bells.summary.IsEmpty() && p.log.tl.IsAlike(r.H)
}

// drawAlike draws what is above the composer as another terminal has drawn it, or for other
// terminals. It reports false if it looks different here.
func drawAlike(p *Page, s tcell.Screen, r draw.Rect, m matter) bool {
	p.calm = false
	hint := hintRows(p, r)
	if !looksAlike(p, r, hint) {
		return false
	}
	y, h, drawn := p.alike.Draw(p.shell, s, r, alikeKey{matter: m, moved: p.shell.Moved})
	switch {
	case !drawn:
		paintAlike(p, s, r, m)
	case h == 0: // no line yet
		return false
	default:
		p.log.at = draw.Rect{X: r.X, Y: r.Y + y, W: r.W, H: h}
		timeline.LayoutAlike(p.log.tl, r.W, h, p.log.clock.Zone())
	}
	p.calm = len(hint) == 0 && p.comp.Text == "" && !m.waits
	drawHint(s, r, hint, p.shell.Theme) // not in the block, of which each hint would make another one
	return true
}

// paintAlike draws it for all terminals.
func paintAlike(p *Page, s tcell.Screen, r draw.Rect, m matter) {
	p.alike.Paint(p.shell, s, r, func(s tcell.Screen, r draw.Rect) { drawUpper(p, s, r, m) })
}

// Advance shows a change of the room as other terminals have drawn it, before this one takes
// the change. Only what the person may see is shown: their view of the room is read first.
func (p *Page) Advance() bool {
	v := p.session.Latest()
	return v != p.view && v.Over.IsEmpty() && p.alike.Advance(p.shell, v)
}

// Tick shows another second as other terminals have drawn it, if nothing else has changed with
// it at this terminal.
func (p *Page) Tick() bool {
	if !p.calm || p.session.Latest() != p.view || firstMatter(p).waits || !p.alike.Advance(p.shell, p.view) {
		return false
	}
	p.bells.overdue(p.view.Room)
	return true
}
