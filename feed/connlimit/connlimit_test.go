package connlimit_test

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"warroom/feed/connlimit"
)

// fakeListener returns connections from addresses that the test chooses.
type fakeListener struct {
	in chan any // *fakeConn or error
}

func (l *fakeListener) Accept() (net.Conn, error) {
	switch v := (<-l.in).(type) {
	case *fakeConn:
		return v, nil
	case error:
		return nil, v
	}
	return nil, net.ErrClosed
}
func (l *fakeListener) Close() error   { return nil }
func (l *fakeListener) Addr() net.Addr { return &net.TCPAddr{} }

type fakeConn struct {
	net.Conn
	ip string

	mu     sync.Mutex
	closed bool
}

func (c *fakeConn) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.ParseIP(c.ip), Port: 1} }
func (c *fakeConn) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	return nil
}
func (c *fakeConn) isClosed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closed
}

// rig is a limited listener whose accepted connections are in got.
type rig struct {
	*connlimit.Listener
	in  chan any
	got chan net.Conn
}

func newRig(t *testing.T, o connlimit.Options) *rig {
	t.Helper()
	o.Now = time.Now
	r := &rig{in: make(chan any), got: make(chan net.Conn, 1<<14)}
	r.Listener = connlimit.Listen(&fakeListener{in: r.in}, o)
	go func() {
		for {
			c, err := r.Accept()
			if err != nil {
				return
			}
			r.got <- c
		}
	}()
	t.Cleanup(func() { close(r.in) })
	return r
}

// dial connects and returns the client's end and the accepted one, which is nil if the
// connection was refused.
func (r *rig) dial(ip string) (*fakeConn, net.Conn) {
	c := &fakeConn{ip: ip}
	r.in <- c
	synctest.Wait()
	select {
	case nc := <-r.got:
		return c, nc
	default:
		return c, nil
	}
}

// TestIdleConnections: 4,400 connections that never log in keep out neither those that have
// logged in nor other addresses, and they end.
func TestIdleConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var lines []string
		r := newRig(t,
			connlimit.Options{Burst: 8000, Report: func(x connlimit.Report) { lines = append(lines, x.String()) }})
		own, nc := r.dial("192.0.2.7")
		if !connlimit.Admit(nc) {
			t.Fatal("admit the first connection: got false, want true")
		}
		for range 4400 {
			r.dial("198.51.100.1")
		}
		if in, waiting := r.Counts(); in != 1 || waiting != 64 {
			t.Errorf("during the attack: got %d in and %d waiting, want 1 and 64", in, waiting)
		}
		_, nc = r.dial("203.0.113.5")
		if nc == nil || !connlimit.Admit(nc) {
			t.Error("a login from another address during the attack: got refused, want admitted")
		}
		_, nc = r.dial("198.51.100.1")
		if nc == nil || !connlimit.Admit(nc) {
			t.Error("a login from the address of the attack: got refused, want admitted")
		}
		<-time.After(16 * time.Second)
		if in, waiting := r.Counts(); in != 3 || waiting != 0 || own.isClosed() {
			t.Errorf("after the deadline: got %d in, %d waiting, first one closed %v; want 3, 0, false", in, waiting,
				own.isClosed())
		}
		<-time.After(time.Minute)
		synctest.Wait()
		want := "63 connections that never logged in, 4337 connections without a login closed to make room from " +
			"198.51.100.1"
		if len(lines) != 1 || lines[0] != want {
			t.Errorf("reports: got %q, want one: %q", lines, want)
		}
	})
}

// TestManyAddresses: at the total limit, a connection of the address that has the most is
// closed, and one of a known address last.
func TestManyAddresses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, connlimit.Options{Pending: 8, PerAddress: 4})
		_, nc := r.dial("192.0.2.7")
		connlimit.Admit(nc)
		_ = nc.Close()
		known, _ := r.dial("192.0.2.7")
		var heavy []*fakeConn
		for range 3 {
			c, _ := r.dial("198.51.100.1")
			heavy = append(heavy, c)
		}
		for i := range 4 {
			r.dial(fmt.Sprintf("198.51.100.%d", 10+i))
		}
		r.dial("198.51.100.99")
		if !heavy[0].isClosed() || heavy[1].isClosed() {
			t.Errorf("the ninth connection: got closed %v and %v, want the oldest of the address with the most",
				heavy[0].isClosed(), heavy[1].isClosed())
		}
		for i := range 200 {
			r.dial(fmt.Sprintf("2001:db8:0:%x::1", i+1))
		}
		if known.isClosed() {
			t.Error("a connection from a known address: got closed, want open while others can be closed")
		}
	})
}

