package screen

import (
	"sync/atomic"
	"time"

	"github.com/gdamore/tcell/v2"
)

// KeyWake is the key that Wake sends through the event loop. No keyboard has it. See
// [Screen.Capture].
const KeyWake = tcell.KeyF64

const postSize = 16 // events that wait

// inbox is the side of the screen that faces the event loop. One goroutine receives the
// events.
type inbox struct {
	input   chan []byte      // from the client, a read each
	decode  decoder          // decodes them to events; belongs to the goroutine that takes events
	posted  chan tcell.Event // from PostEvent
	resized atomic.Bool      // the size may have changed
	woken   atomic.Bool      // a KeyWake is due
	changed chan struct{}    // one of posted, resized, woken, quit and hup has changed
	follow  atomic.Pointer[followed]
	quit    chan struct{} // closed by Fini

	errorSent bool // EventError was delivered
	pasteOn   atomic.Bool
	mouseOn   atomic.Bool
	waking    atomic.Bool // a wake-up was sent and is not handled yet
	capture   atomic.Bool // Capture is in use
}

func newInbox() inbox {
	return inbox{
		input: make(chan []byte, inputSize), decode: newDecoder(maxW, maxH), posted: make(chan tcell.Event, postSize),
		changed: make(chan struct{}, 1), quit: make(chan struct{}),
	}
}

// notify makes the event loop look for what has changed. A loop that waits for many
// channels takes longer to begin and end a wait, so everything but input comes by this one.
func (s *inbox) notify() {
	select {
	case s.changed <- struct{}{}:
	default:
	}
}

// Wake makes the event loop handle one KeyWake, after which it draws. Call it when
// shared state has changed. It may be called from any goroutine and never blocks. At most
// one wake-up is pending, and a call after the application began to handle the last one is
// never lost.
func (s *inbox) Wake() {
	if s.waking.CompareAndSwap(false, true) {
		s.woken.Store(true)
		s.notify()
	}
}

// followed are channels that the event loop waits for besides its own.
type followed struct {
	changes <-chan struct{}
	timer   <-chan time.Time
	got     func(i int) bool
}

// Follow makes the event loop call got for each value of a channel, instead of those that
// were followed before: with 0 for changes, and 1 for the timer. Channels may be nil. If
// got returns true, a KeyWake is due; got must not wait. This saves the goroutine that
// would wait for them. It may be called from any goroutine, and returns true.
func (s *inbox) Follow(changes <-chan struct{}, timer <-chan time.Time, got func(i int) bool) bool {
	s.follow.Store(&followed{changes: changes, timer: timer, got: got})
	s.Wake() // the loop may be waiting for the last ones
	return true
}

// Capture wraps the application's input capture, which may be nil. The capture receives
// KeyWake too, and should read the newest state then; its result for KeyWake is ignored.
func (s *inbox) Capture(f func(*tcell.EventKey) *tcell.EventKey) func(*tcell.EventKey) *tcell.EventKey {
	s.capture.Store(true)
	return func(ev *tcell.EventKey) *tcell.EventKey {
		if ev.Key() == KeyWake {
			s.waking.Store(false) // before f reads: later changes wake again
			if f != nil {
				f(ev)
			}
			return nil
		}
		if f != nil {
			return f(ev)
		}
		return ev
	}
}

// PollEvent waits for an event. It returns nil after Fini.
func (s *Screen) PollEvent() tcell.Event { return s.next(nil) }

// TakeEvent returns an event that PollEvent would return without waiting, or nil. Only the
// goroutine that takes events may call it.
func (s *Screen) TakeEvent() tcell.Event {
	for {
		if s.over(s.hup) {
			return nil
		}
		if ev := s.decoded(); ev != nil {
			return ev
		}
		if ev := wokenOrResized(s); ev != nil {
			return ev
		}
		select {
		case read := <-s.input:
			received(s, read)
		default:
			return nil
		}
	}
}

// wokenOrResized returns the event of a wake-up or of a new size, if one is due, or nil.
func wokenOrResized(s *Screen) tcell.Event {
	switch {
	case s.resized.Load() && s.resized.Swap(false):
		w, h := s.termSize()
		return tcell.NewEventResize(w, h)
	case s.woken.Load() && s.woken.Swap(false):
		return s.wakeEvent()
	}
	return nil
}

