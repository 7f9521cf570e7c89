package feed_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/feed/hubapi"
	"warroom/model"
	"warroom/model/signing"
)

// crafter is a login that stores messages of its own making in a room, which continue the
// chain of its key.
type crafter struct {
	t           *testing.T
	f           *feed.Feed
	raw         *nats.Conn
	handle, key string
	priv        ed25519.PrivateKey
}

// crafter lets in a person who crafts messages, to all rooms or to those named.
func (x *team) crafter(handle string, r model.Right, rooms ...string) *crafter {
	x.t.Helper()
	file := x.file(feed.Invite{Handle: handle, Right: r, Rooms: rooms})
	c := &crafter{t: x.t, f: feedtest.With(x.t, x.as(file)), raw: rawLogin(x.t, file, handle), handle: handle}
	text, err := os.ReadFile(c.f.KeyFile())
	must(x.t, err)
	seed, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(text)))
	must(x.t, err)
	c.key, c.priv = c.f.Who().Key, ed25519.NewKeyFromSeed(seed)
	return c
}

// store stores a message. The kind is JSON, and may have escapes.
func (c *crafter) store(short, kind, body string) *nats.Msg {
	c.t.Helper()
	rec, err := c.f.Record(soon(c.t), short)
	must(c.t, err)
	room, n, prev := "", 1, ""
	for _, m := range rec.Messages {
		e, err := model.DecodeEvent(m.Data)
		must(c.t, err)
		if room = e.Room; e.Key == c.key {
			n, prev = n+1, signing.Leaf(m.Sig, m.Data)
		}
	}
	payload := fmt.Appendf(nil,
		`{"v":1,"room":%q,"id":"01M8JZNH28KX3G9JYGBPY%05d","key":%q,"n":%d,"prev":%q,"kind":"%s","at":%q,"by":%q,`+
			`"via":"tui","body":%s}`, room, n, c.key, n, prev, kind,
		time.Now().UTC().Format("2006-01-02T15:04:05.000Z"), c.handle, body)
	m := nats.NewMsg(hubapi.Ask(hubapi.VerbPut, c.handle, short, hubapi.SubjectLog, c.key))
	m.Data, m.Header = payload, nats.Header{hubapi.SigHeader: {signing.Sign(c.priv, payload)}}
	r, err := c.raw.RequestMsg(m, feedtest.DefaultTimeout)
	must(c.t, err)
	return r
}

// TestLoginsDoNotReplaceTheHub: a login cannot record that the log of a room was restored,
// which would revoke the hub's key there for good, even with the right "command".
func TestLoginsDoNotReplaceTheHub(t *testing.T) {
	x := newTeam(t)
	bo := x.crafter("bo", model.Write)
	short := feedtest.Declare(t, bo.f) // who declares a room has the right "command" there
	_, other := newAuthor(t)
	for _, kind := range []string{"log.resumed", `log\u002eresumed`, `\u006Cog.resumed`} {
		r := bo.store(short, kind, fmt.Sprintf(`{"found":"x","size":1,"root":"x","last_seq":1,"hub_key":%q}`, other))
		if hubapi.Refused(r) == nil {
			t.Errorf("%s: got the answer %s, want a refusal", kind, r.Data)
		}
	}
	s := feedtest.Enter(t, x.comes("cy", model.Write), short)
	if _, err := s.Append(soon(t), model.Act{Body: model.NewEntry(model.KindEntryNoted, "hello")}); err != nil {
		t.Errorf("cy, whom the hub admits: got %v, want the note stored", err)
	}
	if n := len(s.Latest().Room.Breaks); n != 0 {
		t.Errorf("got %d restores in the log, want none", n)
	}
}

