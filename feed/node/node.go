// Package node wires the packages below feed together: the log, the bridges, which are
// active while this process acts for the hub, and the receiver of alerts. It provides the
// [backend.Hub] of the command line.
package node

import (
	"context"
	"sync/atomic"
	"time"

	"warroom/feed"
	"warroom/feed/alerts"
	"warroom/feed/alerts/httpin"
	"warroom/feed/bridge"
	"warroom/model"
	"warroom/model/backend"
	"warroom/model/stats"
)

// Node has the state that the hubs of a process share.
type Node struct {
	now  func() time.Time
	logf func(model.Safe)
	// limits how many inputs of alerts this process reads concurrently
	limiter *alerts.ReadLimiter
}

// New returns the node of this process. now is its clock, and logf receives the reports
// of a hub that serves.
func New(now func() time.Time, logf func(model.Safe)) *Node {
	return &Node{now: now, logf: logf, limiter: alerts.NewReadLimiter()}
}

// hub is a feed with guests, bridges, and a receiver of alerts.
type hub struct {
	*feed.Feed
	*bridge.Runner
	receiver *alerts.Receiver
	now      func() time.Time
	web      *atomic.Pointer[httpin.Handler] // holds nil if HTTP is not served
	hold     time.Duration                   // how long Close waits for due deliveries
}

var _ backend.Hub = hub{}

// Open opens the hub at a location. Errors without a caller are logged to the location's
// log or, while it serves, to the log of the node.
func (n *Node) Open(ctx context.Context, l backend.Location) (backend.Hub, error) {
	logf := l.Logf
	if l.Via == "hub" {
		if logf = n.logf; l.HubLogf != nil {
			logf = l.HubLogf
		}
	}
	n.limiter.Set(l.Readings)
	f, err := feed.Open(ctx, feed.Options{Data: l.Data, Server: l.Server, Creds: l.Creds, CA: l.CA, Handle: l.Handle,
		Via: l.Via, Listen: l.Listen, Named: l.Named, AtRest: l.AtRest, Evidence: l.Evidence, Plan: l.Plan,
		Forget: l.Forget, HubService: l.Via == "hub" && l.Server != "", Now: n.now, Logf: logf})
	if err != nil {
		return nil, err
	}
	hold := hostHold
	if l.Via == "cli" {
		hold = CommandHold
	}
	return hub{Feed: f, Runner: n.startBridges(f, l, logf), receiver: n.newReceiver(f, l, logf), now: n.now,
		web: new(atomic.Pointer[httpin.Handler]), hold: hold}, nil
}

// LastRooms returns the rooms of a hub in this data directory as they were when it last ran;
// see [feed.LastRooms].
func (n *Node) LastRooms(l backend.Location) (rooms []model.RoomInfo, more int, at time.Time) {
	if l.Server != "" || l.Creds != "" {
		return nil, 0, time.Time{}
	}
	return feed.LastRooms(l.Data, lastClosed)
}

// lastClosed is how many closed rooms LastRooms returns.
const lastClosed = 100

// Invite creates a login of the hub of a data directory, and returns the text of its
// invitation.
func (n *Node) Invite(ctx context.Context, data string, v backend.Invitation) (string, error) {
	return feed.Invite(v).Write(ctx, data, n.now)
}

// Guest returns the rooms as a guest may use them.
func (h hub) Guest(ctx context.Context, g backend.Guest) (backend.GuestHub, error) {
	f, err := h.Feed.Guest(ctx, feed.Guest(g))
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Guard registers a port that has to enforce changes of access.
func (h hub) Guard(g backend.AccessEnforcer) { h.Feed.Guard(g) }

// Web serves HTTP: alerts, and webhooks of external services.
func (h hub) Web(ctx context.Context, w backend.Web) error {
	hooks := map[string]httpin.Hook{}
	if h.Runner != nil {
		for name, hook := range h.Hooks() {
			hooks["/hooks/"+name] = hook
		}
	}
	x := httpin.New(httpin.Options{Take: h.receiver.Take, Check: h.receiver.Check,
		Token: w.Token, Sign: w.Sign, GitHub: w.GitHub, Limit: w.Limit, AtOnce: w.AtOnce,
		Dir: w.Spool, Hooks: hooks, Now: h.now, Logf: w.Logf})
	h.web.Store(x)
	return httpin.Serve(ctx, w.Listener, x, w.Cert)
}

// Stats returns a sample of the hub, its bridges and its HTTP server.
func (h hub) Stats(ctx context.Context) stats.Hub {
	s := h.Feed.Stats(ctx)
	s.Bridges = h.Runner.Stats()
	if x := h.web.Load(); x != nil {
		s.RefusedPosts = x.Refused()
	}
	return s
}

// How long Close waits for due deliveries, such as the notices of a room that was just
// declared. A command waits less than half a second, however slow a service is. The room
// shows unconfirmed deliveries, and the next process retries them.
const (
	CommandHold = 300 * time.Millisecond
	hostHold    = 5 * time.Second
)

// Close waits for due deliveries, and closes the feed.
func (h hub) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), h.hold)
	defer cancel()
	h.receiver.Close()
	h.Settle(ctx)
	h.Runner.Close()
	return h.Feed.Close()
}
