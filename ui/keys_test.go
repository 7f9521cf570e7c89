package ui

import (
	"fmt"
	"testing"

	"github.com/gdamore/tcell/v2"

	"warroom/ui/keymap"
)

// pageScopes are the scopes of pages, by name.
var pageScopes = map[string]keymap.Scope{"write": keymap.InWrite, "log": keymap.InLog, "filter": keymap.InFilter,
	"page": keymap.InPage, "items": keymap.InItems, "alerts": keymap.InAlerts, "list": keymap.InList,
	"form": keymap.InForm, "paste": keymap.InPaste, "wall": keymap.InWall, "verify": keymap.InPage | keymap.InVerify,
	"redact": keymap.InRedact, "points": keymap.InPoints, "find": keymap.InFind, "wait": keymap.InWait}

// TestNoKeyHasTwoMeanings: on each page a key is in one row of the table.
func TestNoKeyHasTwoMeanings(t *testing.T) {
	for name, in := range pageScopes {
		seen := map[keymap.Chord]string{}
		for _, b := range allKeys() {
			if b.In&in == 0 {
				continue
			}
			for _, c := range b.On {
				what := fmt.Sprintf("%s (%s)", b.Key, b.Help)
				if other, ok := seen[c]; ok {
					t.Errorf("%s: got %v in two rows, %q and %q, want one", name, c, other, what)
				}
				seen[c] = what
			}
		}
	}
}

// TestEveryKeyIsExplained: a row of the table has a name and help for its key, or follows
// the row of a pair ("Up, Down") that has them.
func TestEveryKeyIsExplained(t *testing.T) {
	explained := false
	for i, b := range allKeys() {
		if b.Help.IsEmpty() != b.Key.IsEmpty() {
			t.Errorf("row %d: got key %q with help %q, want both or neither", i, b.Key, b.Help)
		}
		if b.Help.IsEmpty() && !explained {
			t.Errorf("row %d, %v: got no help, and none in the row before", i, b.On)
		}
		explained = !b.Help.IsEmpty()
	}
}

// TestHelpIsOnEveryPage: F1, and a chord without function keys, opens help on every page.
func TestHelpIsOnEveryPage(t *testing.T) {
	for name, in := range pageScopes {
		if in == keymap.InWall || in == keymap.InWait {
			continue // it has only q
		}
		found := false
		for _, b := range allKeys() {
			found = found || b.In&in != 0 && b.Key.String() == "F1" && len(b.On) == 2
		}
		if !found {
			t.Errorf("%s: got no F1 with a second chord, want one", name)
		}
	}
}

// TestNoActionNeedsAFunctionKey: what a function key does, another chord does too.
func TestNoActionNeedsAFunctionKey(t *testing.T) {
	for _, b := range allKeys() {
		function, other := false, false
		for _, c := range b.On {
			is := c.Key >= tcell.KeyF1 && c.Key <= tcell.KeyF12
			function, other = function || is, other || !is
		}
		if function && !other {
			t.Errorf("%s (%s): got function keys only, want another chord too", b.Key, b.Help)
		}
	}
}

// TestSearchTakesEveryLetter: in the list of rooms a letter is a letter of the search, also
// the first one: no key leaves there without Ctrl.
func TestSearchTakesEveryLetter(t *testing.T) {
	for _, b := range allKeys() {
		for _, c := range b.On {
			if b.In&keymap.InList != 0 && c.Key == tcell.KeyRune && c.Mod == 0 {
				t.Errorf("%s (%s): got the letter %q for it, want it left to the search", b.Key, b.Help, c.R)
			}
		}
	}
}
