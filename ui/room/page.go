package room

import (
	"context"
	"strings"

	"github.com/gdamore/tcell/v2"
	"github.com/rivo/tview"

	"warroom/model"
	"warroom/ui/keymap"
	"warroom/ui/lineedit"
	"warroom/ui/present"
	"warroom/ui/shell"
	"warroom/ui/state"
	"warroom/ui/timeline"
)

// Page is the page of the open room: its session, the newest view, and parts with the
// state of this terminal.
type Page struct {
	env     Env
	shell   *shell.Shell
	session model.RoomSession
	view    *model.View

	log   logPane
	comp  composer
	out   outbox
	bells bells
	files files

	mode keymap.Scope // InWrite, InLog or InFilter
	from keymap.Scope // mode before the filter line was opened

	prompted prompted // as drawn last
	panes    panes    // that are being drawn
	alike    alike    // as drawn last
	calm     bool     // what is drawn here only changes with the room, with a key, and with what Tick checks

	pasted []string // pastes that came during the question about another

	slashed bool // it was opened by a slash in the composer, which may begin a note

	points *PointsPage // the list in which the line was begun, to open again when it is sent
}

// New returns the page of a room, and makes the shell show that room.
func New(env Env, session model.RoomSession) *Page {
	sh, v := env.Shell, session.Latest()
	sh.Show(v)
	sh.Watch(session)
	p := &Page{env: env, shell: sh, session: session, view: v, mode: keymap.InWrite}
	p.log = logPane{tl: timeline.New(sh.Theme, env.Handle, env.Shared.Lines), search: lineedit.Editor{Max: 500},
		clock: &sh.Clock, th: sh.Theme}
	p.out = outbox{view: v, clock: &sh.Clock, typed: map[string]string{},
		sender: newSender(sh, session, env.Sent, func(n int, r model.Receipt, err error) {
			sh.Jobs.Post(func() { p.sent(n, r, err) })
		})}
	p.comp = composer{Editor: lineedit.Editor{Max: maxLine, MaxBytes: maxLine}, room: v.Room.ID, store: env.Store,
		history: state.NewHistory(env.Store.LoadHistory(v.Room.ID)), notes: &sh.Notes, ctx: p.ctx,
		typing: p.out.sender.here, own: ownLines{is: isOwnCommand, choices: ownChoices}}
	p.bells = bells{me: env.Handle, clock: &sh.Clock, shared: env.Shared, beep: func() {
		if env.Bell { // the option is on
			sh.Beep()
		}
	}}
	p.files = files{machine: env.Machine, shell: sh}
	return p
}

// Arrive initializes the page: what is new in the room, the saved draft, and what was
// redacted meanwhile. It filters the timeline if filter is not "".
func (p *Page) Arrive(filter string) {
	p.log.tl.Take(p.view.Room)
	last, been := p.env.Store.LoadSeen(p.view.Room.ID)
	p.bells.arrived(p.view, last, been)
	p.markNew()
	if p.view.Room.Lobby && !p.env.Wall {
		OpenAlerts(p)
	}
	if draft := p.env.Store.LoadDraft(p.view.Room.ID); !isSentDraft(p, draft) {
		p.comp.set(draft)
	}
	p.forget(nil, p.view.Room)
	if filter != "" {
		p.log.setFilter(filter)
	}
}

// SetDraftAside moves the draft to the history. It reports whether there was one.
func (p *Page) SetDraftAside() bool { return p.comp.setAside() }

// Short returns the room's short id.
func (p *Page) Short() string { return p.view.Short }

// IsLobby reports whether the room is the lobby.
func (p *Page) IsLobby() bool { return p.view.Room.Lobby }

// Leave saves the draft and the last seen line, and closes the session in a job.
func (p *Page) Leave() {
	p.comp.saveDraft()
	p.env.Store.SaveSeen(p.view.Room.ID, state.Seen{Seq: p.view.Room.Seq, At: p.shell.Clock.Local()})
	p.shell.Show(nil)
	p.shell.Watch(nil)
	p.shell.Jobs.Start(func(context.Context) func() {
		p.out.sender.close()
		p.session.Close()
		return nil
	})
}

// Refresh takes the newest view.
func (p *Page) Refresh() {
	v := p.session.Latest()
	if v == p.view {
		p.bells.overdue(p.view.Room)
		return
	}
	if !v.Over.IsEmpty() {
		p.env.Nav.PutOut(v.Over)
		return
	}
	old := p.view
	p.view = v
	p.shell.Show(v)
	p.log.tl.Take(v.Room)
	p.out.view = v
	p.forget(old.Room, v.Room)
	p.hidden(len(old.Room.Lines()))
	if v.Link.Moved > old.Link.Moved {
		p.shell.Moved = true
	}
	p.bells.took(old, v, p.session.Who().Key)
	p.markNew()
	p.out.take(v)
	p.bells.overdue(v.Room)
}

// markNew puts a divider before the lines that came while this person was away, if there
// are any. Lines that come later are not new.
func (p *Page) markNew() {
	a := p.bells.away
	p.bells.away = state.Seen{}
	if a.Seq > 0 && present.FirstNew(p.view.Room, a.Seq, p.env.Handle) != nil {
		p.log.tl.MarkNew(a.Seq, model.DayTime(a.At, p.shell.Clock.Now().In(p.shell.Clock.Zone())).String())
	}
}

