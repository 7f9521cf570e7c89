package feed

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"warroom/feed/hub"
	"warroom/feed/logcopy"
	"warroom/model"
)

// The copy is written behind: what was heard is on disk a moment later, and
// survives the end of the machine a little later still.
const (
	copyAfter  = 100 * time.Millisecond // what was heard is written
	copySync   = 2 * time.Second        // and synced
	pointEvery = 10 * time.Second       // a checkpoint is written at most so often,
	pointMany  = 500                    // unless so many messages came
	copyLast   = 2 * time.Second        // a room that is left waits so long for its copy
	mostHeard  = 8192                   // messages in memory; what is more is read from the hub again
	heardBytes = 16 << 20
)

// copySpare is what the copies leave free on the disk: the hub's own store
// comes first.
const copySpare = 32 << 20

// copyist writes this terminal's copy of one room's log. Of all processes on a
// data directory one at a time holds the copy; the others look again and again.
type copyist struct {
	f    *follower
	bell chan struct{}

	mu    sync.Mutex
	heard []logcopy.Message // without a gap, not written yet
	bytes int

	// Of the goroutine alone.
	c      *logcopy.Copy
	life   *life // the connection over which copy and hub were compared
	synced time.Time
	point  time.Time
	many   uint64 // sequence of the newest checkpoint
	told   string // the newest complaint
	other  bool   // the hub's log went another way, when it was asked
	asked  time.Time
	rest   time.Duration // until it is asked again

	says attest // of the log

	whole bool // the copy was read as a whole, once
	wiped int  // how many redactions are wiped out of it

	again atomic.Bool // the log was repaired: compare once more, and until then nothing is sent
}

// askAgain is after how long at most a log that went another way is looked at
// again: it may have been repaired.
const askAgain = 30 * time.Second

// hear takes in a message that the follower has accepted. It never waits.
func (c *copyist) hear(r record) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if n := len(c.heard); n > 0 && (c.heard[n-1].Seq+1 != r.seq || n >= mostHeard || c.bytes > heardBytes) {
		c.heard, c.bytes = nil, 0
	}
	c.heard = append(c.heard, messageOf(r))
	c.bytes += len(r.data)
	ring(c.bell)
}

// messageOf is a record as the copy keeps it.
func messageOf(r record) logcopy.Message {
	if r.stone != nil {
		return logcopy.Instead(r.stone, r.subject)
	}
	return logcopy.Message{Seq: r.seq, At: r.at, Subject: r.subject, Sig: r.sig, Data: r.data}
}

// take returns what was heard.
func (c *copyist) take() []logcopy.Message {
	c.mu.Lock()
	defer c.mu.Unlock()
	h := c.heard
	c.heard, c.bytes = nil, 0
	return h
}

