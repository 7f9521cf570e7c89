package replica

import (
	"context"
	"errors"
	"time"

	"warroom/feed/backoff"

	"warroom/feed/jetlog"
	"warroom/feed/wake"
	"warroom/model"
	"warroom/model/signing"
)

// hold checks whether the hub holds the room. If the hub has released it, the log was
// repaired, and hold starts a refold.
func (f *Follower) hold(ctx context.Context) bool {
	held, prev := f.env.Conn.State(f.Short).Held, f.View().Held
	if held != prev {
		if held.IsEmpty() {
			f.startRefold(ctx) // nothing is sent until that is done
		}
		f.change(func(s *View) { s.Held = held })
	}
	return !held.IsEmpty()
}

// shorter handles a log on the hub that ends before the one that this terminal has. It
// raises an alarm and drops nothing. If the hub is that of this data directory, it holds
// the room.
func (f *Follower) shorter(ctx context.Context, tip uint64) error {
	if f.at.back || f.Refolding.Load() {
		return nil
	}
	if k, err := f.env.Store.Known(f.Room); f.env.OwnsHub && err == nil && k != nil && k.LastSeq > tip {
		why := HeldText(f.Short, model.Safef("the hub's store ends at entry %d", tip),
			model.Safef("this terminal has entry %d", f.Log.Next-1))
		if err := f.env.Conn.Hold(ctx, f.Short, why); err != nil {
			f.env.Logf(model.Safef("%s cannot be held: %s", f.Short, err))
		}
		f.hold(ctx)
	}
	f.alarm(model.Safef("the hub's log ends at entry %d, this terminal has it up to entry %d: the hub lost part of "+
		"the record; export it here and compare", tip, f.Log.Next-1))
	return nil
}

// catchUp reads up to the end of the log. It retries while the hub does not answer.
func (f *Follower) catchUp(ctx context.Context) {
	pause := backoff.New(5*time.Millisecond, wake.MaxBackoff)
	for ctx.Err() == nil {
		over := f.env.Conn.Epoch.Load()
		err := f.toTip(ctx)
		if err == nil {
			f.whole.Store(over)
			f.draw(true)
			wake.Close(f.Begun)
			return
		}
		f.draw(false)
		select {
		case <-ctx.Done():
		case <-f.Poke:
		case <-pause.After():
			pause.Grow()
		}
	}
}

// toTip asks for the last sequence and reads up to it. A sequence below that of this
// terminal raises an alarm; nothing is dropped.
func (f *Follower) toTip(ctx context.Context) error {
	before := f.env.Now()
	tip, hub, err := f.env.Conn.Tip(ctx, f.Short)
	var no *model.Error
	// the login has lost access
	if errors.As(err, &no) && (no.Code == model.Forbidden || no.Code == model.NotFound && f.env.Conn.ByHub.Load()) {
		if _, known := f.env.Hidden.Swap(f.Short, true); !known {
			f.change(func(*View) {})
		}
		return nil
	}
	if errors.As(err, &no) && no.Code == model.NotFound {
		f.alarm(model.Safef("the room no longer exists on the hub; this terminal has it up to entry %d: export "+
			"it now",
			f.Log.Next-1))
		return nil
	}
	if err != nil {
		return err
	}
	f.env.Hidden.Delete(f.Short)
	if f.hold(ctx) {
		tip = max(tip, f.Log.Next-1) // a shorter log is already known
	}
	f.mu.Lock()
	f.clock.asked(before, f.env.Now(), hub)
	f.mu.Unlock()
	if tip+1 < f.Log.Next {
		return f.shorter(ctx, tip)
	}
	if err := f.compare(ctx); err != nil {
		return err
	}
	f.at.tip = max(f.at.tip, tip)
	return f.Log.Fill(ctx, tip)
}

// compare raises an alarm if the newest event that this terminal has is a different one
// on the hub.
func (f *Follower) compare(ctx context.Context) error {
	if f.at.seq == 0 {
		return nil
	}
	_, err := f.env.Conn.Read(ctx, f.Short, "", f.at.seq, 1, func(r jetlog.Record) error {
		if r.Seq == f.at.seq && signing.Leaf(r.Sig, r.Data) != f.at.leaf {
			f.alarm(model.Safef("entry %d differs between the hub and this terminal: there are two records; "+
				"export both and compare", r.Seq))
		}
		return nil
	})
	if errors.Is(err, jetlog.ErrNothing) {
		return nil // a replica that lags
	}
	return err
}

