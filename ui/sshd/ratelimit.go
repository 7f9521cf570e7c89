package sshd

import (
	"io"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"warroom/model"
)

// Limits limit what strangers and guests can use. Zero values mean the defaults, which
// follow the semicolons.
type Limits struct {
	Handshake time.Duration // from the connection to the login; 10 s
	HalfOpen  int           // connections that have not logged in; 64
	PerAddr   int           // of these, per address; 15/16 of HalfOpen
	Rate      float64       // new connections per address and second; 50
	Burst     int           // burst of these; 200
	// after a failed login, answers to failures from its address are delayed, doubling each
	// time; 5 s, negative: none
	Penalty time.Duration
	PerKey  int           // connections per key; 50
	Idle    time.Duration // without a key press; if 0, unlimited

	Requests int // per login and second, over all its connections; 50, and 500 at once
	Rooms    int // that one login may declare per hour; 30
	Bytes    int // per login and second, read from the network; 32 MiB, and twice that at once

	Look      time.Duration // interval of checking the key files; 1 s
	Keepalive time.Duration // interval of keepalives; 15 s
	Write     time.Duration // timeout of writing a packet to the network; 30 s
	Unread    time.Duration // timeout for the client to read plain output; 5 min
}

func (l Limits) withDefaults() Limits {
	for _, d := range []struct {
		v   *time.Duration
		def time.Duration
	}{
		{&l.Handshake, 10 * time.Second}, {&l.Penalty, 5 * time.Second}, {&l.Look, time.Second},
		{&l.Keepalive, 15 * time.Second}, {&l.Write, 30 * time.Second}, {&l.Unread, 5 * time.Minute},
	} {
		if *d.v == 0 {
			*d.v = d.def
		}
	}
	for _, n := range []struct {
		v   *int
		def int
	}{{&l.HalfOpen, 64}, {&l.Burst, 200}, {&l.PerKey, 50}, {&l.Requests, 50}, {&l.Rooms, 30}, {&l.Bytes, 32 << 20}} {
		if *n.v == 0 {
			*n.v = n.def
		}
	}
	if l.PerAddr == 0 {
		l.PerAddr = l.HalfOpen - l.HalfOpen/16
	}
	if l.Rate == 0 {
		l.Rate = 50
	}
	return l
}

const (
	maxPenalty  = 60 * time.Second
	slowest     = 2 * time.Second // max delay of a refusal; three of them are less than a handshake
	maxReasons  = 4               // max reasons of failed logins that are logged one by one per minute
	reportEvery = time.Minute     // min interval of lines about refused clients
	forgetAfter = 10 * time.Minute
	knownFor    = 24 * time.Hour // how long an address with a login is the last to lose a connection
	maxCallers  = 1 << 16        // max number of remembered addresses
)

// loginLimiter limits connections before the handshake: it tracks failures, the rate of
// connections, and the connections that have not logged in yet.
type loginLimiter struct {
	clock  model.Clock
	limits Limits

	mu   sync.Mutex
	from map[netip.Addr]*caller
	half []*halfOpen // the oldest first

	next       time.Time // earliest time of the next line about refused clients
	unreported outsiders // what that line will report
	refused    uint64    // connections and logins that were refused since the server began

	reasons []model.Safe // reasons of failed logins that were logged since the last line
}

// caller is one address, or one IPv6 network of a household. Several people may share it,
// so a failure of one must not keep the others out.
type caller struct {
	bucket *rate.Limiter
	fails  int
	until  time.Time // until then, failures are answered with a delay
	last   time.Time // last seen
	half   int
	known  time.Time // time of the last login
}

// halfOpen is one connection that has not logged in.
type halfOpen struct {
	io.Closer
	by     *caller
	key    netip.Addr
	failed bool // a refused key was offered
	gone   bool
}

func newLoginLimiter(l Limits, c model.Clock) *loginLimiter {
	return &loginLimiter{clock: c, limits: l, from: map[netip.Addr]*caller{}}
}

// callerKey returns the key of an address: an IPv6 network of 64 bits counts as one.
func callerKey(a net.Addr) netip.Addr {
	ip := addrOf(a)
	if ip.Is6() {
		if p, err := ip.Prefix(64); err == nil {
			return p.Addr()
		}
	}
	return ip
}

// admit registers a new connection. If why is not empty, the connection is refused and h is
// nil. Otherwise h must be passed to done when the connection has logged in or ended.
func (g *loginLimiter) admit(nc net.Conn) (h *halfOpen, why model.Safe) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now, key := g.clock.Now(), callerKey(nc.RemoteAddr())
	c := g.from[key]
	if c == nil {
		if len(g.from) >= maxCallers {
			g.forgetOlder(now, 0)
		}
		c = &caller{bucket: rate.NewLimiter(rate.Limit(g.limits.Rate), g.limits.Burst)}
		g.from[key] = c
	}
	c.last = now
	if !c.bucket.AllowN(now, 1) {
		g.unreported.turned++
		g.refused++
		g.unreported.from(key)
		return nil, model.Lit("too many connections from this address; try again in a moment")
	}
	if c.half >= g.limits.PerAddr {
		g.evict(c)
	}
	if len(g.half) >= g.limits.HalfOpen {
		g.evict(nil)
	}
	h = &halfOpen{Closer: nc, by: c, key: key}
	c.half++
	g.half = append(g.half, h)
	return h, model.Safe{}
}