// TestLoginsDoNotWriteForBridges: a login cannot record what only the bridges of the hub know, not
// even in a room of its own. A delivery determines the channel that later updates go to, and the
// room that messages of a channel come into.
func TestLoginsDoNotWriteForBridges(t *testing.T) {
	x := newTeam(t)
	bo := x.crafter("bo", model.Write)
	short := feedtest.Declare(t, bo.f) // who declares a room has the right "command" there
	for name, c := range map[string]struct{ kind, body string }{
		"a delivery": {"delivery.recorded",
			`{"duty":"slack/opening/C1","bridge":"slack","state":"sent","attempt":1,"ref":"C9/1700000000.000100"}`},
		"a delivery with an escape": {`delivery\u002erecorded`,
			`{"duty":"page/security","bridge":"pagerduty","state":"sent"}`},
		"an answer of PagerDuty": {"page.answered",
			`{"purpose":"security","bridge":"pagerduty","state":"acknowledged","who":"Ana K."}`},
		"an answer of PagerDuty in capitals": {"page.answered",
			`{"purpose":"security","BRIDGE":"pagerduty","state":"acknowledged","who":"Ana K."}`},
		"a message of Slack": {"entry.noted", `{"text":"I agree","over":"slack","from":"ana (U1)","ref":"C1/1.1"}`},
		"a line of the hub":  {"decision.made", `{"text":"x","Over":"hub","from":"warroom","ref":"cut slack x 1"}`},
	} {
		if r := bo.store(short, c.kind, c.body); hubapi.Refused(r) == nil {
			t.Errorf("%s: got the answer %s, want a refusal", name, r.Data)
		}
	}
	r := bo.store(short, "entry.noted", `{"text":"over and out"}`)
	if hubapi.Refused(r) != nil || !strings.Contains(string(r.Data), "seq") {
		t.Errorf("a note: got the answer %s, want it stored", r.Data)
	}
	if room := feedtest.Enter(t, bo.f, short).Latest().Room; len(room.Deliveries)+len(room.Pages) != 0 {
		t.Errorf("got %d deliveries and %d pages, want none", len(room.Deliveries), len(room.Pages))
	}
}

// TestRelationsReachNoHiddenRoom: the hub does not write into a room what was stated by a person
// who may not see it. A terminal refuses such a relation, but a login can store it.
func TestRelationsReachNoHiddenRoom(t *testing.T) {
	for name, c := range map[string]struct {
		hide bool // the other room is restricted to others
		only bool // the login is for its own room
		want int  // relations that the hub writes
	}{
		"seen by all":      {want: 1},
		"restricted":       {hide: true},
		"of another login": {only: true},
	} {
		t.Run(name, func(t *testing.T) {
			x := newTeam(t)
			one, two := feedtest.Declare(t, x.host), feedtest.Declare(t, x.host)
			rooms := []string{}
			if c.only {
				rooms = append(rooms, two)
			}
			bo := x.crafter("bo", model.Write, rooms...)
			feedtest.Append(t, feedtest.Enter(t, bo.f, two), "bo is here")
			if !c.only {
				feedtest.Append(t, feedtest.Enter(t, bo.f, one), "and here")
			}
			first := feedtest.Enter(t, x.host, one)
			if c.hide {
				_, err := first.Append(soon(t), model.Act{Body: &model.RoomRestricted{Mode: model.RestrictTo,
					Handles: []string{"cy"}, Reason: "x"}})
				must(t, err)
			}
			r := bo.store(two, "incident.linked", fmt.Sprintf(`{"system":"warroom","url":"https://warroom.invalid/x",`+
				`"title":"related to","relation":"related_to","room":%q,"room_id":%q,"reason":"from outside"}`, one,
				first.RoomID()))
			if hubapi.Refused(r) != nil || !strings.Contains(string(r.Data), "seq") {
				t.Fatalf("got the answer %s, want it stored", r.Data)
			}
			feed.Relate(soon(t), x.host)
			if got := relations(t, x.host, one); len(got) != c.want {
				t.Errorf("got the relations %q, want %d", got, c.want)
			}
		})
	}
}

// TestEscapedKindsChangeAccess: an entry that changes access is enforced however its JSON is
// written.
func TestEscapedKindsChangeAccess(t *testing.T) {
	for name, c := range map[string]struct{ kind, body string }{
		"restricted": {`room\u002erestricted`, `{"mode":"to","handles":["bo"],"reason":"x"}`},
		"revoked":    {`key.s\u0074ruck`, `{"handle":"eve","reason":"x"}`},
	} {
		t.Run(name, func(t *testing.T) {
			x := newTeam(t)
			bo := x.crafter("bo", model.Write)
			short := feedtest.Declare(t, bo.f)
			file := x.file(feed.Invite{Handle: "eve", Right: model.Watch})
			feedtest.Enter(t, feedtest.With(t, x.as(file)), short)
			eve := rawLogin(t, file, "eve")
			if !probe(t, eve, "eve", short) {
				t.Fatal("before: got the room hidden from eve, want it seen")
			}
			r := bo.store(short, c.kind, c.body)
			if hubapi.Refused(r) != nil || !strings.Contains(string(r.Data), "seq") {
				t.Fatalf("got the answer %s, want it stored", r.Data)
			}
			feedtest.Soon(t, "the room is hidden from eve", func() bool {
				m, err := eve.Request(hubapi.Ask(hubapi.VerbTip, "eve", short), nil, time.Second)
				// The connection of somebody who was revoked may end before the answer.
				return err == nil && hubapi.Refused(m) != nil || err != nil && !eve.IsConnected()
			})
		})
	}
}
