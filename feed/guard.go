package feed

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"warroom/model"
)

// Guard stands at a way by which other people come to this hub: SSH, or TCP for
// terminals elsewhere. Its methods are called one at a time.
type Guard interface {
	// Restrict says who alone may see a room from now on, or know of it; nobody
	// named means everybody may.
	Restrict(short string, handles []string)
	// Strike ends the connections of a person and lets them in no more. It
	// returns how many connections those were.
	Strike(handle string) (ended int)
	// Lift lets a person in again who was struck.
	Lift(handle string)
}

// guardLook is how often the list of who was struck is looked at.
const guardLook = time.Second

// sentry tells the guards of this process what they enforce.
type sentry struct {
	h     *house
	ask   chan *nats.Msg // changes that its author waits for
	wake  chan struct{}
	again chan struct{} // the connection was gone: something may have been missed
	start sync.Once

	mu     sync.Mutex
	guards []Guard
	fresh  []Guard         // not told anything yet
	look   map[string]bool // rooms to look at; true: an entry has changed who may see it

	struck map[string]bool     // of the goroutine: whom the guards know of
	rooms  map[string][]string // of the goroutine: restricted rooms that they know of
}

// Guard has somebody told who may come in, until the feed is closed: what holds
// now at once, and what changes then.
func (f *Feed) Guard(g Guard) { f.h.guard(g) }

func (h *house) guard(g Guard) {
	s := &h.sentry
	s.mu.Lock()
	s.fresh = append(s.fresh, g)
	s.mu.Unlock()
	h.watchAccess()
	ring(s.wake)
}

// watchAccess begins to watch for changes of access.
func (h *house) watchAccess() {
	s := &h.sentry
	s.start.Do(func() {
		h.wg.Add(1)
		leave := s.listen()
		go s.run(h.ctx, leave)
	})
}

// run tells the guards, until the feed is closed.
func (s *sentry) run(ctx context.Context, leave func()) {
	defer s.h.wg.Done()
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
		case <-s.again:
			s.all(ctx)
		}
		s.welcome(ctx)
		ended := s.strike()
		if asked != nil {
			s.answer(ctx, asked, ended)
		}
		s.restrict(ctx)
	}
}

// answer enforces a change that its author waits for: the room as it is behind the
// entry that makes it.
func (s *sentry) answer(ctx context.Context, m *nats.Msg, ended int) {
	done := accessDone{Ended: ended}
	var ask accessAsk
	err := json.Unmarshal(m.Data, &ask)
	if err == nil && ask.Room != "" {
		late, cancel := context.WithTimeout(ctx, accessWait)
		err = s.enforce(late, ask.Room, ask.Seq)
		cancel()
	}
	if err != nil {
		done.Error = model.Sentence(err)
	}
	if raw, err := json.Marshal(done); err == nil {
		_ = m.Respond(raw) // who asked asks again
	}
}

// listen receives of rooms that change who may see them.
func (s *sentry) listen() (leave func()) {
	var subs subscriptions
	live, err := s.h.w.subscribeLane("*", laneLive, func(m *nats.Msg) {
		for _, k := range []model.Kind{model.KindRoomRestricted, model.KindIncidentDeclared, model.KindKeyStruck, model.KindRightChanged} {
			if !bytes.Contains(m.Data, []byte(k)) {
				continue
			}
			if short, _, _, _, ok := parseLane(m.Subject); ok {
				s.changed(short)
			}
			return
		}
	})
	if err == nil {
		subs = append(subs, live...)
	}
	if sub, err := s.h.w.nc.ChanSubscribe(guardSubject, s.ask); err == nil && !s.h.w.byHub.Load() {
		subs = append(subs, sub)
	}
	s.h.mu.Lock()
	s.h.moves[s.again] = true
	s.h.mu.Unlock()
	return subs.Unsubscribe
}

func (s *sentry) changed(short string) {
	s.mu.Lock()
	s.look[short] = true
	s.mu.Unlock()
	ring(s.wake)
}

// welcome tells new guards what the others know.
func (s *sentry) welcome(ctx context.Context) {
	s.mu.Lock()
	fresh := s.fresh
	s.fresh = nil
	s.guards = append(s.guards, fresh...)
	s.mu.Unlock()
	for _, g := range fresh {
		for h := range s.struck {
			g.Strike(h)
		}
		for short, names := range s.rooms {
			g.Restrict(short, slices.Clone(names))
		}
	}
	if len(fresh) > 0 {
		s.all(ctx)
	}
}

// all has every room looked at.
func (s *sentry) all(ctx context.Context) {
	shorts, err := s.h.shorts(ctx)
	if err != nil {
		s.h.o.Logf(model.Safef("who may see which room is not known yet: %s", model.Sentence(err)))
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

// strike tells the guards who was struck and who is not any more.
func (s *sentry) strike() (ended int) {
	now := s.h.struck.all()
	for _, h := range slices.Sorted(maps.Keys(now)) {
		if s.struck[h] {
			continue
		}
		for _, g := range s.guards {
			ended += g.Strike(h)
		}
	}
	for h := range s.struck {
		for _, g := range s.guards {
			if !now[h] {
				g.Lift(h)
			}
		}
	}
	s.struck = now
	return ended
}

// restrict folds the rooms in which something has changed, and tells the guards.
func (s *sentry) restrict(ctx context.Context) {
	s.mu.Lock()
	look := s.look
	s.look = map[string]bool{}
	s.mu.Unlock()
	for short, entry := range look {
		late, cancel := context.WithTimeout(ctx, accessWait)
		err := s.enforce(late, short, 0)
		if err == nil && entry && s.h.speaks() {
			err = s.h.enforceRoom(late, short, 0)
		}
		cancel()
		switch {
		case ctx.Err() != nil:
			return
		case err != nil: // again with the next look
			s.mu.Lock()
			s.look[short] = entry || s.look[short]
			s.mu.Unlock()
		}
	}
}

// enforce tells the guards who may see a room, as it is behind an entry.
func (s *sentry) enforce(ctx context.Context, short string, seq uint64) error {
	r, err := s.h.roomAt(ctx, short, seq)
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

// speaks reports whether this process answers logins for the hub.
func (h *house) speaks() bool {
	s := h.steward.Load()
	return s != nil && s.api != nil
}

// sshKey is the fingerprint in the door of a key that came by SSH.
func sshKey(door string) string {
	w := strings.Fields(door)
	if len(w) > 1 && w[0] == "ssh" && strings.HasPrefix(w[1], "SHA256:") {
		return w[1]
	}
	return ""
}
