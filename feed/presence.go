package feed

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

	"warroom/feed/hubapi"
	"warroom/model"
)

// Who is here is said over core NATS and never stored.
const (
	beatEvery  = 4 * time.Second        // how often a person says that they are here
	goneAfter  = 12 * time.Second       // when nobody believes it any more
	typeEvery  = 250 * time.Millisecond // how fast typing may come and go
	typeAfter  = 100 * time.Millisecond // and how long it lasts before it is said: the line itself goes first
	listEvery  = time.Second            // when people were heard is listed anew so often
	mostPeople = 1000                   // no one can fill the memory of the others
	mostLeft   = 100                    // who left and is remembered, the newest
	longest    = 200                    // bytes of an address
	mostEarly  = 256                    // keys whose presence is kept until the room knows them
)

// beat is what a terminal reports about a person. Via and From are those of the
// process that let them in: a login's own words are replaced by the hub.
type beat = hubapi.Presence

// hall is where the people of a room are seen, and those at its door.
type hall struct {
	mu    sync.Mutex
	now   func() time.Time
	seen  map[string]model.Presence // by key
	list  []model.Presence          // the same, in order; made anew when it is asked for
	fresh bool                      // the list says who is here
	made  time.Time                 // when the list was made: what else it says may be older
	left  []model.Presence          // who is not here any more, the newest first; made anew too
	door  map[string]knocker        // by key
	late  time.Time                 // when a beat made us ask for the tip the last time
	hurry chan struct{}             // say soon who is here: somebody began or stopped typing, came, or asks
	all   atomic.Bool               // all are to be named then, as another process asked
	asked chan struct{}             // somebody knocked
	early map[string]beat           // by key: presence of keys that the room does not know yet
}

func (h *hall) init(now func() time.Time) {
	h.now, h.seen, h.door = now, map[string]model.Presence{}, map[string]knocker{}
	h.hurry, h.asked = make(chan struct{}, 1), make(chan struct{}, 1)
}

// people returns who is here, and who left. The slices are never written to
// again.
func (h *hall) people() (here, left []model.Presence) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if now := h.now(); !h.fresh || now.Sub(h.made).Abs() >= listEvery {
		h.order()
		h.fresh, h.made = true, now
	}
	return h.list, h.left
}

// gone notes that somebody left. It is called with mu held.
func (h *hall) gone(key string) {
	p := h.seen[key]
	delete(h.seen, key)
	p.Typing = false
	left := append(make([]model.Presence, 0, len(h.left)+1), p)
	for _, o := range h.left {
		if o.Handle != p.Handle && len(left) < mostLeft {
			left = append(left, o)
		}
	}
	h.left = left
}

// order makes the list anew. It is called with mu held.
func (h *hall) order() {
	h.list = make([]model.Presence, 0, len(h.seen))
	for _, p := range h.seen {
		h.list = append(h.list, p)
	}
	slices.SortFunc(h.list, func(a, b model.Presence) int {
		if c := strings.Compare(a.Handle, b.Handle); c != 0 {
			return c
		}
		return strings.Compare(a.Key, b.Key)
	})
}

// back forgets that somebody left. It is called with mu held.
func (h *hall) back(handle string) {
	if slices.ContainsFunc(h.left, func(p model.Presence) bool { return p.Handle == handle }) {
		h.left = slices.DeleteFunc(slices.Clone(h.left), func(p model.Presence) bool { return p.Handle == handle })
	}
}

// note takes in a beat. News means that people should see something else.
func (h *hall) note(key string, b beat) (news bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	was, here := h.seen[key]
	switch {
	case b.Bye && here:
		was.LastSeen = h.now()
		h.seen[key] = was
		h.gone(key)
	case b.Bye || !here && len(h.seen) >= mostPeople:
		return false
	default:
		h.back(b.Handle)
		h.seen[key] = model.Presence{Handle: b.Handle, Key: key, Via: b.Via, Typing: b.Typing, LastSeen: h.now(), Seq: b.Seq, From: b.From}
	}
	news = b.Bye || !here || was.Typing != b.Typing || was.From != b.From
	h.fresh = h.fresh && !news
	return news
}

// expire forgets who was not heard for long.
func (h *hall) expire() (news bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for k, p := range h.seen {
		if h.now().Sub(p.LastSeen) > goneAfter {
			h.gone(k)
			news = true
		}
	}
	h.fresh = h.fresh && !news
	for k, n := range h.door {
		if h.now().Sub(n.last) > goneAfter {
			delete(h.door, k)
			news = true
		}
	}
	return news
}

