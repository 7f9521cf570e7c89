package feed_test

import (
	"bufio"
	"context"
	"fmt"
	"hash/crc32"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/model"
)

// TestOutboxOfANewerProgram: an outbox line in an unknown format is moved to another
// file, and the other lines are sent.
func TestOutboxOfANewerProgram(t *testing.T) {
	o := feedtest.Options(t, feedtest.Data(t), "ana")
	f := feedtest.With(t, o)
	short := feedtest.Declare(t, f)
	s := feedtest.Enter(t, f, short)
	feedtest.Append(t, s, "first")
	path := boxFile(o.Data, f, s)
	raw, err := os.ReadFile(path)
	must(t, err)
	must(t, f.Close())
	body := `{"v":2,"letter":{"text":"from tomorrow"}}`
	raw = fmt.Appendf(raw, "%08x %s\n", crc32.Checksum([]byte(body), crc32.MakeTable(crc32.Castagnoli)), body)
	must(t, os.WriteFile(path, raw, 0o600))
	f = feedtest.With(t, o)
	s = feedtest.Enter(t, f, short)
	feedtest.Append(t, s, "second")
	once(t, s.Latest().Room, []string{"first", "second"})
	bad, err := filepath.Glob(path + ".bad-*")
	if err != nil || len(bad) != 1 {
		t.Fatalf("got %v, %v, want one file with the line", bad, err)
	}
	if got, err := os.ReadFile(bad[0]); err != nil || !strings.Contains(string(got), "from tomorrow") {
		t.Errorf("got %q, %v", got, err)
	}
}

// TestDamagedRecord: a damaged replica or checkpoint is renamed, and the room still
// works.
func TestDamagedRecord(t *testing.T) {
	for name, damage := range map[string]func(path string, b []byte) []byte{
		"half a line":   func(_ string, b []byte) []byte { return b[:len(b)-3] },
		"wrong version": func(_ string, b []byte) []byte { return append([]byte("warroom log 9"), b[13:]...) },
		"flipped bit":   func(_ string, b []byte) []byte { b[len(b)/2] ^= 1; return b },
		"empty":         func(string, []byte) []byte { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			o, short, want := filled(t)
			dir := filepath.Join(o.Data, "record", want.ID)
			for _, n := range []string{"log", "checkpoint"} {
				b, err := os.ReadFile(filepath.Join(dir, n))
				must(t, err)
				must(t, os.WriteFile(filepath.Join(dir, n), damage(n, b), 0o600))
			}
			must(t, os.Remove(filepath.Join(dir, "mark")))
			f := feedtest.With(t, o)
			s := feedtest.Enter(t, f, short)
			seq := feedtest.Append(t, s, "it works on")
			if v := s.Latest(); !v.Proof.Alarm.IsEmpty() {
				t.Errorf("alarm %q", v.Proof.Alarm)
			}
			copied(t, o.Data, want.ID, seq)
			if bad, _ := filepath.Glob(filepath.Join(dir, "checkpoint.bad-*")); len(bad) != 1 {
				t.Errorf("the checkpoint is kept in %v", bad)
			}
			if bad, _ := filepath.Glob(filepath.Join(dir, "log.bad-*")); len(bad) != 1 && name != "empty" {
				t.Errorf("the copy is kept in %v", bad)
			}
		})
	}
}

// oldServer starts a server that answers like an old nats-server.
func oldServer(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				_, _ = fmt.Fprintf(c,
					"INFO {\"server_id\":\"OLD\",\"version\":\"2.9.25\",\"max_payload\":1048576,\"headers\":true}\r\n")
				for in := bufio.NewScanner(c); in.Scan(); {
					if strings.HasPrefix(in.Text(), "PING") {
						_, _ = fmt.Fprint(c, "PONG\r\n")
					}
				}
			}()
		}
	}()
	return "nats://" + l.Addr().String()
}

func TestOldServer(t *testing.T) {
	o := feedtest.Options(t, feedtest.Data(t), "ana")
	o.Server = oldServer(t)
	_, err := feed.Open(soon(t), o)
	if model.CodeOf(err) != model.Unreachable ||
		!strings.Contains(err.Error(),
			"is nats-server 2.9.25, which has a flaw that lets a login misuse its answers; it has to be "+
				"2.14.10 or a later 2.14, or 2.15.3 or newer") {
		t.Errorf("got %v", err)
	}
}

