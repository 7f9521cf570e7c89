package hub_test

import (
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"warroom/feed/hub"
	"warroom/model"
)

// TestIdleConnectionsLockNobodyOut: connections that never log in, many more than
// the port has places for, keep out neither this machine nor logins, and the operator
// reads one line about them.
func TestIdleConnectionsLockNobodyOut(t *testing.T) {
	o := place(t)
	o.Listen = "127.0.0.1:0"
	var mu sync.Mutex
	var lines []string
	o.Logf = func(s model.Safe) {
		mu.Lock()
		defer mu.Unlock()
		lines = append(lines, s.String())
	}
	x := &office{t: t, h: open(t, o)}
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

// TestOlderStoreIsTaken: a store of warroom 0.1 is opened, and marked so that 0.1
// does not open it again.
func TestOlderStoreIsTaken(t *testing.T) {
	o := place(t)
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

// TestWarningsOfOneKindAreOneLine, whatever connection they are of and whatever a
// client wrote into them.
func TestWarningsOfOneKindAreOneLine(t *testing.T) {
	for format, want := range map[string]string{
		`127.0.0.1:1 - cid:26 - "v1:go" - "$G/nkey:U" - Publish Violation - Subject %q`:                       "Publish Violation",
		`127.0.0.1:2 - cid:27 - "v1:go" - "$G/nkey:V" - Subscription Violation - Subject "a - b" - c", SID 1`: "Subscription Violation",
		`127.0.0.1:3 - cid:28 - TLS handshake error: %v`:                                                      "TLS handshake error",
		`JetStream failed to store a msg on stream '%s > %s': %v`:                                             "JetStream failed to store a msg on stream '%s > %s': %v",
	} {
		if got := hub.KindOf(format); got != want {
			t.Errorf("%s is of the kind %q, want %q", format, got, want)
		}
	}
}

// behind dials the server behind the front, as from an address of the caller's choice.
type behind string

func (b behind) Dial(string, string) (net.Conn, error) {
	c, err := net.Dial("tcp", string(b))
	if err == nil {
		_, err = io.WriteString(c, "PROXY TCP4 203.0.113.66 127.0.0.1 4444 4222\r\n")
	}
	return c, err
}

// TestNobodyPassesTheFrontBy: a login does not come in at the server's own port, where
// nothing is bounded and it names its address itself.
func TestNobodyPassesTheFrontBy(t *testing.T) {
	x := newOffice(t)
	v := x.invite(hub.Login{Handle: "bo", Right: model.Write})
	if _, err := enter(t, v, nats.SetCustomDialer(behind(hub.Behind(x.h))), nats.NoReconnect()); !errors.Is(err, nats.ErrAuthorization) {
		t.Errorf("got %v, want %v", err, nats.ErrAuthorization)
	}
	mustEnter(t, v)
}
