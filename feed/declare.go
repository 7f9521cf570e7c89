package feed

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"warroom/model"
)

// maxMessage is the largest message a room's stream takes: a plan in its body,
// with its headers.
const maxMessage = 768 << 10

// errTaken means that somebody else's room has that short id.
var errTaken = errors.New("the short id is taken")

// declareWait is how long a room may take to be made.
const declareWait = 20 * time.Second

// Declare makes a room: its first message, the plan as its second, and the alerts
// it is declared for. All wait in the outbox from the beginning, so that the next [Feed.Enter] or the
// next hub finishes what a crash left half done.
func (f *Feed) Declare(ctx context.Context, d model.Declaration) (string, error) {
	if d.Plan == nil {
		return "", model.Refuse(model.Invalid, "a room needs a plan; see `warroom playbook list`")
	}
	if err := f.h.struck.refuse(f.pen.handle); err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, declareWait)
	defer cancel()
	hubKey, err := f.h.hubKeyText(ctx)
	if err != nil {
		return "", err
	}
	if d.Salt == "" {
		d.Salt = rand.Text()
	}
	declared, adopted := d.Declare(hubKey)
	acts := []model.Act{declared, adopted}
	for _, b := range d.Alerts {
		acts = append(acts, model.Act{Body: b})
	}
	n, err := f.h.highest(ctx)
	if err != nil {
		return "", f.h.unreachable(err)
	}
	return f.begin(ctx, acts, func() string {
		n++
		return numbered(n)
	})
}

// begin makes a room of its first acts, under the first short id of those that
// next says which is free; "" where there is none left.
func (f *Feed) begin(ctx context.Context, acts []model.Act, next func() string) (string, error) {
	room, drafts, err := f.drafts(acts)
	if err != nil {
		return "", err
	}
	k := f.pen.hold()
	defer f.h.busy(outboxPath(f.h.o.Data, k.text, room))()
	box, _, err := f.h.outbox(outboxPath(f.h.o.Data, k.text, room), boxHead{Room: room, Handle: f.pen.handle})
	if err != nil {
		return "", err
	}
	short, err := f.place(ctx, box, k, drafts, next)
	if err != nil {
		return "", err
	}
	if err := box.close(); err != nil {
		return "", err
	}
	return short, f.finish(ctx, short)
}

// drafts decides the first acts of a room and makes their events.
func (f *Feed) drafts(acts []model.Act) (room string, drafts []model.Draft, err error) {
	now, who, r := f.h.o.Now(), f.pen.who(), model.NewRoom()
	if room, err = newID(now); err != nil {
		return "", nil, err
	}
	for i, a := range acts {
		if err := model.Decide(r, who, a, now); err != nil {
			return "", nil, err
		}
		id, err := newID(now)
		if err != nil {
			return "", nil, err
		}
		draft, err := model.NewDraft(id, who, a, now)
		if err != nil {
			return "", nil, err
		}
		e := draft.Event(room)
		e.Key, e.Seq, e.RecordedAt = who.Key, uint64(i)+1, now
		r = model.Apply(r, e)
		drafts = append(drafts, draft)
	}
	return room, drafts, nil
}

// place keeps the drafts and stores the first of them.
func (f *Feed) place(ctx context.Context, box *outbox, k *key, drafts []model.Draft, next func() string) (short string, err error) {
	slips, err := box.add(drafts...)
	if err != nil {
		return "", errors.Join(err, box.close())
	}
	desk := &desk{h: f.h, p: f.pen, f: &follower{room: box.head.Room}, spot: spot{key: k}}
	l, err := desk.sign(slips[0])
	if err != nil {
		return "", errors.Join(err, box.abandon())
	}
	for err == nil {
		if desk.f.short = next(); desk.f.short == "" {
			return "", errors.Join(errTaken, box.abandon())
		}
		if err = box.name(desk.f.short); err == nil {
			err = f.h.found(ctx, desk.message(l, 0, false), l, desk.f.short)
		}
		if errors.Is(err, errTaken) {
			err = nil
			continue
		}
		if err == nil {
			return desk.f.short, box.stored(drafts[0].ID)
		}
	}
	var said *model.Error
	if errors.As(err, &said) && said.Code == model.Kept {
		return "", errors.Join(err, box.close())
	}
	return "", errors.Join(f.h.unreachable(err), box.abandon())
}