// received decodes the bytes of a read.
func received(s *Screen, b []byte) {
	s.decode.paste.enabled = s.pasteOn.Load()
	s.decode.feed(b)
}

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
		select {
		case <-s.changed: // what changes from here on fills it again
		default:
		}
		input, hup := s.input, s.hup
		if s.over(stop) {
			return nil
		}
		select { // the end takes precedence over pending events
		case <-hup:
			if !s.errorSent {
				s.errorSent = true
				return tcell.NewEventError(s.Err())
			}
			input = nil
		default:
		}
		if ev := s.decoded(); ev != nil {
			return ev
		}
		if ev := wokenOrResized(s); ev != nil {
			return ev
		}
		if ev := wait(s, input, stop); ev != nil {
			return ev
		}
	}
}

// wait waits until something has changed that the loop has to look for, and returns nil, or
// until a followed channel wakes the loop, and returns the event of that.
func wait(s *Screen, input chan []byte, stop <-chan struct{}) tcell.Event {
	var also followed
	if f := s.follow.Load(); f != nil {
		also = *f
	}
	var rest <-chan time.Time
	if s.decode.armed {
		rest = s.decode.timer.C
	}
	for { // as long as nothing has changed but what was followed
		woken := false
		select {
		case <-also.changes:
			woken = also.got(0)
		case <-also.timer:
			woken = also.got(1)
		case <-stop:
			return nil
		case <-s.changed:
			return nil
		case read := <-input:
			received(s, read)
			return nil
		case <-rest:
			s.decode.flush()
			return nil
		}
		if woken && s.waking.CompareAndSwap(false, true) {
			return s.wakeEvent()
		}
	}
}

// decoded returns the next event of the input, or nil if none is due. Posted events come
// first, because one may be the end.
func (s *Screen) decoded() tcell.Event {
	for {
		select {
		case e := <-s.posted:
			if ev := s.accept(e); ev != nil {
				return ev
			}
			continue // another may be waiting
		default:
		}
		e := s.decode.next()
		if e == nil {
			return nil
		}
		if k, ok := e.(*tcell.EventKey); ok && k.Key() == KeyWake {
			continue
		}
		if ev := s.accept(e); ev != nil {
			return ev
		}
	}
}

// over reports whether the screen has ended, or the channel is closed.
func (s *inbox) over(closed <-chan struct{}) bool {
	select { // one case each: this takes no lock while there is nothing
	case <-s.quit:
		return true
	default:
	}
	select {
	case <-closed:
		return true
	default:
		return false
	}
}

func (s *inbox) wakeEvent() tcell.Event {
	if !s.capture.Load() {
		s.waking.Store(false)
	}
	return wakeKey
}

// wakeKey is the event of every wake-up. Events are not modified.
var wakeKey tcell.Event = tcell.NewEventKey(KeyWake, 0, tcell.ModNone)

// accept drops events that were not requested.
func (s *Screen) accept(ev tcell.Event) tcell.Event {
	switch e := ev.(type) {
	case *tcell.EventPaste:
		if !s.pasteOn.Load() {
			return nil
		}
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

// HasPendingEvent reports whether PollEvent would return at once.
func (s *inbox) HasPendingEvent() bool {
	return len(s.input)+len(s.posted) > 0 || s.resized.Load() || s.woken.Load()
}

// PostEvent queues an event. It may be called from any goroutine.
func (s *inbox) PostEvent(ev tcell.Event) error {
	select {
	case <-s.quit:
		return tcell.ErrEventQFull
	case s.posted <- ev:
		s.notify()
		return nil
	default:
		return tcell.ErrEventQFull
	}
}

// PostEventWait queues an event and waits for space, until Fini at the latest.
func (s *inbox) PostEventWait(ev tcell.Event) {
	select {
	case <-s.quit:
	case s.posted <- ev:
		s.notify()
	}
}

// Resized notifies the screen that the terminal's size may have changed. It may be called
// from any goroutine; a Terminal does so itself. The buffers are adapted when the next draw
// begins.
func (s *inbox) Resized() {
	s.resized.Store(true)
	s.notify()
}

// termSize returns the terminal's size within the limits of the screen.
func (s *frameBuffer) termSize() (w, h int) {
	w, h = s.term.Size()
	if w <= 0 {
		w = 80
	}
	if h <= 0 {
		h = 24
	}
	return min(w, maxW), min(h, maxH)
}
