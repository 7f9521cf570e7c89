package feed

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"strconv"
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

// strikeSubject is a question among the processes of one data directory: look who
// was struck, and say how many connections that ended.
const strikeSubject = "warroom.hub.strike"

// guardLook is how often the list of who was struck is looked at.
const guardLook = time.Second

// sentry tells the guards of this process what they enforce.
type sentry struct {
	h     *house
	ask   chan *nats.Msg
	wake  chan struct{}
	again chan struct{} // the connection was gone: something may have been missed
	start sync.Once

	mu     sync.Mutex
	guards []Guard
	fresh  []Guard         // not told anything yet
	look   map[string]bool // rooms in which something has changed

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
	s.start.Do(func() {
		h.wg.Add(1)
		go s.run(h.ctx)
	})
	ring(s.wake)
}

// run tells the guards, until the feed is closed.
func (s *sentry) run(ctx context.Context) {
	defer s.h.wg.Done()
	defer s.listen()()
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
			_ = asked.Respond(strconv.AppendInt(nil, int64(ended), 10)) // who asked does without where it is gone
		}
		s.restrict(ctx)
	}
}

// listen hears of rooms that change who may see them.
func (s *sentry) listen() (leave func()) {
	var subs []*nats.Subscription
	live, err := s.h.w.nc.Subscribe("warroom.*."+laneLive+".>", func(m *nats.Msg) {
		if bytes.Contains(m.Data, []byte(model.KindRoomRestricted)) || bytes.Contains(m.Data, []byte(model.KindIncidentDeclared)) {
			if short, _, _, _, ok := parseLane(m.Subject); ok {
				s.changed(short)
			}
		}
	})
	if err == nil {
		subs = append(subs, live)
	}
	if s.h.hub != nil {
		if sub, err := s.h.w.nc.ChanSubscribe(strikeSubject, s.ask); err == nil {
			subs = append(subs, sub)
		}
	}
	s.h.mu.Lock()
	s.h.moves[s.again] = true
	s.h.mu.Unlock()
	return func() {
		for _, sub := range subs {
			_ = sub.Unsubscribe() // the connection may be gone: nothing to undo then
		}
	}
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
		s.look[short] = true
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
	for short := range look {
		r, err := s.h.glance(ctx, short)
		switch {
		case ctx.Err() != nil:
			return
		case model.CodeOf(err) == model.NotFound:
			continue
		case err != nil: // again with the next look
			s.mu.Lock()
			s.look[short] = true
			s.mu.Unlock()
			continue
		}
		if slices.Equal(r.Restricted, s.rooms[short]) {
			continue
		}
		s.rooms[short] = r.Restricted
		for _, g := range s.guards {
			g.Restrict(short, slices.Clone(r.Restricted))
		}
	}
}

// sshKey is the fingerprint in the door of a key that came by SSH.
func sshKey(door string) string {
	w := strings.Fields(door)
	if len(w) > 1 && w[0] == "ssh" && strings.HasPrefix(w[1], "SHA256:") {
		return w[1]
	}
	return ""
}
