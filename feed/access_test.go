package feed_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
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
)

// probe reports whether a handle can read a room with a raw connection.
func probe(t *testing.T, nc *nats.Conn, handle, short string) bool {
	t.Helper()
	m, err := nc.Request(hubapi.Ask(hubapi.VerbTip, handle, short), nil, feedtest.DefaultTimeout)
	must(t, err)
	return hubapi.Refused(m) == nil
}

// TestAccessIsInForceWhenAcknowledged: a change of access (restricting or opening a room,
// removing or admitting a person) is acknowledged only after every port enforces it: that
// of the hub, those of the enforcers of every process, and the user store. That also
// holds if the author is another process, or a login.
func TestAccessIsInForceWhenAcknowledged(t *testing.T) {
	t.Parallel()
	x := newTeam(t)
	short := feedtest.Declare(t, x.host)
	dee := feedtest.With(t, feedtest.Options(t, x.data, "dee"))
	cy := x.comes("cy", model.Command)
	mal := x.comes("mal", model.Write)
	feedtest.Append(t, feedtest.Enter(t, mal, short), "inside, with a program that follows the room")
	raw := rawLogin(t, x.file(feed.Invite{Handle: "eve", Right: model.Write}), "eve") // it does not follow the room
	live, err := raw.SubscribeSync("warroom.*.live.>")
	must(t, err)
	must(t, raw.Flush())
	w, w2 := newWatcher(), newWatcher()
	x.host.Guard(w)
	dee.Guard(w2)
	var authors []model.RoomSession
	for _, f := range []*feed.Feed{x.host, dee, cy} {
		s := feedtest.Enter(t, f, short)
		feedtest.Append(t, s, "here")
		authors = append(authors, s)
	}
	named := []string{"ana", "bo", "cy", "dee"}
	const rounds = 200
	for i := range rounds {
		s := authors[i/2%len(authors)]
		b := &model.RoomRestricted{Mode: model.RestrictTo, Handles: named, Reason: "secret of the restriction"}
		if i%2 == 1 {
			b = &model.RoomRestricted{Mode: model.RestrictOff}
		}
		if _, err := s.Append(soon(t), model.Act{Body: b}); err != nil {
			t.Fatalf("round %d, %s by %s: %v", i, b.Mode, s.Who().Handle, err)
		}
		open := i%2 == 1
		if got := probe(t, raw, "eve", short); got != open {
			t.Fatalf("round %d, %s by %s: the hub's port lets eve see it: got %v, want %v", i, b.Mode, s.Who().Handle,
				got, open)
		}
		for name, g := range map[string]*watcher{"the host": w, "another process": w2} {
			g.mu.Lock()
			got := len(g.rooms[short]) == 0
			g.mu.Unlock()
			if got != open {
				t.Fatalf("round %d, %s by %s: the guard of %s has it open: got %v, want %v", i, b.Mode, s.Who().Handle,
					name, got, open)
			}
		}
		peopleJSON, err := os.ReadFile(filepath.Join(x.data, "hub", "people.json"))
		must(t, err)
		var accounts hub.Accounts
		must(t, json.Unmarshal(peopleJSON, &accounts))
		if got := len(accounts.Restricted[short]) == 0; got != open {
			t.Fatalf("round %d, %s by %s: the book has it open: got %v, want %v", i, b.Mode, s.Who().Handle, got, open)
		}
		drain(w.changed)
		drain(w2.changed)
	}
	must(t, raw.Flush())
	for n, _, _ := live.Pending(); n > 0; n-- {
		m, err := live.NextMsg(feedtest.DefaultTimeout)
		must(t, err)
		if strings.Contains(string(m.Data), "secret of the restriction") {
			t.Fatalf("eve, who is not named, received the entry that restricts the room: %s", m.Data)
		}
	}
}

func drain(c chan struct{}) {
	for {
		select {
		case <-c:
		default:
			return
		}
	}
}

