package shell

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/elapsed"
)

var errEnd = errors.New("the session ended")

// pump wakes the loop after each change and each second, on average at most once per frame,
// and ends it. It uses no widget and does not wait for the loop, except to end it. It needs
// no goroutine if the screen can wait for its channels.
type pump struct {
	scr   Screen
	clock model.Clock
	frame time.Duration

	over    chan struct{} // closed when the loop has ended
	stop    func()        // stops the loop directly
	advance func() bool   // shows a change that the loop takes later; the loop calls it
	tick    func() bool   // shows another second; the loop calls it

	mu      sync.Mutex
	watched <-chan struct{}
	changed chan struct{} // receives a value when watched was replaced, for a screen that does not follow
	timer   *time.Timer   // until the next full second or frame; if nil, not started
	second  time.Duration // when the next full second begins, see package elapsed
	left    int           // frames that may be drawn now
	grew    time.Duration // when left had this value, if it is less than spare
	due     bool          // a frame is to be drawn
	ahead   bool          // the terminal shows a change that the loop has not taken
	take    time.Duration // when the loop takes it

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
	if p.draw(elapsed.Now()) {
		p.wake()
	}
}

// follow makes whoever waits for the channels wait for the present ones, and reports whether
// that is the screen. mu must be held.
func (p *pump) follow() bool {
	if p.timer == nil {
		return false
	}
	if p.scr.Follow(p.watched, p.timer.C, p.gotInLoop) {
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
	p.timer, p.second = time.NewTimer(time.Second), elapsed.Now()+time.Second
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
		p.timer.Stop()
	}
}

// run waits for the channels, for a screen that cannot.
func (p *pump) run(ctx context.Context) {
	for {
		p.mu.Lock()
		watched := p.watched
		p.mu.Unlock()
		woken := false
		select {
		case <-ctx.Done():
			return
		case <-p.changed:
		case <-watched:
			woken = p.got(0)
		case <-p.timer.C:
			woken = p.got(1)
		}
		if woken {
			p.wake()
		}
	}
}

// reason is why the loop has to be woken.
type reason int

const (
	noReason   reason = iota
	forChange         // the room has changed
	forSecond         // another second has begun, and nothing else
	forTheRest        // a change is shown, and has to be taken
)

// got is called with 0 after a change of the room, and with 1 when the timer ran out. It
// reports whether the loop has to be woken.
func (p *pump) got(i int) (wake bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.reasonOf(i, elapsed.Now()) != noReason
}

// reasonOf returns why the loop has to be woken. mu must be held.
func (p *pump) reasonOf(i int, now time.Duration) (why reason) {
	if i == 0 {
		p.due = true
		if p.draw(now) {
			return forChange
		}
		return noReason
	}
	if now >= p.second {
		p.second = now + p.untilDigit()
		p.beats.Add(1)
		why = forSecond
	}
	if p.ahead && (now >= p.take || why == forSecond) {
		p.ahead, why = false, forTheRest
	}
	if p.draw(now) {
		p.ahead, why = false, forChange
	}
	p.setTimer(now)
	return why
}

// gotInLoop is got, called by the loop itself, which may show a change before it takes it, and
// another second without being woken.
func (p *pump) gotInLoop(i int) (wake bool) {
	now := elapsed.Now()
	p.mu.Lock()
	why := p.reasonOf(i, now)
	p.mu.Unlock()
	switch {
	case why == forSecond && p.tick():
		return false
	case why == forChange && i == 0 && p.advance():
		p.takeLater(now)
		return false
	}
	return why != noReason
}

// takeLater makes the loop take the change that is shown already.
func (p *pump) takeLater(now time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.ahead {
		p.ahead, p.take = true, now+takeAfter
		p.setTimer(now)
	}
}

// draw reports whether a frame is due and may be drawn; it then counts as drawn. mu must
// be held.
func (p *pump) draw(now time.Duration) bool {
	if !p.due || p.timer == nil {
		return false
	}
	if p.left < spare {
		n := (now - p.grew) / max(1, p.frame)
		p.left, p.grew = int(min(spare, time.Duration(p.left)+n)), p.grew+n*p.frame
	}
	if p.left == 0 {
		p.setTimer(now)
		return false
	}
	if p.left == spare {
		p.grew = now
	}
	p.due = false
	p.left--
	return true
}

// setTimer sets the timer to the next full second, or to the next frame if one is due
// earlier. mu must be held.
func (p *pump) setTimer(now time.Duration) {
	d := p.second - now
	if p.due && p.left == 0 {
		d = min(d, p.grew+p.frame-now)
	}
	if p.ahead {
		d = min(d, p.take-now)
	}
	p.timer.Reset(max(0, d))
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
