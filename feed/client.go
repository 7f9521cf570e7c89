package feed

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"

	"warroom/feed/access"
	"warroom/feed/atomicfile"
	"warroom/feed/hub"
	"warroom/feed/hubapi"
	"warroom/feed/jetlog"
	"warroom/feed/keyring"
	"warroom/feed/repair"
	"warroom/feed/replica"
	"warroom/feed/rooms"
	"warroom/feed/roomstore"
	"warroom/feed/subjects"
	"warroom/feed/sweep"
	"warroom/feed/wake"
	"warroom/feed/writer"
	"warroom/model"
)

// client is the state that all feeds and rooms of one process share.
type client struct {
	o        Options
	dial     *jetlog.Options
	conn     *jetlog.Conn
	hub      *hub.Hub // nil with an external server
	keys     keyring.Keyring
	store    *roomstore.Store
	access   *access.Control
	rooms    *rooms.Set
	env      *replica.Env      // environment of the followers
	identity *keyring.Identity // identity of the owner of this process; nil until it holds a key

	ctx  context.Context // done after close
	stop context.CancelFunc
	wg   sync.WaitGroup

	link atomic.Pointer[model.Link]

	hubService atomic.Pointer[hubService]
	writerEnv  *writer.Env
	status     hubStatus // the last health report of the hub
	repair     *repair.Repairer
	sweeper    *sweep.Sweeper
	revoked    *access.List
	alerts     atomic.Pointer[TakeAlerts]

	exporting sync.Mutex // orders the entries about exports of people who may not write

	mu    sync.Mutex
	moves map[chan struct{}]bool // receives a value when the connection is back

}

// openClient opens the data directory and the embedded hub, if there is no external
// server, and connects. If the server cannot be reached, it continues offline with the
// replicas of this data directory, if there are any.
func openClient(ctx context.Context, o Options) (*client, error) {
	if _, err := hub.OwnDir(o.Data); err != nil {
		return nil, err
	}
	c := &client{o: o, dial: o.conn(), keys: keyring.Keyring{Dir: filepath.Join(o.Data, "keys")},
		moves: map[chan struct{}]bool{}, revoked: access.NewList(o.Data, o.Logf)}
	for _, d := range []string{"keys", "outbox", "cache"} {
		if err := atomicfile.MakePrivateDir(filepath.Join(o.Data, d)); err != nil {
			return nil, err
		}
	}
	c.status.c = c
	c.ctx, c.stop = context.WithCancel(context.Background())
	var err error
	c.store, err = roomstore.Open(roomstore.Store{Data: o.Data, Server: o.Server, AtRest: o.AtRest, Now: o.Now,
		Logf: o.Logf})
	if err != nil {
		return nil, err
	}
	if err := connect(ctx, c); err != nil {
		c.stop()
		if c.hub != nil {
			c.hub.Close()
		}
		c.wg.Wait()
		return nil, err
	}
	c.env = c.newEnv()
	c.access = c.newAccess()
	e := c.newWriterEnv()
	c.writerEnv = e
	c.rooms = rooms.NewSet(e, o.Via)
	c.repair = &repair.Repairer{Env: e, Hub: c.hub, Rooms: c.rooms, Access: c.access, Shorts: c.shorts,
		Highest: c.highest}
	c.sweeper = sweep.New(&sweep.Sweeper{Env: e, Rooms: c.rooms, Shorts: c.shorts, Via: o.Via,
		HubService: o.HubService})
	c.access.Rooms = c.rooms
	l := model.Link{State: model.Live, Since: o.Now(), Where: c.conn.Where, Hosting: c.hosting(), Open: c.hub == nil &&
		o.login == nil}
	if !c.conn.Looked.Load() {
		l.State, l.Problem = model.Offline, model.Sentence(c.conn.LastError())
	}
	c.link.Store(&l)
	return c, nil
}

