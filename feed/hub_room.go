package feed

import (
	"context"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"warroom/feed/subjects"
	"warroom/feed/writer"
	"warroom/model"
)

// HubRoom is a room as the hub service sees it. It writes with the hub's key or, on a
// server without a hub process, with the key of the owner of this process. It does not
// appear as present. Its methods are safe for concurrent use.
type HubRoom struct {
	s       *hubService
	writer  *writer.Writer
	changed chan struct{}
	once    sync.Once
}

// hubRooms has the methods of [Feed] for a process that acts for the hub.
type hubRooms struct{ f *Feed }

// Presides reports whether this process acts for the hub: it hosts the embedded hub, or
// runs the hub service of a server.
func (h hubRooms) Presides() bool {
	return !h.f.guest && h.f.client.hubService.Load() != nil && h.f.client.Link().State == model.Live
}

// OpenHubRoom opens a room for the hub service. It returns [model.Forbidden] if this
// process does not act for the hub.
func (h hubRooms) OpenHubRoom(ctx context.Context, short string) (*HubRoom, error) {
	s := h.f.client.hubService.Load()
	if h.f.guest || s == nil {
		return nil, model.Refuse(model.Forbidden, "another process hosts the hub")
	}
	if err := subjects.CheckShort(short); err != nil {
		return nil, err
	}
	d, err := h.f.client.rooms.Attach(ctx, s.identity, short)
	if err != nil {
		return nil, err
	}
	o := &HubRoom{s: s, writer: d, changed: make(chan struct{}, 1)}
	if err := d.Follower.AwaitSettled(ctx); err != nil {
		o.Close()
		return nil, err
	}
	d.Follower.Watch(o.changed)
	return o, nil
}

// Room returns the newest state of the room.
func (o *HubRoom) Room() *model.Room { return o.writer.Follower.View().Room }

// Now returns the hub's time.
func (o *HubRoom) Now() time.Time { return o.writer.Follower.HubNow() }

// Changed returns a channel that receives a value after the room or its presence has
// changed.
func (o *HubRoom) Changed() <-chan struct{} { return o.changed }

// Key returns the public key that the room is written with.
func (o *HubRoom) Key() string { return o.s.identity.Key().Text }

// Attended reports whether somebody has the room open.
func (o *HubRoom) Attended() bool { return len(o.writer.Follower.View().Here) > 0 }

// Writes reports whether the room accepts entries of the hub service now: it was declared
// on this hub, and neither the writer nor the link has failed.
func (o *HubRoom) Writes() bool {
	m, ok := o.Room().Member(o.Key())
	return ok && !m.Revoked && m.Right == model.Command && m.Hub != o.s.isRoomAdmin() && o.writer.Shut() == nil &&
		o.s.client.Link().State == model.Live
}

// Append submits an act and waits until the event is stored and folded.
func (o *HubRoom) Append(ctx context.Context, a model.Act) (model.Receipt, error) {
	return o.writer.Append(ctx, a)
}

// Close leaves the room.
func (o *HubRoom) Close() {
	o.once.Do(func() {
		o.writer.Follower.Unwatch(o.changed)
		if err := o.s.client.rooms.Detach(o.writer); err != nil {
			o.s.client.o.Logf(model.Sentence(err))
		}
	})
}

// Shorts returns the short ids of all rooms, the newest first.
func (h hubRooms) Shorts(ctx context.Context) ([]string, error) { return h.f.client.shorts(ctx) }

// Glance returns a room folded to the end of its log without opening a session.
func (h hubRooms) Glance(ctx context.Context, short string) (*model.Room, error) {
	return h.f.client.rooms.Glance(ctx, short)
}

// OnActivity calls fn with the short id of each room that gets a new message, until stop
// is called. fn must return quickly. Notifications are lost while the connection is down.
func (h hubRooms) OnActivity(fn func(short string)) (stop func(), err error) {
	subs, err := h.f.client.conn.SubscribeRoom("*", subjects.Live, func(m *nats.Msg) {
		if short, _, _, _, ok := subjects.Parse(m.Subject); ok {
			fn(short)
		}
	})
	if err != nil {
		return nil, model.Refuse(model.Unreachable, "the request cannot be sent to the hub: %s", err)
	}
	return subs.Unsubscribe, nil
}
