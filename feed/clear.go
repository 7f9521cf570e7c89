package feed

import (
	"context"
	"errors"
	"time"

	"warroom/feed/logcopy"
	"warroom/model"
)

// clear compares the end of this terminal's copy with the hub's log, once for
// every connection and before anything is sent over it: a key that goes on in a
// log that lost its lines, or in another log, signs one number twice. Where they
// differ, the copyist finds out why, and until then nothing is sent.
func (f *follower) clear(ctx context.Context) error {
	now := f.h.w.life.Load()
	if f.cleared.Load() == now {
		return nil
	}
	same, err := f.sameEnd(ctx)
	if err != nil {
		return err
	}
	if !same {
		f.copy.again.Store(true)
		ring(f.copy.bell)
		return model.Refuse(model.Kept, "the log of %s is not the one that this terminal knew, and is being compared", f.short)
	}
	f.collect()
	f.cleared.Store(now)
	return nil
}

// sameEnd says whether the last message of this terminal's copy is the hub's.
func (f *follower) sameEnd(ctx context.Context) (bool, error) {
	t, err := logcopy.Look(recordDir(f.h.o.Data, f.room), f.room, f.h.copyBox())
	if err != nil || t.Seq == 0 {
		return true, nil // nothing to compare
	}
	r, err := f.h.w.fewer(ctx, f.short, t.Seq)
	if errors.Is(err, errNothing) {
		return false, nil
	}
	return err == nil && messageLeaf(r) == t.Leaf, err
}

// elsewhere is apart while another process holds the copy: that one puts it
// away, but whether there are two records is said here too.
func (f *follower) elsewhere(ctx context.Context) error {
	same, err := f.sameEnd(ctx)
	if same || err != nil {
		return err
	}
	out, ok := f.refold(ctx)
	if !ok {
		return ctx.Err()
	}
	dir := recordDir(f.h.o.Data, f.room)
	t, err := logcopy.Look(dir, f.room, f.h.copyBox())
	if _, found := f.agrees(dir, out); found || err != nil {
		return err
	}
	f.split(dir, t)
	return nil
}

// split says that there are two records. Nothing is sent into this one.
func (f *follower) split(dir string, t logcopy.Tip) {
	two := model.Safef("the hub's log is another one than this terminal's copy in %s, which has %d entries up to number %d: there are two records; export both and compare", dir, t.Size, t.Seq)
	f.alarm(two)
	f.change(func(s *shared) { s.split = two })
}

// doubtFor is how long a command waits until it is known why copy and log differ.
const doubtFor = 10 * time.Second

// doubt waits until this terminal's copy was compared with the log, and returns
// what is wrong with the record; empty where nothing is known to be.
func (f *follower) doubt(ctx context.Context) model.Safe {
	ctx, cancel := context.WithTimeout(ctx, doubtFor)
	defer cancel()
	news := make(chan struct{}, 1)
	f.watch(news)
	defer f.unwatch(news)
	for {
		if a := f.view().proof.Alarm; !a.IsEmpty() || f.h.Link().State == model.Offline || ctx.Err() != nil {
			return a
		}
		if !f.anew.Load() && f.clear(ctx) == nil {
			return f.view().proof.Alarm
		}
		select {
		case <-news:
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
		}
	}
}

// Doubt waits until this terminal's copy of the room was compared with the hub's
// log, and returns what is wrong with the record; empty where nothing is known.
func (s *Seat) Doubt(ctx context.Context) model.Safe { return s.d.f.doubt(ctx) }

// Doubt is the same for a room that needs not be open.
func (f *Feed) Doubt(ctx context.Context, short string) model.Safe {
	if checkShort(short) != nil || f.h.Link().State == model.Offline {
		return model.Safe{}
	}
	if _, err := f.gate(ctx, short); err != nil {
		return model.Safe{} // whoever asked is told when they read
	}
	if _, _, err := f.h.w.tip(ctx, short); err != nil {
		return model.Safe{}
	}
	if held := f.h.w.standing(short).held; !held.IsEmpty() {
		return held
	}
	k := f.h.copyOf(short)
	if k == nil {
		return model.Safe{}
	}
	one := f.h.bare(short)
	one.room = k.Room
	if same, err := one.sameEnd(ctx); same || err != nil {
		return model.Safe{}
	}
	fo, err := f.h.follow(ctx, short)
	if err != nil {
		return model.Sentence(err)
	}
	a := fo.doubt(ctx)
	if err := f.h.unfollow(short); err != nil {
		f.h.o.Logf(model.Sentence(err))
	}
	return a
}

// Copies says which copies of logs in this data directory are damaged.
func (f *Feed) Copies(ctx context.Context) (bad []model.Safe) {
	for _, k := range f.h.copiesHere() {
		dir := recordDir(f.h.o.Data, k.Room)
		if t, err := logcopy.Whole(ctx, dir, k.Room, k.box); errors.Is(err, logcopy.ErrDamaged) {
			bad = append(bad, model.Safef("copy: the copy of %s in %s is damaged behind entry %d", k.Short, dir, t.Seq))
		}
	}
	return bad
}
