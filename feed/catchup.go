package feed

import (
	"context"
	"errors"
	"time"

	"warroom/model"
	"warroom/model/seal"
)

// hold looks whether the hub holds the room, and reads it anew when it does not
// any more: it was repaired meanwhile.
func (f *follower) hold(ctx context.Context) bool {
	held, was := f.h.w.standing(f.short).held, f.view().held
	if held != was {
		if held.IsEmpty() {
			f.again(ctx) // and until that is done, nothing is sent
		}
		f.change(func(s *shared) { s.held = held })
	}
	return !held.IsEmpty()
}

// shorter is told that the hub has less than this terminal. That is an alarm,
// not a fact; the hub of this data directory holds the room from then on.
func (f *follower) shorter(ctx context.Context, tip uint64) error {
	if f.at.back || f.anew.Load() {
		return nil
	}
	if k, err := f.h.knowledge(f.room); f.h.hub != nil && err == nil && k != nil && k.seq > tip {
		why := heldText(f.short, model.Safef("the hub's store ends at entry %d", tip), model.Safef("this terminal has entry %d", f.log.next-1))
		if err := f.h.w.hold(ctx, f.short, why); err != nil {
			f.h.o.Logf(model.Safef("%s cannot be held: %s", f.short, err))
		}
		f.hold(ctx)
	}
	f.alarm(model.Safef("the hub's log ends at entry %d, this terminal has it up to entry %d: the hub lost part of the record; export it here and compare", tip, f.log.next-1))
	return nil
}

// catchUp reads up to the tip. A hub that does not answer is asked again.
func (f *follower) catchUp(ctx context.Context) {
	rest := 5 * time.Millisecond
	for ctx.Err() == nil {
		over := f.h.w.life.Load()
		err := f.toTip(ctx)
		if err == nil {
			f.whole.Store(over)
			f.draw(true)
			shut(f.begun)
			return
		}
		f.draw(false)
		select {
		case <-ctx.Done():
		case <-f.poke:
		case <-time.After(rest):
			rest = min(2*rest, slowest)
		}
	}
}

// toTip asks for the tip and reads up to it. A tip below what this terminal
// has is an alarm, not a fact: nothing is dropped.
func (f *follower) toTip(ctx context.Context) error {
	before := f.h.o.Now()
	tip, hub, err := f.h.w.tip(ctx, f.short)
	var no *model.Error
	if errors.As(err, &no) && (no.Code == model.Forbidden || no.Code == model.NotFound && f.h.w.byHub.Load()) { // kept from this login since
		if _, known := f.h.hidden.Swap(f.short, true); !known {
			f.change(func(*shared) {})
		}
		return nil
	}
	if errors.As(err, &no) && no.Code == model.NotFound {
		f.alarm(model.Safef("the room is gone from the hub; this terminal has it up to entry %d: export it now", f.log.next-1))
		return nil
	}
	if err != nil {
		return err
	}
	f.h.hidden.Delete(f.short)
	if f.hold(ctx) {
		tip = max(tip, f.log.next-1) // that it has less is known
	}
	f.mu.Lock()
	f.clock.asked(before, f.h.o.Now(), hub)
	f.mu.Unlock()
	if tip+1 < f.log.next {
		return f.shorter(ctx, tip)
	}
	if err := f.compare(ctx); err != nil {
		return err
	}
	f.at.tip = max(f.at.tip, tip)
	return f.log.fill(ctx, tip)
}

// compare looks whether the newest event that this terminal has is still the
// one that the hub has.
func (f *follower) compare(ctx context.Context) error {
	if f.at.seq == 0 {
		return nil
	}
	_, err := f.h.w.read(ctx, f.short, "", f.at.seq, 1, func(r record) error {
		if r.seq == f.at.seq && seal.Leaf(r.sig, r.data) != f.at.leaf {
			f.alarm(model.Safef("entry %d is another one on the hub than on this terminal: there are two records; export both and compare", r.seq))
		}
		return nil
	})
	if errors.Is(err, errNothing) {
		return nil // a replica that lags
	}
	return err
}

// lost is told of a hole in the log.
func (f *follower) lost(seq uint64, newer bool) {
	if newer {
		f.change(func(s *shared) { s.proof.Newer = holeOf(seq, true) })
		return
	}
	f.alarm(holeOf(seq, false))
}

// holeOf names a message that is missing in a log: what stands for it is of a newer
// form, or nothing does.
func holeOf(seq uint64, newer bool) model.Safe {
	if newer {
		return model.Safef("entry %d was removed from the log in a way that this program does not support; a newer warroom is needed to show the room as it is", seq)
	}
	return model.Safef("entry %d is missing in the hub's log, and nothing says why", seq)
}

// settled waits until the room was read to its tip once, so that an act is not
// decided against half of it. Without a hub a room from this terminal's own
// snapshot has to do.
func (f *follower) settled(ctx context.Context) error {
	if err := f.until(ctx, func() bool { return !f.anew.Load() }); err != nil {
		return err
	}
	select {
	case <-f.begun:
		return nil
	default:
	}
	if f.h.Link().State == model.Offline && f.view().room.ID != "" {
		return nil
	}
	select {
	case <-f.begun:
		return nil
	case <-ctx.Done():
		return model.Refuse(model.Unreachable, "the room could not be read to its end in time (%s); nothing was kept, try again", ctx.Err())
	}
}

// overtakeFor is how long a line waits, after the hub was away, for what the
// others did meanwhile.
const overtakeFor = 2 * time.Second

// current waits until this terminal knows what happened while the hub was away:
// a command is decided against that. It gives up after a while, as the fold
// decides in the end.
func (f *follower) current(ctx context.Context) {
	if f.whole.Load() == f.h.w.life.Load() {
		return
	}
	news := make(chan struct{}, 1)
	f.watch(news)
	defer f.unwatch(news)
	late := time.NewTimer(overtakeFor)
	defer late.Stop()
	for f.whole.Load() != f.h.w.life.Load() {
		select {
		case <-news:
		case <-late.C:
			return
		case <-ctx.Done():
			return
		}
	}
}

// offset measures the hub's clock against ours. An answer to the question for
// the tip says what the hub's clock showed between asking and hearing. A live
// message says the difference less the time it took: never more than is true.
type offset struct {
	known, lively bool
	base, spread  time.Duration // the true offset is base, give or take spread
	live          time.Duration // and at least this, from what came in since then
}

// asked takes an answer: hub is what the hub's clock showed between two
// moments of ours. A slow answer that agrees with a quick one is not taken.
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

// heard takes a live message: when it was stored, less our time.
func (o *offset) heard(d time.Duration) {
	if !o.lively || d > o.live {
		o.lively, o.live = true, d
	}
}

// best returns the offset, 0 where the hub has our clock or nothing is known.
func (o *offset) best(hosting bool) time.Duration {
	switch {
	case hosting:
		return 0
	case o.lively && (!o.known || o.live > o.base):
		return o.live
	}
	return o.base
}
