package ui

import (
	"sync"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/keymap"
	"warroom/ui/room"
	"warroom/ui/roomlist"
	"warroom/ui/shell"
)

// allKeys returns the key table, which is made once.
var allKeys = sync.OnceValue(allRows)

// allRows returns every key of the program. Help and the bottom line are generated from
// it.
func allRows() []keymap.Binding[*app] {
	inRoomOf := func(a *app) (*room.Page, bool) { return a.in, a.in != nil }
	onShell := func(a *app) (*shell.Shell, bool) { return a.shell, true }
	t := []keymap.Binding[*app]{
		{In: keymap.InLog | keymap.InOver | keymap.InForm,
			On:  keymap.Keys(tcell.KeyEsc),
			Key: model.Lit("Esc"), Name: model.Lit("back"),
			Help: model.Lit("close the page, or leave the line; what you typed " +
				"stays"), Do: (*app).goBack, First: true},
		{In: keymap.InFilter | keymap.InFind, On: keymap.Keys(tcell.KeyEsc),
			Key: model.Lit("Esc"), Name: model.Lit("show all"),
			Help: model.Lit("remove the filter, and leave its line"), Do: (*app).goBack, First: true},
		{In: keymap.InRoom | keymap.InOver | keymap.InList | keymap.InForm | keymap.InFind | keymap.InStart,
			On:  keymap.Keys(tcell.KeyF1),
			Key: model.Lit("F1"), Name: model.Lit("help"),
			Help:  model.Lit("help: the keys of this page, then all keys and commands"),
			Do:    func(a *app) { a.OpenHelp("") },
			First: true, Bar: keymap.InWrite},
	}
	t = append(t, keymap.Lift(room.PaneKeys(), inRoomOf)...)
	t = append(t, keymap.Lift(room.WriteKeys(), inRoomOf)...)
	t = append(t, keymap.Lift(room.LogKeys(), inRoomOf)...)
	t = append(t, keymap.Binding[*app]{In: keymap.InPane, On: keymap.Keys(tcell.KeyF5), Key: model.Lit("F5"),
		Name: model.Lit("rooms"), Help: model.Lit("the list of rooms; your draft stays"), Do: (*app).ToRooms,
		Bar: keymap.InWrite})
	t = append(t, keymap.Lift(room.MoreKeys(), inRoomOf)...)
	t = append(t, keymap.Lift(shell.TerminalKeys(), onShell)...)
	t = append(t, keymap.Lift(shell.TextKeys(), onShell)...)
	t = append(t, keymap.Lift(room.VerifyKeys(), inRoomOf)...)
	t = append(t,
		keymap.Binding[*app]{In: keymap.InPage | keymap.InLists, On: keymap.Runes('q'),
			Key:  model.Lit("q"),
			Help: model.Lit("close the page"), Do: (*app).goBack})
	t = append(t, keymap.Lift(room.ItemKeys(), onTop[*room.ItemsPage])...)
	t = append(t, keymap.Lift(room.PointKeys(), onTop[*room.PointsPage])...)
	t = append(t, keymap.Lift(room.RedactKeys(), onTop[*room.RedactPage])...)
	t = append(t, keymap.Lift(room.PasteKeys(), onTop[*room.PastePage])...)
	t = append(t, keymap.Lift(room.AlertKeys(), onTop[*room.AlertsPage])...)
	t = append(t, keymap.Lift(roomlist.ListKeys(), onTop[*roomlist.Page])...)
	t = append(t, keymap.Lift(roomlist.StartKeys(), onTop[*roomlist.StartPage])...)
	t = append(t, keymap.Lift(roomlist.FormKeys(), onTop[*roomlist.DeclarePage])...)
	return withoutFunctionKeys(t)
}

// withoutFunctionKeys adds a second chord for each function key: Alt and its last digit.
func withoutFunctionKeys(rows []keymap.Binding[*app]) []keymap.Binding[*app] {
	for i := range rows {
		for _, c := range rows[i].On {
			if n := c.Key - tcell.KeyF1; c.Key >= tcell.KeyF1 && n < 10 && c.Mod == 0 {
				rows[i].On = append(rows[i].On, keymap.Chord{Key: tcell.KeyRune, R: rune("1234567890"[n]),
					Mod: tcell.ModAlt})
			}
		}
	}
	return rows
}

// onTop returns the top page if it is a P.
func onTop[P shell.Page](a *app) (p P, ok bool) {
	p, ok = a.shell.Top().(P)
	return p, ok
}
