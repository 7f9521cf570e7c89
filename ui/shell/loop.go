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
	s.tv.SetScreen(&lines{Screen: s.Screen, guard: &s.guard}) // calls Init and drops its error
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
	s.tv.SetInputCapture(s.Screen.Capture(s.OnKey))
	s.tv.SetBeforeDrawFunc(s.Screen.BeforeDraw)
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
