package replica

import (
	"context"

	"warroom/feed/jetlog"
	"warroom/model"
)

// FoldToTip folds a room to the end of its log. The room need not be open.
func (c *Env) FoldToTip(ctx context.Context, short string) (*model.Room, error) {
	f := c.bare(short)
	if _, err := f.begin(ctx, c.MinEvents/10); err != nil {
		return nil, err
	}
	f.Log.Each = func(seq uint64, e *model.Event) error {
		if e != nil {
			f.at.add(seq, e)
		}
		return nil
	}
	if err := jetlog.AskUntilAnswered(ctx, func() error { return f.Log.ToTip(ctx) }); err != nil {
		return nil, c.Unreachable(err)
	}
	if f.at.room.Stale() { // the snapshot is older than a redaction
		out, ok := f.refold(ctx)
		if !ok {
			return nil, c.Unreachable(ctx.Err())
		}
		return out.room, nil
	}
	return f.at.room, f.save(c.MinEvents / 10)
}

// FoldCopy folds a room from the files of this machine without opening it. It returns nil
// if there are none.
func (c *Env) FoldCopy(ctx context.Context, short string) *model.Room {
	f := c.bare(short)
	if _, err := f.beginOffline(jetlog.ErrNothing); err != nil {
		return nil
	}
	f.readCopy(ctx)
	if f.at.room.ID == "" {
		return nil
	}
	return f.at.room
}

// CopyAgrees reports whether the last message of the replica of a room is in the hub's
// log.
func (c *Env) CopyAgrees(ctx context.Context, short, room string) (bool, error) {
	f := c.bare(short)
	f.Room = room
	return f.Copy.sameEnd(ctx)
}
