package sshd

import (
	"context"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/time/rate"

	"warroom/model"
)

const (
	maxSessions     = 2               // concurrent sessions per connection
	freeTimeout     = time.Second     // until an ended session has to be free
	shutdownTimeout = 2 * time.Second // time for the final message
	idleLooks       = 4               // max keepalives of a connection without a session

	maxAsked      = 200  // SSH channels and requests per connection and second
	maxAskedBurst = 2000 // burst of these
)

// errGone means that the client has closed the connection.
var errGone = errors.New("the client is gone")

// conn is one connection.
type conn struct {
	s    *Server
	nc   *patient
	ssh  *ssh.ServerConn
	ctx  context.Context
	end  context.CancelCauseFunc // the cause is the message for the client
	wg   sync.WaitGroup          // sessions, keepalive, shutdown
	open atomic.Int32            // number of channels
	runs atomic.Int32            // number of running sessions

	sessions [maxSessions]slot // belongs to run
	unused   int               // belongs to run: keepalives since the last session
	asking   atomic.Bool       // a keepalive waits for its answer

	rested chan struct{} // receives a value when a session or channel has ended
	freed  chan struct{} // receives a value when a channel has ended; belongs to run

	evicted atomic.Bool   // its key is not valid any more
	served  bool          // run is started; belongs to begin
	grant   *grant        // nil: not logged in; guarded by Server.mu until run has it
	counted bool          // guarded by Server.mu
	deny    error         // why its sessions are refused
	cost    *meter        // of the login
	slowed  chan struct{} // closed when reading from the client was delayed noticeably
	asked   *rate.Limiter
}

func newConn(ctx context.Context, s *Server, nc net.Conn) *conn {
	c := &conn{s: s, nc: &patient{Conn: nc, clock: s.o.Clock, limit: s.o.Limits.Write}, rested: make(chan struct{}, 1),
		freed: make(chan struct{}, 1),
		asked: rate.NewLimiter(maxAsked, maxAskedBurst), slowed: make(chan struct{})}
	c.nc.slow = sync.OnceFunc(func() { close(c.slowed) })
	c.ctx, c.end = context.WithCancelCause(ctx)
	return c
}

// patient is a connection with a deadline for writes: a client that does not read is
// disconnected.
type patient struct {
	net.Conn
	clock model.Clock
	limit time.Duration
	meter atomic.Pointer[meter] // nil: not logged in
	until atomic.Int64          // the deadline of writes, in Unix nanoseconds; 0: none

	slow func()        // called when reads were delayed for slowNoticed
	held time.Duration // by Read: total delay
}

// slowNoticed is the delay after which a client gets a notice that it is slowed down.
const slowNoticed = 200 * time.Millisecond

// Read reads at the rate that the login is allowed. Only one goroutine may read.
func (p *patient) Read(b []byte) (int, error) {
	n, err := p.Conn.Read(b)
	if m := p.meter.Load(); m != nil && n > 0 {
		if p.held += m.take(n); p.held >= slowNoticed {
			p.slow()
		}
	}
	return n, err
}

// Write writes within the limit, or at least seven eighths of it, or closes the connection.
func (p *patient) Write(b []byte) (int, error) {
	until := p.clock.Now().Add(p.limit)
	if by := until.UnixNano() - p.until.Load(); max(by, -by) > int64(p.limit/8) { // setting it takes time
		_ = p.SetWriteDeadline(until) // fails if it is closed, and so does the write
		p.until.Store(until.UnixNano())
	}
	n, err := p.Conn.Write(b)
	if err != nil {
		_ = p.Close()
	}
	return n, err
}

// begin authenticates the client, and then serves the connection in another goroutine: the
// handshake needs several times its stack. It reports to the login limiter whether the
// login succeeded.
func (c *conn) begin(half *halfOpen) {
	chans, reqs, ok := c.handshake(half)
	c.s.limiter.done(half)
	if !ok {
		return
	}
	w := c.grant.who
	c.s.o.Log(model.Safef("%s connected from %s with %s, right "+
		"%s%s", w.Handle, c.nc.RemoteAddr(), w.Origin(), string(w.Right),
		known(w)))
	c.served = true
	c.s.wg.Go(func() {
		defer c.forget()
		defer c.s.survive("a connection")
		c.run(chans, reqs)
	})
}

