package feed

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"

	"warroom/model"
)

// follower folds the log of one room for everybody in this process.
type follower struct {
	h     *house
	short string
	room  string // ULID
	alone bool   // the server could not be asked when the room was opened: the copy comes first
	stop  context.CancelFunc
	wg    sync.WaitGroup
	ready chan struct{} // closed when there is something to show
	begun chan struct{} // closed when the tip was reached once
	live  chan *nats.Msg
	poke  chan struct{} // ask for the tip
	check chan refold   // the background check is through
	hall  hall          // who is here, and who knocks
	grave grave         // what was redacted
	subs  subscriptions

	copy *copyist
	anew atomic.Bool // a refold is under way
	log  *reader     // of the goroutine, but for linkOf
	at   fold        // of the goroutine

	state     atomic.Pointer[shared]
	whole     atomic.Pointer[life] // the connection over which the end of the log was reached
	cleared   atomic.Pointer[life] // and that over which it was compared with the copy
	mu        sync.Mutex           // guards what follows, and writing state
	bells     map[chan struct{}]bool
	desks     map[string]*desk // by key
	waits     []wait
	admitting map[string]bool // keys whose admission is on its way
	clock     offset
}

// fold is how far the room is folded.
type fold struct {
	room  *model.Room
	tip   uint64    // last sequence that is known to exist
	seq   uint64    // of the newest event
	leaf  string    // and its leaf hash
	fresh uint64    // events folded since the last snapshot
	drawn time.Time // when the room was shown the last time
	quick bool      // from a snapshot; the check behind runs
	back  bool      // folded anew: what is shown may go backwards
}

// shared is what all seats of a room show. It is never changed, only replaced.
type shared struct {
	room   *model.Room
	proof  model.Proof
	two    model.Safe // two truths: what was found; it stays
	split  model.Safe // the copy and the hub's log are two records: nothing is sent
	held   model.Safe // why the hub lets nobody write; it goes
	behind uint64
	next   uint64
	here   []model.Presence
	left   []model.Presence
	knocks []model.Knock
	offset time.Duration
}

// wait is somebody who waits for a sequence to be folded.
type wait struct {
	seq  uint64
	done chan struct{}
}

// drawEvery is how often a room is shown while many events come in.
const drawEvery = 10 * time.Millisecond

// pollEvery is how often the tip is asked for although nothing says it moved:
// the beats of the others show a gap sooner.
const pollEvery = 30 * time.Second

// view returns what is shown now.
func (f *follower) view() *shared { return f.state.Load() }

// change replaces what is shown and rings all bells.
func (f *follower) change(fn func(s *shared)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := *f.state.Load()
	fn(&s)
	s.proof.Alarm, s.proof.Held = s.two, false
	if s.two.IsEmpty() {
		s.proof.Alarm, s.proof.Held = s.held, !s.held.IsEmpty()
	}
	s.here, s.left = f.hall.people()
	s.knocks = f.hall.knocks(s.room)
	f.state.Store(&s)
	for len(f.waits) > 0 && f.waits[0].seq < s.next {
		close(f.waits[0].done)
		f.waits = f.waits[1:]
	}
	for b := range f.bells {
		ring(b)
	}
}

// bell rings everybody without a change: the link moved.
func (f *follower) bell() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for b := range f.bells {
		ring(b)
	}
}

// run follows the room until ctx ends.
func (f *follower) run(ctx context.Context) {
	defer f.wg.Done()
	if f.alone {
		f.readCopy(ctx)
	}
	f.catchUp(ctx)
	t := time.NewTimer(jitter(pollEvery))
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case m := <-f.live:
			f.hear(ctx, m)
			continue
		case r := <-f.check:
			f.adopt(ctx, r)
		case <-f.grave.redo:
			f.afresh(ctx)
		case <-f.poke:
			f.catchUp(ctx)
		case <-t.C:
			f.catchUp(ctx)
		}
		t.Reset(jitter(pollEvery))
	}
}

func jitter(d time.Duration) time.Duration { return d/2 + rand.N(d) }

// hear takes in the live messages that are there, then shows the room.
func (f *follower) hear(ctx context.Context, m *nats.Msg) {
	for {
		if !f.direct(m) {
			f.catchUp(ctx)
			return
		}
		select {
		case m = <-f.live:
		default:
			f.draw(true)
			return
		}
	}
}

