package shell

import (
	"context"
	"time"

	"github.com/gdamore/tcell/v2"
	"github.com/rivo/tview"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/elapsed"
	"warroom/ui/keymap"
	"warroom/ui/lineedit"
	"warroom/ui/shared"
	"warroom/ui/theme"
)

// Shell is one terminal: a stack of pages on a screen, notes, jobs, and the loop that
// handles keys and draws. It is used only by the loop.
type Shell struct {
	Stack
	guard
	Notes Notes
	Clock Clock
	Jobs  *Jobs

	Screen Screen
	Theme  *theme.Theme

	Context context.Context    // of the session
	Stop    context.CancelFunc // ends the session
	Fault   func(any) error    // converts a panic to an error

	Room  *model.View // the open room; if nil, none
	Moved bool        // the hub moved to this process; shown until the next key

	o            Options
	tv           *tview.Application
	root         *root
	input        input
	pump         *pump
	refusing     bool          // text was refused
	refusedUntil time.Duration // until then, further text is part of it; see package elapsed

	advanced bool // the terminal shows a change that this program has not taken yet

	ticks int // seconds that were shown since the last draw

	small bool // the terminal was too small when last drawn: keys are ignored

	lastSeen    *shared.Visible // result of the last call of seen; nil: none
	parted      bool            // regions or derived may have something
	regions     [numRegions]lastRows[regionKey]
	bottom      lastRows[keysKey]
	derived     [4]derived // the last ones
	nextDerived int        // the one to replace
}

// Keys is the key table of a terminal.
type Keys interface {
	Press(ev *tcell.EventKey, in keymap.Scope) (why model.Safe, ok bool)
	Variant(in keymap.Scope) uint
	Line(in keymap.Scope, w int, th *theme.Theme) draw.Line
}

// Options configure a terminal.
type Options struct {
	Clock     model.Clock
	Zone      *time.Location  // of the viewer
	ASCII     bool            // draw with ASCII only
	Mouse     bool            // enable the mouse
	Theme     theme.Name      // how things look
	ColorFGBG string          // the terminal's colors, as in the variable of this name
	Colors    int             // 0: attributes only; negative: as many as the screen has
	Frame     time.Duration   // minimum time between two frames caused by others
	Shared    *shared.State   // shared by the terminals of this process
	Fault     func(any) error // converts a panic to an error
	Keys      Keys
	Stop      func() // stops the process, as Ctrl-Z does, until it is continued; if nil, it cannot be stopped
	Wake      func() // called at each wake of the loop
}

// New returns a terminal on a screen. It ends when ctx ends.
func New(ctx context.Context, s Screen, o Options) *Shell {
	ctx, stop := context.WithCancel(ctx)
	sh := &Shell{tv: tview.NewApplication(), Screen: s, Context: ctx, Stop: stop, Fault: o.Fault, o: o,
		Clock: Clock{clock: o.Clock, own: o.Zone}}
	sh.root = newRoot(sh)
	sh.guard = guard{fault: o.Fault, end: stop}
	sh.pump = newPump(s, o.Clock, o.Frame)
	sh.pump.stop = func() { sh.tv.Stop() }
	sh.pump.advance, sh.pump.tick = sh.advance, sh.tick
	sh.Jobs = &Jobs{ctx: ctx, wake: sh.pump.wake, fail: sh.Notes.Fail, fault: o.Fault}
	return sh
}

// Show sets the newest view of the open room; nil if no room is open.
func (s *Shell) Show(v *model.View) {
	s.Room, s.Clock.offset = v, 0
	if v != nil {
		s.Clock.offset = v.Offset
	}
}

// OnKey handles every key. The key that wakes the loop processes changes.
func (s *Shell) OnKey(ev *tcell.EventKey) *tcell.EventKey {
	switch {
	case ev.Key() == keyWake:
		s.Jobs.run()
		s.Notes.showQueued()
		s.o.Wake()
	case ev.Key() == tcell.KeyCtrlC:
		s.Stop()
	case s.small: // the page is not visible
	default:
		s.press(ev)
	}
	return nil
}

// press answers an open question, executes a key of the key table, or passes the key to
// the top page.
func (s *Shell) press(ev *tcell.EventKey) {
	if s.Notes.answer(ev) {
		return
	}
	if s.continuesRefused(ev) {
		return
	}
	s.Notes.Clear()
	s.Moved = false
	why, ok := s.o.Keys.Press(ev, s.Top().Scope())
	switch {
	case !ok && lineedit.IsText(ev) && s.refusesText():
		s.RefuseText(noText)
	case !ok:
		s.Top().Key(ev)
	case !why.IsEmpty():
		s.Notes.Show(why)
	}
}

// noText is the answer to text on a page over the room.
var noText = model.Lit("this page takes no text: Esc closes it, F1 lists its keys")

// typingPause is the pause after which a key is not part of the same text any more.
const typingPause = time.Second

// RefuseText shows why a typed character was not taken. What follows it without a pause, to
// the end of the line, is text too and not keys of the page: in ":impact start" on a page
// where a stands for an action, that action was not meant.
func (s *Shell) RefuseText(why model.Safe) {
	s.Notes.Show(why)
	s.refusing, s.refusedUntil = true, elapsed.Now()+typingPause
}

// continuesRefused reports whether a key continues a text that was refused.
func (s *Shell) continuesRefused(ev *tcell.EventKey) bool {
	isText := lineedit.IsText(ev) || ev.Key() == tcell.KeyEnter || ev.Key() == tcell.KeyBackspace2
	if now := elapsed.Now(); isText && s.refusing && now < s.refusedUntil {
		s.refusedUntil = now + typingPause
		return true
	}
	s.refusing = false
	return false
}

// refusesText reports whether the top page takes text only in its filter, which is not being
// typed.
func (s *Shell) refusesText() bool {
	p, ok := s.Top().(finding)
	return ok && !p.Find().on
}

// Watch makes the screen follow another room, or none.
func (s *Shell) Watch(o model.Observer) { s.pump.watch(o) }

// Redraw makes the loop process changes and draw. It may be called from any goroutine.
func (s *Shell) Redraw() { s.pump.wake() }

// Seconds returns how many seconds the screen has been shown.
func (s *Shell) Seconds() int64 { return s.pump.beats.Load() }

// Suspend releases the terminal while f runs. It reports false if that is not possible.
func (s *Shell) Suspend(f func()) bool { return s.tv.Suspend(f) }

// stopProcess stops the process, for the shell that it was started from, and takes the
// terminal again when it is continued.
func (s *Shell) stopProcess() {
	if s.o.Stop == nil || !s.Suspend(s.o.Stop) {
		s.Notes.Show(model.Lit("Ctrl-Z does nothing here: there is no shell under this terminal. Ctrl-C leaves; the " +
			"draft stays"))
	}
}

// Beep rings the terminal's bell.
func (s *Shell) Beep() { _ = s.Screen.Beep() } // a terminal without a bell stays silent