// TestNobodyReceivesARestrictedDeclaration: others receive nothing of a restricted room
// and do not learn that it exists: neither its messages, nor presence, nor join requests.
func TestNobodyReceivesARestrictedDeclaration(t *testing.T) {
	x := newTeam(t)
	file := x.file(feed.Invite{Handle: "wim", Right: model.Watch})
	raw := rawLogin(t, file, "wim")
	cmd := rawLogin(t, x.file(feed.Invite{Handle: "cmd", Right: model.Command}), "cmd")
	received := make(chan *nats.Msg, 1000)
	for nc, subjects := range map[*nats.Conn][]string{raw: {"warroom.*.live.>", "warroom.*.here.>", "_INBOX_wim.>",
		"warroom.hub.told"}, cmd: {"warroom.*.live.>", "warroom.*.here.>", "warroom.*.gate.>", "warroom.*.door.>",
		"_INBOX_cmd.>"}} {
		for _, s := range subjects {
			_, err := nc.ChanSubscribe(s, received)
			must(t, err)
		}
		must(t, nc.Flush())
	}
	bo := x.comes("bo", model.Write)
	var shorts []string
	for i, f := range []*feed.Feed{x.host, bo, feedtest.With(t, feedtest.Options(t, x.data, "dee"))} {
		short, err := f.Declare(soon(t),
			model.Declaration{Title: fmt.Sprint("an insider ", i), Severity: "SEV-1", Plan: feedtest.Plan(),
				Restricted: []string{"bo", "ana"}})
		must(t, err)
		shorts = append(shorts, short)
		feedtest.Append(t, feedtest.Enter(t, f, short), "the name of the insider")
		s := feedtest.Enter(t, bo, short)
		feedtest.Append(t, s, "from bo")
		feedtest.Until(t, feedtest.Enter(t, x.host, short), "bo is seen", func(v *model.View) bool {
			return slices.ContainsFunc(v.Here, func(p model.Presence) bool {
				return p.Handle == "bo" && p.Via == hubapi.ViaNetwork && strings.HasPrefix(p.From, "127.0.0.1")
			})
		})
		feedtest.Until(t, s, "bo receives what others write", has("the name of the insider"))
	}
	open := feedtest.Declare(t, x.host)
	feedtest.Append(t, feedtest.Enter(t, x.host, open), "the last line")
	for last := false; !last; {
		select {
		case m := <-received:
			for _, short := range shorts {
				if strings.Contains(m.Subject, "."+short+".") || strings.Contains(string(m.Data), "insider") ||
					strings.Contains(string(m.Data), short) {
					t.Fatalf("received %s: %.300s", m.Subject, m.Data)
				}
			}
			last = strings.Contains(string(m.Data), "the last line")
		case <-time.After(feedtest.DefaultTimeout):
			t.Fatal("the open room is not received, want that it is")
		}
	}
}

// TestRevokedInARoomReceivesNothing: a person whose keys a room revoked can neither read
// it nor receive its messages, even with another program. That holds for this room only,
// and from the acknowledgement on.
func TestRevokedInARoomReceivesNothing(t *testing.T) {
	x := newTeam(t)
	one, two := feedtest.Declare(t, x.host), feedtest.Declare(t, x.host)
	file := x.file(feed.Invite{Handle: "mal", Right: model.Command})
	f := feedtest.With(t, x.as(file))
	feedtest.Append(t, feedtest.Enter(t, f, one), "inside")
	raw := rawLogin(t, file, "mal")
	sub, err := raw.SubscribeSync("warroom.*.live.>")
	must(t, err)
	must(t, raw.Flush())
	s := feedtest.Enter(t, x.host, one)
	act(t, s, ":strike @mal a stolen laptop")
	feedtest.Append(t, s, "secret of one")
	reconnect := func() *nats.Conn {
		nc := rawLogin(t, file, "mal")
		sub, err = nc.SubscribeSync("warroom.*.live.>")
		must(t, err)
		must(t, nc.Flush())
		return nc
	}
	nc := reconnect()
	if probe(t, nc, "mal", one) || !probe(t, nc, "mal", two) {
		t.Errorf("mal sees one: %v, want false; two: %v, want true", probe(t, nc, "mal", one), probe(t, nc, "mal", two))
	}
	feedtest.Append(t, s, "secret of one, again")
	feedtest.Append(t, feedtest.Enter(t, x.host, two), "the last line")
	for {
		m, err := sub.NextMsg(feedtest.DefaultTimeout)
		if err != nil {
			t.Fatalf("the other room is not received: %v", err)
		}
		if strings.Contains(string(m.Data), "secret of one") {
			t.Fatalf("mal received %s", m.Data)
		}
		if strings.Contains(string(m.Data), "the last line") {
			break
		}
	}
	act(t, s, ":right @mal watch")
	if nc := reconnect(); !probe(t, nc, "mal", one) {
		t.Error("mal was let in again, and the hub's port does not let them see the room")
	}
}

