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
	maxSessions = 2               // at a time, in one connection
	partTime    = 2 * time.Second // to say goodbye
	idleLooks   = 4               // keepalives that a connection may be without a session

	maxAsked      = 200  // channels and requests of SSH that one connection may ask for in a second
	maxAskedBurst = 2000 // and at once
)

// errGone is the end of a connection from the other side.
var errGone = errors.New("the client is gone")

// conn is one connection.
type conn struct {
	s    *Server
	nc   *patient
	ssh  *ssh.ServerConn
	ctx  context.Context
	end  context.CancelCauseFunc // with what the client is told
	wg   sync.WaitGroup          // sessions, keepalive, parting
	open atomic.Int32            // channels
	runs atomic.Int32            // sessions that run

	rested chan struct{} // rung when one of them has ended

	grant   *grant // nil: not logged in; guarded by Server.mu until run has it
	counted bool   // guarded by Server.mu
	deny    error  // why its sessions are refused
	cost    *meter // of the login
	asked   *rate.Limiter
}

func newConn(ctx context.Context, s *Server, nc net.Conn) *conn {
	c := &conn{s: s, nc: &patient{Conn: nc, clock: s.o.Clock, limit: s.o.Limits.Write}, rested: make(chan struct{}, 1),
		asked: rate.NewLimiter(maxAsked, maxAskedBurst)}
	c.ctx, c.end = context.WithCancelCause(ctx)
	return c
}

// patient is a connection whose writes have a deadline: a client that takes no
// bytes is gone.
type patient struct {
	net.Conn
	clock model.Clock
	limit time.Duration
	meter atomic.Pointer[meter] // nil: not logged in
}

// Read reads no faster than the login may send.
func (p *patient) Read(b []byte) (int, error) {
	n, err := p.Conn.Read(b)
	if m := p.meter.Load(); m != nil && n > 0 {
		m.take(n)
	}
	return n, err
}

// Write writes or closes the connection.
func (p *patient) Write(b []byte) (int, error) {
	_ = p.SetWriteDeadline(p.clock.Now().Add(p.limit)) // fails where it is closed, and so does the write
	n, err := p.Conn.Write(b)
	if err != nil {
		_ = p.Close()
	}
	return n, err
}

// run serves the connection until it ends. The guard hears when it has logged in
// or not.
func (c *conn) run(half *halfOpen) {
	defer c.end(errGone)
	chans, reqs, ok := c.handshake(half)
	c.s.guard.done(half)
	if !ok {
		return
	}
	w := c.grant.who
	c.s.o.Log(model.Safef("%s came from %s by %s, right %s%s", w.Handle, c.nc.RemoteAddr(), w.Door(), string(w.Right), known(w)))
	c.wg.Go(c.keepalive)
	parting := make(chan struct{})
	context.AfterFunc(c.ctx, func() {
		defer close(parting)
		c.part()
	})
	for chans != nil || reqs != nil {
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
			_ = r.Reply(false, nil) // nothing is forwarded; a connection that is gone ends below
		}
	}
	c.wg.Wait()
	<-parting
	_ = c.ssh.Wait() // says how it ended, which the log of the network knows better
	c.s.o.Log(model.Safef("%s left, from %s", w.Handle, c.nc.RemoteAddr()))
}

// known says what a line says of a person besides the handle.
func known(w Who) model.Safe {
	switch {
	case w.Name != "" && w.Job != "":
		return model.Safef(" (%s, %s)", w.Name, w.Job)
	case w.Name+w.Job != "":
		return model.Safef(" (%s)", w.Name+w.Job)
	}
	return model.Safe{}
}

// handshake logs the client in.
func (c *conn) handshake(half *halfOpen) (<-chan ssh.NewChannel, <-chan *ssh.Request, bool) {
	late := time.AfterFunc(c.s.o.Limits.Handshake, func() { _ = c.nc.Close() })
	defer late.Stop()
	stop := context.AfterFunc(c.ctx, func() { _ = c.nc.Close() }) // nobody is there yet to say goodbye to
	defer stop()
	tries, last, as := 0, error(nil), ""
	config := c.s.config
	config.AuthLogCallback = func(m ssh.ConnMetadata, method string, err error) {
		as = m.User()
		if err == nil || method == "none" {
			return
		}
		if tries++; last == nil || errors.Is(last, errNotKnown) {
			last = err // clients try other keys after the one that says most
		}
		c.pause(c.s.guard.slow(half))
	}
	sc, chans, reqs, err := ssh.NewServerConn(c.nc, &config)
	if err != nil {
		if tries > 0 {
			who := model.Safef("as %s (they were told: %s)", model.CleanLine(short(as)), model.Sentence(last))
			if said := c.s.guard.failed(c.nc.RemoteAddr(), who, model.Sentence(last)); !said.IsEmpty() {
				c.s.o.Log(said)
			}
		}
		return nil, nil, false
	}
	c.ssh = sc
	g, ok := sc.Permissions.ExtraData[grantKey{}].(*grant)
	if !ok { // not reached: admit never lets in without
		_ = sc.Close()
		return nil, nil, false
	}
	c.s.guard.came(c.nc.RemoteAddr())
	c.cost = c.s.meters.of(g.who)
	c.nc.meter.Store(c.cost)
	c.deny = c.s.login(c, g)
	return chans, reqs, true
}

// pause waits with an answer, unless the connection is to end.
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

// part ends a connection that is to end: its sessions have a moment to say
// goodbye, and the client one to hear it. It answers the end of each channel;
// closing before that could take away what is still under way to it.
func (c *conn) part() {
	t := time.NewTimer(partTime)
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

// rest counts a session or a channel out.
func (c *conn) rest(n *atomic.Int32) {
	n.Add(-1)
	select {
	case c.rested <- struct{}{}:
	default:
	}
}

// keepalive asks every now and then whether the client is there. Three questions
// without an answer are one that takes as long.
func (c *conn) keepalive() {
	every := c.s.o.Limits.Keepalive
	t := time.NewTicker(every)
	defer t.Stop()
	unused := 0
	for {
		select {
		case <-c.ctx.Done():
			return
		case <-t.C:
		}
		if unused++; c.runs.Load() > 0 {
			unused = 0
		}
		if unused > idleLooks {
			c.end(errGone)
			return
		}
		late := time.AfterFunc(3*every, func() { _ = c.nc.Close() })
		_, _, err := c.ssh.SendRequest("keepalive@openssh.com", true, nil)
		late.Stop()
		if err != nil {
			return
		}
	}
}

// channel answers a channel that the client wants to open.
func (c *conn) channel(n ssh.NewChannel) {
	if n.ChannelType() != "session" {
		_ = n.Reject(ssh.Prohibited, "warroom has sessions only, nothing is forwarded")
		return
	}
	if c.open.Load() >= maxSessions {
		_ = n.Reject(ssh.ResourceShortage, "two sessions are the most in one connection")
		return
	}
	ch, reqs, err := n.Accept()
	if err != nil {
		return // the connection is gone
	}
	c.open.Add(1)
	s := newSession(c, ch)
	c.wg.Go(func() {
		defer c.rest(&c.open)
		s.serve(reqs)
	})
}

// talks counts a channel or request that the client asks for. A connection that
// asks for too many is ended, and false.
func (c *conn) talks() bool {
	if c.asked.AllowN(c.s.o.Clock.Now(), 1) {
		return true
	}
	c.cost.refuse()
	c.end(model.Refuse(model.Conflict, "this connection sent more than %d requests a second, so it was ended; log in again", maxAsked))
	return false
}
