package ui

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/draw"
)

// listPage is the list of rooms, with a search over their titles and entries.
type listPage struct {
	a      *app
	rooms  []model.RoomInfo
	sel    string // short id
	query  editor
	found  map[string]found
	ctx    context.Context    // of the search that runs
	cancel context.CancelFunc // ends it
	busy   bool
	loaded bool
	visits visits
	cut    bool        // there are more rows than fit
	lobby  *model.Room // nil: there is none
}

func (p *listPage) more() bool { return p.cut }

// found is what a search found in one room.
type found struct {
	n    int
	line model.Safe // the newest
}

// list loads the rooms and shows them. At the start one open room is entered at
// once, and where there is none the declare form is shown.
func (a *app) list(start bool) {
	a.jobs.start(func(ctx context.Context) func() {
		rooms, err := a.listRooms(ctx)
		v := a.store.visitsTo(rooms)
		lobby := a.readLobby(ctx)
		return func() {
			if err != nil {
				a.only(&listPage{a: a, query: editor{max: 200}})
				a.fail(err)
				return
			}
			a.listed(rooms, lobby, v, start)
		}
	})
}

func (a *app) listed(rooms []model.RoomInfo, lobby *model.Room, v visits, start bool) {
	var open []model.RoomInfo
	for _, r := range rooms {
		if r.Room != nil && r.Room.Status == model.Open {
			open = append(open, r)
		}
	}
	if start && len(open) == 1 {
		a.enter(open[0].Short, "")
		return
	}
	p := &listPage{a: a, rooms: rooms, query: editor{max: 200}, loaded: true, visits: v, lobby: lobby}
	p.sel = p.first()
	a.fresh.next = a.pump.beats.Load() + readAgain
	note := a.say
	a.only(p)
	if a.say = note; start && len(rooms) == 0 && lobby == nil && !a.o.Wall {
		a.openDeclare()
	}
}

// toRooms leaves the room for the list.
func (a *app) toRooms() {
	if a.was = ""; a.in != nil {
		a.was = a.in.view.Short
	}
	a.leaveRoom()
	a.only(&waitPage{a: a, what: model.Lit("reading the list of rooms ...")})
	a.list(false)
}

func (p *listPage) scope() scope { return inList }
func (p *listPage) paste(text string) {
	if p.query.insert(firstLine(text)) {
		p.search()
	}
}

func (p *listPage) key(ev *tcell.EventKey) {
	was := p.query.text
	if isText(ev) {
		p.query.insert(string(ev.Rune()))
	} else {
		p.query.key(ev)
	}
	if p.query.text != was {
		p.search()
	}
}

// shown are the rooms that the query leaves.
func (p *listPage) shown() []model.RoomInfo {
	words := foldedWords(p.query.text)
	if len(words) == 0 {
		return p.rooms
	}
	return slices.DeleteFunc(slices.Clone(p.rooms), func(r model.RoomInfo) bool {
		return p.found[r.Short].n == 0 && !containsAll(named(r), words)
	})
}

// named is what a room is called in a list.
func named(i model.RoomInfo) string {
	if i.Room == nil {
		return i.Short
	}
	return i.Short + " " + i.Room.Title
}

func (p *listPage) at(list []model.RoomInfo) int {
	return max(0, slices.IndexFunc(list, func(r model.RoomInfo) bool { return r.Short == p.sel }))
}

func (p *listPage) move(n int) {
	if list := p.shown(); len(list) > 0 {
		p.sel = list[max(0, min(p.at(list)+n, len(list)-1))].Short
	}
}

// turn moves by ten rooms.
func (p *listPage) turn(n int) { p.move(10 * n) }

