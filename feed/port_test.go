package feed_test

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/model"
)

// team is a hub with a port. ana hosts it.
type team struct {
	t    *testing.T
	data string
	host *feed.Feed
}

func newTeam(t *testing.T) *team {
	t.Helper()
	x := &team{t: t, data: feedtest.Data(t)}
	o := feedtest.Options(t, x.data, "ana")
	o.Listen = "127.0.0.1:0"
	x.host = feedtest.With(t, o)
	return x
}

// file invites a person and returns the path of the invitation.
func (x *team) file(v feed.Invite) string {
	x.t.Helper()
	text, err := v.Write(soon(x.t), x.data, time.Now)
	if err != nil {
		x.t.Fatalf("write: %v", err)
	}
	path, err := x.remember(text)
	if err != nil {
		x.t.Fatalf("keep an invitation: %v", err)
	}
	return path
}

// remember writes an invitation to a new file.
func (x *team) remember(text string) (path string, err error) {
	path = filepath.Join(feedtest.Data(x.t), "invitation")
	return path, os.WriteFile(path, []byte(text), 0o600)
}

// as returns the options of a person on another machine.
func (x *team) as(file string) feed.Options {
	o := feedtest.Options(x.t, feedtest.Data(x.t), "whoever")
	o.Creds = file
	return o
}

// comes opens a feed for an invited person.
func (x *team) comes(handle string, r model.Right) *feed.Feed {
	x.t.Helper()
	f := feedtest.With(x.t,
		x.as(x.file(feed.Invite{Handle: handle, Right: r, Name: strings.ToUpper(handle), Job: "tester"})))
	if got := f.Who().Handle; got != handle {
		x.t.Fatalf("got in as %s, want %s", got, handle)
	}
	return f
}

func TestInvitedPeopleComeInWithTheirRight(t *testing.T) {
	x := newTeam(t)
	short := feedtest.Declare(t, x.host)
	sa := feedtest.Enter(t, x.host, short)
	bo, wim := x.comes("bo", model.Write), x.comes("wim", model.Watch)
	sb, sw := feedtest.Enter(t, bo, short), feedtest.Enter(t, wim, short)
	feedtest.Append(t, sb, "from afar")
	feedtest.Until(t, sa, "bo's line", has("from afar"))
	v := feedtest.Until(t, sw, "bo's line", has("from afar"))
	m, ok := v.Room.Member(bo.Who().Key)
	if !ok || m.Right != model.Write || m.Via != "invitation" || m.Name != "BO" || m.Job != "tester" {
		t.Errorf("got member %+v", m)
	}
	feedtest.Until(t, sa, "wim is seen", func(v *model.View) bool {
		return slices.ContainsFunc(v.Here, func(p model.Presence) bool { return p.Handle == "wim" })
	})
	if _, err := sw.Append(soon(t), feedtest.Note("no")); model.CodeOf(err) != model.Forbidden {
		t.Errorf("who may watch writes: %v", err)
	}
	rooms, err := wim.List(soon(t))
	if err != nil || len(rooms) != 1 || rooms[0].Short != short {
		t.Errorf("got %v, %v", rooms, err)
	}
	if _, err := wim.Enter(soon(t), "inc-99"); model.CodeOf(err) != model.NotFound {
		t.Errorf("a room that is not there: %v", err)
	}
}

func TestInvitedPeopleDeclare(t *testing.T) {
	x := newTeam(t)
	bo := x.comes("bo", model.Write)
	short := feedtest.Declare(t, bo)
	feedtest.Append(t, feedtest.Enter(t, bo, short), "mine")
	feedtest.Until(t, feedtest.Enter(t, x.host, short), "bo's line", has("mine"))
	wim := x.comes("wim", model.Watch)
	if _, err := wim.Declare(soon(t),
		model.Declaration{Title: "No", Severity: "SEV-1",
			Plan: feedtest.Plan()}); model.CodeOf(err) != model.Forbidden {
		t.Errorf("who may watch declares: %v", err)
	}
}

func TestRestrictedRoomIsHiddenFromInvited(t *testing.T) {
	x := newTeam(t)
	short := feedtest.Declare(t, x.host)
	sa := feedtest.Enter(t, x.host, short)
	bo, mal := x.comes("bo", model.Write), x.comes("mal", model.Command)
	sb, sm := feedtest.Enter(t, bo, short), feedtest.Enter(t, mal, short)
	feedtest.Append(t, sb, "one")
	feedtest.Append(t, sm, "two")
	if _, err := sa.Append(soon(t),
		model.Act{Body: &model.RoomRestricted{Mode: model.RestrictTo, Handles: []string{"bo"},
			Reason: "an insider"}}); err != nil {
		t.Fatalf("append an entry: %v", err)
	}
	feedtest.Append(t, sa, "secret")
	feedtest.Until(t, sb, "bo, who is named", has("secret"))
	v := feedtest.Until(t, sm, "mal is put out", func(v *model.View) bool { return !v.Over.IsEmpty() })
	if has("secret")(v) {
		t.Error("mal reads what came after")
	}
	gone := func() bool {
		rooms, err := mal.List(soon(t))
		return err == nil && len(rooms) == 0
	}
	wait(t, "the room is not in mal's list", gone)
	_, err := mal.Enter(soon(t), short)
	_, none := mal.Enter(soon(t), "inc-99")
	if err == nil || strings.ReplaceAll(err.Error(), short, "inc-99") != none.Error() {
		t.Errorf("the room answers %v, one that is not there %v", err, none)
	}
}