// TestServerThatTakesLittle: a message too large for the server is refused, and the next
// one is stored.
func TestServerThatTakesLittle(t *testing.T) {
	srv := feedtest.Server(t, func(o *server.Options) { o.MaxPayload = 8 << 10 })
	o := feedtest.Options(t, feedtest.Data(t), "ana")
	o.Server = srv.ClientURL()
	f := feedtest.With(t, o)
	s := feedtest.Enter(t, f, feedtest.Declare(t, f))
	_, err := s.Append(soon(t), feedtest.Note(strings.Repeat("too much of it ", 530)))
	if model.CodeOf(err) != model.Invalid || !strings.Contains(err.Error(), "the hub does not accept messages of") {
		t.Errorf("got %v", err)
	}
	feedtest.Append(t, s, "little")
	once(t, s.Latest().Room, []string{"little"})
}

// TestServerThatDeniesWriting: a login without permission to write gets an error that
// names who can change that.
func TestServerThatDeniesWriting(t *testing.T) {
	srv := feedtest.Server(t, func(o *server.Options) {
		o.Users = []*server.User{
			{Username: "all", Password: "x"},
			{Username: "reader", Password: "x", Permissions: &server.Permissions{
				Publish: &server.SubjectPermission{Deny: []string{"warroom.*.log.>"}}}},
		}
	})
	as := func(user, handle string) feed.Options {
		o := feedtest.Options(t, feedtest.Data(t), handle)
		o.Server = strings.Replace(srv.ClientURL(), "nats://", "nats://"+user+":x@", 1)
		return o
	}
	f := feedtest.With(t, as("all", "ana"))
	short := feedtest.Declare(t, f)
	sa := feedtest.Enter(t, f, short)
	g := feedtest.With(t, as("reader", "bo"))
	if _, err := sa.Append(soon(t),
		model.Act{Body: &model.KeyAdmitted{Key: g.Who().Key, Handle: "bo", Right: model.Write,
			Origin: "person"}}); err != nil {
		t.Fatalf("append an entry: %v", err)
	}
	s := feedtest.Enter(t, g, short)
	ctx, cancel := context.WithTimeout(soon(t), 30*time.Second)
	defer cancel()
	_, err := s.Append(ctx, feedtest.Note("may I"))
	if err == nil ||
		!strings.Contains(err.Error(), "the server does not let bo write in "+short+
			"; ask the person who invited you") {
		t.Errorf("got %v", err)
	}
}

// TestStreamOfSomebodyElse: a stream with the name of a room and another configuration is
// neither used as a room nor changed.
func TestStreamOfSomebodyElse(t *testing.T) {
	srv := feedtest.Server(t)
	nc, err := nats.Connect(srv.ClientURL())
	must(t, err)
	defer nc.Close()
	js, err := jetstream.New(nc)
	must(t, err)
	_, err = js.CreateStream(soon(t),
		jetstream.StreamConfig{Name: "WARROOM_inc-1", Subjects: []string{"theirs.>"}, MaxMsgs: 3})
	must(t, err)
	o := feedtest.Options(t, feedtest.Data(t), "ana")
	o.Server = srv.ClientURL()
	f := feedtest.With(t, o)
	if short := feedtest.Declare(t, f); short != "inc-2" {
		t.Errorf("declared as %s", short)
	}
	if _, err := f.Enter(soon(t), "inc-1"); model.CodeOf(err) != model.NotFound {
		t.Errorf("entered what is no room: %v", err)
	}
	list, err := f.List(soon(t))
	if err != nil || len(list) != 1 {
		t.Errorf("got %+v, %v", list, err)
	}
	s, err := js.Stream(soon(t), "WARROOM_inc-1")
	must(t, err)
	if c := s.CachedInfo().Config; c.MaxMsgs != 3 || c.Subjects[0] != "theirs.>" || s.CachedInfo().State.Msgs != 0 {
		t.Errorf("their stream was changed: %+v", c)
	}
}
