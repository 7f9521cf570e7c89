package feed_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/feed/jetlog"
	"warroom/model"
	sealed "warroom/model/bundle"
	"warroom/model/signing"
)

// stored are the messages of a stream.
type stored = []*jetstream.RawStreamMsg

// tampering are the changes that an admin of the hub, who has its key, makes to the
// stored messages at a position.
var tampering = map[string]func(t *testing.T, ms stored, at int) stored{
	"delete": func(_ *testing.T, ms stored, at int) stored {
		return slices.Delete(ms, at, at+1)
	},
	"author suffix": func(_ *testing.T, ms stored, at int) stored {
		lane := ms[at].Subject
		return slices.Concat(ms[:at],
			slices.DeleteFunc(slices.Clone(ms[at:]), func(m *jetstream.RawStreamMsg) bool { return m.Subject == lane }))
	},
	"swap": func(_ *testing.T, ms stored, at int) stored {
		ms[at], ms[at+1] = ms[at+1], ms[at]
		return ms
	},
	"truncate": func(_ *testing.T, ms stored, at int) stored { return ms[:at] },
	"bit flip": func(_ *testing.T, ms stored, at int) stored {
		ms[at].Data[len(ms[at].Data)/2] ^= 1
		return ms
	},
	"edited body": func(t *testing.T, ms stored, at int) stored {
		prev := ms[at].Data
		if ms[at].Data = bytes.Replace(prev, []byte("line"), []byte("lie "), 1); bytes.Equal(prev, ms[at].Data) {
			t.Fatalf("nothing to edit in %s", prev)
		}
		return ms
	},
	"replay": func(_ *testing.T, ms stored, at int) stored { return append(ms, ms[at]) },
	"forged key": func(t *testing.T, ms stored, at int) stored {
		priv := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{66}, ed25519.SeedSize))
		var e model.Event
		must(t, json.Unmarshal(ms[at].Data, &e))
		prev := e.Key
		e.Key, e.N, e.Prev = signing.KeyText(priv.Public().(ed25519.PublicKey)), 1, ""
		raw, err := e.Encode()
		must(t, err)
		return slices.Insert(ms, at,
			&jetstream.RawStreamMsg{Subject: strings.ReplaceAll(ms[at].Subject, prev, e.Key), Data: raw,
				Header: nats.Header{signing.Header: {signing.Sign(priv, raw)}}})
	},
}

// rewrite replaces the messages in the live store of a room, under their sequences.
func rewrite(t *testing.T, f *feed.Feed, short string, change func(stored) stored) {
	t.Helper()
	js, err := jetstream.New(f.Conn())
	must(t, err)
	name := "WARROOM_" + short
	str, err := js.Stream(soon(t), name)
	must(t, err)
	info, err := str.Info(soon(t))
	must(t, err)
	var ms stored
	for seq := range info.State.LastSeq {
		m, err := str.GetMsg(soon(t), seq+1)
		must(t, err)
		ms = append(ms, m)
	}
	must(t, js.DeleteStream(soon(t), name))
	_, err = js.CreateStream(soon(t), info.Config)
	must(t, err)
	for _, m := range change(ms) {
		for k := range m.Header {
			if strings.HasPrefix(k, "Nats-") {
				m.Header.Del(k)
			}
		}
		m := &nats.Msg{Subject: m.Subject, Header: m.Header, Data: m.Data}
		_, err := js.PublishMsg(soon(t), m)
		var refused *jetstream.APIError
		if errors.As(err, &refused) && refused.ErrorCode == jetlog.CodeTooLarge { // the hub holds the room already
			_, err = js.UpdateStream(soon(t), info.Config)
			must(t, err)
			_, err = js.PublishMsg(soon(t), m)
		}
		must(t, err)
	}
}

// TestLiveStoreIsTamperedWith: an admin of the hub's machine rewrites the store under the
// running hub. A pinned checkpoint detects every change, and so does a terminal on
// another machine that reconnects, with or without a snapshot.
func TestLiveStoreIsTamperedWith(t *testing.T) {
	t.Parallel()
	a := feedtest.Open(t, "ana")
	t.Run("nothing", func(t *testing.T) { // the same messages stored again are the same log
		b := tamperedWith(t, a, remote(t, a, feedtest.Data(t), "bo"),
			func(_ *testing.T, ms stored, _ int) stored { return ms })
		if v := feedtest.Until(t, b, "it is read",
			func(v *model.View) bool { return v.Room.Seq >= 8 }); !v.Proof.Alarm.IsEmpty() || v.Proof.Bad > 0 {
			t.Errorf("an alarm: %s", v.Proof.Alarm)
		}
	})
	for _, name := range slices.Sorted(maps.Keys(tampering)) {
		ob := remote(t, a, feedtest.Data(t), "bo")
		noticed := func(t *testing.T) {
			b := tamperedWith(t, a, ob, tampering[name])
			feedtest.Until(t, b, "it is noticed",
				func(v *model.View) bool { return !v.Proof.Alarm.IsEmpty() || v.Proof.Bad > 0 || v.Room.Strays > 0 })
		}
		t.Run(name, noticed)
		ob.SnapshotAfter = 2
		t.Run(name+", snapshot", noticed)
	}
}

// tamperedWith makes a room, changes its store, and compares it with a pinned checkpoint.
// It returns the session of a terminal that knew the room before.
func tamperedWith(t *testing.T, a *feed.Feed, ob feed.Options,
	change func(*testing.T, stored, int) stored) *feed.RoomSession {
	t.Helper()
	short := feedtest.Declare(t, a)
	sa := feedtest.Enter(t, a, short)
	b, err := feed.Open(soon(t), ob)
	must(t, err)
	sb := feedtest.Enter(t, b, short)
	room := sb.RoomID()
	for range 3 {
		feedtest.Append(t, sa, "a line of ana")
		feedtest.Append(t, sb, "a line of bo")
	}
	ev, err := a.Record(soon(t), short)
	must(t, err)
	prev := sealed.Verify(ev, sealed.VerifyOptions{})
	copied(t, ob.Data, room, prev.Size)
	sb.Close()
	must(t, b.Close())
	sa.Close()
	pin := []byte(signing.Checkpoint{Room: room, Size: prev.Size, Root: prev.Root}.Text())
	rewrite(t, a, short, func(ms stored) stored { return change(t, ms, len(ms)-3) })

	ev, err = a.Record(soon(t), short)
	must(t, err)
	ev.KnownCheckpoint = nil // this machine is the admin's
	if v := sealed.Verify(ev, sealed.VerifyOptions{Pin: pin}); v.Sound() && !v.Less &&
		!bytes.Equal([]byte(signing.Checkpoint{Room: room, Size: v.Size, Root: v.Root}.Text()), pin) {
		t.Errorf("taken against the checkpoint that was kept; open %v", v.Open)
	}
	if !strings.HasSuffix(t.Name(), "snapshot") { // the same store
		pythonAgrees(t, a, short, pin)
	}
	b, err = feed.Open(soon(t), ob)
	must(t, err)
	t.Cleanup(func() { must(t, b.Close()) })
	return feedtest.Enter(t, b, short)
}
