package uitest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"warroom/model"
	"warroom/ui"
)

// Clock is a clock that only Add advances.
type Clock struct {
	hub *Hub
	mu  sync.Mutex
	now time.Time
}

// Now implements model.Clock.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Add moves the clock.
func (c *Clock) Add(d time.Duration) {
	c.hub.settle()
	c.mu.Lock()
	c.now = c.now.Add(d)
	c.mu.Unlock()
}

// Hub is a hub in memory: rooms, their logs and sessions. As on a real hub, model.Decide
// and model.Apply process what it stores. The methods that change it are for the goroutine of
// the test.
type Hub struct {
	Clock *Clock

	terms []*Term // used only by the test's own goroutine

	mu           sync.Mutex
	rooms        []*room
	ids          int
	link         model.Link
	right        map[string]model.Right
	watch        []*RoomSession
	joinRequests []model.JoinRequest
	proof        model.Proof
}

type room struct {
	short  string
	events []*model.Event
	now    *model.Room
	here   []model.Presence
}

// NewHub returns a hub without rooms, at 14:00 on a Friday.
func NewHub() *Hub {
	at := time.Date(2026, 11, 20, 14, 0, 0, 0, time.UTC)
	h := &Hub{link: model.Link{State: model.Live, Since: at, Where: model.Lit("embedded hub")},
		right: map[string]model.Right{}}
	h.Clock = &Clock{hub: h, now: at}
	return h
}

// settle waits until every terminal has handled what was typed there, and the hub has the
// lines that were sent by it. A change by the test thus comes after all of them, as it
// stands in the test.
func (h *Hub) settle() {
	for _, t := range h.terms {
		if !t.typed || t.ended {
			continue
		}
		if _, err := t.settled(); err != nil && !errors.Is(err, errGone) {
			t.tb.Errorf("before the hub changes: %v", err)
		}
	}
}

// SetRight sets a person's right in rooms that they enter from now on.
func (h *Hub) SetRight(handle string, r model.Right) { h.right[handle] = r }

// SetLink changes the link of every session. If it is live again, pending lines are stored.
func (h *Hub) SetLink(l model.Link) {
	h.settle()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.link = l
	for _, s := range h.watch {
		if l.State == model.Live {
			for _, w := range s.waiting {
				h.store(s.room, w.Draft, s.who)
			}
			s.waiting = nil
		}
	}
	h.publish()
}

// SetProof changes what is known of the record.
func (h *Hub) SetProof(p model.Proof) {
	h.settle()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.proof = p
	h.publish()
}

// Seen adds people to a room who have no terminal in the test.
func (h *Hub) Seen(short string, people ...model.Presence) {
	h.settle()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.find(short).here = people
	h.publish()
}

func (h *Hub) id() string {
	h.ids++
	return fmt.Sprintf("01TEST%020d", h.ids)
}

func (h *Hub) find(short string) *room {
	i := slices.IndexFunc(h.rooms, func(r *room) bool { return r.short == short })
	if i < 0 {
		return nil
	}
	return h.rooms[i]
}

func (h *Hub) declare(who model.Actor, d model.Declaration) (string, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	r := &room{short: fmt.Sprintf("inc-%d", len(h.rooms)+1), now: model.NewRoom()}
	ulid := h.id()
	declared, adopted := d.Declare("key-hub")
	h.rooms = append(h.rooms, r)
	for _, a := range []model.Act{declared, adopted} {
		draft, err := model.NewDraft(h.id(), who, a, h.Clock.Now())
		if err != nil {
			return "", err
		}
		h.append(r, draft.Event(ulid), who.Key)
	}
	return r.short, nil
}

func (h *Hub) append(r *room, e *model.Event, key string) {
	e.Key, e.Seq, e.RecordedAt = key, uint64(len(r.events)+1), h.Clock.Now()
	r.events = append(r.events, e)
	r.now = model.Apply(r.now, e)
}

func (h *Hub) store(r *room, d model.Draft, who model.Actor) {
	h.append(r, d.Event(r.now.ID), who.Key)
}

// Admit lets a person's key into a room, as entering it does.
func (h *Hub) Admit(handle, short string) {
	h.settle()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.admit(h.find(short), actor(handle))
	h.publish()
}

