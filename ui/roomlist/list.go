package roomlist

import (
	"cmp"
	"context"
	"time"

	"warroom/model"
	"warroom/ui/lineedit"
	"warroom/ui/shell"
	"warroom/ui/state"
)

// Env is what the list of rooms uses of the program.
type Env struct {
	Rooms  Source
	Store  *state.Store
	Handle string         // the person at the terminal
	Zone   *time.Location // of the viewer
	Wall   bool           // wall display, without input
	Plans  func() ([]PlanChoice, error)
	Plan   func(name string) (*model.Plan, error)

	Playbook string // the one that the form starts with
	Enter    func(short, filter string)
	Leave    func() // leaves the open room for the list
	Lobby    func()
}

// Source provides the rooms, and declares new ones.
type Source interface {
	List(ctx context.Context) ([]model.RoomInfo, error)
	Recent(ctx context.Context, closed int) (rooms []model.RoomInfo, more int, err error)
	Events(ctx context.Context, short string, from uint64, fn func(*model.Event) error) error
	Declare(ctx context.Context, d model.Declaration) (string, error)
	LobbyRoom(ctx context.Context) (*model.Room, error)
	Link() model.Link
}

// List reads the list of rooms for the list page, for the declare form, and for lines
// that name another room.
type List struct {
	env      Env
	shell    *shell.Shell
	refresh  refreshState // when the list is read again
	cache    roomCache    // the list as last read
	form     *DeclarePage // a form that was opened and not submitted; if nil, none
	PrevRoom string       // room that the list was opened from; if "", none
	Selected string       // room that is selected when the list is opened; if "", the page chooses one
	onWall   string       // room that the wall display shows as the only open one; if "", none
}

// New returns a list for a terminal. It reads nothing yet.
func New(sh *shell.Shell, env Env) *List { return &List{env: env, shell: sh} }

// Open reads the rooms and shows them. At the start it enters the only open room, and
// opens the declare form if there are no rooms.
func (l *List) Open(start bool) {
	l.shell.Jobs.Start(func(ctx context.Context) func() {
		rooms, more, err := l.read(ctx)
		v := l.env.Store.VisitsTo(rooms)
		lobby := l.readLobby(ctx)
		return func() {
			if err != nil {
				if l.env.Wall { // it reads the rooms again by itself
					l.opened(nil, 0, nil, v, false)
				} else {
					l.shell.Only(&Page{l: l, query: lineedit.Editor{Max: 200}})
				}
				l.shell.Notes.Fail(err)
				return
			}
			l.opened(rooms, more, lobby, v, start)
		}
	})
}

func (l *List) opened(rooms []model.RoomInfo, more int, lobby *model.Room, v state.Visits, start bool) {
	if only := OnlyOpen(rooms); start && only != "" && !(l.env.Wall && alertsWait(lobby)) {
		if l.env.Wall {
			l.onWall = only
		}
		l.env.Enter(only, "")
		if !l.env.Wall && alertsWait(lobby) { // the room does not show them
			l.notifyStale(rooms, model.Safef("%s: F5, then F9", lobby.LobbyLine(l.shell.Clock.Now())))
		} else {
			l.notifyStale(rooms)
		}
		return
	}
	if l.env.Wall {
		l.refresh.next, l.onWall = l.shell.Seconds()+refreshEvery, ""
		l.shell.Only(&WallPage{l: l, rooms: rooms, lobby: lobby})
		return
	}
	p := &Page{l: l, rooms: worstFirst(rooms, l.shell.Clock.Now()), query: lineedit.Editor{Max: 200}, loaded: true,
		visits: v, more: more, lobby: lobby}
	p.sel = cmp.Or(l.Selected, p.first())
	l.refresh.next = l.shell.Seconds() + refreshEvery
	l.shell.Only(p)
	l.readOlder(p)
	if start && l.shell.Notes.IsEmpty() {
		l.notifyStale(rooms)
	}
	if start && len(rooms)+more == 0 && lobby == nil {
		l.OpenDeclare()
	}
}

// OnlyOpen returns the room that is entered at the start because no other one is open, or "".
func OnlyOpen(rooms []model.RoomInfo) string {
	if open := openRooms(rooms); len(open) == 1 {
		return open[0].Short
	}
	return ""
}

// readLobby reads the lobby in a job. It returns nil if there is none, or if it cannot be
// read.
func (l *List) readLobby(ctx context.Context) *model.Room {
	r, err := l.env.Rooms.LobbyRoom(ctx)
	if err != nil {
		return nil // the header shows the state of the link
	}
	return r
}

// PlanChoice is one playbook in the declare form.
type PlanChoice struct {
	Name  string
	Title model.Safe
}