func (p *listPage) draw(s tcell.Screen, r rect) {
	a, th := p.a, p.a.th
	draw.Put(s, r.x, r.y, r.w, spread(r.w, draw.L(draw.T(th.bold, model.Lit(" warroom  rooms"))), p.right()))
	rows, _, col := p.query.rows(r.w-12, th.plain)
	draw.Put(s, r.x, r.y+1, r.w, append(draw.L(draw.T(th.accent, model.Lit(" search: "))), rows[0]...))
	s.ShowCursor(r.x+9+col, r.y+1)
	notes := a.noteRows(r.w - 2)
	if len(p.rooms) > 0 {
		head := draw.L(draw.T(th.dim, model.Lit("last entry ")))
		draw.Put(s, r.x, r.y+2, r.w, spread(r.w, nil, head))
	}
	y, h := r.y+3, r.h-4-max(1, len(notes))
	if line := p.lobbyLine(r.w); line != nil {
		draw.Put(s, r.x, y, r.w, line)
		y, h = y+1, h-1
	}
	lines, from, to := p.lines(r.w)
	p.cut = len(lines) > h
	a.bottom(s, r)
	top := max(0, min(to-h, from))
	for i := range min(h, len(lines)-top) {
		draw.Put(s, r.x, y+i, r.w, lines[top+i].Clip(r.w))
	}
	for i, l := range notes {
		draw.Put(s, r.x+1, r.y+r.h-1-len(notes)+i, r.w-2, l)
	}
}

func (p *listPage) right() draw.Line {
	th := p.a.th
	l := p.a.o.Rooms.Link()
	out := draw.L()
	if p.busy {
		out = append(out, draw.T(th.dim, model.Lit("searching ...  ")))
	}
	out = append(out, draw.T(th.dim, l.Where), draw.T(th.plain, model.Lit("  ")))
	return append(out, linkSpan(l, p.a.now(), false, false, th), draw.T(th.plain, model.Lit(" ")))
}

// lines are the rows of the list, and from where to where the selected one is.
func (p *listPage) lines(w int) (out []draw.Line, from, to int) {
	th := p.a.th
	list := p.shown()
	switch {
	case len(list) == 0 && !p.loaded:
		return []draw.Line{draw.L(draw.T(th.dim, model.Lit(" the list could not be read; F5 tries again")))}, 0, 0
	case len(p.rooms) == 0:
		return []draw.Line{draw.L(draw.T(th.dim, model.Lit(" there is no room yet; Ctrl-N declares an incident")))}, 0, 0
	case len(list) == 0:
		return []draw.Line{draw.L(draw.T(th.dim, model.Lit(" no room has that")))}, 0, 0
	}
	chosen := p.at(list)
	for i, info := range list {
		line := roomLine(info, p.markOf(info.Short), p.a.now(), w, th)
		if i == chosen {
			from = len(out)
			line = reversed(line.Clip(w), w)
		}
		out = append(out, line)
		if f := p.found[info.Short]; f.n > 0 {
			out = append(out, draw.L(draw.T(th.dim, model.Safef("         %s: %s", plural(f.n, "entry", "entries"), model.CleanLine(f.line.String())))).Clip(w))
		}
		if i == chosen {
			to = len(out)
		}
	}
	return out, from, to
}

// roomLine is one row of the list.
func roomLine(info model.RoomInfo, mark model.Safe, now time.Time, w int, th *theme) draw.Line {
	line := append(blanks(1), column(th.accent, model.CleanLine(info.Short), 8)...)
	r := info.Room
	if r == nil {
		return append(line, draw.T(th.dim, model.Lit("cannot be read")))
	}
	style := th.plain
	if r.Status != model.Open {
		style = th.dim
	}
	line = append(line, column(style, model.CleanLine(r.Severity), 6)...)
	line = append(line, column(style, model.CleanLine(string(r.Status)), 8)...)
	if w >= 72 {
		line = append(line, column(style, phaseLabel(r), 12)...)
	}
	if info.Restricted || r.IsRestricted() {
		line = append(line, draw.T(th.bad, model.Lit("RESTRICTED ")))
	}
	title := model.CleanLine(r.Title)
	if r.Drill {
		title = model.Safef("DRILL %s", title)
	}
	line = append(line, draw.T(style, title))
	right := draw.L(draw.T(th.dim, model.Safef("  %s ", age(now.Sub(info.LastAt)))))
	if !mark.IsEmpty() {
		right = append(draw.L(draw.T(th.mark, model.Safef("  %s", mark))), right...)
	}
	return spread(w, line, right)
}

