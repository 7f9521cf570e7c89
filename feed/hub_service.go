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

	"warroom/feed/access"
	"warroom/feed/atomicfile"
	"warroom/feed/hubapi"
	"warroom/feed/jetlog"
	"warroom/feed/keyring"
	"warroom/feed/roomindex"
	"warroom/feed/rooms"
	"warroom/feed/subjects"
	"warroom/feed/wake"
	"warroom/model"
)

// hubService admits keys and answers requests in the process that hosts the embedded hub:
// a local process came through a socket that only this user can open, and the server has
// authenticated the handle and right of a login. On an external server it runs if
// [Options.HubService] is set.
type hubService struct {
	client         *client
	identity       *keyring.Identity // the hub's, or that of the owner of this process
	in             chan *nats.Msg
	asks, declares *hubapi.FairQueue // requests of logins; declarations are apart, as they may take long
	mail           *hubapi.FairQueue // alerts

	waiting mailRoom        // bounds the bytes in mail
	access  chan *nats.Msg  // access changes of the owner's other processes
	api     *hubapi.Service // requests of logins about rooms; nil without logins
	reads   []*nats.Conn    // connections of the service
	subs    []*nats.Subscription
	stop    context.CancelFunc
	done    chan struct{}

	mu     sync.Mutex
	joined map[string]bool // join requests that were counted

	newIDs newRoomIDs // of rooms that logins declare

	index *roomindex.Service // of all rooms; if nil, this process does not speak for the hub

	relating chan struct{}     // held while rooms are related and reports stored
	related  map[string]uint64 // last sequence of each room that relate has read
	due      chan struct{}     // wakes run: a room may have been closed or related
	stopDue  func()            // ends the subscription that wakes it; if nil, none
}

// newHubService takes the hub's key and starts the service.
func newHubService(c *client) (*hubService, error) {
	k, err := hubKey(c)
	if err != nil {
		return nil, err
	}
	s := &hubService{client: c, in: make(chan *nats.Msg, 256), asks: hubapi.NewFairQueue(waitingAsks),
		declares: hubapi.NewFairQueue(waitingDeclares), mail: hubapi.NewFairQueue(256),
		access: make(chan *nats.Msg, 256), done: make(chan struct{}), due: make(chan struct{}, 1),
		relating: make(chan struct{}, 1),
		identity: keyring.NewIdentity(subjects.HubHandle, subjects.HubHandle, nil).FixedTo(k)}
	err = s.serveLogins()
	if err == nil {
		s.index, err = roomindex.Listen(roomindex.Config{Env: c.env, Rooms: c.rooms, Caller: c.o.caller(),
			Eager: c.o.Via != "cli"})
	}
	if err == nil {
		err = s.listen(k.Text)
	}
	if err == nil {
		err = s.watchDue()
	}
	if err != nil {
		s.unsubscribe()
		return nil, errors.Join(err, k.Release())
	}
	if c.o.Via != "cli" { // a process that ends after one command reads its own room alone
		wake.Notify(s.due)
	}
	s.begin()
	return s, nil
}

