package feed_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/oklog/ulid/v2"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/model"
	sealed "warroom/model/bundle"
	"warroom/model/signing"
)

// newer is a program of a newer version that writes to a room with its own key.
type newer struct {
	t    *testing.T
	nc   *nats.Conn
	room *model.View
	priv ed25519.PrivateKey
	key  string
	n    uint64
	prev string
}

// newerIn admits a newer program to a room.
func newerIn(t *testing.T, url string, s model.RoomSession) *newer {
	t.Helper()
	pub, priv, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	p := &newer{t: t, priv: priv, key: signing.KeyText(pub)}
	_, err = s.Append(soon(t),
		model.Act{Body: &model.KeyAdmitted{Key: p.key, Handle: "zed", Right: model.Command, Origin: "test"}})
	must(t, err)
	p.room = s.Latest()
	p.nc, err = nats.Connect(url)
	must(t, err)
	t.Cleanup(p.nc.Close)
	return p
}

// publishEvent stores an event of a version and a kind.
func (p *newer) publishEvent(v int, kind model.Kind, body string) {
	p.t.Helper()
	p.n++
	e := model.Event{V: v, Room: p.room.Room.ID, ID: ulid.Make().String(), Key: p.key, N: p.n, Prev: p.prev, Kind: kind,
		At: time.Now(), By: "zed", Via: "tui", Body: json.RawMessage(body)}
	raw, err := e.Encode()
	must(p.t, err)
	raw = append([]byte(`{"mood":"a field of the future",`), raw[1:]...)
	m := nats.NewMsg("warroom." + p.room.Short + ".log.zed." + p.key)
	sig := signing.Sign(p.priv, raw)
	m.Data, m.Header[signing.Header] = raw, []string{sig}
	p.prev = signing.Leaf(sig, raw)
	a, err := p.nc.RequestMsgWithContext(soon(p.t), m)
	must(p.t, err)
	if strings.Contains(string(a.Data), "error") {
		p.t.Fatalf("the server said %s", a.Data)
	}
}

