package hubapi_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"warroom/feed/hubapi"
	"warroom/model"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("got the error %v, want none", err)
	}
}

// policy knows nobody who is revoked.
type policy struct{}

func (policy) Revoked(handle string) bool { return handle == "gone" }
func (policy) From(string, string) string { return "192.0.2.7:1" }
func (policy) Storing(string, string, string, string, []byte) (func(), error) {
	return nil, nil
}

// rig is a service on a server of its own, with one room.
type rig struct {
	t     *testing.T
	nc    *nats.Conn
	s     *hubapi.Service
	js    jetstream.JetStream
	mu    sync.Mutex
	lines []string
}

func newRig(t *testing.T, l hubapi.Limits) *rig {
	t.Helper()
	srv, err := server.NewServer(&server.Options{DontListen: true, JetStream: true, StoreDir: t.TempDir(), NoLog: true, NoSigs: true})
	must(t, err)
	srv.Start()
	t.Cleanup(func() { srv.Shutdown(); srv.WaitForShutdown() })
	if !srv.ReadyForConnections(10 * time.Second) {
		t.Fatal("the server does not start")
	}
	x := &rig{t: t}
	connect := func() *nats.Conn {
		nc, err := nats.Connect("", nats.InProcessServer(srv))
		must(t, err)
		t.Cleanup(nc.Close)
		return nc
	}
	x.nc = connect()
	x.js, err = jetstream.New(x.nc)
	must(t, err)
	c := jetstream.StreamConfig{Name: hubapi.Stream("inc-1", hubapi.LaneLog), Subjects: []string{"warroom.inc-1.log.>"}, AllowDirect: true}
	hubapi.Access{}.Set(&c, "inc-1", hubapi.LaneLog)
	_, err = x.js.CreateStream(t.Context(), c)
	must(t, err)
	x.s, err = hubapi.Listen(hubapi.Config{Conn: x.nc, Readers: []*nats.Conn{connect()}, Policy: policy{}, Limits: l, Now: time.Now, Logf: func(s model.Safe) {
		x.mu.Lock()
		defer x.mu.Unlock()
		x.lines = append(x.lines, s.String())
	}})
	must(t, err)
	x.nc = connect() // the asker's
	return x
}

// ask asks as a handle, and returns the answer.
func (x *rig) ask(handle, verb, data string, about ...string) *nats.Msg {
	x.t.Helper()
	sub, err := x.nc.SubscribeSync(hubapi.Inbox(handle) + "." + fmt.Sprint(time.Now().UnixNano()))
	must(x.t, err)
	defer func() { _ = sub.Unsubscribe() }()
	must(x.t, x.nc.PublishRequest(hubapi.Ask(verb, handle, about...), sub.Subject, []byte(data)))
	m, err := sub.NextMsg(10 * time.Second)
	must(x.t, err)
	return m
}

