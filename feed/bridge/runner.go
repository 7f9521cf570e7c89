package bridge

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"warroom/model"
)

// Options say what a runner works with. All but Base have to be set.
type Options struct {
	Hub     Hub
	Bridges []Bridge
	Now     func() time.Time // the clock
	Logf    func(model.Safe) // what no room can be told
	Base    time.Duration    // how long the first failure of a bridge waits; 0: five seconds
}

// The times of the runner.
const (
	firstWait   = 5 * time.Second
	longestWait = 10 * time.Minute
	urgentWait  = time.Minute      // at most, for what is urgent
	deliverFor  = 30 * time.Second // one attempt; well under the lease
	sayFor      = 15 * time.Second // one line in the log
	openFor     = 30 * time.Second // a room
	listEvery   = time.Minute      // rooms that were made unheard
	gatherFor   = 50 * time.Millisecond
	idleFor     = 2 * time.Second  // while another process hosts
	aloneEvery  = 10 * time.Second // whether a room is still attended
	mostTries   = 60
)

// Runner sees to it that every duty is done, where its process speaks for the
// hub. A nil runner does nothing.
type Runner struct {
	o     Options
	lanes []*lane
	ctx   context.Context
	stop  context.CancelFunc
	wg    sync.WaitGroup
	bell  chan struct{}
	quiet chan quiet  // asks of Settle
	cuts  []string    // the bridges that are cut, at the last round
	spoke atomic.Bool // something was said in a room since this process began

	mu    sync.Mutex // guards what follows
	rooms map[string]*place
	heard map[string]bool // rooms to look at
	never map[string]bool // drills, the lobby
}

// quiet is an ask of Settle.
type quiet struct {
	done  chan struct{}
	fresh bool // what was just said has to be looked at first
}

// lane is the way of one bridge: at most so much at a time.
type lane struct {
	b        Bridge
	pace     *rate.Limiter
	together int

	mu     sync.Mutex
	going  int
	fails  int
	paused time.Time // not before
}

// place is a room that is open here.
type place struct {
	short  string
	office Office
	seen   *model.Room // of which the duties are
	left   []todo
	stop   context.CancelFunc // of the bell

	mu    sync.Mutex
	going map[string]context.CancelFunc // by key of the duty
	hold  map[string]time.Time          // not before
}

// todo is a duty that is not done.
type todo struct {
	Duty
	l     *lane
	due   time.Time
	tries int
	begun bool
	late  bool // it was begun, and is given up now
}

// Start begins. Without bridges it returns nil, and nothing runs.
func Start(o Options) *Runner {
	if len(o.Bridges) == 0 {
		return nil
	}
	if o.Base == 0 {
		o.Base = firstWait
	}
	r := &Runner{o: o, bell: make(chan struct{}, 1), quiet: make(chan quiet),
		rooms: map[string]*place{}, heard: map[string]bool{}, never: map[string]bool{}}
	for _, b := range o.Bridges {
		every, burst, together := 500*time.Millisecond, 10, 2
		if p, ok := b.(Paced); ok {
			every, burst, together = p.Pace()
		}
		r.lanes = append(r.lanes, &lane{b: b, pace: rate.NewLimiter(rate.Every(every), burst), together: together})
	}
	r.ctx, r.stop = context.WithCancel(context.Background())
	deafen, deaf := r.listenTo()
	r.wg.Go(func() { r.run(r.ctx, deafen, deaf) })
	for _, l := range r.lanes {
		if b, ok := l.b.(Listener); ok {
			r.wg.Go(func() { r.listen(r.ctx, b, l) })
		}
	}
	return r
}

// Close ends everything that is on its way, and waits for it. What was not said
// to be done is done again by the next.
func (r *Runner) Close() {
	if r == nil {
		return
	}
	r.stop()
	r.wg.Wait()
	for _, p := range r.places() {
		p.office.Close()
	}
}

// Settle waits until nothing is due, but for what fails, or until ctx ends. Where
// nothing was said since this process began it waits for what is on its way alone.
func (r *Runner) Settle(ctx context.Context) {
	if r == nil || !r.o.Hub.Presides() {
		return
	}
	r.gather(ctx) // what was said last comes back now
	q := quiet{make(chan struct{}), r.spoke.Load()}
	select {
	case r.quiet <- q:
	case <-ctx.Done():
		return
	}
	select {
	case <-q.done:
	case <-ctx.Done():
	}
}

// Hooks are the handlers of the bridges that take requests, by name.
func (r *Runner) Hooks() map[string]Hook {
	out := map[string]Hook{}
	if r == nil {
		return out
	}
	for _, l := range r.lanes {
		if b, ok := l.b.(Hooked); ok {
			out[l.b.Name()] = b.Webhook(inlet{r, l})
		}
	}
	return out
}

// run goes round until ctx ends.
func (r *Runner) run(ctx context.Context, stop func(), deaf bool) {
	defer func() { stop() }()
	var listed time.Time
	var asks []quiet
	for ctx.Err() == nil {
		wait := idleFor
		if r.o.Hub.Presides() {
			if deaf {
				stop, deaf = r.listenTo()
			}
			if now := r.o.Now(); now.Sub(listed).Abs() >= listEvery && r.list(ctx) {
				listed = now
			}
			r.enter(ctx)
			var busy bool
			wait, busy = r.round(ctx)
			asks = slices.DeleteFunc(asks, func(q quiet) bool {
				over := !busy && (!listed.IsZero() || !q.fresh)
				if over {
					close(q.done)
				}
				return over
			})
		}
		t := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			t.Stop()
			return
		case q := <-r.quiet:
			asks = append(asks, q)
			if q.fresh {
				listed = time.Time{} // what was just declared counts too
			}
		case <-r.bell:
			r.gather(ctx)
		case <-t.C:
		}
		t.Stop()
	}
}

// listenTo hears what is said from now on, where this process speaks for the hub.
func (r *Runner) listenTo() (stop func(), deaf bool) {
	if r.o.Hub.Presides() {
		if stop, err := r.o.Hub.Hear(r.hear); err == nil {
			return stop, false
		}
	}
	return func() {}, true
}

// gather lets a burst of news come in before it is looked at.
func (r *Runner) gather(ctx context.Context) {
	t := time.NewTimer(gatherFor)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

func (r *Runner) ring() {
	select {
	case r.bell <- struct{}{}:
	default:
	}
}

// hear notes that a room is to be looked at.
func (r *Runner) hear(short string) {
	r.spoke.Store(true)
	r.mu.Lock()
	if r.rooms[short] == nil && !r.never[short] {
		r.heard[short] = true
	}
	r.mu.Unlock()
	r.ring()
}

// list has every room looked at that is not open.
func (r *Runner) list(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, openFor)
	defer cancel()
	names, err := r.o.Hub.Shorts(ctx)
	if err != nil {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range names {
		if r.rooms[s] == nil && !r.never[s] {
			r.heard[s] = true
		}
	}
	return true
}

// places are the rooms that are open here.
func (r *Runner) places() []*place {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := make([]*place, 0, len(r.rooms))
	for _, p := range r.rooms {
		out = append(out, p)
	}
	return out
}
