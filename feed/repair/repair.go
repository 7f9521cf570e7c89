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
	"warroom/feed/mirror"
	"warroom/feed/replica"
	"warroom/feed/rooms"
	"warroom/feed/roomstore"
	"warroom/feed/subjects"
	"warroom/feed/wake"
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
				"the log of %s lies on the server at %s, where only those who run it can restore it; to host the "+
					"room here, from this terminal's copy, run the repair without --server", short, c.Conn.Where)
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
		return nil, model.Refuse(model.Conflict, "another repair or import is under way in %s; wait until it is done",
			c.Store.Data)
	}
	return func() { _ = l.Close() }, nil // nothing depends on the error
}

// repairJob is one repair.
type repairJob struct {
	client     *Repairer
	k          *roomstore.Known
	dir        string            // of the replica
	identity   *keyring.Identity // signs the event that records the repair
	room       *model.Room
	chain      *signing.Chain
	tree       *signing.Tree
	last       uint64              // last sequence of the replica
	found      model.Safe          // description of the store
	extra      []mirror.Message    // messages that only the store has
	tombstones []signing.Tombstone // of redacted messages, which must not be restored
	done       model.Repaired
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

// fold reads the replica. If it is damaged, the part before the damage is used.
func (m *repairJob) fold(ctx context.Context) error {
	err := mirror.Read(m.dir, m.k.Room, m.k.Box, 1, func(c *mirror.Message) error {
		m.last = c.Seq
		if c.IsLeaf() {
			m.tree.Add(c.Leaf())
			e := jetlog.RecordFromCopy(c).Next(m.chain)
			m.room = model.ApplyNext(m.room, e)
			m.meet(e)
		}
		return ctx.Err()
	})
	switch {
	case errors.Is(err, mirror.ErrDamaged):
		m.client.Logf(model.Safef("the copy in %s is damaged after entry %d; the rest is taken from the store",
			m.dir, m.last))
	case err != nil:
		return model.Refuse(model.Internal, "the copy of %s in %s cannot be read: %s", m.k.Short, m.dir, err)
	}
	if m.room.ID != m.k.Room {
		return model.Refuse(model.Internal, "the copy in %s does not begin with the room %s; nothing was changed",
			m.dir, m.k.Room)
	}
	return nil
}

// look compares the hub's store with the replica. It returns errWhole if there is nothing
// to repair.
func (m *repairJob) look(ctx context.Context) error {
	conn := m.client.Conn
	_, first, err := m.client.First(ctx, m.k.Short)
	if err == nil && first.Room != m.k.Room { // the short id belongs to another room on this hub
		n, err := m.client.Highest(ctx)
		m.done.Short = subjects.NewShort(n+1, m.room.IsRestricted())
		m.found = model.Lit("nothing: the room was on another hub")
		return err
	}
	if m.k.Where != "" && model.CodeOf(err) == model.NotFound {
		m.found = model.Lit("nothing: the room was on another hub")
		return nil
	}
	if m.found, err = differs(ctx, conn, m.k, m.dir, true); err != nil {
		return m.client.Unreachable(err)
	}
	if m.found.IsEmpty() {
		if err := conn.Release(ctx, m.k.Short); err != nil {
			return m.client.Unreachable(err)
		}
		return errors.Join(model.Refuse(model.Conflict,
			"the log of %s is whole: %s, and so does the hub's store; there is nothing to repair", m.k.Short,
			m.k.Words()), errWhole)
	}
	return m.gather(ctx)
}

// gather finds the messages that only the store has.
func (m *repairJob) gather(ctx context.Context) error {
	var at []mirror.Message // a page of the replica
	same := func(r jetlog.Record) (bool, error) {
		if r.Seq > m.last {
			return false, nil
		}
		if len(at) == 0 || r.Seq < at[0].Seq || r.Seq > at[len(at)-1].Seq {
			at = at[:0]
			err := mirror.Read(m.dir, m.k.Room, m.k.Box, r.Seq, func(c *mirror.Message) error {
				if at = append(at, *c); len(at) == jetlog.PageSize || c.Seq == m.last {
					return replica.ErrFound
				}
				return nil
			})
			if err != nil && !errors.Is(err, replica.ErrFound) {
				return false, err
			}
		}
		return at[r.Seq-at[0].Seq].Leaf() == jetlog.Leaf(r), nil
	}
	goesOn := m.last + 1
	tombstones, err := jetlog.Tombstones(ctx, m.client.Conn, m.k.Short)
	if err != nil && model.CodeOf(err) != model.NotFound {
		return err
	}
	err = m.client.Conn.Pages(ctx, m.k.Short, "", 1, func(r jetlog.Record) error {
		if ok, err := same(r); ok || err != nil {
			return err
		}
		for s, ok := tombstones[goesOn]; ok && goesOn < r.Seq; s, ok = tombstones[goesOn] {
			m.add(jetlog.TombstoneRecord(m.k.Short, s), true)
			goesOn++
		}
		r.At = m.client.Conn.Recorded(m.k.Short, r)
		m.add(r, r.Seq == goesOn)
		if r.Seq == goesOn {
			goesOn++
		}
		return ctx.Err()
	})
	if model.CodeOf(err) == model.NotFound {
		return nil
	}
	return err
}

// add adds a message of the store. goesOn means that it directly follows the replica; any
// other message must verify.
func (m *repairJob) add(r jetlog.Record, goesOn bool) {
	c := jetlog.CopyOf(r)
	c.Seq = m.last + uint64(len(m.extra)) + 1
	if c.IsLeaf() {
		e := jetlog.RecordFromCopy(&c).Next(m.chain)
		if e.Fault != "" && !goesOn {
			return
		}
		m.room = model.ApplyNext(m.room, e)
		m.meet(e)
		m.tree.Add(c.Leaf())
	} else if !goesOn {
		return
	}
	m.extra = append(m.extra, c)
}

// meet records the tombstone of a redaction that has effect.
func (m *repairJob) meet(e *model.Event) {
	if s, ok := signing.TombstoneOf(e); ok {
		if d := m.room.Redaction(s.Seq); d != nil && d.RedactionSeq == e.Seq {
			m.tombstones = append(m.tombstones, s)
		}
	}
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
		"no free key of %s in %s has the right command in %s, and only such a key may record that the log was "+
			"restored; close what else %s has open, or run the repair as somebody who has it (--as)", own.Handle,
		c.Keys.Dir, r.Title, own.Handle)
}

