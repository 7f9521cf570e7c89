package faults_test

import (
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"warroom/feed/feedtest"
)

// forwarder forwards TCP connections from a fixed address to a target that can be
// changed.
type forwarder struct {
	listener net.Listener
	wg       sync.WaitGroup

	mu       sync.Mutex
	target   string
	accepted int
	conns    map[net.Conn]bool
}

// newForwarder starts a forwarder without a target, and closes it at the end of the test.
func newForwarder(t *testing.T) *forwarder {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("listen: %v", err)
	}
	f := &forwarder{listener: l, conns: map[net.Conn]bool{}}
	f.wg.Go(f.serve)
	t.Cleanup(func() {
		_ = l.Close() // ends serve
		f.retarget("")
		f.wg.Wait()
	})
	return f
}

// address returns the address for clients.
func (f *forwarder) address() string { return f.listener.Addr().String() }

// connections returns how many connections were accepted.
func (f *forwarder) connections() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.accepted
}

// retarget closes all connections; later ones go to the new target. Without a target they
// are closed at once.
func (f *forwarder) retarget(target string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.target = target
	for c := range f.conns {
		_ = c.Close() // the peer sees the end
	}
}

func (f *forwarder) serve() {
	for {
		c, err := f.listener.Accept()
		if err != nil {
			return
		}
		f.mu.Lock()
		f.accepted++
		f.mu.Unlock()
		f.wg.Go(func() { f.forward(c) })
	}
}

// forward connects a client to the target until one of them closes.
func (f *forwarder) forward(client net.Conn) {
	defer client.Close()
	f.mu.Lock()
	target := f.target
	f.mu.Unlock()
	if target == "" {
		return
	}
	server, err := net.DialTimeout("tcp", target, time.Second)
	if err != nil {
		return
	}
	defer server.Close()
	if !f.add(target, client, server) {
		return
	}
	defer f.remove(client, server)
	f.wg.Go(func() { pass(server, client) })
	pass(client, server)
}

// add records connections. It reports false if the target was changed in between.
func (f *forwarder) add(target string, conns ...net.Conn) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.target != target {
		return false
	}
	for _, c := range conns {
		f.conns[c] = true
	}
	return true
}

func (f *forwarder) remove(conns ...net.Conn) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range conns {
		delete(f.conns, c)
	}
}

// pass copies one direction and then closes both ends. It forwards a reset as a reset.
func pass(to, from net.Conn) {
	_, err := io.Copy(to, from)
	if tcp, ok := to.(*net.TCPConn); ok && errors.Is(err, syscall.ECONNRESET) {
		_ = tcp.SetLinger(0) // otherwise it would arrive as an ordinary end
	}
	_ = to.Close()
	_ = from.Close()
}

// TestForwarder: the address stays when the target changes, and open connections are
// closed.
func TestForwarder(t *testing.T) {
	f := newForwarder(t)
	ask := func(want string) net.Conn {
		t.Helper()
		c, err := net.Dial("tcp", f.address())
		if err != nil {
			t.Fatalf("dial: %v", err)
		}
		t.Cleanup(func() { _ = c.Close() })
		got := make([]byte, len(want))
		_ = c.SetReadDeadline(time.Now().Add(feedtest.DefaultTimeout))
		if _, err := io.ReadFull(c, got); err != nil || string(got) != want {
			t.Fatalf("got %q, %v, want %q", got, err, want)
		}
		return c
	}
	ask("") // closed at once, because there is no target
	first := greetingServer(t, "one")
	f.retarget(first)
	c := ask("one")
	f.retarget(greetingServer(t, "two"))
	if n, err := c.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("got %d bytes, %v, want the end of the connection to the old target", n, err)
	}
	ask("two")
	if got := f.connections(); got != 3 {
		t.Errorf("got %d connections, want 3", got)
	}
}

// greetingServer starts a server that sends a text and keeps the connection open.
func greetingServer(t *testing.T, text string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("listen: %v", err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { _ = c.Close() })
			_, _ = io.WriteString(c, text)
		}
	}()
	return l.Addr().String()
}