// found makes the stream of a room and publishes its first message: only where
// the stream is empty it is stored.
func (h *house) found(ctx context.Context, m *nats.Msg, l letter, short string) error {
	if err := h.makeStream(ctx, short); err != nil {
		return err
	}
	m.Header[jetstream.ExpectedLastSeqHeader] = []string{"0"}
	delete(m.Header, jetstream.ExpectedLastSubjSeqHeader)
	for {
		_, dup, err := h.w.publish(ctx, m)
		if err == nil && !dup {
			return nil
		}
		var first *record
		_, _ = h.w.read(ctx, short, "", 1, 1, func(r record) error { first = &r; return nil }) // no answer is one too
		switch {
		case first != nil && first.same(l.sig, l.payload):
			return nil
		case first != nil:
			return errTaken
		case ctx.Err() != nil: // until then a stream that was just made may have no leader
			return model.Refuse(model.Kept, "the hub went away while %s was declared; as soon as it is back, the room is there under that name or not at all", short)
		}
		select {
		case <-ctx.Done():
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// makeStream makes the stream of a room, or finds it as it has to be.
func (h *house) makeStream(ctx context.Context, short string) error {
	if h.o.login != nil {
		return h.askStream(ctx, short)
	}
	c := roomStream(short)
	if h.hub == nil && h.w.nc.ConnectedClusterName() != "" {
		c.Replicas = 3
	}
	once, cancel := h.w.asking(ctx, 10*time.Second, "$JS.API.STREAM.CREATE."+c.Name)
	defer cancel()
	_, err := h.w.js.CreateStream(once, c)
	var no *jetstream.APIError
	if errors.As(err, &no) && no.ErrorCode == codeNoReplicas {
		c.Replicas = 1 // a cluster by name alone
		_, err = h.w.js.CreateStream(once, c)
	}
	switch {
	case isDenied(answer(once, err)):
		return h.askStream(ctx, short)
	case errors.Is(err, jetstream.ErrStreamNameAlreadyInUse):
		return errTaken
	case errors.As(err, &no):
		return model.Refuse(model.Unreachable, "the hub (%s) does not make the room: %s; free its disk, or ask who runs it", h.w.where, no.Description)
	}
	return err
}

// highest returns the highest number of a room on this hub.
func (h *house) highest(ctx context.Context) (int, error) {
	names, err := h.shorts(ctx)
	n := 0
	for _, s := range names {
		n = max(n, numberOf(s))
	}
	return n, err
}

// finish sends the plan, and waits for it.
func (f *Feed) finish(ctx context.Context, short string) error {
	d, err := f.h.sit(ctx, f.pen, short)
	if err != nil {
		return model.Refuse(model.Kept, "%s is declared; its plan is kept here and follows when somebody opens it: %s", short, err)
	}
	err = d.empty(ctx)
	if r := d.f.view().room; err == nil && r.Plan == nil {
		err = model.Refuse(model.Conflict, "%s is declared and has no plan; open it to see why", short)
	}
	return errors.Join(err, f.h.rise(d))
}

// empty waits until everything is sent and folded.
func (d *desk) empty(ctx context.Context) error {
	news := make(chan struct{}, 1)
	d.mu.Lock()
	d.bells[news] = true
	d.mu.Unlock()
	d.f.watch(news)
	defer func() {
		d.f.unwatch(news)
		d.mu.Lock()
		delete(d.bells, news)
		d.mu.Unlock()
	}()
	for {
		if d.unsent() == 0 && !d.owes() && d.shown() {
			return nil
		}
		select {
		case <-ctx.Done():
			return d.kept()
		case <-d.done:
			return d.kept()
		case <-news:
		}
	}
}

// shown says whether everything of ours that is stored can be seen.
func (d *desk) shown() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	next := d.f.view().next
	for _, s := range d.landed {
		if s.seq >= next {
			return false
		}
	}
	return true
}

// abandon takes the box away: nothing of it was stored anywhere.
func (o *outbox) abandon() error {
	o.line, o.byID, o.held = nil, map[string]*slip{}, 0
	return o.close()
}
