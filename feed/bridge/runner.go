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

// Options configure a runner. All fields except Base and Look are required.
type Options struct {
	Hub     Hub
	Bridges []Bridge
	Now     func() time.Time // the clock
	Logf    func(model.Safe) // logs what cannot be recorded in a room
	Base    time.Duration    // delay after the first failure of a bridge; if 0, five seconds
	Look    time.Duration    // interval of checks whether a refused secret was replaced; if 0, two seconds
}

// The timing of the runner.
const (
	firstWait          = 5 * time.Second
	longestWait        = 10 * time.Minute
	urgentWait         = time.Minute      // max delay for urgent duties
	deliverFor         = 30 * time.Second // max duration of one attempt; well below the lease
	appendTimeout      = 15 * time.Second // max duration of writing one entry
	openFor            = 30 * time.Second // max duration of opening a room
	listEvery          = time.Minute      // interval of listing rooms, to find those created without a notification
	gatherFor          = 50 * time.Millisecond
	idleFor            = 2 * time.Second  // interval of checks while another process hosts
	unattendedInterval = 10 * time.Second // interval of checks whether a room is attended
	maxTries           = 60
)

// Runner delivers duties while its process acts for the hub. A nil runner does nothing.
type Runner struct {
	o              Options
	queues         []*deliveryQueue
	ctx            context.Context
	stop           context.CancelFunc
	wg             sync.WaitGroup
	wake           chan struct{}
	settleRequests chan settleRequest // calls of Settle
	cuts           []string           // the channels that were cut in the last round
	spoke          atomic.Bool        // a room had activity since this process started

	mu           sync.Mutex // guards the fields below
	rooms        map[string]*roomBridge
	pendingRooms map[string]bool // rooms to examine
	never        map[string]bool // drills, the lobby
}

// settleRequest is a call of Settle.
type settleRequest struct {
	done          chan struct{}
	includeNewest bool // examine the newest entries first
}

// deliveryQueue limits the rate of one bridge.
type deliveryQueue struct {
	b        Bridge
	pace     *rate.Limiter
	together int

	mu     sync.Mutex
	going  int
	fails  int
	paused time.Time // not before
	sent   uint64    // deliveries, and
	failed uint64    // failures since the process began

	awaiting bool // waiting for another secret, as one was refused
	renewed  bool // there is another secret
}

// roomBridge is a room that is open here.
type roomBridge struct {
	short   string
	hubRoom HubRoom
	seen    *model.Room // the state from which the duties were computed
	left    []todo
	stop    context.CancelFunc // ends the notifications
	retry   map[string]bool    // duties that are tried even before their delay is over

	mu    sync.Mutex
	going map[string]context.CancelFunc // running deliveries by key of the duty
	hold  map[string]time.Time          // earliest next attempt
}

// todo is a duty that is not done.
type todo struct {
	Duty
	l     *deliveryQueue
	due   time.Time
	tries int
	begun bool
	late  bool // it is given up now

	failed bool // the last attempt was one of this key, and failed
}

// Start starts a runner. Without bridges it returns nil, and nothing runs.
func Start(o Options) *Runner {
	if len(o.Bridges) == 0 {
		return nil
	}
	if o.Base == 0 {
		o.Base = firstWait
	}
	if o.Look == 0 {
		o.Look = lookEvery
	}
	r := &Runner{o: o, wake: make(chan struct{}, 1), settleRequests: make(chan settleRequest),
		rooms: map[string]*roomBridge{}, pendingRooms: map[string]bool{}, never: map[string]bool{}}
	for _, b := range o.Bridges {
		every, burst, together := b.Pace()
		r.queues = append(r.queues,
			&deliveryQueue{b: b, pace: rate.NewLimiter(rate.Every(every), burst), together: together})
	}
	r.ctx, r.stop = context.WithCancel(context.Background())
	unsubscribe, unsubscribed := r.listenTo()
	r.wg.Go(func() { r.run(r.ctx, unsubscribe, unsubscribed) })
	for _, l := range r.queues {
		r.wg.Go(func() { r.listen(r.ctx, l) })
	}
	return r
}

// Close ends all running deliveries and waits for them. Deliveries that were not recorded
// as done are repeated by the next process.
func (r *Runner) Close() {
	if r == nil {
		return
	}
	r.stop()
	r.wg.Wait()
	for _, p := range r.roomBridges() {
		p.hubRoom.Close()
	}
}

// Settle waits until nothing is due except for failing duties, or until ctx ends. If no
// room had activity since this process started, it only waits for running deliveries.
func (r *Runner) Settle(ctx context.Context) {
	if r == nil || !r.o.Hub.Presides() {
		return
	}
	r.gather(ctx) // receive the newest entries first
	q := settleRequest{done: make(chan struct{}), includeNewest: r.spoke.Load()}
	select {
	case r.settleRequests <- q:
	case <-ctx.Done():
		return
	}
	select {
	case <-q.done:
	case <-ctx.Done():
	}
}

// Hooks returns the webhook handlers of the bridges, by name.
func (r *Runner) Hooks() map[string]Hook {
	out := map[string]Hook{}
	if r == nil {
		return out
	}
	for _, l := range r.queues {
		if h := l.b.Webhook(inlet{r: r, l: l}); h != nil {
			out[l.b.Name()] = h
		}
	}
	return out
}

// run executes rounds until ctx ends.
func (r *Runner) run(ctx context.Context, stop func(), unsubscribed bool) {
	defer func() { stop() }()
	var listed time.Time
	var asks []settleRequest
	for ctx.Err() == nil {
		wait := idleFor
		if r.o.Hub.Presides() {
			if unsubscribed {
				stop, unsubscribed = r.listenTo()
			}
			if now := r.o.Now(); now.Sub(listed).Abs() >= listEvery && r.list(ctx) {
				listed = now
			}
			r.enter(ctx)
			var busy bool
			wait, busy = r.round(ctx)
			asks = slices.DeleteFunc(asks, func(q settleRequest) bool {
				over := !busy && (!listed.IsZero() || !q.includeNewest)
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
		case q := <-r.settleRequests:
			asks = append(asks, q)
			if q.includeNewest {
				listed = time.Time{} // include what was just declared
			}
		case <-r.wake:
			r.gather(ctx)
		case <-t.C:
		}
		t.Stop()
	}
}

// listenTo subscribes to activity while this process acts for the hub.
func (r *Runner) listenTo() (stop func(), unsubscribed bool) {
	if r.o.Hub.Presides() {
		if stop, err := r.o.Hub.OnActivity(r.markPending); err == nil {
			return stop, false
		}
	}
	return func() {}, true
}

// gather waits a little, so that a burst of activity is examined together.
func (r *Runner) gather(ctx context.Context) {
	t := time.NewTimer(gatherFor)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

func (r *Runner) notify() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// markPending records that a room has to be examined.
func (r *Runner) markPending(short string) {
	r.spoke.Store(true)
	r.mu.Lock()
	if r.rooms[short] == nil && !r.never[short] {
		r.pendingRooms[short] = true
	}
	r.mu.Unlock()
	r.notify()
}

// list marks every room that is not open.
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
			r.pendingRooms[s] = true
		}
	}
	return true
}

// roomBridges returns the rooms that are open here.
func (r *Runner) roomBridges() []*roomBridge {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := make([]*roomBridge, 0, len(r.rooms))
	for _, p := range r.rooms {
		out = append(out, p)
	}
	return out
}
