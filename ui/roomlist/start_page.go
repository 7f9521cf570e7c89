package roomlist

import (
	"time"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/keymap"
	"warroom/ui/lineedit"
	"warroom/ui/shell"
)

// StartPage is the list of rooms as the hub knew them when it last ran, while it starts. A
// room can be selected; it is entered once the hub has started.
type StartPage struct {
	page   Page
	at     time.Time          // when the list was stored
	chosen string             // room to enter; if "", none yet
	enter  func(short string) // enters a room; nil before the hub has started
}

// NewStartPage returns the page for the rooms of a hub as of a time. more is how many closed
// rooms are left out.
func NewStartPage(sh *shell.Shell, rooms []model.RoomInfo, more int, at time.Time) *StartPage {
	p := &StartPage{at: at, page: Page{l: New(sh, Env{}), rooms: worstFirst(rooms, sh.Clock.Now()), loaded: true,
		query: lineedit.Editor{Max: 200}, more: more, older: true}}
	p.page.sel = p.page.first()
	return p
}

// Chosen returns the room that the person chose to enter, or "".
func (p *StartPage) Chosen() string { return p.chosen }

// Selected returns the selected room.
func (p *StartPage) Selected() string { return p.page.sel }

// StartKeys returns the keys of the page.
func StartKeys() []keymap.Binding[*StartPage] {
	move := func(n int) func(*StartPage) {
		return func(p *StartPage) { p.page.Move(n); p.chosen = "" }
	}
	return []keymap.Binding[*StartPage]{
		{In: keymap.InStart, On: keymap.Keys(tcell.KeyEnter), Key: model.Lit("Enter"), Name: model.Lit("open"),
			Help: model.Lit("open the room once the hub has started"), Do: (*StartPage).choose, First: true},
		{In: keymap.InStart, On: keymap.Keys(tcell.KeyUp, tcell.KeyCtrlP), Key: model.Lit("Up, Down"),
			Name: model.Lit("move"), Help: model.Lit("select a room"), Do: move(-1), First: true},
		{In: keymap.InStart, On: keymap.Keys(tcell.KeyDown), Do: move(1)},
		{In: keymap.InStart, On: keymap.Keys(tcell.KeyPgUp), Key: model.Lit("PgUp, PgDn"), Name: model.Lit("more"),
			Help: model.Lit("move by ten rooms"), Do: move(-10), When: func(p *StartPage) bool { return p.page.cut }},
		{In: keymap.InStart, On: keymap.Keys(tcell.KeyPgDn), Do: move(10)},
		{In: keymap.InStart, Key: model.Lit("Ctrl-C"), Name: model.Lit("leave"), Help: model.Lit("leave warroom"),
			First: true},
	}
}

func (p *StartPage) choose() {
	if p.chosen = p.page.sel; p.enter != nil {
		p.enter(p.chosen)
	}
}

// Started makes the page enter rooms at once: the hub has started.
func (p *StartPage) Started(enter func(short string)) { p.enter = enter }

// Scope returns the key scope of the page.
func (p *StartPage) Scope() keymap.Scope { return keymap.InStart }

// Key ignores other keys: nothing can be searched yet.
func (p *StartPage) Key(*tcell.EventKey) { p.refuse() }

// Paste ignores a pasted text.
func (p *StartPage) Paste(string) { p.refuse() }

func (p *StartPage) refuse() {
	p.page.l.shell.Notes.Show(model.Lit("the hub is starting; you can type once a room is open"))
}

// Draw draws the page.
func (p *StartPage) Draw(s tcell.Screen, r draw.Rect) {
	sh := p.page.l.shell
	th := sh.Theme
	draw.Put(s, r.X, r.Y, r.W, draw.Spread(r.W, draw.L(draw.T(th.Bold, model.Lit(" warroom  rooms"))),
		draw.L(draw.T(th.Mark, model.Lit("the hub is starting ... ")))))
	when := model.Safef(" as of %s; restricted rooms appear later",
		p.at.In(sh.Clock.Zone()).Format("2 Jan 15:04 MST"))
	if p.chosen != "" {
		when = model.Safef(" %s opens once the hub has started", p.chosen)
	}
	draw.Put(s, r.X, r.Y+1, r.W, draw.L(draw.T(th.Dim, when)).Clip(r.W))
	p.page.drawList(s, r)
}