// forget is the end of a connection.
func (c *conn) forget() {
	c.end(errGone)
	_ = c.nc.Close()
	c.s.forgetConn(c)
}

// run serves the connection until it ends: it opens channels and handles their requests.
// A goroutine for each would cost memory and do nothing.
func (c *conn) run(chans <-chan ssh.NewChannel, reqs <-chan *ssh.Request) {
	parting := make(chan struct{})
	context.AfterFunc(c.ctx, func() {
		defer close(parting)
		c.shutdown()
	})
	keepalive := time.NewTicker(c.s.o.Limits.Keepalive)
	defer keepalive.Stop()
	for chans != nil || reqs != nil || c.hasSession() {
		select {
		case n, ok := <-chans:
			if !ok {
				chans = nil
				c.end(errGone)
				continue
			}
			if c.talks() {
				c.channel(n)
			}
		case r, ok := <-reqs:
			if !ok {
				reqs = nil
				continue
			}
			_ = c.talks()
			_ = r.Reply(false, nil) // nothing is forwarded; a closed connection is detected below
		case r, ok := <-c.sessions[0].reqs:
			c.request(0, r, ok)
		case r, ok := <-c.sessions[1].reqs:
			c.request(1, r, ok)
		case <-keepalive.C:
			c.keepalive()
		}
	}
	c.wg.Wait()
	<-parting
	_ = c.ssh.Wait() // its error is of no use
	c.s.o.Log(model.Safef("%s left, from %s", c.grant.who.Handle, c.nc.RemoteAddr()))
}

// slot is a channel with its requests.
type slot struct {
	s    *session
	reqs <-chan *ssh.Request // nil: the slot is free
}

func (c *conn) hasSession() bool { return c.sessions[0].reqs != nil || c.sessions[1].reqs != nil }

// request handles a request of a session, or the end of its channel.
func (c *conn) request(slot int, r *ssh.Request, ok bool) {
	s := c.sessions[slot].s
	if ok {
		s.handle(r)
		return
	}
	c.sessions[slot].s, c.sessions[slot].reqs = nil, nil
	s.close()
	c.wg.Go(func() {
		s.wg.Wait()
		c.release(&c.open)
		select {
		case c.freed <- struct{}{}:
		default:
		}
	})
}

// hasRoom reports whether another session may be opened. The end of a session may still
// be in the queue when a client that runs one command after the other asks for the next
// session, and its goroutine may need a moment to end.
func (c *conn) hasRoom() bool {
	for i := range c.sessions {
		for queued := true; queued; {
			select {
			case r, ok := <-c.sessions[i].reqs: // blocks where the slot is free
				c.request(i, r, ok)
			default:
				queued = false
			}
		}
	}
	late := time.NewTimer(freeTimeout)
	defer late.Stop()
	for c.open.Load() >= maxSessions {
		if c.sessions[0].reqs != nil && c.sessions[1].reqs != nil {
			return false
		}
		select {
		case <-c.freed:
		case <-late.C:
			return false
		}
	}
	return true
}

// known describes a person by name and job.
func known(w Who) model.Safe {
	switch {
	case w.Name != "" && w.Job != "":
		return model.Safef(" (%s, %s)", w.Name, w.Job)
	case w.Name+w.Job != "":
		return model.Safef(" (%s)", w.Name+w.Job)
	}
	return model.Safe{}
}