// markOf says what this person has to do with a room.
func (p *listPage) markOf(short string) model.Safe {
	switch {
	case p.visits.drafts[short]:
		return model.Lit("draft")
	case p.visits.last == short:
		return model.Lit("you were here")
	}
	return model.Safe{}
}

func listKeys() []binding {
	// In the list every letter is one of the search; q alone leaves while it is empty.
	move := func(n int) func(*app) { return func(a *app) { a.top().(mover).move(n) } }
	return []binding{
		{in: inList, on: k(tcell.KeyEsc), key: model.Lit("Esc"), name: model.Lit("back"), help: model.Lit("empty the search; then go back into the room that you came from"), do: (*app).backFromList, first: true, when: (*app).cameFromRoom},
		{in: inList, on: k(tcell.KeyEnter), key: model.Lit("Enter"), name: model.Lit("open"), help: model.Lit("open the room; what was searched goes along as its filter"), do: (*app).openRoom, first: true},
		{in: inList, on: k(tcell.KeyUp, tcell.KeyCtrlP), key: model.Lit("Up, Down"), name: model.Lit("move"), help: model.Lit("select a room"), do: move(-1), first: true},
		{in: inList, on: k(tcell.KeyDown), do: move(1)},
		{in: inList, on: k(tcell.KeyPgUp), key: model.Lit("PgUp, PgDn"), name: model.Lit("more"), help: model.Lit("move by ten rooms"), do: move(-10), first: true, when: (*app).isMore},
		{in: inList, on: k(tcell.KeyPgDn), do: move(10)},
		{in: inList, on: k(tcell.KeyCtrlN), key: model.Lit("Ctrl-N"), name: model.Lit("declare"), help: model.Lit("declare an incident"), do: (*app).openDeclare, first: true},
		{in: inList, on: k(tcell.KeyF9), key: model.Lit("F9"), name: model.Lit("lobby"), help: model.Lit("alerts that belong to no incident yet"), do: (*app).toLobby, first: true, when: (*app).hasLobby},
		{in: inList, on: k(tcell.KeyF5), key: model.Lit("F5"), name: model.Lit("again"), help: model.Lit("read the list again"), do: (*app).listAgain},
		{in: inList, on: letter('q'), key: model.Lit("q"), name: model.Lit("quit"), help: model.Lit("leave, where the search is empty"), do: (*app).quitList, first: true},
	}
}

func (a *app) openRoom() {
	p, ok := a.top().(*listPage)
	if !ok || len(p.shown()) == 0 {
		return
	}
	list := p.shown()
	info := list[p.at(list)]
	filter := strings.TrimSpace(p.query.text)
	if p.found[info.Short].n == 0 && (info.Room == nil || !containsAll(info.Room.Title, foldedWords(filter))) {
		filter = "" // its name was looked for
	}
	a.tell(opening(info.Short))
	a.enter(info.Short, filter)
}

func opening(short string) model.Safe { return model.Safef("opening %s ...", short) }

// listAgain reads the list again; where it is there, selection and search stay.
func (a *app) listAgain() {
	if p, ok := a.top().(*listPage); !ok || !p.loaded {
		a.list(false)
		return
	}
	a.readRooms()
}

// backFromList empties the search; where it is empty, it goes back into the room
// from which F5 led here.
func (a *app) backFromList() {
	p, ok := a.top().(*listPage)
	switch {
	case !ok:
	case p.query.text != "":
		p.query.set("")
		p.search()
	case a.was != "":
		a.tell(opening(a.was))
		a.enter(a.was, "")
	}
}

// cameFromRoom says whether there is a room to go back into.
func (a *app) cameFromRoom() bool { return a.was != "" }

// quitList leaves, unless q is a letter of a search.
func (a *app) quitList() {
	p, ok := a.top().(*listPage)
	if ok && p.query.text != "" {
		p.query.insert("q")
		p.search()
		return
	}
	a.stop()
}