// behind says whether a beat shows that we miss something; at most once a
// second, as anybody may claim to be anywhere.
func (h *hall) behind(seq, next uint64) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if seq < next || h.now().Sub(h.late) < time.Second {
		return false
	}
	h.late = h.now()
	return true
}

// wait keeps the presence of a key that the room does not know yet: it may be
// admitted by an entry that is still on its way.
func (h *hall) wait(key string, b beat) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.early == nil {
		h.early = map[string]beat{}
	}
	if _, ok := h.early[key]; !ok && len(h.early) >= mostEarly {
		clear(h.early) // they report again
	}
	h.early[key] = b
}

// showAdmitted shows the presence that waited for keys which the room knows now.
func (f *follower) showAdmitted() {
	h := &f.hall
	h.mu.Lock()
	var known []string
	for key := range h.early {
		if _, ok := f.at.room.Member(key); ok {
			known = append(known, key)
		}
	}
	h.mu.Unlock()
	for _, key := range known {
		h.mu.Lock()
		b := h.early[key]
		delete(h.early, key)
		h.mu.Unlock()
		if m, ok := f.at.room.Member(key); ok && m.Handle == b.Handle && !m.Struck {
			h.note(key, b)
		}
	}
}

// beat hears that somebody is here. Their handle is the one of the subject,
// which the server has checked.
func (f *follower) beat(m *nats.Msg) {
	_, _, handle, key, ok := parseLane(m.Subject) // a login cannot publish here: the hub does it for them
	var b beat
	if !ok || len(m.Header) > 0 || len(m.Data) > 1024 || json.Unmarshal(m.Data, &b) != nil || b.Handle != handle || len(b.Via) > 32 || len(b.From) > longest {
		return
	}
	if b.Ask {
		if !f.ours(key) { // who came into this process sees here who is in it
			f.hall.all.Store(true)
			ring(f.hall.hurry)
		}
		return
	}
	switch m, ok := f.view().room.Member(key); {
	case !ok:
		f.hall.wait(key, b)
		return
	case m.Handle != handle || m.Struck:
		return // somebody else's key, or one that was revoked
	}
	if f.hall.note(key, b) {
		f.change(func(*shared) {})
	}
	if f.hall.behind(b.Seq, f.view().next) {
		ring(f.poke)
	}
}

// ours says whether a key is one of this process.
func (f *follower) ours(key string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.desks[key] != nil
}

// greet says who of this process is in the room, and answers the door.
func (f *follower) greet(ctx context.Context) {
	defer f.wg.Done()
	t := time.NewTicker(beatEvery)
	defer t.Stop()
	var at time.Time
	said := map[string]bool{} // by key: whether they were said to be typing
	for {
		all := false
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			if f.hall.expire() {
				f.change(func(*shared) {})
			}
			all = true
		case <-f.hall.hurry:
			rest := max(typeEvery-f.h.o.Now().Sub(at), typeAfter)
			select {
			case <-ctx.Done():
				return
			case <-time.After(min(rest, typeEvery)):
			}
			all = f.hall.all.Swap(false)
		case <-f.hall.asked:
			f.answer(ctx)
			continue
		}
		at, said = f.h.o.Now(), f.say(said, all)
	}
}

// say sends one beat for everybody of this process, or for those alone who came
// or of whom something else is true than what was said.
func (f *follower) say(said map[string]bool, all bool) map[string]bool {
	f.mu.Lock()
	desks := maps.Clone(f.desks)
	f.mu.Unlock()
	now := make(map[string]bool, len(desks))
	for k, d := range desks {
		here, typing := d.presence()
		if !here || d.p.hold().text != k {
			continue
		}
		now[k] = typing
		if was, known := said[k]; all || !known || was != typing {
			f.send(k, beat{Handle: d.p.handle, Via: d.p.via, Typing: typing, Seq: f.view().next - 1, From: d.p.from()})
		}
	}
	return now
}

// send publishes a beat. That it is lost while the hub is away is no loss.
func (f *follower) send(key string, b beat) {
	if raw, err := json.Marshal(b); err == nil {
		_ = f.h.w.nc.Publish(f.hereSubject(b.Handle, key), raw) // see above
	}
}
