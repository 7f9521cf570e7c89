package feed

import (
	"context"
	"errors"
	"sync"

	"github.com/nats-io/nats.go"

	"warroom/model"
)

// opening is a room that is open in this process, or about to be.
type opening struct {
	refs int // guarded by house.mu
	done chan struct{}
	mu   sync.Mutex
	f    *follower
	err  error
}

// room returns the follower where it is there.
func (o *opening) room() *follower {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.f
}

// deskID is who writes where.
type deskID struct {
	p     *pen
	short string
}

var errClosed = errors.New("this terminal is closing")

// follow opens a room or joins whoever has it open. Everyone who got a
// follower gives it back with unfollow.
func (h *house) follow(ctx context.Context, short string) (*follower, error) {
	h.mu.Lock()
	if h.ctx.Err() != nil {
		h.mu.Unlock()
		return nil, errClosed
	}
	op := h.rooms[short]
	if op == nil {
		op = &opening{done: make(chan struct{})}
		h.rooms[short] = op
		go h.openRoom(short, op)
	}
	op.refs++
	h.mu.Unlock()
	select {
	case <-op.done:
	case <-ctx.Done():
		return nil, errors.Join(model.Refuse(model.Unreachable, "the room %s could not be opened in time (%s)", short, ctx.Err()), h.unfollow(short))
	}
	if op.err != nil {
		return nil, errors.Join(op.err, h.unfollow(short))
	}
	return op.f, nil
}

// openRoom makes the follower for an opening.
func (h *house) openRoom(short string, op *opening) {
	f, err := newFollower(h.ctx, h, short)
	op.mu.Lock()
	op.f, op.err = f, err
	op.mu.Unlock()
	close(op.done)
}

// unfollow gives a room back; the last one closes it.
func (h *house) unfollow(short string) error {
	h.mu.Lock()
	op := h.rooms[short]
	if op == nil {
		h.mu.Unlock()
		return nil
	}
	op.refs--
	if op.refs > 0 {
		h.mu.Unlock()
		return nil
	}
	delete(h.rooms, short)
	h.mu.Unlock()
	<-op.done
	if op.f == nil {
		return nil
	}
	return op.f.close()
}

// isOpen says whether a room is open in this process.
func (h *house) isOpen(short string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.rooms[short] != nil
}

// sit opens the desk of a pen in a room. Everyone who got one gives it back
// with rise.
func (h *house) sit(ctx context.Context, p *pen, short string) (*desk, error) {
	f, err := h.follow(ctx, short)
	if err != nil {
		return nil, err
	}
	d, made, err := h.deskAt(p, f)
	if !made {
		err = errors.Join(err, h.unfollow(short)) // the desk has the room already, or there is none
	}
	if err != nil {
		return nil, err
	}
	return d, nil
}

// deskAt returns the desk of a pen in an open room, and whether it is new.
func (h *house) deskAt(p *pen, f *follower) (d *desk, made bool, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	id := deskID{p, f.short}
	if d := h.desks[id]; d != nil {
		d.refs++
		return d, false, nil
	}
	d, err = newDesk(h.ctx, h, p, f)
	if err != nil {
		return nil, false, err
	}
	d.refs = 1
	h.desks[id] = d
	return d, true, nil
}

// rise gives a desk back; the last one closes it and leaves the room.
func (h *house) rise(d *desk) error {
	h.mu.Lock()
	d.refs--
	id := deskID{d.p, d.f.short}
	if d.refs > 0 || h.desks[id] != d { // the latter: the process closes
		h.mu.Unlock()
		return nil
	}
	delete(h.desks, id)
	h.mu.Unlock()
	return errors.Join(d.close(), h.unfollow(d.f.short))
}

// closeRooms closes what is still open when the process ends.
func (h *house) closeRooms() error {
	h.mu.Lock()
	desks, rooms := h.desks, h.rooms
	h.desks, h.rooms = map[deskID]*desk{}, map[string]*opening{}
	h.mu.Unlock()
	var errs []error
	for _, d := range desks {
		errs = append(errs, d.close())
	}
	for _, op := range rooms {
		<-op.done
		if op.f != nil {
			errs = append(errs, op.f.close())
		}
	}
	return errors.Join(errs...)
}

// bare is a follower that does not follow yet.
func (h *house) bare(short string) *follower {
	f := &follower{h: h, short: short, ready: make(chan struct{}), begun: make(chan struct{}),
		poke: make(chan struct{}, 1), check: make(chan refold, 1), bells: map[chan struct{}]bool{}, desks: map[string]*desk{}}
	f.hall.init(h.o.Now)
	f.grave = newGrave()
	f.log = newReader(h.w, short)
	f.log.each, f.log.missing = f.apply, func(seq uint64) { f.lost(seq, f.log.newer) }
	f.at.room = model.NewRoom()
	f.state.Store(&shared{room: f.at.room, next: 1})
	return f
}

// newFollower finds the room, subscribes to it and begins to read.
func newFollower(ctx context.Context, h *house, short string) (*follower, error) {
	f := h.bare(short)
	f.live = make(chan *nats.Msg, 8192)
	f.copy = &copyist{f: f, bell: make(chan struct{}, 1)}
	f.log.heard = f.copy.hear
	snap, err := f.begin(ctx, h.o.many)
	if model.CodeOf(err) == model.Unreachable {
		snap, err = f.beginAlone(err)
	}
	if err != nil {
		return nil, err
	}
	if f.log.next == 1 {
		f.log.kept, f.log.other = f.keptRoot(), f.other
	}
	ctx, f.stop = context.WithCancel(ctx)
	if err := f.subscribe(); err != nil {
		return nil, errors.Join(err, f.close())
	}
	f.wg.Add(4)
	go f.sexton(ctx)
	go f.copy.run(ctx)
	go f.run(ctx)
	go f.greet(ctx)
	if snap != nil {
		f.wg.Add(1)
		go f.recheck(ctx, *snap)
	}
	return f, nil
}

// subscribe listens to the room before it is read, so that nothing falls
// between. What does not fit into the channel is read from the log.
func (f *follower) subscribe() error {
	handlers := map[string]nats.MsgHandler{
		laneLive: func(m *nats.Msg) {
			if f.copy.hearSeal(m) {
				return
			}
			select {
			case f.live <- m:
			default:
				ring(f.poke)
			}
		},
		laneHere: f.beat,
		laneDoor: f.knock,
		laneGate: f.knock,
	}
	if l := f.h.o.login; l != nil && l.Right != model.Command { // who knocks is not theirs to hear
		delete(handlers, laneDoor)
		delete(handlers, laneGate)
	}
	for what, fn := range handlers {
		subs, err := f.h.w.subscribeLane(f.short, what, fn)
		if err != nil {
			return model.Refuse(model.Unreachable, "the hub cannot be asked for the room %s: %s", f.short, err)
		}
		f.subs = append(f.subs, subs...)
	}
	return nil
}

// close stops following and keeps a snapshot for the next time.
func (f *follower) close() error {
	f.stop()
	f.subs.Unsubscribe()
	f.wg.Wait()
	if f.log.next <= f.h.o.many {
		return nil
	}
	return f.save(f.h.o.many / 4)
}
