package feed_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/oklog/ulid/v2"

	"warroom/feed/feedtest"
	"warroom/model"
	"warroom/model/seal"
)

// newer is a program of the future that writes in a room with a key of its own.
type newer struct {
	t    *testing.T
	nc   *nats.Conn
	room *model.View
	priv ed25519.PrivateKey
	key  string
	n    uint64
	prev string
}

// newerIn lets a newer program into a room.
func newerIn(t *testing.T, url string, s model.Seat) *newer {
	t.Helper()
	pub, priv, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	p := &newer{t: t, priv: priv, key: seal.KeyText(pub)}
	_, err = s.Append(soon(t), model.Act{Body: &model.KeyAdmitted{Key: p.key, Handle: "zed", Right: model.Command, Door: "test"}})
	must(t, err)
	p.room = s.Latest()
	p.nc, err = nats.Connect(url)
	must(t, err)
	t.Cleanup(p.nc.Close)
	return p
}

// say stores a message of a version and a kind.
func (p *newer) say(v int, kind model.Kind, body string) {
	p.t.Helper()
	p.n++
	e := model.Event{V: v, Room: p.room.Room.ID, ID: ulid.Make().String(), Key: p.key, N: p.n, Prev: p.prev, Kind: kind, At: time.Now(), By: "zed", Via: "tui", Body: json.RawMessage(body)}
	raw, err := e.Encode()
	must(p.t, err)
	raw = append([]byte(`{"mood":"a field of the future",`), raw[1:]...)
	m := nats.NewMsg("warroom." + p.room.Short + ".log.zed." + p.key)
	sig := seal.Sign(p.priv, raw)
	m.Data, m.Header[seal.Header] = raw, []string{sig}
	p.prev = seal.Leaf(sig, raw)
	a, err := p.nc.RequestMsgWithContext(soon(p.t), m)
	must(p.t, err)
	if strings.Contains(string(a.Data), "error") {
		p.t.Fatalf("the server said %s", a.Data)
	}
}

// TestOlderProgramInARoomWithNewerEvents: kinds and forms that this program does
// not know are plain lines without effect, what is around them works, and
// terminals that read them live or from the beginning have the same room.
func TestOlderProgramInARoomWithNewerEvents(t *testing.T) {
	x := newExternal(t)
	a := feedtest.With(t, x.options(t, "ana"))
	short := feedtest.Declare(t, a)
	sa := feedtest.Enter(t, a, short)
	feedtest.Append(t, sa, "before")
	z := newerIn(t, x.srv.ClientURL(), sa)
	z.say(1, model.KindEntryNoted, `{"text":"of today","colour":"red"}`)
	z.say(1, "weather.changed", `{"to":"rain\u001b[2J"}`)
	z.say(2, model.KindEntryNoted, `{"text":{"de":"neu"}}`)
	z.say(2, model.KindSeverityChanged, `{"to":"SEV-2","reason":"means something else by then"}`)
	z.say(3, "tide.turned", `[1,2,3]`)
	z.say(1, model.KindEntryNoted, `{"text":"of today again"}`)
	v := feedtest.Until(t, sa, "what is of today", has("of today again"))
	if v.Room.Severity != "SEV-1" || v.Room.Bad != 0 || v.Room.Void != 0 || !v.Proof.Alarm.IsEmpty() {
		t.Errorf("severity %s, %d bad, %d void, alarm %q", v.Room.Severity, v.Room.Bad, v.Room.Void, v.Proof.Alarm)
	}
	plainly(t, v.Room)
	feedtest.Append(t, sa, "and on")
	sb := feedtest.Enter(t, feedtest.With(t, x.options(t, "bo")), short)
	feedtest.Append(t, sb, "bo is here too")
	va := feedtest.Until(t, sa, "bo", has("bo is here too"))
	vb := feedtest.Until(t, sb, "all", func(v *model.View) bool { return v.Room.Seq >= va.Room.Seq })
	va = feedtest.Until(t, sa, "all", func(v *model.View) bool { return v.Room.Seq >= vb.Room.Seq })
	if va.Room.Seq == vb.Room.Seq && va.Room.StateHash() != vb.Room.StateHash() {
		t.Error("two terminals have two rooms")
	}
}

// plainly demands that what is not known is shown, as it is and without effect.
func plainly(t *testing.T, r *model.Room) {
	t.Helper()
	want := map[model.Kind]string{
		"weather.changed":         `weather.changed (not known to this program, kept) {"to":"rain\u001b[2J"}`,
		"tide.turned":             `tide.turned (of form 3, not known to this program, kept) [1,2,3]`,
		model.KindSeverityChanged: `severity.changed (of form 2, not known to this program, kept) {"to":"SEV-2","reason":"means something else by then"}`,
	}
	for _, l := range r.Lines() {
		if w, ok := want[l.Kind]; ok {
			delete(want, l.Kind)
			if l.Text.String() != w || !l.Refused.IsEmpty() {
				t.Errorf("%s is shown as %q (refused %q)\nwant %q", l.Kind, l.Text, l.Refused, w)
			}
		}
	}
	if len(want) > 0 {
		t.Errorf("not shown: %v", want)
	}
}
