package feed

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"warroom/feed/access"
	"warroom/feed/hub"
	"warroom/feed/subjects"
	"warroom/feed/writer"
	"warroom/model"
)

// revokeTimeout is how long a server of this hub may take to close connections.
const revokeTimeout = 2 * time.Second

// IsRevoked reports whether this hub has revoked a handle or the SSH key that a person
// uses.
func (f *Feed) IsRevoked(handle, sshKey string) bool { return f.client.revoked.Has(handle, sshKey) }

// Revoke removes a person from this hub: it refuses new connections, closes the present
// ones, and then revokes the person's keys in each room. The order ensures that the keys
// receive nothing while the rooms are processed. Over the network it revokes the keys first,
// and changes nothing here if no room accepts that. It returns [model.Forbidden] without
// the right "command", and for a guest.
func (f *Feed) Revoke(ctx context.Context, handle, reason string) (model.Revocation, error) {
	out := model.Revocation{Handle: handle, Remote: f.client.hub == nil}
	rooms, err := mayRevoke(ctx, f)
	switch {
	case err != nil:
		return out, err
	case !model.ValidHandle(handle) || handle == subjects.HubHandle:
		return out, model.Refuse(model.Invalid, "%s is not a handle for a person; a handle is 1 to 32 characters "+
			"from a-z 0-9 _ -",
			handle)
	case handle == f.identity.Handle:
		return out, model.Refuse(model.Conflict,
			"you cannot revoke yourself; ask somebody else, or use another handle: --as HANDLE")
	case f.guest:
		return out, model.Refuse(model.Forbidden, "people are revoked on the hub's machine: warroom revoke %s", handle)
	}
	out.Unknown = !f.client.invited(handle) // revoking removes the login from the user store
	if out.Remote {
		if err := revokeInRooms(ctx, f, rooms, reason, &out); err != nil && !out.Somewhere() {
			return out, model.Refuse(model.CodeOf(err), "%s is not revoked: %s", handle, model.Sentence(err))
		}
	}
	if err := f.client.revoked.Add(ctx, handle, f.identity.Handle, reason, f.client.o.Now(), nil); err != nil {
		return out, err
	}
	out.Ended, out.Serving = f.client.enforce(ctx)
	if !out.Remote {
		_ = revokeInRooms(ctx, f, rooms, reason, &out) // out has the problem of each room
	}
	if len(out.SSHKeys) > 0 {
		err = f.client.revoked.Add(ctx, handle, f.identity.Handle, reason, f.client.o.Now(), out.SSHKeys)
		n, _ := f.client.enforce(ctx)
		out.Ended += n
	}
	return out, err
}

// revokeInRooms revokes the keys of a person in each of the rooms. It returns the first
// error.
func revokeInRooms(ctx context.Context, f *Feed, rooms []string, reason string, out *model.Revocation) (first error) {
	for _, short := range slices.Backward(rooms) {
		in, err := revokeIn(ctx, f, short, out.Handle, reason, out)
		if err != nil {
			in.Problem = model.Sentence(err)
			first = cmp.Or(first, err)
		}
		if in.Keys > 0 || len(in.Roles) > 0 || err != nil {
			out.Rooms = append(out.Rooms, in)
		}
	}
	return first
}

// mayRevoke returns [model.Forbidden] if this hub has revoked the caller, or a room gives
// them less than command. Otherwise it returns the rooms. On the hub's own machine
// everybody else has command; on a server, each room is checked when it is processed.
func mayRevoke(ctx context.Context, f *Feed) ([]string, error) {
	me := f.identity.Handle
	if err := f.client.revoked.Refuse(me); err != nil {
		return nil, err
	}
	rooms, err := f.client.shorts(ctx)
	if err != nil {
		return nil, err
	}
	for _, short := range rooms {
		r, err := f.client.rooms.RoomAt(ctx, short, 0)
		if err != nil {
			continue // checked when it is processed
		}
		switch s := r.Rulings[me]; {
		case s.Revoked:
			return nil, model.Refuse(model.Forbidden,
				`%s was revoked in %s, and revoking people requires the right "command"`, me, short)
		case s.Right != "" && s.Right != model.Command:
			return nil, model.Refuse(model.Forbidden,
				`%s may only %s in %s, and revoking people requires the right "command"`, me, string(s.Right), short)
		}
	}
	return rooms, nil
}

// revokeIn revokes the keys of a person in one room.
func revokeIn(ctx context.Context, f *Feed, short, handle, reason string,
	out *model.Revocation) (in model.RoomRevocation,
	err error) {
	in.Short = short
	r, err := f.client.rooms.RoomAt(ctx, short, 0)
	if err != nil || r.ID == "" {
		err = ifCode(err, model.NotFound)
		out.Unknown = out.Unknown && err == nil
		return in, err
	}
	for _, m := range r.Members {
		if m.Handle != handle || m.Hub {
			continue
		}
		out.Unknown = false
		if k := access.SSHKey(m.Via); k != "" && !slices.Contains(out.SSHKeys, k) {
			out.SSHKeys = append(out.SSHKeys, k)
		}
		if !m.Revoked {
			in.Keys++
		}
	}
	in.Roles = r.RolesOf(handle)
	if in.Keys == 0 && len(in.Roles) == 0 {
		return in, nil
	}
	d, err := f.client.rooms.Attach(ctx, f.identity, short)
	if err != nil {
		return in, err
	}
	_, err = d.Append(ctx, model.Act{Body: &model.KeyRevoked{Handle: handle, Reason: reason}})
	return in, errors.Join(err, f.client.rooms.Detach(d))
}

// invited reports whether a person has a login of this hub. It reports true if the user
// store cannot be read.
func (c *client) invited(handle string) bool {
	if c.hub == nil {
		return false
	}
	accounts, err := c.hub.UserStore().Read()
	return err != nil || slices.ContainsFunc(accounts.Logins, func(l hub.Login) bool { return l.Handle == handle })
}

// ifCode returns nil for an error with the given code, otherwise err.
func ifCode(err error, except model.Code) error {
	if model.CodeOf(err) == except {
		return nil
	}
	return err
}

// enforce makes the servers of this hub apply the list of revocations now. serving
// reports whether there is a server; otherwise the next one reads the list when it
// starts.
func (c *client) enforce(ctx context.Context) (ended int, serving bool) {
	if c.hub == nil {
		return 0, false
	}
	ctx, cancel := c.conn.Alive(ctx, revokeTimeout)
	defer cancel()
	d, err := c.access.Enforced(ctx, writer.AccessChange{})
	if err != nil {
		c.o.Logf(model.Safef("a process of this hub has not confirmed it and checks again every second: %s",
			model.Sentence(err)))
	}
	return d.Ended, err != nil || d.Guards > 0
}

// Lift allows a revoked person to be admitted again. Their old keys stay revoked.
func (f *Feed) Lift(ctx context.Context, handle string) (model.Revocation, error) {
	out := model.Revocation{Handle: handle, Remote: f.client.hub == nil}
	if _, err := mayRevoke(ctx, f); err != nil {
		return out, err
	}
	keys, err := f.client.revoked.Lift(ctx, handle)
	if err != nil {
		return out, err
	}
	out.SSHKeys = keys
	_, out.Serving = f.client.enforce(ctx)
	rooms, err := f.List(ctx)
	for _, i := range slices.Backward(rooms) {
		if i.Room.IsRevoked(handle) {
			out.Rooms = append(out.Rooms, model.RoomRevocation{Short: i.Short})
		}
	}
	return out, err
}
