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

// Limits bound what strangers and guests can take. The zero value of each
// counts as its default.
type Limits struct {
	Handshake time.Duration // from the connection to the login; 10 s
	HalfOpen  int           // connections that have not logged in; 64
	PerAddr   int           // and of one address; fifteen of sixteen of them
	Rate      float64       // new connections of one address a second; 50
	Burst     int           // and how many at once; 200
	Penalty   time.Duration // an address is answered slowly after a failed login, doubled with each; 5 s, negative: none
	PerKey    int           // connections of one key; 50
	Idle      time.Duration // without a key pressed; 0: for ever

	Requests int // of one login a second, over all its connections; 50, and 500 at once
	Rooms    int // that one login may declare in an hour; 30
	Bytes    int // of one login a second, taken from the network; 32 MiB, and twice that at once

	Look      time.Duration // between two looks at the files of keys; 1 s
	Keepalive time.Duration // between two questions whether the client is there; 15 s
	Write     time.Duration // for a packet to be taken by the network; 30 s
	Unread    time.Duration // for plain output to be read by the client; 5 min
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
	slowest     = 2 * time.Second // a refusal waits; three of them are less than a handshake
	maxReasons  = 4               // why logins failed that are written one by one in a minute
	reportEvery = time.Minute     // between two lines about those who were not let in
	forgetAfter = 10 * time.Minute
	knownFor    = 24 * time.Hour // after a login its address is the last to lose a connection
	mostCallers = 1 << 16        // addresses that are remembered
)

// guard stands before the handshake: it knows who failed, who comes too often,
// and which connections have not logged in yet.
type guard struct {
	clock  model.Clock
	limits Limits

	mu   sync.Mutex
	from map[netip.Addr]*caller
	half []*halfOpen // the oldest first

	next time.Time // when the next line about those who were not let in may come
	kept outsiders // what it has to report

	reasons []model.Safe // why logins failed that were written since the last line
}

// caller is one address, or one network of IPv6 that a household has. Many may
// stand behind it, so that one of them failed must not keep the others out.
type caller struct {
	bucket *rate.Limiter
	fails  int
	until  time.Time // who fails waits for the answer
	last   time.Time // seen
	half   int
	known  time.Time // of the last login from there
}

// halfOpen is one connection that has not logged in.
type halfOpen struct {
	io.Closer
	by     *caller
	key    netip.Addr
	failed bool // a key that was not let in was offered
	gone   bool
}

func newGuard(l Limits, c model.Clock) *guard {
	return &guard{clock: c, limits: l, from: map[netip.Addr]*caller{}}
}

// callerKey is what stands for an address: an IPv6 network of 64 bits is one.
func callerKey(a net.Addr) netip.Addr {
	ip := addrOf(a)
	if ip.Is6() {
		if p, err := ip.Prefix(64); err == nil {
			return p.Addr()
		}
	}
	return ip
}

// admit lets a connection begin. Why is empty, or the reason not to; then h is
// nil. It has to be given to done when the connection has logged in or ended.
func (g *guard) admit(nc net.Conn) (h *halfOpen, why model.Safe) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now, key := g.clock.Now(), callerKey(nc.RemoteAddr())
	c := g.from[key]
	if c == nil {
		if len(g.from) >= mostCallers {
			g.forgetOlder(now, 0)
		}
		c = &caller{bucket: rate.NewLimiter(rate.Limit(g.limits.Rate), g.limits.Burst)}
		g.from[key] = c
	}
	c.last = now
	if !c.bucket.AllowN(now, 1) {
		g.kept.turned++
		g.kept.from(key)
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

// done takes a connection that has logged in or ended out of those that have not.
func (g *guard) done(h *halfOpen) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.drop(h)
}

// evict closes a connection of an address, or else of the one that has the most
// of them, so that nobody can keep the others out by connecting: one that has
// failed already, or else the oldest. Addresses from which somebody has logged in
// lately come last.
func (g *guard) evict(of *caller) {
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
	g.kept.turned++
	g.kept.from(worst.key)
	_ = worst.Close()
	g.drop(worst)
}

// worse reports whether h is to be closed before an older connection.
func (g *guard) worse(h, older *halfOpen, now time.Time) bool {
	if h.by == older.by {
		return h.failed && !older.failed
	}
	a, b := h.by.isKnown(now), older.by.isKnown(now)
	return b && !a || a == b && h.by.half > older.by.half
}

func (c *caller) isKnown(now time.Time) bool { return !c.known.IsZero() && now.Sub(c.known) < knownFor }

// makeRoom closes connections that have not logged in, as the process has no
// files left.
func (g *guard) makeRoom() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for range 16 {
		g.evict(nil)
	}
}

func (g *guard) drop(h *halfOpen) {
	if h.gone {
		return
	}
	h.gone = true
	h.by.half--
	g.half = slices.DeleteFunc(g.half, func(o *halfOpen) bool { return o == h })
}

// slow is how long the answer to a key that is not let in has to wait. One that
// is let in never waits.
func (g *guard) slow(h *halfOpen) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	h.failed = true
	if !g.clock.Now().Before(h.by.until) {
		return 0
	}
	return min(g.limits.Penalty, slowest)
}

// failed notes that somebody was not let in. Said is a line for the log: the first
// one of a minute, and of that minute one for each other reason, up to maxReasons.
// It is empty for the rest, which counts has.
func (g *guard) failed(a net.Addr, who, reason model.Safe) (said model.Safe) {
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
		g.kept.failed++
		g.kept.who = model.Safef("from %s %s", a, who)
		g.kept.from(key)
		return model.Safe{}
	}
	if len(g.reasons) == 0 {
		g.next = now.Add(reportEvery)
	}
	g.reasons = append(g.reasons, reason)
	said = model.Safef("nobody was let in from %s %s", a, who)
	if penalty > 0 {
		said = model.Safef("%s; for %s whoever fails from there is answered slowly", said, penalty)
	}
	return said
}

// came notes that somebody at an address was let in.
func (g *guard) came(a net.Addr) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if c := g.from[callerKey(a)]; c != nil {
		c.fails, c.until, c.known = 0, time.Time{}, g.clock.Now()
	}
}

// counts is one line about those who were not let in since the last one, empty
// where there were none or the last line is less than a minute old.
func (g *guard) counts() model.Safe {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.clock.Now()
	if g.kept.by == nil || now.Before(g.next) {
		return model.Safe{}
	}
	line := g.kept.line()
	g.kept, g.next, g.reasons = outsiders{}, now.Add(reportEvery), nil
	return line
}

// forget drops the addresses that were not seen for long.
func (g *guard) forget() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.forgetOlder(g.clock.Now(), forgetAfter)
}

func (g *guard) forgetOlder(now time.Time, than time.Duration) {
	for k, c := range g.from {
		if c.half == 0 && now.Sub(c.last) >= than && now.After(c.until) && (than == 0 || !c.isKnown(now)) {
			delete(g.from, k)
		}
	}
}

// halves is how many connections have not logged in.
func (g *guard) halves() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.half)
}
