package roomlist

import (
	"context"
	"slices"
	"time"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/fold"
	"warroom/ui/keymap"
	"warroom/ui/lineedit"
	"warroom/ui/present"
	"warroom/ui/shell"
	"warroom/ui/state"
	"warroom/ui/view"
)

// Page is the list of rooms, with a search over titles and entries.
type Page struct {
	l      *List
	rooms  []model.RoomInfo
	sel    string // short id
	query  lineedit.Editor
	found  map[string]found
	ctx    context.Context    // of the running search
	cancel context.CancelFunc // ends the search
	busy   bool
	loaded bool
	visits state.Visits
	cut    bool        // there are more rows than fit
	lobby  *model.Room // nil: there is none

	more    int  // closed rooms that a reading leaves out
	older   bool // those are among rooms, as they were read once
	reading bool // they are being read
}

// More reports whether there are more rows than fit.
func (p *Page) More() bool { return p.cut }

// found is the result of a search in one room.
type found struct {
	n    int
	line model.Safe // newest matching line
}

// Scope returns the key scope of the page.
func (p *Page) Scope() keymap.Scope { return keymap.InList }

// Paste inserts a pasted text into the search.
func (p *Page) Paste(text string) {
	if p.query.Insert(lineedit.OneLine(text)) {
		p.search()
	}
}

// Key handles text and editing keys.
func (p *Page) Key(ev *tcell.EventKey) {
	prev := p.query.Text
	if lineedit.IsText(ev) {
		p.query.Insert(string(ev.Rune()))
	} else {
		p.query.Key(ev)
	}
	if p.query.Text != prev {
		p.search()
	}
}

// shown returns the rooms that match the query.
func (p *Page) shown() []model.RoomInfo {
	words := fold.Words(p.query.Text)
	if len(words) == 0 {
		return p.rooms
	}
	return slices.DeleteFunc(slices.Clone(p.rooms), func(r model.RoomInfo) bool {
		return p.found[r.Short].n == 0 && !fold.ContainsAll(view.RoomName(r), words)
	})
}

func shortOf(r model.RoomInfo) string { return r.Short }

func (p *Page) at(list []model.RoomInfo) int { return shell.IndexOf(list, p.sel, shortOf) }

// Move moves the selection down by n rooms.
func (p *Page) Move(n int) { p.sel = shell.Moved(p.shown(), p.sel, n, shortOf) }

// Turn moves the selection by ten rooms per page.
func (p *Page) Turn(n int) { p.Move(10 * n) }

// Draw draws the page.
func (p *Page) Draw(s tcell.Screen, r draw.Rect) {
	th := p.l.shell.Theme
	draw.Put(s, r.X, r.Y, r.W, draw.Spread(r.W, draw.L(draw.T(th.Bold, model.Lit(" warroom  rooms"))), p.right()))
	rows, row, col := p.query.Rows(r.W-12, th.Plain)
	draw.Put(s, r.X, r.Y+1, r.W, append(draw.L(draw.T(th.Accent, model.Lit(" search: "))), rows[row]...))
	s.ShowCursor(r.X+9+col, r.Y+1)
	p.drawList(s, r)
}

// drawList draws the rows of the list, the keys and the notes, below two rows of a head.
func (p *Page) drawList(s tcell.Screen, r draw.Rect) {
	sh, th := p.l.shell, p.l.shell.Theme
	notes := sh.Notes.Rows(r.W-2, th)
	if len(p.rooms) > 0 {
		head := draw.L(draw.T(th.Dim, model.Lit("last entry ")))
		draw.Put(s, r.X, r.Y+2, r.W, draw.Spread(r.W, nil, head))
	}
	y, h := r.Y+3, r.H-4-max(1, len(notes))
	if line := view.LobbyRow(p.lobby, sh.Clock.Now(), r.W, th); line != nil {
		draw.Put(s, r.X, y, r.W, line)
		y, h = y+1, h-1
	}
	lines, cut := p.lines(r.W, h)
	p.cut = cut
	sh.DrawBottom(s, r)
	for i, l := range lines {
		draw.Put(s, r.X, y+i, r.W, l.Clip(r.W))
	}
	for i, l := range notes {
		draw.Put(s, r.X+1, r.Y+r.H-1-len(notes)+i, r.W-2, l)
	}
}

func (p *Page) right() draw.Line {
	th := p.l.shell.Theme
	l := p.l.env.Rooms.Link()
	out := draw.L()
	if p.busy {
		out = append(out, draw.T(th.Dim, model.Lit("searching ...  ")))
	}
	out = append(out, draw.T(th.Dim, l.Where), draw.T(th.Plain, model.Lit("  ")))
	return append(out, view.LinkSpan(l, p.l.shell.Clock.Now(), false, false, th), draw.T(th.Plain, model.Lit(" ")))
}

