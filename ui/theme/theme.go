// Package theme has the style, glyph and word for each state of a clock, an item, a
// severity, a channel or a kind of line. A terminal has one [Theme], which is immutable;
// [Of] returns it.
//
//	th := theme.Of(theme.Dark, screen.Colors(), false)
//	draw.Put(screen, 0, 0, 80, draw.L(draw.T(th.Clock(&view).Style, text)))
//
// Package view writes the text.
package theme

import (
	"sync"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/present"
)

// Theme is a set of styles. Every style of [Dark], [Light] and [HighContrast] sets both
// foreground and background, so that it is legible with every palette. No meaning is
// expressed by color alone.
type Theme struct {
	ASCII bool // draw with ASCII only

	Plain, Dim, Bold        tcell.Style
	Accent, Good, Warn, Bad tcell.Style
	Alarm                   tcell.Style // must not be missed: an overdue legal clock, a record that differs
	Sel                     tcell.Style // selected
	Mark                    tcell.Style // about the viewer
	Strikethrough           tcell.Style // retracted

	WarnBadge, GoodBadge, PlainBadge tcell.Style
}

// Name is the name of a theme.
type Name string

// The themes. Mono uses attributes only; a terminal without colors always has it.
// Terminal uses the terminal's own background and its first eight colors. The others need
// 256 colors; with fewer, they use black and white.
const (
	Auto         Name = "auto" // depends on the terminal's answer, see Choose
	Terminal     Name = "terminal"
	Dark         Name = "dark"
	Light        Name = "light"
	HighContrast Name = "high-contrast"
	Mono         Name = "mono"

	darkOwn  Name = "dark, own background" // the colors of Dark on the terminal's background
	lightOwn Name = "light, own background"
)

// Names returns the names that a person may choose.
func Names() []Name { return []Name{Auto, Terminal, Dark, Light, HighContrast, Mono} }

// Of returns the theme for a name and a number of colors. Any other name is Terminal.
// Terminals with the same theme share it.
func Of(name Name, colors int, ascii bool) *Theme {
	depth := 0
	switch {
	case colors >= 256:
		depth = 256
	case colors >= 8:
		depth = 8
	}
	if name == Mono || depth == 0 {
		name, depth = Mono, 0
	}
	if t := themes()[key{name: name, colors: depth, ascii: ascii}]; t != nil {
		return t
	}
	return themes()[key{name: Terminal, colors: depth, ascii: ascii}]
}

type key struct {
	name   Name
	colors int
	ascii  bool
}

// themes returns all themes.
var themes = sync.OnceValue(func() map[key]*Theme {
	out := map[key]*Theme{}
	for _, ascii := range []bool{false, true} {
		out[key{name: Mono, colors: 0, ascii: ascii}] = mono(ascii)
		out[key{name: Terminal, colors: 8, ascii: ascii}] = terminal(ascii, false)
		out[key{name: Terminal, colors: 256, ascii: ascii}] = terminal(ascii, true)
		for name, c := range palettes {
			out[key{name: name, colors: 256, ascii: ascii}] = c.theme(ascii)
			out[key{name: name, colors: 8, ascii: ascii}] = twoColors(name == Light, ascii)
		}
		out[key{name: darkOwn, colors: 256, ascii: ascii}] = palettes[Dark].own().theme(ascii)
		out[key{name: lightOwn, colors: 256, ascii: ascii}] = palettes[Light].own().theme(ascii)
		out[key{name: darkOwn, colors: 8, ascii: ascii}] = twoColors(false, ascii)
		out[key{name: lightOwn, colors: 8, ascii: ascii}] = twoColors(true, ascii)
	}
	return out
})

// mono returns a theme with attributes only.
func mono(ascii bool) *Theme {
	p := tcell.StyleDefault
	badge := p.Bold(true).Reverse(true)
	return &Theme{
		ASCII: ascii, Plain: p, Dim: p.Dim(true), Bold: p.Bold(true),
		Accent: p, Good: p, Warn: p.Bold(true), Bad: p.Bold(true).Underline(true),
		Alarm: badge, Sel: p.Reverse(true), Mark: p.Bold(true).Underline(true),
		Strikethrough: p.Dim(true).StrikeThrough(true), WarnBadge: badge, GoodBadge: badge, PlainBadge: badge,
	}
}

