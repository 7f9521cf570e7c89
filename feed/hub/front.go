package hub

import (
	"context"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"warroom/feed/connlimit"
	"warroom/model"
)

// front is the port at which logins come in. The server has no bounds for
// connections that never log in, and counts the ones of this machine among them; so
// the server listens on a port of the loopback interface that it publishes nowhere, and the
// front passes connections on to it, within the bounds of connlimit. It keeps its
// address while the server is restarted. The server receives the other end's address
// by the PROXY protocol.
type front struct {
	ln    *connlimit.Listener
	logf  func(model.Safe)
	where func() (address string, moved <-chan struct{}) // of the server; "" while it is restarted
	wg    sync.WaitGroup
	ctx   context.Context
	stop  context.CancelFunc

	each int // connections of one login

	mu    sync.Mutex
	conns map[string]net.Conn // by the address of the other end
}

// frontPorts is how many ports of a process share its files: SSH, NATS and HTTP.
const frontPorts = 3

// maxLogins is how many connections of logins there may be, where files allow, and
// maxEach how many of them one login may have.
const (
	maxLogins = 4096
	maxEach   = 64
)

// filesEach is how many files a connection takes: its own, the one to the server and
// its other end there, and the pipes by which the system copies each way.
const filesEach = 7

// newFront listens at an address.
func newFront(address string, now func() time.Time, logf func(model.Safe)) (*front, error) {
	ln, err := net.Listen("tcp", address)
	if err != nil {
		return nil, model.Refuse(model.Conflict, "%s cannot be listened to (%s); end what uses it, or give another address with --nats", address, err)
	}
	in, waiting := connlimit.Budget(connlimit.Files(), frontPorts*filesEach, maxLogins)
	f := &front{logf: logf, conns: map[string]net.Conn{}, each: min(maxEach, max(in/4, 4))}
	f.ctx, f.stop = context.WithCancel(context.Background())
	f.ln = connlimit.Listen(ln, connlimit.Options{Admitted: in, Pending: waiting, Login: loginWait, Now: now, Report: func(r connlimit.Report) {
		logf(model.Safef("at the port for logins, %s, in the last minute: %s", address, r.String()))
	}})
	return f, nil
}

// loginWait is how long a connection may take to log in: longer than [readyWait].
const loginWait = 15 * time.Second

// serve passes connections on until close.
func (f *front) serve() {
	for {
		c, err := f.ln.Accept()
		if err != nil {
			return
		}
		f.wg.Go(func() { f.pass(c) })
	}
}

// pass connects one connection with the server.
func (f *front) pass(c net.Conn) {
	defer c.Close()
	srv, err := f.dial()
	if err != nil {
		return
	}
	defer srv.Close()
	if _, err := io.WriteString(srv, proxyHeader(c)); err != nil {
		return
	}
	id := c.RemoteAddr().String()
	f.mu.Lock()
	f.conns[id] = c
	f.mu.Unlock()
	defer func() {
		f.mu.Lock()
		delete(f.conns, id)
		f.mu.Unlock()
	}()
	end := context.AfterFunc(f.ctx, func() { _ = c.Close() })
	defer end()
	plain := c
	if l, ok := c.(*connlimit.Conn); ok {
		plain = l.NetConn() // so that the system copies, and not this process
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = io.Copy(srv, plain) // either end may go away
		_ = srv.Close()
	}()
	_, _ = io.Copy(plain, srv) // see above
	_ = c.Close()
	<-done
}

// dial connects to the server, which may be about to start.
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

// proxyHeader is the header of the PROXY protocol, version 1, for a connection
// (https://www.haproxy.org/download/2.9/doc/proxy-protocol.txt).
func proxyHeader(c net.Conn) string {
	from, ok := c.RemoteAddr().(*net.TCPAddr)
	to, is := c.LocalAddr().(*net.TCPAddr)
	if !ok || !is {
		return "PROXY UNKNOWN\r\n"
	}
	family := "TCP6"
	a, b := from.IP.To16().String(), to.IP.To16().String()
	if from.IP.To4() != nil && to.IP.To4() != nil {
		family = "TCP4"
		a, b = from.IP.To4().String(), to.IP.To4().String()
	}
	return fmt.Sprintf("PROXY %s %s %s %d %d\r\n", family, a, b, from.Port, to.Port)
}

// admit counts a connection, by the address of its other end, as logged in. False
// means that there are too many, or that it did not come by the front.
func (f *front) admit(address net.Addr) bool {
	c := f.conn(address)
	return c != nil && connlimit.Admit(c)
}

// failed counts a failed login.
func (f *front) failed(address net.Addr) {
	if c := f.conn(address); c != nil {
		connlimit.Failed(c)
	}
}

func (f *front) conn(address net.Addr) net.Conn {
	if address == nil {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.conns[address.String()]
}

// close ends all connections and waits for them.
func (f *front) close() {
	_ = f.ln.Close()
	f.stop()
	f.wg.Wait()
	f.ln.Flush()
}

// serverAddress is where a server listens.
func serverAddress(srv *server.Server) string {
	if srv == nil || srv.Addr() == nil {
		return ""
	}
	return srv.Addr().String()
}
