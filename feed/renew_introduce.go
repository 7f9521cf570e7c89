package feed

import (
	"context"

	"warroom/feed/writer"
	"warroom/model"
)

// introduce admits a guest's key to a room, with the right that the room gives the
// person. The entry is signed with the hub's key if this process hosts, otherwise with
// the key of its owner.
func (c *client) introduce(ctx context.Context, d *writer.Writer) error {
	if err := c.revoked.Refuse(d.Identity.Handle); err != nil {
		return err
	}
	r, err := c.rooms.RoomAt(ctx, d.Follower.Short, 0) // their right may have changed just now
	if err != nil {
		return err
	}
	if err := c.access.CheckAccess(d.Identity, r, d.Follower.Short); err != nil {
		return err
	}
	if _, ok := r.Member(d.Identity.Key().Text); ok {
		return nil // another connection of theirs admitted it
	}
	if err := tooManyKeys(r, d.Identity.Handle, d.Follower.Short); err != nil {
		return err
	}
	right, err := r.RightOf(d.Identity.Handle, d.Identity.Right)
	if err != nil {
		return err
	}
	act := model.Act{Body: &model.KeyAdmitted{Key: d.Identity.Key().Text, Handle: d.Identity.Handle, Right: right,
		Origin: d.Identity.Origin,
		Name:   d.Identity.Name, Job: d.Identity.Job}}
	by := c.identity
	if s := c.hubService.Load(); s != nil && !s.isRoomAdmin() {
		if m, ok := d.Follower.View().Room.Member(s.identity.Key().Text); ok && m.Hub {
			by = s.identity
		}
	}
	return c.rooms.AdmitAs(ctx, by, d.Follower.Short, act)
}