// run renames the broken store, builds the new one, and records the repair in the log.
func (m *repairJob) run(ctx context.Context) error {
	defer m.letGo()
	hub, err := keyring.ReadHub(m.client.Store.Data)
	if err != nil {
		return err
	}
	short := m.done.Short
	if short == m.k.Short {
		if m.done.Aside, err = m.client.putAway(ctx, short); err != nil {
			return err
		}
	}
	if err := m.build(ctx, hub); err != nil {
		return err
	}
	m.done.Entries, m.done.More = m.last+uint64(len(m.extra)), len(m.extra)
	return m.publishResumed(ctx, hub)
}

// letGo releases a key that was taken for the repair.
func (m *repairJob) letGo() {
	if m.identity != m.client.Identity() && m.identity.Fixed {
		_ = m.identity.Release() // the process is about to end
	}
}

// publishResumed appends the event that records the repair.
func (m *repairJob) publishResumed(ctx context.Context, hub *keyring.Key) error {
	act := model.Act{Body: &model.LogResumed{
		Known: m.k.Words().String(), Found: m.found.String(), Size: m.tree.Size(), Root: m.tree.Root().String(),
		LastSeq: m.done.Entries, HubKey: hub.Text, Aside: filepath.Base(m.done.Aside),
	}}
	if m.done.Aside == "" {
		act.Body.(*model.LogResumed).Aside = ""
	}
	d, err := m.client.Rooms.Attach(ctx, m.identity, m.done.Short)
	if err != nil {
		return err
	}
	wake.Notify(d.Follower.Poke) // if it is open here, it is held
	err = d.Follower.AwaitTrue(ctx, func() bool {
		return d.Follower.View().Held.IsEmpty() &&
			!d.Follower.Refolding.Load()
	})
	if err == nil {
		var r model.Receipt
		r, err = d.Append(ctx, act)
		m.done.Seq = r.Seq
	}
	if err == nil { // the stored checkpoint is of the broken log
		err = roomstore.WriteCheckpoint(m.client.Store.Data,
			roomstore.SavedCheckpoint{Room: m.k.Room, Short: m.done.Short, At: m.client.Now()},
			mirror.Tip{Seq: m.done.Entries, Size: m.tree.Size(), Root: m.tree.Root()}, hub)
	}
	return errors.Join(err, m.client.Rooms.Detach(d))
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
		return "", model.Refuse(model.Internal, "the broken store of %s cannot be kept in %s (%s); nothing was changed",
			short, aside, err)
	}
	if err := c.Conn.JS.DeleteStream(ctx, subjects.Stream(short)); err != nil {
		return "", c.Unreachable(jetlog.RequestError(err))
	}
	return aside, nil
}
