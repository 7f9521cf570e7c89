package connlimit

import (
	"net"
	"net/netip"
	"slices"
	"time"

	"golang.org/x/time/rate"
)

// maxAddresses is the max number of remembered addresses.
const maxAddresses = 1 << 14

// address is the state of one address, or of one IPv6 network of 64 bits.
type address struct {
	ip       netip.Addr
	bucket   *rate.Limiter
	pending  int
	admitted int
	known    time.Time // of the last login
	last     time.Time // of the last connection
}

// address returns the entry of an address.
func (l *Listener) address(a net.Addr, now time.Time) *address {
	ip := addressOf(a)
	by := l.from[ip]
	if by == nil {
		if len(l.from) >= maxAddresses {
			l.forget()
		}
		by = &address{ip: ip, bucket: rate.NewLimiter(rate.Limit(l.o.Rate), l.o.Burst)}
		l.from[ip] = by
	}
	by.last = now
	return by
}

// forget removes addresses without a connection down to three quarters of the max: those
// without a login first, and then by the time of the last connection.
func (l *Listener) forget() {
	idle := make([]*address, 0, len(l.from))
	for _, by := range l.from {
		if by.pending+by.admitted == 0 {
			idle = append(idle, by)
		}
	}
	slices.SortFunc(idle, func(a, b *address) int {
		if c := a.known.Compare(b.known); c != 0 {
			return c
		}
		return a.last.Compare(b.last)
	})
	for _, by := range idle[:min(len(idle), maxAddresses/4)] {
		delete(l.from, by.ip)
	}
}

// addressOf returns the key of an address: an IPv6 network of 64 bits counts as one, and an
// address that is not TCP is the zero value.
func addressOf(a net.Addr) netip.Addr {
	t, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.Addr{}
	}
	ip, _ := netip.AddrFromSlice(t.IP)
	if ip = ip.Unmap(); ip.Is6() {
		if p, err := ip.Prefix(64); err == nil {
			return p.Addr()
		}
	}
	return ip
}

// oldest returns the oldest pending connection of an address.
func (l *Listener) oldest(by *address) *Conn {
	for _, c := range l.pending {
		if c.by == by {
			return c
		}
	}
	return nil
}

// worst returns the pending connection to close first: the oldest one of the address that
// has the most of them. Known addresses come last.
func (l *Listener) worst() *Conn {
	now := l.o.Now()
	worst := l.pending[0]
	for _, c := range l.pending {
		a, b := l.isKnown(c.by, now), l.isKnown(worst.by, now)
		if b && !a || a == b && c.by.pending > worst.by.pending {
			worst = c
		}
	}
	return worst
}

func (l *Listener) isKnown(by *address, now time.Time) bool {
	return by.admitted > 0 || !by.known.IsZero() && now.Sub(by.known) < l.o.Remember
}

// evict closes a pending connection in favour of another one.
func (l *Listener) evict(c *Conn) {
	l.note(c.by, func(t *tally) { t.evicted++ })
	l.release(c)
	_ = c.Conn.Close()
}

// release removes a connection from the counts.
func (l *Listener) release(c *Conn) {
	switch c.state {
	case pending:
		c.late.Stop()
		c.by.pending--
		l.pending = slices.DeleteFunc(l.pending, func(o *Conn) bool { return o == c })
	case admitted:
		c.by.admitted--
		l.admitted--
	}
	c.state = closed
}