// connect opens the embedded hub, unless there is a server, and the connection. Without the
// server it may leave that to the background.
func connect(ctx context.Context, c *client) error {
	var err error
	if o := &c.o; o.Server == "" {
		c.hub, err = hub.Open(ctx, hub.Options{Dir: filepath.Join(o.Data, "hub"), Runtime: o.Runtime, Logf: o.Logf,
			Now: o.Now, NeverHost: o.NeverHost, Listen: o.Listen, Key: c.store.HubStoreKey(),
			Begin: (&repair.Inspector{Store: c.store, Ctx: c.ctx, Wait: &c.wg}).Inspect, Free: o.FreeSpace,
			Check: o.CheckEvery})
		if err != nil {
			return err
		}
		c.dial.Dialer = c.hub
	}
	c.conn, err = jetlog.Dial(ctx, c.dial)
	if c.hub == nil && model.CodeOf(err) == model.Unreachable && c.canWorkOffline() {
		c.conn, err = jetlog.DialLater(c.dial, err)
	}
	if err != nil {
		return err
	}
	return c.status.subscribeHealth()
}

// newEnv returns the environment that the followers of this process share.
func (c *client) newEnv() *replica.Env {
	return &replica.Env{Conn: c.conn, Store: c.store, Keys: c.keys, Now: c.o.Now, Logf: c.o.Logf, Link: c.Link,
		Hosting: c.hosting, OwnsHub: c.hub != nil, Identity: func() *keyring.Identity { return c.identity },
		HubKey: c.sealKey, Signer: c.signer, MinEvents: c.o.SnapshotAfter, PresenceInbox: c.status.presenceInbox,
		SeesJoins: c.o.login == nil || c.o.login.Right == model.Command, Refuse: c.revoked.Refuse,
		WipeOutboxes: func(room string) error { return c.rooms.WipeBoxes(room) }, Forget: c.o.Forget}
}

// newAccess returns the access control of this process, which decides and enforces who
// may see a room.
func (c *client) newAccess() *access.Control {
	return access.New(&access.Control{Env: c.env, Ctx: c.ctx, Wait: &c.wg, Hub: c.hub, Revoked: c.revoked,
		Shorts: c.shorts,
		Changed: func(short string) {
			s := c.hubService.Load()
			if s != nil && s.api != nil {
				s.api.Changed(short)
			}
			if s != nil && s.index != nil {
				s.index.Changed(short)
			}
		},
		Speaks: func() bool {
			s := c.hubService.Load()
			return s != nil && s.api != nil
		},
		SpeaksForHub: func() bool {
			s := c.hubService.Load()
			return s != nil && !s.isRoomAdmin()
		},
		AskHub: func(ctx context.Context, question []byte) error {
			_, err := c.askHub(ctx, hubapi.VerbAccess, question)
			return err
		},
		OnReconnect: func(changed chan struct{}) {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.moves[changed] = true
		}})
}

// newWriterEnv returns the environment that the writers of this process share.
func (c *client) newWriterEnv() *writer.Env {
	e := &writer.Env{Env: c.env, Ctx: c.ctx, Full: c.status.full, CheckAccess: c.access.CheckAccess,
		Introduce: c.introduce,
		Enforce: func(ctx context.Context, ask writer.AccessChange) error {
			_, err := c.access.Enforced(ctx, ask)
			return err
		},
		Renew: func(p *keyring.Identity, old *keyring.Key, why model.Safe) error { return c.rooms.Renew(p, old, why) },
		AdmitAs: func(ctx context.Context, p *keyring.Identity, short string, a model.Act) error {
			return c.rooms.AdmitAs(ctx, p, short, a)
		}}
	if c.o.login != nil {
		e.LoginRight = c.o.login.Right
	}
	return e
}

