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

// policy is a Policy without revoked handles.
type policy struct{}

func (policy) Revoked(handle string) bool { return handle == "gone" }
func (policy) From(string, string) string { return "192.0.2.7:1" }
func (policy) Storing(string, string, string, string, []byte) (func(), error) {
	return nil, nil
}

// Cosigns implements hubapi.Policy: every note is a cosignature, except junk.
func (policy) Cosigns(_, _, _ string, note []byte) (bool, error) { return string(note) != "junk", nil }

// Keys implements hubapi.Policy: every handle has one key, K.
func (policy) Keys(string) (map[string]string, error) {
	return map[string]string{"K": "bo", "A": "ana", "B": "big"}, nil
}

// rig is a service on its own server, with one room.
type rig struct {
	t     *testing.T
	nc    *nats.Conn
	s     *hubapi.Service
	srv   *server.Server
	js    jetstream.JetStream
	mu    sync.Mutex
	lines []string
}

func newRig(t *testing.T, l hubapi.Limits) *rig {
	t.Helper()
	srv, err := server.NewServer(&server.Options{DontListen: true, JetStream: true, StoreDir: t.TempDir(), NoLog: true,
		NoSigs: true})
	must(t, err)
	srv.Start()
	t.Cleanup(func() { srv.Shutdown(); srv.WaitForShutdown() })
	if !srv.ReadyForConnections(10 * time.Second) {
		t.Fatal("the server does not start")
	}
	x := &rig{t: t, srv: srv}
	connect := func() *nats.Conn {
		nc, err := nats.Connect("", nats.InProcessServer(srv))
		must(t, err)
		t.Cleanup(nc.Close)
		return nc
	}
	x.nc = connect()
	x.js, err = jetstream.New(x.nc)
	must(t, err)
	c := jetstream.StreamConfig{Name: hubapi.Stream("inc-1", hubapi.SubjectLog),
		Subjects:    []string{"warroom.inc-1.log.>"},
		AllowDirect: true}
	hubapi.Access{}.Set(&c, "inc-1", hubapi.SubjectLog)
	_, err = x.js.CreateStream(t.Context(), c)
	must(t, err)
	x.s,
		err = hubapi.Listen(hubapi.Config{Conn: x.nc, Readers: []*nats.Conn{connect()}, Policy: policy{}, Limits: l,
		Now: time.Now, Logf: func(s model.Safe) {
			x.mu.Lock()
			defer x.mu.Unlock()
			x.lines = append(x.lines, s.String())
		}})
	must(t, err)
	x.nc = connect() // the requester's
	return x
}

// ask sends a request as a handle, and returns the answer.
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

