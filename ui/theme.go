package ui

import (
	"sync"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
)

// theme is how things look. It takes the eight colours that every palette has
// and attributes, so that it reads on dark and light, in eight colours and, by
// the attributes alone, in none. No meaning is in a colour only.
type theme struct {
	ascii bool

	plain, dim, bold, head   tcell.Style
	accent, good, warn, bad  tcell.Style
	alarm, sel, mark, struck tcell.Style
}

// themeOf is the theme for so many colours. Terminals that look alike share it.
func themeOf(colors int, ascii bool) *theme {
	n := 0
	if colors >= 8 {
		n = 1
	}
	if ascii {
		n += 2
	}
	return themes()[n]
}

// themes are all there are.
var themes = sync.OnceValue(func() [4]*theme {
	return [4]*theme{newTheme(0, false), newTheme(8, false), newTheme(0, true), newTheme(8, true)}
})

// newTheme makes a theme.
func newTheme(colors int, ascii bool) *theme {
	p := tcell.StyleDefault
	t := &theme{
		ascii: ascii, plain: p, dim: p.Dim(true), bold: p.Bold(true), head: p.Bold(true),
		accent: p, good: p, warn: p.Bold(true), bad: p.Bold(true).Underline(true),
		alarm: p.Bold(true).Reverse(true), sel: p.Reverse(true), mark: p.Bold(true).Underline(true),
		struck: p.Dim(true).StrikeThrough(true),
	}
	if colors < 8 {
		return t
	}
	t.accent = p.Foreground(tcell.ColorTeal)
	t.good = p.Foreground(tcell.ColorGreen)
	t.warn = p.Foreground(tcell.ColorOlive).Bold(true)
	t.bad = p.Foreground(tcell.ColorMaroon).Bold(true)
	t.alarm = p.Foreground(tcell.ColorMaroon).Bold(true).Reverse(true)
	t.mark = p.Foreground(tcell.ColorPurple).Bold(true)
	return t
}

// clockLook is the glyph, the word and the style of a clock's state.
type clockLook struct {
	glyph, word model.Safe
	style       tcell.Style
}

func (t *theme) clock(v *model.ClockView) clockLook {
	switch v.State {
	case model.ClockOverdue:
		return clockLook{model.Lit("!"), model.Lit("OVERDUE"), t.bad}
	case model.ClockWarning:
		return clockLook{model.Lit("^"), model.Lit("due soon"), t.warn}
	case model.ClockSnoozed:
		return clockLook{model.Lit("z"), model.Lit("snoozed"), t.accent}
	case model.ClockMet:
		return clockLook{model.Lit("+"), model.Lit("met"), t.good}
	case model.ClockMissed:
		return clockLook{model.Lit("x"), model.Lit("missed"), t.bad}
	case model.ClockWaived:
		return clockLook{model.Lit("-"), model.Lit("waived"), t.dim}
	case model.ClockNotStarted:
		return clockLook{model.Lit("."), model.Lit("waits"), t.dim}
	}
	if v.Def != nil && v.Def.AtLeast > 0 {
		return clockLook{model.Lit(">"), model.Lit("to watch"), t.plain}
	}
	return clockLook{model.Lit(">"), model.Lit("due in"), t.plain}
}

// item is the box of an item's state and its style.
func (t *theme) item(s model.ItemState, needed bool) (model.Safe, tcell.Style) {
	switch {
	case s == model.ItemDone:
		return model.Lit("[x]"), t.good
	case s == model.ItemSkipped:
		return model.Lit("[-]"), t.dim
	case !needed:
		return model.Lit("[ ]"), t.dim
	case s == model.ItemDoing:
		return model.Lit("[>]"), t.accent
	case s == model.ItemBlocked:
		return model.Lit("[!]"), t.bad
	}
	return model.Lit("[ ]"), t.plain
}

// word is the style of a kind's word in the timeline.
func (t *theme) word(k model.Kind) tcell.Style {
	switch k {
	case model.KindDecisionMade:
		return t.bold
	case model.KindEntryNoted:
		return t.dim
	case model.KindSeverityChanged, model.KindIncidentReopened, model.KindExposureAssessed, model.KindChannelJudged:
		return t.warn
	case model.KindItemDone, model.KindClockMet, model.KindIncidentResolved, model.KindIncidentClosed:
		return t.good
	case model.KindItemBlocked:
		return t.bad
	}
	return t.accent
}

// level is the style of a severity's badge.
func (t *theme) level(rank int) tcell.Style {
	switch {
	case rank <= 1:
		return t.alarm
	case rank == 2:
		return t.warn.Reverse(true)
	}
	return t.bold.Reverse(true)
}
