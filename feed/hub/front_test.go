package hub_test

import (
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"warroom/feed/hub"
	"warroom/model"
)

// TestIdleConnectionsLockNobodyOut: many more connections than the port accepts, none of
// which logs in, shut out neither this machine nor other logins, and cause one log line.
func TestIdleConnectionsLockNobodyOut(t *testing.T) {
	o := testOptions(t)
	o.Listen = "127.0.0.1:0"
	var mu sync.Mutex
	var lines []string
	o.Logf = func(s model.Safe) {
		mu.Lock()
		defer mu.Unlock()
		lines = append(lines, s.String())
	}
	x := &portHub{t: t, h: open(t, o)}
	x.h.Ready()
	x.owner = dial(t, x.h)
	before := mustEnter(t, x.invite(hub.Login{Handle: "bo", Right: model.Write}))
	late := x.invite(hub.Login{Handle: "late", Right: model.Watch})
	const many = 1500
	for range many {
		c, err := net.Dial("tcp", x.h.Address())
		if err != nil {
			t.Fatalf("connect to %s: %v", x.h.Address(), err)
		}
		t.Cleanup(func() { _ = c.Close() })
	}
	must(t, x.owner.FlushTimeout(5*time.Second))
	must(t, before.FlushTimeout(5*time.Second))
	if n := before.Stats().Reconnects; n != 0 {
		t.Errorf("bo, who was logged in, was put out %d times, want 0", n)
	}
	other := dial(t, x.h)
	must(t, other.FlushTimeout(5*time.Second))
	until(t, "a login comes in", func() bool {
		c, err := enter(t, late, nats.Timeout(5*time.Second))
		return err == nil && c.IsConnected()
	})
	x.h.Close()
	until(t, "the operator reads of it", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return strings.Contains(strings.Join(lines, "\n"), "connections")
	})
	mu.Lock()
	defer mu.Unlock()
	n := 0
	for _, l := range lines {
		if strings.Contains(l, "at the port for logins") {
			n++
		}
	}
	if n != 1 {
		t.Errorf("got %d lines about %d connections, want 1:\n%s", n, many, strings.Join(lines, "\n"))
	}
}

// TestOlderStoreIsTaken: a store of warroom 0.1 is opened, and marked so that 0.1 does not
// open it any more.
func TestOlderStoreIsTaken(t *testing.T) {
	o := testOptions(t)
	h := open(t, o)
	h.Close()
	path := filepath.Join(o.Dir, "form")
	must(t, os.WriteFile(path, []byte("1\n"), 0o600))
	h = open(t, o)
	h.Close()
	if got, err := os.ReadFile(path); err != nil || string(got) != "3\n" {
		t.Errorf("the form is %q, %v; want 3, which warroom 0.1 refuses", got, err)
	}
}

// TestWarningsOfOneKindAreOneLine: warnings are grouped, whatever the connection and
// whatever the client sent.
func TestWarningsOfOneKindAreOneLine(t *testing.T) {
	for _, c := range []struct{ format, want string }{
		{`127.0.0.1:1 - cid:26 - "v1:go" - "$G/nkey:U" - Publish Violation - Subject %q`, "Publish Violation"},
		{`127.0.0.1:2 - cid:27 - "v1:go" - "$G/nkey:V" - Subscription Violation - Subject "a - b" - c", SID 1`,
			"Subscription Violation"},
		{`127.0.0.1:3 - cid:28 - TLS handshake error: %v`, "TLS handshake error"},
		{`JetStream failed to store a msg on stream '%s > %s': %v`,
			"JetStream failed to store a msg on stream '%s > %s': %v"},
	} {
		if got := hub.KindOf(c.format); got != c.want {
			t.Errorf("%s is of the kind %q, want %q", c.format, got, c.want)
		}
	}
}

// backendDialer dials the server behind the front, claiming an address in the PROXY header.
type backendDialer struct{ server, claim string }

func (b backendDialer) Dial(string, string) (net.Conn, error) {
	c, err := net.Dial("tcp", b.server)
	if err == nil {
		host, port, _ := net.SplitHostPort(b.claim)
		_, err = io.WriteString(c, "PROXY TCP4 "+host+" 127.0.0.1 "+port+" 4222\r\n")
	}
	return c, err
}

// TestNobodyPassesTheFrontBy: a login is refused at the server's own port, which has no
// limits and trusts the claimed address, even if it claims the alias of a connection of the
// front.
func TestNobodyPassesTheFrontBy(t *testing.T) {
	x := newPortHub(t)
	v := x.invite(hub.Login{Handle: "bo", Right: model.Write})
	bo := mustEnter(t, v)
	id, err := bo.GetClientID()
	must(t, err)
	if got, want := x.h.From("bo", strconv.FormatUint(id, 10)), bo.LocalAddr(); got != want {
		t.Errorf("the hub has the address %s for bo, want %s", got, want)
	}
	for _, claim := range []string{"203.0.113.66:4444", bo.LocalAddr()} {
		way := nats.SetCustomDialer(backendDialer{hub.BackendAddress(x.h), claim})
		if _, err := enter(t, v, way, nats.NoReconnect()); !errors.Is(err, nats.ErrAuthorization) {
			t.Errorf("as from %s: got %v, want %v", claim, err, nats.ErrAuthorization)
		}
	}
	mustEnter(t, v)
}
