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
	Penalty   time.Duration // for a failed login, doubled with each; 5 s, negative: none
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

// caller is one address, or one network of IPv6 that a household has.
type caller struct {
	bucket *rate.Limiter
	fails  int
	until  time.Time // let in again
	last   time.Time // seen
	half   int
}

// halfOpen is one connection that has not logged in.
type halfOpen struct {
	io.Closer
	by   *caller
	gone bool
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

// admit lets a connection begin. Why is empty, or the reason not to. Done has to
// be called when it has logged in or ended.
func (g *guard) admit(nc net.Conn) (done func(), why model.Safe) {
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
	if rest := c.until.Sub(now); rest > 0 {
		return nil, model.Safef("too many failed logins from this address; try again in %s", rest.Round(time.Second))
	}
	if !c.bucket.AllowN(now, 1) {
		return nil, model.Lit("too many connections from this address; try again in a moment")
	}
	if len(g.half) >= g.limits.HalfOpen {
		g.evict()
	}
	h := &halfOpen{Closer: nc, by: c}
	c.half++
	g.half = append(g.half, h)
	return func() { g.mu.Lock(); g.drop(h); g.mu.Unlock() }, model.Safe{}
}

// evict closes the oldest connection of the address that has the most of them,
// so that nobody can keep the others out by connecting.
func (g *guard) evict() {
	worst := g.half[0]
	for _, h := range g.half {
		if h.by.half > worst.by.half {
			worst = h
		}
	}
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

// failed notes that somebody at an address was not let in.
func (g *guard) failed(a net.Addr) (wait time.Duration) {
	if g.limits.Penalty < 0 {
		return 0
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if c := g.from[callerKey(a)]; c != nil {
		c.fails++
		wait = min(g.limits.Penalty<<min(c.fails-1, 10), maxPenalty)
		c.until = g.clock.Now().Add(wait)
	}
	return wait
}

// came notes that somebody at an address was let in.
func (g *guard) came(a net.Addr) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if c := g.from[callerKey(a)]; c != nil {
		c.fails, c.until = 0, time.Time{}
	}
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
