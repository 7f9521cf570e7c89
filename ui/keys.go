package ui

import (
	"sync"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/draw"
)

// scope is where a key works: a set of places.
type scope uint

// The places.
const (
	inWrite  scope = 1 << iota // a room, in the composer
	inLog                      // a room, in the timeline
	inFilter                   // a room, in the line that filters
	inPage                     // a page of text over a room
	inItems                    // the whole checklist
	inAlerts                   // the alerts of a room or of the lobby
	inList                     // the list of rooms
	inForm                     // the declare form
	inPaste                    // the question about a paste
	inWall                     // the wall
	inWait                     // nothing yet
	inVerify                   // the page of :verify, which is one of text besides
	inRedact                   // the question about a redaction

	inRoom = inWrite | inLog | inFilter
	inOver = inPage | inItems | inAlerts | inPaste | inRedact
)

// places are the scopes as help names them, in its order.
var places = []struct {
	in   scope
	name model.Safe
}{
	{inWrite, model.Lit("In the composer")}, {inLog, model.Lit("In the timeline")}, {inFilter, model.Lit("In the filter line")},
	{inItems, model.Lit("In the checklist")}, {inAlerts, model.Lit("In the list of alerts")}, {inPage, model.Lit("On a page")}, {inVerify, model.Lit("On the page of :verify")}, {inPaste, model.Lit("About a paste")}, {inRedact, model.Lit("About a redaction")},
	{inList, model.Lit("In the list of rooms")}, {inForm, model.Lit("In the declare form")}, {inWall, model.Lit("On the wall")},
}

// chord is a key with its modifiers.
type chord struct {
	key tcell.Key
	r   rune
	mod tcell.ModMask
}

// binding is one row of the key table.
type binding struct {
	in    scope
	on    []chord
	key   model.Safe // as people call it
	name  model.Safe // one or two words; empty: not on the bottom line
	help  model.Safe
	do    func(*app)
	not   func(*app) model.Safe // why it cannot be done now; empty: it can
	first bool                  // early on the bottom line
	when  func(*app) bool       // it stands on the bottom line only then; nil: always
}

func (b *binding) is(ev *tcell.EventKey) bool {
	for _, c := range b.on {
		if ev.Key() == c.key && (c.key != tcell.KeyRune || ev.Rune() == c.r) && mods(ev) == c.mod {
			return true
		}
	}
	return false
}

// mods are the modifiers that tell keys apart: Ctrl is in the key of a control
// character already, Shift in an upper case letter.
func mods(ev *tcell.EventKey) tcell.ModMask {
	m := ev.Modifiers() & (tcell.ModCtrl | tcell.ModAlt | tcell.ModShift)
	switch {
	case ev.Key() == tcell.KeyRune:
		m &^= tcell.ModShift
	case ev.Key() < ' ', ev.Key() == tcell.KeyDEL, ev.Key() >= tcell.KeyCtrlSpace && ev.Key() <= tcell.KeyCtrlUnderscore:
		m &^= tcell.ModCtrl | tcell.ModShift
	}
	return m
}

func k(keys ...tcell.Key) []chord {
	var out []chord
	for _, key := range keys {
		out = append(out, chord{key: key})
	}
	return out
}

func letter(runes ...rune) []chord {
	var out []chord
	for _, r := range runes {
		out = append(out, chord{key: tcell.KeyRune, r: r})
	}
	return out
}

// keyTable is every key of the program. Help and the bottom line are made of
// it, so what stands there is true.
func keyTable() []binding {
	t := []binding{
		{in: inLog | inOver | inForm | inFilter, on: k(tcell.KeyEsc), key: model.Lit("Esc"), name: model.Lit("back"), help: model.Lit("close the top page or line; what you typed stays"), do: (*app).goBack, first: true},
		{in: inRoom | inOver | inList | inForm, on: k(tcell.KeyF1), key: model.Lit("F1"), name: model.Lit("help"), help: model.Lit("all keys and commands"), do: (*app).openHelp},
	}
	t = append(t, writeKeys()...)
	t = append(t, logKeys()...)
	t = append(t, paneKeys()...)
	t = append(t, pageKeys()...)
	t = append(t, alertKeys()...)
	t = append(t, listKeys()...)
	return append(t, formKeys()...)
}

// allKeys is the key table, made once: it is the same for everybody.
var allKeys = sync.OnceValue(keyTable)

