package hub

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"warroom/feed/connlimit"
	"warroom/model"
)

// front is the port for logins. The server does not limit connections that never log in,
// and would count local ones among them. Therefore it listens on an unpublished port of the
// loopback interface, and the front forwards connections to it within the limits of
// connlimit. The address of the front stays the same while the server restarts.
//
// In the PROXY protocol, the front gives the server an alias instead of the peer's address.
// The alias is random, so that other processes on this machine cannot guess one, and a
// login at the server's own port, which could claim any address, is refused.
type front struct {
	ln    *connlimit.Listener
	logf  func(model.Safe)
	where func() (address string, moved <-chan struct{}) // of the server; "" while it restarts
	wg    sync.WaitGroup
	ctx   context.Context
	stop  context.CancelFunc

	each int // max connections per login

	mu    sync.Mutex
	conns map[string]net.Conn // by alias, as the server formats it
}

// frontPorts divides the file descriptors of a process: one half is for logins, the other
// half for the SSH and HTTP ports, which have their own limits.
const frontPorts = 2

// maxLogins is the max number of logged-in connections, if file descriptors allow, and
// maxEach the max per login.
const (
	maxLogins = 4096
	maxEach   = 64
)

// filesEach is the number of file descriptors per connection: its own, both ends of the one
// to the server, and the pipes with which the system copies in each direction.
const filesEach = 7

// newFront listens on an address.
func newFront(address string, now func() time.Time, logf func(model.Safe)) (*front, error) {
	ln, err := net.Listen("tcp", address)
	if err != nil {
		return nil, model.Refuse(model.Conflict,
			"warroom cannot listen on %s (%s); end the program that uses it, or give another address with "+
				"--nats", address, err)
	}
	in, waiting := connlimit.Budget(connlimit.Files(), frontPorts*filesEach, maxLogins)
	f := &front{logf: logf, conns: map[string]net.Conn{}, each: min(maxEach, max(in/4, 4))}
	f.ctx, f.stop = context.WithCancel(context.Background())
	f.ln = connlimit.Listen(ln,
		connlimit.Options{Admitted: in, Pending: waiting, Login: loginWait, Now: now, Report: func(r connlimit.Report) {
			logf(model.Safef("at the port for logins, %s, in the last minute: %s", address, r.String()))
		}})
	return f, nil
}

// loginWait is how long a connection may take to log in. It is longer than [readyWait].
const loginWait = 15 * time.Second

// serve forwards connections until close.
func (f *front) serve() {
	for {
		c, err := f.ln.Accept()
		if err != nil {
			return
		}
		f.wg.Go(func() { f.pass(c) })
	}
}

// pass forwards one connection to the server.
func (f *front) pass(c net.Conn) {
	defer c.Close()
	srv, err := f.dial()
	if err != nil {
		return
	}
	defer srv.Close()
	alias := newAlias(c)
	id := alias.String()
	f.mu.Lock()
	f.conns[id] = c
	f.mu.Unlock()
	defer func() {
		f.mu.Lock()
		delete(f.conns, id)
		f.mu.Unlock()
	}()
	if _, err := io.WriteString(srv, proxyHeader(alias)); err != nil {
		return
	}
	end := context.AfterFunc(f.ctx, func() { _ = c.Close() })
	defer end()
	plain := c
	if l, ok := c.(*connlimit.Conn); ok {
		plain = l.NetConn() // so that the kernel can copy
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = io.Copy(srv, plain) // either end may disconnect
		_ = srv.Close()
	}()
	_, _ = io.Copy(plain, srv) // either end may disconnect
	_ = c.Close()
	<-done
}

// dial connects to the server, and waits for it if it is starting.
func (f *front) dial() (net.Conn, error) {
	ctx, cancel := context.WithTimeout(f.ctx, readyWait)
	defer cancel()
	for {
		address, moved := f.where()
		if address != "" {
			var d net.Dialer
			if c, err := d.DialContext(ctx, "tcp", address); err == nil {
				return c, nil
			}
		}
		select {
		case <-moved:
		case <-time.After(pollEvery):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// newAlias returns a random address that replaces the peer's: in the unique local range of
// IPv6, with the port of the peer.
func newAlias(c net.Conn) *net.TCPAddr {
	ip := make(net.IP, net.IPv6len)
	_, _ = rand.Read(ip) // never returns an error
	ip[0] = 0xfd
	alias := &net.TCPAddr{IP: ip}
	if from, ok := c.RemoteAddr().(*net.TCPAddr); ok {
		alias.Port = from.Port
	}
	return alias
}

// proxyHeader returns the header of version 1 of the PROXY protocol for a connection
// (https://www.haproxy.org/download/2.9/doc/proxy-protocol.txt).
func proxyHeader(alias *net.TCPAddr) string {
	return fmt.Sprintf("PROXY TCP6 %s ::1 %d %d\r\n", alias.IP, alias.Port, alias.Port)
}

// origin returns the peer's address for an alias, or "" if the connection did not come
// through the front.
func (f *front) origin(alias net.Addr) string {
	if c := f.conn(alias); c != nil {
		return c.RemoteAddr().String()
	}
	return ""
}

// named replaces aliases by addresses in a text of the server.
func (f *front) named(text string) string {
	if !strings.Contains(text, ":") {
		return text
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for alias, c := range f.conns {
		host, _, _ := net.SplitHostPort(alias)
		if !strings.Contains(text, host) {
			continue
		}
		real, _, _ := net.SplitHostPort(c.RemoteAddr().String())
		text = strings.NewReplacer("["+host+"]", real, host, real).Replace(text)
	}
	return text
}

// admit counts the connection of an alias as logged in. It reports false if there are too
// many, or if the connection did not come through the front.
func (f *front) admit(alias net.Addr) bool {
	c := f.conn(alias)
	return c != nil && connlimit.Admit(c)
}

// failed counts a failed login.
func (f *front) failed(alias net.Addr) {
	if c := f.conn(alias); c != nil {
		connlimit.Failed(c)
	}
}

func (f *front) conn(alias net.Addr) net.Conn {
	if alias == nil {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.conns[alias.String()]
}

// close ends all connections and waits for their goroutines.
func (f *front) close() {
	_ = f.ln.Close()
	f.stop()
	f.wg.Wait()
	f.ln.Flush()
}

// serverAddress returns the address on which a server listens, or "".
func serverAddress(srv *server.Server) string {
	if srv == nil || srv.Addr() == nil {
		return ""
	}
	return srv.Addr().String()
}
