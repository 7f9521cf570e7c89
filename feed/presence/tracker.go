// Package presence tracks the people in a room and the join requests of a room. Both are
// sent over core NATS, are not stored, and expire unless repeated.
package presence

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"warroom/feed/hubapi"
	"warroom/model"
)

// Presence is sent over core NATS and not stored. Its times and limits:
const (
	Every            = 4 * time.Second        // interval between beats
	goneAfter        = 12 * time.Second       // a person without a beat for so long is gone
	TypeEvery        = 250 * time.Millisecond // minimum time between changes of typing
	TypeAfter        = 100 * time.Millisecond // delay before typing is sent, so that the line itself goes first
	listEvery        = time.Second            // how often the list is rebuilt to update LastSeen
	maxPeople        = 1000                   // bounds the memory that others can make us use
	maxLeft          = 100                    // people who left and are remembered, the newest
	MaxFrom          = 200                    // maximum length of an address in bytes
	maxEarlyPresence = 256                    // keys whose presence is kept until the room has them
)

// Beat is a terminal's report of a person's presence. The hub replaces Via and From of a
// login's beat.
type Beat = hubapi.Presence

// Tracker is the roster of a room: the people in it, and the join requests. Its methods
// are safe for concurrent use.
type Tracker struct {
	mu        sync.Mutex
	now       func() time.Time
	seen      map[string]model.Presence // by key
	list      []model.Presence          // seen, sorted; made on demand
	listValid bool                      // list has the people who are in seen
	made      time.Time                 // when the list was made; LastSeen may be older than in seen
	left      []model.Presence          // people who left, the newest first; replaced, never changed
	requests  map[string]pendingJoin    // by key
	late      time.Time                 // when ShowsLag last reported true
	Hurry     chan struct{}             // receives a value when presence changed or is asked for
	All       atomic.Bool               // send the presence of all, because another process asked
	Asked     chan struct{}             // receives a value when somebody asks to join
	early     map[string]Beat           // by key: presence of keys that the room does not have yet
}

// Init prepares a tracker. now is the clock for expiry.
func (h *Tracker) Init(now func() time.Time) {
	h.now, h.seen, h.requests = now, map[string]model.Presence{}, map[string]pendingJoin{}
	h.Hurry, h.Asked = make(chan struct{}, 1), make(chan struct{}, 1)
}

// People returns the people who are in the room and those who left. The slices are not
// modified later.
func (h *Tracker) People() (here, left []model.Presence) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if now := h.now(); !h.listValid || now.Sub(h.made).Abs() >= listEvery {
		if !h.listValid || !h.update() {
			h.order()
		}
		h.listValid, h.made = true, now
	}
	return h.list, h.left
}

// gone moves a person to those who left. mu must be held.
func (h *Tracker) gone(key string) {
	p := h.seen[key]
	delete(h.seen, key)
	p.Typing = false
	left := append(make([]model.Presence, 0, len(h.left)+1), p)
	for _, o := range h.left {
		if o.Handle != p.Handle && len(left) < maxLeft {
			left = append(left, o)
		}
	}
	h.left = left
}

// update makes a list of the same people, with what they have sent since. It reports false if
// their order may be another one. mu must be held.
func (h *Tracker) update() bool {
	list := slices.Clone(h.list)
	for i := range list {
		p := h.seen[list[i].Key]
		if p.Handle != list[i].Handle {
			return false
		}
		list[i] = p
	}
	h.list = list
	return true
}

// order makes the list. mu must be held.
func (h *Tracker) order() {
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

// back removes a person from those who left. mu must be held.
func (h *Tracker) back(handle string) {
	if slices.ContainsFunc(h.left, func(p model.Presence) bool { return p.Handle == handle }) {
		h.left = slices.DeleteFunc(slices.Clone(h.left), func(p model.Presence) bool { return p.Handle == handle })
	}
}

// Note processes a beat. changed reports whether the people shown have changed.
func (h *Tracker) Note(key string, b Beat) (changed bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	prev, here := h.seen[key]
	switch {
	case b.Bye && here:
		prev.LastSeen = h.now()
		h.seen[key] = prev
		h.gone(key)
	case b.Bye || !here && len(h.seen) >= maxPeople:
		return false
	default:
		h.back(b.Handle)
		h.seen[key] = model.Presence{Handle: b.Handle, Key: key, Via: b.Via, Typing: b.Typing, LastSeen: h.now(),
			Seq: b.Seq, From: b.From}
	}
	changed = b.Bye || !here || prev.Typing != b.Typing || prev.From != b.From
	h.listValid = h.listValid && !changed
	return changed
}

// Expire removes people and join requests that were not repeated in time.
func (h *Tracker) Expire() (changed bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for k, p := range h.seen {
		if h.now().Sub(p.LastSeen) > goneAfter {
			h.gone(k)
			changed = true
		}
	}
	h.listValid = h.listValid && !changed
	for k, n := range h.requests {
		if h.now().Sub(n.last) > goneAfter {
			delete(h.requests, k)
			changed = true
		}
	}
	return changed
}

// ShowsLag reports whether a beat shows that this process misses entries. It reports true
// at most once a second, because anybody can send any sequence.
func (h *Tracker) ShowsLag(seq, next uint64) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if seq < next || h.now().Sub(h.late) < time.Second {
		return false
	}
	h.late = h.now()
	return true
}

// Defer keeps the presence of a key that the room does not have yet. The entry that
// admits it may still be on its way.
func (h *Tracker) Defer(key string, b Beat) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.early == nil {
		h.early = map[string]Beat{}
	}
	if _, ok := h.early[key]; !ok && len(h.early) >= maxEarlyPresence {
		clear(h.early) // they send again
	}
	h.early[key] = b
}

// pendingJoin is a key that asks to join.
type pendingJoin struct {
	handle      string
	first, last time.Time
	times       int
}

// AddJoinRequest counts a join request. worth reports whether it was repeated: a hub with
// a hub service admits the key before there is a second.
func (h *Tracker) AddJoinRequest(handle, key string) (worth bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	n, ok := h.requests[key]
	if !ok && len(h.requests) >= maxPeople {
		return false
	}
	if !ok {
		n = pendingJoin{handle: handle, first: h.now()}
	}
	n.last = h.now()
	n.times++
	h.requests[key] = n
	return n.times > 1
}

// JoinRequests returns the pending join requests of a room, the oldest first.
func (h *Tracker) JoinRequests(r *model.Room) []model.JoinRequest {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []model.JoinRequest
	for k, n := range h.requests {
		if _, in := r.Member(k); in {
			delete(h.requests, k)
		} else if n.times > 1 {
			out = append(out, model.JoinRequest{Handle: n.handle, Key: k, At: n.first})
		}
	}
	slices.SortFunc(out, func(a, b model.JoinRequest) int {
		if c := a.At.Compare(b.At); c != 0 {
			return c
		}
		return strings.Compare(a.Key, b.Key)
	})
	return out
}

// Show adds the deferred presence of keys that a room has now.
func (h *Tracker) Show(r *model.Room) {
	h.mu.Lock()
	var known []string
	for key := range h.early {
		if _, ok := r.Member(key); ok {
			known = append(known, key)
		}
	}
	h.mu.Unlock()
	for _, key := range known {
		h.mu.Lock()
		b := h.early[key]
		delete(h.early, key)
		h.mu.Unlock()
		if m, ok := r.Member(key); ok && m.Handle == b.Handle && !m.Revoked {
			h.Note(key, b)
		}
	}
}
