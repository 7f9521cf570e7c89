package shell

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
)

var errEnd = errors.New("the session ended")

// pump wakes the loop and ends it. It uses no widget and does not wait for the loop,
// except to end it.
type pump struct {
	scr   Screen
	clock model.Clock
	frame time.Duration

	over chan struct{} // closed when the loop has ended
	stop func()        // stops the loop directly

	mu      sync.Mutex
	watched model.Observer
	changed chan struct{} // receives a value when watched was replaced

	beats atomic.Int64 // number of full seconds that have passed
}

func newPump(s Screen, clock model.Clock, frame time.Duration) *pump {
	return &pump{scr: s, clock: clock, frame: frame, changed: make(chan struct{}, 1), over: make(chan struct{})}
}

// watch makes the pump follow another room, or none.
func (p *pump) watch(o model.Observer) {
	p.mu.Lock()
	p.watched = o
	p.mu.Unlock()
	select {
	case p.changed <- struct{}{}:
	default:
	}
}

func (p *pump) viewChanged() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.watched == nil {
		return nil
	}
	return p.watched.Changed()
}

// wake makes the loop process changes and draw. It may be called from any goroutine.
func (p *pump) wake() {
	p.scr.Wake()
}

// spare is how many frames may follow each other without delay after a pause, so that a
// line need not wait for the message that its author is typing.
const spare = 3

// run wakes the loop after each change and each second, on average at most once per
// frame, until ctx ends.
func (p *pump) run(ctx context.Context) {
	tick, frame := time.NewTimer(time.Second), time.NewTimer(0)
	defer tick.Stop()
	defer frame.Stop()
	updates, left, due := p.viewChanged(), spare-1, false
	for {
		listen := updates
		if left == 0 {
			listen = nil
		}
		select {
		case <-ctx.Done():
			return
		case <-p.changed:
			updates, due = p.viewChanged(), true
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

// untilDigit returns the time until the next full second.
func (p *pump) untilDigit() time.Duration {
	now := p.clock.Now()
	return max(10*time.Millisecond, now.Truncate(time.Second).Add(time.Second).Sub(now))
}

// end asks the loop to stop with an event that even a paste does not hold up. It retries,
// because the queue may be full, and finally stops the loop directly.
func (p *pump) end() {
	retry := time.NewTicker(10 * time.Millisecond)
	defer retry.Stop()
	for range 200 {
		_ = p.scr.PostEvent(tcell.NewEventError(errEnd))
		select {
		case <-p.over:
			return
		case <-retry.C:
		}
	}
	p.stop()
}
