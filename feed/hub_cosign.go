package feed

import (
	"bytes"
	"context"
	"errors"

	"github.com/nats-io/nats.go"

	"warroom/feed/access"
	"warroom/feed/jetlog"
	"warroom/feed/replica"
	"warroom/feed/subjects"
	"warroom/model"
	"warroom/model/signing"
)

// cosignWindow is how many stored notes before the hub's newest one are searched for the
// checkpoint that a login cosigns.
const cosignWindow = 256

// hubPolicy is the service as the policy of its requests.
type hubPolicy struct{ *hubService }

// Cosigns implements [hubapi.Policy].
func (s hubPolicy) Cosigns(handle, short, key string, note []byte) (bool, error) {
	// The room is read only for what has the form of a note.
	if _, err := signing.PinText(note); err != nil || subjects.CheckShort(short) != nil {
		return false, nil
	}
	ctx, cancel := context.WithTimeout(s.client.ctx, access.Timeout)
	defer cancel()
	r, err := s.client.rooms.RoomAt(ctx, short, 0)
	if err != nil {
		return false, err
	}
	n, err := signing.OpenNote(note, r.ID, nil)
	if err != nil || len(n.Seen) != 1 || n.Seen[0].Handle != handle || n.Seen[0].Key != key {
		return false, nil
	}
	// Its text and one signature, and nothing else.
	if lines, ok := bytes.CutPrefix(note, []byte(n.Point.Text()+"\n")); !ok || bytes.Count(lines, []byte("\n")) != 1 {
		return false, nil
	}
	if m, ok := r.Member(key); !ok || m.Revoked || m.Handle != handle {
		return false, nil
	}
	return s.hubSigned(ctx, r, short, n.Point)
}

// hubSigned reports whether the hub signed a checkpoint of a room. It searches the hub's
// newest note, and then those before it.
func (s hubPolicy) hubSigned(ctx context.Context, r *model.Room, short string, p signing.Checkpoint) (bool, error) {
	hubs := replica.HubKeys(r)
	signed := func(raw []byte) bool {
		n, err := signing.OpenNote(raw, r.ID, hubs)
		return err == nil && len(n.By) > 0 && n.Point.Text() == p.Text()
	}
	stream := short + subjects.CheckpointsEnd
	for _, k := range hubs {
		subject := subjects.Of(short, subjects.Checkpoints, subjects.HubHandle, k)
		newest, err := s.client.conn.ReadRaw(ctx, stream, jetlog.Query{LastFor: subject})
		switch {
		case errors.Is(err, jetlog.ErrNothing), errors.Is(err, nats.ErrNoResponders):
			continue
		case err != nil:
			return false, err
		case signed(newest.Data):
			return true, nil
		}
		found := false
		err = s.client.conn.Pages(ctx, stream, subject, max(newest.Seq, cosignWindow)-cosignWindow+1,
			func(rec jetlog.Record) error {
				found = found || signed(rec.Data)
				return ctx.Err()
			})
		if found || err != nil {
			return found, err
		}
	}
	return false, nil
}
