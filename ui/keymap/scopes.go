package keymap

import (
	"github.com/gdamore/tcell/v2"

	"warroom/model"
)

// Scope is a set of places in which a key works.
type Scope uint

// The places.
const (
	InWrite  Scope = 1 << iota // the composer of a room
	InLog                      // the timeline of a room
	InFilter                   // the filter line of a room
	InPage                     // a text page over a room
	InItems                    // the checklist
	InAlerts                   // the alerts of a room or of the lobby
	InList                     // the list of rooms
	InForm                     // the declare form
	InPaste                    // the question about a paste
	InWall                     // the wall display
	InWait                     // while something opens
	InVerify                   // the page of :verify, which is also a text page
	InRedact                   // the question about a redaction
	InFind                     // the filter of a page over a room
	InStart                    // the list of rooms while the hub starts
	InPoints                   // the list of open points

	InRoom  = InWrite | InLog | InFilter
	InLists = InItems | InAlerts | InPoints // pages with a selected element

	InPane = InWrite | InLog | InPage | InLists // where keys open pages
	InOver = InPage | InLists | InPaste | InRedact
)

// scopeNames are the names of the scopes in the order of help.
var scopeNames = []struct {
	in   Scope
	name model.Safe
}{
	{InWrite, model.Lit("In the composer")}, {InLog, model.Lit("In the timeline")},
	{InFilter, model.Lit("In the filter line")},
	{InItems, model.Lit("In the checklist")},
	{InPoints, model.Lit("In the list of open points")},
	{InAlerts, model.Lit("In the list of alerts")},
	{InPage, model.Lit("On a page")}, {InFind, model.Lit("In the filter of a page")},
	{InVerify, model.Lit("On " +
		"the page of the record (:verify)")},
	{InPaste, model.Lit("On the question about a paste")}, {InRedact, model.Lit("On the question about a redaction")},
	{InList, model.Lit("In the list of rooms")}, {InForm, model.Lit("In the declare form")},
	{InStart, model.Lit("In the list of rooms while the hub starts")}, {InWall, model.Lit("On the wall")},
}

// Chord is a key with its modifiers.
type Chord struct {
	Key tcell.Key
	R   rune
	Mod tcell.ModMask
}

// mods returns the modifiers that distinguish keys. It ignores Ctrl in a control
// character and Shift in a rune, because the key has them already.
func mods(ev *tcell.EventKey) tcell.ModMask {
	m := ev.Modifiers() & (tcell.ModCtrl | tcell.ModAlt | tcell.ModShift)
	switch {
	case ev.Key() == tcell.KeyRune:
		m &^= tcell.ModShift
	case ev.Key() < ' ', ev.Key() == tcell.KeyDEL, ev.Key() >= tcell.KeyCtrlSpace &&
		ev.Key() <= tcell.KeyCtrlUnderscore:
		m &^= tcell.ModCtrl | tcell.ModShift
	}
	return m
}

// Keys returns chords without modifiers.
func Keys(keys ...tcell.Key) []Chord {
	var out []Chord
	for _, key := range keys {
		out = append(out, Chord{Key: key})
	}
	return out
}

// Runes returns chords of characters without modifiers.
func Runes(runes ...rune) []Chord {
	var out []Chord
	for _, r := range runes {
		out = append(out, Chord{Key: tcell.KeyRune, R: r})
	}
	return out
}
