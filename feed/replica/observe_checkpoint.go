package replica

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"warroom/feed/jetlog"
	"warroom/feed/subjects"
	"warroom/model"
	"warroom/model/signing"
)

// observeCheckpoint adds a note to the proof that is shown: what the hub signed, and who
// cosigned it. Anybody may have published it, so only signatures by keys of the room
// count. The mirror checks the root.
func (c *Mirror) observeCheckpoint(raw []byte, at time.Time) {
	f := c.f
	r := f.View().Room
	n, err := signing.OpenNote(raw, f.Room, HubKeys(r))
	if err != nil {
		return
	}
	f.change(func(s *View) {
		is := &s.Proof.Sealed
		if len(n.By) > 0 && n.Point.Size >= is.Size && n.Point.Text() != is.Text {
			is.Text, is.Size, is.At, is.Key, is.Seen = n.Point.Text(), n.Point.Size, at, n.By[0], ""
		}
		for _, other := range n.Seen {
			if jetlog.IsMember(r, other) {
				seenBy(is, n.Point, other)
			}
		}
	})
}

// seenBy adds a cosignature.
func seenBy(is *model.Sealed, p signing.Checkpoint, c signing.Cosignature) {
	if p.Text() == is.Text {
		is.Seen = with(is.Seen, c.Handle)
	}
	switch {
	case p.Size > is.Upto:
		is.Upto, is.By, is.Last = p.Size, c.Handle, c.At
	case p.Size == is.Upto:
		is.By = with(is.By, c.Handle)
	}
}

// with adds a handle to a sorted, comma separated list.
func with(all, handle string) string {
	list := strings.FieldsFunc(all, func(r rune) bool { return r == ',' || r == ' ' })
	if !slices.Contains(list, handle) {
		list = append(list, handle)
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}

// cosignatureWindow is how many notes before the hub's newest one are searched for
// cosignatures.
const cosignatureWindow = 64

// observeStoredCheckpoints processes the notes from before this process connected. It
// reports false if it has to be repeated.
func (c *Mirror) observeStoredCheckpoints(ctx context.Context) bool {
	f := c.f
	v := f.View()
	if v.Room.ID == "" || f.env.Link().State == model.Offline {
		return false
	}
	var newest uint64
	for _, k := range HubKeys(v.Room) {
		prev, err := f.env.Conn.LastFor(ctx, f.Short+subjects.CheckpointsEnd,
			subjects.Of(f.Short, subjects.Checkpoints, subjects.HubHandle, k))
		switch {
		case err == nil:
			newest = max(newest, prev.Seq)
		// there is none, or this login may not read it
		case errors.Is(err, jetlog.ErrNothing), errors.Is(err, nats.ErrNoResponders),
			model.CodeOf(err) == model.NotFound:
		default:
			return false
		}
	}
	if newest == 0 {
		return true
	}
	err := f.env.Conn.Pages(ctx, f.Short+subjects.CheckpointsEnd, "",
		max(newest, cosignatureWindow)-cosignatureWindow+1,
		func(r jetlog.Record) error {
			c.observeCheckpoint(r.Data, r.At)
			return ctx.Err()
		})
	return err == nil
}
