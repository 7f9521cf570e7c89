package feed

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"

	"warroom/feed/hub"
	"warroom/feed/hubapi"
	"warroom/feed/vault"
	"warroom/model"
)

// house is what all rooms and people of one process share.
type house struct {
	o    Options
	w    *wire
	hub  *hub.Hub // nil with an external server
	keys keyring
	safe *vault.Vault // encrypts what waits; nil: it is plain
	pen  *pen         // whose process it is; nil until a key is held

	ctx  context.Context // ends with close
	stop context.CancelFunc
	wg   sync.WaitGroup

	link     atomic.Pointer[model.Link]
	heard    howHeard // of the process that hosts
	howInbox string   // where its answers go
	steward  atomic.Pointer[steward]
	sweeps   chan struct{}
	struck   *struckList
	sentry   sentry
	noBurial atomic.Bool // the server lets this login delete nothing
	hidden   sync.Map    // rooms that the server keeps from this login since they were open here
	alerts   atomic.Pointer[TakeAlerts]

	accessMu sync.Mutex               // held while who may see a room is written down
	narrowed map[string]hubapi.Access // of rooms that are about to be restricted: who may see them until then

	mu    sync.Mutex
	rooms map[string]*opening
	desks map[deskID]*desk
	moves map[chan struct{}]bool // rung when the connection is there again
	works map[string]bool        // outboxes of rooms that are being declared

	dropAck  hook // for tests: lose an answer of the log
	dropLive hook // for tests: lose a live message
}

// hook says whether something is to be lost. Only tests set one.
type hook struct{ atomic.Pointer[func() bool] }

func (h *hook) lose() bool {
	fn := h.Load()
	return fn != nil && (*fn)()
}

// openHouse connects.
func openHouse(ctx context.Context, o Options) (*house, error) {
	if _, err := hub.OwnDir(o.Data); err != nil {
		return nil, err
	}
	h := &house{o: o, keys: keyring{filepath.Join(o.Data, "keys")}, sweeps: make(chan struct{}, 1),
		rooms: map[string]*opening{}, desks: map[deskID]*desk{}, moves: map[chan struct{}]bool{}, works: map[string]bool{}, struck: newStruckList(o.Data, o.Logf)}
	h.sentry = sentry{h: h, ask: make(chan *nats.Msg, 16), wake: make(chan struct{}, 1), again: make(chan struct{}, 1), look: map[string]bool{}, rooms: map[string][]string{}}
	for _, d := range []string{"keys", "outbox", "cache"} {
		if err := privateDir(filepath.Join(o.Data, d)); err != nil {
			return nil, err
		}
	}
	h.ctx, h.stop = context.WithCancel(context.Background())
	var err error
	if err = h.openVault(); err != nil {
		return nil, err
	}
	h.sealCopies()
	if o.Server == "" {
		h.hub, err = hub.Open(ctx, hub.Options{Dir: filepath.Join(o.Data, "hub"), Runtime: o.Runtime, Logf: o.Logf, Now: o.Now, NeverHost: o.NeverHost, Listen: o.Listen,
			Key: h.storeKey(), Begin: h.inspect, Free: o.free, Check: o.look})
		if err != nil {
			h.stop()
			return nil, err
		}
		h.w, err = dial(ctx, &h.o, h.hub)
	} else if h.w, err = dial(ctx, &h.o, h.o.way); model.CodeOf(err) == model.Unreachable && h.mayBeAlone() {
		h.w, err = dialLater(&h.o, err)
	}
	if err == nil {
		err = h.hearHow()
	}
	if err != nil {
		h.stop()
		if h.hub != nil {
			h.hub.Close()
		}
		h.wg.Wait()
		return nil, err
	}
	l := model.Link{State: model.Live, Since: o.Now(), Where: h.w.where, Hosting: h.hosting(), Open: h.hub == nil && o.login == nil}
	if !h.w.looked.Load() {
		l.State, l.Trouble = model.Offline, model.Sentence(h.w.trouble())
	}
	h.link.Store(&l)
	return h, nil
}

// start begins what runs behind.
func (h *house) start() {
	switch {
	case h.hub != nil && h.o.Listen != "":
		h.guard(portGuard{h})
		fallthrough
	case h.o.Steward && h.hub == nil:
		h.watchAccess()
		h.wg.Add(1)
		go h.openPort()
	}
	h.attend()
	ring(h.sweeps)
	h.wg.Add(2)
	go h.keep()
	go h.sweep()
	if h.o.Steward || h.hub != nil && (h.o.Via == hubHandle || h.o.Listen != "") {
		h.wg.Add(1)
		go h.archive()
	}
}

// hosting says whether the hub is in this process.
func (h *house) hosting() bool { return h.hub != nil && h.hub.Hosting() }

