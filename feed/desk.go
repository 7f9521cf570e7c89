package feed

import (
	"context"
	"crypto/rand"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/oklog/ulid/v2"

	"warroom/feed/logcopy"
	"warroom/model"
)

// desk is where one pen writes in one room: its outbox, and the goroutine that
// empties it.
type desk struct {
	h    *house
	p    *pen
	f    *follower
	bell chan struct{}   // there is something to send, or a reason to try again
	ctx  context.Context // ends with the desk
	stop context.CancelFunc
	done chan struct{}
	refs int // guarded by house.mu

	mu       sync.Mutex
	box      *outbox
	outcomes map[string]chan outcome
	bells    map[chan struct{}]bool
	seats    []*Seat
	door     chan struct{}     // held by who is knocking
	tried    model.Safe        // why sending does not go on
	again    []logcopy.Message // in a log that was lost, to be published again
	astray   atomic.Bool       // the log was repaired: look anew where the key stands

	landed []*slip // stored, and perhaps not folded yet: out of the outbox, still to be seen

	waiting atomic.Pointer[queue]
	spot    spot // of the goroutine alone
}

// lastLanded is how many events ago a draft landed that is still in the list.
const lastLanded = 64

// outcome is what became of a draft.
type outcome struct {
	seq uint64
	err error
}

// newDesk opens the outbox and starts the goroutine.
func newDesk(ctx context.Context, h *house, p *pen, f *follower) (*desk, error) {
	d := &desk{h: h, p: p, f: f, bell: make(chan struct{}, 1), done: make(chan struct{}), door: make(chan struct{}, 1),
		outcomes: map[string]chan outcome{}, bells: map[chan struct{}]bool{}}
	k := p.hold()
	box, bad, err := h.outbox(outboxPath(h.o.Data, k.text, f.room), boxHead{Room: f.room, Short: f.short, Handle: p.handle})
	if err != nil {
		return nil, err
	}
	if !bad.IsEmpty() {
		h.o.Logf(bad)
		d.tried = bad
	}
	d.box = box
	d.show()
	d.again = h.readOwed(f.room, k.text)
	f.seatAt(k.text, d)
	d.ctx, d.stop = context.WithCancel(ctx)
	go d.run(d.ctx)
	return d, nil
}

// close stops the goroutine and closes the outbox; what waits stays in it.
func (d *desk) close() error {
	d.stop()
	<-d.done
	d.f.leave(d)
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.box.close()
}

// show makes what waits visible. It is called with mu held, or before anybody
// else knows the desk.
//
// What landed stays in the list for a while: a view may be made of an older room.
func (d *desk) show() {
	next := d.f.view().next
	for len(d.landed) > 0 && d.landed[0].seq+lastLanded < next {
		d.landed = d.landed[1:]
	}
	d.waiting.Store(&queue{landed: d.landed, line: d.box.line, tried: d.tried})
	for b := range d.bells {
		ring(b)
	}
}

// submit decides an act against the newest room and keeps it on disk.
func (d *desk) submit(ctx context.Context, a model.Act) (string, chan outcome, error) {
	if err := d.f.settled(ctx); err != nil {
		return "", nil, err
	}
	if err := d.admitted(ctx); err != nil {
		return "", nil, err
	}
	now, who := d.h.hubNow(d.f), d.p.who()
	if err := model.Decide(d.f.view().room, who, a, now); err != nil {
		return "", nil, err
	}
	if b, ok := a.Body.(*model.EntryRedacted); ok {
		whole := *b
		if err := d.witness(ctx, &whole); err != nil {
			return "", nil, err
		}
		a.Body = &whole
	}
	id, err := newID(d.h.o.Now())
	if err != nil {
		return "", nil, err
	}
	draft, err := model.NewDraft(id, who, a, now)
	if err != nil {
		return "", nil, err
	}
	return d.keep(draft)
}

