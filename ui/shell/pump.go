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

// pump wakes the loop after each change and each second, on average at most once per frame,
// and ends it. It uses no widget and does not wait for the loop, except to end it. It needs
// no goroutine if the screen can wait for its channels.
type pump struct {
	scr   Screen
	clock model.Clock
	frame time.Duration

	over chan struct{} // closed when the loop has ended
	stop func()        // stops the loop directly

	mu      sync.Mutex
	watched <-chan struct{}
	changed chan struct{} // receives a value when watched was replaced, for a screen that does not follow
	second  *time.Timer   // until the next full second; if nil, not started
	rest    *time.Timer   // until one more frame may be drawn
	left    int           // frames that may be drawn now
	due     bool          // a frame is to be drawn

	beats atomic.Int64 // number of full seconds that have passed
}

func newPump(s Screen, clock model.Clock, frame time.Duration) *pump {
	return &pump{scr: s, clock: clock, frame: frame, over: make(chan struct{}), changed: make(chan struct{}, 1),
		left: spare}
}

// watch makes the pump follow another room, or none.
func (p *pump) watch(o model.Observer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.watched = nil
	if o != nil {
		p.watched = o.Changed()
	}
	p.follow()
	p.due = true
	p.draw()
}

// follow makes whoever waits for the channels wait for the present ones, and reports whether
// that is the screen. mu must be held.
func (p *pump) follow() bool {
	if p.second == nil {
		return false
	}
	if p.scr.Follow(p.watched, p.second.C, p.rest.C, p.got) {
		return true
	}
	select {
	case p.changed <- struct{}{}:
	default:
	}
	return false
}

// wake makes the loop process changes and draw. It may be called from any goroutine.
func (p *pump) wake() {
	p.scr.Wake()
}

// spare is how many frames may follow each other without delay after a pause, so that a
// line need not wait for the message that its author is typing.
const spare = 3

// start begins to wake the loop, until ctx ends. wait returns when nothing runs any more.
func (p *pump) start(ctx context.Context, g *guard) (wait func()) {
	p.mu.Lock()
	p.second, p.rest = time.NewTimer(time.Second), time.NewTimer(p.frame)
	p.rest.Stop()
	followed := p.follow()
	p.mu.Unlock()
	var running sync.WaitGroup
	if !followed {
		running.Go(g.Guarded(func() { p.run(ctx) }))
	}
	running.Add(1)
	context.AfterFunc(ctx, func() {
		defer running.Done()
		p.end()
	})
	return func() {
		running.Wait()
		p.second.Stop()
		p.rest.Stop()
	}
}

// run waits for the channels, for a screen that cannot.
func (p *pump) run(ctx context.Context) {
	for {
		p.mu.Lock()
		watched := p.watched
		p.mu.Unlock()
		select {
		case <-ctx.Done():
			return
		case <-p.changed:
		case <-watched:
			p.got(0)
		case <-p.second.C:
			p.got(1)
		case <-p.rest.C:
			p.got(2)
		}
	}
}

// got is called after a change of the room, each second, and when a frame has passed.
func (p *pump) got(i int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch i {
	case 0:
		p.due = true
	case 1:
		p.second.Reset(p.untilDigit())
		p.beats.Add(1)
		p.wake()
	case 2:
		if p.left++; p.left < spare {
			p.rest.Reset(p.frame)
		}
	}
	p.draw()
}

// draw wakes the loop if a frame is due and may be drawn. mu must be held.
func (p *pump) draw() {
	if !p.due || p.left == 0 || p.rest == nil {
		return
	}
	if p.left == spare {
		p.rest.Reset(p.frame)
	}
	p.due = false
	p.left--
	p.wake()
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
