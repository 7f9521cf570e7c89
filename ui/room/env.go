package room

import (
	"context"
	"time"

	"warroom/model"
	"warroom/ui/keymap"
	"warroom/ui/shared"
	"warroom/ui/shell"
	"warroom/ui/state"
	"warroom/ui/view"
)

// Env is what a room uses of the program.
type Env struct {
	Shell  *shell.Shell
	Store  *state.Store
	Shared *shared.State
	Nav    Nav
	Sent   *Sent // counts the lines of this terminal; if nil, they are not counted

	Handle string // the person at the terminal
	Wall   bool   // large clocks and no input
	Guest  bool   // the person uses another machine: pastes are not saved here
	Bell   bool   // beep when a clock runs out or the person is mentioned

	Machine Machine
	// List reads the rooms of the hub. Named returns a room as last read, or nil if there
	// is no such room. Plan reads a playbook.
	List  func(ctx context.Context) ([]model.RoomInfo, error)
	Named func(short string) (*model.Room, error)
	Plan  func(name string) (*model.Plan, error)
	// Receivers returns who receives the updates to an audience. Nil: not known.
	Receivers func(audience string) model.Safe
	// Contacts returns the people to call for a purpose. Nil: there are none.
	Contacts func(purpose string, now time.Time) []model.Safe
	// Verify reads and verifies the record of a room. Nil: not possible.
	Verify func(ctx context.Context, short string) (view.Verified, error)
	// Choices returns the keys that answer a question.
	Choices func(in keymap.Scope) []keymap.Choice
}

// Machine has the functions of a room that use the program's machine. A nil function is
// not possible here.
type Machine struct {
	// Edit opens a text in the person's editor and returns the edited text.
	Edit func(text string) (string, error)
	// Ingest reads the alerts of a file into a room, and returns a summary.
	Ingest func(ctx context.Context, s model.RoomSession, file string, p *model.Progress) (model.Safe, error)
	// Collect adds a file to a room's evidence.
	Collect func(ctx context.Context, short string, f model.EvidenceFile, done func(n, size int64)) (
		model.EvidenceItem, error)
	// Export writes the record of a room to a file, and returns a line that names it.
	Export func(ctx context.Context, short string, f model.ExportFile, done func(n int64)) (model.Safe, error)
}

// Nav opens what is outside a room.
type Nav interface {
	ToRooms()              // the list of rooms
	ToLobby()              // the lobby
	OpenDeclare()          // the form that declares an incident
	OpenHelp(word string)  // all keys and commands; if word is not empty, those with that word
	PutOut(why model.Safe) // this person may no longer see the room
}
