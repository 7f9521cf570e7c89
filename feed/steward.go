package feed

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"path/filepath"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"warroom/feed/hubapi"
	"warroom/model"
)

// hubKeyName is the file of the hub's own key in the hub's directory.
const hubKeyName = "hub.key"

// steward lets keys in where this process hosts the embedded hub: everybody who
// can knock at its doors came through a socket that only this user can open, and
// everybody who can knock at its gates has a login with that right and handle.
// On an external server it does so where it is told to, see Options.Steward.
type steward struct {
	h              *house
	pen            *pen // the hub's, or that of whose process it is
	in             chan *nats.Msg
	asks, declares *hubapi.FairQueue // questions of logins; declarations apart, they may take long
	mail           *hubapi.FairQueue // alerts

	waiting mailRoom        // for what is in mail
	access  chan *nats.Msg  // changes of access, of the owner's other processes
	api     *hubapi.Service // what logins ask about rooms; nil: there are none
	reads   []*nats.Conn    // of the service
	subs    []*nats.Subscription
	stop    context.CancelFunc
	done    chan struct{}

	mu     sync.Mutex
	joined map[string]bool // requests to be admitted that were counted

}

// newSteward takes the hub's key and begins to answer.
func newSteward(h *house) (*steward, error) {
	k, err := hubKey(h)
	if err != nil {
		return nil, err
	}
	s := &steward{h: h, in: make(chan *nats.Msg, 256), asks: hubapi.NewFairQueue(waitingAsks), declares: hubapi.NewFairQueue(waitingDeclares), mail: hubapi.NewFairQueue(256), access: make(chan *nats.Msg, 256), done: make(chan struct{}),
		pen: &pen{handle: hubHandle, via: hubHandle, fixed: true, key: k}}
	err = s.serveLogins()
	if err == nil {
		err = s.listen(k.text)
	}
	if err != nil {
		s.unsubscribe()
		return nil, errors.Join(err, k.release())
	}
	s.begin()
	return s, nil
}

// listen hears what is asked of the hub.
func (s *steward) listen(key string) error {
	nc := s.h.w.nc
	to := map[string]nats.MsgHandler{
		hubapi.Ask(hubapi.VerbWho, "*"): func(m *nats.Msg) {
			if _, handle, ok := hubapi.Question(m.Subject); ok && hubapi.Answerable(m, handle) && s.allows(hubapi.VerbWho, handle) {
				_ = m.Respond([]byte(key)) // the asker asks again
			}
		},
		hubapi.Ask(hubapi.VerbHow, "*"): func(m *nats.Msg) {
			if _, handle, ok := hubapi.Question(m.Subject); ok && s.h.hosting() && hubapi.Answerable(m, handle) && s.allows(hubapi.VerbHow, handle) {
				_ = m.Respond(s.h.ownHow()) // the asker asks again
			}
		},
		intakeSubject + ">": s.hearAlerts,
	}
	for _, subject := range hubapi.PlainQuestions() {
		to[subject] = s.queueAsk
	}
	for subject, fn := range to {
		sub, err := nc.QueueSubscribe(subject, hubapi.Queue, fn)
		if err != nil {
			return err
		}
		s.subs = append(s.subs, sub)
	}
	into := map[string]chan *nats.Msg{accessSubject: s.access}
	for _, subject := range s.h.w.laneSubjects("*", laneDoor) {
		into[subject] = s.in
	}
	for _, subject := range s.h.w.laneSubjects("*", laneGate) {
		into[subject] = s.in
	}
	if s.h.hub == nil && !nc.AuthRequired() {
		for _, subject := range s.h.w.laneSubjects("*", laneGate) {
			delete(into, subject)
		}
		s.h.o.Logf(model.Safef("the server at %s asks nobody who they are: people are let into rooms by hand, with :admit", s.h.w.where))
	}
	for subject, c := range into {
		sub, err := nc.ChanQueueSubscribe(subject, hubapi.Queue, c)
		if err != nil {
			return err
		}
		s.subs = append(s.subs, sub)
	}
	return flush(nc, 10*time.Second)
}

// serveLogins starts the service for logins, where there may be some.
func (s *steward) serveLogins() (err error) {
	h := s.h
	if h.hub != nil && h.o.Listen == "" {
		return nil
	}
	for range 2 {
		nc, err := h.another()
		if err != nil {
			return err
		}
		s.reads = append(s.reads, nc)
	}
	receipts := ""
	if h.hub == nil {
		receipts = h.w.nc.NewInbox() + "."
	}
	s.api, err = hubapi.Listen(hubapi.Config{Conn: h.w.nc, Readers: s.reads, Policy: s, Logf: h.o.Logf, Now: h.o.Now, Receipts: receipts})
	return err
}

// Revoked implements hubapi.Policy.
func (s *steward) Revoked(handle string) bool { return s.h.struck.has(handle, "") }

