package screen

import (
	"sync/atomic"

	"github.com/gdamore/tcell/v2"
)

// KeyWake is the key that Wake sends through the event loop. No keyboard has
// it. See [Screen.Capture].
const KeyWake = tcell.KeyF64

const (
	postSize = 16      // events that wait
	maxPaste = 2 << 20 // runes taken of one paste
	maxSkips = 32      // draws skipped in a row before one is done all the same
)

// inbox is the screen's side that faces the event loop. Events are taken by
// one goroutine, tview's.
type inbox struct {
	parser tcell.InputProcessor
	input  chan tcell.Event // from the client
	posted chan tcell.Event // from PostEvent
	size   chan struct{}    // the size may have changed
	wake   chan struct{}
	quit   chan struct{} // closed by Fini

	told    bool // EventError was given out
	pasting bool
	pasted  int
	pasteOn atomic.Bool
	mouseOn atomic.Bool
	waking  atomic.Bool  // a wake-up is on its way and not yet handled
	capture atomic.Bool  // Capture is in use
	keys    atomic.Int64 // keys given out and not yet handled
	skips   int          // belongs to the drawing goroutine
}

func newInbox() inbox {
	return inbox{
		input: make(chan tcell.Event, inputSize), posted: make(chan tcell.Event, postSize),
		size: make(chan struct{}, 1), wake: make(chan struct{}, 1), quit: make(chan struct{}),
	}
}

// Wake makes the event loop handle one KeyWake, after which tview draws. It
// may be called from any goroutine, never waits, and is what to call when
// shared state has changed: at most one wake-up is on its way, and one that
// comes after the application began to handle the last is never lost. While
// the user pastes, when tview drops keys, wake-ups are held back.
func (s *Screen) Wake() {
	if s.waking.CompareAndSwap(false, true) {
		select {
		case s.wake <- struct{}{}:
		default:
		}
	}
}

// Capture wraps the application's input capture, which may be nil:
//
//	scr, err := screen.New(term, opts)
//	app := tview.NewApplication().SetScreen(scr)
//	if err := scr.InitErr(); err != nil { return err }
//	app.EnableMouse(true).EnablePaste(true)
//	app.SetInputCapture(scr.Capture(a.onKey))
//	app.SetBeforeDrawFunc(scr.BeforeDraw)
//
// The capture sees KeyWake too and fetches the newest state then; what it
// returns for it is ignored. Capture also counts keys, for Busy.
func (s *Screen) Capture(f func(*tcell.EventKey) *tcell.EventKey) func(*tcell.EventKey) *tcell.EventKey {
	s.capture.Store(true)
	return func(ev *tcell.EventKey) *tcell.EventKey {
		if ev.Key() == KeyWake {
			s.waking.Store(false) // before f looks: what changes later wakes again
			if f != nil {
				f(ev)
			}
			return nil
		}
		if s.keys.Add(-1) < 0 {
			s.keys.Store(0) // it came from somewhere else
		}
		if f != nil {
			return f(ev)
		}
		return ev
	}
}

// Busy tells whether keys wait that the application has not handled yet, or
// the client is gone: a draw now would be for nothing. It needs Capture.
func (s *Screen) Busy() bool {
	return s.capture.Load() && s.keys.Load() > 0 || !s.live.Load()
}

// BeforeDraw is for tview's SetBeforeDrawFunc: several waiting keys make one
// draw. While Busy it skips the draw and the Show that tview does all the
// same; the last key draws. An application with a BeforeDrawFunc of its own
// calls this first and returns true when it does.
func (s *Screen) BeforeDraw(tcell.Screen) bool {
	if !s.Busy() {
		s.skips = 0
		return false
	}
	if s.skips++; s.skips > maxSkips && s.live.Load() {
		s.skips = 0
		s.keys.Store(0)
		return false
	}
	s.skip = true
	return true
}

// PollEvent waits for an event. It returns nil after Fini.
func (s *Screen) PollEvent() tcell.Event { return s.next(nil) }