// toNew selects the first line that came while this person was away.
func (p *Page) toNew() {
	p.mode = keymap.InLog
	if !p.log.tl.ToNew() {
		p.log.tl.SelectAny()
		p.shell.Notes.Show(model.Lit("nothing is new since you were away"))
	}
}

// hidden removes the filter if it would hide a new line that was sent here. The lines
// from index from on are new.
func (p *Page) hidden(from int) {
	if !p.log.tl.Filtered() || p.shell.Notes.IsBad() {
		return
	}
	lines := p.view.Room.Lines()
	for i := max(from, len(lines)-1000); i < len(lines); i++ {
		l := lines[i]
		if p.out.isOwn(l.ID) && l.Key == p.session.Who().Key && !p.log.tl.Shows(l) {
			p.log.showAll()
			p.shell.Notes.Show(model.Lit("the filter was cleared: it would hide the line you sent"))
			return
		}
	}
}

// ctx returns the context for parsing a line.
func (p *Page) ctx() model.Ctx {
	return model.Ctx{Room: p.view.Room, Who: p.session.Who(), Now: p.shell.Clock.Now(), Zone: p.shell.Clock.Zone(),
		JoinRequests: p.view.JoinRequests, Here: p.view.Here,
		Plan: p.env.Plan, Rooms: p.env.Named, Receivers: p.env.Receivers}
}

// Scope returns the key scope of the page.
func (p *Page) Scope() keymap.Scope { return p.mode }

// Key handles text and editing keys.
func (p *Page) Key(ev *tcell.EventKey) {
	switch p.mode {
	case keymap.InFilter:
		if p.slashed && lineedit.IsText(ev) && isNoteAfter(p, ev.Rune()) {
			return
		}
		if !p.log.key(ev) && (ev.Key() == tcell.KeyUp || ev.Key() == tcell.KeyTab) {
			p.toLog()
		}
	case keymap.InWrite:
		if lineedit.IsText(ev) && p.comp.searchFor(ev.Rune()) {
			return
		}
		p.comp.endSearch(true)
		if lineedit.IsText(ev) {
			p.comp.write(string(ev.Rune()))
			return
		}
		if p.comp.Key(ev) {
			p.comp.settle()
			p.comp.changed()
		}
	case keymap.InLog:
		if lineedit.IsText(ev) {
			p.shell.RefuseText(model.Lit(
				"you are in the timeline: Tab or Esc goes back to the composer, F1 lists the keys"))
		}
	}
}

// Paste inserts a pasted text. It opens a PastePage for several lines.
func (p *Page) Paste(text string) {
	text, _ = model.ValidText(text)
	if p.mode == keymap.InFilter {
		p.log.paste(text)
		return
	}
	p.mode = keymap.InWrite
	text, whole := lineedit.TrimEnd(text), text
	switch {
	case len(whole)+len(p.comp.Text) > maxLine:
		refuseTooLong(p, whole)
	case strings.ContainsAny(text, "\r\n"):
		p.shell.Open(newPastePage(p, text))
	default:
		p.comp.write(text)
	}
}

// Mouse scrolls with the wheel and selects with a click.
func (p *Page) Mouse(act tview.MouseAction, _, y int) bool {
	switch act {
	case tview.MouseScrollUp:
		p.log.tl.Scroll(-3)
	case tview.MouseScrollDown:
		p.log.tl.Scroll(3)
	case tview.MouseLeftDown:
		if selected, below := p.log.selectAt(y); selected {
			p.mode = keymap.InLog
		} else if below {
			p.mode = keymap.InWrite
		}
	default:
		return false
	}
	return true
}

// Back removes the filter or the selection. It never removes text from the composer.
func (p *Page) Back() {
	switch p.mode {
	case keymap.InFilter:
		if p.slashed && p.log.search.Text != "" { // it may have been meant as a note
			p.comp.history.Add("/" + p.log.search.Text)
		}
		p.log.showAll()
		p.mode = p.from
	case keymap.InWrite:
		if p.comp.endSearch(false) {
			return
		}
		p.bells.dismiss()
		p.log.showAll()
	case keymap.InLog:
		p.log.tl.Deselect()
		p.mode = keymap.InWrite
		p.bells.dismiss()
	}
}

// toLog moves the focus to the timeline and selects the newest visible line.
func (p *Page) toLog() {
	p.mode = keymap.InLog
	p.log.tl.SelectAny()
}

// toFilter moves the focus to the filter line. Esc returns from there.
func (p *Page) toFilter() { p.from, p.mode, p.slashed = p.mode, keymap.InFilter, false }

// tab completes the line, or moves the focus to the timeline if the line is empty.
func (p *Page) tab() {
	if p.comp.Text == "" {
		p.toLog()
		return
	}
	p.comp.complete()
}

// prefill puts the beginning of a command into the composer, and shows the room.
func (p *Page) prefill(line string) {
	p.comp.begin(line)
	p.shell.Only(p)
	p.mode = keymap.InWrite
}
