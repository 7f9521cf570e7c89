package ui

import (
	"cmp"
	"context"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/keymap"
	"warroom/ui/room"
	"warroom/ui/roomlist"
	"warroom/ui/shell"
	"warroom/ui/state"
	"warroom/ui/view"
)

// app navigates between the pages: from the list of rooms into a room and out of it. It is
// used only by the loop.
type app struct {
	o           Options
	shell       *shell.Shell
	store       *state.Store
	list        *roomlist.List
	in          *room.Page         // the open room; if nil, none
	keys        keymap.Table[*app] // together with the pages that they apply to
	unsubscribe func()             // ends the subscription; if nil, there is none
	failed      error              // why the hub could not be opened
}

// Run shows rooms on a screen until the person leaves, ctx ends or the terminal hangs up;
// none of these is an error. It takes over the screen, and restores the terminal and
// waits for all of its goroutines before it returns.
func Run(ctx context.Context, s Screen, o Options) error { return Prepare(ctx, s, o)() }

// Prepare returns a function that does what [Run] does. The options are then not on the
// stack of the goroutine that waits in it, of which a process that serves many people has
// one for each.
func Prepare(ctx context.Context, s Screen, o Options) (run func() error) {
	o = o.withDefaults()
	a := &app{o: o}
	a.keys = keymap.Table[*app]{Rows: allKeys(), Of: a}
	a.shell = shell.New(ctx, s, shell.Options{Clock: o.Clock, Zone: o.Zone, ASCII: o.ASCII, Mouse: o.Mouse,
		Theme: o.Theme, ColorFGBG: o.ColorFGBG, Colors: o.Colors, Frame: o.Frame, Shared: o.Shared, Fault: a.o.fault,
		Keys: &a.keys, Stop: o.Stop, Wake: a.takeUpdates})
	return func() error { return cmp.Or(a.shell.Run(a.start, a.leave), a.failed) }
}

// start opens the first page, or the hub before it.
func (a *app) start() {
	if a.o.Opening != nil {
		a.openHub()
		return
	}
	a.begin("")
}

// begin opens the first page. If that is the list, the room that selected names is selected
// there; if "", the page chooses one.
func (a *app) begin(selected string) {
	sh := a.shell
	a.store = state.Open(a.o.State, a.o.Box, func(err error) { sh.Jobs.Post(func() { sh.Notes.Fail(err) }) })
	a.list = roomlist.New(sh, roomlist.Env{Rooms: a.o.Rooms, Store: a.store, Handle: a.o.Handle, Zone: a.o.Zone,
		Wall: a.o.Wall, Plans: a.o.Plans, Plan: a.o.Plan, Playbook: a.o.Playbook, Enter: a.enter, Leave: a.ToRooms,
		Lobby: a.ToLobby})
	a.list.Selected = selected
	if sh.IsEmpty() {
		sh.Open(&waitPage{shell: sh, what: model.Lit("opening ...")})
	}
	a.subscribe()
	if a.o.Room != "" {
		a.enter(a.o.Room, "")
		return
	}
	a.list.Open(true)
}

// leave ends what start began. It is called after the loop.
func (a *app) leave() {
	if a.unsubscribe != nil {
		a.unsubscribe()
	}
	a.leaveRoom()
	a.shell.Jobs.Wait()
	if a.store != nil {
		a.store.Close()
	}
}

// subscribe subscribes to messages of the program while the screen is shown, for example
// that a damaged file was renamed.
func (a *app) subscribe() {
	if a.o.Subscribe != nil && !a.o.Wall { // nobody could dismiss a message there
		a.unsubscribe = a.o.Subscribe(func(s model.Safe) {
			a.shell.Jobs.Post(func() { a.shell.Notes.Queue(s) })
		})
	}
}

// takeUpdates processes changes outside the loop: a newer list of rooms, a newer view.
func (a *app) takeUpdates() {
	if a.list != nil {
		a.list.Beat()
	}
	if a.in != nil {
		a.in.Refresh()
	}
}