// TestLimitsOfOneLogin: who asks for too much is told so in a sentence, others are
// not held up, and the operator reads one line.
func TestLimitsOfOneLogin(t *testing.T) {
	l := hubapi.DefaultLimits()
	l.Messages, l.Bytes, l.Questions, l.Notes = hubapi.Limit{Burst: 5}, hubapi.Limit{Burst: 1000}, hubapi.Limit{Burst: 7}, hubapi.Limit{Burst: 3}
	x := newRig(t, l)
	x.s.Open()
	count := func(handle, verb, data string, n int, about ...string) (refused int) {
		for range n {
			if err := hubapi.Refused(x.ask(handle, verb, data, about...)); err != nil {
				refused++
				if want := handle + " sent too many"; !strings.HasPrefix(err.Error(), want) {
					t.Errorf("got %q, want it to begin with %q", err, want)
				}
			}
		}
		return refused
	}
	if got := count("bo", hubapi.VerbPut, "x", 9, "inc-1", "log", "K"); got != 4 {
		t.Errorf("%d of 9 messages of bo were refused, want 4", got)
	}
	if got := count("big", hubapi.VerbPut, strings.Repeat("x", 600), 3, "inc-1", "log", "K"); got != 2 {
		t.Errorf("%d of 3 messages of 600 bytes were refused, want 2", got)
	}
	if got := count("bo", hubapi.VerbTip, "", 10, "inc-1"); got != 3 {
		t.Errorf("%d of 10 questions of bo were refused, want 3", got)
	}
	if got := count("ana", hubapi.VerbPut, "x", 3, "inc-1", "log", "K"); got != 0 {
		t.Errorf("%d of 3 messages of ana were refused, want 0", got)
	}
	_, err := x.js.CreateStream(t.Context(), jetstream.StreamConfig{Name: hubapi.Stream("inc-1", hubapi.LaneSeal), Subjects: []string{"warroom.inc-1.seal.>"}})
	must(t, err)
	if got := count("wim", hubapi.VerbPut, "x", 5, "inc-1", "seal", "K"); got != 2 {
		t.Errorf("%d of 5 cosignatures of wim were refused, want 2", got)
	}
	if err := hubapi.Refused(x.ask("cy", hubapi.VerbPut, strings.Repeat("x", 5000), "inc-1", "seal", "K")); !errors.Is(err, hubapi.ErrInvalid) {
		t.Errorf("a cosignature of 5,000 bytes: got %v, want %v", err, hubapi.ErrInvalid)
	}
	for i := range 12 {
		if err := x.s.Allow(hubapi.VerbCreate, "bo"); (err != nil) != (i >= 10) {
			t.Errorf("room %d of bo: got %v, want the first 10 allowed", i+1, err)
		}
	}
	x.s.Close()
	x.mu.Lock()
	defer x.mu.Unlock()
	if len(x.lines) != 1 || !strings.Contains(x.lines[0], "bo 4 times (messages)") || !strings.Contains(x.lines[0], "big 2 times (bytes)") {
		t.Errorf("the operator reads %q, want one line about bo and big", x.lines)
	}
}

// TestPresenceIsWhatTheHubKnows: a claimed way and address are replaced, and another's
// handle is not shown.
func TestPresenceIsWhatTheHubKnows(t *testing.T) {
	x := newRig(t, hubapi.Limits{})
	x.s.Open()
	sub, err := x.nc.SubscribeSync("warroom.inc-1.here.>")
	must(t, err)
	must(t, x.nc.Flush())
	for _, data := range []string{`{"handle":"ana","via":"ssh"}`, `rubbish`, `{"handle":"bo","via":"ssh","from":"10.0.0.1"}`} {
		must(t, x.nc.Publish(hubapi.Ask(hubapi.VerbHere, "bo", "7", "inc-1", "K"), []byte(data)))
	}
	m, err := sub.NextMsg(10 * time.Second)
	must(t, err)
	if want := `{"handle":"bo","via":"nats","seq":0,"from":"192.0.2.7:1"}`; string(m.Data) != want || m.Subject != "warroom.inc-1.here.bo.K" {
		t.Errorf("got %s on %s, want %s", m.Data, m.Subject, want)
	}
}

// TestNothingIsAnsweredBeforeOpen, nor to somebody who was revoked.
func TestNothingIsAnsweredBeforeOpen(t *testing.T) {
	x := newRig(t, hubapi.Limits{})
	if err := hubapi.Refused(x.ask("bo", hubapi.VerbTip, "", "inc-1")); err == nil || err.Error() != "the hub is starting" {
		t.Errorf("before it is open: got %v, want that the hub is starting", err)
	}
	x.s.Open()
	if err := hubapi.Refused(x.ask("bo", hubapi.VerbTip, "", "inc-1")); err != nil {
		t.Errorf("when it is open: got %v, want an answer", err)
	}
	if err := hubapi.Refused(x.ask("gone", hubapi.VerbTip, "", "inc-1")); err == nil || !strings.Contains(err.Error(), "revoked") {
		t.Errorf("who was revoked: got %v, want that they were", err)
	}
}

