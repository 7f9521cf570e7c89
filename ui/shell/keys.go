package shell

import (
	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/keymap"
)

// TextKeys returns the keys that move through a page.
func TextKeys() []keymap.Binding[*Shell] {
	in := keymap.InPage | keymap.InLists
	move := func(n int) func(*Shell) {
		return func(s *Shell) {
			if m, ok := s.Top().(mover); ok {
				m.Move(n)
			}
		}
	}
	turn := func(n int) func(*Shell) {
		return func(s *Shell) {
			if m, ok := s.Top().(mover); ok {
				m.Turn(n)
			}
		}
	}
	return []keymap.Binding[*Shell]{
		{In: in, On: append(keymap.Keys(tcell.KeyUp), keymap.Runes('k')...),
			Key:  model.Lit("Up, Down, k, j"),
			Name: model.Lit("move"), Help: model.Lit("move by a row"), Do: move(-1)},
		{In: in, On: append(keymap.Keys(tcell.KeyDown), keymap.Runes('j')...), Do: move(1)},
		{In: in, On: keymap.Keys(tcell.KeyPgUp), Key: model.Lit("PgUp, PgDn"),
			Name: model.Lit("more"), Help: model.Lit("move by a page"), Do: turn(-1), First: true,
			When: (*Shell).isMore},
		{In: in, On: keymap.Keys(tcell.KeyPgDn), Do: turn(1)},
		{In: in, On: append(keymap.Keys(tcell.KeyHome), keymap.Runes('g')...), Key: model.Lit("Home, End"),
			Help: model.Lit("the first or the last row"), Do: move(-1 << 20)},
		{In: in, On: append(keymap.Keys(tcell.KeyEnd), keymap.Runes('G')...), Do: move(1 << 20)},
		{In: in, On: keymap.Runes('/'), Key: model.Lit("/"), Name: model.Lit("filter"),
			Help: model.Lit("filter: show only rows with the words that you " +
				"type"), Do: (*Shell).startFind, First: true},
		{In: keymap.InFind, On: keymap.Keys(tcell.KeyEnter), Key: model.Lit("Enter"), Name: model.Lit("keep"),
			Help: model.Lit("keep the filter and go back to the page"), Do: (*Shell).endFind, First: true},
		{In: keymap.InFind, On: keymap.Keys(tcell.KeyUp), Key: model.Lit("Up, Down"), Name: model.Lit("move"),
			Help: model.Lit("move by a row"), Do: move(-1)},
		{In: keymap.InFind, On: keymap.Keys(tcell.KeyDown), Do: move(1)},
	}
}

// everywhere is every place but the wall.
const everywhere = keymap.InRoom | keymap.InOver | keymap.InList | keymap.InForm | keymap.InWait | keymap.InFind |
	keymap.InStart

// TerminalKeys returns the keys of the terminal itself.
func TerminalKeys() []keymap.Binding[*Shell] {
	return []keymap.Binding[*Shell]{
		{In: keymap.InPane, On: keymap.Keys(tcell.KeyCtrlT), Key: model.Lit("Ctrl-T"), Name: model.Lit("UTC"),
			Help: model.Lit("show times in UTC or in your own zone"), Do: toggleUTC},
		{In: everywhere, On: keymap.Keys(tcell.KeyCtrlL), Key: model.Lit("Ctrl-L"),
			Help: model.Lit("redraw the screen"), Do: func(s *Shell) { s.Screen.Sync() }},
		{In: everywhere | keymap.InWall, On: keymap.Keys(tcell.KeyCtrlZ), Key: model.Lit("Ctrl-Z"),
			Help: model.Lit("suspend warroom and return to the shell; fg resumes it"), Do: (*Shell).stopProcess},
		{In: keymap.InWall, On: keymap.Runes('q'), Key: model.Lit("q"), Name: model.Lit("quit"),
			Help: model.Lit("leave"),
			Do:   func(s *Shell) { s.Stop() }},
	}
}

func toggleUTC(s *Shell) {
	s.Clock.ToggleUTC()
	s.Notes.Show(model.Safef("times are shown in %s", s.Clock.Zone().String()))
}
