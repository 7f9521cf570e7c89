package hub_test

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"warroom/feed/hub"
	"warroom/model"
)

// everybody has the rights in ascending order.
var everybody = []model.Right{model.Watch, model.Write, model.Command}

// attempts are what a crafted client can try, and the rights that permit it.
var attempts = []struct {
	verb, subject string // ME, RIGHT and CONN stand for the client's handle, right and connection
	who           []model.Right
}{
	{"pub", "warroom.inc-1.log.ME.K", nil},
	{"pub", "warroom.inc-1.gone.ME.K", nil},
	{"pub", "warroom.inc-1.live.ME.K", nil},
	{"pub", "warroom.inc-1.seal.ME.K", nil},
	{"pub", "warroom.inc-1.blob.ME.K", nil},
	{"pub", "warroom.inc-1.here.ME.K", nil},
	{"pub", "warroom.inc-1.door.ME.K", nil},
	{"pub", "warroom.inc-1.gate.RIGHT.ME.K", nil},
	{"pub", "warroom.hub.put.ME.inc-1.log.K", everybody[1:]},
	{"pub", "warroom.hub.put.bo.inc-1.log.K", nil},
	{"pub", "warroom.hub.put.ME.inc-1.blob.K", everybody[1:]},
	{"pub", "warroom.hub.put.bo.inc-1.blob.K", nil},
	{"pub", "warroom.hub.put.ME.inc-1.seal.K", everybody},
	{"pub", "warroom.hub.put.bo.inc-1.seal.K", nil},
	{"pub", "warroom.hub.put.ME.inc-1.gone.K", nil},
	{"pub", "warroom.hub.put.bo.inc-1.gone.K", nil},
	{"pub", "warroom.hub.put.ME.inc-1.live.K", nil},
	{"pub", "warroom.hub.put.bo.inc-1.live.K", nil},
	{"pub", "warroom.hub.put.ME.inc-1.log.K.more", nil},
	{"pub", "warroom.hub.get.ME.inc-1.log", everybody},
	{"pub", "warroom.hub.get.ME.inc-1.seal", everybody},
	{"pub", "warroom.hub.get.ME.inc-1.blob", everybody[1:]},
	{"pub", "warroom.hub.get.ME.inc-1.gone", nil},
	{"pub", "warroom.hub.get.bo.inc-1.log", nil},
	{"pub", "warroom.hub.raw.ME.inc-1.log", everybody},
	{"pub", "warroom.hub.raw.ME.inc-1.seal", everybody},
	{"pub", "warroom.hub.raw.ME.inc-1.blob", everybody[1:]},
	{"pub", "warroom.hub.raw.ME.inc-1.gone", nil},
	{"pub", "warroom.hub.raw.bo.inc-1.log", nil},
	{"pub", "warroom.hub.tip.ME.inc-1", everybody},
	{"pub", "warroom.hub.tip.bo.inc-1", nil},
	{"pub", "warroom.hub.presence.ME.CONN.inc-1.K", everybody},
	{"pub", "warroom.hub.presence.ME.999.inc-1.K", nil},
	{"pub", "warroom.hub.presence.bo.CONN.inc-1.K", nil},
	{"pub", "warroom.hub.join.ME.RIGHT.inc-1.K", everybody},
	{"pub", "warroom.hub.join.ME.command.inc-1.K", everybody[2:]},
	{"pub", "warroom.hub.join.bo.RIGHT.inc-1.K", nil},
	{"pub", "warroom.hub.who.ME", everybody},
	{"pub", "warroom.hub.who.bo", nil},
	{"pub", "warroom.hub.how.ME", everybody},
	{"pub", "warroom.hub.how.bo", nil},
	{"pub", "warroom.hub.list.ME", everybody},
	{"pub", "warroom.hub.list.bo", nil},
	{"pub", "warroom.hub.access.ME", everybody},
	{"pub", "warroom.hub.access.bo", nil},
	{"pub", "warroom.hub.create.ME", everybody[1:]},
	{"pub", "warroom.hub.create.bo", nil},
	{"pub", "warroom.hub.evidence.ME", everybody[1:]},
	{"pub", "warroom.hub.evidence.bo", nil},
	{"pub", "warroom.hub.rooms.ME", everybody},
	{"pub", "warroom.hub.rooms.bo", nil},
	{"pub", "warroom.hub.make.ME", everybody[1:]},
	{"pub", "warroom.hub.make.bo", nil},
	{"pub", "warroom.hub.store.ME", everybody[1:]},
	{"pub", "warroom.hub.store.bo", nil},
	{"pub", "warroom.hub.told", nil},
	{"pub", "warroom.hub.strike", nil},
	{"pub", "warroom.hub.internal.access", nil},
	{"pub", "warroom.hub.internal.guards", nil},
	{"sub", "warroom.hub.told", everybody},
	{"sub", "warroom.hub.who.ME", nil},
	{"sub", "warroom.inc-1.blob.>", nil},
	{"sub", "warroom.inc-1.private-live.>", nil},
	{"sub", "warroom.inc-1.private-here.>", nil},
	{"pub", "_INBOX_bo.x", nil},
	{"pub", "anything", nil},
	{"pub", "$JS.API.INFO", nil},
	{"pub", "$JS.API.STREAM.NAMES", nil},
	{"pub", "$JS.API.STREAM.LIST", nil},
	{"pub", "$JS.API.STREAM.INFO.WARROOM_inc-1", nil},
	{"pub", "$JS.API.DIRECT.GET.WARROOM_inc-1", nil},
	{"pub", "$JS.API.STREAM.MSG.GET.WARROOM_inc-1", nil},
	{"pub", "$JS.API.STREAM.CREATE.WARROOM_inc-9", nil},
	{"pub", "$JS.API.STREAM.CREATE.WARROOM_inc-1_SEAL", nil},
	{"pub", "$JS.API.STREAM.UPDATE.WARROOM_inc-1", nil},
	{"pub", "$JS.API.STREAM.DELETE.WARROOM_inc-1", nil},
	{"pub", "$JS.API.STREAM.PURGE.WARROOM_inc-1", nil},
	{"pub", "$JS.API.STREAM.MSG.DELETE.WARROOM_inc-1_BLOB", nil},
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

// TestRights tries, for each right, what a crafted client may publish and subscribe to.
func TestRights(t *testing.T) {
	x := newPortHub(t)
	in := map[model.Right]*client{}
	all := append(everybody[:3:3], hub.Intake)
	for _, r := range all {
		in[r] = mustEnter(t, x.invite(hub.Login{Handle: "p-" + string(r), Right: r}))
	}
	for _, c := range attempts {
		for _, r := range all {
			want := slices.Contains(c.who, r)
			id, err := in[r].GetClientID()
			must(t, err)
			subject := strings.NewReplacer("ME", "p-"+string(r), "RIGHT", string(r), "CONN",
				strconv.FormatUint(id, 10)).Replace(c.subject)
			if got := in[r].may(t, c.verb, subject); got != want {
				t.Errorf("%s: %s %s: allowed is %v, want %v", r, c.verb, subject, got, want)
			}
		}
	}
}

// TestRestrictedRoomLeavesNoTrace: a client can detect neither by its permissions nor by
// being disconnected that a room was restricted.
func TestRestrictedRoomLeavesNoTrace(t *testing.T) {
	x := newPortHub(t)
	cy := mustEnter(t, x.invite(hub.Login{Handle: "cy", Right: model.Command}))
	must(t, x.h.Restrict("inc-2", []string{"bo"}))
	late := mustEnter(t, x.invite(hub.Login{Handle: "late", Right: model.Write}))
	for _, c := range []struct{ verb, subject string }{{"sub", "warroom.SHORT.live.>"}, {"sub", "warroom.SHORT.here.>"},
		{"pub", "warroom.hub.get.ME.SHORT.log"}, {"pub", "warroom.hub.tip.ME.SHORT"},
		{"pub", "warroom.hub.put.ME.SHORT.seal.K"}} {
		for who, p := range map[string]*client{"cy": cy, "late": late} {
			for _, short := range []string{"inc-1", "inc-2", "inc-99"} {
				subject := strings.NewReplacer("ME", who, "SHORT", short).Replace(c.subject)
				if !p.may(t, c.verb, subject) {
					t.Errorf("%s: %s %s: allowed is false, want true for every room", who, c.verb, subject)
				}
			}
		}
	}
	if n := cy.Stats().Reconnects; n != 0 {
		t.Errorf("cy was put out %d times, want 0", n)
	}
}

// TestRevokeEndsLoginAndConnections: revoking in this process and in another one has the
// same effect.
func TestRevokeEndsLoginAndConnections(t *testing.T) {
	x := newPortHub(t)
	here := func(handle string) error {
		n, err := x.h.Revoke(handle)
		if n != 1 {
			t.Errorf("%d connections were ended, want 1", n)
		}
		return err
	}
	for i, revoke := range []func(string) error{here, x.h.UserStore().Revoke} {
		handle := fmt.Sprint("mal", i)
		v := x.invite(hub.Login{Handle: handle, Right: model.Write})
		c := mustEnter(t, v)
		must(t, revoke(handle))
		until(t, handle+" is out", func() bool { return !c.IsConnected() })
		if _, err := enter(t, v); !errors.Is(err, nats.ErrAuthorization) {
			t.Errorf("got %v, want the login to be refused", err)
		}
		if _, err := x.h.UserStore().Invite(hub.Login{Handle: handle,
			Right: model.Watch}); model.CodeOf(err) != model.Forbidden {
			t.Errorf("a struck handle is invited again: %v", err)
		}
		must(t, x.h.UserStore().Pardon(handle))
		mustEnter(t, x.invite(hub.Login{Handle: handle, Right: model.Watch}))
		if _, err := enter(t, v); !errors.Is(err, nats.ErrAuthorization) {
			t.Errorf("the struck invitation works again: %v", err)
		}
	}
}

// TestWhoDoesNotComeIn: refused are connections without a login, with another's, an old or
// a revoked one, over plain TCP or old TLS, and to another hub.
func TestWhoDoesNotComeIn(t *testing.T) {
	x := newPortHub(t)
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

// TestPortStaysOverARestart: network clients reconnect.
func TestPortStaysOverARestart(t *testing.T) {
	x := newPortHub(t)
	c := mustEnter(t, x.invite(hub.Login{Handle: "ana", Right: model.Watch}))
	address := x.h.Address()
	must(t, hub.Restart(x.h))
	until(t, "ana came again", func() bool { return c.IsConnected() && c.Stats().Reconnects == 1 })
	if x.h.Address() != address {
		t.Errorf("the hub moved from %s to %s", address, x.h.Address())
	}
	o := testOptions(t)
	o.Listen = address
	if _, err := hub.Open(soon(t), o); model.CodeOf(err) != model.Conflict || !strings.Contains(err.Error(), "--nats") {
		t.Errorf("a port that is in use: %v", err)
	}
}

func TestInvitationText(t *testing.T) {
	x := newPortHub(t)
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
		if _, err := hub.ReadInvitation("f", []byte(bad)); model.CodeOf(err) != model.Invalid ||
			!strings.HasPrefix(err.Error(), want) {
			t.Errorf("want %s, got %v of\n%s", want, err, bad)
		}
	}
	if _, err := hub.ReadInvitation("f", nil); model.CodeOf(err) != model.Invalid {
		t.Errorf("an empty file: %v", err)
	}
}