func TestSafeServer(t *testing.T) {
	for v, want := range map[string]bool{"2.9.25": false, "2.11.17": false, "2.12.15": false, "2.14.9": false, "2.14.10": true, "2.14.11": true, "2.15.0": false, "2.15.2": false, "2.15.3": true, "2.15.3-RC.1": false,
		"2.16.0": true, "3.0.0": true, "": false, "dev": false, "2.13.99": false} {
		if got := hubapi.SafeServer(v); got != want {
			t.Errorf("nats-server %q is safe: got %v, want %v", v, got, want)
		}
	}
}

func TestAnswerable(t *testing.T) {
	for reply, want := range map[string]bool{"_INBOX_bo.x": true, "_INBOX_bo.x.1": true, "": false, "_INBOX_bo": false, "_INBOX_bo.": false, "_INBOX_bo.*": false, "_INBOX_bo.>": false, "_INBOX_bo.a b": false,
		"_INBOX_bo..x": false, "_INBOX_ana.x": false, "_INBOX_bo.room.inc-1.live.ana.K": false, "warroom.inc-1.log.bo.K": false, "_INBOX_boo.x": false, "_INBOX_bo." + strings.Repeat("x", 200): false} {
		if got := hubapi.Answerable(&nats.Msg{Reply: reply}, "bo"); got != want {
			t.Errorf("an answer to %q is published: got %v, want %v", reply, got, want)
		}
	}
}

func TestAccess(t *testing.T) {
	open, ab, bc := hubapi.NewAccess(nil, nil), hubapi.NewAccess([]string{"b", "a"}, nil), hubapi.NewAccess([]string{"b", "c"}, []string{"b"})
	for _, x := range []struct {
		a    hubapi.Access
		want string
	}{{open, "abcd"}, {ab, "ab"}, {bc, "c"}, {open.Both(ab), "ab"}, {ab.Both(bc), ""}, {ab.Both(open), "ab"}, {hubapi.Access{Restricted: true}, ""}} {
		got := ""
		for _, h := range []string{"a", "b", "c", "d"} {
			if x.a.Sees(h) {
				got += h
			}
		}
		var c jetstream.StreamConfig
		x.a.Set(&c, "inc-1", hubapi.LaneLog)
		if back := hubapi.AccessOf(c); got != x.want || !back.Equal(x.a) {
			t.Errorf("%+v is seen by %q, want %q; read back it is %+v", x.a, got, x.want, back)
		}
		if private := strings.Contains(c.RePublish.Destination, ".private-live."); private != x.a.Restricted {
			t.Errorf("%+v is published on %s", x.a, c.RePublish.Destination)
		}
	}
}

// TestGrantsDoNotOverlap: no login may subscribe to what another login asks, or to
// what only the hub may receive.
func TestGrantsDoNotOverlap(t *testing.T) {
	for _, r := range []model.Right{model.Watch, model.Write, model.Command, hubapi.Intake} {
		for _, rooms := range [][]string{nil, {"inc-1"}} {
			sub := (hubapi.Grant{Handle: "bo", Right: r, Rooms: rooms, Conn: "7"}).Subscribe()
			for _, s := range append((hubapi.Grant{Handle: "ana", Right: model.Command, Conn: "8"}).Publish(), "warroom.inc-1.log.ana.K", "warroom.inc-1.private-live.ana.K", "warroom.hub.internal.access", "_INBOX_ana.x", "$JS.API.INFO") {
				s = strings.ReplaceAll(s, "*", "inc-1")
				if i := slices.IndexFunc(sub, func(p string) bool { return overlaps(p, s) }); i >= 0 {
					t.Errorf("%s with %v may subscribe to %s by %s", r, rooms, s, sub[i])
				}
			}
		}
	}
}

func overlaps(pattern, subject string) bool {
	p, s := strings.Split(pattern, "."), strings.Split(subject, ".")
	for i := range p {
		if p[i] == ">" {
			return len(s) > i
		}
		if i >= len(s) || p[i] != "*" && p[i] != s[i] {
			return false
		}
	}
	return len(p) == len(s)
}
