package shell

import (
	"github.com/gdamore/tcell/v2"
	"github.com/rivo/uniseg"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/fold"
	"warroom/ui/keymap"
	"warroom/ui/lineedit"
)

// Finder filters the rows of a page over a room: / starts the filter, text narrows it,
// Enter keeps it, and Esc removes it.
type Finder struct {
	edit lineedit.Editor
	on   bool
}

// maxFilter is the max length of a filter in characters.
const maxFilter = 200

// finding is a page with a filter.
type finding interface{ Find() *Finder }

// Find returns the filter of the page.
func (f *Finder) Find() *Finder { return f }

// ScopeOr returns the key scope of a page with this filter: that of the filter while it
// is being typed.
func (f *Finder) ScopeOr(in keymap.Scope) keymap.Scope {
	if f.on {
		return keymap.InFind
	}
	return in
}

// Key handles text and editing keys.
func (f *Finder) Key(ev *tcell.EventKey) {
	switch {
	case !f.on:
	case lineedit.IsText(ev):
		f.edit.Insert(string(ev.Rune()))
	default:
		f.edit.Key(ev)
	}
}

// Paste inserts a pasted text.
func (f *Finder) Paste(text string) {
	if f.on {
		f.edit.Insert(lineedit.OneLine(text))
	}
}

// Matches reports whether a text contains every word of the filter.
func (f *Finder) Matches(text string) bool { return fold.ContainsAll(text, fold.Words(f.edit.Text)) }

// Active reports whether there is a filter.
func (f *Finder) Active() bool { return f.edit.Text != "" }

// Narrow sets the filter.
func (f *Finder) Narrow(text string) { f.edit.Set(lineedit.OneLine(text)) }

// Clear removes the filter. It reports whether there was one.
func (f *Finder) Clear() bool {
	was := f.on || f.Active()
	f.on = false
	f.edit.Set("")
	return was
}

// Title returns the title of a page with its filter.
func (f *Finder) Title(title model.Safe) model.Safe {
	switch {
	case f.on:
		return model.Safef("%s  /%s_%s", title, tail(f.edit.Text[:f.edit.At]), f.edit.Text[f.edit.At:])
	case f.Active():
		return model.Safef("%s  /%s (Esc shows everything)", title, model.CleanLine(f.edit.Text))
	}
	return title
}

// maxTail is how many cells of a filter before its cursor are shown.
const maxTail = 24

// tail returns the end of a text, so that the cursor after it is visible beside the title of a
// page.
func tail(text string) model.Safe {
	s := model.CleanLine(text)
	if draw.Width(s) <= maxTail {
		return s
	}
	for draw.Width(s) >= maxTail && text != "" {
		_, text, _, _ = uniseg.FirstGraphemeClusterInString(text, -1)
		s = model.CleanLine(text)
	}
	return model.Safef("…%s", s)
}

// rows returns the rows that match the filter. A row and the indented rows below it are
// kept or dropped together.
func (f *Finder) rows(all []draw.Line) []draw.Line {
	if !f.Active() {
		return all
	}
	var out, block []draw.Line
	text := ""
	flush := func() {
		if text != "" && f.Matches(text) {
			out = append(out, block...)
		}
		block, text = nil, ""
	}
	for _, l := range all {
		if s := l.String(); indent(s) < 4 {
			flush()
			text = s
		} else {
			text += " " + s
		}
		block = append(block, l)
	}
	if flush(); len(out) == 0 {
		return []draw.Line{draw.L(draw.T(tcell.StyleDefault, model.Lit("nothing matches; Esc shows everything")))}
	}
	return out
}

// indent returns the number of blanks at the start of a text.
func indent(s string) int {
	for i, r := range s {
		if r != ' ' {
			return i
		}
	}
	return 0
}

// startFind starts the filter of the top page.
func (s *Shell) startFind() {
	if p, ok := s.Top().(finding); ok {
		f := p.Find()
		f.on, f.edit.Max = true, maxFilter
	}
}

// endFind ends the typing of the filter, which stays.
func (s *Shell) endFind() {
	if p, ok := s.Top().(finding); ok {
		p.Find().on = false
	}
}

// ClearFind removes the filter of the top page. It reports whether there was one.
func (s *Shell) ClearFind() bool {
	p, ok := s.Top().(finding)
	return ok && p.Find().Clear()
}