// TestOlderTerminalIsNotifiedOnce: a terminal of warroom 0.1, which lists the rooms
// first, gets an error that it is too old.
func TestOlderTerminalIsNotifiedOnce(t *testing.T) {
	x := newTeam(t)
	nc := rawLogin(t, x.file(feed.Invite{Handle: "bo", Right: model.Write}), "bo")
	for _, verb := range []string{hubapi.VerbOldRooms, hubapi.VerbOldMake, hubapi.VerbOldStore} {
		m, err := nc.Request(hubapi.Ask(verb, "bo"), []byte("inc-1"), feedtest.DefaultTimeout)
		must(t, err)
		if want := `"text":"this hub needs a newer warroom`; !strings.Contains(string(m.Data), want) {
			t.Errorf("%s: got %s, want %s", verb, m.Data, want)
		}
	}
}

// TestKeysOfOneLoginAreBounded: a login that asks for many keys to be admitted gets a
// few, and then an error. Other logins are not affected.
func TestKeysOfOneLoginAreBounded(t *testing.T) {
	x := newTeam(t)
	short := feedtest.Declare(t, x.host)
	s := feedtest.Enter(t, x.host, short)
	nc := rawLogin(t, x.file(feed.Invite{Handle: "wim", Right: model.Watch}), "wim")
	refused, err := nc.SubscribeSync("_INBOX_wim.no.>")
	must(t, err)
	const many = 300
	for i := range many {
		key, raw := forgedJoinRequest(t, s.RoomID(), "wim")
		must(t,
			nc.PublishRequest(hubapi.Ask(hubapi.VerbJoin, "wim", "watch", short, key), fmt.Sprint("_INBOX_wim.no.", i),
				raw))
	}
	bo := x.comes("bo", model.Write)
	feedtest.Append(t, feedtest.Enter(t, bo, short), "bo is not held up")
	m, err := refused.NextMsg(feedtest.DefaultTimeout)
	must(t, err)
	if why := hubapi.Refused(m); why == nil || !strings.Contains(why.Error(), "wim") {
		t.Errorf("wim is told %v, want a sentence about wim", why)
	}
	n := 0
	for _, m := range s.Latest().Room.Members {
		if m.Handle == "wim" {
			n++
		}
	}
	if n > 40 {
		t.Errorf("%d of %d keys of wim were admitted, want 40 at most", n, many)
	}
}

// TestRoomsOfOneLoginAreBounded: a login that declares too many rooms gets an error. A
// refused declaration uses up neither a room number nor the limit.
func TestRoomsOfOneLoginAreBounded(t *testing.T) {
	x := newTeam(t)
	bo := x.comes("bo", model.Write)
	for range 12 {
		m, err := bo.Conn().Request(hubapi.Ask(hubapi.VerbCreate, "bo"), []byte(`{"short":"inc-1"}`),
			feedtest.DefaultTimeout)
		if must(t, err); !strings.Contains(string(m.Data), "has to declare it") {
			t.Errorf("a room without a declaration: got %s, want it refused", m.Data)
		}
	}
	for i := range 10 {
		if got, want := feedtest.Declare(t, bo), fmt.Sprintf("inc-%d", i+1); got != want {
			t.Errorf("got the room %s, want %s", got, want)
		}
	}
	for range 3 {
		_, err := bo.Declare(soon(t), model.Declaration{Title: "No", Severity: "SEV-1", Plan: feedtest.Plan()})
		if model.CodeOf(err) != model.Conflict ||
			!strings.HasPrefix(err.Error(), "bo declared too many rooms: one login may declare 10 at once") {
			t.Errorf("got %v (%s), want a refusal", err, model.CodeOf(err))
		}
	}
	if got := feedtest.Declare(t, x.host); got != "inc-11" {
		t.Errorf("got the room %s, want inc-11: what was refused uses up no number", got)
	}
}

// TestRevokedReaderWithoutAKey: a revoked person with a login and without a key in the
// room cannot read it either.
func TestRevokedReaderWithoutAKey(t *testing.T) {
	x := newTeam(t)
	short := feedtest.Declare(t, x.host)
	file := x.file(feed.Invite{Handle: "eve", Right: model.Watch})
	if !probe(t, rawLogin(t, file, "eve"), "eve", short) {
		t.Fatal("eve does not see the open room")
	}
	s := feedtest.Enter(t, x.host, short)
	act(t, s, ":strike @eve a stolen laptop")
	if probe(t, rawLogin(t, file, "eve"), "eve", short) {
		t.Error("eve was revoked in the room, and the hub's port lets them see it")
	}
	if got, want := s.Latest().Room.Line(s.Latest().Room.Seq).Text.String(),
		"eve, who has no key here, is kept out: a stolen laptop"; got != want {
		t.Errorf("the line is %q, want %q", got, want)
	}
}
