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
		f.change(func(s *shared) { s.held = held })
		if held.IsEmpty() {
			f.again(ctx)
		}
	}
	return !held.IsEmpty()
}

// shorter is told that the hub has less than this terminal. That is an alarm,
// not a fact; the hub of this data directory holds the room from then on.
func (f *follower) shorter(ctx context.Context, tip uint64) error {
	if f.at.back || f.anew.Load() {
		return nil
	}
	if f.h.hub != nil {
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
		err := f.toTip(ctx)
		if err == nil {
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
	tip, err := f.h.w.tip(ctx, f.short)
	var no *model.Error
	if errors.As(err, &no) && no.Code == model.NotFound {
		f.alarm(model.Safef("the room is gone from the hub; this terminal has it up to entry %d: export it now", f.log.next-1))
		return nil
	}
	if err != nil {
		return err
	}
	if held := f.hold(ctx); held {
		tip = min(tip, f.log.next-1) // what the store has now is not believed
	}
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
func (f *follower) lost(seq uint64) {
	f.alarm(model.Safef("entry %d is missing in the hub's log, and nothing says why", seq))
}

// settled waits until the room was read to its tip once, so that an act is not
// decided against half of it. Without a hub a room from this terminal's own
// snapshot has to do.
func (f *follower) settled(ctx context.Context) error {
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

// offset measures the hub's clock against ours. What is heard is the true
// difference less the time the message took, so the largest is the best.
type offset struct {
	heardAt [16]time.Duration
	n       int
}

func (o *offset) heard(d time.Duration) {
	o.heardAt[o.n%len(o.heardAt)] = d
	o.n++
}

// best returns the offset, 0 where the hub has our clock or nothing was heard.
func (o *offset) best(hosting bool) time.Duration {
	n := min(o.n, len(o.heardAt))
	if hosting || n == 0 {
		return 0
	}
	b := o.heardAt[0]
	for _, d := range o.heardAt[1:n] {
		b = max(b, d)
	}
	return b
}
