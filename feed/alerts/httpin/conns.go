package httpin

import (
	"context"
	"crypto/tls"
	"net"
	"net/netip"
	"sync"
)

// The limits of connections.
const (
	maxConns    = 512 // in total
	maxAddrConn = 128 // per address
)

// listener limits the connections of a listener. A new one is always accepted. If there are
// too many, the oldest one that is not authenticated is closed, first of the new one's own
// address, then of the address that has the most. A connection over which a sender has
// authenticated is never closed for that.
type listener struct {
	net.Listener
	total, perAddr int
	refused        func(why failure, addr string)

	mu    sync.Mutex
	all   map[*conn]struct{}
	count map[string]int
	next  uint64
}

// conn is a counted connection.
type conn struct {
	net.Conn
	l      *listener
	addr   string
	n      uint64
	proven bool // guarded by the listener's lock
	once   sync.Once
}

func newListener(l net.Listener, total, perAddr int, refused func(failure, string)) *listener {
	return &listener{Listener: l, total: total, perAddr: perAddr, refused: refused,
		all: map[*conn]struct{}{}, count: map[string]int{}}
}

// Accept implements net.Listener.
func (l *listener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if own := l.admit(c); own != nil {
			return own, nil
		}
	}
}

// admit counts a connection and makes room for it. It returns nil if every connection is
// authenticated; the new one is closed then.
func (l *listener) admit(c net.Conn) *conn {
	own := &conn{Conn: c, l: l, addr: addrOf(c.RemoteAddr().String())}
	l.mu.Lock()
	var victim *conn
	full := true
	switch {
	case l.count[own.addr] >= l.perAddr:
		victim = l.oldest(own.addr)
	case len(l.all) >= l.total:
		victim = l.oldest(l.busiest())
	default:
		full = false
	}
	if full && victim == nil {
		l.mu.Unlock()
		_ = c.Close()
		l.refused(failConns, own.addr)
		return nil
	}
	if victim != nil {
		l.forget(victim)
	}
	l.next++
	own.n = l.next
	l.all[own] = struct{}{}
	l.count[own.addr]++
	l.mu.Unlock()
	if victim != nil {
		_ = victim.Conn.Close()
		l.refused(failConns, victim.addr)
	}
	return own
}

// oldest returns the oldest connection of an address that is not authenticated.
func (l *listener) oldest(addr string) *conn {
	var out *conn
	for c := range l.all {
		if c.addr == addr && !c.proven && (out == nil || c.n < out.n) {
			out = c
		}
	}
	return out
}

// busiest returns the address with the most connections that are not authenticated.
func (l *listener) busiest() string {
	count, out := map[string]int{}, ""
	for c := range l.all {
		if !c.proven {
			if count[c.addr]++; count[c.addr] > count[out] {
				out = c.addr
			}
		}
	}
	return out
}

// forget removes a connection from the count, once.
func (l *listener) forget(c *conn) {
	if _, ok := l.all[c]; !ok {
		return
	}
	delete(l.all, c)
	if l.count[c.addr]--; l.count[c.addr] == 0 {
		delete(l.count, c.addr)
	}
}

// Close implements net.Conn.
func (c *conn) Close() error {
	c.once.Do(func() {
		c.l.mu.Lock()
		c.l.forget(c)
		c.l.mu.Unlock()
	})
	return c.Conn.Close()
}

type connKey struct{}

// withConn stores a connection in the context of its requests.
func withConn(ctx context.Context, c net.Conn) context.Context {
	if t, ok := c.(*tls.Conn); ok {
		c = t.NetConn()
	}
	if own, ok := c.(*conn); ok {
		return context.WithValue(ctx, connKey{}, own)
	}
	return ctx
}

// proveConn marks the connection of ctx as authenticated.
func proveConn(ctx context.Context) {
	if c, ok := ctx.Value(connKey{}).(*conn); ok {
		c.l.mu.Lock()
		c.proven = true
		c.l.mu.Unlock()
	}
}

// addrOf returns what counts as one address: an IPv4 address, or the first 64 bits of an
// IPv6 address.
func addrOf(remote string) string {
	ap, err := netip.ParseAddrPort(remote)
	if err != nil {
		return "unknown"
	}
	ip := ap.Addr().Unmap().WithZone("")
	if ip.Is4() {
		return ip.String()
	}
	p, err := ip.Prefix(64)
	if err != nil {
		return "unknown"
	}
	return p.String()
}
