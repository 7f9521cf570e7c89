package feed_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/feed/hubapi"
	"warroom/model"
)

// changes is how many changes of each kind are tested. All must be enforced when they are
// acknowledged.
var changes = 200

// port is an enforcer that does nothing: the test checks what this process shows to
// guests.
type port struct{}

func (port) Restrict(string, []string) {}
func (port) Revoke(string) int         { return 0 }
func (port) Lift(string)               {}

// revocable is a person who connects both by SSH and over the network, and whose rights
// change.
type revocable struct {
	t       *testing.T
	x       *team
	short   string
	handle  string
	file    string     // the invitation
	ssh     *feed.Feed // the process that they are a guest of
	guest   *feed.Feed
	session model.RoomSession
	by      []model.RoomSession // sessions of those who change the rights
}

// write runs a composer line in a session and waits until it is stored.
func (p *revocable) write(by model.RoomSession, format string) error {
	line := fmt.Sprintf(format, p.handle)
	a, err := model.Parse(line, model.Ctx{Room: by.Latest().Room, Who: by.Who(), Now: time.Now(), Zone: time.UTC})
	if err == nil {
		_, err = by.Append(soon(p.t), a)
	}
	if err != nil {
		return fmt.Errorf("%s by %s: %w", line, by.Who().Handle, err)
	}
	return nil
}

// comes enters the room as a guest and waits until the others see that.
func (p *revocable) comes() (err error) {
	if p.session, err = p.guest.Enter(soon(p.t), p.short); err == nil {
		_, err = p.session.Append(soon(p.t), feedtest.Note("by "+p.handle))
	}
	if err != nil {
		return fmt.Errorf("%s comes by SSH: %w", p.handle, err)
	}
	ctx := soon(p.t)
	for _, by := range p.by {
		for !by.Latest().Room.Knows(p.guest.Who().Key) {
			select {
			case <-by.Changed():
			case <-ctx.Done():
				return fmt.Errorf("%s does not see the key of %s in the room", by.Who().Handle, p.handle)
			}
		}
	}
	return nil
}

// sees reports whether a raw connection to the hub's port can read the room.
func (p *revocable) sees() (bool, error) {
	nc, err := dialRaw(p.file, p.handle, nats.NoReconnect())
	if err != nil {
		return false, fmt.Errorf("connect: %w", err)
	}
	defer nc.Close()
	m, err := nc.Request(hubapi.Ask(hubapi.VerbTip, p.handle, p.short), nil, feedtest.DefaultTimeout)
	if err != nil {
		return false, fmt.Errorf("ask: %w", err)
	}
	return hubapi.Refused(m) == nil, nil
}

// in checks that the person sees the room by SSH, and can write unless the right is
// watch.
func (p *revocable) in(right model.Right) error {
	_, err := p.session.Append(soon(p.t), feedtest.Note("by "+p.handle))
	if want := map[model.Right]model.Code{model.Watch: model.Forbidden}[right]; model.CodeOf(err) != want {
		return fmt.Errorf("%s, who may %s, writes by SSH: got %v, want the code %q", p.handle, right, err, want)
	}
	if over := p.session.Latest().Over; !over.IsEmpty() {
		return fmt.Errorf("%s, who may %s, is put out at SSH: %s", p.handle, right, over)
	}
	return nil
}

// out checks that nothing of the room reaches the person at any port.
func (p *revocable) out() error {
	if got, err := p.sees(); err != nil || got {
		return fmt.Errorf("the hub's port shows the room to %s: got %v, %v; want false", p.handle, got, err)
	}
	return p.outAtSSH()
}

