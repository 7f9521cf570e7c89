package shell

import (
	"errors"
	"fmt"
	"time"

	"github.com/gdamore/tcell/v2"

	"warroom/ui/theme"
)

// Run takes over the screen, calls start, runs the loop, calls leave, and waits for all
// goroutines. start opens the first page; leave ends what the pages began. The end of the
// context and a hang-up are not errors.
func (s *Shell) Run(start, leave func()) (err error) {
	defer s.Stop()
	s.tv.SetScreen(s.Screen) // calls Init and drops its error
	if err := s.Screen.InitErr(); err != nil {
		return fmt.Errorf("take the terminal: %w", err)
	}
	colors := s.o.Colors
	if colors < 0 {
		colors = s.Screen.Colors()
	}
	s.Theme = theme.Of(s.themeName(colors), colors, s.o.ASCII)
	s.Screen.SetStyle(s.Theme.Plain)
	s.tv.EnableMouse(s.o.Mouse).EnablePaste(true).SetRoot(s.root, true).SetFocus(s.root)
	s.input.key = s.Screen.Capture(s.OnKey)
	ended := s.pump.start(s.Context, &s.guard)
	start()
	err = s.loop()
	close(s.pump.over)
	s.Stop()
	leave()
	ended()
	s.Jobs.Wait()
	return err
}

// maxAsk is the time that a terminal has to report its colors.
const maxAsk = 500 * time.Millisecond

// themeName returns the configured theme, or the one that suits the terminal's answer.
func (s *Shell) themeName(colors int) theme.Name {
	if s.o.Theme != theme.Auto || colors <= 0 {
		return s.o.Theme
	}
	fg, bg := s.Screen.Ask(maxAsk)
	return theme.Choose(fg, bg, s.o.ColorFGBG)
}

// maxEvents is how many events may follow each other before there is a draw.
const maxEvents = 32

// loop handles events and draws until the screen ends. It converts a panic to an error. It
// is not tview's own loop, which takes events in a second goroutine: with a hundred
// terminals, the wake-up of that one takes as long as a key.
func (s *Shell) loop() (err error) {
	defer s.tv.Stop()
	defer func() {
		if p := recover(); p != nil {
			err = s.Fault(p)
		}
	}()
	s.tv.ForceDraw()
	err = s.events()
	if f := s.failure(s.Screen); f != nil {
		return f
	}
	var ended *tcell.EventError
	if errors.As(err, &ended) || s.Context.Err() != nil {
		return nil // the terminal hung up, or the context ended
	}
	return err
}

// events handles events until the screen ends, and draws before it waits for one. It
// returns nil or the event that is the end.
func (s *Shell) events() error {
	undrawn := 0 // events since the last draw
	for {
		var ev tcell.Event
		if undrawn > 0 && undrawn < maxEvents {
			ev = s.Screen.TakeEvent()
		}
		if ev == nil {
			if undrawn > 0 {
				s.tv.ForceDraw()
				undrawn = 0
			}
			ev = s.Screen.PollEvent()
		}
		switch e := ev.(type) {
		case nil:
			return nil
		case *tcell.EventError:
			return e
		default:
			s.catchUp(ev)
			if s.input.handle(ev, s) {
				undrawn++
			}
		}
	}
}
