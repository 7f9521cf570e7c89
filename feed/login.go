package feed

import (
	"errors"
	"os"
	"strings"
	"time"

	"warroom/feed/backoff"

	"warroom/feed/access"
	"warroom/feed/atomicfile"
	"warroom/feed/hub"
	"warroom/feed/jetlog"
	"warroom/feed/subjects"
	"warroom/model"
	"warroom/model/namedfile"
)

// invited reads the credentials file. If it is an invitation, invited takes the servers,
// the hub's key and the handle from it.
func (o *Options) invited() error {
	if o.Creds == "" {
		return nil
	}
	raw, err := namedfile.Read(o.Creds, namedfile.MaxLogin)
	if err != nil {
		return model.Refuse(model.Invalid, "the credentials file %s cannot be read: %s; check --creds", o.Creds,
			model.FileReason(err))
	}
	if !hub.IsInvitation(raw) {
		return nil
	}
	if o.login, err = hub.ReadInvitation(o.Creds, raw); err != nil {
		return err
	}
	if fi, err := os.Stat(o.Creds); err == nil && fi.Mode().IsRegular() {
		if err := atomicfile.CheckPrivate(o.Creds, fi); err != nil {
			return err
		}
	}
	if o.login.Right == hub.Intake {
		return model.Refuse(model.Forbidden,
			"the invitation %s is for a tool, which can only send alerts: warroom ingest --creds %s FILE",
			o.Creds, o.Creds)
	}
	if o.Named && o.Handle != o.login.Handle {
		return model.Refuse(model.Invalid, "the invitation %s is for %s, not for %s; leave out --as", o.Creds,
			o.login.Handle, o.Handle)
	}
	o.Handle, o.HubKey = o.login.Handle, o.login.Hub
	if o.Server == "" {
		o.Server = strings.Join(o.login.Servers, ",")
	}
	return nil
}

// addresses adds the scheme nats:// to each server of a list that has none.
func addresses(list string) string {
	var out []string
	for s := range strings.SplitSeq(list, ",") {
		if s = strings.TrimSpace(s); s != "" && !strings.Contains(s, "://") {
			s = "nats://" + s
		}
		if s != "" {
			out = append(out, s)
		}
	}
	return strings.Join(out, ",")
}

// conn returns the options of the connection.
func (o *Options) conn() *jetlog.Options {
	return &jetlog.Options{Handle: o.Handle, Via: o.Via, Caller: o.caller(), Server: o.Server, Creds: o.Creds, CA: o.CA,
		Data: o.Data, Login: o.login, HubService: o.HubService, Now: o.Now, Dialer: o.Dialer}
}

// caller returns the handle whose inbox receives the answers, as the server knows it.
func (o *Options) caller() string {
	if o.Server != "" && o.HubService {
		return subjects.HubHandle
	}
	return o.Handle
}

// portGuard enforces access on the hub's port.
type portGuard struct{ client *client }

var _ access.Enforcer = portGuard{}

// Restrict implements [access.Enforcer].
func (g portGuard) Restrict(short string, handles []string) {
	if err := g.client.hub.Restrict(short, handles); err != nil {
		g.client.o.Logf(model.Safef("%s could not be closed to people who connect over the network: %s", short,
			model.Sentence(err)))
	}
}

// Revoke implements [access.Enforcer].
func (g portGuard) Revoke(handle string) int {
	ended, err := g.client.hub.Revoke(handle)
	if err != nil {
		g.client.o.Logf(model.Safef("the invitation of %s still works: %s", handle, model.Sentence(err)))
	}
	return ended
}

// Lift implements [access.Enforcer].
func (g portGuard) Lift(handle string) {
	if err := g.client.hub.UserStore().Pardon(handle); err != nil {
		g.client.o.Logf(model.Safef("%s cannot be invited again: %s", handle, model.Sentence(err)))
	}
}

// openPort lets logins in, after it has compared their access with the logs of the rooms,
// which may have changed while no process was listening.
func (c *client) openPort() {
	defer c.wg.Done()
	for pause := backoff.New(10*time.Millisecond, time.Second); ; pause.Grow() {
		s := c.hubService.Load()
		err := errNotServing
		if s != nil && s.api != nil {
			err = c.access.CompareAccess(c.ctx)
		}
		if err == nil {
			s.api.Open()
			if c.hub != nil {
				c.hub.Ready()
			}
			if s = c.hubService.Load(); s.api != nil && s.api.IsOpen() {
				return
			}
			continue
		}
		if !errors.Is(err, errNotServing) {
			c.o.Logf(model.Safef("nobody can connect over the network yet: %s", model.Sentence(err)))
		}
		select {
		case <-c.ctx.Done():
			return
		case <-pause.After():
		}
	}
}

// errNotServing is returned while this process does not act for the hub.
var errNotServing = errors.New("another process acts for the hub")

// Address returns the address that the hub listens on, or "" if this process does not
// listen.
func (f *Feed) Address() string {
	if f.client.hub == nil {
		return ""
	}
	return f.client.hub.Address()
}

// Guard registers an enforcer of access until the feed is closed. It is called for the
// present restrictions and revocations at once, and then for each change.
func (f *Feed) Guard(g access.Enforcer) { f.client.access.Guard(g) }
