package room

import (
	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/keymap"
	"warroom/ui/present"
	"warroom/ui/shell"
)

// WriteKeys returns the keys of the composer.
func WriteKeys() []keymap.Binding[*Page] {
	return []keymap.Binding[*Page]{
		{In: keymap.InWrite, On: keymap.Keys(tcell.KeyEnter), Key: model.Lit("Enter"), Help: model.Lit("send the " +
			"line"),
			Do: (*Page).sendLine},
		{In: keymap.InWrite,
			On:  append(keymap.Keys(tcell.KeyCtrlJ, tcell.KeyLF), keymap.Chord{Key: tcell.KeyEnter, Mod: tcell.ModAlt}),
			Key: model.Lit("Ctrl-J"), Help: model.Lit("a line break in the entry"),
			Do: func(p *Page) { p.comp.write("\n") }},
		{In: keymap.InWrite, On: keymap.Keys(tcell.KeyTab), Key: model.Lit("Tab"), Name: model.Lit("select"),
			Help: model.Lit("complete the line; on an empty line go to the timeline"), Do: (*Page).tab,
			First: true},
		{In: keymap.InWrite, On: keymap.Keys(tcell.KeyBacktab), Key: model.Lit("Shift-Tab"),
			Help: model.Lit("the previous completion"),
			Do:   func(p *Page) { p.comp.completeBack() }},
		{In: keymap.InWrite, On: keymap.Keys(tcell.KeyUp, tcell.KeyCtrlP), Key: model.Lit("Up, Down"),
			Help: model.Lit("the refused line, then lines you sent before; Down returns to what you were typing"),
			Do:   (*Page).historyUp},
		{In: keymap.InWrite, On: keymap.Keys(tcell.KeyDown, tcell.KeyCtrlN),
			Do: func(p *Page) { p.comp.historyDown() }},
		{In: keymap.InWrite,
			On:  []keymap.Chord{{Key: tcell.KeyUp, Mod: tcell.ModShift}, {Key: tcell.KeyUp, Mod: tcell.ModCtrl}},
			Key: model.Lit("Shift-Up"), Help: model.Lit("go to the timeline; what you typed stays"),
			Do: (*Page).toLog},
		{In: keymap.InWrite,
			On:  append(keymap.Keys(tcell.KeyCtrlO), keymap.Chord{Key: tcell.KeyRune, R: 'e', Mod: tcell.ModAlt}),
			Key: model.Lit("Ctrl-O"), Name: model.Lit("editor"), Help: model.Lit("edit the line in $EDITOR"),
			Do: edit, Not: noEditor},
		{In: keymap.InWrite, On: keymap.Runes('/'), Key: model.Lit("/"), Name: model.Lit("filter"),
			Help: model.Lit("on an empty line: filter the timeline (begin a note with // or with a path)"),
			Do:   (*Page).slash, First: true},
		{In: keymap.InWrite | keymap.InWait, Key: model.Lit("Ctrl-C"), Name: model.Lit("leave"),
			Help: model.Lit("leave, like :quit; the room stays open and your draft is kept"), First: true},
		{In: keymap.InWrite, On: keymap.Keys(tcell.KeyCtrlU), Key: model.Lit("Ctrl-U"),
			Help: model.Lit("clear the line; Up brings it back"), Do: func(p *Page) { p.comp.empty() }},
		{In: keymap.InWrite | keymap.InLog,
			On: []keymap.Chord{{Key: tcell.KeyRune, R: 'r', Mod: tcell.ModAlt}}, Key: model.Lit("Alt-R"),
			Help: model.Lit("start a line about what has gone quiet"), Do: actOnRadar, Not: noSignal},
		{In: keymap.InWrite, On: keymap.Keys(tcell.KeyCtrlR), Key: model.Lit("Ctrl-R"),
			Help: model.Lit("search the lines you sent before"), Do: func(p *Page) { p.comp.searchHistory() }},
		{In: keymap.InWrite, Key: model.Lit("Ctrl-Y, Ctrl-_"),
			Help: model.Lit("insert what you cut last; undo the last change")},
		{In: keymap.InWrite, On: keymap.Keys(tcell.KeyCtrlG), Key: model.Lit("Ctrl-G"),
			Help: model.Lit("send what looks like a secret unchanged, or as a fingerprint again"),
			Do:   func(p *Page) { p.comp.toggleInsist() },
			Not:  func(p *Page) model.Safe { return p.comp.noSecret() }},
		{In: keymap.InWrite, On: keymap.Keys(tcell.KeyEsc), Key: model.Lit("Esc"), Name: model.Lit("show all"),
			Help: model.Lit("remove the filter; what you typed stays"), Do: (*Page).Back,
			Bar: keymap.InWrite, When: func(p *Page) bool { return p.log.search.Text != "" }},
		{In: keymap.InWrite | keymap.InLog, On: keymap.Keys(tcell.KeyCtrlX), Key: model.Lit("Ctrl-X"),
			Help: model.Lit("discard the shown refused line; Up brings it back"), Do: (*Page).dismiss,
			Not: noRefused},
		{In: keymap.InWrite | keymap.InLog, On: []keymap.Chord{{Key: tcell.KeyRune, R: 'v', Mod: tcell.ModAlt}},
			Key: model.Lit("Alt-V"), Help: model.Lit("show the next refused line"), Do: nextRefused,
			Not: noRefused},
		{In: keymap.InWrite | keymap.InLog, On: []keymap.Chord{{Key: tcell.KeyRune, R: 'x', Mod: tcell.ModAlt}},
			Key: model.Lit("Alt-X"), Help: model.Lit("discard all refused lines; asks first"),
			Do: dismissAll, Not: noRefused},
		{In: keymap.InWrite | keymap.InLog, On: keymap.Keys(tcell.KeyCtrlF), Key: model.Lit("Ctrl-F"),
			Help: model.Lit("filter the timeline"),
			Do:   (*Page).toFilter},
	}
}

