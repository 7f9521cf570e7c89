package repair

import (
	"context"
	"errors"
	"path/filepath"

	"warroom/feed/jetlog"
	"warroom/feed/keyring"
	"warroom/feed/mirror"
	"warroom/feed/replica"
	"warroom/feed/roomstore"
	"warroom/feed/subjects"
	"warroom/feed/wake"
	"warroom/model"
	"warroom/model/signing"
)

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
