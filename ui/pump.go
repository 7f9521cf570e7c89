package ui

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
)

var errEnd = errors.New("the session ends")

// pump wakes the loop and ends it. It touches no widget and never waits for
// the loop.
type pump struct {
	scr   tcell.Screen
	clock model.Clock
	frame time.Duration

	over chan struct{} // closed when the loop has ended
	stop func()        // ends the loop by force

	mu      sync.Mutex
	watched model.Observer
	changed chan struct{} // watched is another one

	beats atomic.Int64 // seconds at which digits changed
}

func newPump(s tcell.Screen, o Options) *pump {
	return &pump{scr: s, clock: o.Clock, frame: o.Frame, changed: make(chan struct{}, 1), over: make(chan struct{})}
}

// watch makes the pump listen to another room, or to none.
func (p *pump) watch(o model.Observer) {
	p.mu.Lock()
	p.watched = o
	p.mu.Unlock()
	select {
	case p.changed <- struct{}{}:
	default:
	}
}

func (p *pump) bell() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.watched == nil {
		return nil
	}
	return p.watched.Bell()
}

// wake makes the loop look at what is new and draw. It may be called from any
// goroutine.
func (p *pump) wake() {
	if w, ok := p.scr.(waker); ok {
		w.Wake()
		return
	}
	_ = p.scr.PostEvent(tcell.NewEventKey(keyWake, 0, tcell.ModNone)) // a full queue draws soon anyhow
}

// spare is how many frames may come at once after a pause: who starts to type is
// news that the line itself must not have to wait for.
const spare = 3

// run wakes the loop after every change, but in the long run not more often than
// once a frame, and when a digit changes, until ctx ends. Then it makes the loop
// end.
func (p *pump) run(ctx context.Context) {
	defer func() {
		if recover() != nil { // a guest's session must not end the server
			p.end()
		}
	}()
	tick, frame := time.NewTimer(time.Second), time.NewTimer(0)
	defer tick.Stop()
	defer frame.Stop()
	bell, left, due := p.bell(), spare-1, false
	for {
		listen := bell
		if left == 0 {
			listen = nil
		}
		select {
		case <-ctx.Done():
			p.end()
			return
		case <-p.changed:
			bell, due = p.bell(), true
		case <-listen:
			due = true
		case <-tick.C:
			tick.Reset(p.untilDigit())
			p.beats.Add(1)
			p.wake()
		case <-frame.C:
			if left++; left < spare {
				frame.Reset(p.frame)
			}
		}
		if due && left > 0 {
			if left == spare {
				frame.Reset(p.frame)
			}
			due = false
			left--
			p.wake()
		}
	}
}

// untilDigit is the time until the next digit changes: to the full second.
func (p *pump) untilDigit() time.Duration {
	now := p.clock.Now()
	return max(10*time.Millisecond, now.Truncate(time.Second).Add(time.Second).Sub(now))
}

// end asks the loop to stop, by an event that even a paste does not hold up.
// The queue may be full of keys that the loop is still to take.
func (p *pump) end() {
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for range 200 {
		_ = p.scr.PostEvent(tcell.NewEventError(errEnd))
		select {
		case <-p.over:
			return
		case <-again.C:
		}
	}
	p.stop()
}