// done removes a connection that has logged in or ended from the pending ones.
func (g *loginLimiter) done(h *halfOpen) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.drop(h)
}

// evict closes a pending connection of an address, or else of the address that has the
// most, so that nobody can keep others out by connecting: one that has failed already, or
// else the oldest. Addresses with a recent login come last.
func (g *loginLimiter) evict(of *caller) {
	var worst *halfOpen
	now := g.clock.Now()
	for _, h := range g.half {
		if of != nil && h.by != of {
			continue
		}
		if worst == nil || g.worse(h, worst, now) {
			worst = h
		}
	}
	if worst == nil {
		return
	}
	g.unreported.turned++
	g.refused++
	g.unreported.from(worst.key)
	_ = worst.Close()
	g.drop(worst)
}

// worse reports whether h is to be closed before an older connection.
func (g *loginLimiter) worse(h, older *halfOpen, now time.Time) bool {
	if h.by == older.by {
		return h.failed && !older.failed
	}
	a, b := h.by.isKnown(now), older.by.isKnown(now)
	return b && !a || a == b && h.by.half > older.by.half
}

func (c *caller) isKnown(now time.Time) bool { return !c.known.IsZero() && now.Sub(c.known) < knownFor }

// makeRoom closes pending connections, when the process has no file descriptors left.
func (g *loginLimiter) makeRoom() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for range 16 {
		g.evict(nil)
	}
}

func (g *loginLimiter) drop(h *halfOpen) {
	if h.gone {
		return
	}
	h.gone = true
	h.by.half--
	g.half = slices.DeleteFunc(g.half, func(o *halfOpen) bool { return o == h })
}

// slow returns the delay of the answer to a refused key. An accepted key is never delayed.
func (g *loginLimiter) slow(h *halfOpen) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	h.failed = true
	if !g.clock.Now().Before(h.by.until) {
		return 0
	}
	return min(g.limits.Penalty, slowest)
}

// failed records a failed login. It returns a line for the log: for the first one in a
// minute, and then one for each other reason, up to maxReasons. Otherwise it returns an
// empty message, and counts reports the rest.
func (g *loginLimiter) failed(a net.Addr, who, reason model.Safe) (message model.Safe) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now, key := g.clock.Now(), callerKey(a)
	penalty := time.Duration(0)
	if c := g.from[key]; g.limits.Penalty > 0 && c != nil {
		c.fails++
		penalty = min(g.limits.Penalty<<min(c.fails-1, 10), maxPenalty)
		c.until = now.Add(penalty)
	}
	if !now.Before(g.next) {
		g.reasons = nil
	}
	if slices.Contains(g.reasons, reason) || len(g.reasons) >= maxReasons {
		g.unreported.failed++
		g.refused++
		g.unreported.who = model.Safef("from %s %s", a, who)
		g.unreported.from(key)
		return model.Safe{}
	}
	if len(g.reasons) == 0 {
		g.next = now.Add(reportEvery)
	}
	g.reasons = append(g.reasons, reason)
	message = model.Safef("nobody was let in from %s %s", a, who)
	if penalty > 0 {
		message = model.Safef("%s; for %s failed logins from there are answered slowly", message, penalty)
	}
	return message
}

// came records a login from an address.
func (g *loginLimiter) came(a net.Addr) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if c := g.from[callerKey(a)]; c != nil {
		c.fails, c.until, c.known = 0, time.Time{}, g.clock.Now()
	}
}

// counts returns one line about refused clients since the last line. It is empty if there
// were none or the last line is less than a minute old.
func (g *loginLimiter) counts() model.Safe {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.clock.Now()
	if g.unreported.by == nil || now.Before(g.next) {
		return model.Safe{}
	}
	line := g.unreported.line()
	g.unreported, g.next, g.reasons = outsiders{}, now.Add(reportEvery), nil
	return line
}

// forget removes the addresses that have not been seen for a long time.
func (g *loginLimiter) forget() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.forgetOlder(g.clock.Now(), forgetAfter)
}

func (g *loginLimiter) forgetOlder(now time.Time, than time.Duration) {
	for k, c := range g.from {
		if c.half == 0 && now.Sub(c.last) >= than && now.After(c.until) && (than == 0 || !c.isKnown(now)) {
			delete(g.from, k)
		}
	}
}

// halves returns the number of connections that have not logged in.
func (g *loginLimiter) halves() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.half)
}
