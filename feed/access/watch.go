package access

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"

	"warroom/feed/jetlog"
	"warroom/feed/subjects"
	"warroom/feed/wake"
	"warroom/feed/writer"
	"warroom/model"
)

// Enforcer enforces access at a port of the hub: SSH, or TCP for terminals. Its methods
// are not called concurrently.
type Enforcer interface {
	// Restrict sets the only people who may see a room. With no handles, everybody may.
	Restrict(short string, handles []string)
	// Revoke closes the connections of a person, and those that use an SSH key revoked
	// with the person, and refuses new ones. It returns the number of connections. It is
	// called again when more keys are revoked.
	Revoke(handle string) (ended int)
	// Lift allows a revoked person again.
	Lift(handle string)
}

// guardLook is how often the list of revocations is checked.
const guardLook = time.Second

// accessWatcher calls the enforcers of this process.
type accessWatcher struct {
	control     *Control
	ask         chan *nats.Msg // changes that their author waits for
	wake        chan struct{}
	reconnected chan struct{} // receives a value after a reconnect: changes may have been missed
	start       sync.Once

	mu        sync.Mutex
	guards    []Enforcer
	newGuards []Enforcer      // not called yet
	look      map[string]bool // rooms to check; true: an entry has changed the access

	revoked atomic.Pointer[revocations] // revocations that the enforcers have; if nil, none yet
	rooms   map[string][]string         // used only by run: restricted rooms that the enforcers have
}

// Guard registers an enforcer.
func (c *Control) Guard(g Enforcer) {
	s := &c.watcher
	s.mu.Lock()
	s.newGuards = append(s.newGuards, g)
	s.mu.Unlock()
	c.WatchAccess()
	wake.Notify(s.wake)
}

// WatchAccess starts to watch for changes of access.
func (c *Control) WatchAccess() {
	s := &c.watcher
	s.start.Do(func() {
		c.Wait.Add(1)
		leave := s.listen()
		go s.run(c.Ctx, leave)
	})
}

// run calls the enforcers until ctx ends.
func (s *accessWatcher) run(ctx context.Context, leave func()) {
	defer s.control.Wait.Done()
	defer leave()
	t := time.NewTicker(guardLook)
	defer t.Stop()
	for {
		var asked *nats.Msg
		select {
		case <-ctx.Done():
			return
		case <-s.wake:
		case <-t.C:
		case asked = <-s.ask:
		case <-s.reconnected:
			s.all(ctx)
		}
		s.welcome(ctx)
		ended := s.updateRevoked()
		if asked != nil {
			s.answer(ctx, asked, ended)
		}
		s.restrict(ctx)
	}
}

// answer enforces a change that its author waits for, in the state of the room after the
// entry.
func (s *accessWatcher) answer(ctx context.Context, m *nats.Msg, ended int) {
	done := accessDone{Ended: ended}
	var ask writer.AccessChange
	err := json.Unmarshal(m.Data, &ask)
	if err == nil && ask.Room != "" {
		late, cancel := context.WithTimeout(ctx, Timeout)
		err = s.enforce(late, ask.Room, ask.Seq)
		cancel()
	}
	if err != nil {
		done.Error = model.Sentence(err)
	}
	if raw, err := json.Marshal(done); err == nil {
		_ = m.Respond(raw) // the sender retries
	}
}

// listen subscribes to the messages that may change access.
func (s *accessWatcher) listen() (leave func()) {
	var subs jetlog.Subscriptions
	live, err := s.control.Conn.SubscribeRoom("*", subjects.Live, func(m *nats.Msg) {
		if !model.MayBeOf(m.Data, model.KindRoomRestricted, model.KindIncidentDeclared, model.KindKeyRevoked,
			model.KindRightChanged) {
			return
		}
		if short, _, _, _, ok := subjects.Parse(m.Subject); ok {
			s.changed(short)
		}
	})
	if err == nil {
		subs = append(subs, live...)
	}
	if sub, err := s.control.Conn.NC.ChanSubscribe(guardSubject, s.ask); err == nil && !s.control.Conn.ByHub.Load() {
		subs = append(subs, sub)
	}
	s.control.OnReconnect(s.reconnected)
	return subs.Unsubscribe
}