// terminal returns a theme with the first eight colors on the terminal's own background.
// With many colors, badges use colors that palettes do not change.
func terminal(ascii, many bool) *Theme {
	t, p := mono(ascii), tcell.StyleDefault
	t.Accent = p.Foreground(tcell.ColorTeal)
	t.Good = p.Foreground(tcell.ColorGreen)
	t.Warn = p.Foreground(tcell.ColorOlive).Bold(true)
	t.Bad = p.Foreground(tcell.ColorMaroon).Bold(true)
	t.Mark = p.Foreground(tcell.ColorPurple).Bold(true)
	badge := on(0, 7) // the only two that every palette keeps apart; bold makes grey of black in some terminals
	t.Alarm, t.WarnBadge, t.GoodBadge, t.PlainBadge = badge, badge, badge, badge
	if many {
		t.Alarm, t.WarnBadge, t.GoodBadge, t.PlainBadge = on(231, 160), on(16, 220), on(16, 114), on(16, 250)
	}
	return t
}

// twoColors returns a theme with attributes in black and white, which every palette of 8
// or 16 colors distinguishes.
func twoColors(light, ascii bool) *Theme {
	fg, bg := tcell.PaletteColor(7), tcell.PaletteColor(0)
	if light {
		fg, bg = bg, fg
	}
	p, badge := tcell.StyleDefault.Foreground(fg).Background(bg), tcell.StyleDefault.Foreground(bg).Background(fg)
	bold := p.Bold(true)
	if light { // some terminals show bold black as grey
		bold = p
	}
	return &Theme{
		ASCII: ascii, Plain: p, Dim: p, Bold: bold,
		Accent: p, Good: p, Warn: bold.Underline(light), Bad: bold.Underline(true),
		Alarm: badge, Sel: badge, Mark: p.Underline(true),
		Strikethrough: p.StrikeThrough(true), WarnBadge: badge, GoodBadge: badge, PlainBadge: badge,
	}
}

// colors are the colors of a theme, from the 240 that palettes do not change. The colors -1
// are the terminal's own.
type colors struct{ bg, plain, dim, accent, good, warn, bad, mark int }

// own returns the colors on the terminal's own background.
func (c colors) own() colors {
	c.bg, c.plain = -1, -1
	return c
}

var palettes = map[Name]colors{
	Dark:         {bg: 234, plain: 252, dim: 247, accent: 80, good: 114, warn: 221, bad: 210, mark: 177},
	Light:        {bg: 231, plain: 235, dim: 241, accent: 23, good: 22, warn: 94, bad: 124, mark: 90},
	HighContrast: {bg: 16, plain: 231, dim: 252, accent: 123, good: 120, warn: 226, bad: 217, mark: 225},
}

func on(fg, bg int) tcell.Style {
	st := tcell.StyleDefault
	if fg >= 0 {
		st = st.Foreground(tcell.PaletteColor(fg))
	}
	if bg >= 0 {
		st = st.Background(tcell.PaletteColor(bg))
	}
	return st
}

// selected returns the style of a selection.
func (c colors) selected() tcell.Style {
	if c.bg < 0 {
		return on(16, 250)
	}
	return on(c.bg, c.plain)
}

func (c colors) theme(ascii bool) *Theme {
	p := on(c.plain, c.bg)
	return &Theme{
		ASCII: ascii, Plain: p, Dim: on(c.dim, c.bg), Bold: p.Bold(true),
		Accent: on(c.accent, c.bg), Good: on(c.good, c.bg), Warn: on(c.warn, c.bg).Bold(true),
		Bad: on(c.bad, c.bg).Bold(true), Alarm: on(231, 160), Sel: c.selected(),
		Mark: on(c.mark, c.bg).Bold(true), Strikethrough: on(c.dim, c.bg).StrikeThrough(true),
		WarnBadge: on(16, 220), GoodBadge: on(16, 114), PlainBadge: on(16, 250),
	}
}