// lost handles a gap in the log without a tombstone.
func (f *Follower) lost(seq uint64, newer bool) {
	if newer {
		f.change(func(s *View) { s.Proof.Newer = holeOf(seq, true) })
		return
	}
	f.alarm(holeOf(seq, false))
}

// holeOf describes a missing message: its tombstone has a newer format, or there is none.
func holeOf(seq uint64, newer bool) model.Safe {
	if newer {
		return model.Safef("entry %d was removed from the log in a way that this program does not support; a newer "+
			"warroom is needed to show the room as it is", seq)
	}
	return model.Safef("entry %d is missing in the hub's log for no recorded reason", seq)
}

// AwaitSettled waits until the room was read to the end of its log once, so that an act
// is not decided against a part of it. While the hub cannot be reached, a room from a
// snapshot or a replica is enough. It returns [model.Unreachable] if ctx ends first.
func (f *Follower) AwaitSettled(ctx context.Context) error {
	if err := f.AwaitTrue(ctx, func() bool { return !f.Refolding.Load() }); err != nil {
		return err
	}
	select {
	case <-f.Begun:
		return nil
	default:
	}
	if f.env.Link().State == model.Offline && f.View().Room.ID != "" {
		return nil
	}
	select {
	case <-f.Begun:
		return nil
	case <-ctx.Done():
		return model.Refuse(model.Unreachable,
			"the room could not be read to its end in time (%s); try again", ctx.Err())
	}
}

// overtakeFor is how long a draft waits, after an outage, for the entries of the others.
const overtakeFor = 2 * time.Second

// AwaitCurrent waits until this terminal has read the entries of the time when it was
// disconnected, because a command is decided against them. It gives up after overtakeFor:
// the fold decides in any case.
func (f *Follower) AwaitCurrent(ctx context.Context) {
	if f.whole.Load() == f.env.Conn.Epoch.Load() {
		return
	}
	changed := make(chan struct{}, 1)
	f.Watch(changed)
	defer f.Unwatch(changed)
	late := time.NewTimer(overtakeFor)
	defer late.Stop()
	for f.whole.Load() != f.env.Conn.Epoch.Load() {
		select {
		case <-changed:
		case <-late.C:
			return
		case <-ctx.Done():
			return
		}
	}
}

// HubNow returns the hub's time, as far as its offset is known.
func (f *Follower) HubNow() time.Time { return f.env.Now().Add(f.View().Offset) }

// offset estimates the difference between the hub's clock and ours. The answer to a tip
// request has the hub's time at a moment between the request and the answer. A live
// message has the difference less its transit time, which is a lower bound.
type offset struct {
	known, lively bool
	base, spread  time.Duration // the offset is base, plus or minus spread
	live          time.Duration // lower bound from live messages since then
}

// asked adds a measurement: hub is the hub's time at a moment between before and after.
// It ignores a slow answer that agrees with a quick one.
func (o *offset) asked(before, after, hub time.Time) {
	if hub.IsZero() {
		return
	}
	spread := after.Sub(before) / 2
	base := hub.Sub(before) - spread
	if o.known && spread > o.spread && (base-o.base).Abs() <= spread+o.spread {
		base, spread = o.base, o.spread
	}
	o.known, o.base, o.spread, o.lively = true, base, spread, false
}

// observeLive adds a live message: its time of storage, minus our time.
func (o *offset) observeLive(d time.Duration) {
	if !o.lively || d > o.live {
		o.lively, o.live = true, d
	}
}

// maxSameClock is the largest spread of an answer with which a difference may be taken for 0.
const maxSameClock = time.Second / 2

// best returns the offset. It is 0 if this process hosts the hub, if nothing is known, or if
// no measurement tells the two clocks apart: otherwise the terminals of one machine would
// show a countdown that ends at a full second differently.
func (o *offset) best(hosting bool) time.Duration {
	switch {
	case hosting, o.known && o.base.Abs() <= o.spread && o.spread <= maxSameClock && (!o.lively || o.live <= 0):
		return 0
	case o.lively && (!o.known || o.live > o.base):
		return o.live
	}
	return o.base
}