// lines are the rows of the list that fit into h of them, so that the selected room is
// among them, and whether there are more. Only those are made.
func (p *Page) lines(w, h int) (out []draw.Line, cut bool) {
	th := p.l.shell.Theme
	list := p.shown()
	switch {
	case len(list) == 0 && !p.loaded:
		return []draw.Line{draw.L(draw.T(th.Dim, model.Lit(" the list could not be read; F5 tries again")))}, false
	case len(p.rooms) == 0:
		return []draw.Line{draw.L(draw.T(th.Dim, model.Safef("%s; Ctrl-N declares one", present.NoRoom)))},
			false
	case len(list) == 0:
		return []draw.Line{draw.L(draw.T(th.Dim, model.Safef(" %s", present.NoRoomsMatch.Short)))}, false
	}
	chosen, from, all := p.at(list), 0, 0
	for i, info := range list {
		if i == chosen {
			from = all
		}
		all += p.height(info)
	}
	top := max(0, min(from+p.height(list[chosen])-h, from))
	at := 0
	for i, info := range list {
		rows := p.height(info)
		if at += rows; at <= top {
			continue
		}
		for j, l := range p.roomRows(info, i == chosen, w) {
			if y := at - rows + j; y >= top && y < top+h {
				out = append(out, l)
			}
		}
		if at >= top+h {
			break
		}
	}
	if p.more > 0 && !p.older && len(out) < h {
		out = append(out, draw.L(draw.T(th.Dim, model.Safef(" %s ...", present.Plural(p.more, "older room is read",
			"older rooms are read")))))
	}
	return out, all > h
}

// height is how many rows a room takes in the list.
func (p *Page) height(info model.RoomInfo) int {
	n := 1
	if info.Room != nil && info.Room.Status != model.Closed {
		n++
	}
	if p.found[info.Short].n > 0 {
		n++
	}
	return n
}

// roomRows are the rows of one room: as many as height returns.
func (p *Page) roomRows(info model.RoomInfo, chosen bool, w int) []draw.Line {
	th, now := p.l.shell.Theme, p.l.shell.Clock.Now()
	line := view.RoomLine(info, p.markOf(info.Short), now, w, th)
	if chosen {
		line = draw.Reversed(line.Clip(w), w)
	}
	out := []draw.Line{line}
	if info.Room != nil && info.Room.Status != model.Closed {
		o := model.OverviewOf(info, now)
		out = append(out, view.OverviewRow(&o, now, w, th))
	}
	if f := p.found[info.Short]; f.n > 0 {
		out = append(out, draw.L(draw.T(th.Dim, model.Safef("         %s: %s", present.Plural(f.n, "entry", "entries"),
			model.CleanLine(f.line.String())))).Clip(w))
	}
	return out
}

// markOf returns the mark of a room: the person has a draft there, or was there last.
func (p *Page) markOf(short string) model.Safe {
	switch {
	case p.visits.Drafts[short]:
		return model.Lit("draft")
	case p.visits.Last == short:
		return model.Lit("you were here")
	}
	return model.Safe{}
}

// takeOlder shows the closed rooms that the list does not have yet.
func (p *Page) takeOlder(all []model.RoomInfo) {
	known := shorts(p.rooms)
	older := slices.DeleteFunc(slices.Clone(all), func(r model.RoomInfo) bool { return known[r.Short] })
	p.rooms = append(slices.Clone(p.rooms), worstFirst(older, p.l.shell.Clock.Now())...)
	p.older = true
	p.searchAlso(older)
}

// shorts are the short ids of rooms.
func shorts(rooms []model.RoomInfo) map[string]bool {
	out := map[string]bool{}
	for _, r := range rooms {
		out[r.Short] = true
	}
	return out
}

// take shows the rooms that were read. Selection and search stay; new rooms are searched
// too. Closed rooms that were not read this time stay at the end of the list.
func (p *Page) take(rooms []model.RoomInfo, more int) {
	known := shorts(p.rooms)
	added := slices.DeleteFunc(slices.Clone(rooms), func(r model.RoomInfo) bool { return known[r.Short] })
	prev := p.rooms
	p.rooms, p.loaded, p.more = worstFirst(rooms, p.l.shell.Clock.Now()), true, more
	if more > 0 {
		now := shorts(rooms)
		for _, r := range prev {
			if !now[r.Short] && r.Room != nil && r.Room.Status == model.Closed {
				p.rooms = append(p.rooms, r)
			}
		}
	}
	if p.sel == "" {
		p.sel = p.first()
	}
	if len(added) > 0 {
		p.searchAlso(added)
	}
}

// first returns the room that is selected at first: one with a draft, the last visited
// one, or the first of the list.
func (p *Page) first() string {
	if p.visits.Drafts[p.visits.Last] {
		return p.visits.Last
	}
	for _, r := range p.rooms {
		if p.visits.Drafts[r.Short] {
			return r.Short
		}
	}
	if p.visits.Last != "" || len(p.rooms) == 0 {
		return p.visits.Last
	}
	return p.rooms[0].Short
}

// worstFirst sorts rooms into the order of the list.
func worstFirst(rooms []model.RoomInfo, now time.Time) []model.RoomInfo {
	out := make([]model.RoomInfo, 0, len(rooms))
	for _, o := range model.Overviews(rooms, now) {
		out = append(out, o.RoomInfo)
	}
	return out
}
