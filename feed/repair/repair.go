// Package repair compares the logs of a hub with what this machine has stored of them,
// holds those that differ, and restores them from a replica or from an exported record.
package repair

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/gofrs/flock"
	"github.com/nats-io/nats.go/jetstream"

	"warroom/feed/access"
	"warroom/feed/hub"
	"warroom/feed/jetlog"
	"warroom/feed/keyring"
	"warroom/feed/rooms"
	"warroom/feed/roomstore"
	"warroom/feed/subjects"
	"warroom/feed/writer"
	"warroom/model"
	"warroom/model/signing"
)

// Repairer restores logs from replicas and records.
type Repairer struct {
	*writer.Env
	Hub     *hub.Hub // nil with an external server, where nothing is restored
	Rooms   *rooms.Set
	Access  *access.Control
	Shorts  func(ctx context.Context) ([]string, error) // returns all rooms
	Highest func(ctx context.Context) (int, error)      // returns the highest room number
}

// Damaged returns the rooms that are held on the hub.
func (c *Repairer) Damaged(ctx context.Context) ([]model.DamagedRoom, error) {
	names, err := c.Shorts(ctx)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, k := range c.Store.AllKnown() { // a room that is being rebuilt is not listed
		if k.Where == c.Store.Server {
			names = append(names, k.Short)
		}
	}
	var out []model.DamagedRoom
	for _, s := range names {
		if seen[s] {
			continue
		}
		seen[s] = true
		if _, _, err := c.Conn.Tip(ctx, s); err != nil {
			continue // deleted meanwhile, or hidden from this login
		}
		if held := c.Conn.State(s).Held; !held.IsEmpty() {
			out = append(out, model.DamagedRoom{Short: s, Why: held})
		}
	}
	return out, nil
}

// Repair restores a room from the replica of its log in this data directory: the same
// bytes in the same order, followed by the valid messages that only the broken store has.
// The broken store is renamed, and an event records the repair. A room of a hub that is
// lost is restored on this hub.
//
// It returns [model.Forbidden] with an external server, or without a key that has command
// in the room, and [model.Conflict] if the log is whole.
func (c *Repairer) Repair(ctx context.Context, own *keyring.Identity, short string) (model.Repaired, error) {
	if c.Hub == nil {
		return model.Repaired{},
			model.Refuse(model.Forbidden,
				"the log of %s is on the server at %s, and only the people who run that server can restore it; to "+
					"host the room here, from this terminal's copy, run the repair without --server",
				short, c.Conn.Where)
	}
	done, err := c.LockRepair()
	if err != nil {
		return model.Repaired{}, err
	}
	defer done()
	m, err := c.choose(ctx, own, short)
	if err == nil {
		err = m.run(ctx)
	}
	if err != nil {
		return model.Repaired{}, err
	}
	return m.done, nil
}

// LockRepair ensures that one process at a time restores a log. It returns
// [model.Conflict] if another one does.
func (c *Repairer) LockRepair() (done func(), err error) {
	l := flock.New(filepath.Join(c.Store.Data, "hub", "mend.lock"), flock.SetPermissions(0o600))
	if ok, err := l.TryLock(); err != nil || !ok {
		return nil, model.Refuse(model.Conflict, "another repair or import is running in %s; wait until it has "+
			"finished",
			c.Store.Data)
	}
	return func() { _ = l.Close() }, nil // nothing depends on the error
}

// choose returns the repair of the room with a short id or room id: of this hub or, if
// that one is whole, of another hub.
func (c *Repairer) choose(ctx context.Context, own *keyring.Identity, name string) (*repairJob, error) {
	all, err := c.Store.KnownAs(name)
	for _, k := range all {
		var m *repairJob
		if m, err = c.planRepair(ctx, own, k); err == nil || !errors.Is(err, errWhole) {
			return m, err
		}
	}
	return nil, err
}

// errWhole is returned for a room that needs no repair.
var errWhole = errors.New("it is whole")

// planRepair determines what a room can be restored from, and whether this person may do
// so.
func (c *Repairer) planRepair(ctx context.Context, own *keyring.Identity, k *roomstore.Known) (*repairJob, error) {
	m := &repairJob{client: c, k: k, dir: roomstore.Dir(c.Store.Data, k.Room), room: model.NewRoom(),
		chain: new(signing.Chain),
		tree:  new(signing.Tree)}
	m.done = model.Repaired{Short: k.Short, Copy: m.dir}
	if err := m.fold(ctx); err != nil {
		return nil, err
	}
	if err := m.look(ctx); err != nil {
		return nil, err
	}
	signer, err := c.commandIdentity(own, m.room)
	m.identity = signer
	return m, err
}

// commandIdentity returns an identity that may record the repair: that of this process,
// or one with another key of this person in the data directory.
func (c *Repairer) commandIdentity(own *keyring.Identity, r *model.Room) (*keyring.Identity, error) {
	may := func(k string) bool {
		m, ok := r.Member(k)
		return ok && m.Right == model.Command && !m.Revoked && !m.Hub && m.Handle == own.Handle
	}
	if may(own.Key().Text) {
		return own, nil
	}
	for k := range r.Members {
		if !may(k) {
			continue
		}
		if held, err := keyring.Hold(c.Keys.Path(own.Handle, k)); held != nil && err == nil {
			return own.FixedTo(held), nil
		}
	}
	if hub, err := keyring.ReadHub(c.Store.Data); err == nil {
		if m, ok := r.Member(hub.Text); ok && m.Hub && !m.Revoked {
			return own, nil // the hub admits it, like every key on this machine
		}
	}
	return nil, model.Refuse(model.Forbidden,
		`no free key of %s in %s has the right "command" in %s, and only such a key may record that the log was `+
			"restored; close what else %s has open, or run the repair as somebody who has it (--as)", own.Handle,
		c.Keys.Dir, r.Title, own.Handle)
}

// putAway copies the files of a room's stream to another directory and deletes the
// stream.
func (c *Repairer) putAway(ctx context.Context, short string) (aside string, err error) {
	_, err = c.Conn.JS.Stream(ctx, subjects.Stream(short))
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return clearBroken(ctx, c.Conn, c.Store, short)
	}
	if err != nil {
		return "", c.Unreachable(jetlog.RequestError(err))
	}
	aside = asideName(c.Store, short)
	if err := linkTree(streamDir(c.Store.Data, short), aside); err != nil {
		return "", model.Refuse(model.Internal, "the broken store of %s cannot be moved to %s (%s); nothing was "+
			"changed",
			short, aside, err)
	}
	if err := c.Conn.JS.DeleteStream(ctx, subjects.Stream(short)); err != nil {
		return "", c.Unreachable(jetlog.RequestError(err))
	}
	return aside, nil
}
