package ui

import (
	"context"
	"slices"
	"time"

	"warroom/model"
	"warroom/model/guard"
)

// maxLine is how many bytes the composer takes: what an entry holds.
const maxLine = model.MaxText

// place is the room one is in: the seat, the newest view of it, and what this
// terminal alone knows. It is the page of the room.
type place struct {
	a      *app
	seat   model.Seat
	view   *model.View
	sender *sender
	tl     *timeline
	comp   composer
	mode   scope // inWrite, inLog or inFilter
	from   scope // where the filter line was opened
	search editor
	bad    model.Safe // why the filter is not understood

	mine  []mine // lines on their way, until the view shows them
	count int
	typed map[string]string // by draft id: what was typed

	seen seenAs // what is shown, as it was last asked for

	logAt rect // where the timeline was drawn

	alert // bells, and what was said about link and catching up
}

// mine is a line that was sent here and is not in the view yet.
type mine struct {
	n    int
	line string
	id   string     // of the draft, once the seat has it
	why  model.Safe // it was refused at once
	made time.Time
}

// enter opens a room. What takes time is a job.
func (a *app) enter(short, filter string) {
	a.jobs.start(func(ctx context.Context) func() {
		seat, err := a.o.Rooms.Enter(ctx, short)
		if err != nil {
			return func() { a.notEntered(err) }
		}
		if ctx.Err() != nil {
			seat.Close()
			return nil
		}
		return func() { a.arrive(seat, filter) }
	})
}

// notEntered shows why a room cannot be entered, and the list.
func (a *app) notEntered(err error) {
	a.list(false)
	a.fail(err)
}

// arrive sits down in a room.
func (a *app) arrive(seat model.Seat, filter string) {
	a.leaveRoom()
	p := &place{a: a, seat: seat, view: seat.Latest(), tl: newTimeline(a.th, a.o.Handle, a.o.Shared), mode: inWrite, typed: map[string]string{}}
	p.search.max, p.comp.max, p.comp.room = 500, maxLine, maxLine
	p.sender = newSender(a.ctx, seat, a.o.fault, func(n int, r model.Receipt, err error) {
		a.jobs.post(func() { p.sent(n, r, err) })
	})
	p.comp.history = &history{lines: a.store.loadHistory(p.view.Room.ID)}
	p.comp.history.at = len(p.comp.history.lines)
	a.in = p
	a.pump.watch(seat)
	wait, _ := a.top().(*waitPage)
	if a.o.Wall {
		a.only(&wallPage{a: a})
	} else {
		a.only(p)
	}
	if a.say.text == opening(p.view.Short) || p.view.Room.Lobby {
		a.say = note{}
	}
	p.tl.take(p.view.Room)
	p.arrived()
	if p.view.Room.Lobby && !a.o.Wall {
		a.openAlerts()
	}
	p.comp.set(string(a.store.read(p.draftFile())))
	p.forget(nil, p.view.Room)
	if filter != "" {
		p.search.set(filter)
		p.applyFilter()
	}
	if wait != nil && !a.o.Wall {
		a.typed(wait.ahead)
	}
}

// putOut leaves a room in which this person may not be any more, and says why.
func (a *app) putOut(why model.Safe) {
	a.toRooms()
	a.was = "" // there is no way back
	a.say = note{text: why, bad: true}
}

// leaveRoom gives the seat back, behind the loop.
func (a *app) leaveRoom() {
	p := a.in
	if p == nil {
		return
	}
	p.keep()
	a.in = nil
	a.pump.watch(nil)
	a.jobs.start(func(context.Context) func() {
		p.sender.close()
		p.seat.Close()
		return nil
	})
}

func (p *place) draftFile() string { return fileFor("draft", p.view.Room.ID) }

// keep keeps what was typed and how far was read.
func (p *place) keep() {
	p.saveDraft()
	p.a.store.saveSeen(p.view.Room.ID, seen{p.view.Room.Seq, p.a.o.Clock.Now()})
}

// saveDraft keeps the draft where it has changed here, so that a second
// terminal of the same person does not wipe it.
func (p *place) saveDraft() {
	if p.comp.text != p.comp.kept {
		p.comp.kept = p.comp.text
		p.a.store.put(p.draftFile(), []byte(guard.Hide(p.comp.text)))
	}
}

// news takes the newest view.
func (p *place) news() {
	v := p.seat.Latest()
	if v == p.view {
		p.ring()
		return
	}
	if !v.Over.IsEmpty() {
		p.a.putOut(v.Over)
		return
	}
	old := p.view
	p.view = v
	p.tl.take(v.Room)
	p.forget(old.Room, v.Room)
	p.hidden(len(old.Room.Lines()))
	p.noticed(old, v)
	p.mine = slices.DeleteFunc(p.mine, func(m mine) bool { return m.id != "" && (p.isWaiting(m.id) || p.isStored(m.id)) })
	p.ring()
}

// hidden says so where a line sent here is in the log now and the filter does
// not show it. Lines from that index on are new.
func (p *place) hidden(from int) {
	if p.tl.f.isEmpty() || p.a.say.bad {
		return
	}
	lines := p.view.Room.Lines()
	for i := max(from, len(lines)-1000); i < len(lines); i++ {
		l := lines[i]
		sent := p.typed[l.ID] != "" || slices.ContainsFunc(p.mine, func(m mine) bool { return m.id == l.ID || m.id == "" })
		if sent && l.Key == p.seat.Who().Key && !p.tl.f.match(p.view.Room, l) {
			p.a.tell(model.Lit("sent; the filter hides it, Esc shows all"))
			return
		}
	}
}

func (p *place) isWaiting(id string) bool {
	return slices.ContainsFunc(p.view.Waiting, func(w model.Waiting) bool { return w.Draft.ID == id })
}

// isStored looks for an event among the newest lines.
func (p *place) isStored(id string) bool {
	lines := p.view.Room.Lines()
	for i := len(lines) - 1; i >= max(0, len(lines)-2000); i-- {
		if lines[i].ID == id {
			return true
		}
	}
	return false
}

// submit sends an act and shows it at once.
func (p *place) submit(line string, act model.Act) {
	p.count++
	p.mine = append(p.mine, mine{n: p.count, line: line, made: p.a.now()})
	p.sender.send(outgoing{n: p.count, line: line, act: act})
}

// sent hears what the seat said to line n.
func (p *place) sent(n int, r model.Receipt, err error) {
	i := slices.IndexFunc(p.mine, func(m mine) bool { return m.n == n })
	if i < 0 {
		return
	}
	m := &p.mine[i]
	if err != nil {
		line := m.line
		m.why = model.Sentence(err)
		if p.comp.text == "" { // give it back to be mended
			p.mine = slices.Delete(p.mine, i, i+1)
			p.comp.set(line)
			p.refuse(err)
		}
		return
	}
	m.id = r.ID
	p.comp.history.sent(m.line, m.id)
	p.saveHistory()
	if p.typed[m.id] = m.line; p.isWaiting(m.id) || p.isStored(m.id) {
		p.mine = slices.Delete(p.mine, i, i+1)
	}
}

// ctx is what a composer line is read against.
func (p *place) ctx() model.Ctx {
	return model.Ctx{Room: p.view.Room, Who: p.seat.Who(), Now: p.a.now(), Zone: p.a.zone(), Knocks: p.view.Knocks, Plan: p.a.o.Plan}
}

func (p *place) scope() scope { return p.mode }