func (p *revocable) outAtSSH() error {
	if _, err := p.session.Append(soon(p.t), feedtest.Note("still here")); model.CodeOf(err) != model.Forbidden {
		return fmt.Errorf("%s writes by SSH: got %v, want it forbidden", p.handle, err)
	}
	if p.session.Latest().Over.IsEmpty() {
		return fmt.Errorf("%s still sees the room by SSH", p.handle)
	}
	read := func(*model.Event) error { return errors.New("an event was read") }
	if err := p.guest.Events(soon(p.t), p.short, 1, read); model.CodeOf(err) != model.Forbidden {
		return fmt.Errorf("%s reads the room by SSH: got %v, want it forbidden", p.handle, err)
	}
	rooms, err := p.guest.List(soon(p.t))
	if err != nil || slices.ContainsFunc(rooms, func(i model.RoomInfo) bool { return i.Short == p.short }) {
		return fmt.Errorf("the list of %s by SSH: got %v, %v; want it without %s", p.handle, rooms, err, p.short)
	}
	return nil
}

// each runs fn for all people concurrently.
func each(t *testing.T, all []*revocable, rounds int, fn func(p *revocable, round int) error) {
	t.Helper()
	var wg sync.WaitGroup
	for i, p := range all {
		wg.Go(func() {
			for round := i; round < rounds; round += len(all) {
				if err := fn(p, round); err != nil {
					t.Errorf("round %d: %v", round, err)
					return
				}
			}
		})
	}
	wg.Wait()
}

// revocables returns n people in a room who connect over the network and by SSH, half of
// them to another process of the hub.
func (x *team) revocables(n int, short string, other *feed.Feed) (out []*revocable) {
	x.t.Helper()
	for i := range n {
		p := &revocable{t: x.t, x: x, short: short, handle: fmt.Sprint("p", i), ssh: []*feed.Feed{x.host, other}[i%2]}
		must(x.t, p.invited())
		must(x.t, p.connects("one"))
		x.t.Cleanup(func() {
			if err := p.guest.Close(); err != nil {
				x.t.Errorf("close the guest %s: %v", p.handle, err)
			}
		})
		must(x.t, p.comes())
		out = append(out, p)
	}
	return out
}

// invited invites the person.
func (p *revocable) invited() error {
	text, err := feed.Invite{Handle: p.handle, Right: model.Write}.Write(soon(p.t), p.x.data, time.Now)
	if err == nil {
		p.file, err = p.x.remember(text)
	}
	return err
}

// connects connects the person by SSH with a key.
func (p *revocable) connects(key string) (err error) {
	if p.guest != nil {
		p.session.Close()
		err = p.guest.Close()
	}
	if err == nil {
		p.guest, err = p.ssh.Guest(soon(p.t), guestOf(p.handle, key, model.Write))
	}
	return err
}

// TestRevokingIsInForceWhenAcknowledged: a change of rights in a room, a revocation or a
// new admission is acknowledged only after every port enforces it, each of 200 times: the
// hub's port for a raw connection, and SSH in this and in another process, whoever the
// author is. A person who is admitted again can use the same login, with a new signing
// key.
func TestRevokingIsInForceWhenAcknowledged(t *testing.T) {
	t.Parallel()
	x := newTeam(t)
	short := feedtest.Declare(t, x.host)
	dee := feedtest.With(t, feedtest.Options(t, x.data, "dee"))
	x.host.Guard(port{})
	dee.Guard(port{})
	authors := []*feed.Feed{x.host, dee, x.comes("cy", model.Command)}
	all := x.revocables(4, short, dee)
	for _, f := range authors {
		feedtest.Append(t, feedtest.Enter(t, f, short), "here")
		for _, p := range all {
			p.by = append(p.by, feedtest.Enter(t, f, short))
		}
	}
	each(t, all, changes, func(p *revocable, round int) error {
		by := p.by[round%len(p.by)]
		steps := []func() error{
			func() error { return p.write(by, ":right @%s watch") },
			func() error { return p.in(model.Watch) },
			func() error { return p.write(by, ":strike @%s a stolen laptop") },
			p.out,
			func() error { p.session.Close(); return p.write(by, ":right @%s write") },
			p.comes,
			func() error { return p.in(model.Write) },
			func() error {
				if got, err := p.sees(); err != nil || !got {
					return fmt.Errorf("the hub's port shows the room to %s: got %v, %v; want true", p.handle, got, err)
				}
				return nil
			},
		}
		for _, step := range steps {
			if err := step(); err != nil {
				return err
			}
		}
		return nil
	})
	for _, p := range all {
		struck, live := 0, 0
		for _, m := range p.by[0].Latest().Room.Members {
			switch {
			case m.Handle == p.handle && m.Revoked:
				struck++
			case m.Handle == p.handle:
				live++
			}
		}
		if want := changes / len(all); struck != want || live != 1 {
			t.Errorf("%s: got %d revoked keys and %d others, want %d and 1", p.handle, struck, live, want)
		}
	}
}

