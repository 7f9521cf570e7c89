package shell

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gdamore/tcell/v2"
)

// followingScreen waits for the pump's channels, as a loop does.
type followingScreen struct {
	wokenScreen
	timer <-chan time.Time
	got   func(int) bool
}

// Follow returns true.
func (s *followingScreen) Follow(_ <-chan struct{}, timer <-chan time.Time, got func(int) bool) bool {
	s.timer, s.got = timer, got
	return true
}

// TestTakenAMomentLater: a change that the terminal could show at once is taken after a moment,
// once for all changes until then; one that it could not show is taken at once.
func TestTakenAMomentLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, r := &followingScreen{}, &room{changed: make(chan struct{}, 1)}
		p := newPump(s, wallClock{}, time.Millisecond)
		ctx, end := context.WithCancel(t.Context())
		ended := p.start(ctx, &guard{fault: func(any) error { return nil }, end: end})
		p.watch(r)
		can := true
		p.advance = func() bool { return can }
		change := func(what string, want bool) {
			t.Helper()
			if got := s.got(0); got != want {
				t.Errorf("%s: got the loop woken %v, want %v", what, got, want)
			}
		}
		// taken waits until the loop is woken, at most for 200 ms, and returns how long it took.
		taken := func() time.Duration {
			begun := time.Now()
			for time.Since(begun) < 200*time.Millisecond {
				select {
				case <-s.timer:
					if s.got(1) {
						return time.Since(begun)
					}
				case <-time.After(time.Millisecond):
				}
			}
			return -1
		}
		change("a change that the terminal can show", false)
		<-time.After(takeAfter / 2)
		change("another one", false)
		if got, want := taken(), takeAfter/2; got != want {
			t.Errorf("two changes that the terminal can show: got them taken %s after the second, want %s", got, want)
		}
		if got := taken(); got != -1 {
			t.Errorf("two changes that the terminal can show: got them taken again after %s, want once", got)
		}
		can = false
		change("a change that it cannot show", true)
		if got := taken(); got != -1 {
			t.Errorf("a change that it cannot show: got it taken again after %s, want once", got)
		}
		close(p.over)
		end()
		ended()
	})
}

// advancingPage shows every change.
type advancingPage struct {
	Page
	log *[]string
}

func (p advancingPage) Advance() bool { *p.log = append(*p.log, "shown"); return true }

func (p advancingPage) Tick() bool { *p.log = append(*p.log, "second"); return true }

// TestSecondsWithoutDraws: some seconds are shown without drawing, then there is a draw, whatever
// the page could show; and there is one if a change has not been taken.
func TestSecondsWithoutDraws(t *testing.T) {
	var log []string
	s := &Shell{}
	s.Open(advancingPage{log: &log})
	for i := range 2 * maxTicks {
		if got, want := s.tick(), i < maxTicks; got != want {
			t.Errorf("second %d after a draw: got it shown without drawing %v, want %v", i+1, got, want)
		}
	}
	s.ticks = 0 // it was drawn
	if !s.tick() || len(log) != maxTicks+1 {
		t.Errorf("after a draw: got %d seconds shown without drawing, want %d", len(log), maxTicks+1)
	}
	if s.advanced = true; s.tick() {
		t.Error("with a change that was not taken: got a second shown without drawing, want a draw")
	}
	if s.advanced, s.small = false, true; s.tick() {
		t.Error("on a terminal that is too small: got a second shown without drawing, want a draw")
	}
}

// plainPage cannot show a change before it is taken.
type plainPage struct{ Page }

// TestTakenBeforeKeys: a change that the terminal shows already is taken before a key is handled,
// because the page would otherwise draw the state before it.
func TestTakenBeforeKeys(t *testing.T) {
	key := tcell.NewEventKey(tcell.KeyRune, 'x', 0)
	wake := tcell.NewEventKey(keyWake, 0, 0)
	for _, c := range []struct {
		name   string
		page   func(log *[]string) Page
		small  bool
		events []tcell.Event
		want   int // how often the change was taken before an event was handled
		shown  bool
	}{
		{name: "a key", events: []tcell.Event{key, key}, want: 1, shown: true},
		{name: "a new size", events: []tcell.Event{tcell.NewEventResize(80, 24), key}, want: 1, shown: true},
		{name: "a wake-up, which takes it itself", events: []tcell.Event{wake, key}, shown: true},
		{name: "another page", page: func(*[]string) Page { return plainPage{} }, events: []tcell.Event{key}},
		{name: "a terminal that is too small", small: true, events: []tcell.Event{key}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var log []string
			taken := 0
			s := &Shell{o: Options{Wake: func() { taken++ }}, small: c.small}
			if c.page == nil {
				c.page = func(log *[]string) Page { return advancingPage{log: log} }
			}
			s.Open(c.page(&log))
			if got := s.advance(); got != c.shown || c.shown != (len(log) == 1) {
				t.Fatalf("got shown %v, and the page called %d times, want %v", got, len(log), c.shown)
			}
			for _, ev := range c.events {
				s.catchUp(ev)
			}
			if taken != c.want {
				t.Errorf("got the change taken %d times, want %d", taken, c.want)
			}
		})
	}
}
