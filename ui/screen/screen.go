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
	Mono       = 0       // attributes only, as NO_COLOR asks
	TrueColor  = 1 << 24 // RGB colours are sent as they are
	ColorsAuto = -1      // as many as the terminfo entry says
)

const (
	maxW, maxH = 500, 200               // a larger terminal is used in part
	grace      = 500 * time.Millisecond // how long Fini waits for a goroutine
	stuckAfter = 20 * time.Second       // default of Options.Stuck
)

var (
	// ErrStuck ends a session whose client takes no bytes any more.
	ErrStuck = errors.New("terminal takes no output")
	// ErrNoSuspend says that the terminal is not ours to give away.
	ErrNoSuspend = errors.New("suspend: not a local terminal")
	errFinished  = errors.New("screen is finished")
)

// Options say how to talk to a terminal. The zero value is refused: Term must
// be given.
type Options struct {
	Term   string        // the client's TERM; unknown names count as xterm-256color
	Colors int           // Mono, 8, 16, 256, TrueColor or ColorsAuto
	ASCII  bool          // the terminal shows nothing but ASCII
	Stuck  time.Duration // end after a write that takes longer; 0: 20 s, negative: never
	Table  *Table        // shared between the screens of a process; nil: an own one
}

var _ tcell.Screen = (*Screen)(nil)

// Screen is a tcell.Screen on a Terminal. Make one with New or Local.
type Screen struct {
	term     Terminal
	opts     Options
	table    *Table
	pen      *pen
	fallback map[rune]string

	glass // the cells: belong to the goroutine that draws
	inbox // the events
	link  // the terminal and the goroutines on it

	initOnce, finiOnce sync.Once
	initErr            error
}

// New makes a screen on t. It returns ErrNoScreen if the terminal cannot show
// one. Nothing is sent before Init.
func New(t Terminal, o Options) (*Screen, error) {
	if o.Stuck == 0 {
		o.Stuck = stuckAfter
	}
	if o.Table == nil {
		o.Table = NewTable()
	}
	p, err := o.Table.pen(o.Term, o.Colors)
	if err != nil {
		return nil, err
	}
	s := &Screen{
		term: t, opts: o, table: o.Table, pen: p, fallback: fallbacks(),
		glass: newGlass(), inbox: newInbox(), link: newLink(),
	}
	return s, nil
}

// Local makes a screen on the terminal of this process. A write that hangs
// does not end it unless Options.Stuck says so.
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

// Init takes the terminal. tview's SetScreen calls it and drops the error, so
// it is kept for InitErr. A second call does nothing and returns the same.
func (s *Screen) Init() error {
	s.initOnce.Do(func() {
		s.parser = tcell.NewInputProcessor(s.input)
		s.parser.SetSize(maxW, maxH) // only bounds the mouse; accept clips it
		<-s.input                    // what SetSize posts, soon
		if s.initErr = s.engage(); s.initErr != nil {
			s.Hangup(s.initErr)
		}
	})
	return s.initErr
}

// InitErr is what Init returned. Ask after tview's SetScreen; an application
// that is run all the same ends at once with this error.
func (s *Screen) InitErr() error { return s.initErr }

// Fini gives the terminal back and ends every goroutine of the screen. It
// returns within a moment, may be called again and from any goroutine.
// PollEvent returns nil from now on. A Remote stays open, so that the exit
// status can still be sent, unless its client is stuck.
func (s *Screen) Fini() {
	s.finiOnce.Do(func() {
		s.initOnce.Do(func() { s.initErr = errFinished })
		close(s.quit)
		s.disengage()
		if _, ok := s.term.(Moder); ok {
			_ = s.term.Close()
		}
		s.drain(nil)
		s.finish()
	})
}

// Suspend gives a local terminal back, to run another program on it. Keys
// typed ahead are lost.
func (s *Screen) Suspend() error {
	if _, ok := s.term.(Moder); !ok {
		return ErrNoSuspend
	}
	s.disengage()
	return nil
}

// Resume takes the terminal again after Suspend.
func (s *Screen) Resume() error {
	if _, ok := s.term.(Moder); !ok {
		return ErrNoSuspend
	}
	err := s.engage()
	s.full, s.shown = true, false
	s.sentStyle, s.sentColor = tcell.CursorStyleDefault, tcell.ColorDefault
	s.Resized()
	return err
}
