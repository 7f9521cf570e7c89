package feed

import (
	"context"
	"errors"

	"warroom/feed/mirror"
	"warroom/feed/roomstore"
	"warroom/feed/subjects"
	"warroom/model"
)

// IntegrityWarning compares the log of a room with the replica in this data directory,
// and returns what is wrong with the record. The room need not be open. It returns an
// empty text if nothing is known to be wrong, and for a person who may not see the room.
func (f *Feed) IntegrityWarning(ctx context.Context, short string) model.Safe {
	if subjects.CheckShort(short) != nil || f.client.Link().State == model.Offline {
		return model.Safe{}
	}
	if _, err := f.client.access.NewFilter(ctx, f.identity, short); err != nil {
		return model.Safe{} // reading the room reports it
	}
	if _, _, err := f.client.conn.Tip(ctx, short); err != nil {
		return model.Safe{}
	}
	if held := f.client.conn.State(short).Held; !held.IsEmpty() {
		return held
	}
	k := f.client.store.CopyOf(short)
	if k == nil {
		return model.Safe{}
	}
	if same, err := f.client.env.CopyAgrees(ctx, short, k.Room); same || err != nil {
		return model.Safe{}
	}
	fo, err := f.client.rooms.Follow(ctx, short)
	if err != nil {
		return model.Sentence(err)
	}
	a := fo.Copy.IntegrityWarning(ctx)
	if err := f.client.rooms.Unfollow(short); err != nil {
		f.client.o.Logf(model.Sentence(err))
	}
	return a
}

// Copies verifies the replicas in this data directory and returns those that are damaged.
func (f *Feed) Copies(ctx context.Context) (bad []model.Safe) {
	for _, k := range f.client.store.CopiesHere() {
		dir := roomstore.Dir(f.client.o.Data, k.Room)
		if t, err := mirror.Whole(ctx, dir, k.Room, k.Box); errors.Is(err, mirror.ErrDamaged) {
			bad = append(bad, model.Safef("copy: the copy of %s in %s is damaged after entry %d", k.Short, dir, t.Seq))
		}
	}
	return bad
}

// IntegrityWarning waits until this terminal's replica has been compared with the hub's
// log, and returns what is wrong with the record. It returns an empty text if nothing is
// known to be wrong.
func (s *RoomSession) IntegrityWarning(ctx context.Context) model.Safe {
	return s.writer.Follower.Copy.IntegrityWarning(ctx)
}
