package replica

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"warroom/feed/hub"
	"warroom/feed/jetlog"
	"warroom/feed/mirror"
	"warroom/feed/roomstore"
	"warroom/feed/wake"
	"warroom/model"
)

// The replica is written in the background: a message is written copyAfter, and synced
// copySync, after it was received.
const (
	copyAfter       = 100 * time.Millisecond // delay before received messages are written
	copySync        = 2 * time.Second        // interval at which the file is synced
	pointEvery      = 10 * time.Second       // minimum time between checkpoints,
	pointMany       = 500                    // unless so many messages arrived
	copyLast        = 2 * time.Second        // time limit for the last write when the room is left
	maxPending      = 8192                   // messages in memory; more are read from the hub again
	maxPendingBytes = 16 << 20
)

// copySpare is the free space in bytes that replicas leave on the disk for the hub's own
// store.
const copySpare = 32 << 20

// Mirror writes this terminal's replica of one room's log. One process per data directory
// has the replica open; the others retry.
type Mirror struct {
	f    *Follower
	wake chan struct{}

	mu      sync.Mutex
	pending []mirror.Message // not written yet, without a gap
	bytes   int

	// The fields below are used only by run.
	c             *mirror.Copy
	comparedEpoch *jetlog.Epoch // connection on which replica and hub were compared
	synced        time.Time
	point         time.Time
	many          uint64 // last sequence of the newest checkpoint
	lastLogged    string // newest error that was logged
	other         bool   // the hub had another log when it was last compared
	asked         time.Time
	backoff       time.Duration // until the next comparison

	attestation attest // checkpoints of the log

	whole bool // the whole replica was verified once
	wiped int  // redactions that are applied to it

	Recompare atomic.Bool // the log was repaired: compare again before anything is sent
}

// maxCompareInterval is the longest time between comparisons with a log that differs. It
// may have been repaired.
const maxCompareInterval = 30 * time.Second

// enqueue adds a message that the follower has accepted. It does not block.
func (c *Mirror) enqueue(r jetlog.Record) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if n := len(c.pending); n > 0 && (c.pending[n-1].Seq+1 != r.Seq || n >= maxPending || c.bytes > maxPendingBytes) {
		c.pending, c.bytes = nil, 0
	}
	c.pending = append(c.pending, jetlog.CopyOf(r))
	c.bytes += len(r.Data)
	wake.Notify(c.wake)
}

// take returns and clears the pending messages.
func (c *Mirror) take() []mirror.Message {
	c.mu.Lock()
	defer c.mu.Unlock()
	h := c.pending
	c.pending, c.bytes = nil, 0
	return h
}

// run writes until ctx ends, and then writes the rest.
func (c *Mirror) run(ctx context.Context) {
	defer c.f.wg.Done()
	t := time.NewTicker(copySync)
	defer t.Stop()
	knows := false // the stored checkpoints were read
	for {
		select {
		case <-ctx.Done():
			c.last()
			return
		case <-c.wake:
			select {
			case <-ctx.Done():
			case <-time.After(copyAfter):
			}
		case <-t.C:
		}
		if ctx.Err() != nil {
			continue
		}
		c.complain(c.write(ctx))
		knows = knows || c.f.Copy.observeStoredCheckpoints(ctx)
	}
}

// last writes the rest when the room is left.
func (c *Mirror) last() {
	ctx, cancel := context.WithTimeout(context.Background(), copyLast)
	defer cancel()
	err := c.write(ctx)
	if c.c != nil {
		if err == nil {
			err = c.checkpoint(true)
		}
		c.complain(c.c.Close())
	}
	c.complain(err)
}

// complain logs why the replica is not written, once per reason. A write that ended
// because the room is left, or because the hub was too slow for the last one, is not a
// problem: the next process that opens the room reads the rest from the hub.
func (c *Mirror) complain(err error) {
	for _, harmless := range []error{jetlog.ErrBroken, jetlog.ErrSilence, context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, harmless) {
			return
		}
	}
	if err == nil || c.f.env.Link().State == model.Offline {
		return
	}
	s := model.Safef("the copy of %s is not written: %s", c.f.Short, model.Sentence(err))
	if s.String() != c.lastLogged {
		c.lastLogged = s.String()
		c.f.env.Logf(s)
	}
}

// ready reports whether the replica can be compared: not while the room is held,
// refolded, or shown from a snapshot that is still being checked.
func (c *Mirror) ready() bool {
	v := c.f.View()
	return v.Next > 1 && v.Held.IsEmpty() && !v.Proof.Pending && !c.f.Refolding.Load()
}

// write brings the replica to the follower's position.
func (c *Mirror) write(ctx context.Context) error {
	if !c.ready() {
		return nil
	}
	if free, ok := hub.FreeBytes(c.f.env.Store.Data); ok && free < copySpare {
		c.Recompare.Store(false)
		return model.Refuse(model.Internal, "the disk of %s has less than %d MiB free; free some "+
			"space", c.f.env.Store.Data,
			copySpare>>20)
	}
	if err := c.empty(); err != nil {
		return err
	}
	if err := c.open(); c.c == nil || err != nil {
		if asked := c.Recompare.Swap(false); asked && err == nil { // the process that has the replica open compares it
			err = c.f.Copy.elsewhere(ctx)
		}
		return err
	}
	if ok, err := c.compared(ctx); !ok || err != nil {
		return err
	}
	if !c.f.View().two.IsEmpty() {
		return nil // do not copy from a log with an alarm
	}
	if err := c.repair(ctx); err != nil {
		return err
	}
	if err := c.fetch(ctx, c.take()); err != nil {
		return err
	}
	if err := c.wipe(); err != nil {
		return err
	}
	c.attest(ctx)
	return c.checkpoint(false)
}