// wake notifies the open rooms and the listeners that the state of the link has changed.
func (c *client) wake(live bool) {
	c.rooms.Wake(live)
	if !live {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for ch := range c.moves {
		wake.Notify(ch)
	}
}

// start starts the background goroutines.
func (c *client) start() {
	switch {
	case c.hub != nil && c.o.Listen != "":
		c.access.Guard(portGuard{c})
		fallthrough
	case c.o.HubService && c.hub == nil:
		c.access.WatchAccess()
		c.wg.Add(1)
		go c.openPort()
	}
	c.attend()
	c.sweeper.Look()
	c.wg.Add(2)
	go c.monitorLink()
	go func() {
		defer c.wg.Done()
		c.sweeper.Run()
	}()
	if c.o.HubService || c.hub != nil && (c.o.Via == subjects.HubHandle || c.o.Listen != "") {
		c.wg.Add(1)
		go func() {
			defer c.wg.Done()
			c.sweeper.Archive()
		}()
	}
}

// hosting reports whether the hub is in this process.
func (c *client) hosting() bool { return c.hub != nil && c.hub.Hosting() }

// Link returns the state of the connection to the hub.
func (c *client) Link() model.Link { return *c.link.Load() }

// monitorLink follows the state of the connection and of the hub until the client closes.
func (c *client) monitorLink() {
	defer c.wg.Done()
	var hubChanged <-chan struct{}
	if c.hub != nil {
		hubChanged = c.hub.Changed()
	}
	server := c.conn.NC.ConnectedServerId()
	for {
		c.status.exchange()
		var retry <-chan time.Time
		switch {
		case c.unattended(): // the hub service could not be started
			retry = time.After(time.Second)
		case c.status.worried():
			retry = time.After(worryEvery)
		}
		select {
		case <-c.ctx.Done():
			return
		case <-c.conn.Changed:
		case <-hubChanged:
		case <-retry:
		}
		l := c.look(&server)
		c.link.Store(&l)
		c.attend()
		c.wake(l.State == model.Live)
	}
}

// look returns the present state of the link. server is the id of the server seen before;
// look updates it.
func (c *client) look(server *string) model.Link {
	prev := c.Link()
	l := prev
	l.Hosting = c.hosting()
	l.State, l.Problem = model.Live, c.status.problem()
	id := c.conn.NC.ConnectedServerId()
	unfit := error(nil)
	if c.conn.NC.IsConnected() {
		unfit = c.conn.Ready(c.ctx, c.dial)
	}
	switch first := *server == ""; {
	case unfit != nil:
		l.State, l.Problem = model.Offline, model.Sentence(unfit)
	case !c.conn.NC.IsConnected():
		l.State = model.Offline
		if err := c.conn.LastError(); err != nil && l.Problem.IsEmpty() {
			l.Problem = model.Sentence(err)
		}
	case c.hub == nil && c.conn.NoLeader.Load():
		l.State, l.Problem = model.Offline, model.Sentence(jetlog.ErrNoLeader)
	case id != *server:
		*server = id
		if first {
			c.sweeper.Look()
		} else if !(prev.Hosting && l.Hosting) { // not a restart of our own server
			l.Moved++
		}
	}
	if l.State != prev.State {
		l.Since = c.o.Now()
	}
	return l
}

// unattended reports whether this process should run the hub service and does not yet. It
// should if it hosts the embedded hub, or if it uses an external server without an
// invitation.
func (c *client) unattended() bool {
	return c.hubService.Load() == nil && c.o.login == nil && (c.hub == nil || c.hosting())
}

// attend starts the hub service if this process hosts the hub, or the room administrator
// on an external server. If that fails, it logs the error, and monitorLink retries.
func (c *client) attend() {
	if !c.unattended() {
		return
	}
	begin := newHubService
	if c.hub == nil && !c.o.HubService {
		begin = newRoomAdmin
	}
	s, err := begin(c)
	if err != nil {
		c.o.Logf(model.Safef("this terminal cannot admit keys and will try again: %s", err))
		return
	}
	c.hubService.Store(s)
	c.sweeper.Look()
}

// listen returns a channel that receives a value when a room has new messages or the
// connection is back, and a function that ends the subscription. It returns
// [model.Unreachable] if the subscription fails.
func (c *client) listen(short string) (chan struct{}, func(), error) {
	ch := make(chan struct{}, 1)
	subs, err := c.conn.SubscribeRoom(short, subjects.Live, func(*nats.Msg) { wake.Notify(ch) })
	if err != nil {
		return nil, nil, model.Refuse(model.Unreachable, "the request cannot be sent to the hub: %s", err)
	}
	c.mu.Lock()
	c.moves[ch] = true
	c.mu.Unlock()
	return ch, func() {
		subs.Unsubscribe()
		c.mu.Lock()
		delete(c.moves, ch)
		c.mu.Unlock()
	}, nil
}

// close stops the parts in the order of their dependencies.
func (c *client) close() error {
	c.stop()
	c.wg.Wait() // monitorLink and the sweeper: after them, nothing opens a room
	var errs []error
	if s := c.hubService.Load(); s != nil {
		errs = append(errs, s.close())
	}
	errs = append(errs, c.rooms.Close())
	c.conn.NC.Close()
	if c.identity != nil {
		errs = append(errs, c.identity.Release())
	}
	if c.hub != nil {
		c.hub.Close()
	}
	return errors.Join(errs...)
}
