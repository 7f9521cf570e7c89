package hub_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"warroom/feed/hub"
	"warroom/model"
)

// office is a hub with a port, and a connection of its owner.
type office struct {
	t     testing.TB
	h     *hub.Hub
	owner *nats.Conn
	js    jetstream.JetStream
}

func newOffice(t testing.TB) *office {
	t.Helper()
	o := place(t)
	o.Listen, o.Logf = "127.0.0.1:0", nil
	x := &office{t: t, h: open(t, o)}
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

// room makes the stream of a room with one entry of bo.
func (x *office) room(short string) {
	x.t.Helper()
	_, err := x.js.CreateStream(soon(x.t), jetstream.StreamConfig{Name: "WARROOM_" + short, AllowDirect: true,
		Subjects:  []string{"warroom." + short + ".log.>", "warroom." + short + ".gone.>"},
		RePublish: &jetstream.RePublish{Source: "warroom." + short + ".log.>", Destination: "warroom." + short + ".live.>"}})
	must(x.t, err)
	_, err = x.js.Publish(soon(x.t), "warroom."+short+".log.bo.K", []byte("first"))
	must(x.t, err)
}

// invite invites somebody and returns what they were given.
func (x *office) invite(l hub.Login) *hub.Invitation {
	x.t.Helper()
	seed, err := x.h.Book().Invite(l)
	must(x.t, err)
	pin, err := hub.Pin(x.h.Book().Dir(), time.Now)
	must(x.t, err)
	return &hub.Invitation{Handle: l.Handle, Right: l.Right, Servers: []string{"tls://" + x.h.Address()}, Pin: pin, Hub: strings.Repeat("k", 40), Seed: seed}
}

// client is somebody who sends what no warroom would.
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
	c.Conn, err = nats.Connect(strings.Join(v.Servers, ","), append([]nats.Option{nats.Secure(v.TLS()), nats.Nkey(public, sign), nats.CustomInboxPrefix("_INBOX_" + v.Handle),
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

// may says whether the server lets somebody publish to a subject or listen to
// it. Denials come in order: that of a subject that nobody may use ends the wait.
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
	until(t, "the last denial came", func() bool { return c.was(end) })
	return !c.was(subject)
}

// was says whether a subject was denied.
func (c *client) was(subject string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.ContainsFunc(c.denied, func(d string) bool { return strings.Contains(d, `"`+subject+`"`) })
}

// everybody are the rights, the least one first.
var everybody = []model.Right{model.Watch, model.Write, model.Command}

// attempts are what a crafted client can try, and who may.
var attempts = []struct {
	verb, subject string // ME and RIGHT are the handle and the right of who tries
	who           []model.Right
}{
	{"pub", "warroom.inc-1.log.ME.K", everybody[1:]},
	{"pub", "warroom.inc-1.log.bo.K", nil},
	{"pub", "warroom.inc-1.log.hub.K", nil},
	{"pub", "warroom.inc-1.log.ME.K.more", nil},
	{"pub", "warroom.inc-1.gone.ME.K", nil},
	{"pub", "warroom.inc-1.live.ME.K", nil},
	{"pub", "warroom.inc-1.seal.ME.K", everybody},
	{"pub", "warroom.inc-1.seal.hub.K", nil},
	{"pub", "warroom.inc-1.seal.bo.K", nil},
	{"pub", "$JS.API.STREAM.CREATE.WARROOM_inc-1_SEAL", nil},
	{"pub", "warroom.inc-1.blob.ME.B", everybody[1:]},
	{"pub", "warroom.inc-1.blob.bo.B", nil},
	{"pub", "warroom.inc-1.blob.ME.B.more", nil},
	{"pub", "$JS.API.STREAM.CREATE.WARROOM_inc-1_BLOB", nil},
	{"pub", "$JS.API.STREAM.MSG.DELETE.WARROOM_inc-1_BLOB", nil},
	{"sub", "warroom.inc-1.blob.>", nil},
	{"pub", "warroom.hub.store.ME", everybody[1:]},
	{"pub", "warroom.hub.store.bo", nil},
	{"pub", "warroom.inc-1.here.ME.K", everybody},
	{"pub", "warroom.inc-1.here.bo.K", nil},
	{"pub", "warroom.inc-1.door.ME.K", nil},
	{"pub", "warroom.inc-1.gate.RIGHT.ME.K", everybody},
	{"pub", "warroom.inc-1.gate.RIGHT.bo.K", nil},
	{"pub", "warroom.inc-1.gate.command.ME.K", everybody[2:]},
	{"pub", "warroom.hub.who", everybody},
	{"pub", "warroom.hub.how", everybody},
	{"pub", "warroom.hub.told", nil},
	{"pub", "warroom.hub.strike", nil},
	{"sub", "warroom.hub.told", everybody},
	{"sub", "warroom.hub.who", nil},
	{"pub", "warroom.hub.rooms.ME", everybody},
	{"pub", "warroom.hub.rooms.bo", nil},
	{"pub", "warroom.hub.make.ME", everybody[1:]},
	{"pub", "warroom.hub.make.bo", nil},
	{"pub", "_INBOX_bo.x", nil},
	{"pub", "anything", nil},
	{"pub", "$JS.API.STREAM.INFO.WARROOM_inc-1", everybody},
	{"pub", "$JS.API.DIRECT.GET.WARROOM_inc-1", everybody},
	{"pub", "$JS.API.STREAM.MSG.GET.WARROOM_inc-1", everybody},
	{"pub", "$JS.API.STREAM.NAMES", nil},
	{"pub", "$JS.API.STREAM.LIST", nil},
	{"pub", "$JS.API.INFO", nil},
	{"pub", "$JS.API.STREAM.CREATE.WARROOM_inc-9", nil},
	{"pub", "$JS.API.STREAM.UPDATE.WARROOM_inc-1", nil},
	{"pub", "$JS.API.STREAM.DELETE.WARROOM_inc-1", nil},
	{"pub", "$JS.API.STREAM.PURGE.WARROOM_inc-1", nil},
	{"pub", "$JS.API.STREAM.MSG.DELETE.WARROOM_inc-1", nil},
	{"pub", "$JS.API.STREAM.RESTORE.WARROOM_inc-1", nil},
	{"pub", "$JS.API.STREAM.SNAPSHOT.WARROOM_inc-1", nil},
	{"pub", "$JS.API.CONSUMER.CREATE.WARROOM_inc-1.c", nil},
	{"pub", "$JS.API.CONSUMER.DURABLE.CREATE.WARROOM_inc-1.c", nil},
	{"pub", "$JS.API.CONSUMER.MSG.NEXT.WARROOM_inc-1.c", nil},
	{"pub", "$SYS.REQ.SERVER.PING", nil},
	{"sub", "warroom.inc-1.live.>", everybody},
	{"sub", "warroom.inc-1.here.>", everybody},
	{"sub", "warroom.inc-1.door.>", everybody[2:]},
	{"sub", "warroom.inc-1.gate.>", everybody[2:]},
	{"sub", "warroom.inc-1.log.>", nil},
	{"sub", "warroom.hub.>", nil},
	{"sub", "warroom.>", nil},
	{"sub", "_INBOX_ME.>", append(everybody[:3:3], hub.Intake)},
	{"pub", "warroom.intake.ME", []model.Right{hub.Intake}},
	{"pub", "warroom.intake.ME.falco", []model.Right{hub.Intake}},
	{"pub", "warroom.intake.ME.falco.more", nil},
	{"pub", "warroom.intake.bo.falco", nil},
	{"sub", "warroom.intake.>", nil},
	{"sub", "_INBOX_bo.>", nil},
	{"sub", "_INBOX.>", nil},
	{"sub", "$JS.>", nil},
	{"sub", "$SYS.>", nil},
	{"sub", ">", nil},
}

// TestRights tries, by right, what a crafted client can say and hear.
func TestRights(t *testing.T) {
	x := newOffice(t)
	in := map[model.Right]*client{}
	all := append(everybody[:3:3], hub.Intake)
	for _, r := range all {
		in[r] = mustEnter(t, x.invite(hub.Login{Handle: "p-" + string(r), Right: r}))
	}
	for _, c := range attempts {
		for _, r := range all {
			want := slices.Contains(c.who, r)
			subject := strings.NewReplacer("ME", "p-"+string(r), "RIGHT", string(r)).Replace(c.subject)
			if got := in[r].may(t, c.verb, subject); got != want {
				t.Errorf("%s: %s %s: allowed is %v, want %v", r, c.verb, subject, got, want)
			}
		}
	}
}

// TestRestrictedRoomIsDenied: at once for who is connected, and for who comes
// later, but not for who is named.
func TestRestrictedRoomIsDenied(t *testing.T) {
	x := newOffice(t)
	bo := mustEnter(t, x.invite(hub.Login{Handle: "bo", Right: model.Write}))
	cy := mustEnter(t, x.invite(hub.Login{Handle: "cy", Right: model.Command}))
	heard, err := cy.SubscribeSync("warroom.*.live.>")
	must(t, err)
	must(t, cy.Flush())
	must(t, x.h.Restrict("inc-2", []string{"bo"}))
	until(t, "cy was put out and came again", func() bool { return cy.Stats().Reconnects == 1 && cy.IsConnected() })
	late := mustEnter(t, x.invite(hub.Login{Handle: "late", Right: model.Write}))
	for _, c := range []struct{ verb, subject string }{
		{"pub", "$JS.API.STREAM.INFO.WARROOM_SHORT"}, {"pub", "$JS.API.DIRECT.GET.WARROOM_SHORT"}, {"pub", "$JS.API.STREAM.MSG.GET.WARROOM_SHORT"},
		{"pub", "warroom.SHORT.here.ME.K"}, {"pub", "warroom.SHORT.log.ME.K"}, {"pub", "warroom.SHORT.seal.ME.K"}, {"pub", "$JS.API.DIRECT.GET.WARROOM_SHORT_SEAL"},
		{"pub", "warroom.SHORT.blob.ME.B"}, {"pub", "$JS.API.DIRECT.GET.WARROOM_SHORT_BLOB"}, {"pub", "$JS.API.STREAM.MSG.GET.WARROOM_SHORT_BLOB"}, {"pub", "$JS.API.STREAM.INFO.WARROOM_SHORT_BLOB"},
		{"sub", "warroom.SHORT.live.>"}, {"sub", "warroom.SHORT.here.>"},
	} {
		for who, p := range map[string]*client{"bo": bo, "cy": cy, "late": late} {
			for _, short := range []string{"inc-1", "inc-2"} {
				want := short == "inc-1" || who == "bo"
				subject := strings.NewReplacer("ME", who, "SHORT", short).Replace(c.subject)
				if got := p.may(t, c.verb, subject); got != want {
					t.Errorf("%s: %s %s: allowed is %v, want %v", who, c.verb, subject, got, want)
				}
			}
		}
	}
	if bo.Stats().Reconnects != 0 {
		t.Error("bo, who is named, was put out")
	}
	_, err = x.js.Publish(soon(t), "warroom.inc-2.log.bo.K", []byte("secret"))
	must(t, err)
	_, err = x.js.Publish(soon(t), "warroom.inc-1.log.bo.K", []byte("open"))
	must(t, err)
	for m := new(nats.Msg); string(m.Data) != "open"; {
		if m, err = heard.NextMsg(10 * time.Second); err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(m.Subject, "warroom.inc-2.") && string(m.Data) == "secret" {
			t.Error("by a wildcard cy hears the restricted room")
		}
	}
	must(t, x.h.Restrict("inc-2", nil))
	until(t, "cy came again", func() bool { return cy.Stats().Reconnects == 2 && cy.IsConnected() })
	if !cy.may(t, "pub", "$JS.API.STREAM.INFO.WARROOM_inc-2") {
		t.Error("the room is still denied")
	}
}

// TestStrikeEndsLoginAndConnections, here and by another process.
func TestStrikeEndsLoginAndConnections(t *testing.T) {
	x := newOffice(t)
	here := func(handle string) error {
		n, err := x.h.Strike(handle)
		if n != 1 {
			t.Errorf("%d connections were ended, want 1", n)
		}
		return err
	}
	for i, strike := range []func(string) error{here, x.h.Book().Strike} {
		handle := fmt.Sprint("mal", i)
		v := x.invite(hub.Login{Handle: handle, Right: model.Write})
		c := mustEnter(t, v)
		must(t, strike(handle))
		until(t, handle+" is out", func() bool { return !c.IsConnected() })
		if _, err := enter(t, v); !errors.Is(err, nats.ErrAuthorization) {
			t.Errorf("got %v, want the login to be refused", err)
		}
		if _, err := x.h.Book().Invite(hub.Login{Handle: handle, Right: model.Watch}); model.CodeOf(err) != model.Forbidden {
			t.Errorf("a struck handle is invited again: %v", err)
		}
		must(t, x.h.Book().Pardon(handle))
		mustEnter(t, x.invite(hub.Login{Handle: handle, Right: model.Watch}))
		if _, err := enter(t, v); !errors.Is(err, nats.ErrAuthorization) {
			t.Errorf("the struck invitation works again: %v", err)
		}
	}
}

// TestWhoDoesNotComeIn: no login, another's, an old one, one that ended, plain
// TCP, old TLS, another hub.
func TestWhoDoesNotComeIn(t *testing.T) {
	x := newOffice(t)
	old := x.invite(hub.Login{Handle: "ana", Right: model.Write})
	good := x.invite(hub.Login{Handle: "ana", Right: model.Write})
	mustEnter(t, good)
	if _, err := enter(t, old); !errors.Is(err, nats.ErrAuthorization) {
		t.Errorf("an invitation that was replaced: %v", err)
	}
	public, _, err := good.Login()
	must(t, err)
	_, other, err := old.Login()
	must(t, err)
	for name, o := range map[string]nats.Option{
		"no login":      nats.UserInfo("", ""),
		"a password":    nats.UserInfo("ana", "ana"),
		"wrong proof":   nats.Nkey(public, other),
		"another login": nats.Nkey("UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4", other),
	} {
		nc, err := nats.Connect(good.Servers[0], nats.Secure(good.TLS()), o)
		if !errors.Is(err, nats.ErrAuthorization) {
			t.Errorf("%s: got %v %v", name, nc, err)
		}
	}
	wrong := *good
	wrong.Pin = "sha256:" + strings.Repeat("A", 43)
	if _, err := enter(t, &wrong); !errors.Is(err, hub.ErrOtherHub) {
		t.Errorf("another hub: %v", err)
	}
	twelve := good.TLS()
	twelve.MinVersion, twelve.MaxVersion = 0x0303, 0x0303
	if _, err := enter(t, good, nats.Secure(twelve)); err == nil {
		t.Error("TLS 1.2 is let in")
	}
	if _, err := nats.Connect("nats://" + x.h.Address()); err == nil {
		t.Error("somebody without TLS is let in")
	}
	soonOver := x.invite(hub.Login{Handle: "ed", Right: model.Watch, Until: time.Now().Add(2 * time.Second)})
	ed := mustEnter(t, soonOver)
	until(t, "ed's time is over", func() bool { return !ed.IsConnected() })
	if _, err := enter(t, soonOver); err == nil {
		t.Error("an invitation that ended is let in")
	}
}

// TestDeputies: JetStream answers to whatever subject a client names, so what
// comes that way must be told from what was said: it has headers or a form of
// its own. This is what the doors rely on; see gateKnock in package feed.
func TestDeputies(t *testing.T) {
	x := newOffice(t)
	mal := mustEnter(t, x.invite(hub.Login{Handle: "mal", Right: model.Write}))
	must(t, mal.Publish("warroom.inc-1.log.mal.K", []byte(`{"room":"R","sig":"x"}`)))
	heard, err := x.owner.SubscribeSync("warroom.inc-1.gate.>")
	must(t, err)
	must(t, x.owner.Flush())
	must(t, mal.PublishRequest("$JS.API.DIRECT.GET.WARROOM_inc-1", "warroom.inc-1.gate.command.bo.K", []byte(`{"last_by_subj":"warroom.inc-1.log.mal.K"}`)))
	must(t, mal.PublishRequest("$JS.API.STREAM.MSG.GET.WARROOM_inc-1", "warroom.inc-1.gate.command.bo.K", []byte(`{"last_by_subj":"warroom.inc-1.log.mal.K"}`)))
	must(t, mal.PublishRequest("warroom.inc-1.log.mal.K", "warroom.inc-1.gate.command.bo.K", []byte(`{"room":"R"}`)))
	for range 3 {
		ctx, cancel := context.WithTimeout(soon(t), 10*time.Second)
		m, err := heard.NextMsgWithContext(ctx)
		cancel()
		if err != nil {
			return // the server does not do it any more: all the better
		}
		if len(m.Header) == 0 && !strings.HasPrefix(string(m.Data), `{"type":`) && !strings.HasPrefix(string(m.Data), `{"stream":`) {
			t.Errorf("a deputy says %q with %v, as a client could", m.Data, m.Header)
		}
	}
}

// TestPortStaysOverARestart: who came in over the network comes again.
func TestPortStaysOverARestart(t *testing.T) {
	x := newOffice(t)
	c := mustEnter(t, x.invite(hub.Login{Handle: "ana", Right: model.Watch}))
	was := x.h.Address()
	must(t, hub.Restart(x.h))
	until(t, "ana came again", func() bool { return c.IsConnected() && c.Stats().Reconnects == 1 })
	if x.h.Address() != was {
		t.Errorf("the hub moved from %s to %s", was, x.h.Address())
	}
	o := place(t)
	o.Listen = was
	if _, err := hub.Open(soon(t), o); model.CodeOf(err) != model.Conflict || !strings.Contains(err.Error(), "--nats") {
		t.Errorf("a port that is in use: %v", err)
	}
}

func TestInvitationText(t *testing.T) {
	x := newOffice(t)
	v := x.invite(hub.Login{Handle: "ana", Right: model.Write})
	text, err := v.Text()
	must(t, err)
	got, err := hub.ReadInvitation("f", []byte(text))
	must(t, err)
	if got.Seed != v.Seed || got.Pin != v.Pin || got.Handle != "ana" || !hub.IsInvitation([]byte(text)) {
		t.Errorf("got %+v from\n%s", got, text)
	}
	seed := text[strings.Index(text, "seed = "):]
	for want, bad := range map[string]string{
		"f:9:": strings.Replace(text, seed, seed[:20]+"'\n", 1),
		"f:4:": strings.Replace(text, "'ana'", "'An a'", 1),
		"f:5:": strings.Replace(text, "right = 'write'", "right = 'all'", 1),
		"f:3:": strings.Replace(text, "invitation = 1", "invitation = x", 1),
		"f:1:": "garbage that is nothing",
		"f:6:": strings.Replace(text, "tls://", "http://", 1),
	} {
		if _, err := hub.ReadInvitation("f", []byte(bad)); model.CodeOf(err) != model.Invalid || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("want %s, got %v of\n%s", want, err, bad)
		}
	}
	if _, err := hub.ReadInvitation("f", nil); model.CodeOf(err) != model.Invalid {
		t.Errorf("an empty file: %v", err)
	}
}
