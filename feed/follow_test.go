package feed_test

import (
	"fmt"
	"net"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/nats-io/nats.go"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/model"
)

func TestGapsOfTheLiveFeedAreFilled(t *testing.T) {
	a, link := feedtest.Open(t, "ana"), new(faultyLink)
	b := feedtest.With(t, link.through(t, a, "bo"))
	short := feedtest.Declare(t, a)
	sa, sb := feedtest.Enter(t, a, short), feedtest.Enter(t, b, short)
	var n atomic.Int64
	set(&link.loseLive, func() bool { return n.Add(1)%3 != 0 })
	want := lines(60)
	for _, l := range want {
		feedtest.Append(t, sa, l)
	}
	set(&link.loseLive, func() bool { return false })
	feedtest.Append(t, sa, "last")
	once(t, feedtest.Until(t, sb, "all is there", has("last")).Room, append(want, "last"))
	if n.Load() == 0 {
		t.Error("nothing was dropped")
	}
}

// evil publishes a message as only a malicious login would.
func evil(t *testing.T, f *feed.Feed, short string, h nats.Header, data string) {
	t.Helper()
	m := nats.NewMsg(fmt.Sprintf("warroom.%s.log.%s.%s", short, f.Who().Handle, f.Who().Key))
	m.Header, m.Data = h, []byte(data)
	r, err := f.Conn().RequestMsgWithContext(soon(t), m)
	if err != nil {
		t.Fatalf("request msg with context: %v", err)
	}
	t.Logf("stored: %s", r.Data)
}

func TestForgedHeadersAndPoisonDoNotStopOrFool(t *testing.T) {
	data := feedtest.Data(t)
	a := feedtest.With(t, feedtest.Options(t, data, "ana"))
	b := feedtest.With(t, feedtest.Options(t, data, "bo"))
	short := feedtest.Declare(t, a)
	sa, sb := feedtest.Enter(t, a, short), feedtest.Enter(t, b, short)
	feedtest.Append(t, sb, "bo is here")
	for _, st := range []string{"204", "404", "503", "100", "409"} {
		evil(t, b, short, nats.Header{"Status": {st}}, "")
	}
	evil(t, b, short,
		nats.Header{"Nats-Subject": {"warroom." + short + ".log.ana." + a.Who().Key}, "Nats-Sequence": {"9999"},
			"Nats-Stream": {"WARROOM_inc-9"}, "Nats-Time-Stamp": {"2001-01-01T00:00:00Z"}}, "{}")
	raw(t, data, fmt.Sprintf("warroom.%s.log.bo.%s", short, b.Who().Key), "NATS/1.0\r\nno colon here\r\n\r\n", "{}")
	feedtest.Append(t, sa, "ana goes on")
	feedtest.Append(t, sb, "bo goes on")
	va := feedtest.Until(t, sa, "ana sees bo", has("bo goes on"))
	vb := feedtest.Until(t, sb, "bo sees bo", has("bo goes on"))
	if va.Room.Strays != 7 || va.Room.Bad != 0 || va.Proof.Bad != 0 || !va.Proof.Alarm.IsEmpty() {
		t.Errorf("got %d strays, %d bad, alarm %q, want 7, 0 and none", va.Room.Strays, va.Room.Bad, va.Proof.Alarm)
	}
	if va.Room.StateHash() != vb.Room.StateHash() {
		t.Error("two readers have two states")
	}
	// A reader that uses direct get sees the same.
	c := feedtest.With(t, feedtest.Options(t, data, "cy"))
	vc := feedtest.Until(t, feedtest.Enter(t, c, short), "cy sees bo", has("bo goes on"))
	if vc.Room.StateHash() != va.Room.StateHash() || vc.Room.RecordedAt != va.Room.RecordedAt {
		t.Error("a reader of the log and a reader of the live feed have two states")
	}
	bad := 0
	err := c.Events(soon(t), short, 1, func(e *model.Event) error {
		if e.Fault != "" {
			bad++
		}
		if e.RecordedAt.Year() == 2001 || e.Seq == 9999 {
			t.Errorf("entry %d: the publisher's word was taken for the hub's", e.Seq)
		}
		return nil
	})
	if err != nil || bad != 7 {
		t.Errorf("got %d faults, %v, want 7", bad, err)
	}
}

