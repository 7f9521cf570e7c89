package ui

import (
	"context"
	"time"

	"warroom/model"
)

// Options say who sits at the terminal, what it can show and what it is for.
type Options struct {
	Rooms  model.Rooms
	Clock  model.Clock
	Handle string // who sits here

	Room string // short id to enter; "": the list, or straight in where one room is open
	Wall bool   // big clocks and no input, for a screen on the wall

	Zone   *time.Location // the viewer's; nil: UTC
	ASCII  bool           // draw with ASCII only
	Mouse  bool           // take the mouse; the terminal's own selection then needs Shift
	Bell   bool           // ring when a clock runs out or one is named
	Colors int            // 0: attributes only; negative: as many as the screen has

	Guest bool         // this machine is somebody else's: no paste is kept on it
	State string       // directory for drafts and history; "": keep nothing
	Box   model.Sealer // what they are sealed with; nil: they are plain

	// Edit lets a person write a text in an editor of their own and returns it.
	// The screen is given away for it. Nil where that cannot be.
	Edit func(text string) (string, error)
	// Ingest reads the alerts of a file into the room of a seat, and returns what
	// was read in a line. Nil where files are not this person's to read.
	Ingest func(ctx context.Context, s model.Seat, file string, p *model.Progress) (model.Safe, error)
	// Plans lists the playbooks to declare by, Plan reads one.
	Plans func() ([]PlanChoice, error)
	Plan  func(name string) (*model.Plan, error)

	// Verify reads the whole record of a room and checks it. Nil where that cannot be.
	Verify func(ctx context.Context, short string) (Verified, error)
	// Contacts says whom to call for a purpose; nil: nobody is known.
	Contacts func(purpose string, now time.Time) []model.Safe

	// Collect takes a file of this machine into a room's evidence. Nil where its
	// files are not the person's.
	Collect func(ctx context.Context, short string, f model.EvidenceFile, done func(n, size int64)) (model.Piece, error)

	// Hear has the screen told what nobody asked for, from any goroutine and never
	// waiting for it, until the function it returns is called. Nil: nothing is.
	Hear func(say func(model.Safe)) (deaf func())

	// Export writes the record of a room into a file of this machine, and returns
	// which in a line. Nil where its files are not the person's.
	Export func(ctx context.Context, short string, f model.ExportFile, done func(n int64)) (model.Safe, error)

	Shared *Shared // what the terminals of this process have in common; nil: this one is alone

	Frame time.Duration // least time between two frames that others cause; 0: 20 ms
}

// PlanChoice is one playbook in the declare form.
type PlanChoice struct {
	Name  string
	Title model.Safe
}

// Verified is what the check of a record found.
type Verified struct {
	Head model.Safe
	Bad  []model.Safe // why it does not stand
	Good []model.Safe // what is proven, and by whom
	Open []model.Safe // what is not
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
		o.Shared = NewShared()
	}
	return o
}
