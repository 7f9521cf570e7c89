package feed

import (
	"context"
	"slices"
	"time"

	"warroom/model"
	"warroom/model/seal"
)

// refold is the room folded from the first message on.
type refold struct {
	room  *model.Room
	chain *seal.Chain
	next  uint64
	at    fold
	alarm model.Safe
	newer model.Safe // why a newer program is needed

	breaks map[uint64]string // leaves of the events that say that the log was restored, by sequence
	anew   bool              // the log was repaired: an older alarm is over

	met    map[uint64]seal.Stone // what was redacted
	afresh bool                  // that is why
}

// recheck reads the whole log again behind a room that was shown from a
// snapshot, and hands the follower the room as the log has it.
func (f *follower) recheck(ctx context.Context, s snapshot) {
	defer f.wg.Done()
	f.newest(ctx, s)
	want := s.room.StateHash()
	r := newReader(f.h.w, f.short)
	r.missing = func(seq uint64) { f.lost(seq, r.newer) }
	r.kept, r.other = f.keptRoot(), f.other
	out := refold{room: model.NewRoom()}
	drawn := f.h.o.Now()
	r.each = func(seq uint64, e *model.Event) error {
		if e != nil {
			out.room = model.Apply(out.room, e)
			out.at.seq, out.at.leaf = seq, e.Leaf
		}
		if seq == s.Seq && out.room.StateHash() != want {
			out.alarm = model.Safef("this terminal's snapshot at entry %d is not what the log says; the log is shown now: somebody changed one of the two", seq)
		}
		if now := f.h.o.Now(); now.Sub(drawn) > 250*time.Millisecond {
			drawn = now
			f.change(func(v *shared) { v.proof.Checked = seq })
		}
		return ctx.Err()
	}
	for ctx.Err() == nil && r.next < f.view().next {
		if err := r.fill(ctx, f.view().next-1); err != nil {
			select {
			case <-ctx.Done():
				return
			case <-time.After(slowest):
			}
		}
	}
	if ctx.Err() != nil {
		return
	}
	out.chain, out.next, out.met = &r.chain, r.next, r.met
	if slices.ContainsFunc(out.room.Redactions, func(d model.Redaction) bool { return d.Place > s.Seq && d.Seq <= s.Seq }) || r.newer {
		out.alarm = model.Safe{} // it was made before, of what was there then
	}
	f.check <- out
}

// adopt goes on with the room that was checked.
func (f *follower) adopt(ctx context.Context, r refold) {
	f.log.mu.Lock()
	f.log.chain, f.log.next = *r.chain, r.next
	f.log.mu.Unlock()
	f.log.also(r.met)
	f.at.room, f.at.seq, f.at.leaf = r.room, r.at.seq, r.at.leaf
	if r.anew {
		f.at.back, f.at.tip = true, r.next-1
		f.change(func(s *shared) { s.two, s.split = model.Safe{}, model.Safe{} })
		f.settleAgain()
	}
	if !r.alarm.IsEmpty() {
		f.alarm(r.alarm)
	}
	if !r.newer.IsEmpty() {
		f.change(func(s *shared) { s.proof.Newer = r.newer })
	}
	f.at.quick = false
	if !r.afresh {
		f.anew.Store(false)
	}
	f.catchUp(ctx)
	f.dig(true)
}
