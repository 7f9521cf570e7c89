package feed_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/feed/hub"
	"warroom/feed/hubapi"
	"warroom/model"
	"warroom/model/signing"
)

// crafted signs a message that warroom would not write.
func crafted(k ed25519.PrivateKey, key, room, id, kind, handle, body string) (payload []byte, sig string) {
	payload = fmt.Appendf(nil,
		`{"v":1,"room":%q,"id":%q,"key":%q,"n":1,"prev":"","kind":%q,"at":%q,"by":%q,"via":"tui","body":%s}`, room, id,
		key, kind, time.Now().UTC().Format("2006-01-02T15:04:05.000Z"), handle, body)
	return payload, signing.Sign(k, payload)
}

// TestCraftedDeclarations: the hub accepts the first message of a room from a login only
// if it is a declaration that names this hub. Otherwise a login could use up room
// numbers, occupy the hub, and act as the hub of a room with other members.
func TestCraftedDeclarations(t *testing.T) {
	x := newTeam(t)
	raw := rawLogin(t, x.file(feed.Invite{Handle: "bo", Right: model.Write}), "bo")
	pub, priv, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	own := signing.KeyText(pub)
	who, err := raw.Request(hubapi.Ask(hubapi.VerbWho, "bo"), nil, feedtest.DefaultTimeout)
	must(t, err)
	broken := own[:20] + "\r\n" + own[20:]
	for _, c := range []struct{ name, short, key, hub, breakSig, restricted string }{
		{"a key with a line end", "inc-1", broken, string(who.Data), "", ""},
		{"a signature with a line end", "inc-1", own, string(who.Data), "\r\n", ""},
		{"a hub of the author's own", "inc-1", own, own, "", ""},
		{"no hub", "inc-1", own, "", "", ""},
		{"number 0", "inc-0", own, string(who.Data), "", ""},
		{"a number with a zero before it", "inc-01", own, string(who.Data), "", ""},
		{"a number that skips one", "inc-2", own, string(who.Data), "", ""},
		{"a restricted room with a number that skips one", "inc-2", own, string(who.Data), "", `,"restricted":["bo"]`},
		{"letters for a room that is not restricted", "inc-bcdfgh", own, string(who.Data), "", ""},
		{"too few letters", "inc-bcdfg", own, string(who.Data), "", `,"restricted":["bo"]`},
		{"a word", "inc-secret", own, string(who.Data), "", `,"restricted":["bo"]`},
		{"a wildcard", "inc-*", own, string(who.Data), "", `,"restricted":["bo"]`},
	} {
		payload, sig := crafted(priv, c.key, "01M8JZNH28SVCJME0K4FZVDY36", "01M8JZNH28KX3G9JYGBPYSB5Y1",
			"incident.declared", "bo", fmt.Sprintf(`{"title":"crafted","severity":"SEV-1","hub_key":%q%s}`,
				c.hub, c.restricted))
		body, err := json.Marshal(map[string]any{"short": c.short, "key": c.key, "sig": sig[:9] + c.breakSig + sig[9:],
			"data": payload})
		must(t, err)
		m, err := raw.Request(hubapi.Ask(hubapi.VerbCreate, "bo"), body, feedtest.DefaultTimeout)
		if err != nil {
			t.Errorf("%s: got no answer (%v), want a refusal", c.name, err)
		} else if !strings.Contains(string(m.Data), `"why":"invalid"`) {
			t.Errorf("%s: got %s, want a refusal", c.name, m.Data)
		}
	}
	if rooms, err := x.host.List(soon(t)); err != nil || len(rooms) != 0 {
		t.Errorf("got the rooms %v, %v; want none", rooms, err)
	}
}

// TestNamesOfRestrictedRoomsAreNotGuessed: a login that asks for one name after the other
// does not find out which of them are those of restricted rooms.
func TestNamesOfRestrictedRoomsAreNotGuessed(t *testing.T) {
	x := newTeam(t)
	there, err := x.host.Declare(soon(t), model.Declaration{Title: "An insider", Severity: "SEV-1",
		Plan: feedtest.Plan(), Restricted: []string{"ana", "cy"}})
	must(t, err)
	raw := rawLogin(t, x.file(feed.Invite{Handle: "eve", Right: model.Write}), "eve")
	pub, priv, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	own := signing.KeyText(pub)
	who, err := raw.Request(hubapi.Ask(hubapi.VerbWho, "eve"), nil, feedtest.DefaultTimeout)
	must(t, err)
	ask := func(short string) string {
		t.Helper()
		payload, sig := crafted(priv, own, "01M8JZNH28SVCJME0K4FZVDY36", "01M8JZNH28KX3G9JYGBPYSB5Y1",
			"incident.declared", "eve",
			fmt.Sprintf(`{"title":"x","severity":"SEV-1","hub_key":%q,"restricted":["eve"]}`, who.Data))
		body, err := json.Marshal(map[string]any{"short": short, "key": own, "sig": sig, "data": payload})
		must(t, err)
		m, err := raw.Request(hubapi.Ask(hubapi.VerbCreate, "eve"), body, feedtest.DefaultTimeout)
		must(t, err)
		return string(m.Data)
	}
	for i := range hubapi.DefaultLimits().Rooms.Burst {
		if got := ask(there); !strings.Contains(got, `"taken":true`) {
			t.Fatalf("guess %d: got %s, want that it is taken", i, got)
		}
	}
	missing := "inc-bcdfgh"
	if missing == there {
		missing = "inc-bcdfgj"
	}
	if got, want := ask(there), ask(missing); got != want || !strings.Contains(got, "too many rooms") {
		t.Errorf("got %s for the name of a room and %s for that of none, want the same refusal", got, want)
	}
}

