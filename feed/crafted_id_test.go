package feed_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/feed/hubapi"
	"warroom/feed/jetlog"
	"warroom/feed/subjects"
	"warroom/model"
	"warroom/model/signing"
)

// craftedIDs are ids of rooms that would lead out of the directories that are named by them.
var craftedIDs = []string{"../../crafted", "../../../crafted", "/crafted", "a/b", "..", ".", "*",
	"01M8JZNH28SVCJME0K4FZVDY3/",
	"01M8JZNH28SVCJME0K4FZVDY3*", "01m8jznh28svcjme0k4fzvdy36", "01M8JZNH28SVCJME0K4FZVDY36A", `a\\b`,
	"C:01M8JZNH28SVCJME0K4FZVDY"}

// newAuthor returns a key, and its public half as in a message.
func newAuthor(t *testing.T) (ed25519.PrivateKey, string) {
	t.Helper()
	pub, priv, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	return priv, signing.KeyText(pub)
}

// declares returns the first message of a room with an id.
func declares(k ed25519.PrivateKey, key, room, handle, hub string) (payload []byte, sig string) {
	return crafted(k, key, room, "01M8JZNH28KX3G9JYGBPYSB5Y1", "incident.declared", handle,
		fmt.Sprintf(`{"title":"x","severity":"SEV-1","hub_key":%q}`, hub))
}

// TestCraftedRoomIDs: a login can only declare a room under a new id, and under no text that
// leads elsewhere. Copies, checkpoints and outboxes of every terminal are kept by id.
func TestCraftedRoomIDs(t *testing.T) {
	x := newTeam(t)
	first := feedtest.Declare(t, x.host)
	session := feedtest.Enter(t, x.host, first)
	feedtest.Append(t, session, "an entry")
	raw := rawLogin(t, x.file(feed.Invite{Handle: "eve", Right: model.Write}), "eve")
	priv, own := newAuthor(t)
	who, err := raw.Request(hubapi.Ask(hubapi.VerbWho, "eve"), nil, feedtest.DefaultTimeout)
	must(t, err)
	ask := func(short, room string) string {
		t.Helper()
		payload, sig := declares(priv, own, room, "eve", string(who.Data))
		body, err := json.Marshal(map[string]any{"short": short, "key": own, "sig": sig, "data": payload})
		must(t, err)
		m, err := raw.Request(hubapi.Ask(hubapi.VerbCreate, "eve"), body, feedtest.DefaultTimeout)
		must(t, err)
		return string(m.Data)
	}
	for _, room := range append(slices.Clone(craftedIDs), session.RoomID()) {
		if got := ask("inc-2", room); !strings.Contains(got, `"why":"invalid"`) {
			t.Errorf("a room with the id %q: got %s, want it refused", room, got)
		}
	}
	const id = "01M8JZNH28SVCJME0K4FZVDY36"
	for i, c := range []struct{ short, want string }{{"inc-2", "{}"}, {"inc-2", `"taken":true`},
		{"inc-3", `"why":"invalid"`}, {"inc-1", `"taken":true`}} {
		if got := ask(c.short, id); !strings.Contains(got, c.want) {
			t.Errorf("request %d, %s with a new id: got %s, want %s", i, c.short, got, c.want)
		}
	}
	feedtest.Append(t, session, "another entry")
	if v := session.Latest(); !v.Proof.Alarm.IsEmpty() {
		t.Errorf("the first room: got the alarm %q, want none", v.Proof.Alarm)
	}
}

// TestRoomsWithCraftedIDs: where nobody checked the first message of a room, a terminal does
// not open the room, and writes nothing outside of its data directory.
func TestRoomsWithCraftedIDs(t *testing.T) {
	url := feedtest.Server(t).ClientURL()
	nc, err := nats.Connect(url)
	must(t, err)
	t.Cleanup(nc.Close)
	js, err := jetstream.New(nc)
	must(t, err)
	priv, own := newAuthor(t)
	above := feedtest.Data(t)
	data := filepath.Join(above, "one", "data")
	must(t, os.MkdirAll(data, 0o700))
	o := feedtest.Options(t, data, "ana")
	o.Server = url
	f := feedtest.With(t, o)
	for i, room := range craftedIDs {
		short := subjects.Numbered(i + 1)
		_, err := js.CreateStream(soon(t), jetlog.RoomStream(short))
		must(t, err)
		payload, sig := declares(priv, own, room, "eve", own)
		m := nats.NewMsg(subjects.Of(short, subjects.Log, "eve", own))
		m.Data, m.Header = payload, nats.Header{hubapi.SigHeader: {sig}}
		_, err = js.PublishMsg(soon(t), m)
		must(t, err)
		if s, err := f.Enter(soon(t), short); err == nil {
			s.Close()
			t.Errorf("a room with the id %q: got it opened, want it refused", room)
		}
		if _, err := f.List(soon(t)); err != nil {
			t.Errorf("the list with a room of the id %q: got %v, want no error", room, err)
		}
	}
	outside := map[string]bool{}
	err = filepath.WalkDir(above, func(path string, _ fs.DirEntry, err error) error {
		if !strings.HasPrefix(path, data) && !strings.HasPrefix(data, path) {
			outside[path] = true
		}
		return err
	})
	if err != nil || len(outside) > 0 {
		t.Errorf("outside of the data directory: got %v, %v, want nothing", slices.Sorted(maps.Keys(outside)), err)
	}
	for _, dir := range []string{"record", "outbox"} {
		if made, err := os.ReadDir(filepath.Join(data, dir)); err == nil && len(made) > 0 {
			t.Errorf("%s: got %v, want nothing of these rooms", dir, made)
		}
	}
}