// From implements hubapi.Policy.
func (s *steward) From(handle, conn string) string {
	if s.h.hub == nil {
		return ""
	}
	return s.h.hub.From(handle, conn)
}

func (s *steward) unsubscribe() {
	if s.api != nil {
		s.api.Close()
	}
	for _, nc := range s.reads {
		nc.Close()
	}
	for _, sub := range s.subs {
		_ = sub.Unsubscribe() // the connection may be gone: nothing to undo then
	}
}

// newPorter makes a steward for a server that may have none: with the key of
// whose process it is, it lets in whom it knows to be the same user on the same
// machine. In rooms that are open here the follower does so, see answer.
func newPorter(h *house) (*steward, error) {
	s := &steward{h: h, in: make(chan *nats.Msg, 256), asks: hubapi.NewFairQueue(waitingAsks), done: make(chan struct{}), pen: h.pen}
	for _, subject := range h.w.laneSubjects("*", laneDoor) {
		sub, err := h.w.nc.ChanSubscribe(subject, s.in)
		if err != nil {
			s.unsubscribe()
			return nil, err
		}
		s.subs = append(s.subs, sub)
	}
	s.begin()
	return s, nil
}

func (s *steward) begin() {
	var ctx context.Context
	ctx, s.stop = context.WithCancel(s.h.ctx)
	var asked sync.WaitGroup
	for _, q := range []*hubapi.FairQueue{s.asks, s.declares} {
		if q == nil {
			continue
		}
		context.AfterFunc(ctx, q.Close)
		for range 2 { // one question of a login that takes long does not hold up the rest
			asked.Go(func() { s.answerLogins(ctx, q) })
		}
	}
	asked.Go(func() { s.answerAccess(ctx) })
	asked.Go(func() { s.takeAlerts(ctx) })
	go func() {
		defer close(s.done)
		s.run(ctx)
		asked.Wait()
	}()
}

// porter says whether the steward writes with a person's key.
func (s *steward) porter() bool { return !s.pen.fixed }

// minds says whether a knock is the steward's to answer. Whoever knocks at the
// door of the embedded hub came through a socket that only this user can open; on
// a server they have to be this user on this machine, or a login at its gate.
func (s *steward) minds(v visitor) bool {
	switch {
	case checkShort(v.short) != nil:
		return false
	case v.right != "":
		return !s.porter()
	case s.h.hub != nil:
		return true
	}
	return v.key != s.h.pen.hold().text && s.h.keys.owns(v.handle, v.key) && !s.h.isOpen(v.short)
}

// hubKey holds the hub's key and makes it for a new hub. The process that
// hosted before may take a moment to let it go.
func hubKey(h *house) (*key, error) {
	if err := privateDir(filepath.Join(h.o.Data, "hub")); err != nil {
		return nil, err
	}
	path := filepath.Join(h.o.Data, "hub", hubKeyName)
	for range 100 {
		if !exists(path) {
			_, priv, err := ed25519.GenerateKey(rand.Reader)
			if err != nil {
				return nil, err
			}
			return writeKey(path, priv)
		}
		if k, err := holdKey(path); k != nil || err != nil {
			return k, err
		}
		select {
		case <-h.ctx.Done():
			return nil, errClosed
		case <-time.After(20 * time.Millisecond):
		}
	}
	return nil, errors.New("another process holds the hub's key")
}

// run answers the door, one key after the other.
func (s *steward) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case m := <-s.in:
			v, ok := readKnock(m)
			if !ok || !s.minds(v) {
				continue
			}
			err := s.mayJoin(v)
			if err == nil {
				err = s.admit(ctx, v)
			}
			if err != nil && ctx.Err() == nil {
				s.refuseJoin(m, v, err)
			}
		}
	}
}

