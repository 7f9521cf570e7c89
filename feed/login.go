package feed

import (
	"errors"
	"os"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"warroom/feed/hub"
	"warroom/model"
)

// invited reads an invitation where the credentials are one: it says where the
// hub is, what its key is, and who comes.
func (o *Options) invited() error {
	if o.Creds == "" {
		return nil
	}
	raw, err := os.ReadFile(o.Creds)
	if err != nil {
		return model.Refuse(model.Invalid, "the credentials file %s cannot be read (%s); check --creds", o.Creds, err)
	}
	if !hub.IsInvitation(raw) {
		return nil
	}
	if o.login, err = hub.ReadInvitation(o.Creds, raw); err != nil {
		return err
	}
	if fi, err := os.Stat(o.Creds); err == nil && fi.Mode().IsRegular() {
		if err := private(o.Creds, fi); err != nil {
			return err
		}
	}
	if o.login.Right == hub.Intake {
		return model.Refuse(model.Forbidden, "the invitation %s is that of a tool, which sends alerts and sees nothing: warroom ingest --creds %s FILE", o.Creds, o.Creds)
	}
	if o.Named && o.Handle != o.login.Handle {
		return model.Refuse(model.Invalid, "the invitation %s is for %s, not for %s; leave --as out", o.Creds, o.login.Handle, o.Handle)
	}
	o.Handle, o.HubKey = o.login.Handle, o.login.Hub
	if o.Server == "" {
		o.Server = strings.Join(o.login.Servers, ",")
	}
	return nil
}

// addresses completes a list of servers.
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

// proof returns the options by which an invitation is shown.
func proof(v *hub.Invitation) ([]nats.Option, error) {
	public, sign, err := v.Login()
	if err != nil {
		return nil, err
	}
	return []nats.Option{nats.Nkey(public, sign), nats.Secure(v.TLS())}, nil
}

// slower rests longer with every round of servers that did not answer or refused:
// a login that was struck should not keep the hub busy.
func slower(round int) time.Duration {
	return min(50*time.Millisecond<<min(max(round-1, 0), 6), 2*time.Second)
}

// uninvited words why an invitation does not get in; nil where it is none of that.
func (w *wire) uninvited(o *Options, err error) error {
	switch {
	case o.login == nil:
		return nil
	case errors.Is(err, hub.ErrOtherHub):
		return model.Refuse(model.Forbidden, "what answers at %s has another certificate than your invitation says: this is not the hub that invited you; ask who invited you, by another way", w.where)
	case errors.Is(err, nats.ErrSecureConnWanted), errors.Is(err, nats.ErrNkeysNotSupported):
		return model.Refuse(model.Forbidden, "what answers at %s speaks no TLS or asks for no login: this is not the hub that invited you; ask who invited you, by another way", w.where)
	case !isRefused(err):
		return nil
	case !o.login.Until.IsZero() && !o.Now().Before(o.login.Until):
		return model.Refuse(model.Forbidden, "your invitation to %s ended at %s; ask who invited you for another", w.where, o.login.Until.UTC().Format(time.RFC3339))
	}
	return model.Refuse(model.Forbidden, "the hub at %s does not accept this invitation: it was struck, has ended, or a newer one took its place; ask who invited you", w.where)
}

// isRefused says whether a server did not accept a login.
func isRefused(err error) bool {
	return errors.Is(err, nats.ErrAuthorization) || errors.Is(err, nats.ErrAuthExpired) || errors.Is(err, nats.ErrAuthRevoked) || isAuth(err)
}

// caller is whose inbox the answers go to: the server knows it.
func (o *Options) caller() string {
	if o.Server != "" && o.Steward {
		return hubHandle
	}
	return o.Handle
}

// portGuard has the hub's port let in only who may come.
type portGuard struct{ h *house }

var _ Guard = portGuard{}

// Restrict implements Guard.
func (g portGuard) Restrict(short string, handles []string) {
	if err := g.h.hub.Restrict(short, handles); err != nil {
		g.h.o.Logf(model.Safef("%s is not closed to those who come over the network: %s", short, model.Sentence(err)))
	}
}

// Strike implements Guard.
func (g portGuard) Strike(handle string) int {
	ended, err := g.h.hub.Strike(handle)
	if err != nil {
		g.h.o.Logf(model.Safef("the invitation of %s still works: %s", handle, model.Sentence(err)))
	}
	return ended
}

// Lift implements Guard.
func (g portGuard) Lift(handle string) {
	if err := g.h.hub.Book().Pardon(handle); err != nil {
		g.h.o.Logf(model.Safef("%s cannot be invited again: %s", handle, model.Sentence(err)))
	}
}

// openPort lets logins in, after who may see which room was compared with the rooms:
// it may have changed while nobody listened.
func (h *house) openPort() {
	defer h.wg.Done()
	for wait := 10 * time.Millisecond; ; wait = min(2*wait, time.Second) {
		s := h.steward.Load()
		err := errNotServing
		if s != nil && s.api != nil {
			err = h.compareAccess(h.ctx)
		}
		if err == nil {
			s.api.Open()
			if h.hub != nil {
				h.hub.Ready()
			}
			if s = h.steward.Load(); s.api != nil && s.api.IsOpen() {
				return
			}
			continue
		}
		if !errors.Is(err, errNotServing) {
			h.o.Logf(model.Safef("nobody is let in over the network yet: %s", model.Sentence(err)))
		}
		select {
		case <-h.ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}

// errNotServing means that this process does not speak for the hub yet.
var errNotServing = errors.New("another process speaks for the hub")

// Address is where others come in over the network; "" where this process does
// not listen.
func (f *Feed) Address() string {
	if f.h.hub == nil {
		return ""
	}
	return f.h.hub.Address()
}