// LogKeys returns the keys of the timeline and of its filter line.
func LogKeys() []keymap.Binding[*Page] {
	sel := noLine
	return []keymap.Binding[*Page]{
		{In: keymap.InRoom, On: keymap.Keys(tcell.KeyPgUp), Key: model.Lit("PgUp, PgDn"), Name: model.Lit("scroll"),
			Help: model.Lit("scroll the timeline"), Do: func(p *Page) { p.log.tl.Page(-1) }},
		{In: keymap.InRoom, On: keymap.Keys(tcell.KeyPgDn), Do: func(p *Page) { p.log.tl.Page(1) }},
		{In: keymap.InRoom, On: []keymap.Chord{{Key: tcell.KeyEnd, Mod: tcell.ModCtrl}}, Key: model.Lit("Ctrl-End"),
			Help: model.Lit("the newest line"), Do: func(p *Page) { p.log.tl.Newest(p.mode == keymap.InLog) }},
		{In: keymap.InRoom, On: []keymap.Chord{{Key: tcell.KeyHome, Mod: tcell.ModCtrl}}, Key: model.Lit("Ctrl-Home"),
			Help: model.Lit("the oldest line"), Do: func(p *Page) { p.log.tl.Oldest(p.mode == keymap.InLog) }},
		{In: keymap.InLog, On: keymap.Keys(tcell.KeyEnter), Key: model.Lit("Enter"), Name: model.Lit("detail"),
			Help: model.Lit("details of the line: amendments, times, key, number"), Do: openDetail,
			Not: sel, First: true},
		{In: keymap.InLog, On: keymap.Runes('y'), Key: model.Lit("y"), Name: model.Lit("copy"),
			Help: model.Lit("copy the line to your terminal's clipboard (OSC 52)"), Do: copyLine,
			Not:   sel,
			First: true},
		{In: keymap.InLog, On: keymap.Runes('a'), Key: model.Lit("a"), Name: model.Lit("amend"),
			Help: model.Lit("amend the line: change its text and press Enter"), Do: amend, Not: noEntry, First: true},
		{In: keymap.InLog, On: keymap.Runes('r'), Key: model.Lit("r"), Name: model.Lit("retract"),
			Help: model.Lit("retract the line: write the reason and press Enter"), Do: retract,
			Not: noEntry, First: true},
		{In: keymap.InLog, On: keymap.Runes('p'), Key: model.Lit("p"), Name: model.Lit("pin"),
			Help: model.Lit("pin the line: press Enter"), Do: pin, Not: noEntry, First: true},
		{In: keymap.InLog, On: append(keymap.Keys(tcell.KeyUp), keymap.Runes('k')...), Key: model.Lit("Up, Down, " +
			"k, j"),
			Help: model.Lit("select the previous or next line"), Do: func(p *Page) { p.log.tl.Move(-1) }},
		{In: keymap.InLog, On: append(keymap.Keys(tcell.KeyDown), keymap.Runes('j')...),
			Do: func(p *Page) { p.log.tl.Move(1) }},
		{In: keymap.InLog, On: append(keymap.Keys(tcell.KeyHome), keymap.Runes('g')...), Key: model.Lit("g, G"),
			Help: model.Lit("the oldest or the newest line"),
			Do:   func(p *Page) { p.log.tl.Oldest(p.mode == keymap.InLog) }},
		{In: keymap.InLog, On: append(keymap.Keys(tcell.KeyEnd), keymap.Runes('G')...),
			Do: func(p *Page) { p.log.tl.Newest(p.mode == keymap.InLog) }},
		{In: keymap.InLog, On: keymap.Runes('n'), Key: model.Lit("n"), Name: model.Lit("new"),
			Help: model.Lit("go to the first line that is new since you were away"), Do: (*Page).toNew,
			When: func(p *Page) bool { return p.log.tl.HasNew() }},
		{In: keymap.InWrite, On: []keymap.Chord{{Key: tcell.KeyRune, R: 'n', Mod: tcell.ModAlt}},
			Key: model.Lit("Alt-N"), Name: model.Lit("new"),
			Help: model.Lit("go to the first line that is new " +
				"since you were away"),
			Do: (*Page).toNew, When: func(p *Page) bool { return p.log.tl.HasNew() }, First: true},
		{In: keymap.InLog, On: keymap.Runes('l'), Key: model.Lit("l"), Name: model.Lit("lanes"),
			Help: model.Lit("show only what the attacker did; press again for what we did, and again for both"),
			Do:   nextLane, First: true},
		{In: keymap.InLog, On: keymap.Runes('o'), Key: model.Lit("o"), Name: model.Lit("order"),
			Help: model.Lit("order by when things happened, or by when they were recorded"), Do: toggleOrder,
			First: true},
		{In: keymap.InLog, On: keymap.Runes('/'), Key: model.Lit("/"), Name: model.Lit("filter"),
			Help: model.Lit("filter: kind:decision who:ana after:14:00 before:15:00 pinned: lane:attacker words \"a " +
				"phrase\""), Do: (*Page).toFilter},
		{In: keymap.InLog, On: append(keymap.Keys(tcell.KeyTab), keymap.Runes('i')...), Key: model.Lit("Tab, i"),
			Help: model.Lit("back to the composer"), Do: (*Page).Back},
		{In: keymap.InFilter, On: keymap.Keys(tcell.KeyEnter), Key: model.Lit("Enter"), Name: model.Lit("keep"),
			Help: model.Lit("keep the filter and go to the timeline"), Do: (*Page).toLog, First: true},
	}
}