// handshake authenticates the client.
func (c *conn) handshake(half *halfOpen) (<-chan ssh.NewChannel, <-chan *ssh.Request, bool) {
	late := time.AfterFunc(c.s.o.Limits.Handshake, func() { _ = c.nc.Close() })
	defer late.Stop()
	stop := context.AfterFunc(c.ctx, func() { _ = c.nc.Close() }) // there is no session yet to send a message to
	defer stop()
	tries, last, as := 0, error(nil), ""
	config := c.s.config
	config.AuthLogCallback = func(m ssh.ConnMetadata, method string, err error) {
		as = m.User()
		if err == nil || method == "none" {
			return
		}
		if tries++; last == nil || errors.Is(last, errNotKnown) {
			last = err // clients try other keys after the one with the most specific error
		}
		c.pause(c.s.limiter.slow(half))
	}
	sc, chans, reqs, err := ssh.NewServerConn(c.nc, &config)
	if err != nil {
		if tries > 0 {
			who := model.Safef("as %s (the answer was: %s)", model.CleanLine(short(as)), model.Sentence(last))
			if message := c.s.limiter.failed(c.nc.RemoteAddr(), who, model.Sentence(last)); !message.IsEmpty() {
				c.s.o.Log(message)
			}
		}
		return nil, nil, false
	}
	c.ssh = sc
	g, ok := sc.Permissions.ExtraData[grantKey{}].(*grant)
	if !ok { // not reached: admit never accepts without a grant
		_ = sc.Close()
		return nil, nil, false
	}
	c.s.limiter.came(c.nc.RemoteAddr())
	c.cost = c.s.meters.of(g.who)
	c.nc.meter.Store(c.cost)
	c.deny = c.s.login(c, g)
	return chans, reqs, true
}

// pause delays an answer, unless the connection is to end.
func (c *conn) pause(d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-c.ctx.Done():
	}
}

// shutdown ends a connection: its sessions have some time to send a final message, and the
// client has some to receive it. The client confirms the end of each channel; closing
// earlier could discard what is still in transit.
func (c *conn) shutdown() {
	t := time.NewTimer(shutdownTimeout)
	defer t.Stop()
	for c.runs.Load() > 0 || c.open.Load() > 0 {
		select {
		case <-t.C:
			_ = c.nc.Close()
		case <-c.rested:
		}
	}
	_ = c.nc.Close()
}

// release counts the end of a session or a channel.
func (c *conn) release(n *atomic.Int32) {
	n.Add(-1)
	select {
	case c.rested <- struct{}{}:
	default:
	}
}

// keepalive checks whether the client still answers. A client that does not answer for
// three intervals is disconnected, and so is one that has had no session for several.
func (c *conn) keepalive() {
	if c.unused++; c.runs.Load() > 0 {
		c.unused = 0
	}
	if c.unused > idleLooks {
		c.end(errGone)
		return
	}
	if c.asking.Swap(true) {
		return
	}
	c.wg.Go(func() {
		late := time.AfterFunc(3*c.s.o.Limits.Keepalive, func() { _ = c.nc.Close() })
		defer late.Stop()
		_, _, _ = c.ssh.SendRequest("keepalive@openssh.com", true, nil) // fails if the connection has ended
		c.asking.Store(false)
	})
}

// channel handles a request to open a channel.
func (c *conn) channel(n ssh.NewChannel) {
	if n.ChannelType() != "session" {
		_ = n.Reject(ssh.Prohibited, "warroom offers only sessions; nothing is forwarded")
		return
	}
	if !c.hasRoom() {
		_ = n.Reject(ssh.ResourceShortage, "a connection may have up to two sessions")
		return
	}
	ch, reqs, err := n.Accept()
	if err != nil {
		return // the connection is gone
	}
	c.open.Add(1)
	free := 0
	if c.sessions[0].reqs != nil {
		free = 1
	}
	c.sessions[free] = slot{s: newSession(c, ch), reqs: reqs}
}

// talks counts a channel or request of the client. If there are too many, it ends the
// connection and returns false.
func (c *conn) talks() bool {
	if c.asked.AllowN(c.s.o.Clock.Now(), 1) {
		return true
	}
	c.cost.refuse()
	c.end(model.Refuse(model.Conflict,
		"this connection sent more than %d requests a second, so it was ended; log in again", maxAsked))
	return false
}
