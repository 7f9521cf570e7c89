// Package writer signs and publishes the acts of one identity in one room. An act waits
// in an outbox on disk, is decided again against the newest room, and is published after
// the previous message of its key. An uncertain outcome is resolved by reading the log.
// The package also gets the key admitted to the room, and gets changes of access enforced
// before and after they are stored.
package writer

import (
	"context"
	"crypto/rand"
	"sync"
	"sync/atomic"
	"time"

	"github.com/oklog/ulid/v2"

	"warroom/feed/keyring"
	"warroom/feed/mirror"
	"warroom/feed/outbox"
	"warroom/feed/replica"
	"warroom/feed/wake"
	"warroom/model"
)

// Writer writes to one room with one identity. It has the outbox, and a goroutine that
// publishes from it as long as there is something to publish.
type Writer struct {
	env      *Env
	Identity *keyring.Identity
	Follower *replica.Follower
	wake     chan struct{}   // receives a value if there is something to send, or a reason to retry
	ctx      context.Context // ends with the writer
	stop     context.CancelFunc
	running  sync.WaitGroup // the publisher

	mu            sync.Mutex
	publishes     bool // the publisher runs
	box           *outbox.Box
	outcomes      map[string]chan Outcome
	watchers      map[chan struct{}]bool
	sessions      []typist
	joinLock      chan struct{}    // held during a join request
	tried         model.Safe       // why nothing is sent
	pendingReplay []mirror.Message // messages of a lost log, to be published again
	needsResync   atomic.Bool      // the log was repaired: look up the position of the key

	landed []*outbox.Pending // stored, and perhaps not folded yet: out of the outbox, but still shown

	Waiting   atomic.Pointer[outbox.Queue]
	Admission admission
	publisher publisher // used only by its goroutine
}

// lastLanded is how many sequences after a draft was stored it stays in landed.
const lastLanded = 64

// Outcome is the result of publishing a draft.
type Outcome struct {
	seq uint64
	err error
}

// Open opens the outbox, and publishes what waits in it.
func Open(ctx context.Context, e *Env, p *keyring.Identity, f *replica.Follower) (*Writer, error) {
	d := &Writer{env: e, Identity: p, Follower: f, wake: make(chan struct{}, 1),
		joinLock: make(chan struct{}, 1),
		outcomes: map[string]chan Outcome{}, watchers: map[chan struct{}]bool{}}
	k := p.Key()
	box, bad,
		err := e.Store.OpenOutbox(outbox.Path(e.Store.Data, k.Text, f.Room),
		outbox.Head{Room: f.Room, Short: f.Short, Handle: p.Handle})
	if err != nil {
		return nil, err
	}
	if !bad.IsEmpty() {
		e.Logf(bad)
		d.tried = bad
	}
	d.Admission.d, d.publisher.d = d, d
	d.box = box
	d.ctx, d.stop = context.WithCancel(ctx)
	d.show()
	d.pendingReplay = e.Store.ReadReplay(f.Room, k.Text)
	f.RegisterWriter(k.Text, d)
	d.Wake()
	return d, nil
}

// Wake makes the publisher look for something to publish, or retry.
func (d *Writer) Wake() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.wakePublisher()
}

// wakePublisher is Wake with mu held. It starts the publisher if it does not run: most
// writers have nothing to publish most of the time, and a goroutine costs memory.
func (d *Writer) wakePublisher() {
	if d.publishes {
		wake.Notify(d.wake)
	} else if d.ctx.Err() == nil && hasWork(d) {
		d.publishes = true
		d.running.Go(func() { d.publisher.run(d.ctx) })
	}
}

// hasWork reports whether there is something to publish. d.mu must be held.
func hasWork(d *Writer) bool { return len(d.pendingReplay) > 0 || d.box.Next() != nil }

// Close stops publishing and closes the outbox. Drafts stay in it.
func (d *Writer) Close() error {
	d.mu.Lock()
	d.stop()
	d.mu.Unlock() // no publisher is started any more
	d.running.Wait()
	d.Follower.RemoveWriter(d)
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.box.Close()
}

// show publishes the waiting drafts to the sessions. mu must be held, unless the writer
// is still private to its goroutine.
//
// Stored drafts stay in the list for a while, because a view may have an older room.
func (d *Writer) show() {
	next := d.Follower.View().Next
	for len(d.landed) > 0 && d.landed[0].Seq+lastLanded < next {
		d.landed = d.landed[1:]
	}
	d.Waiting.Store(&outbox.Queue{Landed: d.landed, Drafts: d.box.Drafts, Tried: d.tried})
	for b := range d.watchers {
		wake.Notify(b)
	}
}

// Decide gets the writer's key admitted and decides an act against the newest room. It
// stores nothing.
func (d *Writer) Decide(ctx context.Context, a model.Act) error {
	if err := d.Follower.AwaitSettled(ctx); err != nil {
		return err
	}
	if err := d.Admission.Await(ctx); err != nil {
		return err
	}
	return model.Decide(d.Follower.View().Room, d.Identity.Actor(), a, d.Follower.HubNow())
}

// Submit decides an act against the newest room and adds it to the outbox. It returns the
// id of the draft and a channel for its outcome.
func (d *Writer) Submit(ctx context.Context, a model.Act) (string, chan Outcome, error) {
	if err := d.Decide(ctx, a); err != nil {
		return "", nil, err
	}
	now, who := d.Follower.HubNow(), d.Identity.Actor()
	if b, ok := a.Body.(*model.EntryRedacted); ok {
		whole := *b
		if err := d.witness(ctx, &whole); err != nil {
			return "", nil, err
		}
		a.Body = &whole
	}
	id, err := NewID(d.env.Now())
	if err != nil {
		return "", nil, err
	}
	draft, err := model.NewDraft(id, who, a, now)
	if err != nil {
		return "", nil, err
	}
	return d.enqueue(draft)
}

