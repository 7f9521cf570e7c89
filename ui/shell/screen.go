package shell

import (
	"time"

	"github.com/gdamore/tcell/v2"

	"warroom/ui/draw"
)

// Screen is a terminal, with all that the shell uses of it.
type Screen interface {
	tcell.Screen
	// CachesRows reports whether the methods of [draw.RowCache] do anything.
	CachesRows() bool
	draw.RowCache
	// Advance changes rows that the terminal shows, from its first row on, to others, and
	// reports whether it has. It only does so if another terminal has made this change.
	Advance(from, to draw.SharedRows) bool
	// InitErr returns why the terminal could not be taken over, after Init.
	InitErr() error
	// Err returns why the screen ended, for example a panic of one of its goroutines.
	Err() error
	// Wake makes the loop process changes and draw. It may be called from any goroutine.
	Wake()
	// Ask returns the colors that the terminal reports within a time, or
	// [tcell.ColorDefault].
	Ask(wait time.Duration) (fg, bg tcell.Color)
	// Capture returns the function that gets the keys in place of f, and calls f.
	Capture(f func(*tcell.EventKey) *tcell.EventKey) func(*tcell.EventKey) *tcell.EventKey
	// TakeEvent returns an event that PollEvent would return without waiting, or nil.
	TakeEvent() tcell.Event
	// Follow makes the screen wait for these channels in its own loop, in place of those of
	// an earlier call, and call got with the position of the one that was received from;
	// the loop is woken if got returns true. It returns false if the screen does not wait for
	// channels.
	Follow(changes <-chan struct{}, timer <-chan time.Time, got func(i int) bool) bool
	// Copies reports whether the terminal accepts clipboard writes, and whether that is certain.
	Copies() (can, certain bool)
}

// Basic returns a screen of tcell itself, as on Windows, as a Screen.
func Basic(s tcell.Screen) Screen { return basic{s} }

// basic is a screen that reports nothing about its terminal.
type basic struct{ tcell.Screen }

// CachesRows implements [Screen].
func (basic) CachesRows() bool { return false }

// CachedRows implements [draw.RowCache].
func (basic) CachedRows(_, _ any, _, _ int, _ func(tcell.Screen)) draw.SharedRows { return nil }

// FindRows implements [draw.RowCache].
func (basic) FindRows(_, _ any, _, _ int) draw.SharedRows { return nil }

// DrawRows implements [draw.RowCache].
func (basic) DrawRows(_, _, _ int, _ draw.SharedRows) {}

// MayScroll implements [draw.RowCache].
func (basic) MayScroll(_, _ int) {}

// Advance implements [Screen].
func (basic) Advance(_, _ draw.SharedRows) bool { return false }

// keyWake wakes the loop. No keyboard has this key.
const keyWake = tcell.KeyF64

// Wake implements [Screen]. A full queue leads to a draw soon.
func (b basic) Wake() { _ = b.PostEvent(tcell.NewEventKey(keyWake, 0, tcell.ModNone)) }

// Ask implements [Screen].
func (basic) Ask(time.Duration) (fg, bg tcell.Color) { return tcell.ColorDefault, tcell.ColorDefault }

// Capture implements [Screen].
func (basic) Capture(f func(*tcell.EventKey) *tcell.EventKey) func(*tcell.EventKey) *tcell.EventKey {
	return f
}

// Follow implements [Screen].
func (basic) Follow(<-chan struct{}, <-chan time.Time, func(int) bool) bool {
	return false
}

// Copies implements [Screen].
func (basic) Copies() (can, certain bool) { return true, false }
func (basic) InitErr() error              { return nil }
func (basic) Err() error                  { return nil }

// TakeEvent implements [Screen].
func (b basic) TakeEvent() tcell.Event {
	if !b.HasPendingEvent() {
		return nil
	}
	return b.PollEvent()
}
