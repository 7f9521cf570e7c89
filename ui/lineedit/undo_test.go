package lineedit

import (
	"testing"

	"github.com/gdamore/tcell/v2"
)

// TestUndoAndYank: Undo reverts continuous typing at once, and Yank inserts what was
// killed.
func TestUndoAndYank(t *testing.T) {
	e := Editor{Max: 100}
	press := func(keys ...tcell.Key) {
		for _, k := range keys {
			e.Key(tcell.NewEventKey(k, 0, tcell.ModCtrl))
		}
	}
	for _, r := range "one two" {
		e.Insert(string(r))
	}
	press(tcell.KeyCtrlW)
	for i, c := range []struct {
		key  tcell.Key
		want string
	}{{tcell.KeyCtrlY, "one two"}, {tcell.KeyCtrlY, "one twotwo"}, {tcell.KeyCtrlUnderscore, "one two"},
		{tcell.KeyCtrlUnderscore, "one "}, {tcell.KeyCtrlUnderscore, "one two"}, {tcell.KeyCtrlUnderscore, ""},
		{tcell.KeyCtrlUnderscore, ""}} {
		if press(c.key); e.Text != c.want {
			t.Errorf("step %d: got %q, want %q", i, e.Text, c.want)
		}
	}
}

// TestVertical: the cursor moves between the lines of a draft, and no further.
func TestVertical(t *testing.T) {
	e := Editor{Max: 100}
	e.Set("long line\nab\nlast")
	for i, c := range []struct {
		down bool
		at   int
		ok   bool
	}{{false, 12, true}, {false, 2, true}, {false, 2, false}, {true, 12, true}, {true, 15, true}, {true, 15, false}} {
		if ok := e.Vertical(c.down); e.At != c.at || ok != c.ok {
			t.Errorf("step %d: got %d, %v, want %d, %v", i, e.At, ok, c.at, c.ok)
		}
	}
}