// enter opens a room in a job.
func (a *app) enter(short, filter string) {
	a.shell.Jobs.Start(func(ctx context.Context) func() {
		session, err := a.o.Rooms.Enter(ctx, short)
		if err != nil {
			return func() { a.notEntered(err) }
		}
		if ctx.Err() != nil {
			session.Close()
			return nil
		}
		return func() { a.arrive(session, filter) }
	})
}

// notEntered shows the list, and why a room could not be opened.
func (a *app) notEntered(err error) {
	a.list.Open(false)
	a.shell.Notes.Fail(err)
}

// arrive shows a room that was opened.
func (a *app) arrive(session model.RoomSession, filter string) {
	a.leaveRoom()
	sh, p := a.shell, room.New(a.roomEnv(), session)
	a.in = p
	wait, _ := sh.Top().(*waitPage)
	if a.o.Wall {
		sh.Only(room.NewWall(p))
	} else {
		sh.Only(p)
	}
	if sh.Notes.Is(roomlist.Opening(p.Short())) || p.IsLobby() {
		sh.Notes.Clear()
	}
	p.Arrive(filter)
	if wait != nil && !a.o.Wall {
		wait.replay(p)
	}
}

// roomEnv returns the environment of a room.
func (a *app) roomEnv() room.Env {
	o := &a.o
	return room.Env{Shell: a.shell, Store: a.store, Shared: o.Shared, Nav: a, Sent: o.Sent,
		Handle: o.Handle, Wall: o.Wall, Guest: o.Guest, Bell: o.Bell,
		Machine: room.Machine{Edit: o.Edit, Ingest: o.Ingest, Collect: o.Collect, Export: o.Export},
		List:    o.Rooms.List, Named: a.list.Named, Plan: o.Plan, Contacts: o.Contacts, Verify: o.Verify,
		Receivers: o.Receivers,
		Choices:   a.keys.Choices}
}

// leaveRoom leaves the open room.
func (a *app) leaveRoom() {
	if a.in != nil {
		a.in.Leave()
		a.in = nil
	}
}

// PutOut leaves a room that this person may no longer see, and shows why.
func (a *app) PutOut(why model.Safe) {
	a.ToRooms()
	a.list.PrevRoom = "" // the person cannot go back
	a.shell.Notes.Warn(why)
}

// ToRooms leaves the room for the list.
func (a *app) ToRooms() {
	if a.list.PrevRoom = ""; a.in != nil {
		a.list.PrevRoom = a.in.Short()
	}
	a.leaveRoom()
	a.shell.Only(&waitPage{shell: a.shell, what: model.Lit("reading the list of rooms ...")})
	a.list.Open(false)
}

// ToLobby opens the lobby.
func (a *app) ToLobby() {
	if a.in != nil && a.in.IsLobby() {
		room.OpenAlerts(a.in)
		return
	}
	a.shell.Notes.Show(model.Lit("opening the lobby ..."))
	a.enter(model.LobbyShort, "")
}

// OpenDeclare opens the form that declares an incident.
func (a *app) OpenDeclare() { a.list.OpenDeclare() }

// OpenHelp shows the keys of the top page, then all keys and commands. Esc returns to
// that page.
func (a *app) OpenHelp(word string) {
	title, in := model.Lit("Help"), a.shell.Top().Scope()
	if p, ok := a.shell.Top().(*shell.TextPage); ok && p.Title == title {
		a.shell.CloseTop()
		return
	}
	p := &shell.TextPage{Shell: a.shell, Title: title, Lines: func(w int) []draw.Line {
		return view.HelpLines(room.OwnHelp(), keymap.HelpFor(a.keys.Rows, in), w, a.shell.Theme)
	}}
	p.Narrow(word)
	a.shell.Open(p)
}

// goBack closes the top page. It never removes text from the composer.
func (a *app) goBack() {
	sh := a.shell
	if !sh.IsCovered() {
		if a.in != nil && sh.Top() == shell.Page(a.in) {
			a.in.Back()
		}
		return
	}
	if sh.ClearFind() {
		return
	}
	g, _ := sh.Top().(*room.PastePage)
	sh.CloseTop()
	if g != nil {
		g.Closed()
	}
}
