package feed

import (
	"context"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"warroom/model"
)

// Office is the steward's own place in a room: what it sees there, and what it
// says with the hub's key, or on a server without a hub process with that of
// whose process it is. Nobody sees it as present. Its methods may be called from
// any goroutine.
type Office struct {
	s    *steward
	d    *desk
	bell chan struct{}
	once sync.Once
}

// Presides says whether this process speaks for the hub: it hosts it, or does so
// on a server.
func (f *Feed) Presides() bool {
	return !f.guest && f.h.steward.Load() != nil && f.h.Link().State == model.Live
}

// Office opens the steward's place in a room. [model.Forbidden] where this
// process does not speak for the hub.
func (f *Feed) Office(ctx context.Context, short string) (*Office, error) {
	s := f.h.steward.Load()
	if f.guest || s == nil {
		return nil, model.Refuse(model.Forbidden, "another process hosts the hub")
	}
	if err := checkShort(short); err != nil {
		return nil, err
	}
	d, err := f.h.sit(ctx, s.pen, short)
	if err != nil {
		return nil, err
	}
	o := &Office{s: s, d: d, bell: make(chan struct{}, 1)}
	if err := d.f.settled(ctx); err != nil {
		o.Close()
		return nil, err
	}
	d.f.watch(o.bell)
	return o, nil
}

// Room is the newest room.
func (o *Office) Room() *model.Room { return o.d.f.view().room }

// Now is the hub's time.
func (o *Office) Now() time.Time { return o.d.h.hubNow(o.d.f) }

// Bell has an element after the room or who is in it has changed.
func (o *Office) Bell() <-chan struct{} { return o.bell }

// Key is the key that the office writes with.
func (o *Office) Key() string { return o.s.pen.hold().text }

// Attended says whether a person is in the room now.
func (o *Office) Attended() bool { return len(o.d.f.view().here) > 0 }

// Writes says whether the room takes what the steward says, now: it was declared
// on this hub, and neither it nor the way to it is broken.
func (o *Office) Writes() bool {
	m, ok := o.Room().Member(o.Key())
	return ok && !m.Struck && m.Right == model.Command && m.Hub != o.s.porter() && o.d.shut() == nil && o.d.h.Link().State == model.Live
}

// Append says something and waits until it is stored and folded.
func (o *Office) Append(ctx context.Context, a model.Act) (model.Receipt, error) {
	return o.d.append(ctx, a)
}

// Close leaves the room.
func (o *Office) Close() {
	o.once.Do(func() {
		o.d.f.unwatch(o.bell)
		if err := o.d.h.rise(o.d); err != nil {
			o.d.h.o.Logf(model.Sentence(err))
		}
	})
}

// Shorts returns the short ids of all rooms, the newest first.
func (f *Feed) Shorts(ctx context.Context) ([]string, error) { return f.h.shorts(ctx) }

// Glance folds a room to its tip without opening it.
func (f *Feed) Glance(ctx context.Context, short string) (*model.Room, error) {
	return f.h.glance(ctx, short)
}

// Hear calls fn with the short id of every room in which something was said, as
// far as that gets here: fn has to be quick. What it returns ends that.
func (f *Feed) Hear(fn func(short string)) (stop func(), err error) {
	subs, err := f.h.w.subscribeLane("*", laneLive, func(m *nats.Msg) {
		if short, _, _, _, ok := parseLane(m.Subject); ok {
			fn(short)
		}
	})
	if err != nil {
		return nil, model.Refuse(model.Unreachable, "the hub cannot be asked: %s", err)
	}
	return subs.Unsubscribe, nil
}