// PaneKeys returns the keys that open the full pages of the panes.
func PaneKeys() []keymap.Binding[*Page] {
	return []keymap.Binding[*Page]{
		{In: keymap.InPane, On: keymap.Keys(tcell.KeyF2), Key: model.Lit("F2"), Name: model.Lit("clocks"),
			Help: model.Lit("every clock, with its start and its end"), Do: openClocks,
			Bar: keymap.InWrite, When: isOpen},
		{In: keymap.InPane, On: keymap.Keys(tcell.KeyF3), Key: model.Lit("F3"), Name: model.Lit("checklist"),
			Help: present.CommandHelp("checklist"), Do: openItems,
			Bar: keymap.InWrite, When: isOpen},
		{In: keymap.InPane, On: keymap.Keys(tcell.KeyF4), Key: model.Lit("F4"), Name: model.Lit("people"),
			Help: present.CommandHelp("people"), Do: openPeople,
			Bar: keymap.InWrite, When: isOpen},
	}
}

// isOpen reports whether there is a room: help opens without one too.
func isOpen(*Page) bool { return true }

// MoreKeys returns the keys that open the other pages over a room, and the key that
// filters the most important lines.
func MoreKeys() []keymap.Binding[*Page] {
	return []keymap.Binding[*Page]{
		{In: keymap.InRoom | keymap.InOver, On: keymap.Keys(tcell.KeyF6),
			Key:  model.Lit("F6"),
			Help: model.Lit("show only pinned lines; press again for decisions only, and again for all lines"),
			Do:   func(p *Page) { p.log.onlyPinned() }, Not: noTimeline, None: notHere},
		{In: keymap.InPane, On: keymap.Keys(tcell.KeyF7), Key: model.Lit("F7"),
			Help: present.CommandHelp("evidence"), Do: openEvidence},
		{In: keymap.InPane, On: keymap.Keys(tcell.KeyF8), Key: model.Lit("F8"),
			Help: present.CommandHelp("channels"),
			Do:   openChannels},
		{In: keymap.InPane, On: keymap.Keys(tcell.KeyF9), Key: model.Lit("F9"),
			Help: present.CommandHelp("alerts"),
			Do:   OpenAlerts},
		{In: keymap.InPane, On: keymap.Keys(tcell.KeyF10), Key: model.Lit("F10"),
			Help: present.CommandHelp("scope"),
			Do:   openScope},
	}
}