func TestRateAndMaximum(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got connlimit.Report
		r := newRig(t, connlimit.Options{Rate: 1, Burst: 3, Admitted: 2, Report: func(x connlimit.Report) { got = x }})
		for i := range 5 {
			_, nc := r.dial("2001:db8::" + string(rune('1'+i))) // one network
			if ok := nc != nil; ok != (i < 3) {
				t.Errorf("connection %d of a burst of 3: got accepted %v", i+1, ok)
			}
			if nc != nil {
				connlimit.Failed(nc)
				if ok := connlimit.Admit(nc); ok != (i < 2) {
					t.Errorf("login %d of at most 2: got admitted %v", i+1, ok)
				}
			}
		}
		<-time.After(time.Second)
		if _, nc := r.dial("2001:db8::1"); nc == nil {
			t.Error("a second later: got refused, want accepted")
		}
		r.Flush()
		want := "3 failed logins, 3 connections refused, too many from 2001:db8::"
		if got.String() != want {
			t.Errorf("report: got %q, want %q", got, want)
		}
	})
}

// TestNoFiles: a process that has no file descriptors left closes pending connections and
// keeps accepting.
func TestNoFiles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, connlimit.Options{})
		_, in := r.dial("192.0.2.7")
		connlimit.Admit(in)
		for range 40 {
			r.dial("198.51.100.1")
		}
		r.in <- &net.OpError{Op: "accept", Err: syscall.EMFILE}
		<-time.After(time.Second)
		if n, waiting := r.Counts(); n != 1 || waiting != 24 {
			t.Errorf("out of files: got %d in and %d waiting, want 1 and 24", n, waiting)
		}
		if _, nc := r.dial("192.0.2.8"); nc == nil {
			t.Error("after that: got refused, want accepted")
		}
		r.in <- errors.New("the listener is broken")
	})
}

// TestWithin: a connection is found within its wrappers.
func TestWithin(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("listen: got %v, want no error", err)
	}
	l := connlimit.Listen(ln, connlimit.Options{Now: time.Now})
	defer func() { _ = l.Close() }()
	c, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatalf("dial: got %v, want no error", err)
	}
	defer func() { _ = c.Close() }()
	nc, err := l.Accept()
	if err != nil {
		t.Fatalf("accept: got %v, want no error", err)
	}
	defer func() { _ = nc.Close() }()
	connlimit.Admit(tls.Server(nc, &tls.Config{}))
	if in, waiting := l.Counts(); in != 1 || waiting != 0 {
		t.Errorf("admit through TLS: got %d in and %d waiting, want 1 and 0", in, waiting)
	}
	if !connlimit.Admit(c) {
		t.Error("admit a connection of no listener: got false, want true")
	}
}

func TestBudget(t *testing.T) {
	for _, x := range []struct{ files, ports, limit, admitted, pending int }{
		{0, 3, 4096, 4096, 256},
		{1 << 20, 3, 4096, 4096, 256},
		{4096, 3, 4096, 1045, 149},
		{1024, 2, 4096, 224, 32},
		{64, 3, 4096, 8, 8},
	} {
		if a, p := connlimit.Budget(x.files, x.ports, x.limit); a != x.admitted || p != x.pending {
			t.Errorf("budget of %d files for %d ports: got %d and %d, want %d and %d", x.files, x.ports, a, p,
				x.admitted, x.pending)
		}
	}
	if n := connlimit.Files(); n != 0 && n < 64 {
		t.Errorf("files: got %d, want the system's limit", n)
	}
	if s := (connlimit.Report{Failed: 2, From: 2, TopCount: 1}).String(); !strings.HasPrefix(s,
		"2 failed logins from 2 addresses") {
		t.Errorf("report: got %q", s)
	}
}
