package ui

import (
	"context"
	"time"

	"warroom/model"
	"warroom/ui/roomlist"
)

// Opening is a hub that is opened while the screen is shown. A hub with a thousand closed rooms
// takes seconds to start.
type Opening struct {
	// Rooms are the rooms as of At, when the hub ran last, without the restricted ones; More is
	// how many closed rooms they leave out.
	Rooms []model.RoomInfo
	More  int
	At    time.Time
	// Open opens the hub, and returns the options of the screen on it. It is called once, in a
	// goroutine. Its error ends the screen, and Run returns it.
	Open func(ctx context.Context) (Options, error)
}

// openHub shows the rooms as they were, opens the hub in a job, and then the first page.
func (a *app) openHub() {
	o := a.o.Opening
	page := roomlist.NewStartPage(a.shell, o.Rooms, o.More, o.At)
	if a.o.Room != "" || a.o.Wall || roomlist.OnlyOpen(o.Rooms) != "" {
		a.shell.Open(&waitPage{shell: a.shell, what: model.Lit("the hub is starting ...")})
	} else {
		a.shell.Open(page)
	}
	a.shell.Jobs.Start(func(ctx context.Context) func() {
		o, err := o.Open(ctx)
		return func() {
			if a.shell.Context.Err() != nil {
				return // the person left
			}
			if err != nil {
				a.failed = err
				a.shell.Stop()
				return
			}
			if page.Chosen() != "" {
				o.Room = page.Chosen()
			}
			a.o = o.withDefaults()
			a.shell.Notes.Clear()
			page.Started(func(short string) { a.enter(short, "") })
			a.begin(page.Selected())
		}
	})
}