// eagerVerifyBytes is the size up to which a replica is verified as a whole before it is
// continued. A larger one is verified after the first checkpoint.
const eagerVerifyBytes = 8 << 20

// repair verifies the whole replica, once, and cuts it off where it is damaged. The rest
// is read from the hub again.
func (c *Mirror) repair(ctx context.Context) error {
	if c.whole || c.c.Tip().Bytes > eagerVerifyBytes && c.point.IsZero() {
		return nil
	}
	aside, err := c.c.Repair(ctx, c.f.env.Now())
	if !aside.IsEmpty() {
		c.f.env.Logf(aside)
	}
	c.whole = err == nil
	return err
}

// open opens the replica, unless another process has it open.
func (c *Mirror) open() error {
	if c.c != nil {
		return nil
	}
	held, aside,
		err := mirror.Open(roomstore.Dir(c.f.env.Store.Data, c.f.Room), c.f.Room, c.f.env.Store.CopyBox(),
		c.f.env.Now())
	if errors.Is(err, mirror.ErrBusy) {
		return nil
	}
	if !aside.IsEmpty() {
		c.f.env.Logf(aside)
	}
	c.c = held
	if err == nil {
		c.many = held.Tip().Seq
	}
	return err
}

// compared reports whether the replica's last message is in the hub's log. It checks once
// per connection: messages of another log must not be appended.
func (c *Mirror) compared(ctx context.Context) (bool, error) {
	now, at := c.f.env.Conn.Epoch.Load(), c.f.env.Now()
	if c.comparedEpoch == now && !c.Recompare.Load() {
		if !c.other || at.Sub(c.asked) < c.backoff {
			return !c.other, nil
		}
	}
	if _, _, err := c.f.env.Conn.Tip(ctx, c.f.Short); err != nil ||
		!c.f.env.Conn.State(c.f.Short).Held.IsEmpty() {
		return false, err // gone, or held while it is repaired
	}
	prev := c.other
	c.other, c.asked = false, at
	t := c.c.Tip()
	if t.Seq > 0 {
		r, err := jetlog.ReadOrTombstone(ctx, c.f.env.Conn, c.f.Short, t.Seq)
		switch {
		case err != nil && !errors.Is(err, jetlog.ErrNothing):
			return false, err
		case err != nil || jetlog.Leaf(r) != t.Leaf:
			if err := c.f.Copy.resolveDivergence(ctx, c); err != nil {
				return false, err
			}
			c.comparedEpoch, c.other, c.backoff = now, true, min(max(2*c.backoff, copySync), maxCompareInterval)
			c.Recompare.Store(false)
			return false, nil
		}
	}
	c.comparedEpoch, c.backoff = now, 0
	c.Recompare.Store(false)
	if prev && !c.f.View().Split.IsEmpty() {
		c.f.startRefold(ctx) // the log is the known one again
		return false, nil
	}
	return true, nil
}

// fetch appends the pending messages, after the missing ones before them.
func (c *Mirror) fetch(ctx context.Context, pending []mirror.Message) error {
	until := c.f.View().Next - 1
	if len(pending) > 0 {
		until = max(until, pending[len(pending)-1].Seq)
	}
	for c.c.Tip().Seq < until {
		next := c.c.Tip().Seq + 1
		for len(pending) > 0 && pending[0].Seq < next {
			pending = pending[1:]
		}
		if len(pending) > 0 && pending[0].Seq == next {
			if err := c.put(pending...); err != nil {
				return err
			}
			continue
		}
		if err := c.backfill(ctx, next, until); err != nil {
			return err
		}
	}
	return nil
}

// backfill appends a page of the hub's log.
func (c *Mirror) backfill(ctx context.Context, from, until uint64) error {
	var page []mirror.Message
	conn, short := c.f.env.Conn, c.f.Short
	_, err := conn.Read(ctx, short, "", from, jetlog.PageSize, func(r jetlog.Record) error {
		r.At = conn.Recorded(short, r)
		if next := from + uint64(len(page)); r.Seq == next && r.Seq <= until {
			page = append(page, jetlog.CopyOf(r))
		}
		return nil
	})
	if err != nil && !errors.Is(err, jetlog.ErrNothing) {
		return err
	}
	if len(page) == 0 { // headers that cannot be parsed, a replica that lags, or a gap
		r, err := jetlog.ReadOrTombstone(ctx, conn, short, from)
		if errors.Is(err, jetlog.ErrNothing) {
			return mirror.ErrGap
		}
		if err != nil {
			return err
		}
		r.At = conn.Recorded(short, r)
		page = append(page, jetlog.CopyOf(r))
	}
	return c.put(page...)
}

// checkpoint syncs the replica and writes the checkpoint, if they are due or now is set.
func (c *Mirror) checkpoint(now bool) error {
	env, t := c.f.env, c.c.Tip()
	at := env.Now()
	if t.Seq == 0 || !now && at.Sub(c.synced) < copySync {
		return nil
	}
	c.synced = at
	if err := c.c.Sync(); err != nil {
		return err
	}
	if t.Seq == c.many && !c.point.IsZero() || !now && !c.point.IsZero() && at.Sub(c.point) < pointEvery &&
		t.Seq-c.many < pointMany {
		return nil
	}
	c.point, c.many = at, t.Seq
	return roomstore.WriteCheckpoint(env.Store.Data,
		roomstore.SavedCheckpoint{Room: c.f.Room, Short: c.f.Short, Where: env.Store.Server, At: at}, t, env.Signer())
}

// AskedHeader marks a checkpoint for which somebody waits. Terminals cosign it at once.
const AskedHeader = "Warroom-Asked"
