package feed_test

import (
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/server"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/model"
	"warroom/model/signing"
)

// TestJoinRequestsCannotBeForged: a login with the right "write" sends join requests as bo,
// who has command, on every subject that the hub answers.
func TestJoinRequestsCannotBeForged(t *testing.T) {
	x := newTeam(t)
	short := feedtest.Declare(t, x.host)
	sa := feedtest.Enter(t, x.host, short)
	mal := x.comes("mal", model.Write)
	feedtest.Append(t, feedtest.Enter(t, mal, short), "hello")
	x.file(feed.Invite{Handle: "bo", Right: model.Command})
	key, raw := forgedJoinRequest(t, sa.RoomID(), "bo")
	nc := mal.Conn()
	for _, subject := range []string{"warroom.hub.join.bo.command." + short, "warroom.hub.join.mal.command." + short,
		"warroom.hub.join.mal.write." + short, "warroom." + short + ".gate.command.bo", "warroom." + short + ".door.bo",
		"warroom." + short + ".private-gate.command.bo"} {
		if err := nc.Publish(subject+"."+key, raw); err != nil {
			t.Fatalf("publish to %s: %v", subject, err)
		}
	}
	if err := nc.Flush(); err != nil {
		t.Fatalf("flush: %v", err)
	}
	late := x.comes("late", model.Watch) // admitted after the forged requests
	feedtest.Enter(t, late, short)
	v := feedtest.Until(t, sa, "late is in", func(v *model.View) bool {
		_, in := v.Room.Member(late.Who().Key)
		return in
	})
	if m, in := v.Room.Member(key); in {
		t.Errorf("mal came in as %+v, want not at all", m)
	}
}

// forgedJoinRequest makes a key and its join request for a handle.
func forgedJoinRequest(t *testing.T, room, handle string) (key string, raw []byte) {
	t.Helper()
	pub, priv, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatalf("make a key: %v", err)
	}
	key = signing.KeyText(pub)
	raw, err = json.Marshal(map[string]any{"room": room,
		"sig": ed25519.Sign(priv, fmt.Appendf(nil, "warroom/door/v1\n%s\n%s\n%s", room, handle, key))})
	if err != nil {
		t.Fatalf("encode JSON: %v", err)
	}
	return key, raw
}

// TestForbiddenIsNoOutage: a message that the server denies is refused at once, and does
// not wait as if the hub were down.
func TestForbiddenIsNoOutage(t *testing.T) {
	s := feedtest.Server(t, func(o *server.Options) {
		o.Users = []*server.User{{Username: "ana", Password: "a"},
			{Username: "bo", Password: "b", Permissions: &server.Permissions{
				Publish: &server.SubjectPermission{Deny: []string{"warroom.*.log.>"}}}}}
	})
	as := func(who, word string) feed.Options {
		o := feedtest.Options(t, feedtest.Data(t), who)
		o.Server = strings.Replace(s.ClientURL(), "nats://", "nats://"+who+":"+word+"@", 1)
		return o
	}
	ana, bo := feedtest.With(t, as("ana", "a")), feedtest.With(t, as("bo", "b"))
	short := feedtest.Declare(t, ana)
	sa, sb := feedtest.Enter(t, ana, short), feedtest.Enter(t, bo, short)
	act := model.Act{Body: &model.KeyAdmitted{Key: bo.Who().Key, Handle: "bo", Right: model.Write, Origin: "person"}}
	if _, err := sa.Append(soon(t), act); err != nil {
		t.Fatalf("append an entry: %v", err)
	}
	feedtest.Until(t, sb, "bo is in", func(v *model.View) bool {
		_, in := v.Room.Member(bo.Who().Key)
		return in
	})
	_, err := sb.Append(soon(t), feedtest.Note("no"))
	if model.CodeOf(err) != model.Forbidden || !strings.Contains(err.Error(), "does not let bo write in "+short) {
		t.Errorf("got %v (%s), want a refusal", err, model.CodeOf(err))
	}
	if n := sb.Unsent(); n != 0 {
		t.Errorf("%d drafts wait for what will never be allowed", n)
	}
	feedtest.Append(t, sa, "the hub is well")
	if _, bad := bo.Examine(soon(t)); len(bad) == 0 || !strings.Contains(bad[len(bad)-1].String(), "steward") {
		t.Errorf("doctor says %v, want that nobody lets people in", bad)
	}
}

// TestExamineNamesWhatIsMissing: Examine names each missing permission in one sentence.
func TestExamineNamesWhatIsMissing(t *testing.T) {
	for _, missing := range []string{"$JS.API.DIRECT.GET.>", "$JS.API.STREAM.INFO.>", "warroom.*.here.>"} {
		s := feedtest.Server(t, func(o *server.Options) {
			o.Users = []*server.User{{Username: "bo", Password: "b",
				Permissions: &server.Permissions{Publish: &server.SubjectPermission{Deny: []string{missing}}}}}
		})
		o := feedtest.Options(t, feedtest.Data(t), "bo")
		o.Server = strings.Replace(s.ClientURL(), "nats://", "nats://bo:b@", 1)
		_, bad := feedtest.With(t, o).Examine(soon(t))
		want := strings.TrimSuffix(strings.ReplaceAll(missing, "*", "doctor"), ">")
		if len(bad) != 1 || !strings.Contains(bad[0].String(), "bo may not publish to "+want) {
			t.Errorf("without %s: got %v", missing, bad)
		}
	}
}

// TestUserStoreIsComparedWithTheRooms: access that changed while the port was closed is
// enforced when it opens.
func TestUserStoreIsComparedWithTheRooms(t *testing.T) {
	x := newTeam(t)
	file := x.file(feed.Invite{Handle: "bo", Right: model.Watch})
	one, two := feedtest.Declare(t, x.host), feedtest.Declare(t, x.host)
	restrict := func(f *feed.Feed, short, mode string, names ...string) {
		t.Helper()
		if _, err := feedtest.Enter(t, f, short).Append(soon(t),
			model.Act{Body: &model.RoomRestricted{Mode: mode, Handles: names, Reason: "test"}}); err != nil {
			t.Fatalf("append an entry: %v", err)
		}
	}
	sees := func(want ...string) {
		t.Helper()
		f, err := feed.Open(soon(t), x.as(file))
		if err != nil {
			t.Fatalf("open the feed: %v", err)
		}
		defer f.Close()
		rooms, err := f.List(soon(t))
		var got []string
		for _, r := range rooms {
			got = append(got, r.Short)
		}
		if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("bo sees %v, %v, want %v", got, err, want)
		}
	}
	restrict(x.host, one, model.RestrictTo, "cy")
	sees(two)
	port := x.host.Address()
	if err := x.host.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	portless, err := feed.Open(soon(t), feedtest.Options(t, x.data, "ana"))
	if err != nil {
		t.Fatalf("open the feed: %v", err)
	}
	restrict(portless, one, model.RestrictOff)
	restrict(portless, two, model.RestrictTo, "cy")
	if err := portless.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	o := feedtest.Options(t, x.data, "ana")
	o.Listen = port
	feedtest.With(t, o)
	sees(one)
}
