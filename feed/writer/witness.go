package writer

import (
	"context"
	"errors"

	"warroom/feed/jetlog"
	"warroom/model"
)

// witness adds to a redaction the leaf hash, time and remaining fields of the message it
// redacts.
func (d *Writer) witness(ctx context.Context, b *model.EntryRedacted) error {
	r, err := d.env.Conn.ReadRaw(ctx, d.Follower.Short, jetlog.Query{Seq: b.Seq})
	switch {
	case errors.Is(err, jetlog.ErrNothing):
		return model.Refuse(model.Conflict, "entry %d is no longer in the log; look again", b.Seq)
	case err != nil:
		return d.env.Unreachable(err)
	}
	remaining, err := model.WithoutText(r.Data)
	if err != nil {
		return model.Refuse(model.Invalid, "the text in entry %d cannot be separated from the rest: %s", b.Seq, err)
	}
	_, rejected := d.Follower.View().Room.Refusal(b.Seq)
	b.Leaf, b.Recorded, b.Rejected, b.Event = jetlog.Leaf(r).String(),
		d.env.Conn.Recorded(d.Follower.Short, r).UnixNano(),
		rejected, remaining
	return nil
}
