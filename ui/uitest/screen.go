package uitest

import (
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gdamore/tcell/v2"
	"github.com/rivo/uniseg"
)

const keyWake = tcell.KeyF64

// Screen is tcell's simulated screen with the additional methods of package screen. It
// records every frame, and tracks which keys a frame includes.
type Screen struct {
	tcell.SimulationScreen

	waking atomic.Bool
	handed int64 // the newest sentinel that was handled; belongs to the loop
	bells  atomic.Int64
	ready  chan struct{} // closed by Init

	mu     sync.Mutex
	size   [2]int // to be applied by the loop
	frame  Frame
	shown  int64  // the newest sentinel that was drawn
	once   func() // called with the next frame, by the loop
	change chan struct{}
}

// Frame is the content of the screen.
type Frame struct {
	Rows    []string
	Runes   []rune // of all cells
	Reverse []string
	X, Y    int // the cursor; if -1, hidden
}

// Text returns the content as lines.
func (f Frame) Text() string { return strings.Join(f.Rows, "\n") + "\n" }

// NewScreen returns a screen of a size.
func NewScreen(w, h int) *Screen {
	return &Screen{SimulationScreen: tcell.NewSimulationScreen("UTF-8"), size: [2]int{w, h},
		change: make(chan struct{}), ready: make(chan struct{})}
}

// Init applies the size, which tcell's Init does not keep.
func (s *Screen) Init() error {
	err := s.SimulationScreen.Init()
	s.resize()
	close(s.ready)
	return err
}

func (s *Screen) resize() {
	s.mu.Lock()
	size := s.size
	s.size = [2]int{}
	s.mu.Unlock()
	if size[0] > 0 {
		s.SimulationScreen.SetSize(size[0], size[1])
	}
}

// Resized sets another size, which is applied with the next key.
func (s *Screen) Resized(w, h int) {
	s.mu.Lock()
	s.size = [2]int{w, h}
	s.mu.Unlock()
}

// sharedRows are rows of a row cache, of which there are none here.
type sharedRows = interface {
	Width() int
	Moves() (y, h int)
}

// CachesRows returns false: each terminal draws its own rows.
func (s *Screen) CachesRows() bool { return false }

// CachedRows returns nil.
func (s *Screen) CachedRows(_, _ any, _, _ int, _ func(tcell.Screen)) sharedRows {
	return nil
}

// FindRows returns nil.
func (s *Screen) FindRows(_, _ any, _, _ int) sharedRows { return nil }

// DrawRows does nothing.
func (s *Screen) DrawRows(_, _, _ int, _ sharedRows) {}

// MayScroll does nothing.
func (s *Screen) MayScroll(_, _ int) {}

// Advance returns false.
func (s *Screen) Advance(_, _ sharedRows) bool { return false }

// Wake wakes the loop, once.
func (s *Screen) Wake() {
	if s.waking.CompareAndSwap(false, true) && s.PostEvent(tcell.NewEventKey(keyWake, 0, tcell.ModNone)) != nil {
		s.waking.Store(false)
	}
}

// Capture handles the sentinels.
func (s *Screen) Capture(f func(*tcell.EventKey) *tcell.EventKey) func(*tcell.EventKey) *tcell.EventKey {
	return func(ev *tcell.EventKey) *tcell.EventKey {
		s.resize()
		if ev.Key() != keyWake {
			return f(ev)
		}
		if ev.Rune() == 0 {
			s.waking.Store(false)
		}
		f(ev)
		s.handed = max(s.handed, int64(ev.Rune()))
		return nil
	}
}

// TakeEvent returns nil: each event is drawn.
func (s *Screen) TakeEvent() tcell.Event { return nil }

// Ask returns no colors.
func (s *Screen) Ask(time.Duration) (fg, bg tcell.Color) {
	return tcell.ColorDefault, tcell.ColorDefault
}

// Follow returns false: the terminal waits for channels by itself.
func (s *Screen) Follow(<-chan struct{}, <-chan time.Time, func(int) bool) bool {
	return false
}

// Copies reports that the terminal may take what is copied.
func (s *Screen) Copies() (can, certain bool) { return true, false }

// InitErr returns nil.
func (s *Screen) InitErr() error { return nil }

// Err returns nil.
func (s *Screen) Err() error { return nil }

// Beep counts bells.
func (s *Screen) Beep() error { s.bells.Add(1); return nil }

// Bells returns the number of bells.
func (s *Screen) Bells() int { return int(s.bells.Load()) }

// Show records a frame.
func (s *Screen) Show() {
	s.SimulationScreen.Show()
	f := s.picture()
	s.mu.Lock()
	if s.once != nil {
		s.once()
		s.once = nil
	}
	s.frame, s.shown = f, s.handed
	close(s.change)
	s.change = make(chan struct{})
	s.mu.Unlock()
}

// onShow calls a function with the next frame.
func (s *Screen) onShow(fn func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.once = fn
}

// picture reads the front cells. The cell after a wide one has stale content and is
// skipped.
func (s *Screen) picture() Frame {
	cells, w, h := s.GetContents()
	f := Frame{X: -1, Y: -1}
	if x, y, ok := s.GetCursor(); ok {
		f.X, f.Y = x, y
	}
	for y := range h {
		var b, rev strings.Builder
		for x := 0; x < w; {
			c := cells[y*w+x]
			t := string(c.Runes)
			b.WriteString(t)
			f.Runes = append(f.Runes, c.Runes...)
			if _, _, a := c.Style.Decompose(); a&tcell.AttrReverse != 0 {
				rev.WriteString(t)
			}
			x += max(1, uniseg.StringWidth(t))
		}
		f.Rows = append(f.Rows, strings.TrimRight(b.String(), " "))
		f.Reverse = append(f.Reverse, strings.TrimRight(rev.String(), " "))
	}
	return f
}

// last returns the newest frame, the newest sentinel in it, and a channel that is closed
// when there is another frame.
func (s *Screen) last() (Frame, int64, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.frame, s.shown, s.change
}

// Press queues an event. While the queue is full it retries.
func (s *Screen) Press(ev tcell.Event) {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for range 10_000 {
		if s.PostEvent(ev) == nil {
			return
		}
		<-tick.C
	}
}
