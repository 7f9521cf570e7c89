// Package access decides from the log of a room who may see it, and enforces that: in the
// streams of the hub, at the ports of all its processes, and for the guests of this
// process. It also has the list of people who were revoked from the whole hub.
package access

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"warroom/feed/hub"
	"warroom/feed/hubapi"
	"warroom/feed/jetlog"
	"warroom/feed/replica"
	"warroom/feed/rooms"
	"warroom/feed/subjects"
	"warroom/model"
)

// The log of a room decides who may see it. The hub enforces that in the configuration of
// the room's streams (see hubapi.Access), at the ports of each of its processes (see
// Guard), and in the user store. A change is acknowledged to its author after it is
// enforced. A restriction is enforced before others could receive its entry.

// Control decides and enforces who may see the rooms of a hub.
type Control struct {
	*replica.Env
	Ctx     context.Context // ends with the process
	Wait    *sync.WaitGroup // for the goroutines it starts
	Hub     *hub.Hub        // nil with an external server
	Rooms   *rooms.Set
	Revoked *List

	Shorts       func(ctx context.Context) ([]string, error)      // returns all rooms
	Changed      func(short string)                               // called after the access to a room changed
	Speaks       func() bool                                      // whether this process answers logins for the hub
	SpeaksForHub func() bool                                      // reports whether it has the hub's key
	AskHub       func(ctx context.Context, question []byte) error // sends a request of a login to the hub
	OnReconnect  func(changed chan struct{})                      // registers a channel to notify after a reconnect

	watcher   accessWatcher
	enforcing sync.Map                 // a mutex per room, held until what was read of the room is enforced
	mu        sync.Mutex               // held while access is written to streams
	narrowed  map[string]hubapi.Access // access to the rooms for which a restriction is prepared, before it
	prepared  map[string]time.Time     // for those rooms: until when other changes do not undo the restriction
}

// New initializes a Control. It starts to watch rooms with the first enforcer.
func New(c *Control) *Control {
	c.watcher = accessWatcher{control: c, ask: make(chan *nats.Msg, 16), wake: make(chan struct{}, 1),
		reconnected: make(chan struct{}, 1), look: map[string]bool{}, rooms: map[string][]string{}}
	return c
}

// Of returns the access to a room according to its log.
func Of(r *model.Room) hubapi.Access {
	var revoked []string
	for _, handle := range slices.Sorted(maps.Keys(r.Rulings)) {
		if r.IsRevoked(handle) {
			revoked = append(revoked, handle)
		}
	}
	return hubapi.NewAccess(r.Restricted, revoked)
}

// SetAccess writes the access to a room into the configuration of its streams. With
// narrow, nobody gets more access than before. When it returns, no message that only the
// previous access allowed is in transit.
func (c *Control) SetAccess(ctx context.Context, short string, a hubapi.Access, narrow bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	ctx, cancel := c.Conn.Alive(ctx, Timeout)
	defer cancel()
	s, err := c.Conn.JS.Stream(ctx, subjects.Stream(short))
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return jetlog.NotThere(short)
	}
	if err != nil {
		return jetlog.RequestError(err)
	}
	cfg := s.CachedInfo().Config
	prev := hubapi.AccessOf(cfg)
	if narrow {
		a = prev.Both(a)
	}
	defer func() { c.notifyExcluded(short, prev, a, narrow) }()
	if !prev.Equal(a) || !published(cfg, short, subjects.Log, a) {
		if err := c.reconfigure(ctx, cfg, short, subjects.Log, a); err != nil {
			return err
		}
	}
	if s, err = c.Conn.JS.Stream(ctx, subjects.Stream(short)+subjects.CheckpointsEnd); err == nil {
		if cfg := s.CachedInfo().Config; !published(cfg, short, subjects.Checkpoints, a) {
			err = c.reconfigure(ctx, cfg, short, subjects.Checkpoints, a)
		}
	}
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		err = nil
	}
	c.Changed(short)
	return jetlog.RequestError(err)
}

