package shell

import (
	"errors"
	"fmt"
	"time"

	"github.com/gdamore/tcell/v2"

	"warroom/ui/theme"
)

// Optional methods of a screen. Those of package ui/screen have them.
type (
	waker   interface{ Wake() }
	initErr interface{ InitErr() error }
	asker   interface {
		Ask(wait time.Duration) (fg, bg tcell.Color)
	}
	capturer interface {
		Capture(func(*tcell.EventKey) *tcell.EventKey) func(*tcell.EventKey) *tcell.EventKey
		BeforeDraw(tcell.Screen) bool
	}
)

// keyWake wakes the loop. No keyboard has this key.
const keyWake = tcell.KeyF64

// Run takes over the screen, calls start, runs the loop, calls leave, and waits for all
// goroutines. start opens the first page; leave ends what the pages began. The end of the
// context and a hang-up are not errors.
func (s *Shell) Run(start, leave func()) (err error) {
	defer s.Stop()
	s.tv.SetScreen(&lines{Screen: s.Screen, guard: &s.guard}) // calls Init and drops its error
	if i, ok := s.Screen.(initErr); ok && i.InitErr() != nil {
		return fmt.Errorf("take the terminal: %w", i.InitErr())
	}
	colors := s.o.Colors
	if colors < 0 {
		colors = s.Screen.Colors()
	}
	s.Theme = theme.Of(s.themeName(colors), colors, s.o.ASCII)
	s.Screen.SetStyle(s.Theme.Plain)
	s.tv.EnableMouse(s.o.Mouse).EnablePaste(true).SetRoot(s.root, true).SetFocus(s.root)
	s.tv.SetInputCapture(s.OnKey)
	if c, ok := s.Screen.(capturer); ok {
		s.tv.SetInputCapture(c.Capture(s.OnKey))
		s.tv.SetBeforeDrawFunc(c.BeforeDraw)
	}
	pumped := make(chan struct{})
	go func() {
		defer close(pumped)
		s.Guarded(func() { s.pump.run(s.Context) })()
		s.pump.end()
	}()
	start()
	err = s.loop()
	close(s.pump.over)
	s.Stop()
	leave()
	<-pumped
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
	fg, bg := tcell.ColorDefault, tcell.ColorDefault
	if a, ok := s.Screen.(asker); ok {
		fg, bg = a.Ask(maxAsk)
	}
	return theme.Choose(fg, bg, s.o.ColorFGBG)
}

// loop runs tview's loop. It converts a panic to an error.
func (s *Shell) loop() (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = s.Fault(p)
			s.tv.Stop() // ends tview's own goroutine
		}
	}()
	err = s.tv.Run()
	if f := s.failure(s.Screen); f != nil {
		return f
	}
	var ended *tcell.EventError
	if errors.As(err, &ended) || s.Context.Err() != nil {
		return nil // the terminal hung up, or the context ended
	}
	return err
}