// Link says how this process stands to its hub.
func (h *house) Link() model.Link { return *h.link.Load() }

// keep watches the connection and the hub.
func (h *house) keep() {
	defer h.wg.Done()
	var hubChanged <-chan struct{}
	if h.hub != nil {
		hubChanged = h.hub.Changed()
	}
	server := h.w.nc.ConnectedServerId()
	for {
		h.exchange()
		var again <-chan time.Time
		switch {
		case h.unattended(): // the steward could not begin
			again = time.After(time.Second)
		case h.worried():
			again = time.After(worryEvery)
		}
		select {
		case <-h.ctx.Done():
			return
		case <-h.w.changed:
		case <-hubChanged:
		case <-again:
		}
		l := h.look(&server)
		h.link.Store(&l)
		h.attend()
		h.wake(l.State == model.Live)
	}
}

// look says how the link is now. Server is the one that was there before.
func (h *house) look(server *string) model.Link {
	was := h.Link()
	l := was
	l.Hosting = h.hosting()
	l.State, l.Trouble = model.Live, h.trouble()
	id := h.w.nc.ConnectedServerId()
	unfit := error(nil)
	if h.w.nc.IsConnected() {
		unfit = h.w.ready(h.ctx, &h.o)
	}
	switch first := *server == ""; {
	case unfit != nil:
		l.State, l.Trouble = model.Offline, model.Sentence(unfit)
	case !h.w.nc.IsConnected():
		l.State = model.Offline
		if err := h.w.trouble(); err != nil && l.Trouble.IsEmpty() {
			l.Trouble = model.Sentence(err)
		}
	case h.hub == nil && h.w.unled.Load():
		l.State, l.Trouble = model.Offline, model.Sentence(errUnled)
	case id != *server:
		*server = id
		if first {
			ring(h.sweeps)
		} else if !(was.Hosting && l.Hosting) { // else our own server was started anew
			l.Moved++
		}
	}
	if l.State != was.State {
		l.Since = h.o.Now()
	}
	return l
}

// unattended says whether this process has to answer the door and does not yet:
// where it hosts, and on a server that is no hub's.
func (h *house) unattended() bool {
	return h.steward.Load() == nil && h.o.login == nil && (h.hub == nil || h.hosting())
}

// attend starts the steward where this process hosts now, or the porter of a
// server.
func (h *house) attend() {
	if !h.unattended() {
		return
	}
	begin := newSteward
	if h.hub == nil && !h.o.Steward {
		begin = newPorter
	}
	s, err := begin(h)
	if err != nil {
		h.o.Logf(model.Safef("this terminal cannot let keys in, it tries again: %s", err))
		return
	}
	h.steward.Store(s)
	ring(h.sweeps)
}

// wake tells everybody that the link has changed.
func (h *house) wake(live bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, op := range h.rooms {
		if f := op.room(); f != nil {
			f.bell()
			if live {
				ring(f.poke)
			}
		}
	}
	if !live {
		return
	}
	for _, d := range h.desks {
		ring(d.bell)
	}
	for c := range h.moves {
		ring(c)
	}
}

// listen returns a bell for what is new in a room.
func (h *house) listen(short string) (chan struct{}, func(), error) {
	c := make(chan struct{}, 1)
	subs, err := h.w.subscribeLane(short, laneLive, func(*nats.Msg) { ring(c) })
	if err != nil {
		return nil, nil, model.Refuse(model.Unreachable, "the hub cannot be asked: %s", err)
	}
	h.mu.Lock()
	h.moves[c] = true
	h.mu.Unlock()
	return c, func() {
		subs.Unsubscribe()
		h.mu.Lock()
		delete(h.moves, c)
		h.mu.Unlock()
	}, nil
}

// hubNow is the hub's time, as far as it is known.
func (h *house) hubNow(f *follower) time.Time { return h.o.Now().Add(f.view().offset) }

// close ends everything in the order in which it depends on each other.
func (h *house) close() error {
	h.stop()
	h.wg.Wait() // keeper and sweeper: nobody opens anything from here on
	var errs []error
	if s := h.steward.Load(); s != nil {
		errs = append(errs, s.close())
	}
	errs = append(errs, h.closeRooms())
	h.w.nc.Close()
	if h.pen != nil {
		errs = append(errs, h.pen.release())
	}
	if h.hub != nil {
		h.hub.Close()
	}
	return errors.Join(errs...)
}

// busy keeps the sweeper from an outbox until the function it returns is called.
func (h *house) busy(path string) func() {
	set := func(v bool) {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.works[path] = v
	}
	set(true)
	return func() { set(false) }
}

// isBusy says whether an outbox is kept from the sweeper.
func (h *house) isBusy(path string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.works[path]
}

// exists says whether a file is there.
func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
