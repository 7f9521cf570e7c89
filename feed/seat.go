package feed

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"warroom/model"
)

// Seat is one person's place in one room. Its methods may be called from any
// goroutine.
type Seat struct {
	d      *desk
	bell   chan struct{}
	typing atomic.Bool
	once   sync.Once
	leave  context.CancelFunc
	wg     sync.WaitGroup

	mu   sync.Mutex
	made cached
	end  ending
}

var _ model.Seat = (*Seat)(nil)

// cached is the view that was made the last time, and of what.
type cached struct {
	state   *shared
	waiting *queue
	link    *model.Link
	view    *model.View
}

func newSeat(d *desk) *Seat {
	s := &Seat{d: d, bell: make(chan struct{}, 1)}
	d.mu.Lock()
	d.bells[s.bell] = true
	d.seats = append(d.seats, s)
	d.mu.Unlock()
	d.f.watch(s.bell)
	d.f.send(d.p.hold().text, beat{Handle: d.p.handle, Via: d.p.via, Ask: true})
	ctx, leave := context.WithCancel(d.h.ctx)
	s.leave = leave
	if d.sits() {
		ring(d.f.hall.hurry)
		d.h.wg.Add(1) // who closes the feed without the seat waits too
		s.wg.Go(func() {
			defer d.h.wg.Done()
			d.comeIn(ctx)
		})
	}
	return s
}

// sits says whether a person sits here for some time: one-shot commands and a
// screen on a wall only look in, and are neither seen nor let in before they say
// something.
// Nor is the hub, which stores what comes by its doors.
func (d *desk) sits() bool {
	return d.p.via != "cli" && d.p.via != "wall" && d.p.handle != hubHandle
}

// comeIn has the desk's key let in before its person says anything. Where that
// fails, saying something tries it again and tells why.
func (d *desk) comeIn(ctx context.Context) {
	if d.f.settled(ctx) == nil {
		_ = d.admitted(ctx) // see above
	}
}

// Who says as whom this seat writes.
func (s *Seat) Who() model.Actor { return s.d.p.who() }

// Submit decides the act and keeps it on disk.
func (s *Seat) Submit(ctx context.Context, a model.Act) (model.Receipt, error) {
	if err := s.mayStay(); err != nil {
		return model.Receipt{}, err
	}
	id, _, err := s.d.submit(ctx, a)
	return model.Receipt{ID: id}, atDoor(err)
}

// Append is Submit, and waits until the event is stored and folded.
func (s *Seat) Append(ctx context.Context, a model.Act) (model.Receipt, error) {
	if err := s.mayStay(); err != nil {
		return model.Receipt{}, err
	}
	id, c, err := s.d.submit(ctx, a)
	if err != nil {
		return model.Receipt{}, atDoor(err)
	}
	r, err := s.d.await(ctx, id, c)
	if b, ok := a.Body.(*model.EntryRedacted); ok && err == nil {
		err = s.d.f.underground(ctx, b.Seq)
	}
	return r, err
}

// atDoor words an error of submit: nothing was kept, so it cannot be Kept.
func atDoor(err error) error {
	var e *model.Error
	if errors.As(err, &e) && e.Code == model.Kept {
		return &model.Error{Code: model.Forbidden, Message: e.Message}
	}
	return err
}

// Dismiss takes a draft that was refused out of View.Waiting.
func (s *Seat) Dismiss(id string) error { return s.d.dismiss(id) }

// Latest returns the newest view.
func (s *Seat) Latest() *model.View {
	// The desk hears of an event before the room with it is shown, so the
	// state has to be taken first: a draft is then waiting or in the room.
	st := s.d.f.view()
	w, l := s.d.waiting.Load(), s.d.h.link.Load()
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := s.made; m.view != nil && m.state == st && m.waiting == w && m.link == l {
		return m.view
	}
	if v := s.ended(st.room); v != nil {
		return v
	}
	v := &model.View{Short: s.d.f.short, Room: st.room, Link: *l, Here: st.here, Left: st.left,
		Knocks: st.knocks, Proof: st.proof, Offset: st.offset}
	v.Waiting = w.before(st.next)
	if v.Link.State == model.Live && st.behind > 0 {
		v.Link.State, v.Link.Behind = model.Catching, st.behind
	}
	s.made = cached{st, w, l, v}
	return v
}

// Bell has an element after Latest has changed.
func (s *Seat) Bell() <-chan struct{} { return s.bell }

// Here tells the others that this person is typing or not.
func (s *Seat) Here(typing bool) {
	if s.typing.Swap(typing) != typing {
		ring(s.d.f.hall.hurry)
	}
}

// lastWait is how long what was just said may take before a seat is given up.
const lastWait = 2 * time.Second

// lastWords lets what was just said get into the log, where the hub is there: who
// speaks and leaves should not have to come back for it. What does not get there
// stays in the outbox.
func (d *desk) lastWords() {
	if d.unsent() == 0 || d.shut() != nil || d.h.Link().State != model.Live {
		return
	}
	ctx, cancel := context.WithTimeout(d.h.ctx, lastWait)
	defer cancel()
	_ = d.empty(ctx) // see above
}

// Close leaves the room.
func (s *Seat) Close() {
	s.once.Do(func() {
		s.leave()
		s.wg.Wait()
		s.d.lastWords()
		s.d.f.unwatch(s.bell)
		if s.d.stand(s) && s.d.sits() && !s.d.barred() {
			s.d.f.send(s.d.p.hold().text, beat{Handle: s.d.p.handle, Via: s.d.p.via, Bye: true})
		}
		if err := s.d.h.rise(s.d); err != nil {
			s.d.h.o.Logf(model.Sentence(err))
		}
	})
}

// stand takes a seat away from the desk; last says whether it was the last.
func (d *desk) stand(s *Seat) (last bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.bells, s.bell)
	for i, o := range d.seats {
		if o == s {
			d.seats = append(d.seats[:i:i], d.seats[i+1:]...)
			break
		}
	}
	return len(d.seats) == 0
}

// presence says whether somebody sits here, and types.
func (d *desk) presence() (here, typing bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, s := range d.seats {
		typing = typing || s.typing.Load()
	}
	return d.sits() && len(d.seats) > 0 && !d.barred(), typing
}

// watch rings a bell when what is shown changes.
func (f *follower) watch(b chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.bells[b] = true
}

// unwatch stops that.
func (f *follower) unwatch(b chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.bells, b)
}
