// Package replica follows a room. A [Follower] reads the log of the room, folds it for
// all sessions of the process, and keeps a replica of it on this machine. It compares the
// replica with the hub's log before anything is published, signs or cosigns checkpoints,
// deletes redacted messages, and tracks who is in the room.
package replica

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"warroom/feed/jetlog"
	"warroom/feed/keyring"
	"warroom/feed/roomstore"
	"warroom/model"
)

// Env is what the followers of one process share: the connection, the store, and
// functions of the rest of the process.
type Env struct {
	Conn  *jetlog.Conn
	Store *roomstore.Store
	Keys  keyring.Keyring
	Now   func() time.Time
	Logf  func(model.Safe)

	Link     func() model.Link            // state of the connection to the hub
	Hosting  func() bool                  // this process hosts the hub
	OwnsHub  bool                         // the hub is that of this data directory
	Identity func() *keyring.Identity     // identity of the owner of this process
	HubKey   func() (*keyring.Key, error) // the hub's key, or nil if this machine does not have it
	Signer   func() *keyring.Key          // key that signs checkpoints on disk

	MinEvents     uint64 // how many events are worth a snapshot
	PresenceInbox string // subject for the hub's refusals of presence
	SeesJoins     bool   // this login receives join requests

	Refuse       func(handle string) error // returns an error for a revoked person
	WipeOutboxes func(room string) error   // removes the stored drafts from the outboxes of a room
	// Forget removes redacted texts from the other files of this data directory; nil:
	// there are none.
	Forget func(texts []string, box model.Sealer) error

	Hidden       sync.Map    // open rooms that the server hides from this login
	DeleteDenied atomic.Bool // the server does not let this login delete messages
}

// First returns the last sequence of a room and its first event. It returns
// [model.NotFound] if the room does not exist or is not declared yet, and [model.Invalid] if
// it has an id that no hub gives.
func (c *Env) First(ctx context.Context, short string) (uint64, *model.Event, error) {
	tip, _, err := c.Conn.Tip(ctx, short)
	if err != nil {
		return 0, nil, c.Unreachable(err)
	}
	var e *model.Event
	err = jetlog.AskUntilAnswered(ctx, func() error {
		_, err := c.Conn.Read(ctx, short, "", 1, 1, func(r jetlog.Record) (err error) {
			if e, err = model.DecodeEvent(r.Data); err != nil || r.Seq != 1 {
				return model.Refuse(model.Internal,
					"the first message of %s cannot be read, so the room cannot be identified", short)
			}
			return nil
		})
		return err
	})
	if held := c.Conn.State(short).Held; errors.Is(err, jetlog.ErrNothing) && !held.IsEmpty() {
		return 0, nil, &model.Error{Code: model.Conflict, Message: held}
	}
	if errors.Is(err, jetlog.ErrNothing) {
		return 0, nil, model.Refuse(model.NotFound, "the room %s has not been declared yet; try again in a moment",
			short)
	}
	if err != nil || e == nil {
		return 0, nil, c.Unreachable(err)
	}
	if !model.ValidRoomID(e.Room) {
		return 0, nil, model.Refuse(model.Invalid, "the first message of %s has %q instead of the id of a room; "+
			"somebody crafted it, so the room is not opened", short, e.Room)
	}
	return tip, e, nil
}

// Unreachable converts a connection error to a [model.Error] for the user. It returns a
// [model.Error] unchanged.
func (c *Env) Unreachable(err error) error {
	var refusal *model.Error
	if errors.As(err, &refusal) {
		return err
	}
	if l := c.Link(); l.State == model.Offline && !l.Problem.IsEmpty() {
		return &model.Error{Code: model.Unreachable, Message: l.Problem}
	}
	return model.Refuse(model.Unreachable, "the hub (%s) does not answer: %s; `warroom doctor` shows "+
		"more", c.Conn.Where,
		err)
}