// keep puts a draft into the outbox and wakes the goroutine.
func (d *desk) keep(draft model.Draft) (string, chan outcome, error) {
	if len(draft.Body) > model.MaxBody && draft.Kind != model.KindPlanAdopted {
		return "", nil, model.Refuse(model.Invalid, "that is %d bytes, and an entry may have %d; split it, or keep it in a file and note where it is", len(draft.Body), model.MaxBody)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, err := d.box.add(draft); err != nil {
		return "", nil, err
	}
	c := make(chan outcome, 1)
	d.outcomes[draft.ID] = c
	d.show()
	ring(d.bell)
	return draft.ID, c, nil
}

// append submits and waits until the event is stored and folded.
func (d *desk) append(ctx context.Context, a model.Act) (model.Receipt, error) {
	id, c, err := d.submit(ctx, a)
	if err != nil {
		return model.Receipt{}, err
	}
	return d.await(ctx, id, c)
}

// await waits for what becomes of a draft. A refusal that was returned here
// needs not be shown any more.
func (d *desk) await(ctx context.Context, id string, c chan outcome) (model.Receipt, error) {
	r := model.Receipt{ID: id}
	if err := d.shut(); err != nil { // whoever waits here would wait for hours
		d.complain(err)
		return r, d.kept()
	}
	news := make(chan struct{}, 1)
	d.f.watch(news)
	defer d.f.unwatch(news)
	for d.f.view().split.IsEmpty() {
		select {
		case o := <-c:
			r.Seq = o.seq
			return r, d.outcome(ctx, id, o)
		case <-news:
			continue
		case <-ctx.Done():
		case <-d.done:
		}
		return r, d.kept()
	}
	d.complain(d.shut())
	return r, d.kept()
}

// outcome tells who waits what became of a draft.
func (d *desk) outcome(ctx context.Context, id string, o outcome) error {
	if o.err != nil {
		if err := d.dismiss(id); err != nil {
			return errors.Join(o.err, err)
		}
		return o.err
	}
	if err := d.f.reached(ctx, o.seq); err != nil {
		return d.kept()
	}
	if why, no := d.f.view().room.Refusal(o.seq); no {
		return model.Refuse(model.Conflict, "%s", why)
	}
	return nil
}

func (d *desk) kept() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.tried.IsEmpty() {
		return model.Refuse(model.Kept, "kept in the outbox of this machine, not stored yet; it will be sent as soon as the hub answers")
	}
	return model.Refuse(model.Kept, "kept in the outbox of this machine, not stored yet (%s); it will be sent as soon as that is over", d.tried)
}

// dismiss takes a refused draft out of sight.
func (d *desk) dismiss(id string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.box.find(id)
	if s == nil || s.State != model.Refused {
		return nil
	}
	err := d.box.drop(id)
	d.show()
	return err
}

// folded is told by the follower about every event of this desk's key, before
// the room with it can be seen: from then on it is not waiting any more.
func (d *desk) folded(e *model.Event) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if s := d.box.find(e.ID); s != nil && e.Fault == "" {
		s.met(e.Seq)
		d.show()
	}
}

// settle ends the way of a draft.
func (d *desk) settle(s *slip, o outcome) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	var err error
	d.tried = model.Safe{}
	if o.err == nil {
		s.met(o.seq)
		d.landed = append(d.landed, s)
		err = d.box.stored(s.Draft.ID)
	} else {
		s.code = model.CodeOf(o.err)
		err = d.box.refuse(s, model.Sentence(o.err))
	}
	if c := d.outcomes[s.Draft.ID]; c != nil {
		c <- o
		delete(d.outcomes, s.Draft.ID)
	}
	d.show()
	return err
}

// next returns the oldest draft that has to be sent.
func (d *desk) next() *slip {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, s := range d.box.line {
		if s.State != model.Refused {
			return s
		}
	}
	return nil
}

// unsent says how many drafts still have to be sent.
func (d *desk) unsent() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.box.unsent()
}

// mark changes the state of a draft on its way.
func (d *desk) mark(s *slip, st model.WaitState) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if s.State != st {
		s.turn(st, s.Why)
		d.show()
	}
}

// newID makes the id of an event.
func newID(now time.Time) (string, error) {
	id, err := ulid.New(ulid.Timestamp(now), rand.Reader)
	if err != nil {
		return "", model.Refuse(model.Internal, "the clock of this machine says %s, which cannot be; set it right", now)
	}
	return id.String(), nil
}