func (s *accessWatcher) changed(short string) {
	s.mu.Lock()
	s.look[short] = true
	s.mu.Unlock()
	wake.Notify(s.wake)
}

// welcome calls the new enforcers with the present restrictions and revocations.
func (s *accessWatcher) welcome(ctx context.Context) {
	s.mu.Lock()
	newGuards := s.newGuards
	s.newGuards = nil
	s.guards = append(s.guards, newGuards...)
	s.mu.Unlock()
	for _, g := range newGuards {
		if now := s.revoked.Load(); now != nil {
			for h := range now.handles {
				g.Revoke(h)
			}
		}
		for short, names := range s.rooms {
			g.Restrict(short, slices.Clone(names))
		}
	}
	if len(newGuards) > 0 {
		s.all(ctx)
	}
}

// all marks every room to be checked.
func (s *accessWatcher) all(ctx context.Context) {
	shorts, err := s.control.Shorts(ctx)
	if err != nil {
		s.control.Logf(model.Safef("access to the rooms is not known yet: %s", model.Sentence(err)))
		return
	}
	s.mu.Lock()
	for _, short := range shorts {
		if _, ok := s.look[short]; !ok {
			s.look[short] = false
		}
	}
	s.mu.Unlock()
}

// updateRevoked calls the enforcers with new and lifted revocations. From then on revoked
// guests of this process neither see nor write anything, even while their connections are
// being closed.
func (s *accessWatcher) updateRevoked() (ended int) {
	now, before := s.control.Revoked.all(), s.revoked.Load()
	s.revoked.Store(now)
	for _, h := range slices.Sorted(maps.Keys(now.handles)) {
		if now.ofHandle(h) == before.ofHandle(h) {
			continue
		}
		for _, g := range s.guards {
			ended += g.Revoke(h)
		}
	}
	if before == nil {
		return ended
	}
	for h := range before.handles {
		for _, g := range s.guards {
			if !now.handles[h] {
				g.Lift(h)
			}
		}
	}
	return ended
}

// restrict checks the marked rooms and calls the enforcers.
func (s *accessWatcher) restrict(ctx context.Context) {
	s.mu.Lock()
	look := s.look
	s.look = map[string]bool{}
	s.mu.Unlock()
	for short, entry := range look {
		late, cancel := context.WithTimeout(ctx, Timeout)
		err := s.enforce(late, short, 0)
		if err == nil && entry && s.control.Speaks() {
			err = s.control.EnforceRoom(late, short, 0, false)
			if err == nil && s.control.isPrepared(short) {
				s.mu.Lock()
				s.look[short] = true // its author may be gone before it is settled
				s.mu.Unlock()
			}
		}
		cancel()
		switch {
		case ctx.Err() != nil:
			return
		case err != nil: // retried with the next check
			s.mu.Lock()
			s.look[short] = entry || s.look[short]
			s.mu.Unlock()
		}
	}
}

// enforce calls the enforcers with the access to a room after an entry.
func (s *accessWatcher) enforce(ctx context.Context, short string, seq uint64) error {
	r, err := s.control.Rooms.RoomAt(ctx, short, seq)
	switch {
	case model.CodeOf(err) == model.NotFound:
		return nil
	case err != nil:
		return err
	case slices.Equal(r.Restricted, s.rooms[short]):
		return nil
	}
	s.rooms[short] = r.Restricted
	for _, g := range s.guards {
		g.Restrict(short, slices.Clone(r.Restricted))
	}
	return nil
}

// SSHKey returns the fingerprint in the origin of a guest who uses SSH, or "".
func SSHKey(origin string) string {
	rest, _ := strings.CutPrefix(origin, "ssh ")
	if !strings.HasPrefix(rest, "SHA256:") || len(rest) == len(origin) {
		return ""
	}
	key, _, _ := strings.Cut(rest, " ")
	return key
}
