package roomlist

import (
	"strings"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/fold"
	"warroom/ui/keymap"
	"warroom/ui/present"
)

// ListKeys returns the keys of the list of rooms.
func ListKeys() []keymap.Binding[*Page] {
	// All letters go to the search.
	move := func(n int) func(*Page) { return func(p *Page) { p.Move(n) } }
	return []keymap.Binding[*Page]{
		{In: keymap.InList, On: keymap.Keys(tcell.KeyEsc), Key: model.Lit("Esc"), Name: model.Lit("clear"),
			Help: model.Lit("clear the search"), Do: (*Page).back,
			First: true, When: func(p *Page) bool { return p.query.Text != "" }},
		{In: keymap.InList, Key: model.Lit("Esc"), Name: model.Lit("back"),
			Help:  model.Lit("if the search is empty: go back to the room that you came from"),
			First: true, When: func(p *Page) bool { return p.query.Text == "" && p.l.PrevRoom != "" }},
		{In: keymap.InList, On: keymap.Keys(tcell.KeyEnter), Key: model.Lit("Enter"), Name: model.Lit("open"),
			Help: model.Lit("open the room, with the search as its filter"), Do: (*Page).openRoom,
			First: true},
		{In: keymap.InList, On: keymap.Keys(tcell.KeyPgUp), Key: model.Lit("PgUp, PgDn"), Name: model.Lit("more"),
			Help: model.Lit("move by ten rooms"), Do: move(-10), First: true, When: (*Page).More},
		{In: keymap.InList, On: keymap.Keys(tcell.KeyPgDn), Do: move(10)},
		{In: keymap.InList, On: keymap.Keys(tcell.KeyCtrlN), Key: model.Lit("Ctrl-N"), Name: model.Lit("declare"),
			Help: model.Lit("declare an incident"), Do: func(p *Page) { p.l.OpenDeclare() }, First: true},
		{In: keymap.InList, On: keymap.Keys(tcell.KeyF9), Key: model.Lit("F9"), Name: model.Lit("lobby"),
			Help: present.CommandHelp("lobby"), Do: func(p *Page) { p.l.env.Lobby() },
			First: true,
			When:  func(p *Page) bool { return p.lobby != nil }},
		{In: keymap.InList, On: keymap.Keys(tcell.KeyF5), Key: model.Lit("F5"), Name: model.Lit("reload"),
			Help: model.Lit("reload the list"), Do: (*Page).refresh},
		{In: keymap.InList, Key: model.Lit("Ctrl-C"), Name: model.Lit("leave"), Help: model.Lit("leave warroom"),
			First: true},
		{In: keymap.InList, On: keymap.Keys(tcell.KeyUp, tcell.KeyCtrlP), Key: model.Lit("Up, Down"),
			Name: model.Lit("move"),
			Help: model.Lit("select a room"), Do: move(-1)},
		{In: keymap.InList, On: keymap.Keys(tcell.KeyDown), Do: move(1)},
	}
}

func (p *Page) openRoom() {
	list := p.shown()
	if len(list) == 0 {
		return
	}
	info := list[p.at(list)]
	filter := strings.TrimSpace(p.query.Text)
	if p.found[info.Short].n == 0 && (info.Room == nil || !fold.ContainsAll(info.Room.Title, fold.Words(filter))) {
		filter = "" // the search matched its name
	}
	p.l.shell.Notes.Show(Opening(info.Short))
	p.l.env.Enter(info.Short, filter)
}

// Opening returns the note that a room is being opened.
func Opening(short string) model.Safe { return model.Safef("opening %s ...", short) }

// refresh reads the list again. Selection and search stay.
func (p *Page) refresh() {
	if !p.loaded {
		p.l.Open(false)
		return
	}
	p.l.reread()
}

// back clears the search or, if it is empty, returns to the room that the list was opened
// from.
func (p *Page) back() {
	switch {
	case p.query.Text != "":
		p.query.Set("")
		p.search()
	case p.l.PrevRoom != "":
		p.l.shell.Notes.Show(Opening(p.l.PrevRoom))
		p.l.env.Enter(p.l.PrevRoom, "")
	}
}
