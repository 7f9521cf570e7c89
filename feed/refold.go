package feed

import (
	"context"
	"errors"
	"slices"
	"time"

	"warroom/feed/logcopy"
	"warroom/model"
	"warroom/model/seal"
)

// again folds the room once more from its first message on, beside what is
// shown, and puts it in its place: the log behind it was repaired.
func (f *follower) again(ctx context.Context) {
	if !f.anew.CompareAndSwap(false, true) {
		return
	}
	f.wg.Add(1)
	go func() {
		defer f.wg.Done()
		out, ok := f.refold(ctx)
		if !ok {
			f.anew.Store(false)
			return
		}
		select {
		case f.check <- out:
		case <-ctx.Done():
		}
	}()
}

// until waits for what is true when the room was read again after a repair.
func (f *follower) until(ctx context.Context, calm func() bool) error {
	if calm() {
		return nil
	}
	news := make(chan struct{}, 1)
	f.watch(news)
	defer f.unwatch(news)
	for !calm() {
		select {
		case <-news:
		case <-ctx.Done():
			return model.Refuse(model.Unreachable, "the log of %s was restored and could not be read again in time (%s)", f.short, ctx.Err())
		}
	}
	return nil
}

// refold reads the log to the tip that is there.
func (f *follower) refold(ctx context.Context) (out refold, ok bool) {
	rest := 10 * time.Millisecond
	var over map[uint64]seal.Stone
	for ctx.Err() == nil {
		r := newReader(f.h.w, f.short)
		r.over = over
		out = refold{room: model.NewRoom(), breaks: map[uint64]string{}, anew: true}
		r.missing = func(seq uint64) {
			if r.newer {
				out.newer = holeOf(seq, true)
			} else {
				out.alarm = holeOf(seq, false)
			}
		}
		r.each = func(seq uint64, e *model.Event) error {
			if e != nil {
				out.room = model.Apply(out.room, e)
				out.at.seq, out.at.leaf = seq, e.Leaf
				if e.Kind == model.KindLogResumed {
					out.breaks[seq] = e.Leaf
				}
			}
			return ctx.Err()
		}
		if err := r.toTip(ctx); err == nil {
			if s := r.standFor(out.room); out.room.Stale() && len(s) > len(over) {
				over = s // what they stand for is still there
				continue
			}
			out.chain, out.next, out.met = &r.chain, r.next, r.met
			return out, true
		}
		select {
		case <-ctx.Done():
		case <-time.After(rest):
			rest = min(2*rest, slowest)
		}
	}
	return out, false
}

// settleAgain has every desk of this room look anew where its key stands.
func (f *follower) settleAgain() {
	f.cleared.Store(nil)
	f.copy.again.Store(true)
	ring(f.copy.bell)
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, d := range f.desks {
		d.astray.Store(true)
		ring(d.bell)
	}
}

// apart is told that the copy and the hub's log went different ways. Where the
// log says that it was restored from a record that this copy agrees with, the
// room is read anew, what is missing of this terminal's own is published again,
// and the copy is kept under another name. Otherwise there are two truths.
func (f *follower) apart(ctx context.Context, c *copyist) error {
	out, ok := f.refold(ctx)
	if !ok {
		return ctx.Err()
	}
	dir, t := recordDir(f.h.o.Data, f.room), c.c.Tip()
	br, found := f.agrees(dir, out)
	if !found {
		known := model.Safef("this terminal's copy has %d entries (root %.8s)", t.Size, t.Root)
		if f.h.hub != nil {
			if err := f.h.w.hold(ctx, f.short, heldText(f.short, model.Safef("the hub's store has another log, which ends at entry %d", out.next-1), known)); err != nil {
				f.h.o.Logf(model.Safef("%s cannot be held: %s", f.short, err))
			}
		}
		f.split(dir, t)
		return nil
	}
	lost, err := f.lostAfter(dir, br)
	if err != nil {
		return err
	}
	f.anew.Store(true) // nothing is sent until the room is the one that is there
	name := ""
	if err = f.publishAgain(lost); err == nil {
		name, err = c.c.SetAside("before", f.h.o.Now())
	}
	if err != nil {
		f.anew.Store(false)
		return err
	}
	f.h.o.Logf(model.Safef("the log of %s was restored up to %d entries; what this terminal had is kept in %s, and what it wrote itself is sent again", f.short, br.Size, name))
	select {
	case f.check <- out:
	case <-ctx.Done():
	}
	return nil
}

// agrees finds the newest place at which the log was restored up to where it is
// the copy's. A place that the copy knows too restored nothing that it lacks: a
// log that goes another way behind it is another log.
func (f *follower) agrees(dir string, out refold) (model.LogBreak, bool) {
	size, tree, knows := map[uint64]string{}, new(seal.Tree), map[string]bool{}
	for _, br := range out.room.Breaks {
		size[br.Size], knows[out.breaks[br.Seq]] = "", false
	}
	err := logcopy.Read(dir, f.room, f.h.copyBox(), 1, func(m *logcopy.Message) error {
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
	if err != nil && !errors.Is(err, logcopy.ErrDamaged) {
		return model.LogBreak{}, false
	}
	for _, br := range slices.Backward(out.room.Breaks) {
		if size[br.Size] == br.Root && !knows[out.breaks[br.Seq]] {
			return br, true
		}
	}
	return model.LogBreak{}, false
}

// lostAfter returns the messages of the copy behind the first so many.
func (f *follower) lostAfter(dir string, br model.LogBreak) (lost []logcopy.Message, err error) {
	n := uint64(0)
	err = logcopy.Read(dir, f.room, f.h.copyBox(), 1, func(m *logcopy.Message) error {
		if m.IsLeaf() {
			if n++; n > br.Size {
				lost = append(lost, *m)
			}
		}
		return nil
	})
	return lost, err
}
