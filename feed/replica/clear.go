package replica

import (
	"context"
	"errors"
	"time"

	"warroom/feed/jetlog"
	"warroom/feed/mirror"
	"warroom/feed/roomstore"
	"warroom/feed/wake"
	"warroom/model"
)

// Clear compares the end of this terminal's replica with the hub's log, once per
// connection and before anything is published over it. If the log has lost messages or is
// another one, continuing the chain of a key there would sign a second message for the
// same position. If they differ, Clear returns [model.Queued], and nothing is published
// until the mirror has found out why.
func (c *Mirror) Clear(ctx context.Context) error {
	f := c.f
	now := f.env.Conn.Epoch.Load()
	if f.cleared.Load() == now {
		return nil
	}
	same, err := c.sameEnd(ctx)
	if err != nil {
		return err
	}
	if !same {
		f.Copy.Recompare.Store(true)
		wake.Notify(f.Copy.wake)
		return model.Refuse(model.Queued, "the log of %s differs from this terminal's copy, and is being compared",
			f.Short)
	}
	f.Copy.collect()
	f.cleared.Store(now)
	return nil
}

// sameEnd reports whether the last message of this terminal's replica is in the hub's
// log.
func (c *Mirror) sameEnd(ctx context.Context) (bool, error) {
	f := c.f
	t, err := mirror.Look(roomstore.Dir(f.env.Store.Data, f.Room), f.Room, f.env.Store.CopyBox())
	if err != nil || t.Seq == 0 {
		return true, nil // there is nothing to compare
	}
	r, err := jetlog.ReadOrTombstone(ctx, f.env.Conn, f.Short, t.Seq)
	if errors.Is(err, jetlog.ErrNothing) {
		return false, nil
	}
	return err == nil && jetlog.Leaf(r) == t.Leaf, err
}

// elsewhere checks for a second log while another process has the replica open. It does
// not rename the replica; the other process does.
func (c *Mirror) elsewhere(ctx context.Context) error {
	f := c.f
	same, err := c.sameEnd(ctx)
	if same || err != nil {
		return err
	}
	out, ok := f.refold(ctx)
	if !ok {
		return ctx.Err()
	}
	dir := roomstore.Dir(f.env.Store.Data, f.Room)
	t, err := mirror.Look(dir, f.Room, f.env.Store.CopyBox())
	if _, found := c.agrees(dir, out); found || err != nil {
		return err
	}
	c.split(dir, t)
	return nil
}

// split records that the replica and the hub's log are different logs. Nothing is
// published from then on.
func (c *Mirror) split(dir string, t mirror.Tip) {
	f := c.f
	two := model.Safef("the hub's log differs from this terminal's copy in %s, which has %d entries up to "+
		"number %d: there are two records; export both and compare", dir, t.Size, t.Seq)
	f.alarm(two)
	f.change(func(s *View) { s.Split = two })
}

// integrityTimeout is how long a command waits for the comparison of replica and log.
const integrityTimeout = 10 * time.Second

// IntegrityWarning waits until this terminal's replica has been compared with the log,
// and returns what is wrong with the record. It returns an empty text if nothing is known
// to be wrong.
func (c *Mirror) IntegrityWarning(ctx context.Context) model.Safe {
	f := c.f
	ctx, cancel := context.WithTimeout(ctx, integrityTimeout)
	defer cancel()
	changed := make(chan struct{}, 1)
	f.Watch(changed)
	defer f.Unwatch(changed)
	for {
		if a := f.View().Proof.Alarm; !a.IsEmpty() || f.env.Link().State == model.Offline || ctx.Err() != nil {
			return a
		}
		if !f.Refolding.Load() && c.Clear(ctx) == nil {
			return f.View().Proof.Alarm
		}
		select {
		case <-changed:
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
		}
	}
}