// enqueue adds a draft to the outbox and wakes the goroutine.
func (d *Writer) enqueue(draft model.Draft) (string, chan Outcome, error) {
	if len(draft.Body) > model.MaxBody && draft.Kind != model.KindPlanAdopted {
		return "", nil,
			model.Refuse(model.Invalid,
				"that is %d bytes, and an entry may have at most %d; split it, or save it in a file and note "+
					"where it is",
				len(draft.Body), model.MaxBody)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, err := d.box.Add(draft); err != nil {
		return "", nil, err
	}
	c := make(chan Outcome, 1)
	d.outcomes[draft.ID] = c
	d.show()
	d.wakePublisher()
	return draft.ID, c, nil
}

// Append submits an act and waits until the event is stored and folded.
func (d *Writer) Append(ctx context.Context, a model.Act) (model.Receipt, error) {
	id, c, err := d.Submit(ctx, a)
	if err != nil {
		return model.Receipt{}, err
	}
	return d.Await(ctx, id, c)
}

// Await waits for the outcome of a draft. A refused draft is dismissed, because its
// reason is returned. It returns [model.Queued] if the draft stays in the outbox.
func (d *Writer) Await(ctx context.Context, id string, c chan Outcome) (model.Receipt, error) {
	r := model.Receipt{ID: id}
	if err := d.Shut(); err != nil { // otherwise the caller might wait for hours
		d.complain(err)
		return r, d.queuedError()
	}
	changed := make(chan struct{}, 1)
	d.Follower.Watch(changed)
	defer d.Follower.Unwatch(changed)
	for d.Follower.View().Split.IsEmpty() {
		select {
		case o := <-c:
			r.Seq = o.seq
			return r, d.outcome(ctx, id, o)
		case <-changed:
			continue
		case <-ctx.Done():
		case <-d.ctx.Done():
		}
		return r, d.queuedError()
	}
	d.complain(d.Shut())
	return r, d.queuedError()
}

func (d *Writer) queuedError() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.tried.IsEmpty() {
		return model.Refuse(model.Queued,
			"kept in this machine's outbox, not stored yet; it will be sent as soon as the hub answers")
	}
	return model.Refuse(model.Queued,
		"kept in this machine's outbox, not stored yet (%s); it will be sent as soon as that has ended", d.tried)
}

// Dismiss removes a refused draft.
func (d *Writer) Dismiss(id string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.box.Find(id)
	if s == nil || s.State != model.Refused {
		return nil
	}
	err := d.box.Drop(id)
	d.show()
	return err
}

// Folded is called by the follower for each event of this writer's keys, before the room
// with it is shown. The draft is no longer shown as waiting.
func (d *Writer) Folded(e *model.Event) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if s := d.box.Find(e.ID); s != nil && e.Fault == "" {
		s.Found(e.Seq)
		d.show()
	}
}

// settle stores the outcome of a draft and sends it to the waiting caller.
func (d *Writer) settle(s *outbox.Pending, o Outcome) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	var err error
	d.tried = model.Safe{}
	if o.err == nil {
		s.Found(o.seq)
		d.landed = append(d.landed, s)
		err = d.box.Stored(s.Draft.ID)
	} else {
		err = d.box.Refuse(s, model.Sentence(o.err))
	}
	if c := d.outcomes[s.Draft.ID]; c != nil {
		c <- o
		delete(d.outcomes, s.Draft.ID)
	}
	d.show()
	return err
}

// Unsent returns the number of drafts that still have to be sent.
func (d *Writer) Unsent() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.box.Unsent()
}

// mark changes the state of a draft.
func (d *Writer) mark(s *outbox.Pending, st model.WaitState) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s.New = s.New && st != model.Sent
	if s.State != st {
		s.SetState(st, s.Why)
		d.show()
	}
}

// NewID returns a new event id, a ULID. It returns [model.Internal] if now is out of the
// range of a ULID.
func NewID(now time.Time) (string, error) {
	id, err := ulid.New(ulid.Timestamp(now), rand.Reader)
	if err != nil {
		return "", model.Refuse(model.Internal, "the clock of this machine is at %s, which cannot be right; set "+
			"it", now)
	}
	return id.String(), nil
}

// Hold locks the outbox until release is called.
func (d *Writer) Hold() (release func()) {
	d.mu.Lock()
	return d.mu.Unlock
}

// MoveKey records that the outbox has moved to another key. It must be called between
// Hold and release.
func (d *Writer) MoveKey(keyText, prev string) error {
	if err := d.box.Moved(outbox.Path(d.env.Store.Data, keyText, d.Follower.Room), prev); err != nil {
		return err
	}
	d.Follower.RegisterWriter(keyText, d)
	return nil
}

// Compact rewrites the outbox without the stored drafts, and returns its path. It returns
// "" if the outbox is closed.
func (d *Writer) Compact() (path string, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.box.IsOpen() {
		return "", nil
	}
	return d.box.Path, d.box.Compact()
}

// BoxPath returns the path of the outbox, or "" if it is closed.
func (d *Writer) BoxPath() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.box.IsOpen() {
		return ""
	}
	return d.box.Path
}

// Resync makes the writer look up the position of its key again.
func (d *Writer) Resync() {
	d.needsResync.Store(true)
	d.Wake()
}

// Start submits an act. await waits for its outcome.
func (d *Writer) Start(ctx context.Context, a model.Act) (await func(context.Context), err error) {
	id, c, err := d.Submit(ctx, a)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) { _, _ = d.Await(ctx, id, c) }, nil
}