// notifyExcluded notifies the terminals of people who have lost access to a room, so that
// they ask the hub and find out. Nobody else learns that the room exists. While a
// restriction is being prepared, it only records the access before it. mu must be held.
func (c *Control) notifyExcluded(short string, prev, now hubapi.Access, narrow bool) {
	if before, ok := c.narrowed[short]; ok {
		prev = before
	}
	if narrow {
		if c.narrowed == nil {
			c.narrowed, c.prepared = map[string]hubapi.Access{}, map[string]time.Time{}
		}
		c.narrowed[short] = prev
		if _, ok := c.prepared[short]; !ok {
			c.prepared[short] = c.Now().Add(2 * Timeout)
		}
		return
	}
	delete(c.narrowed, short)
	delete(c.prepared, short)
	if prev.Equal(now) {
		return
	}
	var targets []string
	if !prev.Restricted {
		targets = append(targets, subjects.Of(short, subjects.Live, subjects.HubHandle, jetlog.StandingToken))
	}
	for _, reader := range prev.Readers {
		if !now.Sees(reader) {
			targets = append(targets, hubapi.Relayed(reader, short, subjects.Live, subjects.HubHandle+"."+
				jetlog.StandingToken))
		}
	}
	for _, subject := range targets {
		_ = c.Conn.NC.Publish(subject, nil) // they also ask at intervals
	}
}

// published reports whether a stream republishes its messages as the access requires. A
// stream that republishes nothing is being restored.
func published(c jetstream.StreamConfig, short, subjectKind string, a hubapi.Access) bool {
	want := c
	a.Set(&want, short, subjectKind)
	return c.RePublish == nil || *c.RePublish == *want.RePublish
}

func (c *Control) reconfigure(ctx context.Context, cfg jetstream.StreamConfig, short, subjectKind string,
	a hubapi.Access) error {
	notRepublished := cfg.RePublish == nil
	a.Set(&cfg, short, subjectKind)
	if notRepublished {
		cfg.RePublish = nil
	}
	_, err := c.Conn.JS.UpdateStream(ctx, cfg)
	return jetlog.RequestError(err)
}

// isPrepared reports whether a restriction of a room is enforced whose entry may not be
// stored yet.
func (c *Control) isPrepared(short string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.Now().Before(c.prepared[short])
}

// EnforceRoom enforces the access to a room according to its log, in its streams and for
// the requests that this process answers. It runs once per room at a time, so that an
// older state never replaces a newer one. Unless settled, it keeps a prepared restriction
// whose entry it may not have seen.
func (c *Control) EnforceRoom(ctx context.Context, short string, seq uint64, settled bool) error {
	mu, _ := c.enforcing.LoadOrStore(short, new(sync.Mutex))
	mu.(*sync.Mutex).Lock()
	defer mu.(*sync.Mutex).Unlock()
	r, err := c.Rooms.RoomAt(ctx, short, seq)
	if err != nil {
		return err
	}
	a := Of(r)
	if err := c.SetAccess(ctx, short, a, !settled && c.isPrepared(short)); err != nil || c.Hub == nil {
		return err
	}
	return errors.Join(c.Hub.Restrict(short, r.Restricted), c.Hub.RevokeInRoom(short, a.Revoked))
}

// CompareAccess enforces the access to every room before this process acts for the hub,
// because it may have changed while no process did. It hides a room that cannot be read
// from everybody.
func (c *Control) CompareAccess(ctx context.Context) error {
	shorts, err := c.Shorts(ctx)
	if err != nil {
		return err
	}
	for _, short := range shorts {
		switch err := c.EnforceRoom(ctx, short, 0, true); {
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil, model.CodeOf(err) == model.NotFound:
		default:
			if err := c.SetAccess(ctx, short, hubapi.Access{Restricted: true}, false); err != nil {
				return err
			}
		}
	}
	return nil
}
