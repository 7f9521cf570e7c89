package hub_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"warroom/feed/hub"
)

// portHub is a hub with a port, and a connection of its owner.
type portHub struct {
	t     testing.TB
	h     *hub.Hub
	owner *nats.Conn
	js    jetstream.JetStream
}

func newPortHub(t testing.TB) *portHub {
	t.Helper()
	o := testOptions(t)
	o.Listen, o.Logf = "127.0.0.1:0", nil
	x := &portHub{t: t, h: open(t, o)}
	x.h.Ready()
	x.owner = dial(t, x.h)
	js, err := jetstream.New(x.owner)
	must(t, err)
	x.js = js
	for _, short := range []string{"inc-1", "inc-2"} {
		x.room(short)
	}
	return x
}

// room creates the stream of a room with one entry of bo.
func (x *portHub) room(short string) {
	x.t.Helper()
	_, err := x.js.CreateStream(soon(x.t), jetstream.StreamConfig{Name: "WARROOM_" + short, AllowDirect: true,
		Subjects: []string{"warroom." + short + ".log.>", "warroom." + short + ".gone.>"},
		RePublish: &jetstream.RePublish{Source: "warroom." + short + ".log.>", Destination: "warroom." + short +
			".live.>"}})
	must(x.t, err)
	_, err = x.js.Publish(soon(x.t), "warroom."+short+".log.bo.K", []byte("first"))
	must(x.t, err)
}

// invite invites a login and returns the invitation.
func (x *portHub) invite(l hub.Login) *hub.Invitation {
	x.t.Helper()
	seed, err := x.h.UserStore().Invite(l)
	must(x.t, err)
	pin, err := hub.Pin(x.h.UserStore().Dir(), time.Now)
	must(x.t, err)
	return &hub.Invitation{Handle: l.Handle, Right: l.Right, Servers: []string{"tls://" + x.h.Address()}, Pin: pin,
		Hub: strings.Repeat("k", 40), Seed: seed}
}

// client is a client that sends what warroom never sends.
type client struct {
	*nats.Conn
	asked  int
	mu     sync.Mutex
	denied []string
}

func enter(t testing.TB, v *hub.Invitation, more ...nats.Option) (*client, error) {
	t.Helper()
	c := new(client)
	public, sign, err := v.Login()
	must(t, err)
	c.Conn,
		err = nats.Connect(strings.Join(v.Servers,
		","), append([]nats.Option{nats.Secure(v.TLS()), nats.Nkey(public, sign),
		nats.CustomInboxPrefix("_INBOX_" + v.Handle),
		nats.ReconnectWait(10 * time.Millisecond), nats.MaxReconnects(-1), nats.IgnoreAuthErrorAbort(),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.denied = append(c.denied, err.Error())
		})}, more...)...)
	if err == nil {
		t.Cleanup(c.Close)
	}
	return c, err
}

func mustEnter(t testing.TB, v *hub.Invitation) *client {
	t.Helper()
	c, err := enter(t, v)
	must(t, err)
	return c
}

// may reports whether the server permits a client to publish or subscribe to a subject.
// Denials arrive in order, so the denial of a subject that nobody may use ends the wait.
func (c *client) may(t testing.TB, verb, subject string) bool {
	t.Helper()
	c.mu.Lock()
	c.denied = nil
	c.mu.Unlock()
	if verb == "sub" {
		s, err := c.SubscribeSync(subject)
		must(t, err)
		defer s.Unsubscribe()
	} else {
		must(t, c.Publish(subject, []byte("{}")))
	}
	c.asked++
	end := fmt.Sprintf("nobody.may.%d", c.asked)
	must(t, c.Publish(end, nil))
	until(t, "the last denial came", func() bool { return c.sawDenial(end) })
	return !c.sawDenial(subject)
}

// sawDenial reports whether a subject was denied.
func (c *client) sawDenial(subject string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.ContainsFunc(c.denied, func(d string) bool { return strings.Contains(d, `"`+subject+`"`) })
}
