package feed

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"warroom/feed/hubapi"
	"warroom/model"
	"warroom/model/seal"
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
	room, drafts, names, err := f.drafts(acts)
	if err != nil {
		return "", err
	}
	k := f.pen.hold()
	defer f.h.busy(outboxPath(f.h.o.Data, k.text, room))()
	box, _, err := f.h.outbox(outboxPath(f.h.o.Data, k.text, room), boxHead{Room: room, Handle: f.pen.handle})
	if err != nil {
		return "", err
	}
	short, err := f.place(ctx, box, k, drafts, names, next)
	if err != nil {
		return "", err
	}
	if err := box.close(); err != nil {
		return "", err
	}
	return short, f.finish(ctx, short)
}

// drafts decides the first acts of a room and makes their events. Names are the
// people who may see the room, none where it is not restricted.
func (f *Feed) drafts(acts []model.Act) (room string, drafts []model.Draft, names []string, err error) {
	now, who, r := f.h.o.Now(), f.pen.who(), model.NewRoom()
	if room, err = newID(now); err != nil {
		return "", nil, nil, err
	}
	for i, a := range acts {
		if err := model.Decide(r, who, a, now); err != nil {
			return "", nil, nil, err
		}
		id, err := newID(now)
		if err != nil {
			return "", nil, nil, err
		}
		draft, err := model.NewDraft(id, who, a, now)
		if err != nil {
			return "", nil, nil, err
		}
		e := draft.Event(room)
		e.Key, e.Seq, e.RecordedAt = who.Key, uint64(i)+1, now
		r = model.Apply(r, e)
		drafts = append(drafts, draft)
	}
	return room, drafts, r.Restricted, nil
}

// place keeps the drafts and stores the first of them.
func (f *Feed) place(ctx context.Context, box *outbox, k *key, drafts []model.Draft, names []string, next func() string) (short string, err error) {
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
			err = f.h.found(ctx, desk.message(l, 0, false), l.sig, l.payload, desk.f.short, names)
		}
		if errors.Is(err, errTaken) {
			err = nil
			continue
		}
		if err == nil {
			f.confine(ctx, desk.f.short, names)
			return desk.f.short, box.stored(drafts[0].ID)
		}
	}
	var said *model.Error
	if errors.As(err, &said) && said.Code == model.Kept {
		return "", errors.Join(err, box.close())
	}
	return "", errors.Join(f.h.unreachable(err), box.abandon())
}

// confine writes down at every port who may see a new room. Nobody else received
// anything of it meanwhile.
func (f *Feed) confine(ctx context.Context, short string, names []string) {
	if len(names) == 0 {
		return
	}
	if _, err := f.h.enforced(ctx, accessAsk{Room: short}); err != nil {
		f.h.o.Logf(model.Safef("%s is restricted; a process of this hub did not confirm it: %s", short, model.Sentence(err)))
	}
}

// found makes a room of its first message: only where its stream is empty the message
// is stored. Names are the people who may see the room, none where it is not
// restricted: others receive nothing of it from the first message on.
func (h *house) found(ctx context.Context, m *nats.Msg, sig string, payload []byte, short string, names []string) error {
	if h.w.byHub.Load() {
		_, _, _, key, _ := parseLane(m.Subject)
		return h.askRoom(ctx, creation{Short: short, Key: key, Sig: sig, Data: payload})
	}
	if err := h.makeStream(ctx, short, hubapi.NewAccess(names, nil)); err != nil {
		return err
	}
	m.Header[jetstream.ExpectedLastSeqHeader] = []string{"0"}
	delete(m.Header, jetstream.ExpectedLastSubjSeqHeader)
	doubt := false // an attempt had no answer: it may be stored at any time
	for {
		_, dup, err := h.w.publish(ctx, m)
		if err == nil && !dup {
			return nil
		}
		var no *apiError
		doubt = doubt || err != nil && !errors.As(err, &no)
		var first *record
		_, _ = h.w.read(ctx, short, "", 1, 1, func(r record) error { first = &r; return nil }) // no answer is one too
		switch {
		case first != nil && first.same(sig, payload):
			return nil
		case first != nil:
			return errTaken
		case ctx.Err() != nil && doubt: // until then a stream that was just made may have no leader
			return errHalfDeclared(short)
		case ctx.Err() != nil:
			return h.unmake(short, err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// errHalfDeclared says that nobody knows yet whether a room is there.
func errHalfDeclared(short string) error {
	return model.Refuse(model.Kept, "the hub went away while %s was declared; as soon as it is back, the room is there under that name or not at all", short)
}

// unmake takes away the stream of a room whose first message the hub refused, so
// that its number is not used up.
func (h *house) unmake(short string, why error) error {
	ctx, cancel := context.WithTimeout(h.ctx, patience)
	defer cancel()
	s, err := h.w.js.Stream(ctx, streamOf(short))
	if err == nil && s.CachedInfo().State.LastSeq == 0 {
		err = h.w.js.DeleteStream(ctx, streamOf(short))
	}
	if err != nil {
		h.o.Logf(model.Safef("the empty stream of %s stays: %s", short, err))
	}
	return model.Refuse(model.Unreachable, "the hub does not store the first entry of %s: %s; see `warroom doctor`", short, model.Sentence(noSpace(why)))
}

// firstNames checks the first message of a room that a login asks for, and returns
// who may see the room; none where it is not restricted. A room that names another key
// as its hub's takes that one's word for who is let in and when something was recorded.
func (h *house) firstNames(hubKey, handle string, c creation) ([]string, error) {
	chain := &seal.Chain{}
	if e, err := model.DecodeEvent(c.Data); err == nil {
		chain.Room = e.Room
	}
	e := chain.Next(1, h.o.Now(), handle, c.Key, c.Sig, c.Data)
	if e == nil || e.Fault != "" || e.Kind != model.KindIncidentDeclared || strings.ContainsAny(c.Key+c.Sig, "\r\n") { // base64 may have line ends, a subject and a header may not
		return nil, model.Refuse(model.Invalid, "the first message of a room has to declare it, signed by %s", handle)
	}
	if b, err := e.DecodeBody(); err != nil {
		return nil, err
	} else if d, ok := b.(*model.IncidentDeclared); !ok || d.HubKey != hubKey {
		return nil, model.Refuse(model.Invalid, "the first message of a room has to name this hub's key, %s; the invitation may be of another hub", hubKey)
	}
	r := model.Apply(model.NewRoom(), e)
	if why, no := r.Refusal(1); no {
		return nil, model.Refuse(model.Invalid, "%s", why)
	}
	return r.Restricted, nil
}

// makeStream makes the stream of a room, or finds it as it has to be.
func (h *house) makeStream(ctx context.Context, short string, a hubapi.Access) error {
	c := roomStream(short)
	a.Set(&c, short, laneLog)
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
	case errors.Is(err, jetstream.ErrStreamNameAlreadyInUse):
		return errTaken
	case isDenied(answer(once, err)):
		return model.Refuse(model.Forbidden, "the server does not let %s make a room (%s); ask who runs it", h.o.caller(), "$JS.API.STREAM.CREATE."+c.Name)
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