// raw publishes a message with headers that no client library would send.
func raw(t *testing.T, data, subject, hdr, body string) {
	t.Helper()
	socks, err := filepath.Glob(filepath.Join(data, "run", "*"))
	if err != nil || len(socks) == 0 {
		t.Fatalf("no socket: %v, %v", socks, err)
	}
	for _, s := range socks {
		c, err := net.Dial("unix", s)
		if err != nil {
			continue
		}
		defer c.Close()
		fmt.Fprintf(c,
			"CONNECT {\"headers\":true,\"verbose\":false,\"pedantic\":false}\r\nHPUB %s %d %d\r\n%s%s\r\nPING\r\n",
			subject, len(hdr), len(hdr)+len(body), hdr, body)
		buf := make([]byte, 64<<10)
		for got := ""; ; {
			n, err := c.Read(buf)
			if err != nil {
				t.Fatalf("raw publish: %v after %q", err, got)
			}
			if got += string(buf[:n]); len(got) > 6 && got[len(got)-6:] == "PONG\r\n" {
				return
			}
		}
	}
	t.Fatal("no socket answers")
}

func TestAForeignAuthorOnOnesSubjectHasNoEffect(t *testing.T) {
	data := feedtest.Data(t)
	a := feedtest.With(t, feedtest.Options(t, data, "ana"))
	b := feedtest.With(t, feedtest.Options(t, data, "bo"))
	short := feedtest.Declare(t, a)
	sa, sb := feedtest.Enter(t, a, short), feedtest.Enter(t, b, short)
	feedtest.Append(t, sa, "one")
	// bo's newest message again, under ana's name.
	feedtest.Append(t, sb, "bo says")
	evil(t, a, short, nats.Header{}, `{"v":1,"room":"`+sa.RoomID()+`","id":"x","key":"`+a.Who().Key+
		`","n":3,"prev":"","kind":"entry.noted","at":"2026-01-01T00:00:00.000Z","by":"ana","via":"tui",`+
		`"body":{"text":"forged"}}`)
	feedtest.Append(t, sa, "two")
	v := feedtest.Until(t, sb, "two is there", has("two"))
	if has("forged")(v) && v.Room.Strays == 0 {
		t.Error("a forged line was taken for ana's")
	}
	if v.Room.Strays != 1 || v.Room.Bad != 0 {
		t.Errorf("got %d strays and %d bad messages, want 1 and 0: ana's own are complete without it", v.Room.Strays,
			v.Room.Bad)
	}
	for _, l := range v.Room.Lines() {
		if l.By == "ana" && !l.Fault && l.Text.String() == "forged" {
			t.Error("the forged line has an effect")
		}
	}
}

func TestPresence(t *testing.T) {
	data := feedtest.Data(t)
	a := feedtest.With(t, feedtest.Options(t, data, "ana"))
	b := feedtest.With(t, feedtest.Options(t, data, "bo"))
	short := feedtest.Declare(t, a)
	sa, sb := feedtest.Enter(t, a, short), feedtest.Enter(t, b, short)
	bo := func(v *model.View) *model.Presence {
		for _, p := range v.Here {
			if p.Handle == "bo" {
				return &p
			}
		}
		return nil
	}
	feedtest.Until(t, sa, "bo is here", func(v *model.View) bool { return bo(v) != nil })
	sb.Here(true)
	feedtest.Until(t, sa, "bo types", func(v *model.View) bool { p := bo(v); return p != nil && p.Typing })
	sb.Here(false)
	feedtest.Until(t, sa, "bo types no more", func(v *model.View) bool { p := bo(v); return p != nil && !p.Typing })
	// Nobody can send the presence of somebody else.
	if err := b.Conn().Publish("warroom."+short+".here.cy."+b.Who().Key,
		[]byte(`{"handle":"dan","via":"tui","seq":1}`)); err != nil {
		t.Fatalf("publish: %v", err)
	}
	sb.Close()
	v := feedtest.Until(t, sa, "bo is gone", func(v *model.View) bool { return bo(v) == nil })
	if len(v.Here) != 1 {
		t.Errorf("got %v here, want ana alone", v.Here)
	}
	if len(v.Left) != 1 || v.Left[0].Handle != "bo" || v.Left[0].LastSeen.IsZero() {
		t.Errorf("got %v who left, want bo", v.Left)
	}
}