// TestAForgedRestrictionHidesNothing: a restriction with a forged signature, or one that
// is not stored, does not change access.
func TestAForgedRestrictionHidesNothing(t *testing.T) {
	x := newTeam(t)
	short := feedtest.Declare(t, x.host)
	file := x.file(feed.Invite{Handle: "cmd", Right: model.Command})
	cmd := feedtest.With(t, x.as(file))
	session := feedtest.Enter(t, cmd, short)
	feedtest.Append(t, session, "here")
	raw := rawLogin(t, file, "cmd")
	eve := rawLogin(t, x.file(feed.Invite{Handle: "eve", Right: model.Watch}), "eve")
	key := cmd.Who().Key
	seed, err := os.ReadFile(cmd.KeyFile())
	must(t, err)
	seed, err = base64.StdEncoding.DecodeString(strings.TrimSpace(string(seed)))
	must(t, err)
	_, other, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	announce := func(k ed25519.PrivateKey) {
		t.Helper()
		payload, sig := crafted(k, key, session.RoomID(), "01M8JZNH28KX3G9JYGBPYSB5Y2", "room.restricted", "cmd",
			`{"mode":"to","handles":["cmd"],"reason":"x"}`)
		m := nats.NewMsg(hubapi.Ask(hubapi.VerbPut, "cmd", short, hubapi.SubjectLog, key))
		m.Data, m.Header = payload,
			nats.Header{hubapi.SigHeader: {sig}, "Nats-Expected-Last-Subject-Sequence": {"999999"}}
		r, err := raw.RequestMsg(m, feedtest.DefaultTimeout)
		must(t, err)
		if !strings.Contains(string(r.Data), "wrong last sequence") {
			t.Fatalf("got the answer %s, want it not to be stored", r.Data)
		}
	}
	announce(other)
	if !probe(t, eve, "eve", short) {
		t.Error("an entry that is not signed by its author keeps eve from the room")
	}
	announce(ed25519.NewKeyFromSeed(seed))
	feedtest.Soon(t, "eve sees the room again", func() bool { return probe(t, eve, "eve", short) })
}

// TestQuestionFloodDelaysOnlyItsAuthor: a flood of requests by one login does not delay
// the requests of others.
func TestQuestionFloodDelaysOnlyItsAuthor(t *testing.T) {
	x := newTeam(t)
	short := feedtest.Declare(t, x.host)
	eve := rawLogin(t, x.file(feed.Invite{Handle: "eve", Right: model.Watch}), "eve")
	bo := rawLogin(t, x.file(feed.Invite{Handle: "bo", Right: model.Write}), "bo")
	for range 10 {
		for range 1000 {
			must(t,
				eve.PublishRequest(hubapi.Ask(hubapi.VerbAccess, "eve"), "_INBOX_eve.x",
					[]byte(`{"room":"`+short+`"}`)))
		}
		must(t, eve.Flush())
		if _, err := bo.Request(hubapi.Ask(hubapi.VerbList, "bo"), nil, 3*time.Second); err != nil {
			t.Fatalf("bo asks which rooms there are: %v", err)
		}
	}
}

// TestToolsTakeTurns: a tool that sends too much delays only itself.
func TestToolsTakeTurns(t *testing.T) {
	x := newTeam(t)
	began, next := make(chan string), make(chan struct{})
	x.host.TakeAlerts(func(_ context.Context, from, _ string, _ []byte) (any, error) {
		began <- from
		<-next
		return struct{}{}, nil
	})
	hog := rawLogin(t, x.file(feed.Invite{Handle: "hog", Right: hub.Intake}), "hog")
	tool := rawLogin(t, x.file(feed.Invite{Handle: "tool", Right: hub.Intake}), "tool")
	for range 5 {
		must(t, hog.PublishRequest("warroom.intake.hog", "_INBOX_hog.x", []byte("{}")))
	}
	must(t, hog.Flush())
	order := []string{<-began}
	must(t, tool.PublishRequest("warroom.intake.tool", "_INBOX_tool.x", []byte("{}")))
	must(t, tool.Flush())
	if _, err := tool.Request("warroom.intake.tool", []byte("{}"), time.Second); err == nil { // the hub has received it
		t.Fatal("an answer came before its turn")
	}
	for range 3 {
		next <- struct{}{}
		order = append(order, <-began)
	}
	close(next)
	go func() {
		for range began {
		}
	}()
	if !slices.Contains(order[1:3], "tool") {
		t.Errorf("they were read in the order %v, want tool among the first three", order)
	}
}