func TestRevokeEndsAnInvitation(t *testing.T) {
	x := newTeam(t)
	short := feedtest.Declare(t, x.host)
	file := x.file(feed.Invite{Handle: "mal", Right: model.Write})
	mal := feedtest.With(t, x.as(file))
	sm := feedtest.Enter(t, mal, short)
	feedtest.Append(t, sm, "hello")
	if _, err := x.host.Revoke(soon(t), "mal", "a stolen laptop"); err != nil {
		t.Fatalf("revoke: %v", err)
	}
	feedtest.Until(t, sm, "mal is out", func(v *model.View) bool {
		return v.Link.State == model.Offline && strings.Contains(v.Link.Problem.String(), "revoked")
	})
	_, err := feed.Open(soon(t), x.as(file))
	if model.CodeOf(err) != model.Forbidden || !strings.Contains(err.Error(), "does not let this login in") {
		t.Errorf("a struck invitation: %v", err)
	}
	if _, err := (feed.Invite{Handle: "mal", Right: model.Watch}).Write(soon(t), x.data,
		time.Now); model.CodeOf(err) != model.Forbidden {
		t.Errorf("mal is invited again: %v", err)
	}
}

func TestInvitationForSomeRooms(t *testing.T) {
	x := newTeam(t)
	one, two := feedtest.Declare(t, x.host), feedtest.Declare(t, x.host)
	f := feedtest.With(t, x.as(x.file(feed.Invite{Handle: "bo", Right: model.Write, Rooms: []string{two}})))
	feedtest.Append(t, feedtest.Enter(t, f, two), "here")
	if _, err := f.Enter(soon(t), one); err == nil || !strings.Contains(err.Error(), "there is no room "+one) {
		t.Errorf("a room that bo was not invited to: %v", err)
	}
	rooms, err := f.List(soon(t))
	if err != nil || len(rooms) != 1 || rooms[0].Short != two {
		t.Errorf("got %v, %v", rooms, err)
	}
}

func TestInvitationSentences(t *testing.T) {
	x := newTeam(t)
	good := x.file(feed.Invite{Handle: "bo", Right: model.Write})
	text, err := os.ReadFile(good)
	if err != nil {
		t.Fatalf("read a file: %v", err)
	}
	with := func(mode os.FileMode, change func(string) string) feed.Options {
		path := filepath.Join(feedtest.Data(t), "i")
		if err := os.WriteFile(path, []byte(change(string(text))), mode); err != nil {
			t.Fatalf("write a file: %v", err)
		}
		return x.as(path)
	}
	same := func(s string) string { return s }
	pin := func(s string) string {
		i := strings.Index(s, "sha256:") + len("sha256:")
		return s[:i] + strings.Repeat("A", 43) + s[i+43:]
	}
	plain := feedtest.Server(t)
	noTLS := with(0o600, same)
	noTLS.Server = strings.Replace(plain.ClientURL(), "nats://", "tls://", 1)
	named := with(0o600, same)
	named.Named = true
	old := with(0o600, same)
	x.file(feed.Invite{Handle: "bo", Right: model.Write})
	for sentence, o := range map[string]feed.Options{
		":4: the invitation is not complete": with(0o600,
			func(s string) string { return strings.Replace(s, "'bo'", "'b o'", 1) }),
		"chmod 600":                         with(0o644, same),
		"is not the one in your invitation": with(0o600, pin),
		"does not use TLS or a login":       noTLS,
		"is for bo, not for whoever":        named,
		"does not let this login in: its invitation was revoked, has ended ": old,
	} {
		ctx, cancel := context.WithTimeout(context.Background(), feedtest.DefaultTimeout)
		f, err := feed.Open(ctx, o)
		cancel()
		if err == nil {
			_ = f.Close()
		}
		if err == nil || !strings.Contains(err.Error(), sentence) {
			t.Errorf("want %q, got %v", sentence, err)
		}
	}
}

// TestClosedBeforeTheLogin: the error for a port that closes connections, as one with too
// many connections does, names that reason.
func TestClosedBeforeTheLogin(t *testing.T) {
	x := newTeam(t)
	o := x.as(x.file(feed.Invite{Handle: "bo", Right: model.Write}))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_ = c.Close()
		}
	}()
	o.Server = "tls://" + l.Addr().String()
	f, err := feed.Open(soon(t), o)
	if err == nil {
		_ = f.Close()
	}
	for _, want := range []string{"closed the connection before the login", "its maximum number of connections"} {
		if model.CodeOf(err) != model.Unreachable || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v (%s), want it unreachable, and %q", err, model.CodeOf(err), want)
		}
	}
}

// wait polls a condition.
func wait(t *testing.T, what string, is func() bool) {
	t.Helper()
	late := time.After(2 * feedtest.DefaultTimeout)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !is() {
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

// TestTooManyConnectionsAreNamed: the error for a login with too many connections names
// that reason.
func TestTooManyConnectionsAreNamed(t *testing.T) {
	x := newTeam(t)
	file := x.file(feed.Invite{Handle: "bo", Right: model.Write})
	n := 0
	for ; n < 70; n++ {
		nc, err := dialRaw(file, "bo", nats.NoReconnect())
		if err != nil {
			break
		}
		t.Cleanup(nc.Close)
	}
	f, err := feed.Open(soon(t), x.as(file))
	if err == nil {
		_ = f.Close()
	}
	if model.CodeOf(err) != model.Forbidden ||
		!strings.Contains(err.Error(), "too many connections are open there or with it") {
		t.Errorf("with %d connections: got %v, want a sentence that names this", n, err)
	}
}