// TestOlderProgramInARoomWithNewerEvents: events of unknown kinds and formats are plain
// lines without effect, the other entries work, and terminals that read them live or from
// the beginning have the same room.
func TestOlderProgramInARoomWithNewerEvents(t *testing.T) {
	x := newExternal(t)
	a := feedtest.With(t, x.options(t, "ana"))
	short := feedtest.Declare(t, a)
	sa := feedtest.Enter(t, a, short)
	feedtest.Append(t, sa, "before")
	z := newerIn(t, x.srv.ClientURL(), sa)
	z.publishEvent(1, model.KindEntryNoted, `{"text":"of today","colour":"red"}`)
	z.publishEvent(1, "weather.changed", `{"to":"rain\u001b[2J"}`)
	z.publishEvent(2, model.KindEntryNoted, `{"text":{"de":"neu"}}`)
	z.publishEvent(2, model.KindSeverityChanged, `{"to":"SEV-2","reason":"means something else by then"}`)
	z.publishEvent(3, "tide.turned", `[1,2,3]`)
	z.publishEvent(1, model.KindEntryNoted, `{"text":"of today again"}`)
	v := feedtest.Until(t, sa, "what is of today", has("of today again"))
	if v.Room.Severity != "SEV-1" || v.Room.Bad != 0 || v.Room.Rejected != 0 || !v.Proof.Alarm.IsEmpty() {
		t.Errorf("severity %s, %d bad, %d void, alarm %q", v.Room.Severity, v.Room.Bad, v.Room.Rejected, v.Proof.Alarm)
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

// plainly checks that unknown events are shown without effect.
func plainly(t *testing.T, r *model.Room) {
	t.Helper()
	want := map[model.Kind]string{
		"weather.changed": `weather.changed (unknown to this warroom, kept) {"to":"rain\u001b[2J"}`,
		"tide.turned":     `tide.turned (format 3, unknown to this warroom, kept) [1,2,3]`,
		model.KindSeverityChanged: `severity.changed (format 2, unknown to this warroom, kept) ` +
			`{"to":"SEV-2","reason":"means something else by then"}`,
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

// publishTombstone stores a tombstone of a newer version.
func (p *newer) publishTombstone(body string) {
	p.t.Helper()
	raw := []byte(strings.ReplaceAll(body, "KEY", p.key))
	m := nats.NewMsg("warroom." + p.room.Short + ".gone.zed." + p.key)
	m.Data, m.Header[signing.Header] = raw, []string{signing.Sign(p.priv, raw)}
	_, err := p.nc.RequestMsgWithContext(soon(p.t), m)
	must(p.t, err)
}

// TestOlderProgramBeforeAHoleOfANewerOne: a message that a newer version removed in an
// unknown way is not an alarm. Terminals ask for a newer version, live and from the
// beginning, and so does verify. Writing still works.
func TestOlderProgramBeforeAHoleOfANewerOne(t *testing.T) {
	x := newExternal(t)
	a := feedtest.With(t, x.options(t, "ana"))
	short := feedtest.Declare(t, a)
	sa := feedtest.Enter(t, a, short)
	feedtest.Append(t, sa, "a password")
	z := newerIn(t, x.srv.ClientURL(), sa)
	z.publishEvent(1, model.KindEntryNoted, `{"text":"of zed"}`)
	v := feedtest.Until(t, sa, "zed's line", has("of zed"))
	var seq uint64
	for _, l := range v.Room.Lines() {
		if l.Text.String() == "a password" {
			seq = l.Seq
		}
	}
	z.publishTombstone(`{"v":2,"kind":"entry.redacted","key":"KEY","what":{"erased":true}}`)
	must(t, a.Delete(soon(t), short, seq))
	feedtest.Append(t, sa, "ana goes on")

	sb := feedtest.Enter(t, feedtest.With(t, newOptions(t, x, "bo")), short)
	vb := feedtest.Until(t, sb, "ana's line", has("ana goes on"))
	if want := "a newer warroom is needed"; !strings.Contains(vb.Proof.Newer.String(), want) ||
		!vb.Proof.Alarm.IsEmpty() || vb.Proof.Bad > 0 {
		t.Errorf("got %q, alarm %q, %d bad; want %q and no alarm", vb.Proof.Newer, vb.Proof.Alarm, vb.Proof.Bad, want)
	}
	ev, err := a.Record(soon(t), short)
	must(t, err)
	ev.KnownCheckpoint = nil
	if err := a.Export(soon(t), short, "test", io.Discard); model.CodeOf(err) != model.Conflict {
		t.Errorf("an export, whose root nobody could tell: got %v, want it refused", err)
	}
	if got := sealed.Verify(ev, sealed.VerifyOptions{}); !got.Sound() || !got.Less ||
		!strings.Contains(fmt.Sprint(got.Lacks), "a newer warroom is needed") {
		t.Errorf("verify: bad %v, lacks %v; want that a newer warroom is needed", got.Bad, got.Lacks)
	}
}

// newOptions returns the options of a terminal that has not seen the room.
func newOptions(t *testing.T, x *external, handle string) feed.Options {
	t.Helper()
	o := feedtest.Options(t, feedtest.Data(t), handle)
	o.Server = x.srv.ClientURL()
	return o
}

// TestHoleOfNobodyIsAnAlarm: the same gap without a tombstone is an alarm.
func TestHoleOfNobodyIsAnAlarm(t *testing.T) {
	x := newExternal(t)
	a := feedtest.With(t, x.options(t, "ana"))
	short := feedtest.Declare(t, a)
	sa := feedtest.Enter(t, a, short)
	feedtest.Append(t, sa, "one")
	feedtest.Append(t, sa, "two")
	must(t, a.Delete(soon(t), short, feedtest.Until(t, sa, "two", has("two")).Room.Seq-1))
	sb := feedtest.Enter(t, feedtest.With(t, newOptions(t, x, "bo")), short)
	v := feedtest.Until(t, sb, "an alarm", func(v *model.View) bool { return !v.Proof.Alarm.IsEmpty() })
	if !v.Proof.Newer.IsEmpty() {
		t.Errorf("got %q; want no word of a newer program", v.Proof.Newer)
	}
}

// TestStraysAreNoAlarm: messages of somebody who was never admitted are shown and
// counted, and do not change the state of the record: live, from the beginning, and in
// verify.
func TestStraysAreNoAlarm(t *testing.T) {
	x := newExternal(t)
	a := feedtest.With(t, x.options(t, "ana"))
	short := feedtest.Declare(t, a)
	sa := feedtest.Enter(t, a, short)
	z := strangerAt(t, x.srv.ClientURL(), sa)
	z.publishEvent(1, model.KindEntryNoted, `{"text":"let me in"}`)
	z.publishEvent(7, "of.future", `{}`)
	for _, subject := range []string{"log.ana." + a.Who().Key, "log.zed." + z.key, "log.a.b.c", "gone.zed." + z.key} {
		m := nats.NewMsg("warroom." + short + "." + subject)
		m.Data = []byte("{garbage")
		_, err := z.nc.RequestMsgWithContext(soon(t), m)
		must(t, err)
	}
	feedtest.Append(t, sa, "ana goes on")
	sb := feedtest.Enter(t, feedtest.With(t, newOptions(t, x, "bo")), short)
	for name, s := range map[string]*feed.RoomSession{"who was there": sa, "who comes later": sb} {
		v := feedtest.Until(t, s, "ana's line", has("ana goes on"))
		if v.Room.Strays != 3 || v.Room.Rejected != 2 || v.Proof.Bad != 0 || !v.Proof.Alarm.IsEmpty() {
			t.Errorf("%s: got %d strays, %d without effect, %d bad, alarm %q; want 3, 2, 0 and none", name,
				v.Room.Strays, v.Room.Rejected, v.Proof.Bad, v.Proof.Alarm)
		}
	}
	ev, err := a.Record(soon(t), short)
	must(t, err)
	if got := sealed.Verify(ev, sealed.VerifyOptions{}); !got.Sound() || got.Less ||
		!strings.Contains(fmt.Sprint(got.Good), "except 6 strays") {
		t.Errorf("verify: bad %v, lacks %v, good %v; want 6 strays and nothing bad", got.Bad, got.Lacks, got.Good)
	}
	bag := exported(t, a, short)
	if !bag.Verify(sealed.VerifyOptions{}).Sound() {
		t.Errorf("an export: bad %v", bag.Verify(sealed.VerifyOptions{}).Bad)
	}
	to := feedtest.Open(t, "cy")
	there, err := to.Import(soon(t), bag)
	must(t, err)
	ev, err = to.Record(soon(t), there)
	must(t, err)
	if got := sealed.Verify(ev, sealed.VerifyOptions{}); !got.Sound() ||
		!strings.Contains(fmt.Sprint(got.Good), "except 6 strays") {
		t.Errorf("an import: bad %v, good %v; want 6 strays and nothing bad", got.Bad, got.Good)
	}
}

// strangerAt returns a program with a key that nobody admits.
func strangerAt(t *testing.T, url string, s model.RoomSession) *newer {
	t.Helper()
	pub, priv, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	nc, err := nats.Connect(url)
	must(t, err)
	t.Cleanup(nc.Close)
	return &newer{t: t, nc: nc, room: s.Latest(), priv: priv, key: signing.KeyText(pub)}
}

// TestCheckpointOfANewerForm: a saved checkpoint in a newer format is not overwritten.
func TestCheckpointOfANewerForm(t *testing.T) {
	o := feedtest.Options(t, feedtest.Data(t), "ana")
	f, err := feed.Open(soon(t), o)
	must(t, err)
	short := feedtest.Declare(t, f)
	s := feedtest.Enter(t, f, short)
	feedtest.Append(t, s, "one")
	path := filepath.Join(o.Data, "record", s.RoomID(), "checkpoint")
	s.Close()
	must(t, f.Close())
	newer := []byte(`{"form":9,"what":"of the future"}`)
	must(t, os.WriteFile(path, newer, 0o600))
	f, err = feed.Open(soon(t), o)
	must(t, err)
	defer f.Close()
	_, err = f.Import(soon(t), exported(t, f, short))
	if err == nil || strings.Contains(err.Error(), "tamper") {
		t.Errorf("got %v; want an import refused", err)
	}
	if bad, _ := filepath.Glob(path + ".bad-*"); len(bad) > 0 {
		t.Errorf("it was put aside into %v", bad)
	}
}
