package feed_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// weather is the state of a link.
type weather int

const (
	good  weather = iota
	cut           // connections break, and none can be made
	hole          // bytes vanish: nothing arrives, and nothing breaks
	slow          // every packet is delayed
	kinds         // number of kinds
)

func (w weather) String() string { return [...]string{"good", "cut", "black hole", "slow"}[w] }

var errCut = errors.New("the link is cut")

// network is the network of a simulation: one server and its links.
type network struct {
	mu  sync.Mutex
	srv *server.Server
}

func (n *network) server() *server.Server {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.srv
}

func (n *network) set(s *server.Server) {
	n.mu.Lock()
	n.srv = s
	n.mu.Unlock()
}

// simLink is one terminal's link to the server. A write never blocks: delays happen
// inside the link. The client holds a mutex during the handshake, and virtual time stops
// while a goroutine waits for a mutex. So a handshake is not delayed; if it would be,
// there is no connection.
type simLink struct {
	net *network
	rng *rand.Rand // used by the copying goroutines; guarded by mu

	mu      sync.Mutex
	now     weather
	wg      sync.WaitGroup
	changed chan struct{}
	conns   map[net.Conn]bool
}

func newSimLink(n *network, seed uint64) *simLink {
	return &simLink{net: n, rng: rand.New(rand.NewPCG(seed, 7)), changed: make(chan struct{}),
		conns: map[net.Conn]bool{}}
}

// turn sets the weather.
func (l *simLink) turn(w weather) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now = w
	close(l.changed)
	l.changed = make(chan struct{})
	if w != cut {
		return
	}
	for c := range l.conns {
		_ = c.Close() // cutting sends no notice
	}
	clear(l.conns)
}

func (l *simLink) look() (weather, <-chan struct{}, time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.now, l.changed, time.Duration(l.rng.Int64N(int64(3 * time.Second)))
}

// Dial makes a connection over the link.
func (l *simLink) Dial(string, string) (net.Conn, error) {
	if w, _, _ := l.look(); w == cut || w == hole {
		return nil, errCut
	}
	s := l.net.server()
	if s == nil || !s.Running() {
		return nil, errCut
	}
	far, err := s.InProcessConn()
	if err != nil {
		return nil, err
	}
	near, inner := net.Pipe()
	l.mu.Lock()
	l.conns[near], l.conns[inner], l.conns[far] = true, true, true
	l.mu.Unlock()
	greeted := new(atomic.Bool)
	l.wg.Go(func() { l.carry(inner, far, greeted) })
	l.wg.Go(func() { l.carry(far, inner, greeted) })
	return near, nil
}

// carry copies bytes from one end to the other, subject to the weather.
func (l *simLink) carry(from, to net.Conn, greeted *atomic.Bool) {
	q := make(chan []byte, 1)
	l.wg.Go(func() { l.deliver(q, to, greeted) })
	defer close(q)
	var held [][]byte
	in := make(chan []byte)
	l.wg.Go(func() {
		defer close(in)
		for {
			b := make([]byte, 32<<10)
			n, err := from.Read(b)
			if n > 0 {
				in <- b[:n]
			}
			if err != nil {
				return
			}
		}
	})
	for {
		var out chan []byte
		var next []byte
		if len(held) > 0 {
			out, next = q, held[0]
		}
		select {
		case b, ok := <-in:
			if !ok {
				return
			}
			held = append(held, b)
		case out <- next:
			held = held[1:]
		}
	}
}

// deliver writes what arrives, when the weather permits.
func (l *simLink) deliver(q <-chan []byte, to net.Conn, greeted *atomic.Bool) {
	defer to.Close()
	broken := false
	for b := range q {
		if greeted.Load() {
			l.hold()
		}
		if !broken {
			_, err := to.Write(b)
			broken = err != nil
		}
		if bytes.Contains(b, []byte("PONG")) { // the last message of the handshake
			greeted.Store(true)
		}
	}
}

// hold waits until the weather permits.
func (l *simLink) hold() {
	for {
		w, changed, late := l.look()
		switch w {
		case hole:
			<-changed
			continue
		case slow:
			<-time.After(late)
		}
		return
	}
}
