package feed

import (
	"context"
	"errors"
	"sync"
	"time"

	"warroom/feed/evidence"
	"warroom/feed/jetlog"
	"warroom/feed/keyring"
	"warroom/feed/subjects"
	"warroom/model"
)

// evidenceStore gives Feed the methods of evidence.Store without an exported field.
type evidenceStore = evidence.Store

// Feed is the access of one identity to the rooms of a hub. Its methods are safe for
// concurrent use.
type Feed struct {
	*evidenceStore
	hubRooms

	declare  declarer
	client   *client
	identity *keyring.Identity
	guest    bool // made by Guest
	own      bool // made by Own
	once     sync.Once
}

var (
	_ model.Rooms    = (*Feed)(nil)
	_ model.Repairer = (*Feed)(nil)
)

// Open connects to the hub and takes a key for o.Handle. The error is a [model.Error]:
// [model.Unreachable] if the hub cannot be reached or cannot store a log,
// [model.Forbidden] if the hub refuses the handle or other users can read one of its
// files, [model.Invalid] if an option is invalid.
func Open(ctx context.Context, o Options) (*Feed, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	h, err := openClient(ctx, o)
	if err != nil {
		return nil, err
	}
	k, err := h.keys.Take(ctx, o.Handle, o.Via)
	if err != nil {
		return nil, errors.Join(err, h.close())
	}
	h.identity = keyring.NewIdentity(o.Handle, o.Via, k)
	h.start()
	return newFeed(h, h.identity, false, false), nil
}

// newFeed returns a feed for the identity of the process, of a guest, or of the hub
// itself.
func newFeed(c *client, p *keyring.Identity, guest, own bool) *Feed {
	f := &Feed{client: c, identity: p, guest: guest, own: own}
	f.declare.f, f.hubRooms.f = f, f
	f.evidenceStore = evidence.New(evidence.Deps{Env: c.writerEnv, Secret: c.o.Evidence, Actor: p.Actor,
		Enter: func(ctx context.Context, short string) (evidence.Session, error) {
			s, err := f.enter(ctx, short)
			if err != nil {
				return evidence.Session{}, err
			}
			return evidence.Session{RoomSession: s, Writer: s.writer}, nil
		},
		Own: func() *evidence.Store { return f.Own().evidenceStore }, AskStore: c.askBlobs})
	return f
}

// Close leaves all rooms, stops hosting and waits for all goroutines. Drafts in an outbox
// stay there. Close the feeds of guests first.
func (f *Feed) Close() (err error) {
	f.once.Do(func() {
		switch {
		case f.own:
		case f.guest:
			err = f.client.rooms.Leave(f.identity)
		default:
			err = f.client.close()
		}
	})
	return err
}

// Damaged returns the rooms that the hub holds because their log is damaged.
func (f *Feed) Damaged(ctx context.Context) ([]model.DamagedRoom, error) {
	return f.client.repair.Damaged(ctx)
}

// Repair restores the log of a room from the replica in this data directory.
func (f *Feed) Repair(ctx context.Context, short string) (model.Repaired, error) {
	return f.client.repair.Repair(ctx, f.identity, short)
}

// Link returns the state of the connection to the hub.
func (f *Feed) Link() model.Link { return f.client.Link() }

// Who returns the identity that this feed writes as.
func (f *Feed) Who() model.Actor { return f.identity.Actor() }

// Hosting reports whether this process hosts the embedded hub.
func (f *Feed) Hosting() bool { return f.client.hosting() }

// enterWait is how long Enter waits for the first view.
const enterWait = 10 * time.Second

// Enter opens a session in a room. It returns [model.NotFound] if there is no such room,
// or if it is restricted and does not name this person.
func (f *Feed) Enter(ctx context.Context, short string) (model.RoomSession, error) {
	if short == model.LobbyShort {
		return enterLobby(ctx, f)
	}
	s, err := f.enter(ctx, short)
	if err != nil {
		return nil, err
	}
	return s, nil
}

func (f *Feed) enter(ctx context.Context, short string) (*RoomSession, error) {
	if err := subjects.CheckShort(short); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, enterWait)
	defer cancel()
	done, err := f.client.access.Peek(ctx, f.identity, short)
	if err != nil {
		return nil, err
	}
	defer done()
	d, err := f.client.rooms.Attach(ctx, f.identity, short)
	if err != nil {
		return nil, err
	}
	select {
	case <-d.Follower.Ready:
		s := newRoomSession(f.client, d)
		if !s.Latest().Over.IsEmpty() { // access ended just now
			s.Close()
			return nil, jetlog.NotThere(short)
		}
		return s, nil
	case <-ctx.Done():
		err := model.Refuse(model.Unreachable,
			"the room %s could not be read in time; `warroom doctor` shows what the hub is doing", short)
		return nil, errors.Join(err, f.client.rooms.Detach(d))
	}
}