// Look is the glyph, the word and the style of the state of a clock or channel.
type Look struct {
	Glyph, Word model.Safe
	Style       tcell.Style
}

// Clock returns the look of a clock.
func (t *Theme) Clock(v *model.ClockView) Look {
	word := present.ClockWord(v)
	switch v.State {
	case model.ClockOverdue:
		return Look{Glyph: model.Lit("!"), Word: word, Style: t.Bad}
	case model.ClockWarning:
		return Look{Glyph: model.Lit("^"), Word: word, Style: t.Warn}
	case model.ClockSnoozed:
		if v.MissedBefore() {
			return Look{Glyph: model.Lit("x"), Word: word, Style: t.Bad}
		}
		return Look{Glyph: model.Lit("z"), Word: word, Style: t.Accent}
	case model.ClockMet:
		return Look{Glyph: model.Lit("+"), Word: word, Style: t.Good}
	case model.ClockMissed:
		return Look{Glyph: model.Lit("x"), Word: word, Style: t.Bad}
	case model.ClockWaived, model.ClockStopped:
		return Look{Glyph: model.Lit("-"), Word: word, Style: t.Dim}
	case model.ClockNotStarted:
		return Look{Glyph: model.Lit("."), Word: word, Style: t.Dim}
	}
	return Look{Glyph: model.Lit(">"), Word: word, Style: t.Plain}
}

// Item returns the box and the style of an item.
func (t *Theme) Item(s model.ItemState, needed bool) (model.Safe, tcell.Style) {
	switch {
	case s == model.ItemDone:
		return model.Lit("[x]"), t.Good
	case s == model.ItemSkipped:
		return model.Lit("[-]"), t.Dim
	case !needed:
		return model.Lit("[ ]"), t.Dim
	case s == model.ItemDoing:
		return model.Lit("[>]"), t.Accent
	case s == model.ItemBlocked:
		return model.Lit("[!]"), t.Bad
	}
	return model.Lit("[ ]"), t.Plain
}

// Word returns the style of the word of a kind in the timeline.
func (t *Theme) Word(k model.Kind) tcell.Style {
	switch k {
	case model.KindDecisionMade:
		return t.Bold
	case model.KindEntryNoted:
		return t.Dim
	case model.KindSeverityChanged, model.KindIncidentReopened, model.KindExposureAssessed, model.KindChannelJudged,
		model.KindAdversaryObserved, model.KindImpactStarted:
		return t.Warn
	case model.KindItemDone, model.KindClockMet, model.KindIncidentResolved, model.KindIncidentClosed:
		return t.Good
	case model.KindItemBlocked:
		return t.Bad
	}
	return t.Accent
}

// Level returns the style of a severity's badge.
func (t *Theme) Level(rank int) tcell.Style {
	switch {
	case rank <= 1:
		return t.Alarm
	case rank == 2:
		return t.WarnBadge
	}
	return t.PlainBadge
}

// Heading returns a heading on a page.
func (t *Theme) Heading(s model.Safe) draw.Line { return draw.L(draw.T(t.Bold, s)) }

// Trust returns the look of a channel.
func (t *Theme) Trust(s model.Trust) Look {
	word := present.ChannelState(s).Short
	switch s {
	case model.Compromised:
		return Look{Glyph: model.Lit("x"), Word: word, Style: t.Alarm}
	case model.Suspected:
		return Look{Glyph: model.Lit("?"), Word: word, Style: t.Warn}
	}
	return Look{Glyph: model.Lit("+"), Word: word, Style: t.Good}
}

// Asset returns the style of an asset's state.
func (t *Theme) Asset(state string) tcell.Style {
	switch state {
	case model.AssetConfirmed:
		return t.Bad
	case model.AssetSuspected:
		return t.Warn
	case model.AssetContained:
		return t.Good
	}
	return t.Dim
}
