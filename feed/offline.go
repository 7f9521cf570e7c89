package feed

import (
	"context"

	"warroom/feed/logreader"
	"warroom/feed/outbox"
	"warroom/feed/replica"
	"warroom/model"
)

// While its server cannot be reached, a terminal uses its own replicas of the rooms. New
// lines wait in the outbox.

// canWorkOffline reports whether this data directory has replicas of the rooms of an
// external server.
func (c *client) canWorkOffline() bool {
	return c.hub == nil && !c.o.HubService && len(c.store.CopiesHere()) > 0
}

// readCopyWith reads a room from its replica. It returns why if there is no replica.
func (c *client) readCopyWith(ctx context.Context, r *logreader.Reader, why error) error {
	k := c.store.CopyOf(r.Short)
	if k == nil {
		return why
	}
	return replica.CopyTo(ctx, c.store, k.Room, r)
}

// listOffline returns the rooms that have a replica in this data directory.
func listOffline(ctx context.Context, f *Feed) []model.RoomInfo {
	var out []model.RoomInfo
	for _, k := range f.client.store.CopiesHere() {
		if r := f.client.rooms.GlanceOffline(ctx, k.Short); r != nil && !r.Lobby &&
			f.client.access.CheckAccess(f.identity, r, k.Short) == nil {
			out = append(out,
				model.RoomInfo{Short: k.Short, Room: r, LastAt: r.RecordedAt, Restricted: r.IsRestricted()})
		}
	}
	return out
}

// Left returns the number of lines of this feed's key that wait in outboxes of this data
// directory.
func (f *Feed) Left() int {
	n := 0
	for _, b := range outbox.Files(f.client.o.Data, f.identity.Key().Text, "") {
		if o, _, err := f.client.store.ReadOutbox(b); err == nil {
			n += o.Unsent()
		}
	}
	return n
}
