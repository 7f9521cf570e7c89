package shell

import (
	"errors"
	"sync"

	"github.com/gdamore/tcell/v2"
)

// Stacked is a panic of a screen's own goroutine.
type Stacked interface {
	error
	PanicStack() []byte
}

// guard ends the session after a panic in any goroutine of the terminal: Run restores the
// terminal and returns one sentence. A panic in a job is only shown.
type guard struct {
	fault func(any) error // describes a panic in a sentence
	end   func()          // ends the session; may be called from any goroutine

	mu  sync.Mutex
	err error
}

// Guarded returns a function that calls f and handles its panic. Every goroutine that a
// part of the terminal starts runs such a function.
func (g *guard) Guarded(f func()) func() {
	return func() {
		defer g.recover()
		f()
	}
}

// recover is deferred where a panic may happen.
func (g *guard) recover() {
	if p := recover(); p != nil {
		g.take(p)
	}
}

// take ends the session because of a panic. The first one is what Run returns.
func (g *guard) take(p any) {
	err := g.fault(p)
	g.mu.Lock()
	if g.err == nil {
		g.err = err
	}
	g.mu.Unlock()
	g.end()
}

// failure returns the error for the first panic, including one of the screen's own
// goroutines, or nil.
func (g *guard) failure(s tcell.Screen) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.err != nil {
		return g.err
	}
	var p Stacked
	if e, ok := s.(interface{ Err() error }); ok && errors.As(e.Err(), &p) {
		return g.fault(p)
	}
	return nil
}
