package replica

import (
	"context"
	"slices"
	"time"

	"warroom/feed/logreader"
	"warroom/feed/roomstore"
	"warroom/feed/wake"
	"warroom/model"
	"warroom/model/signing"
)

// refold is the result of folding the room from its first message.
type refold struct {
	room  *model.Room
	chain *signing.Chain
	next  uint64
	at    fold
	alarm model.Safe
	newer model.Safe // why a newer version is needed

	breaks   map[uint64]string // leaf hashes of the events that restored the log, by sequence
	repaired bool              // the log was repaired: earlier alarms end

	met    map[uint64]signing.Tombstone // redactions that were read
	afresh bool                         // the refold was caused by a redaction
}

// recheck reads the whole log of a room that is shown from a snapshot, and passes the
// folded room to run.
func (f *Follower) recheck(ctx context.Context, s roomstore.Snapshot) {
	defer f.wg.Done()
	compareNewest(ctx, f, s)
	want := s.Folded.StateHash()
	r := logreader.New(f.env.Conn, f.Short)
	r.OnMissing = func(seq uint64) { f.lost(seq, r.Newer) }
	r.KnownRoot, r.OnDifference = f.Copy.knownRoot(), f.Copy.otherLog
	out := refold{room: model.NewRoom()}
	drawn := f.env.Now()
	r.Each = func(seq uint64, e *model.Event) error {
		if e != nil {
			out.room = model.ApplyNext(out.room, e)
			out.at.seq, out.at.leaf = seq, e.Leaf
		}
		if seq == s.Seq && out.room.StateHash() != want {
			out.alarm = model.Safef("this terminal's snapshot at entry %d differs from the log; the log is "+
				"shown now: somebody changed one of the two", seq)
		}
		if now := f.env.Now(); now.Sub(drawn) > 250*time.Millisecond {
			drawn = now
			f.change(func(v *View) { v.Proof.Checked = seq })
		}
		return ctx.Err()
	}
	for ctx.Err() == nil && r.Next < f.View().Next {
		if err := r.Fill(ctx, f.View().Next-1); err != nil {
			select {
			case <-ctx.Done():
				return
			case <-time.After(wake.MaxBackoff):
			}
		}
	}
	if ctx.Err() != nil {
		return
	}
	out.chain, out.next, out.met = r.Chain(), r.Next, r.Met()
	if slices.ContainsFunc(out.room.Redactions,
		func(d model.Redaction) bool { return d.RedactionSeq > s.Seq && d.Seq <= s.Seq }) || r.Newer {
		out.alarm = model.Safe{} // the snapshot was made before the redaction
	}
	f.check <- out
}

// adopt continues with the room of a refold.
func (f *Follower) adopt(ctx context.Context, r refold) {
	f.Log.Continue(*r.chain, r.next, r.met)
	f.at.room, f.at.seq, f.at.leaf = r.room, r.at.seq, r.at.leaf
	if r.repaired {
		f.at.back, f.at.tip = true, r.next-1
		f.change(func(s *View) { s.two, s.Split = model.Safe{}, model.Safe{} })
		f.Copy.resyncWriters()
	}
	if !r.alarm.IsEmpty() {
		f.alarm(r.alarm)
	}
	if !r.newer.IsEmpty() {
		f.change(func(s *View) { s.Proof.Newer = r.newer })
	}
	f.at.quick = false
	if !r.afresh {
		f.Refolding.Store(false)
	}
	f.catchUp(ctx)
	f.Deletions.wakeRedactor(true)
}