// direct folds a live message where it is the next one and checks. Everything
// else is false: the log is asked, as anybody who may publish could have said
// what came over the live subject.
func (f *follower) direct(m *nats.Msg) bool {
	if f.h.dropLive.lose() {
		return true
	}
	r, ok := recordOf(m)
	if !ok || last(m.Header, hdrStream) != streamOf(f.short) || r.seq > f.log.next {
		return false
	}
	if r.seq < f.log.next {
		return true // known
	}
	e := f.log.check(r)
	if e == nil || e.Fault != "" {
		return false
	}
	f.log.next = r.seq + 1
	f.log.hear(r)
	f.mu.Lock()
	f.clock.heard(r.at.Sub(f.h.o.Now()))
	f.mu.Unlock()
	return f.apply(r.seq, e) == nil
}

// apply folds one event, nil for a message that is none. It never fails.
func (f *follower) apply(seq uint64, e *model.Event) error {
	f.at.tip = max(f.at.tip, seq)
	if e == nil {
		return nil
	}
	was := len(f.at.room.Redactions)
	f.at.room, f.at.leaf, f.at.seq = model.Apply(f.at.room, e), e.Leaf, seq
	f.at.fresh++
	if e.Kind == model.KindKeyAdmitted {
		f.showAdmitted()
	}
	if len(f.at.room.Redactions) > was {
		defer f.redacted() // when it is shown
	}
	f.mu.Lock()
	d := f.desks[e.Key]
	f.mu.Unlock()
	if d != nil {
		d.folded(e)
	}
	f.draw(false)
	return nil
}

// draw shows the room: now at the tip, else every now and then.
func (f *follower) draw(atTip bool) {
	now := f.h.o.Now()
	if !atTip && now.Sub(f.at.drawn) < drawEvery || f.log.next < f.view().next && !f.at.back {
		return // soon, or never backwards
	}
	f.at.back = false
	f.at.drawn = now
	f.change(func(s *shared) {
		s.room, s.next = f.at.room, f.log.next
		s.behind = max(f.at.tip+1, f.log.next) - f.log.next
		s.offset = f.clock.best(f.h.hosting())
		s.proof.Total, s.proof.Bad = f.at.tip, uint64(f.at.room.Bad)
		if n := f.at.room.Rules; n > model.RulesVersion {
			s.proof.Newer = model.Safef("the room follows the rules %d, and this program supports them up to %d; a newer warroom is needed to show it as it is", n, model.RulesVersion)
		}
		if s.proof.Pending = f.at.quick; !f.at.quick {
			s.proof.Checked = f.log.next - 1
		}
	})
	f.dig(false)
	if atTip || f.log.next > f.h.o.many {
		shut(f.ready)
	}
	if f.at.fresh >= f.h.o.many && atTip {
		if err := f.save(f.h.o.many); err != nil {
			f.at.fresh = 0 // not again with the next event
			f.h.o.Logf(model.Safef("the room %s is not cached: %s", f.short, err))
		}
	}
}

// shut closes a channel once. Only one goroutine does so.
func shut(c chan struct{}) {
	select {
	case <-c:
	default:
		close(c)
	}
}

// alarm shows that there are two truths. An alarm stays.
func (f *follower) alarm(text model.Safe) {
	f.change(func(s *shared) {
		if s.two.IsEmpty() {
			s.two = text
		}
	})
}

// reached waits until a sequence is folded and shown.
func (f *follower) reached(ctx context.Context, seq uint64) error {
	f.mu.Lock()
	if f.state.Load().next > seq {
		f.mu.Unlock()
		return nil
	}
	w := wait{seq: seq, done: make(chan struct{})}
	i := 0
	for i < len(f.waits) && f.waits[i].seq <= seq {
		i++
	}
	f.waits = append(f.waits[:i], append([]wait{w}, f.waits[i:]...)...)
	f.mu.Unlock()
	select {
	case <-w.done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for entry %d: %w", seq, ctx.Err())
	}
}

// seatAt tells the follower which desk a key sits at.
func (f *follower) seatAt(key string, d *desk) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.desks[key] = d
}

// leave forgets a desk under all its keys.
func (f *follower) leave(d *desk) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for k, v := range f.desks {
		if v == d {
			delete(f.desks, k)
		}
	}
}
