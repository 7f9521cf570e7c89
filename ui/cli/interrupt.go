package cli

import (
	"context"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"
)

// Interrupts ends a context when a signal ends the program. While another program uses
// the terminal, it ignores Ctrl-C, which the kernel sends to both programs.
type Interrupts struct{ held atomic.Int32 }

// afterHold is how long an interrupt is ignored after the other program has ended,
// because signals arrive with a delay.
const afterHold = time.Second

// Context returns a context that ends on SIGINT, SIGTERM or SIGHUP.
func (i *Interrupts) Context(parent context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(parent)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		defer signal.Stop(signals)
		for {
			select {
			case s := <-signals:
				if i.ends(s) {
					cancel()
					return
				}
			case <-ctx.Done():
				return
			}
		}
	}()
	return ctx, cancel
}

// ends reports whether a signal ends the program.
func (i *Interrupts) ends(s os.Signal) bool { return s != os.Interrupt || i.held.Load() == 0 }

// Hold ignores interrupts until release is called.
func (i *Interrupts) Hold() (release func()) {
	i.held.Add(1)
	return func() { time.AfterFunc(afterHold, func() { i.held.Add(-1) }) }
}
