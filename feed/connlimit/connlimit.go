// Package connlimit limits what connections that never log in can take from a TCP port.
//
// A [Listener] counts a connection as pending until the program that serves it calls
// [Admit]. Pending connections are limited per address and in total, and have a deadline.
// If a limit is reached, a pending connection of the address that has the most of them is
// closed in favour of the new one, so nobody can keep others out by connecting and waiting.
// Addresses with a recent login are the last to lose a connection. Admitted connections do
// not count against the pending ones.
//
// What was closed or refused is reported in one [Report] per interval, however many
// connections it concerns.
package connlimit

import (
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"
)

// Options are the limits of a [Listener]. Zero values mean the defaults. Now is required.
type Options struct {
	// Pending is the maximum number of connections that have not logged in; 256.
	Pending int
	// PerAddress is the maximum of them per address; 64. An IPv6 network of 64 bits counts
	// as one address.
	PerAddress int
	// Admitted is the maximum number of connections that have logged in; if 0, unlimited. Set
	// it below the number of file descriptors, so that some are left for the local socket.
	Admitted int
	// Rate is how many connections an address may open per second, and Burst how many at
	// once; 50 and 200.
	Rate  float64
	Burst int
	// Login is the time in which a connection has to log in; 15 s.
	Login time.Duration
	// Remember is how long an address counts as known after a login; 24 h.
	Remember time.Duration
	// Every is the interval between two reports; a minute.
	Every time.Duration
	// Now is the clock.
	Now func() time.Time
	// Report is called with what was closed or refused. It may be nil. It is called on
	// separate goroutines, one call at a time.
	Report func(Report)
}

func (o Options) withDefaults() Options {
	for _, n := range []struct {
		v   *int
		def int
	}{{&o.Pending, 256}, {&o.PerAddress, 64}, {&o.Burst, 200}} {
		if *n.v == 0 {
			*n.v = n.def
		}
	}
	for _, d := range []struct {
		v   *time.Duration
		def time.Duration
	}{{&o.Login, 15 * time.Second}, {&o.Remember, 24 * time.Hour}, {&o.Every, time.Minute}} {
		if *d.v == 0 {
			*d.v = d.def
		}
	}
	if o.Rate == 0 {
		o.Rate = 50
	}
	return o
}

// Listener limits the connections of another listener.
type Listener struct {
	net.Listener
	o Options

	mu       sync.Mutex
	from     map[netip.Addr]*address
	pending  []*Conn // the oldest first
	admitted int
	report   *time.Timer // nil: nothing to report
	seen     tally
	reports  sync.Mutex // held while Report is called
}

// Listen returns a listener that limits the connections of l.
func Listen(l net.Listener, o Options) *Listener {
	return &Listener{Listener: l, o: o.withDefaults(), from: map[netip.Addr]*address{}}
}

// Conn is a connection of a [Listener].
type Conn struct {
	net.Conn
	l    *Listener
	by   *address
	late *time.Timer

	state state // guarded by Listener.mu
}

type state int

const (
	pending state = iota
	admitted
	closed
)

// NetConn returns the underlying connection, as [crypto/tls.Conn] does.
func (c *Conn) NetConn() net.Conn { return c.Conn }

// Close closes the connection and releases its place.
func (c *Conn) Close() error {
	c.l.mu.Lock()
	c.l.release(c)
	c.l.mu.Unlock()
	return c.Conn.Close()
}

// Accept returns the next connection within the limits. If the process has no file
// descriptors left, it closes pending connections and retries instead of returning an
// error.
func (l *Listener) Accept() (net.Conn, error) {
	for {
		nc, err := l.Listener.Accept()
		if err != nil {
			if !noFiles(err) {
				return nil, err
			}
			l.makeRoom()
			continue
		}
		if c := l.take(nc); c != nil {
			return c, nil
		}
		_ = nc.Close() // refused
	}
}

// retryPause is the time between two attempts to accept without file descriptors.
const retryPause = 20 * time.Millisecond

// makeRoom closes some pending connections and waits a moment.
func (l *Listener) makeRoom() {
	l.mu.Lock()
	for range 16 {
		if len(l.pending) == 0 {
			break
		}
		l.evict(l.worst())
	}
	l.mu.Unlock()
	t := time.NewTimer(retryPause)
	defer t.Stop()
	<-t.C
}

// take counts a new connection. It returns nil if the connection is refused.
func (l *Listener) take(nc net.Conn) *Conn {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.o.Now()
	by := l.address(nc.RemoteAddr(), now)
	if !by.bucket.AllowN(now, 1) {
		l.note(by, func(t *tally) { t.refused++ })
		return nil
	}
	if by.pending >= l.o.PerAddress {
		l.evict(l.oldest(by))
	}
	if len(l.pending) >= l.o.Pending {
		l.evict(l.worst())
	}
	c := &Conn{Conn: nc, l: l, by: by}
	by.pending++
	l.pending = append(l.pending, c)
	c.late = time.AfterFunc(l.o.Login, c.expire)
	return c
}

// expire closes a connection that has not logged in by its deadline.
func (c *Conn) expire() {
	c.l.mu.Lock()
	defer c.l.mu.Unlock()
	if c.state == pending {
		c.l.note(c.by, func(t *tally) { t.late++ })
		c.l.release(c)
		_ = c.Conn.Close()
	}
}

// Admit counts a connection as logged in, whatever wraps it, such as [crypto/tls.Conn]. It
// reports whether the connection may continue: false means that there are too many or that
// it was closed. A connection that is not from a [Listener] may always continue.
func Admit(nc net.Conn) bool {
	c := find(nc)
	return c == nil || c.l.admit(c)
}

// Failed counts a failed login of a connection, for the report.
func Failed(nc net.Conn) {
	if c := find(nc); c != nil {
		c.l.mu.Lock()
		defer c.l.mu.Unlock()
		c.l.note(c.by, func(t *tally) { t.failed++ })
	}
}

// find returns the Conn within a connection, or nil.
func find(nc net.Conn) *Conn {
	for nc != nil {
		if c, ok := nc.(*Conn); ok {
			return c
		}
		in, ok := nc.(interface{ NetConn() net.Conn })
		if !ok {
			return nil
		}
		nc = in.NetConn()
	}
	return nil
}

func (l *Listener) admit(c *Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if c.state != pending {
		return c.state == admitted
	}
	if l.o.Admitted > 0 && l.admitted >= l.o.Admitted {
		l.note(c.by, func(t *tally) { t.refused++ })
		return false
	}
	l.release(c)
	c.state = admitted
	c.by.known = l.o.Now()
	c.by.admitted++
	l.admitted++
	return true
}

// Counts returns the number of connections that have logged in, and of those that have not.
func (l *Listener) Counts() (in, waiting int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.admitted, len(l.pending)
}

// noFiles reports whether an error of Accept will go away when file descriptors are closed.
func noFiles(err error) bool {
	for _, e := range outOfFiles {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}
