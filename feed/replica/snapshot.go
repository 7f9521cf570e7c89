package replica

import (
	"context"
	"fmt"
	"os"

	"warroom/feed/atomicfile"
	"warroom/feed/jetlog"
	"warroom/feed/roomstore"
	"warroom/model"
)

// ManyEvents is the number of events that justifies a snapshot. Fewer are read and verified
// without a noticeable delay.
const ManyEvents = 2000

// SnapTail is the number of timeline lines in a snapshot.
const SnapTail = 500

// snap returns a snapshot of the folded room.
func (f *Follower) snap() (*roomstore.Snapshot, error) {
	state, err := f.at.room.Snapshot(SnapTail)
	if err != nil {
		return nil, fmt.Errorf("encode snapshot: %w", err)
	}
	return &roomstore.Snapshot{Form: roomstore.SnapshotForm, Room: f.Room, Seq: f.Log.Next - 1, Last: f.at.seq,
		Leaf:  f.at.leaf,
		Chain: f.Log.Chain().Clone(), State: state}, nil
}

// save writes a snapshot if at least minEvents events were folded since the last one. It
// does not save a room with an alarm.
func (f *Follower) save(minEvents uint64) error {
	if f.at.sinceSnapshot < minEvents || minEvents == 0 || f.at.room.Stale() || !f.View().Proof.Alarm.IsEmpty() ||
		!f.View().Proof.Newer.IsEmpty() {
		return nil
	}
	s, err := f.snap()
	if err != nil {
		return err
	}
	f.at.sinceSnapshot = 0
	return f.env.Store.WriteSnapshot(s)
}

// begin determines the id of the room, and starts from a snapshot if that saves reading
// worth events. It returns the snapshot, or nil.
func (f *Follower) begin(ctx context.Context, worth uint64) (*roomstore.Snapshot, error) {
	tip, first, err := f.env.First(ctx, f.Short)
	if err != nil {
		return nil, err
	}
	f.Room = first.Room
	if tip <= worth {
		return nil, nil
	}
	s := f.env.Store.LoadSnapshot(f.Room)
	if s == nil || s.Seq <= worth {
		return nil, nil
	}
	if late, err := jetlog.HasTombstoneAfter(ctx, f.env.Conn, f.Short, s.Seq); err != nil {
		return nil, f.env.Unreachable(err)
	} else if late { // it has text that was redacted later
		return nil, atomicfile.Except(os.Remove(roomstore.SnapshotPath(f.env.Store.Data, f.Room)), os.ErrNotExist)
	}
	f.takeSnapshot(s, tip)
	return s, nil
}

// takeSnapshot shows the room of a snapshot.
func (f *Follower) takeSnapshot(s *roomstore.Snapshot, tip uint64) {
	f.Log.Continue(*s.Chain.Clone(), s.Seq+1, nil)
	f.at.room, f.at.seq, f.at.leaf, f.at.tip = s.Folded, s.Last, s.Leaf, tip
	f.at.shared = s.Folded
	f.at.quick = true
	f.state.Store(&View{Room: s.Folded, Next: s.Seq + 1, Lag: max(tip, s.Seq) - s.Seq,
		Proof: model.Proof{Pending: true, Total: tip, Bad: uint64(s.Folded.Bad)}})
	close(f.Ready)
}
