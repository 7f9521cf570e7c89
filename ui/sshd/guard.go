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
	Rate      float64       // new connections of one address a second; 50
	Burst     int           // and how many at once; 200
	Penalty   time.Duration // an address is answered slowly after a failed login, doubled with each; 5 s, negative: none
	PerKey    int           // connections of one key; 50
	Idle      time.Duration // without a key pressed; 0: for ever

	Look      time.Duration // between two looks at the files of keys; 1 s
	Keepalive time.Duration // between two questions whether the client is there; 15 s
	Write     time.Duration // for a packet to be taken by the network; 30 s
}

func (l Limits) withDefaults() Limits {
	for _, d := range []struct {
		v   *time.Duration
		def time.Duration
	}{{&l.Handshake, 10 * time.Second}, {&l.Penalty, 5 * time.Second}, {&l.Look, time.Second}, {&l.Keepalive, 15 * time.Second}, {&l.Write, 30 * time.Second}} {
		if *d.v == 0 {
			*d.v = d.def
		}
	}
	for _, n := range []struct {
		v   *int
		def int
	}{{&l.HalfOpen, 64}, {&l.Burst, 200}, {&l.PerKey, 50}} {
		if *n.v == 0 {
			*n.v = n.def
		}
	}
	if l.Rate == 0 {
		l.Rate = 50
	}
	return l
}

const (
	maxPenalty  = 60 * time.Second
	slowest     = 2 * time.Second // a refusal waits; three of them are less than a handshake
	mostTold    = 4               // failed logins of an address in one penalty that are told one by one
	forgetAfter = 10 * time.Minute
	mostCallers = 1 << 16 // addresses that are remembered
)

// guard stands before the handshake: it knows who failed, who comes too often,
// and which connections have not logged in yet.
type guard struct {
	clock  model.Clock
	limits Limits

	mu   sync.Mutex
	from map[netip.Addr]*caller
	half []*halfOpen // the oldest first
}

// caller is one address, or one network of IPv6 that a household has. Many may
// stand behind it, so that one of them failed must not keep the others out.
type caller struct {
	bucket *rate.Limiter
	fails  int
	until  time.Time // who fails waits for the answer
	last   time.Time // seen
	half   int

	tell   time.Time // when failed logins are told again
	told   int       // since the time before that
	untold int       // failed logins
	turned int       // connections that were too many, or made room for others
}

// halfOpen is one connection that has not logged in.
type halfOpen struct {
	io.Closer
	by     *caller
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
		c.turned++
		return nil, model.Lit("too many connections from this address; try again in a moment")
	}
	if len(g.half) >= g.limits.HalfOpen {
		g.evict()
	}
	h = &halfOpen{Closer: nc, by: c}
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

// evict closes a connection of the address that has the most of them, so that
// nobody can keep the others out by connecting: one that has failed already, or
// else the oldest.
func (g *guard) evict() {
	worst := g.half[0]
	for _, h := range g.half {
		if h.by.half > worst.by.half || h.by == worst.by && h.failed && !worst.failed {
			worst = h
		}
	}
	worst.by.turned++
	_ = worst.Close()
	g.drop(worst)
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

// failed notes that somebody was not let in. Said is what the log has to say of it,
// and of others from there; empty, where enough was said for now.
func (g *guard) failed(a net.Addr, who model.Safe) (said model.Safe) {
	g.mu.Lock()
	defer g.mu.Unlock()
	said = model.Safef("nobody was let in from %s %s", a, who)
	c := g.from[callerKey(a)]
	if g.limits.Penalty < 0 || c == nil {
		return said
	}
	now := g.clock.Now()
	c.fails++
	penalty := min(g.limits.Penalty<<min(c.fails-1, 10), maxPenalty)
	c.until = now.Add(penalty)
	if !now.Before(c.tell) {
		if c.untold > 0 {
			said = model.Safef("%s; %d more failed logins from there were not told", said, c.untold)
		}
		c.tell, c.told, c.untold = c.until, 0, 0
		said = model.Safef("%s; for %s whoever fails from there is answered slowly", said, penalty)
	}
	if c.told++; c.told > mostTold {
		c.untold++
		return model.Safe{}
	}
	return said
}

// came notes that somebody at an address was let in.
func (g *guard) came(a net.Addr) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if c := g.from[callerKey(a)]; c != nil {
		c.fails, c.until = 0, time.Time{}
	}
}

// counts says how many were refused that were not told one by one, and were by
// now.
func (g *guard) counts() (said []model.Safe) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.clock.Now()
	for a, c := range g.from {
		if c.untold > 0 && !now.Before(c.tell) {
			said = append(said, model.Safef("%d more logins from %s failed", c.untold, a))
			c.untold = 0
		}
		if c.turned > 0 {
			said = append(said, model.Safef("%d connections from %s were turned away, as they were too many", c.turned, a))
			c.turned = 0
		}
	}
	return said
}

// forget drops the addresses that were not seen for long.
func (g *guard) forget() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.forgetOlder(g.clock.Now(), forgetAfter)
}

func (g *guard) forgetOlder(now time.Time, than time.Duration) {
	for k, c := range g.from {
		if c.half == 0 && now.Sub(c.last) >= than && now.After(c.until) {
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