func writeKeys() []binding {
	return []binding{
		{in: inWrite, on: k(tcell.KeyEnter), key: model.Lit("Enter"), help: model.Lit("send the line"), do: (*app).sendLine},
		{in: inWrite, on: append(k(tcell.KeyCtrlJ, tcell.KeyLF), chord{key: tcell.KeyEnter, mod: tcell.ModAlt}), key: model.Lit("Ctrl-J"), help: model.Lit("a line break in the entry"), do: func(a *app) { a.in.typing("\n") }},
		{in: inWrite, on: k(tcell.KeyTab), key: model.Lit("Tab"), name: model.Lit("complete / select"), help: model.Lit("complete the line; on an empty line go to the timeline"), do: (*app).tab, first: true},
		{in: inWrite, on: k(tcell.KeyBacktab), key: model.Lit("Shift-Tab"), help: model.Lit("the completion before"), do: (*app).backTab},
		{in: inWrite, on: k(tcell.KeyUp, tcell.KeyCtrlP), key: model.Lit("Up, Down"), help: model.Lit("lines you sent before; what you were typing is the newest"), do: (*app).historyUp},
		{in: inWrite, on: k(tcell.KeyDown, tcell.KeyCtrlN), do: (*app).historyDown},
		{in: inWrite, on: []chord{{key: tcell.KeyUp, mod: tcell.ModShift}, {key: tcell.KeyUp, mod: tcell.ModCtrl}}, key: model.Lit("Shift-Up"), help: model.Lit("select in the timeline while you type"), do: (*app).toLog},
		{in: inWrite, on: append(k(tcell.KeyCtrlO), chord{key: tcell.KeyRune, r: 'e', mod: tcell.ModAlt}), key: model.Lit("Ctrl-O"), name: model.Lit("editor"), help: model.Lit("write the line in $EDITOR"), do: (*app).edit, not: (*app).noEditor},
		{in: inWrite, on: letter('/'), key: model.Lit("/"), name: model.Lit("filter"), help: model.Lit("on an empty line: filter the timeline (a note that begins with / takes a blank first)"), do: (*app).slash, first: true},
		{in: inWrite | inWait, key: model.Lit("Ctrl-C"), name: model.Lit("leave"), help: model.Lit("leave, as :quit does; the room goes on and your draft is kept"), first: true},
		{in: inWrite, on: k(tcell.KeyCtrlU), key: model.Lit("Ctrl-U"), help: model.Lit("empty the line; Up brings it back"), do: (*app).emptyLine},
		{in: inWrite, on: k(tcell.KeyCtrlG), key: model.Lit("Ctrl-G"), help: model.Lit("send what looks like a secret as it is, or as a fingerprint again"), do: (*app).toggleInsist, not: (*app).noSecret},
		{in: inWrite, on: k(tcell.KeyEsc), key: model.Lit("Esc"), help: model.Lit("show all lines again where a filter is on; your line stays"), do: (*app).goBack},
		{in: inWrite | inLog, on: k(tcell.KeyCtrlX), key: model.Lit("Ctrl-X"), help: model.Lit("take a refused line of yours away; Up brings it back"), do: (*app).dismiss, not: (*app).noRefused},
		{in: inWrite | inLog, on: k(tcell.KeyCtrlF), key: model.Lit("Ctrl-F"), help: model.Lit("filter the timeline"), do: (*app).toFilter},
	}
}

func logKeys() []binding {
	sel := (*app).noLine
	return []binding{
		{in: inRoom, on: k(tcell.KeyPgUp), key: model.Lit("PgUp, PgDn"), name: model.Lit("scroll"), help: model.Lit("scroll the timeline"), do: func(a *app) { a.in.tl.scroll(1 - a.in.tl.height) }},
		{in: inRoom, on: k(tcell.KeyPgDn), do: func(a *app) { a.in.tl.scroll(a.in.tl.height - 1) }},
		{in: inRoom, on: []chord{{key: tcell.KeyEnd, mod: tcell.ModCtrl}}, key: model.Lit("Ctrl-End"), help: model.Lit("the newest line"), do: (*app).logEnd},
		{in: inRoom, on: []chord{{key: tcell.KeyHome, mod: tcell.ModCtrl}}, key: model.Lit("Ctrl-Home"), help: model.Lit("the oldest line"), do: (*app).logHome},
		{in: inLog, on: k(tcell.KeyEnter), key: model.Lit("Enter"), name: model.Lit("detail"), help: model.Lit("all about the selected line: amendments, times, key, number"), do: (*app).openDetail, not: sel, first: true},
		{in: inLog, on: letter('y'), key: model.Lit("y"), name: model.Lit("copy"), help: model.Lit("copy the line to the clipboard of your terminal (OSC 52)"), do: (*app).copyLine, not: sel, first: true},
		{in: inLog, on: letter('a'), key: model.Lit("a"), name: model.Lit("amend"), help: model.Lit("begin an amendment of the line"), do: (*app).amend, not: (*app).noEntry, first: true},
		{in: inLog, on: letter('r'), key: model.Lit("r"), name: model.Lit("retract"), help: model.Lit("begin to take the line back; it asks for a reason"), do: (*app).retract, not: (*app).noEntry, first: true},
		{in: inLog, on: letter('p'), key: model.Lit("p"), name: model.Lit("pin"), help: model.Lit("begin to pin the line"), do: (*app).pin, not: (*app).noEntry, first: true},
		{in: inLog, on: append(k(tcell.KeyUp), letter('k')...), key: model.Lit("Up, Down, k, j"), help: model.Lit("select the line before, after"), do: func(a *app) { a.in.tl.move(-1) }},
		{in: inLog, on: append(k(tcell.KeyDown), letter('j')...), do: func(a *app) { a.in.tl.move(1) }},
		{in: inLog, on: append(k(tcell.KeyHome), letter('g')...), key: model.Lit("g, G"), help: model.Lit("the oldest, the newest line"), do: (*app).logHome},
		{in: inLog, on: append(k(tcell.KeyEnd), letter('G')...), do: (*app).logEnd},
		{in: inLog, on: letter('/'), key: model.Lit("/"), name: model.Lit("filter"), help: model.Lit("filter: kind:decision who:ana after:14:00 before:15:00 pinned: words \"a phrase\""), do: (*app).toFilter},
		{in: inLog, on: append(k(tcell.KeyTab), letter('i')...), key: model.Lit("Tab, i"), help: model.Lit("back to the composer"), do: (*app).goBack},
		{in: inFilter, on: k(tcell.KeyEnter), key: model.Lit("Enter"), name: model.Lit("keep"), help: model.Lit("keep the filter and go to the timeline"), do: (*app).keepFilter, first: true},
	}
}

