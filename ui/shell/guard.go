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

// guard makes a panic in any goroutine of the terminal the end of its session: Run gives
// the terminal back and returns one sentence. Jobs only show theirs.
type guard struct {
	fault func(any) error // makes a sentence of a panic
	end   func()          // ends the session; may be called from any goroutine

	mu  sync.Mutex
	err error
}

// Guarded returns f with its panic taken. Every goroutine that a part of the terminal
// starts runs such a function.
func (g *guard) Guarded(f func()) func() {
	return func() {
		defer g.recover()
		f()
	}
}

// recover is deferred where a panic may come.
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

// failure is the sentence about the first panic, also about one of the screen's own
// goroutines; nil if there was none.
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
