package rooms

import (
	"context"

	"warroom/feed/wake"
	"warroom/model"
)

// RoomAt returns a room folded to the end of its log, and at least up to seq. It is for
// decisions about an entry, because the view of an open room may lag.
func (c *Set) RoomAt(ctx context.Context, short string, seq uint64) (*model.Room, error) {
	f := c.get(short)
	if f == nil {
		return c.Glance(ctx, short)
	}
	tip, _, err := c.env.Conn.Tip(ctx, short)
	if err != nil {
		return nil, c.env.Unreachable(err)
	}
	wake.Notify(f.Poke)
	if err := f.AwaitEntry(ctx, max(tip, seq)); err != nil {
		return nil, model.Refuse(model.Unreachable, "entry %d of %s was not read in time; try again", max(tip, seq),
			short)
	}
	return f.View().Room, nil
}

// Glance returns a room folded to the end of its log without opening it. It uses the
// follower of an open room, or a snapshot, which it updates.
func (c *Set) Glance(ctx context.Context, short string) (*model.Room, error) {
	if f := c.get(short); f != nil && f.AwaitTip(ctx) == nil {
		return f.View().Room, nil
	}
	return c.env.FoldToTip(ctx, short)
}

// GlanceOffline returns a room folded from the files of this machine without opening it,
// or nil.
func (c *Set) GlanceOffline(ctx context.Context, short string) *model.Room {
	if f := c.get(short); f != nil {
		return f.View().Room
	}
	return c.env.FoldCopy(ctx, short)
}