func paneKeys() []binding {
	pane := inWrite | inLog | inPage | inItems | inAlerts
	return []binding{
		{in: pane, on: k(tcell.KeyF2), key: model.Lit("F2"), name: model.Lit("clocks"), help: model.Lit("every clock, its start and what it waits for"), do: (*app).openClocks},
		{in: pane, on: k(tcell.KeyF3), key: model.Lit("F3"), name: model.Lit("checklist"), help: model.Lit("the whole checklist"), do: (*app).openItems},
		{in: pane, on: k(tcell.KeyF4), key: model.Lit("F4"), name: model.Lit("people"), help: model.Lit("roles, people and keys"), do: (*app).openPeople},
		{in: pane, on: k(tcell.KeyF5), key: model.Lit("F5"), name: model.Lit("rooms"), help: model.Lit("the list of rooms; the draft stays"), do: (*app).toRooms},
		{in: inRoom | inOver | inList | inForm, on: k(tcell.KeyF6), key: model.Lit("F6"), help: model.Lit("in a room: pinned lines only; again: decisions only; again: all lines"), do: (*app).onlyPinned, not: (*app).noTimeline},
		{in: pane, on: k(tcell.KeyF7), key: model.Lit("F7"), help: model.Lit("the register of evidence: hashes, and who has it"), do: (*app).openEvidence},
		{in: pane, on: k(tcell.KeyF8), key: model.Lit("F8"), help: model.Lit("which channels can be trusted"), do: (*app).openChannels},
		{in: pane, on: k(tcell.KeyF9), key: model.Lit("F9"), help: model.Lit("the alerts of the room, or of the lobby"), do: (*app).openAlerts},
		{in: pane, on: k(tcell.KeyCtrlT), key: model.Lit("Ctrl-T"), name: model.Lit("UTC"), help: model.Lit("times in UTC, or in your own zone"), do: (*app).toggleUTC},
		{in: inRoom | inOver | inList | inForm | inWait, on: k(tcell.KeyCtrlL), key: model.Lit("Ctrl-L"), help: model.Lit("draw the screen anew"), do: func(a *app) { a.scr.Sync() }},
		{in: inWall, on: letter('q'), key: model.Lit("q"), name: model.Lit("quit"), help: model.Lit("leave"), do: func(a *app) { a.stop() }},
	}
}

// comeAndGo says which of the keys are on the bottom line that are not there
// always, a bit for each.
func comeAndGo(a *app, in scope) (bits uint) {
	n := 0
	for i := range a.keys {
		if b := &a.keys[i]; b.when != nil {
			if n++; b.in&in != 0 && b.when(a) {
				bits |= 1 << n
			}
		}
	}
	return bits
}

// keyLine is the bottom line of a place: the keys that matter there.
func keyLine(a *app, in scope, w int) draw.Line {
	line := draw.L(draw.T(a.th.plain, model.Lit(" ")))
	for _, early := range []bool{true, false} {
		for i := range a.keys {
			b := &a.keys[i]
			if b.in&in == 0 || b.name.IsEmpty() || b.first != early || b.when != nil && !b.when(a) {
				continue
			}
			part := draw.L(draw.T(a.th.bold, b.key), draw.T(a.th.dim, model.Safef(" %s  ", b.name)))
			if line.Width()+part.Width() > w {
				return line
			}
			line = append(line, part...)
		}
	}
	return line
}