// run writes until ctx ends, and then what is left.
func (c *copyist) run(ctx context.Context) {
	defer c.f.wg.Done()
	t := time.NewTicker(copySync)
	defer t.Stop()
	knows := false // what was said of the log before
	for {
		select {
		case <-ctx.Done():
			c.last()
			return
		case <-c.bell:
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
		knows = knows || c.f.recall(ctx)
	}
}

// last writes what is left when the room is left.
func (c *copyist) last() {
	ctx, cancel := context.WithTimeout(context.Background(), copyLast)
	defer cancel()
	err := c.write(ctx)
	if c.c != nil {
		if err == nil {
			err = c.checkpoint(true)
		}
		err = errors.Join(err, c.c.Close())
	}
	c.complain(err)
}

// complain tells what keeps the copy from being written, once.
func (c *copyist) complain(err error) {
	if err == nil || errors.Is(err, errBroken) || errors.Is(err, errSilence) || c.f.h.Link().State == model.Offline {
		return
	}
	s := model.Safef("the copy of %s is not written: %s", c.f.short, model.Sentence(err))
	if s.String() != c.told {
		c.told = s.String()
		c.f.h.o.Logf(s)
	}
}

// ready says whether there is something to compare: not while the room is held,
// read again, or shown from a snapshot that is still being checked.
func (c *copyist) ready() bool {
	v := c.f.view()
	return v.next > 1 && v.held.IsEmpty() && !v.proof.Pending && !c.f.anew.Load()
}

// write brings the copy as far as the follower is.
func (c *copyist) write(ctx context.Context) error {
	if !c.ready() {
		return nil
	}
	if free, ok := hub.FreeBytes(c.f.h.o.Data); ok && free < copySpare {
		c.again.Store(false)
		return model.Refuse(model.Internal, "the disk of %s has less than %d MiB free; make room", c.f.h.o.Data, copySpare>>20)
	}
	if err := c.empty(); err != nil {
		return err
	}
	if err := c.open(); c.c == nil || err != nil {
		if asked := c.again.Swap(false); asked && err == nil { // whoever holds the copy compares it
			err = c.f.elsewhere(ctx)
		}
		return err
	}
	if ok, err := c.compared(ctx); !ok || err != nil {
		return err
	}
	if !c.f.view().two.IsEmpty() {
		return nil // nothing is copied from a log that is in doubt
	}
	if err := c.mend(ctx); err != nil {
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

// mendSoon is how long a copy may be to be read as a whole before anything is
// put behind it; a longer one is, once the room was open for some time.
const mendSoon = 8 << 20

// mend reads the copy as a whole, once, and cuts it where it is damaged: the
// rest is read from the hub again.
func (c *copyist) mend(ctx context.Context) error {
	if c.whole || c.c.Tip().Bytes > mendSoon && c.point.IsZero() {
		return nil
	}
	aside, err := c.c.Mend(ctx, c.f.h.o.Now())
	if !aside.IsEmpty() {
		c.f.h.o.Logf(aside)
	}
	c.whole = err == nil
	return err
}

// open holds the copy where nobody else does.
func (c *copyist) open() error {
	if c.c != nil {
		return nil
	}
	held, aside, err := logcopy.Open(recordDir(c.f.h.o.Data, c.f.room), c.f.room, c.f.h.copyBox(), c.f.h.o.Now())
	if errors.Is(err, logcopy.ErrBusy) {
		return nil
	}
	if !aside.IsEmpty() {
		c.f.h.o.Logf(aside)
	}
	c.c = held
	if err == nil {
		c.many = held.Tip().Seq
	}
	return err
}

// compared says whether the copy's last message is the hub's, once for every
// connection: nothing is put behind a log that went another way.
func (c *copyist) compared(ctx context.Context) (bool, error) {
	now, at := c.f.h.w.life.Load(), c.f.h.o.Now()
	if c.life == now && !c.again.Load() {
		if !c.other || at.Sub(c.asked) < c.rest {
			return !c.other, nil
		}
	}
	if _, _, err := c.f.h.w.tip(ctx, c.f.short); err != nil || !c.f.h.w.standing(c.f.short).held.IsEmpty() {
		return false, err // gone, or held: it may be under repair
	}
	was := c.other
	c.other, c.asked = false, at
	t := c.c.Tip()
	if t.Seq > 0 {
		r, err := c.f.h.w.fewer(ctx, c.f.short, t.Seq)
		switch {
		case err != nil && !errors.Is(err, errNothing):
			return false, err
		case err != nil || messageLeaf(r) != t.Leaf:
			if err := c.f.apart(ctx, c); err != nil {
				return false, err
			}
			c.life, c.other, c.rest = now, true, min(max(2*c.rest, copySync), askAgain)
			c.again.Store(false)
			return false, nil
		}
	}
	c.life, c.rest = now, 0
	c.again.Store(false)
	if was && !c.f.view().split.IsEmpty() {
		c.f.again(ctx) // the log that was known is back
		return false, nil
	}
	return true, nil
}

// fetch appends what was heard, after what is missing before it.
func (c *copyist) fetch(ctx context.Context, heard []logcopy.Message) error {
	until := c.f.view().next - 1
	if len(heard) > 0 {
		until = max(until, heard[len(heard)-1].Seq)
	}
	for c.c.Tip().Seq < until {
		next := c.c.Tip().Seq + 1
		for len(heard) > 0 && heard[0].Seq < next {
			heard = heard[1:]
		}
		if len(heard) > 0 && heard[0].Seq == next {
			if err := c.put(heard...); err != nil {
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
func (c *copyist) backfill(ctx context.Context, from, until uint64) error {
	var page []logcopy.Message
	w, short := c.f.h.w, c.f.short
	_, err := w.read(ctx, short, "", from, pageSize, func(r record) error {
		r.at = w.recorded(short, r)
		if next := from + uint64(len(page)); r.seq == next && r.seq <= until {
			page = append(page, messageOf(r))
		}
		return nil
	})
	if err != nil && !errors.Is(err, errNothing) {
		return err
	}
	if len(page) == 0 { // headers that cannot be parsed, a replica that lags, or a hole
		r, err := w.fewer(ctx, short, from)
		if errors.Is(err, errNothing) {
			return logcopy.ErrGap
		}
		if err != nil {
			return err
		}
		r.at = w.recorded(short, r)
		page = append(page, messageOf(r))
	}
	return c.put(page...)
}

// checkpoint syncs the copy and writes the checkpoint, each in its time.
func (c *copyist) checkpoint(now bool) error {
	h, t := c.f.h, c.c.Tip()
	at := h.o.Now()
	if t.Seq == 0 || !now && at.Sub(c.synced) < copySync {
		return nil
	}
	c.synced = at
	if err := c.c.Sync(); err != nil {
		return err
	}
	if t.Seq == c.many && !c.point.IsZero() || !now && !c.point.IsZero() && at.Sub(c.point) < pointEvery && t.Seq-c.many < pointMany {
		return nil
	}
	c.point, c.many = at, t.Seq
	return writeKept(h.o.Data, kept{Room: c.f.room, Short: c.f.short, Where: h.o.Server, At: at}, t, h.signer())
}

// signer is the key that signs checkpoints: the hub's where this process hosts.
func (h *house) signer() *key {
	if s := h.steward.Load(); s != nil {
		return s.pen.hold()
	}
	return h.pen.hold()
}