// admit admits a person to a room.
func (h *Hub) admit(r *room, who model.Actor) {
	if _, ok := r.now.Member(who.Key); ok {
		return
	}
	right := h.right[who.Handle]
	if right == "" {
		right = model.Write
	}
	d, _ := model.NewDraft(h.id(), model.Actor{Handle: "hub", Via: "hub"},
		model.Act{Body: &model.KeyAdmitted{Key: who.Key, Handle: who.Handle, Right: right, Origin: "socket"}},
		h.Clock.Now())
	h.append(r, d.Event(r.now.ID), "key-hub")
}

func (h *Hub) publish() {
	here := map[*room][]model.Presence{} // one list for all, as on a real hub
	for _, s := range h.watch {
		if _, ok := here[s.room]; !ok {
			here[s.room] = h.presence(s.room)
		}
		s.show(here[s.room])
	}
}

// SubmitLine executes a composer line of a person in a room.
func (h *Hub) SubmitLine(handle, short, line string) error {
	h.settle()
	h.mu.Lock()
	defer h.mu.Unlock()
	r, who := h.find(short), actor(handle)
	h.admit(r, who)
	a, err := model.Parse(line, model.Ctx{Room: r.now, Who: who, Now: h.Clock.Now(), Zone: time.UTC})
	if err != nil {
		return err
	}
	if err := model.Decide(r.now, who, a, h.Clock.Now()); err != nil {
		return err
	}
	return h.put(r, who, a)
}

// Force stores an act without checking whether it is allowed, as another program could.
func (h *Hub) Force(handle, short string, a model.Act) error {
	h.settle()
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.put(h.find(short), actor(handle), a)
}

func (h *Hub) put(r *room, who model.Actor, a model.Act) error {
	d, err := model.NewDraft(h.id(), who, a, h.Clock.Now())
	if err != nil {
		return err
	}
	h.store(r, d, who)
	h.publish()
	return nil
}

func actor(handle string) model.Actor {
	return model.Actor{Handle: handle, Key: "key-" + handle, Via: "tui"}
}

// As returns the rooms of a person.
func (h *Hub) As(handle string) ui.Rooms { return &visitor{h, actor(handle)} }

type visitor struct {
	h   *Hub
	who model.Actor
}

var _ ui.Rooms = (*visitor)(nil)

// List implements model.Rooms.
func (v *visitor) List(context.Context) ([]model.RoomInfo, error) {
	v.h.mu.Lock()
	defer v.h.mu.Unlock()
	var out []model.RoomInfo
	for _, r := range slices.Backward(v.h.rooms) {
		if r.now.Lobby {
			continue
		}
		out = append(out, model.RoomInfo{Short: r.short, Room: r.now, LastAt: r.now.RecordedAt})
	}
	return out, nil
}

// Recent implements model.Rooms.
func (v *visitor) Recent(ctx context.Context, closed int) (out []model.RoomInfo, more int, err error) {
	all, err := v.List(ctx)
	for _, i := range all {
		if i.Room.Status == model.Closed && closed >= 0 {
			if closed == 0 {
				more++
				continue
			}
			closed--
		}
		out = append(out, i)
	}
	return out, more, err
}

// Declare implements model.Rooms.
func (v *visitor) Declare(_ context.Context, d model.Declaration) (string, error) {
	return v.h.declare(v.who, d)
}

// Enter implements model.Rooms.
func (v *visitor) Enter(_ context.Context, short string) (model.RoomSession, error) {
	v.h.mu.Lock()
	defer v.h.mu.Unlock()
	r := v.h.find(short)
	if r == nil {
		return nil, model.NoRoom(short)
	}
	v.h.admit(r, v.who)
	s := &RoomSession{h: v.h, room: r, who: v.who, changed: make(chan struct{}, 1)}
	v.h.watch = append(v.h.watch, s)
	v.h.publish()
	return s, nil
}

// Events implements model.Rooms.
func (v *visitor) Events(_ context.Context, short string, from uint64, fn func(*model.Event) error) error {
	v.h.mu.Lock()
	events := v.h.find(short).events
	v.h.mu.Unlock()
	for _, e := range events[max(0, from-1):] {
		if err := fn(e); err != nil {
			return err
		}
	}
	return nil
}

// Follow implements model.Rooms.
func (v *visitor) Follow(ctx context.Context, short string, from uint64, fn func(*model.Event) error) error {
	return v.Events(ctx, short, from, fn)
}

// Link implements model.Rooms.
func (v *visitor) Link() model.Link {
	v.h.mu.Lock()
	defer v.h.mu.Unlock()
	return v.h.link
}