// TestLimitsOfOneLogin: a login that requests too much receives an explanation, other
// logins are not delayed, and the operator gets one log line.
func TestLimitsOfOneLogin(t *testing.T) {
	l := hubapi.DefaultLimits()
	l.Messages, l.Bytes, l.Questions, l.Notes = hubapi.Limit{Burst: 5}, hubapi.Limit{Burst: 1000},
		hubapi.Limit{Burst: 7}, hubapi.Limit{Burst: 3}
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
	_, err := x.js.CreateStream(t.Context(),
		jetstream.StreamConfig{Name: hubapi.Stream("inc-1", hubapi.SubjectCheckpoints),
			Subjects: []string{"warroom.inc-1.seal.>"}})
	must(t, err)
	if got := count("wim", hubapi.VerbPut, "x", 5, "inc-1", "seal", "K"); got != 2 {
		t.Errorf("%d of 5 cosignatures of wim were refused, want 2", got)
	}
	if err := hubapi.Refused(x.ask("cy", hubapi.VerbPut, strings.Repeat("x", 5000), "inc-1", "seal",
		"K")); !errors.Is(err, hubapi.ErrInvalid) {
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
	if len(x.lines) != 1 || !strings.Contains(x.lines[0], "bo 4 times (messages)") ||
		!strings.Contains(x.lines[0], "big 2 times (bytes)") {
		t.Errorf("the operator reads %q, want one line about bo and big", x.lines)
	}
}

// TestSentencesOfLimits: a refusal announces a retry only for what a terminal sends again
// by itself, and refused presence is answered only in the sender's own inbox.
func TestSentencesOfLimits(t *testing.T) {
	none := hubapi.Limit{}
	l := hubapi.DefaultLimits()
	l.Questions, l.JoinRequests, l.Joins, l.Messages, l.Presence = none, none, none, none, none
	x := newRig(t, l)
	x.s.Open()
	const again = "tries again"
	for _, verb := range []string{hubapi.VerbList, hubapi.VerbEvidence, hubapi.VerbAccess, hubapi.VerbJoin,
		hubapi.VerbCreate} {
		for range 20 {
			if err := x.s.Allow(verb, "bo"); err != nil && strings.Contains(err.Error(), again) {
				t.Errorf("%s: got %q, want no promise that %s", verb, err, again)
			}
		}
	}
	if err := hubapi.Refused(x.ask("bo", hubapi.VerbTip, "", "inc-1")); err == nil ||
		strings.Contains(err.Error(), again) {
		t.Errorf("tip: got %v, want a refusal without a promise that %s", err, again)
	}
	if err := hubapi.Refused(x.ask("bo", hubapi.VerbPut, "x", "inc-1", "log", "K")); err == nil ||
		!strings.Contains(err.Error(), again) {
		t.Errorf("put: got %v, want a refusal and that %s", err, again)
	}
	err := hubapi.Refused(x.ask("bo", hubapi.VerbHere, `{"handle":"bo"}`, "7", "inc-1", "K"))
	if err == nil || !strings.HasPrefix(err.Error(), "others may not see that bo is here") {
		t.Errorf("presence: got %v, want a sentence about it", err)
	}
	sub, err := x.nc.SubscribeSync("_INBOX_ana.>")
	must(t, err)
	here := hubapi.Ask(hubapi.VerbHere, "bo", "7", "inc-1", "K")
	must(t, x.nc.PublishRequest(here, "_INBOX_ana.x", []byte(`{"handle":"bo"}`)))
	if err := hubapi.Refused(x.ask("bo", hubapi.VerbTip, "", "inc-1")); err == nil { // after it
		t.Error("tip: got an answer, want a refusal")
	}
	if n, _, _ := sub.Pending(); n != 0 {
		t.Errorf("presence: %d answers came to the inbox of another, want 0", n)
	}
}

// TestStrays: messages of keys that the room has not admitted are stored within a budget;
// evidence requires any key of its author.
func TestStrays(t *testing.T) {
	l := hubapi.DefaultLimits()
	l.Strays, l.StrayBytes, l.Lookups = hubapi.Limit{Burst: 3}, hubapi.Limit{Burst: 1000}, hubapi.Limit{Burst: 2}
	x := newRig(t, l)
	x.s.Open()
	_, err := x.js.CreateStream(t.Context(), jetstream.StreamConfig{
		Name: hubapi.Stream("inc-1", hubapi.SubjectBlob), Subjects: []string{"warroom.inc-1.blob.>"}})
	must(t, err)
	for _, c := range []struct {
		handle, lane, key string
		size, want        int // want: how many of six are stored
	}{
		{"bo", "log", "K", 10, 6},      // admitted
		{"bo", "blob", "01J", 5000, 6}, // has a key in the room
		{"cy", "log", "K", 10, 3},      // another login's key
		{"di", "log", "S", 600, 1},     // limited by bytes
		{"ed", "blob", "01J", 5000, 0}, // has no key in the room
		{"bo", "log", "S", 10, 3},
		{"bo", "log", "K", 10, 6},
	} {
		taken := 0
		for range 6 {
			if err := hubapi.Refused(x.ask(c.handle, hubapi.VerbPut, strings.Repeat("x", c.size), "inc-1", c.lane,
				c.key)); err == nil {
				taken++
			}
		}
		if taken != c.want {
			t.Errorf("%s puts under %s.%s: got %d of 6 taken, want %d", c.handle, c.lane, c.key, taken, c.want)
		}
	}
	x.s.Admitted("cy", "inc-1", "C")
	if err := hubapi.Refused(x.ask("cy", hubapi.VerbPut, "x", "inc-1", "log", "C")); err != nil {
		t.Errorf("a key that was admitted now: got %v, want it taken", err)
	}
}

// TestPresenceIsWhatTheHubKnows: a claimed origin and address are replaced, and another's
// handle is not shown.
func TestPresenceIsWhatTheHubKnows(t *testing.T) {
	x := newRig(t, hubapi.Limits{})
	x.s.Open()
	sub, err := x.nc.SubscribeSync("warroom.inc-1.here.>")
	must(t, err)
	must(t, x.nc.Flush())
	for _, data := range []string{`{"handle":"ana","via":"ssh"}`, `rubbish`,
		`{"handle":"bo","via":"ssh","from":"10.0.0.1"}`} {
		must(t, x.nc.Publish(hubapi.Ask(hubapi.VerbHere, "bo", "7", "inc-1", "K"), []byte(data)))
	}
	m, err := sub.NextMsg(10 * time.Second)
	must(t, err)
	if want := `{"handle":"bo","via":"nats","seq":0,"from":"192.0.2.7:1"}`; string(m.Data) != want ||
		m.Subject != "warroom.inc-1.here.bo.K" {
		t.Errorf("got %s on %s, want %s", m.Data, m.Subject, want)
	}
}

// TestNothingIsAnsweredBeforeOpen: before Open, and to revoked handles, nothing is
// answered.
func TestNothingIsAnsweredBeforeOpen(t *testing.T) {
	x := newRig(t, hubapi.Limits{})
	if err := hubapi.Refused(x.ask("bo", hubapi.VerbTip, "", "inc-1")); err == nil ||
		err.Error() != "the hub is starting" {
		t.Errorf("before it is open: got %v, want that the hub is starting", err)
	}
	x.s.Open()
	if err := hubapi.Refused(x.ask("bo", hubapi.VerbTip, "", "inc-1")); err != nil {
		t.Errorf("when it is open: got %v, want an answer", err)
	}
	if err := hubapi.Refused(x.ask("gone", hubapi.VerbTip, "", "inc-1")); err == nil ||
		!strings.Contains(err.Error(), "revoked") {
		t.Errorf("who was revoked: got %v, want that they were", err)
	}
}

// TestSilentServer: while the server does not answer, it is unknown who may see a room. A
// request is refused so that it is sent again; it is neither granted nor denied.
func TestSilentServer(t *testing.T) {
	x := newRig(t, hubapi.Limits{})
	x.s.Open()
	must(t, x.srv.DisableJetStream())
	if ok, err := x.s.Sees("bo", "inc-1"); ok || !errors.Is(err, hubapi.ErrUnavailable) {
		t.Errorf("got %t, %v, want unavailable", ok, err)
	}
	if ok, err := x.s.Sees("bo", "inc-1.>"); ok || err != nil {
		t.Errorf("a name that no room has: got %t, %v, want false", ok, err)
	}
	for _, verb := range []string{hubapi.VerbPut, hubapi.VerbGet, hubapi.VerbTip} {
		about := map[string][]string{hubapi.VerbPut: {"inc-1", "log", "K"}, hubapi.VerbGet: {"inc-1", "log"},
			hubapi.VerbTip: {"inc-1"}}[verb]
		m := x.ask("bo", verb, `{"seq":1}`, about...)
		if err := hubapi.Refused(m); !errors.Is(err, hubapi.ErrUnavailable) && m.Header.Get("Status") != "503" {
			t.Errorf("%s: got %q %v, want unavailable", verb, m.Data, err)
		}
	}
}

func TestSafeServer(t *testing.T) {
	for v, want := range map[string]bool{"2.9.25": false, "2.11.17": false, "2.12.15": false, "2.14.9": false,
		"2.14.10": true, "2.14.11": true, "2.15.0": false, "2.15.2": false, "2.15.3": true, "2.15.3-RC.1": false,
		"2.16.0": true, "3.0.0": true, "": false, "dev": false, "2.13.99": false} {
		if got := hubapi.SafeServer(v); got != want {
			t.Errorf("nats-server %q is safe: got %v, want %v", v, got, want)
		}
	}
}

func TestAnswerable(t *testing.T) {
	for reply, want := range map[string]bool{"_INBOX_bo.x": true, "_INBOX_bo.x.1": true, "": false, "_INBOX_bo": false,
		"_INBOX_bo.": false, "_INBOX_bo.*": false, "_INBOX_bo.>": false, "_INBOX_bo.a b": false,
		"_INBOX_bo..x": false, "_INBOX_ana.x": false, "_INBOX_bo.room.inc-1.live.ana.K": false,
		"warroom.inc-1.log.bo.K": false, "_INBOX_boo.x": false, "_INBOX_bo." + strings.Repeat("x", 200): false} {
		if got := hubapi.Answerable(&nats.Msg{Reply: reply}, "bo"); got != want {
			t.Errorf("an answer to %q is published: got %v, want %v", reply, got, want)
		}
	}
}

func TestAccess(t *testing.T) {
	open, ab, bc := hubapi.NewAccess(nil, nil), hubapi.NewAccess([]string{"b", "a"}, nil),
		hubapi.NewAccess([]string{"b", "c"}, []string{"b"})
	for _, x := range []struct {
		a    hubapi.Access
		want string
	}{{open, "abcd"}, {ab, "ab"}, {bc, "c"}, {open.Both(ab), "ab"}, {ab.Both(bc), ""}, {ab.Both(open), "ab"},
		{hubapi.Access{Restricted: true}, ""}} {
		got := ""
		for _, h := range []string{"a", "b", "c", "d"} {
			if x.a.Sees(h) {
				got += h
			}
		}
		var c jetstream.StreamConfig
		x.a.Set(&c, "inc-1", hubapi.SubjectLog)
		if back := hubapi.AccessOf(c); got != x.want || !back.Equal(x.a) {
			t.Errorf("%+v is seen by %q, want %q; read back it is %+v", x.a, got, x.want, back)
		}
		if private := strings.Contains(c.RePublish.Destination, ".private-live."); private != x.a.Restricted {
			t.Errorf("%+v is published on %s", x.a, c.RePublish.Destination)
		}
	}
}

// TestGrantsDoNotOverlap: no login may subscribe to the requests of another login, or to
// what only the hub may receive.
func TestGrantsDoNotOverlap(t *testing.T) {
	for _, r := range []model.Right{model.Watch, model.Write, model.Command, hubapi.Intake} {
		for _, rooms := range [][]string{nil, {"inc-1"}} {
			sub := (hubapi.Grant{Handle: "bo", Right: r, Rooms: rooms, Conn: "7"}).Subscribe()
			for _, s := range append((hubapi.Grant{Handle: "ana", Right: model.Command, Conn: "8"}).Publish(),
				"warroom.inc-1.log.ana.K", "warroom.inc-1.private-live.ana.K", "warroom.hub.internal.access",
				"_INBOX_ana.x", "$JS.API.INFO") {
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
