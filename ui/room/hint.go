package room

import (
	"strings"

	"github.com/gdamore/tcell/v2"

	"warroom/ui/draw"
	"warroom/ui/keymap"
	"warroom/ui/theme"
	"warroom/ui/view"
)

// The hint rows between the timeline and the composer.

// hintRows returns the completions and the hint, in as many rows as the timeline r can
// spare.
func hintRows(p *Page, r draw.Rect) []draw.Line {
	lines := hintLines(p, r.W-2, max(1, min(6, r.H)))
	if p.mode == keymap.InWrite && p.shell.Notes.IsEmpty() && !p.comp.isCommandName() {
		lines = append(view.ChoiceLines(p.comp.choices, p.comp.chosen, r.W-2, min(6, r.H/2), p.shell.Theme), lines...)
	}
	return lines
}

// drawHint draws the hint below the timeline r. If the timeline is scrolled back, the
// hint covers its last rows, so that the text being read does not move.
func drawHint(s tcell.Screen, r draw.Rect, lines []draw.Line, th *theme.Theme) {
	y := r.Y + r.H + 1 - len(lines)
	for i, l := range lines {
		draw.Fill(s, r.X, y+i, r.W, 1, th.Plain)
		draw.Put(s, r.X+1, y+i, r.W-2, l.Clip(r.W-2))
	}
}

// hintLines returns the current note or, if there is none, the hint about the line, in at
// most n rows.
func hintLines(p *Page, w, n int) []draw.Line {
	th := p.shell.Theme
	if !p.shell.Notes.IsEmpty() {
		note := p.shell.Notes.Span(th)
		return draw.LimitMarked(draw.Rows(note.Style, note.Text, w), n, w)
	}
	if p.mode != keymap.InWrite || p.comp.Text == "" {
		if word := p.bells.passing.now(p.shell.Clock.Now()); !word.IsEmpty() {
			return []draw.Line{draw.L(draw.T(th.Dim, word)).Clip(w)}
		}
		return nil
	}
	if help, _, ok := ownCommand(p.comp.Text); ok {
		return []draw.Line{draw.L(draw.T(th.Dim, help))}
	}
	h := p.comp.hintNow()
	if p.comp.secret.IsEmpty() && len(p.comp.choices) > 0 && p.comp.chosen == 0 && h.Will.IsEmpty() &&
		!strings.Contains(p.comp.Text, " ") {
		return nil // the name of a command is being typed
	}
	lines := view.HintLines(h, w, th)
	if !p.comp.secret.IsEmpty() {
		lines = append(draw.Rows(th.Warn, p.comp.secret, w), lines...)
	}
	return draw.LimitMarked(lines, n, w)
}