// ChannelEvents sends events to ch until quit is closed or Fini called.
func (s *Screen) ChannelEvents(ch chan<- tcell.Event, quit <-chan struct{}) {
	defer close(ch)
	for {
		ev := s.next(quit)
		if ev == nil {
			return
		}
		select {
		case ch <- ev:
		case <-quit:
			return
		case <-s.quit:
			return
		}
	}
}

func (s *Screen) next(stop <-chan struct{}) tcell.Event {
	for {
		input, wake, hup := s.input, s.wake, s.hup
		if s.pasting {
			wake = nil
		}
		if s.over(stop) {
			return nil
		}
		select { // the end comes before what waits
		case <-hup:
			if !s.told {
				s.told = true
				return tcell.NewEventError(s.Err())
			}
			input, hup = nil, nil
		default:
		}
		var ev tcell.Event
		select {
		case <-s.quit:
		case <-stop:
		case <-hup:
		case <-s.size:
			w, h := s.termSize()
			ev = tcell.NewEventResize(w, h)
		case <-wake:
			ev = s.wakeEvent()
		case e := <-s.posted:
			ev = s.accept(e)
		case e := <-input:
			if k, ok := e.(*tcell.EventKey); !ok || k.Key() != KeyWake {
				ev = s.accept(e)
			}
		}
		if ev != nil {
			return ev
		}
	}
}

// over tells whether events are at an end.
func (s *Screen) over(stop <-chan struct{}) bool {
	select {
	case <-s.quit:
		return true
	case <-stop:
		return true
	default:
		return false
	}
}

func (s *Screen) wakeEvent() tcell.Event {
	if !s.capture.Load() {
		s.waking.Store(false)
	}
	return tcell.NewEventKey(KeyWake, 0, tcell.ModNone)
}

// accept follows the paste, counts keys and drops what was not asked for.
func (s *Screen) accept(ev tcell.Event) tcell.Event {
	switch e := ev.(type) {
	case *tcell.EventKey:
		if !s.pasting {
			s.keys.Add(1)
		} else if s.pasted++; s.pasted > maxPaste {
			return nil
		}
	case *tcell.EventPaste:
		if !s.pasteOn.Load() {
			return nil
		}
		s.pasting, s.pasted = e.Start(), 0
	case *tcell.EventMouse:
		if !s.mouseOn.Load() {
			return nil
		}
		x, y := e.Position()
		w, h := s.termSize()
		if x >= w || y >= h {
			return tcell.NewEventMouse(min(x, w-1), min(y, h-1), e.Buttons(), e.Modifiers())
		}
	}
	return ev
}

// HasPendingEvent tells whether PollEvent would return at once.
func (s *Screen) HasPendingEvent() bool {
	return len(s.input)+len(s.posted)+len(s.size) > 0 || len(s.wake) > 0 && !s.pasting
}

// PostEvent queues an event. It may be called from any goroutine.
func (s *Screen) PostEvent(ev tcell.Event) error {
	select {
	case <-s.quit:
		return tcell.ErrEventQFull
	case s.posted <- ev:
		return nil
	default:
		return tcell.ErrEventQFull
	}
}

// PostEventWait queues an event and waits for room, at most until Fini.
func (s *Screen) PostEventWait(ev tcell.Event) {
	select {
	case <-s.quit:
	case s.posted <- ev:
	}
}

// Resized tells the screen that the terminal's size may have changed. It may
// be called from any goroutine; a Notifier does so itself. The buffers follow
// when the next draw begins.
func (s *Screen) Resized() {
	select {
	case s.size <- struct{}{}:
	default:
	}
}

// termSize is the terminal's size within our bounds.
func (s *Screen) termSize() (w, h int) {
	w, h = s.term.Size()
	if w <= 0 {
		w = 80
	}
	if h <= 0 {
		h = 24
	}
	return min(w, maxW), min(h, maxH)
}
