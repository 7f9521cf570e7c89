package ui

import (
	"context"
	"time"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/room"
	"warroom/ui/roomlist"
	"warroom/ui/shared"
	"warroom/ui/shell"
	"warroom/ui/theme"
	"warroom/ui/view"
)

// Rooms is the part of a hub that the screen uses.
type Rooms interface {
	model.Rooms
	model.Lobby
}

// Screen is a terminal with all that the screen uses of it; see [shell.Screen].
type Screen = shell.Screen

// Sent counts the lines of a terminal; see [room.Sent].
type Sent = room.Sent

// Basic returns a screen of tcell itself as a Screen.
func Basic(s tcell.Screen) Screen { return shell.Basic(s) }

// Options configure a terminal.
type Options struct {
	Rooms  Rooms
	Clock  model.Clock
	Handle string // the person at the terminal

	Room string // short id of the room to enter; if "", the list, or the only open room
	Wall bool   // large clocks and no input, for a wall display

	Zone      *time.Location // of the viewer; if nil, UTC
	ASCII     bool           // draw with ASCII only
	Mouse     bool           // enable the mouse; selecting in the terminal then takes Shift
	Bell      bool           // beep when a clock runs out or the person is mentioned
	Theme     theme.Name     // "": the terminal's own colors
	ColorFGBG string         // the terminal's colors, as in the variable of this name
	Colors    int            // 0: attributes only; negative: as many as the screen has

	Guest bool         // the person uses another machine: pastes are not saved here
	State string       // directory for drafts and history; if "", nothing is saved
	Box   model.Sealer // encrypts them; if nil, not encrypted

	// Edit opens a text in the person's editor and returns the edited text. The screen is
	// released meanwhile. Nil: not possible.
	Edit func(text string) (string, error)
	// Stop stops this process, as Ctrl-Z does, until it is continued. Nil: it cannot be
	// stopped.
	Stop func()
	// Ingest reads the alerts of a file into a room, and returns a summary. Nil: the
	// person may not read files here.
	Ingest func(ctx context.Context, s model.RoomSession, file string, p *model.Progress) (model.Safe, error)
	// Plans lists the playbooks for declaring an incident, and Plan reads one.
	Plans func() ([]roomlist.PlanChoice, error)
	Plan  func(name string) (*model.Plan, error)
	// Playbook is the name of the one that the declare form starts with.
	Playbook string

	// Verify reads and verifies the record of a room. Nil: not possible.
	Verify func(ctx context.Context, short string) (view.Verified, error)
	// Receivers returns who receives the updates to an audience, and by what; if empty, nobody.
	// Nil: not known here.
	Receivers func(audience string) model.Safe
	// Contacts returns the people to call for a purpose. Nil: there are none.
	Contacts func(purpose string, now time.Time) []model.Safe

	// Collect adds a file of this machine to a room's evidence. Nil: the person may not
	// read files here.
	Collect func(ctx context.Context, short string, f model.EvidenceFile, done func(n, size int64)) (model.EvidenceItem,
		error)

	// Subscribe calls say with messages that are not the answer to a request, from any
	// goroutine and without blocking, until unsubscribe is called. Nil: there are none.
	Subscribe func(say func(model.Safe)) (unsubscribe func())

	// Export writes the record of a room to a file of this machine, and returns a line
	// that names it. Nil: the person may not write files here.
	Export func(ctx context.Context, short string, f model.ExportFile, done func(n int64)) (model.Safe, error)

	// Opening, if not nil, opens the hub while the screen is shown. Rooms, Handle, State, Box and
	// all functions that need a hub are then those of its result.
	Opening *Opening

	Shared *shared.State // state shared by the terminals of this process; if nil, not shared

	Sent *Sent // counts the lines of this terminal, for tests; if nil, they are not counted

	Frame time.Duration // minimum time between two frames caused by others; if 0, 20 ms
}

const defaultFrame = 20 * time.Millisecond

func (o Options) withDefaults() Options {
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Frame <= 0 {
		o.Frame = defaultFrame
	}
	if o.Shared == nil {
		o.Shared = shared.New()
	}
	return o
}
