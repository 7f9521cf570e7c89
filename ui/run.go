package ui

import (
	"context"
	"errors"
	"fmt"

	"github.com/gdamore/tcell/v2"
)

// The screens of package ui/screen do more than tcell asks for; others do
// without.
type (
	waker    interface{ Wake() }
	initErr  interface{ InitErr() error }
	capturer interface {
		Capture(func(*tcell.EventKey) *tcell.EventKey) func(*tcell.EventKey) *tcell.EventKey
		BeforeDraw(tcell.Screen) bool
	}
)

// keyWake wakes the loop. No keyboard has it.
const keyWake = tcell.KeyF64

// Run shows rooms on a screen until the person leaves, ctx ends or the terminal
// hangs up. It takes the screen, gives the terminal back and waits for every
// goroutine it started. Leaving is no error; ctx's end and a hang-up are none
// either.
func Run(ctx context.Context, s tcell.Screen, o Options) (err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	a := newApp(ctx, stop, s, o.withDefaults())
	a.tv.SetScreen(&lines{Screen: s}) // calls Init and drops its error
	if i, ok := s.(initErr); ok && i.InitErr() != nil {
		return fmt.Errorf("take the terminal: %w", i.InitErr())
	}
	if o.Colors < 0 {
		o.Colors = s.Colors()
	}
	a.th = themeOf(o.Colors, o.ASCII)
	a.tv.EnableMouse(o.Mouse).EnablePaste(true).SetRoot(a.root, true).SetFocus(a.root)
	a.tv.SetInputCapture(a.onKey)
	if c, ok := s.(capturer); ok {
		a.tv.SetInputCapture(c.Capture(a.onKey))
		a.tv.SetBeforeDrawFunc(c.BeforeDraw)
	}
	pumped := make(chan struct{})
	go func() {
		defer close(pumped)
		a.pump.run(ctx)
	}()
	a.start()
	err = a.loop()
	close(a.pump.over)
	stop()
	a.leave()
	<-pumped
	a.jobs.wait()
	return err
}

// loop is tview's loop, with a panic made into an error.
func (a *app) loop() (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = a.o.fault(p)
			a.tv.Stop() // lets tview's own goroutine go
		}
	}()
	err = a.tv.Run()
	var ended *tcell.EventError
	if errors.As(err, &ended) || a.ctx.Err() != nil {
		return nil // the terminal hung up, or somebody asked us to end
	}
	return err
}
