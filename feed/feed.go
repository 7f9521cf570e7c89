package feed

import (
	"context"
	"errors"
	"sync"
	"time"

	"warroom/model"
)

// Feed is one person's way to the rooms of a hub. Its methods may be called
// from any goroutine.
type Feed struct {
	h     *house
	pen   *pen
	guest bool // see Guest
	own   bool // see Own
	once  sync.Once
}

var _ model.Rooms = (*Feed)(nil)

// Open connects to the hub and takes a key of the handle. The error is a
// [model.Error]: [model.Unreachable] where the hub cannot be reached or cannot
// keep a log, [model.Forbidden] where it refuses this person or a file of
// theirs is open to others, [model.Invalid] where an option is wrong.
func Open(ctx context.Context, o Options) (*Feed, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	h, err := openHouse(ctx, o)
	if err != nil {
		return nil, err
	}
	k, err := h.keys.take(ctx, o.Handle, o.Via)
	if err != nil {
		return nil, errors.Join(err, h.close())
	}
	h.pen = &pen{handle: o.Handle, via: o.Via, key: k}
	h.start()
	return &Feed{h: h, pen: h.pen}, nil
}

// Close leaves all rooms, stops hosting and waits for every goroutine. What
// waits in an outbox stays there. Guests have to be closed before.
func (f *Feed) Close() (err error) {
	f.once.Do(func() {
		switch {
		case f.own:
		case f.guest:
			err = f.h.leave(f.pen)
		default:
			err = f.h.close()
		}
	})
	return err
}

// Link says how this process stands to its hub.
func (f *Feed) Link() model.Link { return f.h.Link() }

// Who says as whom this feed writes.
func (f *Feed) Who() model.Actor { return f.pen.who() }

// Hosting says whether the embedded hub is inside this process.
func (f *Feed) Hosting() bool { return f.h.hosting() }

// enterWait is how long Enter waits for something to show.
const enterWait = 10 * time.Second

// Enter takes a seat in a room.
func (f *Feed) Enter(ctx context.Context, short string) (model.Seat, error) {
	if short == model.LobbyShort {
		return f.enterLobby(ctx)
	}
	s, err := f.enter(ctx, short)
	if err != nil {
		return nil, err
	}
	return s, nil
}

func (f *Feed) enter(ctx context.Context, short string) (*Seat, error) {
	if err := checkShort(short); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, enterWait)
	defer cancel()
	done, err := f.h.peek(ctx, f.pen, short)
	if err != nil {
		return nil, err
	}
	defer done()
	d, err := f.h.sit(ctx, f.pen, short)
	if err != nil {
		return nil, err
	}
	select {
	case <-d.f.ready:
		s := newSeat(d)
		if !s.Latest().Over.IsEmpty() { // in this moment
			s.Close()
			return nil, notThere(short)
		}
		return s, nil
	case <-ctx.Done():
		err := model.Refuse(model.Unreachable, "the room %s could not be read in time; `warroom doctor` says what the hub is doing", short)
		return nil, errors.Join(err, f.h.rise(d))
	}
}