// VerifyKeys returns the keys of the page about the record.
func VerifyKeys() []keymap.Binding[*Page] {
	return []keymap.Binding[*Page]{
		{In: keymap.InVerify, On: keymap.Runes('y'), Key: model.Lit("y"), Name: model.Lit("copy"),
			Help: model.Lit("copy the newest checkpoint to your terminal's clipboard"), Do: copyPoint,
			Not: noPoint, First: true},
	}
}

// RedactKeys returns the keys that answer the question about a redaction.
func RedactKeys() []keymap.Binding[*RedactPage] {
	return []keymap.Binding[*RedactPage]{
		{In: keymap.InRedact, On: keymap.Runes('y'), Key: model.Lit("y"), Name: model.Lit("redact"),
			Help: model.Lit("redact the entry: remove its text for good"), Do: (*RedactPage).redact, First: true},
	}
}

// PasteKeys returns the keys that answer the question about a paste. None is a letter, so
// that somebody who types on while the question opens stores nothing.
func PasteKeys() []keymap.Binding[*PastePage] {
	return []keymap.Binding[*PastePage]{
		{In: keymap.InPaste, On: keymap.Keys(tcell.KeyCtrlO), Key: model.Lit("Ctrl-O"), Name: model.Lit("one note"),
			Help: model.Lit("put it into the composer as one note"), Do: (*PastePage).one,
			Not: (*PastePage).notOne, First: true},
		{In: keymap.InPaste, On: keymap.Keys(tcell.KeyCtrlN), Key: model.Lit("Ctrl-N"),
			Name: model.Lit("one per line"),
			Help: model.Lit("send each line as a note of its own"), Do: (*PastePage).many,
			Not: (*PastePage).notMany, First: true},
		{In: keymap.InPaste, On: keymap.Keys(tcell.KeyCtrlS), Key: model.Lit("Ctrl-S"), Name: model.Lit("save"),
			Help: model.Lit("save it to a file, secrets masked"), Do: (*PastePage).saveAndClose, First: true},
	}
}

// notHere is the message of a filter key on a page without a timeline.
var notHere = model.Lit("F6 filters the timeline: Esc goes back to it")

func noTimeline(p *Page) model.Safe {
	if p.shell.Top() != shell.Page(p) {
		return notHere
	}
	return model.Safe{}
}