// mayJoin counts the keys that a login has admitted.
func (s *steward) mayJoin(v visitor) error {
	if s.api == nil || v.right == "" {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if id := v.handle + " " + v.key + " " + v.short; s.joined[id] {
		return nil // it repeats itself
	} else if err := s.api.Allow(hubapi.VerbJoin, v.handle); err != nil {
		return err
	} else if s.joined == nil || len(s.joined) > 10_000 {
		s.joined = map[string]bool{id: true}
	} else {
		s.joined[id] = true
	}
	return nil
}

// refuseJoin tells the login why its key is not admitted. The operator reads of
// those that no limit refused.
func (s *steward) refuseJoin(m *nats.Msg, v visitor, err error) {
	if v.right != "" && hubapi.Answerable(m, v.handle) {
		_ = hubapi.Refuse(s.h.w.nc, m, model.Sentence(err)) // it asks again
	}
	if model.CodeOf(err) != model.Kept {
		s.h.o.Logf(model.Safef("%s was not let into %s: %s", v.handle, v.short, err))
	}
}

// admit lets one key into one room, once.
func (s *steward) admit(ctx context.Context, v visitor) error {
	ctx, cancel := context.WithTimeout(ctx, knockFor)
	defer cancel()
	d, err := s.h.sit(ctx, s.pen, v.short)
	if err != nil {
		return err
	}
	err = s.letIn(ctx, d, v)
	return errors.Join(err, s.h.rise(d))
}

func (s *steward) letIn(ctx context.Context, d *desk, v visitor) error {
	if d.f.room != v.room {
		return model.Refuse(model.NotFound, "it knocked at another room of that name")
	}
	r, err := s.h.roomAt(ctx, v.short, 0) // who may see it may have changed in this moment
	if err != nil {
		return err
	}
	if m, ok := r.Member(s.pen.hold().text); !ok || m.Struck || m.Right != model.Command || m.Hub == s.porter() {
		return nil // declared on another hub, or not ours to open: a person has to admit
	}
	if _, ok := r.Member(v.key); ok || d.shut() != nil { // the latter: they knock again
		return nil
	}
	if err := s.h.struck.refuse(v.handle); err != nil {
		return err
	}
	if err := tooManyKeys(r, v.handle, d.f.short); err != nil {
		return err
	}
	b, err := s.introduction(r, v)
	if err != nil {
		return err
	}
	_, err = d.append(ctx, model.Act{Body: b})
	if model.CodeOf(err) == model.Conflict {
		return nil // let in by somebody else meanwhile
	}
	return err
}

// maxKeys is how many keys of one person a room takes beside those that were
// revoked: one for each terminal that they use at a time.
const maxKeys = 32

// tooManyKeys refuses another key of a person who has more than anybody uses.
func tooManyKeys(r *model.Room, handle, short string) error {
	n := 0
	for _, m := range r.Members {
		if m.Handle == handle && !m.Struck {
			n++
		}
	}
	if n < maxKeys {
		return nil
	}
	return model.Refuse(model.Conflict, "%s has %d keys in %s already; somebody with command there can revoke them: :strike @%s, then :right @%s write", handle, n, short, handle, handle)
}

// introduction says as whom somebody comes in, and with which right.
func (s *steward) introduction(r *model.Room, v visitor) (*model.KeyAdmitted, error) {
	b := &model.KeyAdmitted{Key: v.key, Handle: v.handle, Right: v.right, Door: "login"}
	switch {
	case v.right == "" && s.h.hub != nil:
		b.Right, b.Door = model.Command, "socket"
	case v.right == "":
		b.Right, b.Door = model.Command, "key file"
	case s.h.hub != nil:
		p, err := s.h.hub.Book().Read()
		if err != nil {
			return nil, err
		}
		l, ok := p.Login(v.handle)
		if !ok || l.Right != v.right || !p.Sees(v.handle, v.short) {
			return nil, model.Refuse(model.Forbidden, "%s has no invitation to %s with the right %s", v.handle, v.short, v.right)
		}
		b.Door, b.Name, b.Job = "invitation", l.Name, l.Job
	}
	if v.right != "" && !r.Names(v.handle) {
		return nil, model.Refuse(model.Forbidden, "%s is restricted and does not name %s", v.short, v.handle)
	}
	right, err := r.RightOf(v.handle, b.Right)
	b.Right = right
	return b, err
}

// close stops answering and lets the hub's key go.
func (s *steward) close() error {
	s.unsubscribe()
	s.stop()
	<-s.done
	if s.porter() {
		return nil
	}
	return s.pen.hold().release()
}

// hubKeyText asks the hub for its public key, "" where nobody answers: a server
// without a steward.
func (h *house) hubKeyText(ctx context.Context) (string, error) {
	if h.o.HubKey != "" {
		return h.o.HubKey, nil
	}
	if s := h.steward.Load(); s != nil && !s.porter() {
		return s.pen.hold().text, nil
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	who := hubapi.Ask(hubapi.VerbWho, h.o.caller())
	for {
		once, done := h.w.asking(ctx, patience/4, who)
		m, err := h.w.nc.RequestWithContext(once, who, nil)
		denied := isDenied(answer(once, err))
		done()
		switch {
		case err == nil && len(m.Data) <= 64:
			return string(m.Data), nil
		case h.hub == nil && (denied || errors.Is(err, nats.ErrNoResponders)):
			return "", nil
		case ctx.Err() != nil:
			return "", model.Refuse(model.Unreachable, "the hub does not say its key; try again, or see `warroom doctor`")
		}
		select {
		case <-ctx.Done():
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// flush waits until the server has taken what was sent. The library's own Flush
// lends its timer from a pool of the whole process, where clocks of virtual time
// do not belong.
func flush(nc *nats.Conn, d time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	return nc.FlushWithContext(ctx)
}
