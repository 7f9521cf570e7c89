package screen

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/gdamore/tcell/v2"
)

// Values of Options.Colors besides 8, 16 and 256.
const (
	Mono       = 0       // attributes only, as NO_COLOR demands
	TrueColor  = 1 << 24 // RGB colors are sent unchanged
	ColorsAuto = -1      // the number in the terminfo entry
)

const (
	maxW, maxH = 500, 200               // a larger terminal is used partly
	grace      = 500 * time.Millisecond // how long Fini waits for a goroutine
	stuckAfter = 20 * time.Second       // default of Options.Stuck
)

var (
	// ErrStuck means that the client does not read its output.
	ErrStuck = errors.New("the terminal accepts no output")
	// ErrNoSuspend means that the terminal is not local.
	ErrNoSuspend = errors.New("suspend: not a local terminal")
	errFinished  = errors.New("screen is finished")
)

// Options configure a screen. Term is required.
type Options struct {
	Term   string        // the client's TERM; unknown names are treated as xterm-256color
	Colors int           // Mono, 8, 16, 256, TrueColor or ColorsAuto
	ASCII  bool          // the terminal only shows ASCII
	Stuck  time.Duration // end if a write takes longer; if 0, 20 s, negative: never
	Table  *Table        // shared between the screens of a process; if nil, a new one
}

var _ tcell.Screen = (*Screen)(nil)

// Screen is a tcell.Screen on a Terminal. Create one with New or Local.
type Screen struct {
	encoder // the cells, and the bytes that update the terminal
	inbox   // the events
	link    // the terminal and its goroutines

	initOnce, finiOnce sync.Once
	initErr            error
}

// New creates a screen on t. It returns ErrNoScreen if the terminal cannot show one.
// Nothing is sent before Init.
func New(t Terminal, o Options) (*Screen, error) {
	if o.Stuck == 0 {
		o.Stuck = stuckAfter
	}
	if o.Table == nil {
		o.Table = NewTable()
	}
	p, err := o.Table.sgrEncoder(o.Term, o.Colors)
	if err != nil {
		return nil, err
	}
	s := &Screen{encoder: newEncoder(t, o.Table, p, fallbacks(), o), inbox: newInbox()}
	s.link = newLink(s.notify)
	return s, nil
}

// Local creates a screen on the terminal of this process. A blocked write does not end it
// unless Options.Stuck is set.
func Local(o Options) (*Screen, error) {
	if _, err := newProfile(o.Term); err != nil {
		return nil, err
	}
	tty, err := tcell.NewDevTty()
	if err != nil {
		return nil, fmt.Errorf("open terminal: %w", err)
	}
	if o.Stuck == 0 {
		o.Stuck = -1
	}
	return New(NewTty(tty), o)
}

// Init takes the terminal. tview's SetScreen calls it and drops the error; InitErr returns
// it later. Further calls do nothing and return the same.
func (s *Screen) Init() error {
	s.initOnce.Do(func() {
		if s.initErr = s.engage(); s.initErr != nil {
			s.Hangup(s.initErr)
		}
	})
	return s.initErr
}

// InitErr returns the result of Init. Call it after tview's SetScreen; an application that
// is run after an error ends at once with this error.
func (s *Screen) InitErr() error { return s.initErr }

// Fini releases the terminal and ends every goroutine of the screen. It returns soon, and
// may be called repeatedly and from any goroutine. Afterwards PollEvent returns nil. A
// Remote stays open, so that the exit status can still be sent, unless its client does not
// read.
func (s *Screen) Fini() {
	s.finiOnce.Do(func() {
		s.initOnce.Do(func() { s.initErr = errFinished })
		close(s.quit)
		s.notify()
		s.disengage()
		if s.term.Modes() != nil {
			_ = s.term.Close()
		}
		s.drain(nil)
		s.finish()
	})
}

// Suspend releases a local terminal, to run another program on it. Pending input is lost.
func (s *Screen) Suspend() error {
	if s.term.Modes() == nil {
		return ErrNoSuspend
	}
	s.disengage()
	return nil
}

// Resume takes the terminal again after Suspend.
func (s *Screen) Resume() error {
	if s.term.Modes() == nil {
		return ErrNoSuspend
	}
	err := s.engage()
	s.full, s.shown = true, false
	s.sentStyle, s.sentColor = tcell.CursorStyleDefault, tcell.ColorDefault
	s.Resized()
	return err
}