// TestHubRevokingIsInForceWhenAcknowledged: the same for a revocation from the hub, also
// for a room that has no key of the person.
func TestHubRevokingIsInForceWhenAcknowledged(t *testing.T) {
	t.Parallel()
	x := newTeam(t)
	short, other := feedtest.Declare(t, x.host), feedtest.Declare(t, x.host)
	dee := feedtest.With(t, feedtest.Options(t, x.data, "dee"))
	x.host.Guard(port{})
	dee.Guard(port{})
	s := feedtest.Enter(t, x.host, short)
	each(t, x.revocables(10, short, dee), changes, func(p *revocable, round int) error {
		by := []*feed.Feed{x.host, dee}[round/2%2]
		if _, err := by.Revoke(soon(t), p.handle, "a stolen laptop"); err != nil {
			return fmt.Errorf("revoke %s: %w", p.handle, err)
		}
		if err := p.outAtSSH(); err != nil {
			return err
		}
		err := p.guest.Events(soon(t), other, 1, func(*model.Event) error { return nil })
		if model.CodeOf(err) != model.Forbidden {
			return fmt.Errorf("%s reads a room that has no key of theirs: got %v, want it forbidden", p.handle, err)
		}
		if nc, err := dialRaw(p.file, p.handle); !errors.Is(err, nats.ErrAuthorization) {
			nc.Close()
			return fmt.Errorf("%s comes over the network: got %v, want %w", p.handle, err, nats.ErrAuthorization)
		}
		if _, err := by.Lift(soon(t), p.handle); err != nil {
			return fmt.Errorf("lift %s: %w", p.handle, err)
		}
		err = p.write(s, ":right @%s write")
		if err == nil {
			err = p.invited()
		}
		if err == nil { // the key that they used stays refused
			err = p.connects(fmt.Sprint("key", round))
		}
		if err == nil {
			err = p.comes()
		}
		return err
	})
}

// TestInvitationIsInForceWhenWritten: a new invitation with fewer rights applies to open
// connections too.
func TestInvitationIsInForceWhenWritten(t *testing.T) {
	t.Parallel()
	x := newTeam(t)
	short := feedtest.Declare(t, x.host)
	var all []*revocable
	for i := range 20 {
		p := &revocable{t: t, x: x, short: short, handle: fmt.Sprint("p", i)}
		p.file = x.file(feed.Invite{Handle: p.handle, Right: model.Command})
		all = append(all, p)
	}
	each(t, all, changes, func(p *revocable, round int) error {
		nc, err := dialRaw(p.file, p.handle, nats.NoReconnect())
		if err != nil {
			return err
		}
		defer nc.Close()
		right := []model.Right{model.Watch, model.Command}[round/len(all)%2]
		text, err := feed.Invite{Handle: p.handle, Right: right}.Write(soon(t), x.data, time.Now)
		if err != nil {
			return err
		}
		if m, err := nc.Request(hubapi.Ask(hubapi.VerbTip, p.handle, short), nil, feedtest.DefaultTimeout); err == nil {
			return fmt.Errorf("%s asks with the login that was replaced: got %q, want it ended", p.handle, m.Data)
		}
		p.file, err = x.remember(text)
		return err
	})
}
