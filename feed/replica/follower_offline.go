package replica

import (
	"context"
	"errors"

	"warroom/feed/jetlog"
	"warroom/feed/logreader"
	"warroom/feed/mirror"
	"warroom/feed/roomstore"
	"warroom/model"
)

// beginOffline starts a room from a snapshot or from the replica. It returns why if there
// is no replica.
func (f *Follower) beginOffline(why error) (*roomstore.Snapshot, error) {
	k := f.env.Store.CopyOf(f.Short)
	if k == nil {
		return nil, why
	}
	f.Room, f.offline = k.Room, true
	s := f.env.Store.LoadSnapshot(f.Room)
	if s == nil {
		return nil, nil
	}
	f.takeSnapshot(s, s.Seq)
	return s, nil
}

// readCopy folds the rest of this terminal's replica. If it is damaged, it folds the part
// before the damage and logs an error.
func (f *Follower) readCopy(ctx context.Context) {
	onAccepted := f.Log.OnAccepted
	f.Log.OnAccepted = nil // it is already in the replica
	err := CopyTo(ctx, f.env.Store, f.Room, f.Log)
	f.Log.OnAccepted = onAccepted
	if err != nil && ctx.Err() == nil {
		f.env.Logf(model.Safef("the copy of %s was read only up to entry %d: %s", f.Short, f.Log.Next-1, err))
	}
	f.draw(true)
}

// CopyTo passes the messages of a replica to a reader, from the reader's position on. It
// returns [model.Internal] if the replica is damaged.
func CopyTo(ctx context.Context, store *roomstore.Store, room string, r *logreader.Reader) error {
	dir := roomstore.Dir(store.Data, room)
	err := mirror.Read(dir, room, store.CopyBox(), r.Next, func(m *mirror.Message) error {
		if err := r.Pass(jetlog.RecordFromCopy(m)); err != nil {
			return err
		}
		return ctx.Err()
	})
	if errors.Is(err, mirror.ErrDamaged) {
		return model.Refuse(model.Internal,
			"the copy of %s in %s is damaged after entry %d: nothing more can be shown while the hub does not "+
				"answer; open the room when it does, and the rest is read from the hub again", r.Short, dir, r.Next-1)
	}
	return err
}
