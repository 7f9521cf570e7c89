package replica

import (
	"context"
	"errors"
	"slices"
	"time"

	"warroom/feed/backoff"

	"warroom/feed/logreader"
	"warroom/feed/mirror"
	"warroom/feed/roomstore"
	"warroom/feed/wake"
	"warroom/model"
	"warroom/model/signing"
)

// startRefold folds the room from its first message in the background and replaces the
// view with the result. It is called after the log was repaired.
func (f *Follower) startRefold(ctx context.Context) {
	if !f.Refolding.CompareAndSwap(false, true) {
		return
	}
	f.wg.Add(1)
	go func() {
		defer f.wg.Done()
		out, ok := f.refold(ctx)
		if !ok {
			f.Refolding.Store(false)
			return
		}
		select {
		case f.check <- out:
		case <-ctx.Done():
		}
	}()
}

// AwaitTrue waits until calm reports true. It returns [model.Unreachable] if ctx ends
// before the room was read again after a repair.
func (f *Follower) AwaitTrue(ctx context.Context, calm func() bool) error {
	if calm() {
		return nil
	}
	changed := make(chan struct{}, 1)
	f.Watch(changed)
	defer f.Unwatch(changed)
	for !calm() {
		select {
		case <-changed:
		case <-ctx.Done():
			return model.Refuse(model.Unreachable,
				"the log of %s was restored and could not be read again in time (%s)", f.Short, ctx.Err())
		}
	}
	return nil
}

// refold reads the log to its present end. ok is false if ctx ends first.
func (f *Follower) refold(ctx context.Context) (out refold, ok bool) {
	pause := backoff.New(10*time.Millisecond, wake.MaxBackoff)
	var over map[uint64]signing.Tombstone
	for ctx.Err() == nil {
		r := logreader.New(f.env.Conn, f.Short)
		r.Instead = over
		out = refold{room: model.NewRoom(), breaks: map[uint64]string{}, repaired: true}
		r.OnMissing = func(seq uint64) {
			if r.Newer {
				out.newer = holeOf(seq, true)
			} else {
				out.alarm = holeOf(seq, false)
			}
		}
		r.Each = func(seq uint64, e *model.Event) error {
			if e != nil {
				out.room = model.ApplyNext(out.room, e)
				out.at.seq, out.at.leaf = seq, e.Leaf
				if e.Kind == model.KindLogResumed {
					out.breaks[seq] = e.Leaf
				}
			}
			return ctx.Err()
		}
		if err := r.ToTip(ctx); err == nil {
			if s := r.StandFor(out.room); out.room.Stale() && len(s) > len(over) {
				over = s // the redacted texts are not deleted yet
				continue
			}
			out.chain, out.next, out.met = r.Chain(), r.Next, r.Met()
			return out, true
		}
		select {
		case <-ctx.Done():
		case <-pause.After():
			pause.Grow()
		}
	}
	return out, false
}

// resyncWriters makes each writer of this room look up the position of its key again.
func (c *Mirror) resyncWriters() {
	f := c.f
	f.cleared.Store(nil)
	f.Copy.Recompare.Store(true)
	wake.Notify(f.Copy.wake)
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, d := range f.writers {
		d.Resync()
	}
}

// resolveDivergence handles a replica that differs from the hub's log. If the log has a
// restore whose record agrees with the replica, it starts a refold, queues the lost
// messages of this terminal's keys for publishing, and renames the replica. Otherwise
// there are two logs: it calls split and, if the hub is that of this data directory,
// holds the room.
func (c *Mirror) resolveDivergence(ctx context.Context, other *Mirror) error {
	f := c.f
	out, ok := f.refold(ctx)
	if !ok {
		return ctx.Err()
	}
	dir, t := roomstore.Dir(f.env.Store.Data, f.Room), other.c.Tip()
	br, found := c.agrees(dir, out)
	if !found {
		known := model.Safef("this terminal's copy has %d entries (root %.8s)", t.Size, t.Root)
		if f.env.OwnsHub {
			if err := f.env.Conn.Hold(ctx, f.Short,
				HeldText(f.Short, model.Safef("the hub's store has a different log, which ends at entry %d",
					out.next-1),
					known)); err != nil {
				f.env.Logf(model.Safef("%s cannot be held: %s", f.Short, err))
			}
		}
		c.split(dir, t)
		return nil
	}
	lost, err := c.lostAfter(dir, br)
	if err != nil {
		return err
	}
	f.Refolding.Store(true) // nothing is sent until the room is refolded
	name := ""
	if err = f.Copy.queueReplay(lost); err == nil {
		name, err = other.c.SetAside("before", f.env.Now())
	}
	if err != nil {
		f.Refolding.Store(false)
		return err
	}
	f.env.Logf(model.Safef("the log of %s was restored up to %d entries; this terminal's previous copy is kept in "+
		"%s, and its own entries are sent again", f.Short, br.Size, name))
	select {
	case f.check <- out:
	case <-ctx.Done():
	}
	return nil
}

// agrees returns the newest restore of the log whose record agrees with the replica. It
// skips a restore that the replica has too: that one restored nothing the replica lacks,
// so a log that differs after it is another log.
func (c *Mirror) agrees(dir string, out refold) (model.LogBreak, bool) {
	f := c.f
	size, tree, knows := map[uint64]string{}, new(signing.Tree), map[string]bool{}
	for _, br := range out.room.Breaks {
		size[br.Size], knows[out.breaks[br.Seq]] = "", false
	}
	err := mirror.Read(dir, f.Room, f.env.Store.CopyBox(), 1, func(m *mirror.Message) error {
		if m.IsLeaf() {
			tree.Add(m.Leaf())
			if _, asked := knows[m.Leaf().String()]; asked {
				knows[m.Leaf().String()] = true
			}
		}
		if _, asked := size[tree.Size()]; asked && m.IsLeaf() {
			size[tree.Size()] = tree.Root().String()
		}
		return nil
	})
	if err != nil && !errors.Is(err, mirror.ErrDamaged) {
		return model.LogBreak{}, false
	}
	for _, br := range slices.Backward(out.room.Breaks) {
		if size[br.Size] == br.Root && !knows[out.breaks[br.Seq]] {
			return br, true
		}
	}
	return model.LogBreak{}, false
}

// lostAfter returns the leaves of the replica after a restore.
func (c *Mirror) lostAfter(dir string, br model.LogBreak) (lost []mirror.Message, err error) {
	f := c.f
	n := uint64(0)
	err = mirror.Read(dir, f.Room, f.env.Store.CopyBox(), 1, func(m *mirror.Message) error {
		if m.IsLeaf() {
			if n++; n > br.Size {
				lost = append(lost, *m)
			}
		}
		return nil
	})
	return lost, err
}