// listen subscribes to the requests that the hub answers.
func (s *hubService) listen(key string) error {
	nc := s.client.conn.NC
	to := map[string]nats.MsgHandler{
		hubapi.Ask(hubapi.VerbWho, "*"): func(m *nats.Msg) {
			if _, handle, ok := hubapi.Question(m.Subject); ok && hubapi.Answerable(m, handle) &&
				s.allows(hubapi.VerbWho, handle) {
				_ = m.Respond([]byte(key)) // the sender retries
			}
		},
		hubapi.Ask(hubapi.VerbHealth, "*"): func(m *nats.Msg) {
			if _, handle, ok := hubapi.Question(m.Subject); ok && s.client.hosting() && hubapi.Answerable(m, handle) &&
				s.allows(hubapi.VerbHealth, handle) {
				_ = m.Respond(s.client.status.ownHealth()) // the sender retries
			}
		},
		intakeSubject + ">": s.queueAlerts,
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
	into := map[string]chan *nats.Msg{access.Subject: s.access}
	for _, subject := range s.client.conn.SubjectsFor("*", subjects.LocalJoin) {
		into[subject] = s.in
	}
	for _, subject := range s.client.conn.SubjectsFor("*", subjects.LoginJoin) {
		into[subject] = s.in
	}
	if s.client.hub == nil && !nc.AuthRequired() {
		for _, subject := range s.client.conn.SubjectsFor("*", subjects.LoginJoin) {
			delete(into, subject)
		}
		s.client.o.Logf(model.Safef("the server at %s does not authenticate anybody: people are admitted to rooms "+
			"by hand, with :admit", s.client.conn.Where))
	}
	for subject, c := range into {
		sub, err := nc.ChanQueueSubscribe(subject, hubapi.Queue, c)
		if err != nil {
			return err
		}
		s.subs = append(s.subs, sub)
	}
	return jetlog.Flush(nc, 10*time.Second)
}

// serveLogins starts the service for logins if this process serves other machines.
func (s *hubService) serveLogins() (err error) {
	c := s.client
	if c.hub != nil && c.o.Listen == "" {
		return nil
	}
	for range 2 {
		nc, err := jetlog.ConnectAnother(c.ctx, c.dial)
		if err != nil {
			return err
		}
		s.reads = append(s.reads, nc)
	}
	receipts := ""
	if c.hub == nil {
		receipts = c.conn.NC.NewInbox() + "."
	}
	s.api,
		err = hubapi.Listen(hubapi.Config{Conn: c.conn.NC, Readers: s.reads,
		Policy: hubPolicy{s}, Logf: c.o.Logf, Now: c.o.Now,
		Receipts: receipts})
	return err
}

// Revoked implements [hubapi.Policy].
func (s *hubService) Revoked(handle string) bool { return s.client.revoked.Has(handle, "") }

// Keys implements [hubapi.Policy].
func (s *hubService) Keys(short string) (map[string]string, error) {
	if subjects.CheckShort(short) != nil {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(s.client.ctx, access.Timeout)
	defer cancel()
	r, err := s.client.rooms.RoomAt(ctx, short, 0)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for key, m := range r.Members {
		out[key] = m.Handle
	}
	return out, nil
}

// From implements [hubapi.Policy].
func (s *hubService) From(handle, conn string) string {
	if s.client.hub == nil {
		return ""
	}
	return s.client.hub.From(handle, conn)
}

func (s *hubService) unsubscribe() {
	if s.stopDue != nil {
		s.stopDue()
	}
	if s.index != nil {
		s.index.Close()
	}
	if s.api != nil {
		s.api.Close()
	}
	for _, nc := range s.reads {
		nc.Close()
	}
	for _, sub := range s.subs {
		_ = sub.Unsubscribe() // fails only if the connection is closed
	}
}

// newRoomAdmin returns a service for a server that may not have a hub service. It admits,
// with the key of the owner of this process, other processes of the same user on this
// machine. In rooms that are open here, the follower does that.
func newRoomAdmin(c *client) (*hubService, error) {
	s := &hubService{client: c, in: make(chan *nats.Msg, 256), asks: hubapi.NewFairQueue(waitingAsks),
		done: make(chan struct{}), identity: c.identity}
	for _, subject := range c.conn.SubjectsFor("*", subjects.LocalJoin) {
		sub, err := c.conn.NC.ChanSubscribe(subject, s.in)
		if err != nil {
			s.unsubscribe()
			return nil, err
		}
		s.subs = append(s.subs, sub)
	}
	s.begin()
	return s, nil
}

func (s *hubService) begin() {
	var ctx context.Context
	ctx, s.stop = context.WithCancel(s.client.ctx)
	var asked sync.WaitGroup
	for _, q := range []*hubapi.FairQueue{s.asks, s.declares} {
		if q == nil {
			continue
		}
		context.AfterFunc(ctx, q.Close)
		for range 2 { // a slow request does not delay those of other logins
			asked.Go(func() { s.answerLogins(ctx, q) })
		}
	}
	if s.index != nil {
		asked.Go(func() { s.index.Receive(ctx) })
		asked.Go(func() { s.index.Run(ctx) })
	}
	asked.Go(func() { s.answerAccess(ctx) })
	asked.Go(func() { s.takeAlerts(ctx) })
	go func() {
		defer close(s.done)
		s.run(ctx)
		asked.Wait()
	}()
}

// isRoomAdmin reports whether the service writes with a person's key.
func (s *hubService) isRoomAdmin() bool { return !s.identity.Fixed }

// hubKey takes the hub's key, and creates it for a new hub. It waits up to 2 seconds for
// the process that hosted before to release it.
func hubKey(c *client) (*keyring.Key, error) {
	if err := atomicfile.MakePrivateDir(filepath.Join(c.o.Data, "hub")); err != nil {
		return nil, err
	}
	path := filepath.Join(c.o.Data, "hub", keyring.HubKeyFile)
	for range 100 {
		if !atomicfile.Exists(path) {
			_, priv, err := ed25519.GenerateKey(rand.Reader)
			if err != nil {
				return nil, err
			}
			return keyring.Write(path, priv)
		}
		if k, err := keyring.Hold(path); k != nil || err != nil {
			return k, err
		}
		select {
		case <-c.ctx.Done():
			return nil, rooms.ErrClosed
		case <-time.After(20 * time.Millisecond):
		}
	}
	return nil, errors.New("another process holds the hub's key")
}

// close stops the service and releases the hub's key.
func (s *hubService) close() error {
	s.unsubscribe()
	s.stop()
	<-s.done
	if s.isRoomAdmin() {
		return nil
	}
	return s.identity.Key().Release()
}

// hubKeyText returns the public key of the hub. It returns "" if nobody answers: the
// server has no hub service.
func (c *client) hubKeyText(ctx context.Context) (string, error) {
	if c.o.HubKey != "" {
		return c.o.HubKey, nil
	}
	if s := c.hubService.Load(); s != nil && !s.isRoomAdmin() {
		return s.identity.Key().Text, nil
	}
	ctx, cancel := context.WithTimeout(ctx, jetlog.DefaultTimeout)
	defer cancel()
	who := hubapi.Ask(hubapi.VerbWho, c.o.caller())
	for {
		once, done := c.conn.Asking(ctx, jetlog.DefaultTimeout/4, who)
		m, err := c.conn.NC.RequestWithContext(once, who, nil)
		denied := jetlog.IsDenied(jetlog.AnswerError(once, err))
		done()
		switch {
		case err == nil && len(m.Data) <= 64:
			return string(m.Data), nil
		case c.hub == nil && (denied || errors.Is(err, nats.ErrNoResponders)):
			return "", nil
		case ctx.Err() != nil:
			return "", model.Refuse(model.Unreachable,
				"the hub did not send its key; try again, or see `warroom doctor`")
		}
		select {
		case <-ctx.Done():
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// sealKey returns the key that signs for the hub, or nil if this machine does not have
// it.
func (c *client) sealKey() (*keyring.Key, error) {
	if s := c.hubService.Load(); s != nil && !s.isRoomAdmin() {
		return s.identity.Key(), nil
	}
	if c.hub == nil {
		return nil, nil
	}
	return keyring.ReadHub(c.o.Data)
}

// signer returns the key that signs checkpoints: the hub's if this process hosts,
// otherwise the owner's.
func (c *client) signer() *keyring.Key {
	if s := c.hubService.Load(); s != nil {
		return s.identity.Key()
	}
	return c.identity.Key()
}
