package access

import (
	"context"

	"warroom/feed/jetlog"
	"warroom/feed/keyring"
	"warroom/model"
)

// Access checks apply to everybody whose handle is authenticated by the connection:
// guests of this process, and logins of a server. A user of the hub's own machine came
// through a socket that only this user can open, and may see everything.

// NeedsAccessCheck reports whether access checks apply to an identity.
func (c *Control) NeedsAccessCheck(p *keyring.Identity) bool {
	return p.IsGuest() || c.Hub == nil
}

// CheckAccess returns the reason why an identity may not see a room in its present state,
// or nil if it may. For a restricted room the error is that of a room that does not
// exist.
func (c *Control) CheckAccess(p *keyring.Identity, r *model.Room, short string) error {
	_, hidden := c.Hidden.Load(short)
	switch {
	case !c.NeedsAccessCheck(p):
		return nil
	case p.IsGuest() && c.watcher.revoked.Load().includes(p.Handle, SSHKey(p.Origin)):
		return model.Refuse(model.Forbidden, "%s was revoked on this hub; ask the person who runs it", p.Handle)
	case hidden:
		return jetlog.NotThere(short)
	case !r.Names(p.Handle):
		return jetlog.NotThere(short)
	case r.IsRevoked(p.Handle):
		return model.Refuse(model.Forbidden,
			`%s was revoked in %s; somebody with the right "command" there can admit a new key: :right @%s write`,
			p.Handle, short, p.Handle)
	}
	return nil
}

// Parting returns the message for a person who has lost access to an open room.
func Parting(err error, short string) model.Safe {
	if model.CodeOf(err) == model.NotFound {
		return model.Safef("%s was restricted to certain people, and you are not one of them; what you wrote "+
			"stays in it", short)
	}
	return model.Sentence(err)
}

// Peek opens a room for a guest, reads it to its end and checks the guest's access. done
// releases the room. For others Peek does nothing: a server decides what it shows to a
// login.
func (c *Control) Peek(ctx context.Context, p *keyring.Identity, short string) (done func(), err error) {
	if !p.IsGuest() {
		return func() {}, nil
	}
	f, err := c.Rooms.Follow(ctx, short)
	if err != nil {
		return nil, oneAnswer(err, short)
	}
	done = func() {
		if err := c.Rooms.Unfollow(short); err != nil {
			c.Logf(model.Sentence(err))
		}
	}
	if err = f.AwaitTip(ctx); err == nil {
		err = c.CheckAccess(p, f.View().Room, short)
	}
	if err != nil {
		done()
		return nil, oneAnswer(err, short)
	}
	return done, nil
}

// visibilityFilter checks a reader's access to a room with each event.
type visibilityFilter struct {
	control  *Control
	identity *keyring.Identity
	short    string
	seen     uint64 // the access at this sequence was checked
	room     *model.Room
}

// NewFilter returns a filter for a guest, and nil for others.
func (c *Control) NewFilter(ctx context.Context, p *keyring.Identity, short string) (*visibilityFilter, error) {
	if !p.IsGuest() {
		return nil, nil
	}
	r, err := c.Rooms.RoomAt(ctx, short, 0)
	if err == nil {
		err = c.CheckAccess(p, r, short)
	}
	if err != nil {
		return nil, oneAnswer(err, short)
	}
	return &visibilityFilter{control: c, identity: p, short: short, seen: r.Seq, room: model.NewRoom()},
		nil
}

// oneAnswer returns the error for a guest who may not see a room, or whose access could
// not be determined. It does not reveal whether the room exists.
func oneAnswer(err error, short string) error {
	switch model.CodeOf(err) {
	case model.NotFound:
		return jetlog.NotThere(short)
	case model.Forbidden:
		return err
	}
	return model.Refuse(model.Unreachable, "the hub does not answer in time; try again in a moment")
}

// Pass checks the access after an event. It must be called for each event from the first
// on.
func (g *visibilityFilter) Pass(e *model.Event) error {
	if g == nil {
		return nil
	}
	g.room = model.Apply(g.room, e)
	if e.Seq <= g.seen {
		return nil
	}
	if err := g.control.CheckAccess(g.identity, g.room, g.short); err != nil {
		return &model.Error{Code: model.Forbidden, Message: Parting(err, g.short)}
	}
	return nil
}
